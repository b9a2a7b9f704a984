"""What is in force on a day, through all layers."""
