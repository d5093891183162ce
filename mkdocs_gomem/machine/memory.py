"""What does memory look like right now? Walks a paused run and writes it down as a `Snapshot`.

Two passes. The first finds out where everything lives: each Python object that can be pointed to
(a `Ref`, a struct, an array, a map, a box …) gets its `Place`: in a package variable, in a
frame's variable, on the heap or in read-only data. The second spells all values, with pointers
as places. What std keeps for itself is not drawn: a pointer there is spelled `…`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine import holding, numbers, printing
from mkdocs_gomem.machine.channels import Chan
from mkdocs_gomem.machine.heap import DROPPED
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.maps import NIL_MAP, GoMap
from mkdocs_gomem.machine.trace import (
    UNDRAWN,
    Band,
    Cell,
    Composite,
    Frame,
    Goroutine,
    Interface,
    Object,
    Place,
    Pointer,
    Scalar,
    SliceHeader,
    Snapshot,
    Status,
    Text,
    Value,
)
from mkdocs_gomem.machine.values import (
    ArrayView,
    ElementPointer,
    FieldPointer,
    Iface,
    Ref,
    Slice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs_gomem.machine.executable import Function, Scope, Site, Statement, Variable
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.run import Machine
    from mkdocs_gomem.source import Pos

_MAX_PARTS = 64
"""Elements of an array, map or channel that are spelled out."""
_MAX_TEXT = 64
_UNKNOWN = Scalar("…")
_LOOKING = frozenset((__file__, __file__.replace("memory.py", "replay.py")))
"""Files of who looks at a run that is paused."""


def quote(text: bytes, limit: int = _MAX_TEXT) -> str:
    """Write a string as Go quotes it, cut when long."""
    cut = text[:limit].decode("utf-8", "backslashreplace")
    escaped = cut.replace("\\", "\\\\").replace('"', '\\"')
    for char, name in (("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"), ("\0", "\\x00")):
        escaped = escaped.replace(char, name)
    return f'"{escaped}"' if len(text) <= limit else f'"{escaped}…"'


@functools.lru_cache(maxsize=4096)
def _integers(
    values: tuple[int, ...],
    bits: int,
    signed: bool,  # noqa: FBT001 - of the type, as it is cached
) -> tuple[tuple[str | int, Value], ...]:
    """Spell the elements of an array, most of which have not changed since the last look."""
    return tuple(
        (number, Scalar(str(numbers.wrap(value, bits, signed=signed))))
        for number, value in enumerate(values)
    )


class Walk:
    """One look at memory."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        if machine.watcher is None:
            raise ValueError("nobody has watched the frames of this run")
        self.watcher = machine.watcher
        self.executable = machine.executable
        self.places: dict[int, Place] = {}
        self.regions: dict[int, Region] = {}
        self.text_regions: dict[int, Region] = {}
        self._structs: dict[int, RType] = {}
        self._ended: set[tuple[str, str | int]] = set()
        """Variables, by frame and key, that are still held though their blocks have ended, …"""
        self._lasting: set[tuple[str, str | int]] = set()
        """… and those of them that something points to."""

    # First pass: where is what?

    def _index(self, value: Any, typ: RType, place: Place) -> None:
        """Note where a struct or array is, and what is inside it."""
        if value is None:
            return
        self.places[id(value)] = place
        if typ.kind == "struct":
            self._structs[id(value)] = typ
            for field in typ.fields:
                if field.type.composite:
                    inner = Place(place.object, (*place.path, field.name))
                    self._index(getattr(value, field.slot), field.type, inner)
        elif typ.kind == "array" and typ.elem.composite and typ.elem.size:
            for number, element in enumerate(value):
                self._index(element, typ.elem, Place(place.object, (*place.path, number)))

    def _index_object(self, name: str, value: Any, site: Site) -> None:
        """Note where an allocated object is."""
        place = Place(name)
        self.places.setdefault(id(value), place)
        if isinstance(value, bytes):
            self.text_regions[id(value)] = site.region
        elif isinstance(value, list | bytearray):
            elem = site.type.elem if site.type.kind in {"slice", "array"} else None
            self.places[id(value)] = place
            if elem is not None and elem.composite and elem.size:
                for number, element in enumerate(value):
                    self._index(element, elem, Place(name, (number,)))
        elif isinstance(value, Iface):
            if value.t.composite:
                self._index(value.v, value.t, place)
        elif site.type.composite and not isinstance(value, Ref | GoMap | Chan):
            self._index(value, site.type, place)

    # Second pass: values.

    def value(self, typ: RType, value: Any) -> Value:
        """Spell a value of a type."""
        if typ.go is None:
            return Scalar("nil" if value is None else getattr(value, "text", "…"))
        kind = typ.kind
        if kind == "string":
            region = self.text_regions.get(id(value), Region.RODATA)
            return Text(quote(value), len(value), region)
        if typ.integer:  # a hash is held without its sign (`codegen.ranges`)
            return Scalar(str(numbers.wrap(value, typ.bits, signed=typ.signed)))
        if kind in {"bool", "float32", "float64", "complex64", "complex128"}:
            return Scalar(printing.builtin(typ, value, self.machine.address).decode())
        if kind == "ptr":
            return self.pointer(value)
        if kind == "slice":
            return self._slice(value)
        if kind == "struct":
            return Composite(
                "struct",
                tuple(
                    (field.name, self.value(field.type, getattr(value, field.slot)))
                    for field in typ.fields
                ),
            )
        if kind == "array":
            return self._array(typ.elem, value)
        if kind == "interface":
            return self._interface(value)
        if kind == "map":
            if value is NIL_MAP:
                return Scalar("nil")
            return self._refer(value, "map")
        if kind == "chan":
            return Scalar("nil") if value is None else self._refer(value, "chan")
        if kind == "func":
            return self._func(value)
        return self.pointer(value)

    def _refer(self, value: Any, kind: str) -> Value:
        place = self.places.get(id(value))
        return _UNKNOWN if place is None else Pointer(place, kind)

    def pointer(self, value: Any) -> Value:
        """Spell a pointer."""
        if value is None:
            return Scalar("nil")
        place = self.place_of(value)
        return _UNKNOWN if place is None else Pointer(place)

    def place_of(self, value: Any) -> Place | None:
        """Return what a pointer points to."""
        if isinstance(value, FieldPointer):
            place = self.places.get(id(value.o))
            name = self._field_name(value)
            return None if place is None else Place(place.object, (*place.path, name))
        if isinstance(value, ElementPointer):
            return self._element(value.a, value.i)
        if isinstance(value, ArrayView):
            return self._element(value.a, value.o)
        return self.places.get(id(value))

    def _element(self, array: Any, index: int) -> Place | None:
        """Return where an element of an array is."""
        while isinstance(array, ArrayView):
            array, index = array.a, array.o + index
        place = self.places.get(id(array))
        return None if place is None else Place(place.object, (*place.path, index))

    def _field_name(self, pointer: FieldPointer) -> str | int:
        typ = self._structs.get(id(pointer.o))
        index = int(pointer.f[1:])
        return index if typ is None else typ.fields[index].name

    def _slice(self, value: Slice) -> Value:
        if value.a is None:
            return SliceHeader(None, 0, 0)
        return SliceHeader(self._element(value.a, value.o) or UNDRAWN, value.n, value.c)

    def _array(self, elem: RType, array: Any, kind: str = "array") -> Composite:
        shown = array[:_MAX_PARTS]
        if elem.integer and elem.go is not None:
            parts = _integers(tuple(shown), elem.bits, elem.signed)
        else:
            parts = tuple((number, self.value(elem, part)) for number, part in enumerate(shown))
        more = len(array) - len(shown)
        return Composite(kind, parts, f"+{more} more" if more else "")

    def _interface(self, value: Any) -> Value:
        if value is None:
            return Scalar("nil")
        if not isinstance(value, Iface):
            return _UNKNOWN  # the machine's own: the token of a deferred call out of a range body
        place = self.places.get(id(value))
        if value.t.go is None:
            return Interface(value.t.name, Scalar(getattr(value.v, "text", "…")))
        if value.t.direct:
            return Interface(value.t.name, self.value(value.t, value.v))
        if place is None:
            return Interface(value.t.name, self.value(value.t, value.v), Region.RODATA)
        return Interface(value.t.name, Pointer(place), self._region_of(place.object))

    def _region_of(self, name: str) -> Region:
        return {"h": Region.HEAP, "r": Region.RODATA, "s": Region.STACK, "f": Region.STACK}.get(
            name[0], Region.DATA
        )

    def _func(self, value: Any) -> Value:
        if value is None:
            return Scalar("nil")
        function = self.machine.function_of(value)
        name = function.name if function is not None else "func"
        place = self.places.get(id(value))
        if place is None:
            return Pointer(Place(f"t:{name}"), "func", name)
        return Pointer(place, "func", name)

    # The picture.

    def _kept(self) -> list[tuple[str, Any, Site, str]]:
        """Unnamed objects of frames that are still there, and read-only data."""
        watcher = self.watcher
        frames = {f"f:{number}" for stack in watcher.stacks.values() for _, number in stack.frames}
        found = []
        for number, (site, value, frame) in enumerate(watcher.kept, 1):
            region = self.machine.sites[site].region
            if value is DROPPED:
                continue
            if region is Region.RODATA:
                found.append((f"r:{number}", value, self.machine.sites[site], ""))
            elif frame in frames:
                found.append((f"s:{number}", value, self.machine.sites[site], frame))
        return found

    def snapshot(self, step: int, goroutine: int, pos: Pos) -> Snapshot:
        """Write down all of memory."""
        machine = self.machine
        kept = self._kept()
        self._index_objects(kept)
        frames = [
            (routine, frame, number, machine.functions[frame.f_code])
            for routine in machine.scheduler.all
            if not routine.dead and (stack := self.watcher.stacks.get(routine.number)) is not None
            for frame, number in reversed(stack.frames)
        ]
        for _, frame, number, function in frames:
            self._index_frame(frame.f_locals, number, function)
        objects = self._objects(kept)
        goroutines = self._goroutines(frames)
        while lasting := self._aimed_at(goroutines, objects):
            self._lasting |= lasting
            goroutines = self._goroutines(frames)
        reached = _reach(goroutines, objects)
        if any(item.id not in reached and item.id[0] in "hs" for item in objects):
            reached |= self._held()
        output = b"".join(data for _, data in machine.output).decode("utf-8", "replace")
        return Snapshot(
            step,
            goroutine,
            pos,
            goroutines,
            tuple(
                item if item.id in reached else _unreached(item)
                for item in objects
                if item.id in reached or item.id[0] != "s"
            ),
            output,
        )

    def _held(self) -> set[str]:
        """Return the objects that the run needs, though no variable leads to them."""
        heap = self.machine.heap
        needed = holding.held(self.machine, _LOOKING)
        held = {f"h:{number}" for number, each in enumerate(heap.objects, 1) if id(each) in needed}
        held |= {
            f"h:{number}"
            for number, others in heap.joined.items()
            if any(id(each) in needed for _, each in others)
        }
        return held | {
            f"s:{number}"
            for number, (_, each, _) in enumerate(self.watcher.kept, 1)
            if id(each) in needed
        }

    def _index_objects(self, kept: list[tuple[str, Any, Site, str]]) -> None:
        """Note where all objects outside of frames are."""
        machine = self.machine
        heap = machine.heap
        for number, value in enumerate(heap.objects, 1):
            if value is DROPPED:
                continue
            entry = heap.entries[number - 1]
            site = self.machine.site(entry)
            self._index_object(f"h:{number}", value, site)
        for number, others in heap.joined.items():
            first = machine.site(heap.entries[number - 1])
            name = f"h:{number}"
            self.places[id(heap.objects[number - 1])] = Place(name, (first.label,))
            for site_number, value in others:
                site = machine.sites[site_number]
                self._index(value, site.type, Place(name, (site.label,)))
                self.places[id(value)] = Place(name, (site.label,))
        for name, value, site, _ in kept:
            self._index_object(name, value, site)
        for variable in self.executable.globals:
            held = machine.space.get(variable.python)
            place = Place(f"g:{variable.name}")
            if variable.boxed:
                self.places[id(held)] = place
            elif variable.type.composite:
                self._index(held, variable.type, place)

    def _aimed_at(
        self, goroutines: tuple[Goroutine, ...], objects: list[Object]
    ) -> set[tuple[str, str | int]]:
        """Return which ended variables are pointed to, of those that are not known to be."""
        hidden = self._ended - self._lasting
        if not hidden:
            return set()
        reached = _reach(goroutines, objects)
        values: list[Value | None] = [item.value for item in objects if item.id in reached]
        frames = [frame for routine in goroutines for frame in routine.frames]
        values += [value for frame in frames for value in _live_values(frame)]
        places = [place for value in values for place in _targets(value)]
        return hidden & {(place.object, place.path[0]) for place in places if place.path}

    def _index_frame(self, local: dict[str, Any], number: int, function: Function) -> None:
        for variable in function.variables:
            held = local.get(variable.python)
            if held is None or variable.moved:
                continue
            place = Place(f"f:{number}", (variable.key,))
            if variable.boxed:
                self.places[id(held)] = place
            elif variable.type.composite:
                self._index(held, variable.type, place)

    def _goroutines(self, frames: list[Any]) -> tuple[Goroutine, ...]:
        made = []
        current = self.machine.scheduler.current
        waiting = self.machine.scheduler.waiting()
        for routine in self.machine.scheduler.all:
            reason = waiting.get(routine, "")
            if routine.dead:
                status = Status.ENDED
            elif reason:
                status = Status.WAITING
            else:
                status = Status.RUNNING if routine is current else Status.RUNNABLE
            own = tuple(
                self._frame(frame, number, function)
                for owner, frame, number, function in frames
                if owner is routine
            )
            made.append(Goroutine(routine.number, status, reason, own))
        return tuple(made)

    def _frame(self, frame: Any, number: int, function: Function) -> Frame:
        local = frame.f_locals
        ident = f"f:{number}"
        scope = self._scope(frame, function)
        cells = []
        for index, variable in enumerate(function.variables):
            held = local.get(variable.python, _ABSENT)
            value: Value | None = None
            there = held is not _ABSENT and scope.has(index, variable)
            if held is not _ABSENT and not there and scope.is_behind(variable):
                self._ended.add((ident, variable.key))
                there = (ident, variable.key) in self._lasting
            if there:
                if variable.moved:
                    value = self.pointer(held)
                elif variable.boxed:
                    value = self.value(variable.type, held.v)
                else:
                    value = self.value(variable.type, held)
            cells.append(
                Cell(
                    variable.name,
                    variable.type.name,
                    value,
                    variable.size,
                    variable.pos,
                    variable.moved,
                    variable.band,
                    variable.key,
                )
            )
        bands = tuple(
            Band(info.function, info.call, info.parent, active=index in scope.at)
            for index, info in enumerate(function.bands)
        )
        return Frame(ident, function.name, scope.pos, tuple(cells), bands)

    def _scope(self, frame: Any, function: Function) -> _Scope:
        """Find out where a frame is: behind a statement, or in the midst of one that calls."""
        statement = self.watcher.at_statement.get(id(frame))
        if statement is not None and frame is self.watcher.top_frame:
            return _Scope(function, statement.pos, statement.band, statement)
        line = frame.f_lineno
        position, band = self.executable.position(line), self.executable.band(line)
        return _Scope(function, position, band, statement)

    def _objects(self, kept: list[tuple[str, Any, Site, str]]) -> list[Object]:
        machine = self.machine
        made = []
        for variable in self.executable.globals:
            held = machine.space.get(variable.python)
            if variable.boxed and held is not None:
                held = held.v
            unnamed = "..stmp_" in variable.name
            region = Region.DATA if unnamed else machine.global_regions.get(variable.name)
            if region is None:
                continue  # the linker dropped it
            made.append(
                Object(
                    f"g:{variable.name}",
                    region,
                    variable.type.name,
                    self.value(variable.type, held),
                    variable.size,
                    label="" if unnamed else variable.name.rpartition(".")[2],
                    pos=variable.pos,
                )
            )
        heap = machine.heap
        for number, value in enumerate(heap.objects, 1):
            allocation = machine.allocation(number)
            entry = heap.entries[number - 1]
            site = self.machine.site(entry)
            place = self.places.get(id(value))
            if place is None or place.object != f"h:{number}":
                continue  # a part of another object, like the groups behind a map
            name, spelled = self._content(value, site)
            label = site.label
            parts: list[tuple[str | int, Value]] = [(site.label, spelled)]
            for site_number, other in heap.joined.get(number, ()):
                more = machine.sites[site_number]
                parts.append((more.label, self._content(other, more)[1]))
                name, label = f"{name}, {more.type.name}", f"{label}, {more.label}"
            if len(parts) > 1:
                spelled = Composite("struct", tuple(parts))
            made.append(
                Object(
                    f"h:{number}",
                    Region.HEAP,
                    name,
                    spelled,
                    allocation.size,
                    allocation.class_size,
                    label,
                    site.pos,
                )
            )
        for ident, value, site, frame in kept:
            if self.places.get(id(value)) != Place(ident):
                continue
            name, spelled = self._content(value, site)
            size = site.size or _size_of(value, site)
            made.append(
                Object(
                    ident, site.region, name, spelled, size, 0, site.label, site.pos, frame=frame
                )
            )
        return made

    def _content(self, value: Any, site: Site) -> tuple[str, Value]:
        """Spell what an allocated object holds, with its type."""
        typ = site.type
        match value:
            case bytes():
                return f"[{len(value)}]byte", Text(quote(value), len(value), site.region)
            case Ref():
                return typ.name, self.value(typ, value.v)
            case Iface():
                return value.t.name, self.value(value.t, value.v)
            case GoMap():
                return typ.name, self._map(value)
            case Chan():
                elem = value.type.elem
                parts = tuple((n, self.value(elem, v)) for n, v in enumerate(value.buffer))
                note = "closed" if value.closed else "open"
                return value.type.name, Composite("chan", parts, note)
            case list() | bytearray():
                if typ.kind in {"slice", "array"}:
                    return f"[{len(value)}]{typ.elem.name}", self._array(typ.elem, value)
            case _ if callable(value):
                return "closure", self._closure(value)
            case _:
                pass
        if typ.composite:
            return typ.name, self.value(typ, value)
        return typ.name, _UNKNOWN

    def _map(self, value: GoMap) -> Composite:
        typ = value.type
        items = list(value.items())
        parts: list[tuple[str | int, Value]] = []
        for key, elem in items[:_MAX_PARTS]:
            spelled = self.value(typ.key, key)
            name = spelled.text if isinstance(spelled, Scalar | Text) else _short(spelled)
            parts.append((name, self.value(typ.elem, elem)))
        more = len(items) - len(parts)
        return Composite("map", tuple(parts), f"+{more} more" if more else "")

    def _closure(self, value: Any) -> Composite:
        function = self.machine.function_of(value)
        if function is None:
            return Composite("closure", ())
        cells = dict(zip(value.__code__.co_freevars, value.__closure__ or (), strict=False))
        parts: list[tuple[str | int, Value]] = []
        for variable in function.captures:
            cell = cells.get(variable.python)
            if cell is None:
                continue
            held = cell.cell_contents
            if variable.boxed:
                parts.append((variable.name, self.pointer(held)))
            else:
                parts.append((variable.name, self.value(variable.type, held)))
        return Composite("closure", tuple(parts), function.name)


