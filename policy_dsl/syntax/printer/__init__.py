"""Tree → text in either keyword language, the one form that the formatter writes and that a translation comes out in.

What the parser makes of the text is the tree again. So a name stands in 「」 where it equals a word of expressions (且, is) or
where only its place would make a keyword of it, and parentheses stand where the grammar would group otherwise. Names and
types are the policy's own and stay; keywords, units and comparison words change with the language. Comments are no part of
the tree's meaning: who formats a file puts them back.

Each part extends what it needs:

    layout.py         lines: indented, and broken where they are too long
    words.py          keywords and names
    expressions.py    what is computed, compared and asked
    results.py        dates, results, notes
    tables.py         rows, columns, cells
    bodies.py         the lines under a declaration
    guarantees.py     claims
    examples.py       what is given and what is expected
    declarations.py   files and their items
    printer.py        any node as text
"""
