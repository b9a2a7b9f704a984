"""Written expressions → typed formulas. Names are resolved, units settled."""
