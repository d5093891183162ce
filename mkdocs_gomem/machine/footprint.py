"""How much room does a run take up in this process? What counts against `Limits.memory`.

Python's objects are larger than Go's: a `struct{ a, b int }` of 16 bytes takes about 100. So what
is bounded is what our process needs, by a rule that depends on nothing but the program:

1. whoever makes something that may be kept charges, before it is made, what it takes when filled
   (`heap.Heap.reserve`); what else a program might keep is a flat charge for every step
   (`Heap.elapse`) and for frames (`PER_FRAME`);
2. when as much was charged as the bound leaves, what can still be reached is counted (`reached`);
   only that count ever ends a run.

Found by walking Python's own references from package variables and all frames, so that objects
which natives hold count too. Integers count one by one, even where Python shares them.
"""

from __future__ import annotations

import enum
import functools
import gc
import sys
from collections import deque
from types import CellType, FrameType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent

from mkdocs_gomem.machine.channels import Chan
from mkdocs_gomem.machine.heap import DROPPED, MapGrowth
from mkdocs_gomem.machine.maps import GoMap
from mkdocs_gomem.machine.scheduler import Case
from mkdocs_gomem.machine.values import (
    ArrayView,
    ElementPointer,
    FieldPointer,
    Iface,
    Lazy,
    Ref,
    Slice,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine.heap import Heap
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.run import Machine
    from mkdocs_gomem.machine.scheduler import Scheduler

PER_FRAME = 240
"""Bytes of a Go frame in Python, as deep recursions have them."""
PER_ENTRY = 9
"""Bytes of an entry in the heap's log, with the room that a list keeps to grow."""
_INT = 32
_FLOAT = 24
_ARRAY = 72
_CLOSURE = 176
_CELL = 40
_SMALL = 256
"""Integers up to here Python has made once and for all."""
_FILLED = 80
"""What may come to stand where now is nil."""
_ROUTINE = 400
"""Bytes of a goroutine beside its greenlet, which `Limits.goroutines` bounds."""
_ONCE = 4
"""References to an object that only one other refers to, while it is counted."""
_FEW, _BATCH = 20, 500
_LEDGER = 200
_ASKED = 100_000
"""Values after which a count looks at the clock."""
_KEPT = 24 << 20
"""Bytes of our process that may be kept for pictures only."""
_OPTIMIZED = 1
"""Flag of code whose variables are not in a dict."""
_HOLDERS = frozenset({
    Slice, Ref, Iface, GoMap, MapGrowth, Chan, Case, Lazy, FieldPointer, ElementPointer,
    ArrayView, CellType, MethodType, functools.partial,
})  # fmt: skip


def of_type(typ: RType) -> int:
    """Return the bytes of a variable of a type, in something that holds it, when filled."""
    kind = typ.kind
    if typ.integer:
        return 8 if typ.bits == 8 else 8 + _INT
    match kind:
        case "float32" | "float64":
            return 8 + _FLOAT
        case "complex64" | "complex128" | "string":
            return 8 + 72
        case "slice":
            return 8 + 64
        case "interface":
            return 8 + 48
        case "struct" if typ.go is not None:
            return 8 + 40 + sum(field.type.host for field in typ.fields)
        case "array" if typ.go is not None:
            if typ.elem.size == 0:
                return 72
            if typ.elem.kind == "uint8":
                return 8 + _ARRAY + typ.length
            return 8 + _ARRAY + typ.length * typ.elem.host
        case "chan" | "map" | "func" | "ptr":
            return 8
        case _:
            return 8 + 40


class _Kind(enum.Enum):
    """How an object is counted, by its type."""

    IGNORED = enum.auto()
    """None, booleans, and what is no value of the program: types, code, the machine."""
    NUMBER = enum.auto()
    FLAT = enum.auto()
    """It refers to nothing."""
    LIST = enum.auto()
    FUNCTION = enum.auto()
    HOLDER = enum.auto()
    """What it refers to counts too."""


def _kind(kind: type) -> _Kind:
    if kind is int:
        return _Kind.NUMBER
    if kind in (bytearray, float, complex, str) or issubclass(kind, bytes):
        return _Kind.FLAT
    if kind is list:
        return _Kind.LIST
    if kind is FunctionType:
        return _Kind.FUNCTION
    if issubclass(kind, dict | deque | tuple | set | frozenset) or kind in _HOLDERS:
        return _Kind.HOLDER
    name = kind.__module__
    if kind.__name__ == "Struct" or name.startswith("mkdocs_gomem.std.natives."):
        return _Kind.HOLDER
    return _Kind.IGNORED


_IGNORED, _NUMBER, _LIST = _Kind.IGNORED, _Kind.NUMBER, _Kind.LIST
_FUNCTION, _HOLDER = _Kind.FUNCTION, _Kind.HOLDER


class _Walk:
    """One count of what can be reached."""

    def __init__(self, limit: int, look_at_clock: Callable[[], None]) -> None:
        self.limit = limit
        self.look_at_clock = look_at_clock
        """Give up if the run has no time left."""
        self._asked = 0
        self.total = 0
        self.latent = 0
        """Bytes by which what is there may still grow without anything being made."""
        self.visited = 0
        """Values that were looked at."""
        self._holders: list[Any] = []
        """Counted, but not what they refer to."""
        self._seen: dict[int, bytearray] = {}
        """For each 64 KiB of our process: what begins there, at multiples of 16, and was counted.

        A set of numbers would take as much room as what is counted.
        """
        self._kinds: dict[type, _Kind] = {}
        self._sizes: dict[type, int] = {}
        """Of holders that are all of one size; 0 of what is ignored."""

    def add(self, values: list[Any]) -> None:
        """Count some objects and all that they lead to, or come to more than the limit."""
        sizes, kinds, seen, holders = self._sizes, self._kinds, self._seen, self._holders
        limit, look_up = self.limit, sizes.get
        get_size, get_count, referents = sys.getsizeof, sys.getrefcount, gc.get_referents
        while True:
            total = 0
            last = None
            self.visited += len(values)
            if self.visited > self._asked:
                self._asked = self.visited + _ASKED
                self.look_at_clock()
            for value in values:
                typ = type(value)
                if value is last and typ is not int:
                    continue
                last = value
                size = look_up(typ)
                if size == 0:
                    continue
                kind: _Kind | None = _HOLDER
                if size is None:
                    kind = kinds.get(typ)
                    if kind is None:
                        kind = self._meet(typ, value)
                    if kind is _IGNORED:
                        continue
                    if kind is _NUMBER:
                        if value > _SMALL or value < -_SMALL:
                            total += _INT
                        continue
                if get_count(value) > _ONCE:
                    ident = id(value)
                    region = seen.get(ident >> 16)
                    if region is None:
                        region = seen[ident >> 16] = bytearray(1 << 12)
                    place = ident >> 4 & 0xFFF
                    if region[place]:
                        continue
                    region[place] = 1
                if size is not None:
                    total += size
                    holders.append(value)
                elif kind is _LIST:
                    self._list(value)
                elif kind is _FUNCTION:
                    self._closure(value)
                else:
                    total += get_size(value)
                    if kind is _HOLDER:
                        holders.append(value)
            self.total += total
            if not holders or self.total > limit:
                return
            if len(holders) < _FEW:
                values = referents(holders.pop())
            else:
                values = referents(*holders[-_BATCH:])
                del holders[-_BATCH:]

    def misses(self, value: Any) -> bool:
        """Tell if an object to which something else refers as well was not counted."""
        if _kind(type(value)) in (_IGNORED, _NUMBER):
            return False
        ident = id(value)
        region = self._seen.get(ident >> 16)
        return region is None or not region[ident >> 4 & 0xFFF]

    def _meet(self, typ: type, value: Any) -> _Kind:
        """Take note of a type."""
        kind = self._kinds[typ] = _kind(typ)
        if kind is _IGNORED:
            self._sizes[typ] = 0
        elif kind is _HOLDER and (typ in _HOLDERS or typ.__name__ == "Struct"):
            self._sizes[typ] = sys.getsizeof(value)
        return kind

    def _list(self, value: list[Any]) -> None:
        count = len(value)
        self.total += _ARRAY + 8 * count
        first = value[0] if value else None
        if isinstance(first, int | float):
            if isinstance(first, bool):
                return
            zeros = value.count(0)
            self.latent += _INT * zeros
            if zeros < count and not (max(value) <= _SMALL and min(value) >= -_SMALL):
                self.total += _INT * (count - zeros)
            return
        self.latent += _FILLED * value.count(None)
        if count <= _ASKED:
            self._holders.append(value)
            return
        for start in range(0, count, _ASKED):  # one by one, to look at the clock in between
            self.add(value[start : start + _ASKED])

    def _closure(self, value: FunctionType) -> None:
        cells = value.__closure__
        if cells:
            self.total += _CLOSURE + (_CELL + 8) * len(cells)
            self._holders.extend(cells)

    def frames(self, frame: FrameType | None) -> None:
        """Take up the variables of frames, from the innermost one outwards."""
        while frame is not None and self.total <= self.limit:
            code = frame.f_code
            self.total += PER_FRAME + 8 * (code.co_nlocals + code.co_stacksize)
            local = frame.f_locals
            self.add(list(local.values()))
            if type(local) is dict and code.co_flags & _OPTIMIZED:
                local.clear()  # it would live as long as the frame
            frame = frame.f_back


def reached(machine: Machine, limit: int) -> tuple[int, int, int]:
    """Count what a run takes up; no further than past a limit.

    Returns:
        The bytes, those by which what is there may grow, and how many values were looked at.
    """
    walk = _Walk(limit, machine.bounds.look_at_clock)
    heap, scheduler = machine.heap, machine.scheduler
    walk.total = PER_ENTRY * len(heap.entries) + heap.log_bytes + machine.semaphores.host
    walk.total += _ROUTINE * len(scheduler.all)
    walk.total += machine.collector.host
    walk.add(machine.collector.held())
    walk.add(list(machine.space.values()))
    walk.add(list(machine.state.values()))
    if heap.ledger is not None:
        walk.total += _LEDGER * len(heap.ledger)
    walk.add([timer.action for _, _, timer in scheduler.timers])
    walk.add([routine.start for routine in scheduler.all])
    here = getcurrent()
    for routine in scheduler.all:
        green = routine.green
        if green is here:
            walk.frames(sys._getframe())  # noqa: SLF001 - this goroutine's stack
        elif green is not None:
            walk.frames(green.gr_frame)
    counted = walk.total, walk.latent, walk.visited
    if machine.watcher is not None and walk.total <= limit:
        _let_go(heap, machine.watcher.kept, walk)
    return counted


def _let_go(heap: Heap, kept: list[tuple[int, Any, str]], walk: _Walk) -> None:
    """Drop what is kept for pictures only, if it is much: nothing leads to it any more.

    It does not count, since it would not be there if nobody looked: a run must not end elsewhere
    when it is shown.
    """
    unseen = [number for number, value in enumerate(heap.objects) if walk.misses(value)]
    stale = [number for number, (_, value, _) in enumerate(kept) if walk.misses(value)]
    walk.total, walk.limit = 0, _KEPT
    walk.add([heap.objects[number] for number in unseen])
    walk.add([kept[number][1] for number in stale])
    if walk.total <= _KEPT:
        return
    for number in unseen:
        heap.objects[number] = DROPPED
        heap.joined.pop(number + 1, None)
    for number in stale:
        site, _, frame = kept[number]
        kept[number] = site, DROPPED, frame


_DEEP = 5_000
"""So many frames of one goroutine go without being counted."""


def charge_frames(heap: Heap, scheduler: Scheduler, steps: int) -> None:
    """Charge the frames of this goroutine, as often as there may be twice as many.

    To ask costs as much as there are frames; each step adds one at most.
    """
    scheduler.elapsed += steps
    routine = scheduler.current
    if scheduler.elapsed < routine.ask_again:
        return
    depth = _depth()
    routine.ask_again = scheduler.elapsed + depth // 2
    grown = PER_FRAME * depth - routine.frame_bytes
    if grown:
        routine.frame_bytes += grown
        scheduler.frame_bytes += grown
        heap.take(max(grown, 0))


def _depth() -> int:
    """Count the frames of this goroutine, by powers of two; 0 if they are few."""
    depth = 0
    while _is_deeper(2 * depth or _DEEP):
        depth = 2 * depth or _DEEP
    return depth


def _is_deeper(count: int) -> bool:
    try:
        sys._getframe(count)  # noqa: SLF001 - only to learn if there is one
    except ValueError:
        return False
    return True
