"""From a text to the tree of what was written: characters → tokens → nodes.

keywords.py    the table of keywords
characters.py  bounds on sizes, full-width signs
scan/          characters → tokens
policy.lark    the grammar
grammar.py     makes it ready
parse.py       tokens → nodes, item by item
builder/       one method per alternative of the grammar
expected.py    what could stand here, in words
undated.py     where no date may stand
allowances.py  许可
unfilled.py    headings to be filled in
settle.py      what follows a slash: a unit or a divisor
nodes.py       the tree
traverse.py    walks over it
printer/       the tree → text
"""
