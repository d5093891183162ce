"""Each decision with the flow that led to it: what `gomem why` prints.

In: a program with its inlined calls, and its placements. Out: `Decision`s in the order of the
source; as lines for people, in gc's words (`-m=2`) and in ours, or as plain data for scripts.

A value may be decided about several times: in the body of its own function, in each instance of
generic code, and in each function that its own was inlined into. Here every one stands for itself;
`why` joins them to one row for a page.

Not decisions: what the author has not named or written, like temporaries, and the wrappers that gc
makes for `go`, `defer` and method values; their steps are in the flows of what is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs_gomem.compiler import escape, ir
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.lesson import telling
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.source import Places, Pos, column_of, file_of, line_of, order_of, printed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCHEMA = 1
"""Version of what `as_data` makes."""

_TRIED = (
    "It does not escape. Its size is known only when it runs: up to 32 bytes are in the frame, "
    "more are made on the heap."
)
_NOTES = {
    escape.Kind.BOX_SMALL: "An integer below 256 is not copied: a read-only table has it.",
    escape.Kind.BOX_TEXT: "An empty string or a nil slice is not copied.",
}


_LINES = Places()
"""Lines are those of the files."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where one value lives, in one function."""

    placement: escape.Placement
    pos: Pos
    """Where the author wrote it; of what comes from the library, the call in the author's code."""
    calls: tuple[ir.Mark, ...]
    """The inlined calls that brought it into its function, outermost first; empty in its own."""

    @property
    def verdict(self) -> Region:
        """gc's: what escapes is on the heap, the rest in the frame."""
        return Region.HEAP if self.placement.escapes else Region.STACK

    @property
    def sentence(self) -> str:
        """Why, in words; empty when nothing needs saying."""
        placement = self.placement
        if placement.escapes:
            told = [telling.sentence(placement, _LINES), _NOTES.get(placement.kind, "")]
            if placement.storage is not Region.HEAP:
                told.append(f"Nothing is allocated: it is in {placement.storage.value}.")
            return " ".join(filter(None, told))
        if placement.kind in _SIZED_BY_RUN:
            return _TRIED
        return ""

    def stands_at(self, file: str, line: int, column: int = 0) -> bool:
        """Tell if it was written, or came by an inlined call, at a line, or at just that column."""
        return any(
            file_of(pos) == file and line_of(pos) == line and column in (0, column_of(pos))
            for pos in (self.pos, self.placement.pos)
        )


_SIZED_BY_RUN = frozenset({escape.Kind.DYNAMIC_ARRAY, escape.Kind.APPEND, escape.Kind.TEXT})


def decisions(program: ir.Program, placements: escape.Placements) -> list[Decision]:
    """List what was decided about the author's values, in the order of the source."""
    ours = frozenset(program.files)
    found = [
        Decision(placement, node.pos if file_of(node.pos) in ours else placement.pos, _calls(node))
        for node, placement in placements.by_node.items()
        if file_of(placement.pos) in ours and _is_authored(node, placement, ours)
    ]
    return sorted(found, key=lambda one: (order_of(one.pos), len(one.calls)))


def _is_authored(
    node: ir.Name | ir.Expr, placement: escape.Placement, ours: frozenset[str]
) -> bool:
    if isinstance(node, ir.ClosureExpr):
        return not node.func.is_wrapper
    if not isinstance(node, ir.Name):
        return True
    origin = node.origin
    if origin is None or origin.name in ("", "_") or origin.name.startswith("#"):
        return False
    if placement.func.is_wrapper and node.mark is None:
        return False
    return file_of(origin.pos) in ours or placement.escapes


def _calls(node: ir.Name | ir.Expr) -> tuple[ir.Mark, ...]:
    calls: list[ir.Mark] = []
    mark = node.mark
    while mark is not None:
        calls.insert(0, mark)
        mark = mark.parent
    return tuple(calls)


def as_lines(found: Sequence[Decision]) -> Iterator[str]:
    """Write decisions for people: a line for each, and under it why, in words and as gc says it."""
    for one in found:
        placement = one.placement
        place, verdict = printed(one.pos), one.verdict.value
        where = "".join(f", {mark.func.name} inlined at {printed(mark.pos)}" for mark in one.calls)
        yield f"{place}: {verdict}: {placement.text} in {placement.func.name}{where}"
        if one.sentence:
            yield f"  {one.sentence}"
        for number, way in enumerate(placement.ways):
            if number:
                yield "  also:"
            yield from escape.flow_lines(way.flows)
        for leak in placement.leaks:
            what = "it" if leak.derefs == 0 else "what it points to"
            yield f"  {what} leaks to {leak.sink}:"
            yield from escape.flow_lines(leak.flows)


def as_data(found: Sequence[Decision]) -> dict[str, Any]:
    """Write decisions for scripts, as what JSON has."""
    return {
        "schema": SCHEMA,
        "decisions": [
            {
                **_place(one.pos),
                "text": one.placement.text,
                "verdict": one.verdict.value,
                "storage": one.placement.storage.value,
                "function": one.placement.func.name,
                "inlined": [{"function": m.func.name, **_place(m.pos)} for m in one.calls],
                "why": one.sentence,
                "ways": [_flows(way.flows) for way in one.placement.ways],
                "leaks": [
                    {"to": leak.sink, "derefs": leak.derefs, "flows": _flows(leak.flows)}
                    for leak in one.placement.leaks
                ],
            }
            for one in found
        ],
    }


def _place(pos: Pos) -> dict[str, Any]:
    return {"file": file_of(pos), "line": line_of(pos), "column": column_of(pos)}


def _flows(flows: tuple[escape.Flow, ...]) -> list[dict[str, Any]]:
    return [
        {
            "to": flow.destination,
            "operators": flow.operators,
            "from": flow.source,
            "steps": [
                {"text": step.text, "reason": step.reason, **_place(step.pos)}
                for step in flow.steps
            ],
        }
        for flow in flows
    ]
