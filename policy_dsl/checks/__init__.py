"""What a program must keep before it may run."""
