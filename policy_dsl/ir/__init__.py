"""What to compute: formulas with types, units resolved, sources kept. Plain tuples of the standard library."""
