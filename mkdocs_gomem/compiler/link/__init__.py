"""What is reachable, and the section, size and address of each symbol."""
