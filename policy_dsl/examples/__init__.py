"""Cases written beside the rules, and cases drawn."""
