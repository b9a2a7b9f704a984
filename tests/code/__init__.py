"""The code that policies compile to, and the file that stands alone."""
