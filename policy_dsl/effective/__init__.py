"""What is in force on a day, through all layers.

effective.py  what is shown, as data
make.py       makes it of a program
text.py       sets it for people
data.py       and as JSON
"""
