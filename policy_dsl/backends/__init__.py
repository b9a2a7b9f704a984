"""Ways to evaluate a program: the plain interpreter (the oracle), and generated Python, fast and recording."""
