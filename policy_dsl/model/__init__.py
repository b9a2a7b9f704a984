"""What a policy means: declared things with their types, units, sources and dates. Built from the tree, read by the IR."""
