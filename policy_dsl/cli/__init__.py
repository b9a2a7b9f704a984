"""The command line: reads and prints, nothing else. A command is a file of its name; what several need:

group.py     the command `policy` itself, and which commands there are
options.py   the options that several commands have
given.py     what the words of a call stand for
printing.py  results and diagnostics, and failing
guarded.py   how a command ends that cannot go on
"""

from .group import main

__all__ = ["main"]
