"""The command line: reads and prints, nothing else. One file a command."""
