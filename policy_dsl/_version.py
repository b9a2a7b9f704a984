"""The version, and the number of the language's meaning: the build reads it here, so does the package."""

__version__ = "0.1.0"

LANGUAGE = 2
"""What policies mean, as a number: it rises when the meaning changes. docs/language/changes.md says what changed, and how to keep the old."""
