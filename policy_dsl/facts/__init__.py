"""What goes in: facts as given, checked and read; what a policy asks."""
