"""Trees → symbols: what is declared, where it stands in the law, which layer it comes from. Bodies are left as they were written.

Layers come top first. A name that two layers declare without 修订 is an error, so a reader of the lower file sees every departure.

`declare` in declare.py takes the steps one after the other, and each adds to what is collected so far:

    clauses.py      where in the law a file's items stand
    collected.py    what has been collected, and the names that are taken
    copies.py       a file that is a copy of another one of its layer
    layers.py       files read: declarations with their place, documents, gists, pay days
    types.py        declared types and units; the type that is written at a fact, a rule or a parameter
    entities.py     entities with their facts, and what holds what
    parameters.py   parameters and their keys
    rules.py        rules, benefits, statuses
    parts.py        how a benefit is paid in parts
    statuses.py     the states of a status
    sections.py     a rule or a parameter in several sections is declared alike in each
    amendments.py   amendments and what they amend
    names.py        names that would hide others
"""
