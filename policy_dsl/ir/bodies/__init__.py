"""Bodies as written → plain lines: dated blocks opened, tables turned into rows with conditions, amendments laid over."""
