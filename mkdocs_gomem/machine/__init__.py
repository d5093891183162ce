"""The pretend computer: memory, goroutines, time, and a record of what happened."""
