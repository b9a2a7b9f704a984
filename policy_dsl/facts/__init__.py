"""What goes in: facts as given, checked and read; what a policy asks.

files.py   from a file or standard input: JSON, YAML
plain.py   as programs hold them: any mapping, NumPy and pandas
taking.py  by the generated reader, or with care
read.py    entries and lists
same.py    whether the entries are those of the month before
values.py  single values
wanted.py  what may stand at a place, and how it is written
days.py    days as people and programs give them
arguments.py  what is passed beside facts
schema.py  what a policy asks: JSON Schema, a blank to fill in
"""
