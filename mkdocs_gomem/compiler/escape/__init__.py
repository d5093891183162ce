"""Escape analysis: which variables must live on the heap, and why."""
