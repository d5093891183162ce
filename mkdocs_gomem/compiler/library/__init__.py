"""Declarations of the standard library, from the pack: parsed, checked and kept per process."""
