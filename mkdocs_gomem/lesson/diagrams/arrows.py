"""Pointers: from the very cell that holds one to the thing it points to.

Where the target is in another column the arrow is a straight line; in the same column it goes
around the right side, so that it crosses nothing between. The routes are ours: Graphviz bundles
arrows that join the same two rows. Scenes in which a pair of cells is joined share one arrow.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mkdocs_gomem.lesson.diagrams.canvas import ROW
from mkdocs_gomem.lesson.diagrams.rows import DOT, Row, Segment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mkdocs_gomem.lesson.diagrams.columns import Sheet, Thing
    from mkdocs_gomem.machine.trace import Path, Place

ARROW = 6.5
"""Length of an arrow's head."""


class Arrows:
    """All pointers of one picture, once every row has its place."""

    def __init__(self, sheet: Sheet, same: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.same = same
        """Id of a read-only object → the thing that stands for all equal ones."""

    def draw(self) -> None:
        """Draw every pointer whose target is drawn, once for each pair of cells."""
        bundles: dict[tuple[int, int], tuple[Row, Segment, Row, set[int]]] = {}
        for thing in list(self.sheet.things.values()):
            for row in thing.rows:
                if not row.node:
                    continue
                for segment in row.segments:
                    for scene, shown in segment.shown.items():
                        if shown.target is None or scene not in row.scenes:
                            continue
                        anchor = self._anchor(shown.target, scene)
                        if anchor is None or anchor is row:
                            continue
                        key = (id(segment), id(anchor))
                        bundle = bundles.setdefault(key, (row, segment, anchor, set()))
                        bundle[3].add(scene)
        for tail, segment, head, scenes in bundles.values():
            new = {s for s in scenes if s and s - 1 not in scenes}
            lost = scenes & self._lost_scenes(tail)
            for shown_in, classes in ((scenes - lost, ""), (lost, "lost")):
                if shown_in:
                    self._arrow(tail, segment, head, classes, shown_in, new & shown_in)

    def _lost_scenes(self, row: Row) -> frozenset[int]:
        return self.sheet.lost.get(id(row), frozenset())

    def _arrow(
        self,
        tail: Row,
        segment: Segment,
        head: Row,
        classes: str,
        scenes: set[int],
        new: set[int],
    ) -> None:
        x0, y0 = self._dot_of(tail, segment), tail.y + ROW / 2
        if tail.column < head.column:
            port, x1 = f"{head.node}:c0:w", head.x
        else:
            port, x1 = f"{head.node}:{head.last_port}:e", head.x + head.width
        y1 = head.y + ROW / 2
        if tail.column == head.column:
            # Around the right side, so that the line crosses nothing between.
            out = max(tail.x + tail.width, x1) + 10 + min(14, abs(y1 - y0) / 12)
            curve = [(x0, y0), (out, y0), (out, y1), (x1 + ARROW, y1)]
        else:
            length = math.hypot(x1 - x0, y1 - y0) or 1.0
            end = (x1 - ARROW * (x1 - x0) / length, y1 - ARROW * (y1 - y0) / length)
            curve = [(x0, y0), (x0, y0), end, end]
        start = f"{tail.node}:{segment.port}"
        route = [*curve, (x1, y1)]
        self.sheet.canvas.arrow(start, port, route, classes, scenes=scenes, new=new)

    @staticmethod
    def _dot_of(row: Row, segment: Segment) -> float:
        """Return the x of a segment's pointer dot: in the cell that faces the target."""
        if row.dot_left:
            return row.x + DOT / 2
        x = row.x + row.width - sum(other.width for other in row.segments)
        for other in row.segments:
            x += other.width
            if other is segment:
                break
        return x - DOT / 2

    def _anchor(self, place: Place, scene: int) -> Row | None:
        """Find the row that stands for a place: itself, or the nearest thing around it."""
        target = self.same.get(place.object, place.object)
        things = [
            thing
            for ident, thing in self.sheet.things.items()
            if ident == target or ident.startswith(f"{target}/")
        ]
        path = place.path
        while things:
            for thing in things:
                row = _row_of(thing, path, scene)
                if row is not None:
                    return row
            if not path:
                break
            path = path[:-1]
        return None


def _row_of(thing: Thing, path: Path, scene: int) -> Row | None:
    for row in thing.rows:
        if not row.node or scene not in row.scenes:
            continue
        if any(segment.path == path for segment in row.segments):
            return row
        if not path:
            return row
    return None
