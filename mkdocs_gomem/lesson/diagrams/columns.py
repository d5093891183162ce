"""The sheet of one picture, its columns, and the things that stand in them.

A `Thing` is a frame, a global or an object over all scenes; a `Column` puts regions under each
other and things into them; the `Sheet` remembers where each thing's rows were put, so that arrows
find them.

Not here: what belongs into which column (`segments`, `stacks`), arrows (`arrows`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.lesson.diagrams.canvas import ROW, Box, Canvas, Cell, cut
from mkdocs_gomem.lesson.diagrams.rows import DOT, Row, Segment, Slot, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.machine.trace import Path, Value

WIDTH = 664
"""Material's column less the panel's padding."""
IMAGE, STACKS, HEAP = (0, 182), (202, 212), (436, 228)
"""Left edge and width of the three columns."""
MAX_OBJECTS = 14
"""Slots of the heap, and unnamed objects of one frame; the rest is folded."""
GAP = 6


@dataclass(slots=True)
class Thing:
    """A frame, band, global or object over all scenes: its rows, once they have places."""

    id: str
    slots: dict[Path, Slot] = field(default_factory=dict)
    scenes: set[int] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)

    def add(self, scene: int, path: Path, label: str, value: Value | None) -> None:
        """Note a value in a scene."""
        self.scenes.add(scene)
        slot = self.slots.get(path)
        if slot is None:
            slot = self.slots[path] = Slot(path, label)
        slot.values[scene] = value

    def lay_out(self, width: float) -> float:
        """Make the rows; return their height."""
        self.rows = [row for slot in self.slots.values() for row in lay_out(slot, width)]
        return len(self.rows) * ROW


@dataclass(slots=True)
class Sheet:
    """One picture in the making."""

    canvas: Canvas
    things: dict[str, Thing] = field(default_factory=dict)
    """By id of the object; an inlined call of a frame is `f:N/K`."""
    lost: dict[int, frozenset[int]] = field(default_factory=dict)
    """Identity of a row → scenes in which nothing reaches its object."""


@dataclass(slots=True)
class Column:
    """One column: regions under each other, each filled from the top."""

    sheet: Sheet
    x: float
    width: float
    y: float = 0
    height: float = 0
    _open: list[tuple[float, str, str, str, str]] = field(default_factory=list)
    _closed: list[tuple[float, float, str, str, str, str]] = field(default_factory=list)

    @property
    def canvas(self) -> Canvas:
        """The sheet that everything is drawn on."""
        return self.sheet.canvas

    def region(self, segment: str, title: str, note: str, note_class: str = "note") -> None:
        """Begin a region at the current height."""
        self._open.append((self.y, segment, title, note, note_class))
        self.y += ROW + 2

    def close(self) -> None:
        """End the region; its ground is drawn when the picture's height is known."""
        top, segment, title, note, note_class = self._open.pop()
        self._closed.append((top, self.y, segment, title, note, note_class))
        self.height = self.y
        self.y += GAP

    def finish(self, height: float) -> None:
        """Draw the grounds, the last one down to the picture's edge."""
        last = len(self._closed) - 1
        for number, (top, bottom, segment, title, note, note_class) in enumerate(self._closed):
            end = height if number == last else bottom
            box = Box(self.x, top, self.width, end - top)
            self.canvas.region(box, segment, title, note, note_class)

    def note(self, text: str) -> None:
        """Write a dim remark on a line of its own."""
        self.canvas.words(Box(self.x + 6, self.y, self.width - 12, 16), text, "dim")
        self.y += 17

    def plain(self, cells: Sequence[tuple[str, float, bool]], classes: str) -> None:
        """Draw one row of fixed words; a width of 0 takes what is left."""
        width = self.width - 12
        fixed = sum(cell[1] for cell in cells)
        row = [Cell(cut(t, w or width - fixed), w or width - fixed, left) for t, w, left in cells]
        self.canvas.row(self.x + 6, self.y, row, classes)
        self.y += ROW + 2

    def thing(self, thing: Thing, classes: str) -> None:
        """Draw a global or a constant."""
        self.sheet.things[thing.id] = thing
        thing.lay_out(self.width - 12)
        self.y = self.rows(thing, self.x + 6, self.y, classes) + 2

    def object(self, thing: Thing, lost: frozenset[int], life: frozenset[int]) -> None:
        """Draw a heap object while it lives, and dashed while nothing reaches it."""
        self.sheet.things[thing.id] = thing
        many = len(thing.rows) > 1
        for row in thing.rows:
            row.scenes &= life
            self.sheet.lost[id(row)] = lost
        x, y = self.x + 8, self.y
        self.y = self.rows(thing, x, y, "seg-heap" if many else "obj seg-heap", lost)
        if many:
            box = Box(x, y, self.width - 34, self.y - y)
            for scenes, more in ((life - lost, ""), (life & lost, " lost")):
                if scenes:
                    classes = f"seg-heap{more}"
                    self.canvas.box(box, "object", classes, scenes=scenes, new={min(life)} & scenes)

    def rows(
        self,
        thing: Thing,
        x: float,
        y: float,
        classes: str,
        lost: frozenset[int] = frozenset(),
    ) -> float:
        """Draw the rows of a thing from `y` down; return where they end."""
        for row in thing.rows:
            row.x, row.y = x, y
            row.column = 0 if x < STACKS[0] else 1 if x < HEAP[0] else 2
            row.dot_left = self._points_left(row)
            for scenes, more in ((row.scenes - lost, ""), (row.scenes & lost, " lost")):
                if scenes:
                    self._row(row, f"{classes}{more}", scenes)
            y += ROW
        return y

    def _points_left(self, row: Row) -> bool:
        """Say whether all that a one-value row points to is in a column further left."""
        if len(row.segments) != 1 or row.column == 0:
            return False
        targets = {s.target.object[0] for s in row.segments[0].shown.values() if s.target}
        left = {"g", "r"} if row.column == 1 else {"g", "r", "f", "s"}
        return bool(targets) and targets <= left

    def _row(self, row: Row, classes: str, scenes: frozenset[int]) -> None:
        """Draw one row: its outline once, each of its texts with the scenes it holds in."""
        indent = "\u00a0" * 2 * row.depth  # SVG folds plain spaces
        width = row.width - sum(segment.width for segment in row.segments)
        cells = []
        if row.dot_left:
            cells.append(Cell("", DOT))
            row.segments[0].port = "c0"
        if row.label:
            name = width - (DOT if row.dot_left else 0)
            cells.append(Cell(cut(indent + row.label, name), name, left=True))
        at = row.x + width
        new: set[int] = set()
        for segment in row.segments:
            if not row.dot_left:
                segment.port = f"c{len(cells)}"
            dot = DOT if segment.points and not row.dot_left else 0
            if dot and any(segment.text(s) for s in segment.shown):
                cells.append(Cell("", segment.width - dot))
                segment.port = f"c{len(cells)}"
                cells.append(Cell("", dot, open=True))
            elif dot:
                cells.append(Cell("", segment.width))
            else:
                cells.append(Cell("", segment.width))
            new |= self._write(segment, Box(at, row.y, segment.width - dot, ROW), classes, scenes)
            at += segment.width
        row.last_port = f"c{len(cells) - 1}"
        row.node = self.canvas.row(row.x, row.y, cells, classes, scenes=scenes, new=new & scenes)

    def _write(self, segment: Segment, box: Box, classes: str, scenes: frozenset[int]) -> set[int]:
        """Write a segment's texts; return the scenes in which it has changed."""
        held: dict[tuple[str, bool], set[int]] = {}
        new: set[int] = set()
        for scene in sorted(scenes & frozenset(segment.shown)):
            shown = segment.shown[scene]
            if segment.text(scene):
                held.setdefault((segment.text(scene), shown.quiet), set()).add(scene)
            before = segment.shown.get(scene - 1)
            if (
                scene
                and before != shown
                and not (before is None and not shown.text and not shown.target)
            ):
                new.add(scene)
        for (text, quiet), shown_in in held.items():
            kind = ("nil " if quiet else "") + ("dim" if "lost" in classes else "")
            self.canvas.words(box, cut(text, box.width), kind.strip(), scenes=shown_in)
        return new


def short_type(name: str) -> str:
    """Leave out the author's own package name, as the author does."""
    return name.replace("main.", "")
