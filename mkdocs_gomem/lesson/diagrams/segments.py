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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mkdocs_gomem.lesson.diagrams.canvas import LETTER, ROW, Box, Canvas, Cell, columns, cut
from mkdocs_gomem.machine.image import Image, Region, Symbol
from mkdocs_gomem.machine.trace import (
    Band,
    Composite,
    Frame,
    Interface,
    Object,
    Path,
    Place,
    Pointer,
    Scalar,
    SliceHeader,
    Snapshot,
    Status,
    Text,
    Value,
)

WIDTH = 664
"""Material's column less the panel's padding."""
IMAGE, STACKS, HEAP = (0, 184), (208, 222), (456, 208)
"""Left edge and width of the three columns."""
VALUE = 84
"""Width of the value cell in the first two columns."""
POINTER = 26
"""Width of a cell that holds only a pointer."""
MAX_OBJECTS = 24
MAX_FRAMES = 7
MAX_GOROUTINES = 5
MAX_SYMBOLS = 6
MAX_PARTS = 8
GAP = 6


@dataclass(frozen=True, slots=True)
class Ghost:
    """Something the rule of thumb expects and gc did not make: drawn dotted, with its reason."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a thing, in one scene: a part's label, its value, and where that points."""

    path: Path
    label: str
    text: str
    target: Place | None = None
    quiet: bool = False
    """`nil`, `not yet`: written dim."""


@dataclass(slots=True)
class _Row:
    """One line over all scenes, with its place."""

    key: tuple[str, Path]
    depth: int
    label: str
    texts: dict[int, _Line] = field(default_factory=dict)
    x: float = 0
    y: float = 0
    node: str = ""
    width: float = 0
    pointer_left: bool = False
    column: int = 0


@dataclass(slots=True)
class _Thing:
    """A frame, band, global or object over all scenes."""

    id: str
    rows: dict[Path, _Row] = field(default_factory=dict)
    scenes: set[int] = field(default_factory=set)

    def add(self, scene: int, lines: Iterable[_Line]) -> None:
        """Note what the thing shows in a scene; new lines go after the known ones above them."""
        self.scenes.add(scene)
        after: Path | None = None
        for line in lines:
            row = self.rows.get(line.path)
            if row is None:
                row = _Row((self.id, line.path), len(line.path), line.label)
                if after is None or after == next(reversed(self.rows), None):
                    self.rows[line.path] = row
                else:
                    self._insert(after, line.path, row)
            row.texts[scene] = line
            after = line.path

    def _insert(self, after: Path, path: Path, row: _Row) -> None:
        known = list(self.rows.items())
        self.rows.clear()
        for key, value in known:
            self.rows[key] = value
            if key == after:
                self.rows[path] = row


def short_value(value: Value | None) -> str:
    """Write a value in a few letters, for captions and for what stands inside a cell."""
    match value:
        case None:
            return "not yet"
        case Scalar(text) | Text(text):
            return text
        case Pointer(text=text, kind=kind):
            return text or ("" if kind == "pointer" else kind)
        case SliceHeader(target, length, capacity):
            return "nil" if target is None and capacity == 0 else f"len {length} cap {capacity}"
        case Interface(type=type_, value=inner):
            inside = short_value(inner)
            return f"{type_} {inside}".strip()
        case Composite(parts=parts, kind=kind):
            if kind == "chan":
                return value.note
            inside = " ".join(short_value(part) or "→" for _, part in parts[:MAX_PARTS])
            return "{" + inside + ("…" if len(parts) > MAX_PARTS or value.note else "") + "}"


def target_of(value: Value | None) -> Place | None:
    """Return where a value points, or the only place something in it points to."""
    match value:
        case Pointer(target=target, text=""):
            return target
        case Pointer(target=target):
            return target if target.object.startswith(("h:", "s:")) else None
        case SliceHeader(target=target):
            return target
        case Interface(value=inner):
            return target_of(inner)
        case _:
            return None


