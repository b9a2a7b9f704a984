"""What is too long for each change: `make test` runs a sample, `make deep` the whole (`--deep`)."""
