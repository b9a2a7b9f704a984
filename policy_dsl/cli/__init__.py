"""The command line: reads and prints, nothing else. One file a command."""

from .group import main

__all__ = ["main"]
