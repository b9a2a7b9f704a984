"""Characters → tokens. The scanner knows words, lines and indentation; the grammar (policy.lark) knows structure.

Why a scanner of our own in front of Lark: a word is a keyword only in its place (标题 is a fact's name elsewhere), some lines
end in free text, a unit after a number must not be read as a division, and a line that begins with 且 continues the one above.
Lark's lexers decide by regular expressions alone; here the place decides, and each wrong character gets a message of its own.

An item is what begins at column 0 with its indented lines. `item_lines` cuts a file into items; `Scanner` is one class whose parts extend
those that they need: its `scan` turns one item into logical lines of tokens, its `scan_cell` one table cell.

    items.py        a file cut into items
    tokens.py       tokens made of a source's parts
    unreadable.py   characters that cannot be read
    numbers.py      numbers with their units
    words.py        a name, or the keyword that it is in its place
    stretches.py    a stretch of text: words, numbers, signs
    line_starts.py  how a line begins
    lines.py        logical lines: indentation, comments, continuation
    cells.py        a table's rows and cells
    scanner.py      all of them
"""
