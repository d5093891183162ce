"""How a value over all scenes becomes rows of cells with fixed places.

A `Slot` is one variable, global or object: its label and its value in each scene. `lay_out` turns
it into `Row`s: one row when it is simple or a small struct whose parts fit side by side, else a
head and a row for each part. Widths come from the longest text of any scene, so nothing moves.

Not here: where rows stand (`segments`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.lesson.diagrams.canvas import LETTER, columns
from mkdocs_gomem.machine.trace import (
    UNDRAWN,
    Composite,
    Interface,
    Path,
    Place,
    Pointer,
    Scalar,
    SliceHeader,
    Text,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

DOT = 20
"""Width of the cell, or the part of a cell, that a pointer starts from."""
MAX_PARTS = 8
"""Parts of one struct, array or map that are drawn."""
PADDING = 12

_BLANK = Scalar("")
"""A part of something that has no value yet: its room is there already."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A simple value in one scene."""

    text: str
    target: Place | None = None
    quiet: bool = False
    """`nil`, `not yet`: written dim."""


@dataclass(slots=True)
class Segment:
    """One value cell of a row, over all scenes."""

    path: Path
    shown: dict[int, Shown] = field(default_factory=dict)
    caption: str = ""
    """Name of the part, written before its value."""
    width: float = 0
    port: str = ""

    @property
    def points(self) -> bool:
        """Say whether it is a pointer in any scene."""
        return any(shown.target is not None for shown in self.shown.values())

    def text(self, scene: int) -> str:
        """Return what the cell says in a scene."""
        return f"{self.caption} {self.shown[scene].text}".strip()


@dataclass(slots=True)
class Row:
    """One row of cells."""

    label: str
    segments: list[Segment]
    scenes: frozenset[int]
    depth: int = 0
    x: float = 0
    y: float = 0
    width: float = 0
    node: str = ""
    last_port: str = ""
    """Port of its rightmost cell."""
    column: int = 0
    dot_left: bool = False
    """Its pointer cell stands at the left, since it points that way."""


@dataclass(slots=True)
class Slot:
    """One variable, global or object over all scenes."""

    path: Path
    label: str
    values: dict[int, Value | None] = field(default_factory=dict)


def short_value(value: Value | None) -> str:
    """Write a value in a few letters, for captions and for what stands inside a cell."""
    match value:
        case None:
            return "not yet"
        case Scalar(text) | Text(text):
            return text
        case Pointer(text=text, kind=kind):
            return text or ("" if kind in ("pointer", "chan", "map") else kind)
        case SliceHeader(target, length, capacity):
            if target is None and capacity == 0:
                return "nil"
            # A string's header has no capacity.
            return f"len {length}" if capacity < 0 else f"len {length} cap {capacity}"
        case Interface(type=type_, value=inner):
            return f"{type_} {short_value(inner)}".strip()
        case Composite(parts=parts, kind=kind, note=note):
            if kind == "chan" and not parts:
                return note
            inside = " ".join(short_value(part) or "→" for _, part in parts[:MAX_PARTS])
            return "{" + inside + ("…" if len(parts) > MAX_PARTS or note else "") + "}"


def target_of(value: Value | None) -> Place | None:
    """Return where a value points; none for what points nowhere we draw."""
    match value:
        case Pointer(target=target, text=text):
            return target if not text or target.object.startswith(("h:", "s:")) else None
        case SliceHeader(target=target):
            return None if target == UNDRAWN else target
        case Interface(value=inner):
            return target_of(inner)
        case _:
            return None


def show(value: Value | None) -> Shown:
    """Show a value in one cell."""
    quiet = value is None or (isinstance(value, Scalar) and value.text == "nil")
    if isinstance(value, SliceHeader) and value.target is None and not value.capacity:
        quiet = True
    return Shown(short_value(value), target_of(value), quiet)


def lay_out(slot: Slot, width: float, depth: int = 0) -> list[Row]:
    """Make the rows of a slot that is `width` pixels wide."""
    scenes = frozenset(slot.values)
    parts = _parts(slot.values.values())
    label = slot.label
    if not parts:
        segment = Segment(slot.path, {s: show(v) for s, v in slot.values.items()})
        return [_fit(Row(label, [segment], scenes, depth), width)]
    inline = _inline(slot, parts)
    if inline is None and _is_plain_array(slot):
        return [_array_row(slot, parts, width, depth)]
    name = columns(label) * LETTER + PADDING if label else 0
    if inline is not None and name + sum(map(_wanted, inline)) <= width:
        return [_fit(Row(label, inline, scenes, depth), width)]
    head = Segment(slot.path, {s: _head(v) for s, v in slot.values.items()})
    rows = [_fit(Row(label, [head], scenes, depth), width)]
    for number, part in enumerate(parts):
        if number == MAX_PARTS:
            more = {s: Shown(f"+{len(parts) - MAX_PARTS} more", quiet=True) for s in scenes}
            rest = Row("", [Segment((*slot.path, "…"), more)], scenes, depth + 1)
            rows.append(_fit(rest, width))
            break
        inner = Slot((*slot.path, part), _part_label(part), {})
        for scene, value in slot.values.items():
            if isinstance(value, Composite):
                found = dict(value.parts)
                if part in found:
                    inner.values[scene] = found[part]
            else:
                inner.values[scene] = _BLANK
        rows += lay_out(inner, width, depth + 1)
    return rows


