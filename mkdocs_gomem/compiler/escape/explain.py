"""gc's explanations: made as data when a flow is found, written out as `-m=2` prints them.

gc prints at once: a constant variable that is boxed reads `i` while the tree is walked, and `123`
afterwards (`literals`). So what was found so far is put into words before the tree is changed
(`Batch.settle`); all else when somebody asks for it.

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

from typing import TYPE_CHECKING, TypeAlias

from mkdocs_gomem.compiler.escape.placements import Flow, FlowStep
from mkdocs_gomem.compiler.ir import fmt, nodes
from mkdocs_gomem.source import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs_gomem.compiler.escape.graph import Batch, Location, Note
    from mkdocs_gomem.compiler.escape.placements import Placement
    from mkdocs_gomem.compiler.ir.nodes import Node

Hop: TypeAlias = "tuple[Node | str, int, Node | str, Note | None, bool]"
"""What will be a `Flow`: where to, dereferences, from where, on which way, if gc ends there."""

_CUT = "  warning: truncated explanation due to assignment cycle; see golang.org/issue/35518"


class Trail:
    """One explanation, put into words when somebody asks for them.

    Most explanations are never read, and wording them all at once was a twentieth of all work.
    """

    __slots__ = ("_flows", "_hops", "_text")

    def __init__(self, hops: list[Hop]) -> None:
        self._hops: list[Hop] | None = hops
        self._text = ""
        self._flows: tuple[Flow, ...] = ()

    def settle(self) -> None:
        """Put it into words now, as the tree reads."""
        hops = self._hops
        if hops is not None:
            start = hops[0][2]
            self._text = start if isinstance(start, str) else fmt.node(start)
            self._flows = tuple(map(_flow, hops))
            self._hops = None

    @property
    def text(self) -> str:
        """What is explained: the variable or expression."""
        self.settle()
        return self._text

    @property
    def flows(self) -> tuple[Flow, ...]:
        """From the thing itself on, to what outlives it."""
        self.settle()
        return self._flows


def path(batch: Batch, root: Location, src: Location) -> Trail:
    """Explain how `src` gets to the root of this walk; cut where assignments run in a circle."""
    hops: list[Hop] = []
    visited: set[Location] = set()
    while True:
        visited.add(src)
        dst, edge = src.dst, src.dst_edge
        if dst is None or edge is None:
            raise ValueError("a walk that has no way back to its root")
        cut = dst is not root and dst in visited
        hops.append((_end(batch, dst), edge.derefs, _end(batch, src), edge.notes, cut))
        if cut or dst is root:
            return batch.trail(hops)
        src = dst


def step(batch: Batch, dst: Location, src: Location, derefs: int, notes: Note | None) -> Trail:
    """Explain one edge: what goes where, and on which way."""
    return batch.trail([(_end(batch, dst), derefs, _end(batch, src), notes, False)])


def location(batch: Batch, loc: Location) -> str:
    """Name a location as gc does."""
    return _named(_end(batch, loc))


def _flow(hop: Hop) -> Flow:
    dst, derefs, src, notes, cut = hop
    steps = []
    while notes is not None:
        where = notes.where
        steps.append(FlowStep(nodes.outermost(where), fmt.node(where), notes.why))
        notes = notes.next
    operators = "&" if derefs < 0 else "*" * derefs
    return Flow(_named(dst), operators, _named(src), tuple(steps), cut)


def _end(batch: Batch, loc: Location) -> Node | str:
    if loc is batch.heap:
        return "{heap}"
    return "{temp}" if loc.node is None else loc.node


def _named(end: Node | str) -> str:
    if isinstance(end, str):
        return end
    text = fmt.node(end)
    return text if isinstance(end, nodes.Name) else f"{{storage for {text}}}"


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
