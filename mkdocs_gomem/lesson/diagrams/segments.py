"""The picture of the segments: code, read-only data, data, bss; goroutine stacks; heap.

Snapshots of the chosen scenes in, one `Canvas` for all of them out. Three columns: the image as
the linker laid it out; the stacks, one goroutine under another, newest frame on top; the heap.

Invariants:
  1. a thing keeps its place over all scenes, so that only what changes moves the eye: a frame
     stands on the frames below it with room for all it will hold, an object keeps its slot until
     a scene after it was last reachable;
  2. a pointer goes from the cell that holds it to the thing it points to, or says that this is
     folded;
  3. nothing is scaled: what does not fit is cut with an ellipsis or folded as "+N more".

The idea: first collect every row that any scene needs (`_Rows`), give it a place, then write for
each row its texts with the scenes they hold in.

Not here: choosing scenes and wording captions (`scenes`), words of the table (`why`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mkdocs_gomem.lesson.diagrams.canvas import ROW, Box, Canvas, Cell, cut
from mkdocs_gomem.lesson.diagrams.rows import (
    DOT,
    Row,
    Segment,
    Slot,
    lay_out,
    short_value,
    target_of,
)
from mkdocs_gomem.machine.image import Image, Region, Symbol
from mkdocs_gomem.machine.trace import (
    Frame,
    Object,
    Place,
    Scalar,
    SliceHeader,
    Snapshot,
    Status,
    Text,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.machine import trace

WIDTH = 664
"""Material's column less the panel's padding."""
IMAGE, STACKS, HEAP = (0, 182), (202, 212), (436, 228)
"""Left edge and width of the three columns."""
MAX_OBJECTS = 14
MAX_FRAMES = 7
MAX_GOROUTINES = 5
MAX_SYMBOLS = 6
SMALL_INTS = 4
"""Values of the runtime's table of small integers that are spelled out, the newest ones."""
GAP = 6
ARROW = 6.5
"""Length of an arrow's head."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """Something the rule of thumb expects and gc did not make: drawn dotted, with its reason."""

    label: str
    value: str
    note: str


@dataclass(slots=True)
class _Thing:
    """A frame, band, global or object over all scenes: its rows, once they have places."""

    id: str
    slots: dict[trace.Path, Slot] = field(default_factory=dict)
    scenes: set[int] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)

    def add(self, scene: int, path: trace.Path, label: str, value: Value | None) -> None:
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


def draw(
    snapshots: Sequence[Snapshot],
    image: Image,
    *,
    ghosts: Sequence[Ghost] = (),
) -> Canvas:
    """Draw all scenes on one canvas.

    Args:
        snapshots: memory in each scene, in order; only what the author wrote (see `scenes`).
        image: what the linker laid out.
        ghosts: heap objects that the rule of thumb expects and gc does not make.
    """
    return _Drawing(snapshots, image, ghosts).run()


class _Drawing:
    """One picture in the making: where rows were put, so that arrows find them."""

    def __init__(
        self, snapshots: Sequence[Snapshot], image: Image, ghosts: Sequence[Ghost]
    ) -> None:
        self.snapshots = snapshots
        self.image = image
        self.ghosts = ghosts
        self.canvas = Canvas(WIDTH)
        self.all = frozenset(range(len(snapshots)))
        self.things: dict[str, _Thing] = {}
        self.folded: set[str] = set()
        self.lost: dict[int, frozenset[int]] = {}
        self.regions: dict[str, Region] = {}
        self.same: dict[str, str] = {}
        """Id of a read-only object → the thing that stands for all equal ones."""

    def run(self) -> Canvas:
        """Collect, place, draw."""
        objects = self._objects()
        left = self._image_column(objects)
        middle = self._stack_column()
        right = self._heap_column(objects)
        height = max(left.height, middle.height, right.height, 120)
        self.canvas.height = round(height)
        left.finish(left.height)
        middle.finish(height)
        right.finish(height)
        self._arrows()
        return self.canvas

    # --- collecting

    def _objects(self) -> dict[str, _Thing]:
        """Gather every object of every scene; equal read-only constants are one."""
        things: dict[str, _Thing] = {}
        for scene, snapshot in enumerate(self.snapshots):
            for entry in snapshot.objects:
                if entry.region is Region.STACK:
                    continue  # drawn in its frame
                ident, label, value = entry.id, entry.label or short_type(entry.type), entry.value
                if entry.region is Region.RODATA:
                    ident, label, value = self._constant(entry, things, scene)
                elif isinstance(value, Text) and value.length and ident.startswith("g:"):
                    # A string variable is a header; its letters are elsewhere, mostly read-only.
                    letters = f"r:{value.text}"
                    if value.region is Region.RODATA:
                        self.regions[letters] = Region.RODATA
                        things.setdefault(letters, _Thing(letters)).add(
                            scene, (), value.text, Scalar("")
                        )
                        value = SliceHeader(Place(letters), value.length, -1)
                self.regions.setdefault(ident, entry.region)
                things.setdefault(ident, _Thing(ident)).add(scene, (), label, value)
        return things

    def _constant(
        self, entry: Object, things: dict[str, _Thing], scene: int
    ) -> tuple[str, str, Value]:
        """Name a read-only object by what is in it; small integers are one table."""
        text = short_value(entry.value)
        if not (text.isdigit() and int(text) < 256):
            ident = self.same[entry.id] = f"r:{entry.type}={text}"
            return ident, short_type(entry.type), entry.value
        ident = self.same[entry.id] = "r:ints"
        known = things.get(ident)
        before = known.slots[()].values.get(scene) if known is not None else None
        held = short_value(before).split() if before is not None else []
        newest = list(dict.fromkeys([text, *reversed(held)]))[:SMALL_INTS]
        return ident, "ints 0..255", Scalar(" ".join(reversed(newest)))

    # --- the image

    def _image_column(self, objects: dict[str, _Thing]) -> _Column:
        column = _Column(self, *IMAGE)
        symbols = self.image.symbols
        functions = [symbol for symbol in symbols if symbol.region is Region.TEXT]
        dropped = [ghost for ghost in self.image.ghosts if ghost.region is Region.TEXT]
        column.region("text", "text", "code" if functions else "nothing of yours")
        for symbol in functions[:MAX_SYMBOLS]:
            column.plain([(symbol.name, 0, True)], "seg-text")
        if len(functions) > MAX_SYMBOLS:
            column.note(f"+{len(functions) - MAX_SYMBOLS} more functions")
        for ghost in dropped[: max(2, MAX_SYMBOLS - len(functions))]:
            name = ghost.name.removeprefix("main.")
            column.plain([(name, 0, True), (ghost.ghost, 84, False)], "ghost seg-text")
        column.close()
        constants = [o for o in objects if self.regions[o] is Region.RODATA]
        column.region("rodata", "rodata", "read-only" if constants else "nothing of yours")
        for ident in constants[:MAX_SYMBOLS]:
            column.thing(objects[ident], "seg-rodata")
        self._fold(column, constants[MAX_SYMBOLS:], "constants")
        column.close()
        for region, name, note in (
            (Region.DATA, "data", "in the file"),
            (Region.BSS, "bss", "zero at start"),
        ):
            globals_ = [
                symbol
                for symbol in symbols
                if symbol.region is region and f"g:{symbol.name}" in objects
            ]
            column.region(name, name, note if globals_ else "nothing of yours")
            for symbol in globals_[:MAX_SYMBOLS]:
                self._global(column, objects, symbol)
            self._fold(column, [f"g:{s.name}" for s in globals_[MAX_SYMBOLS:]], "variables")
            extra = [
                ident
                for ident in objects
                if self.regions[ident] is region
                and not any(ident == f"g:{symbol.name}" for symbol in globals_)
            ]
            for ident in extra[:MAX_SYMBOLS]:
                column.thing(objects[ident], f"seg-{name}")
            self._fold(column, extra[MAX_SYMBOLS:], "variables")
            column.close()
        return column

    def _global(self, column: _Column, objects: dict[str, _Thing], symbol: Symbol) -> None:
        thing = objects[f"g:{symbol.name}"]
        thing.slots[()].label = symbol.name.removeprefix("main.")
        column.thing(thing, f"seg-{symbol.region.value}")

    def _fold(self, column: _Column, idents: Sequence[str], what: str) -> None:
        if idents:
            self.folded.update(idents)
            column.note(f"+{len(idents)} more {what}")

    # --- the stacks

    def _stack_column(self) -> _Column:
        column = _Column(self, *STACKS)
        numbers = sorted(
            {
                goroutine.number
                for snapshot in self.snapshots
                for goroutine in snapshot.goroutines
                if goroutine.frames
            }
        )
        for number in numbers[:MAX_GOROUTINES]:
            self._goroutine(column, number)
        if len(numbers) > MAX_GOROUTINES:
            column.region("stack", "stack", f"+{len(numbers) - MAX_GOROUTINES} more goroutines")
            column.close()
        if not numbers:
            column.region("stack", "stack", "goroutine 1")
            column.close()
        return column

    def _goroutine(self, column: _Column, number: int) -> None:
        """Place one goroutine's frames: each above the ones that called it."""
        frames: dict[str, list[tuple[int, int, Frame]]] = {}
        status: dict[int, tuple[Status, str]] = {}
        deeper: dict[int, int] = {}
        for scene, snapshot in enumerate(self.snapshots):
            for goroutine in snapshot.goroutines:
                if goroutine.number != number:
                    continue
                status[scene] = (goroutine.status, goroutine.reason)
                stack = list(reversed(goroutine.frames))
                for depth, frame in enumerate(stack[:MAX_FRAMES]):
                    frames.setdefault(frame.id, []).append((scene, depth, frame))
                if len(stack) > MAX_FRAMES:
                    deeper[scene] = len(stack) - MAX_FRAMES
                    self.folded.update(frame.id for frame in stack[MAX_FRAMES:])
        boxes = {
            ident: _FrameBox(ident, shown, self._unnamed(ident), column.width - 12)
            for ident, shown in frames.items()
        }
        base: dict[str, float] = {}
        for scene in sorted(self.all):
            height = 0.0
            present = sorted(
                (shown[1], ident)
                for ident, uses in frames.items()
                for shown in uses
                if shown[0] == scene
            )
            for _, ident in present:
                base.setdefault(ident, height)
                height = base[ident] + boxes[ident].height + 4
        total = max((base[ident] + boxes[ident].height for ident in base), default=0)
        column.region("stack", "stack", f"goroutine {number}")
        top = column.y + (ROW if deeper else 0)
        for scene, count in deeper.items():
            column.canvas.words(
                Box(column.x + 6, column.y, column.width - 12, ROW),
                f"+{count} more calls on top",
                "dim",
                scenes={scene},
            )
        for ident, box in boxes.items():
            box.draw(self, column, top + total - base[ident] - box.height, status)
        self._gone(column, frames, boxes, base, top + total)
        column.y = top + total + 4
        if number == 1:
            column.note("called by runtime.main")
        ended = [scene for scene in sorted(self.all) if not _has_frames(self, number, scene)]
        after = [s for s in ended if any(f < s for uses in frames.values() for f, _, _ in uses)]
        if number != 1 and after:
            place = Box(column.x + 6, top + total / 2 - ROW / 2, column.width - 12, ROW)
            text = f"goroutine {number} has ended"
            column.canvas.words(place, text, "dim", scenes=after)
        column.close()

    def _unnamed(self, frame: str) -> list[_Thing]:
        """Gather the unnamed objects of a frame: what `new` and literals made without escaping."""
        things: dict[str, _Thing] = {}
        for scene, snapshot in enumerate(self.snapshots):
            for entry in snapshot.objects:
                if entry.region is Region.STACK and entry.frame == frame:
                    thing = things.setdefault(entry.id, _Thing(entry.id))
                    thing.add(scene, (), short_type(entry.label or entry.type), entry.value)
        return list(things.values())[:MAX_OBJECTS]

    def _gone(
        self,
        column: _Column,
        frames: dict[str, list[tuple[int, int, Frame]]],
        boxes: dict[str, _FrameBox],
        base: dict[str, float],
        bottom: float,
    ) -> None:
        """Show for one scene that a frame has returned, where nothing else stands now."""
        for ident, uses in frames.items():
            scene = max(shown[0] for shown in uses) + 1
            depth = uses[0][1]
            if scene not in self.all:
                continue
            if any(s == scene and d >= depth for other in frames.values() for s, d, _ in other):
                continue
            if any(
                max(s for s, _, _ in other) + 1 == scene and other[0][1] > depth
                for name, other in frames.items()
                if name != ident
            ) and any(s == scene for other in frames.values() for s, _, _ in other):
                continue
            height = boxes[ident].height
            place = Box(column.x + 6, bottom - base[ident] - height, column.width - 12, height)
            self.canvas.box(place, "frame", "gone seg-stack", scenes={scene})
            words = Box(place.x, place.y + height / 2 - ROW / 2, place.width, ROW)
            name = uses[0][2].function
            self.canvas.words(
                words, cut(f"{name} has returned", place.width), "dim", scenes={scene}
            )

    # --- the heap

    def _heap_column(self, objects: dict[str, _Thing]) -> _Column:
        column = _Column(self, *HEAP)
        idents = [o for o in objects if self.regions[o] is Region.HEAP]
        note = "order: model" if len(idents) > 1 else ("" if idents else "nothing of yours")
        column.region("heap", "heap", note, "model" if len(idents) > 1 else "note")
        for ghost in self.ghosts[:3]:
            width = column.width - 12
            column.plain(
                [(ghost.label, 0, True), (cut(ghost.value, 60), 60, False)], "ghost obj seg-heap"
            )
            for part in _wrap(ghost.note, width):
                column.note(part)
        shown = 0
        slots: list[tuple[float, float, int]] = []
        bottom = column.y
        for ident in idents:
            thing = objects[ident]
            life = self._life(ident)
            height = thing.lay_out(column.width - 34)
            slot = next(
                (
                    k
                    for k, (_, room, until) in enumerate(slots)
                    if until < min(life) and room >= height
                ),
                None,
            )
            if slot is None and shown == MAX_OBJECTS:
                self.folded.add(ident)
                continue
            if slot is None:
                shown += 1
                slots.append((bottom, height, max(life)))
                column.y = bottom
                bottom += height + 8
            else:
                column.y = slots[slot][0]
                slots[slot] = (slots[slot][0], slots[slot][1], max(life))
            column.object(thing, self._lost(ident), life)
        column.y = bottom
        hidden = [ident for ident in idents if ident in self.folded]
        self._fold(column, hidden, "objects")
        column.close()
        return column

    def _life(self, ident: str) -> frozenset[int]:
        """Scenes that show an object: while reachable, and one scene more."""
        reachable, present = [], []
        for scene, snapshot in enumerate(self.snapshots):
            for entry in snapshot.objects:
                if entry.id == ident:
                    present.append(scene)
                    if entry.reachable:
                        reachable.append(scene)
        if not reachable:
            return frozenset(present[:1])
        last = reachable[-1]
        return frozenset(s for s in present if s <= last + 1)

    def _lost(self, ident: str) -> frozenset[int]:
        return frozenset(
            scene
            for scene, snapshot in enumerate(self.snapshots)
            for entry in snapshot.objects
            if entry.id == ident and not entry.reachable
        )

    # --- arrows

    def _arrows(self) -> None:
        """Draw every pointer whose target is drawn, once for each pair of cells."""
        bundles: dict[tuple[int, int], tuple[Row, Segment, Row, set[int]]] = {}
        for thing in list(self.things.values()):
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
        return self.lost.get(id(row), frozenset())

    def _arrow(
        self,
        tail: Row,
        segment: Segment,
        head: Row,
        classes: str,
        scenes: set[int],
        new: set[int],
    ) -> None:
        start = f"{tail.node}:{segment.port}"
        last = f"c{len(head.segments) + (1 if head.label else 0) - 1 + (1 if head.dot_left else 0)}"
        if tail.column < head.column:
            self.canvas.arrow(start, f"{head.node}:c0:w", classes, scenes=scenes, new=new)
        elif tail.column > head.column:
            self.canvas.arrow(start, f"{head.node}:{last}:e", classes, scenes=scenes, new=new)
        else:
            # Same column: around the right side, so that the line crosses nothing between.
            x0, y0 = self._dot_of(tail, segment), tail.y + ROW / 2
            x1, y1 = head.x + head.width, head.y + ROW / 2
            out = max(tail.x + tail.width, x1) + 10 + min(14, abs(y1 - y0) / 12)
            bend = [(x0, y0), (out, y0), (out, y1), (x1 + ARROW, y1), (x1, y1)]
            self.canvas.arrow(start, f"{head.node}:w", classes, bend=bend, scenes=scenes, new=new)

    @staticmethod
    def _dot_of(row: Row, segment: Segment) -> float:
        """Return the x of a segment's pointer dot."""
        x = row.x + row.width - sum(s.width for s in row.segments)
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
            for ident, thing in self.things.items()
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


