"""What a policy means: declared things with their types, units, sources and dates. Built from the tree, read by the IR.

symbols.py        what is declared
declare/          collects it from the files of all layers
clause.py         a place in the law
types.py          types of values
units.py          units
functions.py      the table of functions
signs.py          comparison signs
reserved_keys.py  keys of given facts that are no names
"""
