"""Bodies as written → plain lines: dated blocks opened, tables turned into rows with conditions, amendments laid over.

lines.py   what comes out: lines, modes, repeals, their expressions still as written
dates.py   the days that a written date speaks of
cells.py   what a table's cell demands of its column
layers.py  what one layer says twice, and what the lower ones inherit
opener.py  opens the bodies of one rule or parameter
"""
