"""How the std pack is made: `make.make(goroot, facts, target)`; hatch_build.py calls it."""
