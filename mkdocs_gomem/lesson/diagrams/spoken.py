"""A scene's picture in words: what a screen reader says instead of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lesson.diagrams.columns import MAX_OBJECTS
from mkdocs_gomem.lesson.diagrams.rows import short_value, target_of
from mkdocs_gomem.lesson.diagrams.stacks import MAX_FRAMES
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.trace import Status, last_name

if TYPE_CHECKING:
    from mkdocs_gomem.machine.trace import Snapshot, Value


def describe(snapshot: Snapshot) -> str:
    """Say in words what the picture of a scene shows, for a screen reader."""
    sentences = []
    for goroutine in snapshot.goroutines:
        for frame in goroutine.frames[:MAX_FRAMES]:
            parts = [
                _spoken(cell.name, cell.value) for cell in frame.cells if cell.value is not None
            ]
            what = "; ".join(parts) or "no variables yet"
            wait = f", waiting: {goroutine.reason}" if goroutine.status is Status.WAITING else ""
            sentences.append(
                f"Stack of goroutine {goroutine.number}{wait}, {frame.function}: {what}."
            )
    heap = [o for o in snapshot.objects if o.region is Region.HEAP]
    live = [
        f"{o.label or o.type} {short_value(o.value)}".strip()
        + ("" if o.reachable else " (unreachable)")
        for o in heap[:MAX_OBJECTS]
    ]
    sentences.append("Heap: " + ("; ".join(live) if live else "nothing of yours") + ".")
    return " ".join(sentences)


def _spoken(name: str, value: Value | None) -> str:
    target = target_of(value)
    if target is not None:
        what = last_name(target.path) if target.path else _noun(target.object)
        where = f"points to {what}"
        return f"{name} {where}"
    return f"{name} is {short_value(value)}"


def _noun(ident: str) -> str:
    kind, _, rest = ident.partition(":")
    return {
        "h": f"heap object {rest}",
        "g": rest,
        "s": "an object in the frame",
        "r": "read-only data",
        "f": "the frame",
    }.get(kind, ident)
