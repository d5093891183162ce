"""Types of everything in a package, or errors as gc words them."""
