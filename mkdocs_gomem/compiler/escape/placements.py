"""What escape analysis decided: for each variable and allocating expression, where and why.

Made by `escape.place`; read by `link`, `codegen` (to allocate) and `lesson` (to explain).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import Pos, order_of, spell

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.escape.explain import Trail
    from mkdocs_gomem.compiler.escape.storage import Kind
    from mkdocs_gomem.compiler.ir import nodes as ir
    from mkdocs_gomem.machine.image import Region


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One assignment on the way of a value: gc's `from &num (address-of)` at `-m=2`."""

    pos: Pos
    text: str
    """The expression, as gc prints it: `&num`."""
    reason: str
    """gc's word for the assignment: `address-of`, `return`, `call parameter`, …"""


@dataclass(frozen=True, slots=True)
class Flow:
    """One edge of gc's explanation: `flow: ~r0 ← &num:`, with the steps under it."""

    destination: str
    """`{heap}`, `~r0`, `p`, …"""
    operators: str
    """`&`, `*`, `**`, or empty."""
    source: str
    steps: tuple[FlowStep, ...]
    cut: bool = False
    """gc ends its explanation here, because the assignments run in a circle."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on which something must be on the heap, as gc's `-m=2` explains it."""

    trail: Trail

    @property
    def text(self) -> str:
        """The variable or expression as it read when this was found: `i`, what is later `123`."""
        return self.trail.text

    @property
    def flows(self) -> tuple[Flow, ...]:
        """From the thing itself on, to what outlives it."""
        return self.trail.flows


@dataclass(frozen=True, slots=True)
class Leak:
    """One way on which a parameter's value leaves its function, as gc's `-m=2` explains it."""

    sink: str
    """`{heap}`, or the result that it goes to."""
    derefs: int
    """0: the value itself; more: what it points to."""
    trail: Trail

    @property
    def flows(self) -> tuple[Flow, ...]:
        """From the parameter on, to what it leaks to."""
        return self.trail.flows


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where one variable or one allocating expression lives, and what decided it."""

    node: ir.Name | ir.Expr
    func: ir.Func
    """The function whose frame it would be in."""
    text: str
    """The name as written, or gc's text for the expression (`&T{...}`, `make([]int, n)`)."""
    pos: Pos
    """As gc prints it: the outermost position."""
    size: int
    """Bytes on amd64; -1 when only a run knows."""
    escapes: bool
    """gc's verdict, as `-m` words it."""
    storage: Region
    """Where a run puts it: a boxed constant escapes, yet its storage is RODATA."""
    kind: Kind
    """How the storage comes about when it runs."""
    transient: bool = False
    """Its address is not kept beyond the statement, so each turn of a loop may use it again."""
    reason: str = ""
    """For what is on the heap without a flow: `too large for stack`, `non-constant size`, …"""
    ways: tuple[Way, ...] = ()
    """Each way on which it must be on the heap, in the order in which gc finds them.

    One is enough for the verdict. gc tells more where several assignments, each for itself, put
    its address into the heap; of those that only the walk finds, it tells the first.
    """
    leaks: tuple[Leak, ...] = ()
    """For a parameter: how its value leaves the function, in the order in which gc finds it."""

    @property
    def because(self) -> tuple[Flow, ...]:
        """The first way that gc finds, the value's own flow first; empty if there is none."""
        return self.ways[0].flows if self.ways else ()


@dataclass(slots=True, eq=False)
class Placements:
    """Every decision of one program."""

    by_node: dict[ir.Name | ir.Expr, Placement]
    """Keyed by IR node: own body, shape instance and each inlined copy have their own."""
    remarks: list[ir.Remark] = field(default_factory=list)
    """The lines that gc prints for them, in its order."""
    leaks: dict[ir.Func, tuple[str, ...]] = field(default_factory=dict)
    """Escape tags of receiver and parameters, as gc encodes them."""

    def escapes(self, node: ir.Name | ir.Expr) -> bool:
        """Say whether gc puts this variable or expression on the heap."""
        placement = self.by_node.get(node)
        return placement is not None and placement.escapes

    def dump(self) -> str:
        """Write each decision with the flow that led to it, for people and tests."""
        lines = []
        for placement in sorted(self.by_node.values(), key=lambda p: (order_of(p.pos), p.text)):
            verdict = "escapes" if placement.escapes else "stays"
            where = f"{spell(placement.pos)}: {placement.func.name}: {placement.text}"
            region = placement.storage.value
            lines.append(f"{where}: {verdict}, {region} {placement.reason}".rstrip())
            for flow in placement.because:
                lines.append(f"  flow: {flow.destination} ← {flow.operators}{flow.source}:")
                lines += [
                    f"    from {step.text} ({step.reason}) at {spell(step.pos)}"
                    for step in flow.steps
                ]
        return "".join(f"{line}\n" for line in lines)
