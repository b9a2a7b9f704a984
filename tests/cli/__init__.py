"""The command line: what it prints where, what it writes, and how it ends."""