def _lines(path: Path, label: str, value: Value | None, room: int = MAX_PARTS) -> list[_Line]:
    """Spell a value as lines: one for a simple one, one a part for a struct, array or map."""
    if not isinstance(value, Composite) or not value.parts:
        quiet = value is None or (isinstance(value, Scalar) and value.text == "nil")
        return [_Line(path, label, short_value(value), target_of(value), quiet)]
    if value.kind == "array" and all(
        isinstance(part, Scalar | Text) for _, part in value.parts
    ):
        return [_Line(path, label, short_value(value))]
    lines = [_Line(path, label, value.kind if value.kind != "struct" else "", quiet=True)]
    for number, (name, part) in enumerate(value.parts):
        if number == room:
            more = len(value.parts) - room
            lines.append(_Line((*path, "…"), "", f"+{more} more", quiet=True))
            return lines
        spelled = f"[{name}]" if isinstance(name, int) else str(name)
        lines += _lines((*path, name), spelled, part, max(2, room // 2))
    if value.note and value.kind != "chan":
        lines.append(_Line((*path, "…"), "", value.note, quiet=True))
    return lines


def draw(
    snapshots: Sequence[Snapshot],
    image: Image,
    *,
    ghosts: Sequence[Ghost] = (),
) -> Canvas:
    """Draw all scenes on one canvas.

    Args:
        snapshots: memory in each scene, in order.
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
        self.outlines: dict[str, tuple[str, Box, frozenset[int]]] = {}
        self.folded: set[str] = set()

    def run(self) -> Canvas:
        """Collect, place, draw."""
        objects = self._objects()
        left = self._image_column(objects)
        middle = self._stack_column()
        right = self._heap_column(objects)
        height = max(left.height, middle.height, right.height, 120)
        self.canvas.height = round(height)
        left.finish(height)
        middle.finish(height)
        right.finish(height)
        self._arrows()
        return self.canvas

    # --- collecting

    def _objects(self) -> dict[str, _Thing]:
        """Gather every object of every scene, with its lines."""
        things: dict[str, _Thing] = {}
        for scene, snapshot in enumerate(self.snapshots):
            for entry in snapshot.objects:
                thing = things.setdefault(entry.id, _Thing(entry.id))
                thing.add(scene, _lines((), entry.label or entry.type, entry.value))
        return things

    def _last(self, ident: str) -> Object:
        for snapshot in reversed(self.snapshots):
            for entry in snapshot.objects:
                if entry.id == ident:
                    return entry
        raise KeyError(ident)

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
        constants = [o for o in objects if self._last(o).region is Region.RODATA]
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
                if self._last(ident).region is region
                and not any(ident == f"g:{symbol.name}" for symbol in globals_)
            ]
            for ident in extra[:MAX_SYMBOLS]:
                column.thing(objects[ident], f"seg-{name}")
            self._fold(column, extra[MAX_SYMBOLS:], "variables")
            column.close()
        return column

    def _global(self, column: _Column, objects: dict[str, _Thing], symbol: Symbol) -> None:
        thing = objects[f"g:{symbol.name}"]
        root = thing.rows[()]
        root.label = symbol.name.removeprefix("main.")
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
        boxes = {ident: _FrameBox(ident, shown) for ident, shown in frames.items()}
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
        idents = [o for o in objects if self._last(o).region is Region.HEAP]
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
            height = len(thing.rows) * ROW
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
        """Draw every pointer whose target is drawn, once for each run of scenes."""
        bundles: dict[tuple[int, str], tuple[_Row, str, set[int]]] = {}
        for thing in list(self.things.values()):
            for row in thing.rows.values():
                if not row.node:
                    continue
                for scene, line in row.texts.items():
                    if line.target is None:
                        continue
                    anchor = self._anchor(line.target, scene)
                    if anchor is None:
                        continue
                    key = (id(row), anchor.node)
                    bundle = bundles.setdefault(key, (row, anchor.node, set()))
                    bundle[2].add(scene)
        nodes = {
            row.node: row for thing in self.things.values() for row in thing.rows.values() if row.node
        }
        for tail, head, scenes in bundles.values():
            target = nodes[head]
            new = {s for s in scenes if s - 1 in self.all and s - 1 not in scenes}
            lost = {s for s in scenes if s in self._lost_rows(tail)}
            for shown, classes in ((scenes - lost, ""), (lost, "lost")):
                if shown:
                    self._arrow(tail, target, classes, shown, new & shown)

    def _lost_rows(self, row: _Row) -> frozenset[int]:
        ident = row.key[0]
        return self._lost(ident) if ident.startswith("h:") else frozenset()

    def _arrow(
        self, tail: _Row, head: _Row, classes: str, scenes: set[int], new: set[int]
    ) -> None:
        port = "c0" if tail.pointer_left else f"c{1 if tail.label else 0}"
        start = f"{tail.node}:{port}"
        if tail.column < head.column:
            self.canvas.arrow(start, f"{head.node}:c0:w", classes, scenes=scenes, new=new)
        elif tail.column > head.column:
            side = f"{head.node}:c{1 if head.label and not head.pointer_left else 0}:e"
            self.canvas.arrow(start, side, classes, scenes=scenes, new=new)
        else:
            # Same column: around the right side, so that the line crosses nothing between.
            x0 = tail.x + tail.width - 12
            x1 = head.x + head.width
            y0, y1 = tail.y + ROW / 2, head.y + ROW / 2
            out = max(x0, x1) + 14
            bend = [(x0, y0), (out, y0), (out, y1), (x1 + 6, y1)]
            self.canvas.arrow(start, f"{head.node}:w", classes, bend=bend, scenes=scenes, new=new)

    def _anchor(self, place: Place, scene: int) -> _Row | None:
        """Find the row that stands for a place: itself, or the nearest thing around it."""
        thing = self.things.get(place.object)
        if thing is None:
            return None
        path = place.path
        while True:
            row = thing.rows.get(path)
            if row is not None and row.node and scene in row.texts:
                return row
            if not path:
                return next((r for r in thing.rows.values() if r.node and scene in r.texts), None)
            path = path[:-1]


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

    def __init__(self, ident: str, uses: list[tuple[int, int, Frame]]) -> None:
        self.id = ident
        self.uses = uses
        self.function = uses[0][2].function
        self.thing = _Thing(ident)
        self.bands: dict[tuple[str, int], _Thing] = {}
        """Inlined call (function, its place) → what it brought."""
        for scene, _, frame in uses:
            own = [cell for cell in frame.cells if cell.band < 0]
            self.thing.add(scene, self._cells(own))
            for index, band in enumerate(frame.bands):
                cells = [c for c in frame.cells if c.band == index and c.value is not None]
                if not cells and not band.active:
                    continue
                key = (band.function, index)
                thing = self.bands.setdefault(key, _Thing(f"{ident}/{index}"))
                thing.add(scene, self._cells(cells))
        self.height = ROW + len(self.thing.rows) * ROW + 6
        for thing in self.bands.values():
            self.height += ROW + len(thing.rows) * ROW + 8

    @staticmethod
    def _cells(cells: Iterable[object]) -> list[_Line]:
        lines: list[_Line] = []
        for cell in cells:
            name, value = cell.name, cell.value  # type: ignore[attr-defined]
            spelled = _lines((name,), name, value)
            if cell.moved and len(spelled) == 1:  # type: ignore[attr-defined]
                first = spelled[0]
                spelled = [_Line(first.path, f"{name}, on heap", "", first.target)]
            lines += spelled
        return lines

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
        first = {min(scenes)}
        box = Box(column.x + 6, y, column.width - 12, self.height)
        canvas.box(box, "frame", "seg-stack", scenes=scenes, new=first)
        head = Box(box.x, y, box.width, ROW)
        name = cut(self.function, box.width - 70)
        canvas.words(head, name, "head seg-stack", align="left", scenes=scenes)
        top = min(depth for _, depth, _ in self.uses) == 0
        if top:
            waits = {s for s in scenes if status.get(s, (None, ""))[0] is Status.WAITING}
            if waits:
                side = Box(box.x + box.width - 64, y, 58, ROW)
                canvas.words(side, "waiting", "model", align="right", scenes=waits)
        y += ROW
        y = column.rows(self.thing, box.x, y, box.width, "seg-stack")
        drawing.things[self.id] = self.thing
        for (function, _), thing in self.bands.items():
            y += 4
            band = Box(box.x, y, box.width, ROW + len(thing.rows) * ROW + 2)
            canvas.box(band, "inline", "seg-stack", scenes=thing.scenes, new={min(thing.scenes)})
            words = Box(box.x + 7, y, box.width - 14, ROW)
            label = cut(f"{function}, inlined", box.width)
            canvas.words(words, label, "sub seg-stack", align="left", scenes=thing.scenes)
            y = column.rows(thing, box.x + 6, y + ROW, box.width - 12, "seg-stack") + 4
            for path, row in thing.rows.items():
                self.thing.rows.setdefault(path, row)


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
        top, *rest = self._open.pop()
        self._closed.append((top, self.y, *rest))
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
        self.y = self.rows(thing, self.x + 6, self.y, self.width - 12, classes) + 2

    def object(self, thing: _Thing, lost: frozenset[int], life: frozenset[int]) -> None:
        """Draw a heap object while it lives, and dashed while nothing reaches it."""
        self.drawing.things[thing.id] = thing
        for row in thing.rows.values():
            row.texts = {s: line for s, line in row.texts.items() if s in life}
        width = self.width - 34
        self.y = self.rows(thing, self.x + 10, self.y, width, "obj seg-heap", lost)

    def rows(
        self,
        thing: _Thing,
        x: float,
        y: float,
        width: float,
        classes: str,
        lost: frozenset[int] = frozenset(),
    ) -> float:
        """Draw the rows of a thing from `y` down; return where they end."""
        for row in thing.rows.values():
            scenes = frozenset(row.texts)
            if not scenes:
                continue
            self._row(row, x, y, width, classes, scenes - lost)
            if scenes & lost:
                self._row(row, x, y, width, f"{classes} lost", scenes & lost)
            y += ROW
        return y

    def _row(
        self, row: _Row, x: float, y: float, width: float, classes: str, scenes: frozenset[int]
    ) -> None:
        """Draw one row: its outline once, each of its texts with the scenes it holds in."""
        if not scenes:
            return
        texts = {s: line for s, line in row.texts.items() if s in scenes}
        longest = max(columns(line.text) for line in texts.values())
        points = any(line.target is not None for line in texts.values())
        wide = max(POINTER, longest * LETTER + 12)
        name = columns(row.label) * LETTER + 12
        value = width if not row.label else min(wide, max(width - name, width * 0.45))
        if row.label and value < VALUE and width - VALUE >= name:
            value = VALUE
        cells = [Cell(cut(row.label, width - value), width - value, left=True)] if row.label else []
        cells.append(Cell("", value))
        new = {s for s in scenes if self._changed(row, s)}
        row.node = self.canvas.row(x, y, cells, classes, scenes=scenes, new=new)
        row.x, row.y, row.width = x, y, width
        row.column = 0 if x < STACKS[0] else 1 if x < HEAP[0] else 2
        at = x + width - value
        held: dict[tuple[str, bool], set[int]] = {}
        for scene, line in texts.items():
            if line.text:
                held.setdefault((line.text, line.quiet), set()).add(scene)
        room = value - (18 if points else 0)
        for (text, quiet), shown in held.items():
            kind = "nil" if quiet else ""
            if "lost" in classes:
                kind += " dim"
            self.canvas.words(
                Box(at, y, room, ROW), cut(text, room), kind.strip(), scenes=shown
            )

    def _changed(self, row: _Row, scene: int) -> bool:
        before = row.texts.get(scene - 1)
        now = row.texts[scene]
        if before is None:
            return scene > 0 and bool(now.text or now.target)
        return (before.text, before.target) != (now.text, now.target)


def describe(snapshot: Snapshot) -> str:
    """Say in words what the picture of a scene shows, for a screen reader."""
    sentences = []
    for goroutine in snapshot.goroutines:
        for frame in goroutine.frames[:MAX_FRAMES]:
            parts = [_spoken(cell.name, cell.value) for cell in frame.cells if cell.value is not None]
            what = "; ".join(parts) or "no variables yet"
            wait = f", waiting: {goroutine.reason}" if goroutine.status is Status.WAITING else ""
            sentences.append(f"Stack of goroutine {goroutine.number}{wait}, {frame.function}: {what}.")
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


def active_band(bands: Sequence[Band]) -> str:
    """Name the innermost inlined call that is running; empty when none is."""
    return next((band.function for band in reversed(bands) if band.active), "")
