"""See where every value of a Go program lives: a Go front end, a memory machine, a page."""
