"""Go text to decisions and Python text, as gc would decide them."""
