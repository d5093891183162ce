"""Which initializers the linker lays out, and which `init` runs."""
