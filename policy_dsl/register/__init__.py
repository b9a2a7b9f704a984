"""Assumptions and open figures, and what rests on them."""
