"""What builds, measures and compares; nothing here is in the wheel."""
