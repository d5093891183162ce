"""A lesson as HTML: templates and assets."""
