"""Histories decided month by month: what changed and why, and what was paid against what is due."""
