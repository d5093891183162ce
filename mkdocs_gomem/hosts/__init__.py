"""Where panels appear: MkDocs, plain Markdown, the command line."""
