"""What a reader sees of a snapshot: the author's program, not the library's insides.

Left out: frames and variables of std functions, inlined std calls, inlined calls that have ended
and that nothing points into any more, heap objects that std made and dropped. What is left is the
same snapshot, with the indexes of bands set right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lean import replace
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.trace import (
    Composite,
    Frame,
    Interface,
    Place,
    Pointer,
    Scalar,
    SliceHeader,
    Snapshot,
    Value,
)
from mkdocs_gomem.source import file_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs_gomem.source import Pos


def of_author(snapshot: Snapshot, files: frozenset[str]) -> Snapshot:
    """Keep what belongs to the author's files, and what its pointers lead to."""
    targets = set(_targets(snapshot))
    goroutines = []
    for goroutine in snapshot.goroutines:
        frames = [
            _frame(frame, files, targets)
            for frame in goroutine.frames
            if frame.function.startswith("main.")
        ]
        goroutines.append(replace(goroutine, frames=tuple(frames)))
    kept = replace(snapshot, goroutines=tuple(goroutines))
    reached = _reached(kept)
    objects = []
    for entry in snapshot.objects:
        if entry.region is Region.STACK:
            keep = entry.id in reached
        else:
            keep = entry.region is not Region.HEAP or entry.reachable or _ours(entry.pos, files)
        if keep:
            objects.append(entry)
    return replace(kept, objects=tuple(objects))


def _reached(snapshot: Snapshot) -> set[str]:
    """Collect the objects that what is shown leads to."""
    values = {entry.id: entry.value for entry in snapshot.objects}
    todo = [
        place.object
        for goroutine in snapshot.goroutines
        for frame in goroutine.frames
        for cell in frame.cells
        for place in places(cell.value)
    ]
    todo += [ident for ident in values if ident.startswith("g:")]
    reached: set[str] = set()
    while todo:
        ident = todo.pop()
        if ident not in reached:
            reached.add(ident)
            todo += [place.object for place in places(values.get(ident))]
    return reached


def _ours(pos: Pos, files: frozenset[str]) -> bool:
    return file_of(pos) in files


def _frame(frame: Frame, files: frozenset[str], targets: set[tuple[str, str | int]]) -> Frame:
    kept: dict[int, int] = {}
    for index, band in enumerate(frame.bands):
        cells = [cell for cell in frame.cells if cell.band == index]
        own = any(_ours(cell.pos, files) for cell in cells) or (
            band.active and band.function.startswith("main.")
        )
        aimed = any((frame.id, cell.key) in targets for cell in cells)
        if own and (band.active or aimed):
            kept[index] = len(kept)
    own_cells = tuple(
        replace(cell, band=kept.get(cell.band, -1))
        for cell in frame.cells
        if _ours(cell.pos, files) and (cell.band < 0 or cell.band in kept)
    )
    bands = tuple(
        replace(frame.bands[index], parent=kept.get(frame.bands[index].parent, -1))
        for index in kept
    )
    return replace(frame, cells=own_cells, bands=bands)


def _targets(snapshot: Snapshot) -> Iterator[tuple[str, str | int]]:
    """List the variables in frames that something points to."""
    for goroutine in snapshot.goroutines:
        for frame in goroutine.frames:
            for cell in frame.cells:
                for place in places(cell.value):
                    if place.path:
                        yield place.object, place.path[0]
    for entry in snapshot.objects:
        for place in places(entry.value):
            if place.path:
                yield place.object, place.path[0]


def places(value: Value | None) -> Iterator[Place]:
    """List the places that a value refers to."""
    match value:
        case Pointer(target=target):
            yield target
        case SliceHeader(target=Place() as target):
            yield target
        case Interface(value=inner):
            yield from places(inner)
        case Composite(parts=parts):
            for _, part in parts:
                if type(part) is not Scalar:  # nearly all parts of what has many
                    yield from places(part)
        case _:
            pass
