"""Tokens, scanner, parser and nodes, as cmd/compile/internal/syntax has them."""
