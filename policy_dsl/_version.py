"""The version: the build reads it here, so does the package."""

__version__ = "0.1.0"
