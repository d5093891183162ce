"""Which calls gc expands in place, and the program after it did."""
