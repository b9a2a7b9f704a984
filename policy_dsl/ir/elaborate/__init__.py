"""Written expressions → typed formulas. Names are resolved, units settled.

A bare number takes its unit from its context (declared type, other side, other arguments), so sides that have a type of their own
are read first. A mistake is reported where it stands and ends its line; the other lines go on. Each file adds to the one before:

    scope.py        where names are looked up
    errors.py       what is wrong with a formula, in words; `Skip` ends the line
    mismatches.py   units that do not go together: what each side is per, and where that is said
    formulas.py     what fits the type that is wanted, whatever it is made of
    captures.py     names inside list functions that look as if they meant the entry outside
    names.py        what a name means: a fact, a rule, a parameter, a list
    numbers.py      written numbers and their units
    sides.py        which side of a sign is read first, and gives the other its context
    comparisons.py  comparisons, one of several, within a range
    arithmetic.py   + - * / on amounts with their units, and on dates
    calls.py        parameters with keys; functions whose arguments have their places
    lookback.py     the months before
    aggregates.py   what is gathered over lists, or over values that are written out
    elaborator.py   every kind of expression, each to its file
"""