def _row_of(thing: _Thing, path: trace.Path, scene: int) -> Row | None:
    for row in thing.rows:
        if not row.node or scene not in row.scenes:
            continue
        if any(segment.path == path for segment in row.segments):
            return row
        if not path:
            return row
    return None


def _has_frames(drawing: _Drawing, number: int, scene: int) -> bool:
    return any(
        goroutine.number == number and goroutine.frames
        for goroutine in drawing.snapshots[scene].goroutines
    )


def _wrap(text: str, width: float) -> list[str]:
    """Break a remark into lines that fit; its font is narrower than the cells'."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and len(longer) * 6.4 > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


class _FrameBox:
    """One frame over all its scenes: its head, its variables, its inlined calls."""

    def __init__(
        self,
        ident: str,
        uses: list[tuple[int, int, Frame]],
        unnamed: list[_Thing],
        width: float,
    ) -> None:
        self.id = ident
        self.unnamed = unnamed
        self.places: dict[str, float] = {}
        self.uses = uses
        self.function = uses[0][2].function
        self.thing = _Thing(ident)
        self.bands: dict[tuple[str, int], _Thing] = {}
        """Inlined call (function, its place) → what it brought."""
        for scene, _, frame in uses:
            for cell in frame.cells:
                if cell.band < 0:
                    _add_cell(self.thing, scene, cell)
            for index, band in enumerate(frame.bands):
                cells = [c for c in frame.cells if c.band == index and c.value is not None]
                if not cells and not band.active:
                    continue
                thing = self.bands.setdefault((band.function, index), _Thing(f"{ident}/{index}"))
                thing.scenes.add(scene)
                for cell in cells:
                    _add_cell(thing, scene, cell)
        self.height = ROW + self.thing.lay_out(width) + 6
        for thing in unnamed:
            self.places[thing.id] = self.height
            self.height += thing.lay_out(width - 12) + 6
        self.offsets: dict[tuple[str, int], float] = {}
        self._place_bands(width - 12)

    def _place_bands(self, width: float) -> None:
        """Give each band a place below the variables; those never seen together share one."""
        places: list[tuple[float, float, set[int]]] = []
        for key, thing in self.bands.items():
            height = ROW + thing.lay_out(width) + 8
            for offset, room, taken in places:
                if room >= height and taken.isdisjoint(thing.scenes):
                    self.offsets[key] = offset
                    taken.update(thing.scenes)
                    break
            else:
                self.offsets[key] = self.height
                places.append((self.height, height, set(thing.scenes)))
                self.height += height

    def draw(
        self,
        drawing: _Drawing,
        column: _Column,
        y: float,
        status: dict[int, tuple[Status, str]],
    ) -> None:
        """Draw head, outline, rows and bands with the top at `y`."""
        canvas = drawing.canvas
        scenes = frozenset(shown[0] for shown in self.uses)
        box = Box(column.x + 6, y, column.width - 12, self.height)
        canvas.box(box, "frame", "seg-stack", scenes=scenes, new={min(scenes)})
        waits = {s for s in scenes if status.get(s, (None, ""))[0] is Status.WAITING}
        if min(depth for _, depth, _ in self.uses) > 0:
            waits = set()
        name = cut(self.function, box.width - (70 if waits else 0))
        head = Box(box.x, y, box.width, ROW)
        canvas.words(head, name, "head seg-stack", align="left", scenes=scenes)
        if waits:
            side = Box(box.x + box.width - 64, y, 58, ROW)
            canvas.words(side, "waiting", "model", align="right", scenes=waits)
        drawing.things[self.id] = self.thing
        column.rows(self.thing, box.x, y + ROW, "seg-stack")
        for thing in self.unnamed:
            drawing.things[thing.id] = thing
            column.rows(thing, box.x + 6, y + self.places[thing.id], "obj seg-stack")
        for (function, index), thing in self.bands.items():
            top = y + self.offsets[function, index]
            band = Box(box.x, top, box.width, ROW + len(thing.rows) * ROW + 2)
            canvas.box(band, "inline", "seg-stack", scenes=thing.scenes, new={min(thing.scenes)})
            words = Box(box.x + 7, top, box.width - 14, ROW)
            label = cut(f"{short_type(function)}, inlined", box.width)
            canvas.words(words, label, "sub seg-stack", align="left", scenes=thing.scenes)
            column.rows(thing, box.x + 6, top + ROW, "seg-stack")
            drawing.things[f"{self.id}/{index}"] = thing


def short_type(name: str) -> str:
    """Leave out the author's own package name, as the author does."""
    return name.replace("main.", "")


