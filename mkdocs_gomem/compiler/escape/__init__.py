"""Escape analysis: which variables must live on the heap, and why.

`place(program)` reads an `ir.Program` (typed, calls already inlined, package variables that the
linker lays out taken out of `package_init`) and makes `Placements`.

Two invariants, both gc's (cmd/compile/internal/escape/escape.go, go1.27):
  1. no heap object points to a stack object;
  2. no pointer to a stack object outlives it: not past its function's return, not into the next
     turn of the loop that declares it.

How: each variable is a `graph.Location`; each assignment is an edge whose weight counts
dereferences minus address-takings; `solve` walks the edges backwards from everything that
outlives something until nothing changes. A function's parameters are summed up in tags, for its
callers. File and function names follow gc's, so the two can be read side by side.

Not here: choosing what to inline (`inline`), words for readers (`lesson`).
"""

from mkdocs_gomem.compiler.escape.explain import blocks as explained
from mkdocs_gomem.compiler.escape.explain import flow_lines
from mkdocs_gomem.compiler.escape.place import place, place_alone
from mkdocs_gomem.compiler.escape.placements import Flow, FlowStep, Leak, Placement, Placements, Way
from mkdocs_gomem.compiler.escape.storage import Kind

__all__ = [
    "Flow",
    "FlowStep",
    "Kind",
    "Leak",
    "Placement",
    "Placements",
    "Way",
    "explained",
    "flow_lines",
    "place",
    "place_alone",
]
