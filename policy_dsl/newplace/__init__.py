"""A new place: its folder with a first file that checks at once.

draft.py          the text of the first file
beginning.py      the same of a policy that extends none
pending.py        a parameter that is open, as 待定
first_example.py  an example to begin with
write.py          writes the folder
"""
