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

The idea: first collect every row that any scene needs (`rows`), give it a place, then write for
each row its texts with the scenes they hold in.

Here are the image, the heap and the order of work; `stacks` has the frames, `arrows` the pointers.

Not here: choosing scenes and wording captions (`scenes`), words of the table (`why`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.lesson.diagrams.arrows import Arrows
from mkdocs_gomem.lesson.diagrams.canvas import Canvas, cut
from mkdocs_gomem.lesson.diagrams.columns import (
    HEAP,
    IMAGE,
    MAX_OBJECTS,
    WIDTH,
    Column,
    Sheet,
    Thing,
    short_type,
)
from mkdocs_gomem.lesson.diagrams.rows import short_value
from mkdocs_gomem.lesson.diagrams.stacks import Stacks
from mkdocs_gomem.machine.image import Image, Region, Symbol
from mkdocs_gomem.machine.trace import Object, Place, Scalar, SliceHeader, Snapshot, Text, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_SYMBOLS = 6
SMALL_INTS = 4
"""Values of the runtime's table of small integers that are spelled out, the newest ones."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """Something the rule of thumb expects and gc did not make: drawn dotted, with its reason."""

    label: str
    value: str
    note: str


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
        self.sheet = Sheet(self.canvas)
        self.all = frozenset(range(len(snapshots)))
        self.folded: set[str] = set()
        self.regions: dict[str, Region] = {}
        self.stands: dict[str, list[tuple[int, bool]]] = {}
        """Id of an object → the scenes that it stands in, and whether it is reachable there."""
        self.same: dict[str, str] = {}
        """Id of a read-only object → the thing that stands for all equal ones."""

    def run(self) -> Canvas:
        """Collect, place, draw."""
        objects = self._objects()
        left = self._image_column(objects)
        middle = Stacks(self.sheet, self.snapshots).column()
        right = self._heap_column(objects)
        height = max(left.height, middle.height, right.height, 120)
        self.canvas.height = round(height)
        left.finish(left.height)
        middle.finish(height)
        right.finish(height)
        Arrows(self.sheet, self.same).draw()
        return self.canvas

    # --- collecting

    def _objects(self) -> dict[str, Thing]:
        """Gather every object of every scene; equal read-only constants are one."""
        things: dict[str, Thing] = {}
        for scene, snapshot in enumerate(self.snapshots):
            for entry in snapshot.objects:
                self.stands.setdefault(entry.id, []).append((scene, entry.reachable))
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
                        things.setdefault(letters, Thing(letters)).add(
                            scene, (), value.text, Scalar("")
                        )
                        value = SliceHeader(Place(letters), value.length, -1)
                self.regions.setdefault(ident, entry.region)
                things.setdefault(ident, Thing(ident)).add(scene, (), label, value)
        return things

    def _constant(
        self, entry: Object, things: dict[str, Thing], scene: int
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

    def _image_column(self, objects: dict[str, Thing]) -> Column:
        column = Column(self.sheet, *IMAGE)
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

    def _global(self, column: Column, objects: dict[str, Thing], symbol: Symbol) -> None:
        thing = objects[f"g:{symbol.name}"]
        thing.slots[()].label = symbol.name.removeprefix("main.")
        column.thing(thing, f"seg-{symbol.region.value}")

    def _fold(self, column: Column, idents: Sequence[str], what: str) -> None:
        if idents:
            self.folded.update(idents)
            column.note(f"+{len(idents)} more {what}")

    # --- the heap

    def _heap_column(self, objects: dict[str, Thing]) -> Column:
        column = Column(self.sheet, *HEAP)
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
            free = [k for k, (_, _, until) in enumerate(slots) if until < min(life)]
            if not free and shown == MAX_OBJECTS:
                self.folded.add(ident)  # there may be thousands: none is laid out for nothing
                continue
            height = thing.lay_out(column.width - 34)
            slot = next((k for k in free if slots[k][1] >= height), None)
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
        stands = self.stands.get(ident, [])
        present = [scene for scene, _ in stands]
        reachable = [scene for scene, reached in stands if reached]
        if not reachable:
            return frozenset(present[:1])
        last = reachable[-1]
        return frozenset(s for s in present if s <= last + 1)

    def _lost(self, ident: str) -> frozenset[int]:
        return frozenset(scene for scene, reached in self.stands.get(ident, []) if not reached)


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
