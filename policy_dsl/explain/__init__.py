"""Reasons: a join of the formulas and the recorded values, rendered last."""
