"""The first file of a new place."""