def _is_plain_array(slot: Slot) -> bool:
    """Say whether a slot is an array whose elements are all simple."""
    return all(
        value is None
        or (
            isinstance(value, Composite)
            and value.kind == "array"
            and not any(isinstance(part, Composite) for _, part in value.parts)
        )
        for value in slot.values.values()
    )


def _array_row(slot: Slot, parts: list[str | int], width: float, depth: int) -> Row:
    """Put as many elements side by side as fit, and say how many more there are."""
    scenes = frozenset(slot.values)
    room = width - (columns(slot.label) * LETTER + PADDING if slot.label else 0)
    segments: list[Segment] = []
    held = {s: dict(v.parts) for s, v in slot.values.items() if isinstance(v, Composite)}
    for part in parts:
        segment = Segment((*slot.path, part))
        for scene, found in held.items():
            if part in found:
                segment.shown[scene] = show(found[part])
        wanted = max(_wanted(segment), 30)
        if wanted > room - 30 and part != parts[-1]:
            break
        segments.append(segment)
        room -= wanted
    if len(segments) < len(parts) or any(
        isinstance(value, Composite) and value.note for value in slot.values.values()
    ):
        while segments and room < 26:
            room += max(_wanted(segments.pop()), 30)
        more = {scene: Shown("…", quiet=True) for scene in scenes}
        segments.append(Segment((*slot.path, "…"), more))
    return _fit(Row(slot.label, segments, scenes, depth), width)


def _part_label(part: str | int) -> str:
    return f"[{part}]" if isinstance(part, int) else part


def _parts(values: Iterable[Value | None]) -> list[str | int]:
    """List the parts that a composite has in any scene, in order."""
    parts: dict[str | int, None] = {}
    for value in values:
        if isinstance(value, Composite):
            parts.update(dict.fromkeys(name for name, _ in value.parts))
    return list(parts)


def _inline(slot: Slot, parts: list[str | int]) -> list[Segment] | None:
    """Put the parts side by side, when each of them is simple."""
    if len(parts) > MAX_PARTS:
        return None
    segments = []
    for part in parts:
        segment = Segment((*slot.path, part), caption="" if isinstance(part, int) else str(part))
        for scene, value in slot.values.items():
            if not isinstance(value, Composite):
                continue
            found = dict(value.parts)
            if part not in found:
                continue
            inner = found[part]
            if isinstance(inner, Composite) and inner.parts:
                return None
            if value.note and value.kind not in ("chan",):
                return None
            segment.shown[scene] = show(inner)
        segments.append(segment)
    notes = {
        scene: Shown(value.note)
        for scene, value in slot.values.items()
        if isinstance(value, Composite) and value.kind == "chan" and value.note
    }
    if notes:
        segments.insert(0, Segment(slot.path, notes))
    return segments


def _head(value: Value | None) -> Shown:
    if isinstance(value, Composite):
        return Shown(value.note, quiet=True)
    return show(value)


def _wanted(segment: Segment) -> float:
    """Say how wide a segment must be for its longest text."""
    longest = max((columns(segment.text(scene)) for scene in segment.shown), default=0)
    return longest * LETTER + (PADDING if longest else 4) + (DOT if segment.points else 0)


def _fit(row: Row, width: float) -> Row:
    """Give each segment its width; the label takes what is left, or is cut."""
    wanted = [max(_wanted(segment), 30) for segment in row.segments]
    name = columns(row.label) * LETTER + PADDING if row.label else 0
    room = width - min(name, width * 0.55) if row.label else width
    total = sum(wanted)
    if len(row.segments) == 1:
        # One value: aligned with the ones above and below it.
        aligned = min(max(84.0, wanted[0]), room)
        row.segments[0].width = aligned if row.label else width
    elif total > room:
        for segment, share in zip(row.segments, wanted, strict=True):
            segment.width = share * room / total
    else:
        spare = (room - total) / len(wanted) if not row.label else 0
        for segment, share in zip(row.segments, wanted, strict=True):
            segment.width = share + spare
    row.width = width
    return row