_ABSENT = object()


class _Scope:
    """Which variables exist where a frame is.

    The statement that was recorded last knows what was declared by then. Of that, blocks have
    ended meanwhile if the frame has gone on to a call; and inlined calls have begun.
    """

    def __init__(
        self, function: Function, pos: Pos, band: int, statement: Statement | None
    ) -> None:
        self.pos = pos
        self.at = dict(_places(function, pos, band))
        self._declared = _declared(None if statement is None else statement.scope)
        self._told = {-1} if statement is None else set(_around(function, statement.band))

    def has(self, index: int, variable: Variable) -> bool:
        """Tell if a variable exists, or belongs to an inlined call that has ended."""
        pos = self.at.get(variable.band)
        if pos is None:
            return True
        if self.is_behind(variable):
            return False
        if variable.band in self._told:
            return index in self._declared
        return variable.pos < pos  # an inlined call has begun with it

    def is_behind(self, variable: Variable) -> bool:
        """Tell if the frame is outside of a variable's block."""
        pos = self.at.get(variable.band)
        begin, end = variable.block
        return pos is not None and bool(end) and not begin <= pos <= end


def _declared(scope: Scope | None) -> frozenset[int]:
    found: list[int] = []
    while scope is not None:
        found.append(scope.variable)
        scope = scope.before
    return frozenset(found)


