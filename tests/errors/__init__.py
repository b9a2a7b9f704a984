"""Every diagnostic: its page, its rendering, and what no input may do."""