def _add_cell(thing: _Thing, scene: int, cell: trace.Cell) -> None:
    label = f"{cell.name}, on heap" if cell.moved else cell.name
    thing.add(scene, (cell.name,), label, cell.value)


@dataclass(slots=True)
class _Column:
    """One column: regions under each other, each filled from the top."""

    drawing: _Drawing
    x: float
    width: float
    y: float = 0
    height: float = 0
    _open: list[tuple[float, str, str, str, str]] = field(default_factory=list)
    _closed: list[tuple[float, float, str, str, str, str]] = field(default_factory=list)

    @property
    def canvas(self) -> Canvas:
        """The sheet that everything is drawn on."""
        return self.drawing.canvas

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

    def thing(self, thing: _Thing, classes: str) -> None:
        """Draw a global or a constant."""
        self.drawing.things[thing.id] = thing
        thing.lay_out(self.width - 12)
        self.y = self.rows(thing, self.x + 6, self.y, classes) + 2

    def object(self, thing: _Thing, lost: frozenset[int], life: frozenset[int]) -> None:
        """Draw a heap object while it lives, and dashed while nothing reaches it."""
        self.drawing.things[thing.id] = thing
        many = len(thing.rows) > 1
        for row in thing.rows:
            row.scenes &= life
            self.drawing.lost[id(row)] = lost
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
        thing: _Thing,
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
        last = target.path[-1] if target.path else target.object
        where = f"points to {last}" if target.path else f"points to {_noun(target.object)}"
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
