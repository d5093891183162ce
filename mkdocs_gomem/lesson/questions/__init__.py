"""One kind of question per file; the answers are computed."""
