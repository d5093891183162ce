"""gc's explanations: made as data when a flow is found, written out as `-m=2` prints them.

Texts are taken at once, not when the batch is done, because gc prints at once: a constant
variable that is boxed reads `i` while the tree is walked, and `123` afterwards (`literals`).

A block is one explanation: a line for the decision, then a line for each flow and each of its
steps. gc writes the place of the decision before every line; here it stands once, and the lines
below are indented, as gc indents them.

    main.go:6:2: num escapes to heap in createPointer:
      flow: ~r0 ← &num:
        from &num (address-of) at main.go:7:9
        from return &num (return) at main.go:7:2

Source: cmd/compile/internal/escape/solve.go (walkOne, explainPath, explainFlow, explainLoc),
graph.go (flow), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.escape.placements import Flow, FlowStep
from mkdocs_gomem.compiler.ir import fmt, nodes
from mkdocs_gomem.source import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs_gomem.compiler.escape.graph import Batch, Location, Note
    from mkdocs_gomem.compiler.escape.placements import Placement

_CUT = "  warning: truncated explanation due to assignment cycle; see golang.org/issue/35518"


def path(batch: Batch, root: Location, src: Location) -> tuple[Flow, ...]:
    """Explain how `src` gets to the root of this walk; cut where assignments run in a circle."""
    flows: list[Flow] = []
    visited: set[Location] = set()
    while True:
        visited.add(src)
        dst, edge = src.dst, src.dst_edge
        if dst is None or edge is None:
            raise ValueError("a walk that has no way back to its root")
        cut = dst is not root and dst in visited
        flows.append(flow(batch, dst, src, edge.derefs, edge.notes, cut=cut))
        if cut or dst is root:
            return tuple(flows)
        src = dst


def flow(
    batch: Batch,
    dst: Location,
    src: Location,
    derefs: int,
    notes: Note | None,
    *,
    cut: bool = False,
) -> Flow:
    """Explain one edge: what goes where, and on which way."""
    steps = []
    while notes is not None:
        where = notes.where
        steps.append(FlowStep(nodes.outermost(where), fmt.node(where), notes.why))
        notes = notes.next
    operators = "&" if derefs < 0 else "*" * derefs
    return Flow(location(batch, dst), operators, location(batch, src), tuple(steps), cut)


def text(loc: Location) -> str:
    """Write the variable or expression of a location."""
    if loc.node is None:
        raise ValueError("nobody asks why a place of the analysis escapes")
    return fmt.node(loc.node)


def location(batch: Batch, loc: Location) -> str:
    """Name a location as gc does."""
    if loc is batch.heap:
        return "{heap}"
    if loc.node is None:
        return "{temp}"
    text = fmt.node(loc.node)
    return text if isinstance(loc.node, nodes.Name) else f"{{storage for {text}}}"


def blocks(placement: Placement) -> Iterator[str]:
    """Write out each explanation: how a parameter leaks, why something is on the heap."""
    place, func = printed(placement.pos), placement.func.name
    for leak in placement.leaks:
        title = f"parameter {placement.text} leaks to {leak.sink} for {func}"
        yield _block(f"{place}: {title} with derefs={leak.derefs}:", leak.flows)
    for way in placement.ways:
        yield _block(f"{place}: {way.text} escapes to heap in {func}:", way.flows)


def flow_lines(flows: tuple[Flow, ...]) -> Iterator[str]:
    """Write out flows and their steps, indented."""
    for each in flows:
        yield f"  flow: {each.destination} ← {each.operators}{each.source}:"
        for step in each.steps:
            yield f"    from {step.text} ({step.reason}) at {printed(step.pos)}"
        if each.cut:
            yield _CUT


def _block(head: str, flows: tuple[Flow, ...]) -> str:
    return "\n".join([head, *flow_lines(flows)])
