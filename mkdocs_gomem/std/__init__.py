"""Go's standard library: its source and facts, packed, and natives for what touches the runtime."""