def _around(function: Function, band: int) -> Iterator[int]:
    """List an inlined call, those around it, and -1 for the function itself."""
    while band >= 0:
        yield band
        band = function.bands[band].parent
    yield -1


def _places(function: Function, pos: Pos, band: int) -> Iterator[tuple[int, Pos]]:
    """List the same, each with where it is."""
    for each in _around(function, band):
        yield each, pos
        if each >= 0:
            pos = function.bands[each].call


def _short(value: Value) -> str:
    match value:
        case Composite():
            return "{" + " ".join(_short(part) for _, part in value.parts) + "}"
        case Interface():
            return _short(value.value)
        case Scalar() | Text():
            return value.text
        case _:
            return "…"


def _size_of(value: Any, site: Site) -> int:
    if isinstance(value, list | bytearray) and site.type.kind in {"slice", "array"}:
        return len(value) * site.type.elem.size
    if isinstance(value, Iface):
        return value.t.size
    return len(value) if isinstance(value, bytes) else site.type.size


def _unreached(item: Object) -> Object:
    if item.region is not Region.HEAP:
        return item
    return Object(
        item.id, item.region, item.type, item.value, item.size, item.class_size, item.label,
        item.pos, reachable=False, frame=item.frame,
    )  # fmt: skip


def _targets(value: Value | None) -> list[Place]:
    match value:
        case Pointer():
            return [value.target]
        case SliceHeader():
            return [] if value.target is None else [value.target]
        case Interface():
            return _targets(value.value)
        case Composite():
            return [
                place
                for _, part in value.parts
                if type(part) is not Scalar  # nearly all parts of what has many
                for place in _targets(part)
            ]
        case _:
            return []


def _live_values(frame: Frame) -> list[Value | None]:
    """List what the variables of a frame hold, without those of inlined calls that have ended."""
    return [cell.value for cell in frame.cells if cell.band < 0 or frame.bands[cell.band].active]


def _reach(goroutines: tuple[Goroutine, ...], objects: list[Object]) -> set[str]:
    """Return the ids of all objects that frames and package variables lead to."""
    held = {item.id: item.value for item in objects}
    cells: dict[tuple[str, str | int], Value | None] = {}
    todo: list[Value | None] = []
    for frame in (frame for routine in goroutines for frame in routine.frames):
        cells |= {
            (frame.id, cell.key): cell.value for cell in frame.cells if cell.value is not None
        }
        todo += _live_values(frame)
    reached = {name for name in held if name[0] == "g"}
    todo += [held[name] for name in reached]
    while todo:
        for place in _targets(todo.pop()):
            if place.object not in reached and place.object in held:
                reached.add(place.object)
                todo.append(held[place.object])
            elif place.path and (place.object, place.path[0]) in cells:
                todo.append(cells.pop((place.object, place.path[0])))
    return reached
