"""The typed tree in the shape of gc's ir, and how it is made from syntax and types."""
