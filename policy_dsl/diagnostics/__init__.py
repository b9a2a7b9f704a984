"""What is wrong, where, why and how to mend it: diagnostics are data, rendered last."""
