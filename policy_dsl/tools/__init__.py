"""Thin clients of the API: the command line, the runner of examples, the schema."""
