"""Parsed pieces → nodes of the tree: one method per alternative of policy.lark, and what the grammar alone cannot refuse.

Lark finds the methods by name on one object. Each part extends what it needs:

    pieces.py         places in the text, tokens and nodes picked out, Reject
    dates.py          dates before a line, notes behind it
    expressions.py    what is computed, compared and asked
    tables.py         rows, columns, cells
    bodies.py         the lines under a declaration
    declarations.py   what begins at the start of a line
    guarantees.py     claims
    examples.py       what is given and what is expected
    builder.py        all of them
"""
