"""From a text to the tree of what was written: characters → tokens → nodes."""
