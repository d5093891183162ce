"""The column of stacks: one goroutine under another, newest frame on top.

Invariant: a frame stands on the frames that called it, with room for all it will hold in any
scene, so it never moves while it lives. Inlined calls are bands inside the frame they run in;
those that are never seen together share one place. What a frame holds without a name (`new(T)`
that does not escape) stands in it as an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lesson.diagrams.canvas import ROW, Box, cut
from mkdocs_gomem.lesson.diagrams.columns import (
    MAX_OBJECTS,
    STACKS,
    Column,
    Sheet,
    Thing,
    short_type,
)
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.trace import Cell, Frame, Snapshot, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_FRAMES = 7
"""Frames of one stack that are drawn; newer ones are counted."""
MAX_GOROUTINES = 5


class Stacks:
    """The stacks of all goroutines over all scenes."""

    def __init__(self, sheet: Sheet, snapshots: Sequence[Snapshot]) -> None:
        self.sheet = sheet
        self.snapshots = snapshots
        self.all = frozenset(range(len(snapshots)))

    def column(self) -> Column:
        """Draw all of them; the column ends with the last goroutine's region."""
        column = Column(self.sheet, *STACKS)
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

    def _goroutine(self, column: Column, number: int) -> None:
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
        boxes = {
            ident: FrameBox(ident, shown, self._unnamed(ident), column.width - 12)
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
            box.draw(self.sheet, column, top + total - base[ident] - box.height, status)
        self._gone(column, frames, boxes, base, top + total)
        column.y = top + total + 4
        if number == 1:
            column.note("called by runtime.main")
        ended = [scene for scene in sorted(self.all) if not self._has_frames(number, scene)]
        after = [s for s in ended if any(f < s for uses in frames.values() for f, _, _ in uses)]
        if number != 1 and after:
            place = Box(column.x + 6, top + total / 2 - ROW / 2, column.width - 12, ROW)
            text = f"goroutine {number} has ended"
            column.canvas.words(place, text, "dim", scenes=after)
        column.close()

    def _unnamed(self, frame: str) -> list[Thing]:
        """Gather the unnamed objects of a frame: what `new` and literals made without escaping."""
        things: dict[str, Thing] = {}
        for scene, snapshot in enumerate(self.snapshots):
            for entry in snapshot.objects:
                if entry.region is Region.STACK and entry.frame == frame:
                    thing = things.setdefault(entry.id, Thing(entry.id))
                    thing.add(scene, (), short_type(entry.label or entry.type), entry.value)
        return list(things.values())[:MAX_OBJECTS]

    def _gone(
        self,
        column: Column,
        frames: dict[str, list[tuple[int, int, Frame]]],
        boxes: dict[str, FrameBox],
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
            self.sheet.canvas.box(place, "frame", "gone seg-stack", scenes={scene})
            words = Box(place.x, place.y + height / 2 - ROW / 2, place.width, ROW)
            name = uses[0][2].function
            self.sheet.canvas.words(
                words, cut(f"{name} has returned", place.width), "dim", scenes={scene}
            )

    def _has_frames(self, number: int, scene: int) -> bool:
        return any(
            goroutine.number == number and goroutine.frames
            for goroutine in self.snapshots[scene].goroutines
        )


class FrameBox:
    """One frame over all its scenes: its head, its variables, its inlined calls."""

    def __init__(
        self,
        ident: str,
        uses: list[tuple[int, int, Frame]],
        unnamed: list[Thing],
        width: float,
    ) -> None:
        self.id = ident
        self.unnamed = unnamed
        self.places: dict[str, float] = {}
        self.uses = uses
        self.function = uses[0][2].function
        self.thing = Thing(ident)
        self.bands: dict[tuple[str, int], Thing] = {}
        """Inlined call (function, its place) → what it brought."""
        for scene, _, frame in uses:
            for cell in frame.cells:
                if cell.band < 0:
                    _add_cell(self.thing, scene, cell)
            for index, band in enumerate(frame.bands):
                cells = [c for c in frame.cells if c.band == index and c.value is not None]
                if not cells and not band.active:
                    continue
                thing = self.bands.setdefault((band.function, index), Thing(f"{ident}/{index}"))
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
        sheet: Sheet,
        column: Column,
        y: float,
        status: dict[int, tuple[Status, str]],
    ) -> None:
        """Draw head, outline, rows and bands with the top at `y`."""
        canvas = sheet.canvas
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
        sheet.things[self.id] = self.thing
        column.rows(self.thing, box.x, y + ROW, "seg-stack")
        for thing in self.unnamed:
            sheet.things[thing.id] = thing
            column.rows(thing, box.x + 6, y + self.places[thing.id], "obj seg-stack")
        for (function, index), thing in self.bands.items():
            top = y + self.offsets[function, index]
            band = Box(box.x, top, box.width, ROW + len(thing.rows) * ROW + 2)
            canvas.box(band, "inline", "seg-stack", scenes=thing.scenes, new={min(thing.scenes)})
            words = Box(box.x + 7, top, box.width - 14, ROW)
            label = cut(f"{short_type(function)}, inlined", words.width)
            canvas.words(words, label, "sub seg-stack", align="left", scenes=thing.scenes)
            column.rows(thing, box.x + 6, top + ROW, "seg-stack")
            sheet.things[f"{self.id}/{index}"] = thing


def _add_cell(thing: Thing, scene: int, cell: Cell) -> None:
    label = f"{cell.name}, on heap" if cell.moved else cell.name
    path = (cell.key,)
    if cell.value is None and path in thing.slots and scene in thing.slots[path].values:
        return  # a variable of the same name is there instead
    thing.add(scene, path, label, cell.value)
