"""The plain interpreter: the oracle that every other way to evaluate must agree with, and the slow way for what is unknown.

It says the semantics as directly as it can: exact fractions in base units, errors and the undetermined as values, all lines looked at.
What is undetermined carries what it may still be (../possible.py), so that what is known stays known however unknown facts are filled in.
Rules are evaluated in the program's order for every entry, so nothing recurses but expressions. Each file adds to the one before:

    logic.py           且 and 或, and one of several values of which it is open which comes
    spreads.py         what an operation on something open may give
    operations.py      what formulas make of values: arithmetic, comparisons, functions
    parameters.py      what a parameter is: its formula reads keys and other parameters, and nothing else
    lookback.py        what formulas read of the months before
    aggregates.py      what formulas gather over lists
    columns.py         lines read as a table: what several of them compare
    rows.py            the lines of one rule at one entry, each looked at once
    lines.py           which lines of a rule apply, and the value they give
    interpretation.py  one decision: facts, rules and parameters of the day's law, and of another day's
"""
