"""Assumptions and open figures, and what rests on them.

register.py  the register as data
resting.py   what outputs rest on
offices.py   who could settle it
words.py     what it speaks of, in words
text.py      text and Markdown
data.py      JSON
"""
