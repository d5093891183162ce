"""What does a garbage collection find, and what happens to what it doesn't?

`Collector` is the heap seen from package runtime: finalizers, cleanups, weak pointers and the
figures of `MemStats`. It does nothing until a program asks for one of these; memory itself is
Python's to give back.

A collection marks as the runtime does (runtime/mgcmark.go, go1.27): from package variables, from
the live variables of all frames (`liveness`), from what waits in timers and queues, and from what
finalizers and cleanups hold themselves. An object with a finalizer keeps alive what it leads to,
not itself. What is not reached is dead: weak pointers to it are nil at once; its finalizer or
its cleanups run on a goroutine of the runtime, before `runtime.GC` returns if they don't wait
(a model: Go promises no moment; on several cores it is nearly always so).

The machine's own records (steps, the log of the heap) do not count as references. Marking walks
Python's references and stops at the machine's own classes.
"""

from __future__ import annotations

import gc
import sys
from collections import deque
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    ModuleType,
    TracebackType,
)
from typing import TYPE_CHECKING, Any, Final

from greenlet import getcurrent, greenlet

from mkdocs_gomem.machine import structs
from mkdocs_gomem.machine.rtypes import RType
from mkdocs_gomem.machine.scheduler import EPOCH, Goroutine, Scheduler
from mkdocs_gomem.machine.values import ElementPointer, FieldPointer
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs_gomem.machine.run import Machine

FIRST_GOAL: Final = 4 << 20
"""Live bytes before the first collection that the runtime starts by itself (`heapMinimum`)."""
START_BYTES: Final = 66_192
START_MALLOCS: Final = 95
START_FREES: Final = 4
"""What the runtime itself has allocated when `main` starts (measured, go1.27.3)."""

_PLAIN: Final = (
    int, float, complex, bytes, bytearray, str, type(None), type, RType, ModuleType, CodeType,
    FrameType, TracebackType, BuiltinFunctionType, greenlet, Goroutine, Scheduler,
)  # fmt: skip
"""What leads to no Go object, or is looked at in another way."""


class Weak:
    """What all weak pointers to one place hold; empty when the object it is in is gone."""

    __slots__ = ("target",)

    def __init__(self, target: Any) -> None:
        self.target = target


class _Watched:
    """An object that something happens to when it dies."""

    __slots__ = ("cleanups", "finalizer", "parts", "pointer", "target", "weak")

    def __init__(self, target: Any, parts: list[Any]) -> None:
        self.target = target
        self.parts = {id(part): part for part in parts}
        """The Python objects that make it up, by id: a pointer into any of them keeps it."""
        self.finalizer: Callable[[Any], Any] | None = None
        """Called with the pointer that it was set for."""
        self.pointer: Any = None
        self.cleanups: dict[int, Callable[[], Any]] = {}
        self.weak: dict[Any, Weak] = {}
        """By the place in the object: its pointer, or the object's own id."""

    def inside(self) -> list[Any]:
        """Return what the object leads to."""
        found = gc.get_referents(*self.parts.values())
        return [each for each in found if id(each) not in self.parts]


_WATCH_STEPS = 10
_WATCH_BYTES = 700
"""What it takes to watch an object."""
_CLEANUP_BYTES = 700
"""The same of what is called when it dies."""


class Collector:
    """Finalizers, cleanups, weak pointers and heap figures of one run."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._watched: dict[int, _Watched] = {}
        self._cleanups: dict[int, int] = {}
        """By number of a cleanup: the object that it is for."""
        self._count = 0
        self._due: deque[Callable[[], Any]] = deque()
        self._runner: Goroutine | None = None
        self.cycles = 0
        self.last = 0
        """Nanoseconds since 1970 when the last one ended."""
        self.forced = 0
        self.live = START_BYTES
        """Bytes that the last collection left."""
        self._swept_at = 0
        """Bytes that had been allocated then."""
        self.freed = 0
        """Objects that collections have found dead."""

    # What is watched.

    @property
    def watches(self) -> bool:
        """Whether something is to happen when an object dies."""
        return bool(self._watched)

    def _watch(self, target: Any, typ: RType | None) -> _Watched:
        known = self._watched.get(id(target))
        self.machine.spend(_WATCH_STEPS)
        if known is None:
            self.machine.heap.hold(_WATCH_BYTES)
            parts = [target] if typ is None else list(_parts(target, typ))
            known = self._watched[id(target)] = _Watched(target, parts)
        return known

    def set_finalizer(self, pointer: Any, typ: RType, call: Callable[[Any], Any] | None) -> None:
        """Let `call` run with a pointer when what it points to dies, or nothing any more."""
        watched = self._watch(_object(pointer), typ)
        watched.finalizer, watched.pointer = call, pointer

    def has_finalizer(self, pointer: Any) -> bool:
        """Tell if an object has one already."""
        known = self._watched.get(id(_object(pointer)))
        return known is not None and known.finalizer is not None

    def add_cleanup(self, pointer: Any, call: Callable[[], Any]) -> int:
        """Let `call` run when an object has died; return the number to stop it by."""
        self._count += 1
        target = _object(pointer)
        self.machine.heap.hold(_CLEANUP_BYTES)
        self._watch(target, None).cleanups[self._count] = call
        self._cleanups[self._count] = id(target)
        return self._count

    def stop_cleanup(self, number: int) -> None:
        """Take a cleanup back."""
        watched = self._watched.get(self._cleanups.pop(number, 0))
        if watched is not None:
            watched.cleanups.pop(number, None)

    def weak(self, pointer: Any) -> Weak:
        """Return what weak pointers to an object or a part of it hold: the same for all of them."""
        target = _object(pointer)
        place = id(target) if target is pointer else pointer
        return self._watch(target, None).weak.setdefault(place, Weak(pointer))

    @property
    def host(self) -> int:
        """Bytes of our process for what is watched, beside the objects themselves."""
        return _WATCH_BYTES * len(self._watched) + _CLEANUP_BYTES * len(self._cleanups)

    def held(self) -> list[Any]:
        """Return what lives for as long as it is watched."""
        watched = self._watched.values()
        calls = [call for each in watched for call in (each.finalizer, *each.cleanups.values())]
        return [*(each.target for each in watched), *calls, *self._due]

    # Collections.

    def collect(self) -> None:
        """`runtime.GC()`: who asks for it waits until it is done, so others may run."""
        self.forced += 1
        self.cycle()
        if self._due:
            self._start_runner()
        if self.machine.scheduler.others_wait():
            self.machine.scheduler.gosched()

    def cycle(self) -> None:
        """Mark, and settle what became of all that is watched or counted."""
        self.cycles += 1
        self.last = EPOCH * 1_000_000_000 + self.machine.scheduler.now
        if not self._watched and self.machine.heap.ledger is None:
            return
        mark = Mark(self)
        mark.reach(mark.roots())
        for watched in self._watched.values():
            mark.reach(watched.cleanups.values())
            if watched.finalizer is not None:
                # What the object leads to lives on for the finalizer; the object itself does not.
                mark.reach((watched.finalizer, *watched.inside()))
        seen = mark.seen
        dead = [w for w in self._watched.values() if seen.isdisjoint(w.parts)]
        for watched in dead:
            for weak in watched.weak.values():
                weak.target = None
            watched.weak.clear()
        # The runtime's queue of finalizers gives back first what came last.
        resurrected = [w for w in reversed(dead) if w.finalizer is not None]
        for watched in resurrected:
            self._finalize(watched)
        alive_again = {id(watched) for watched in resurrected}
        for watched in dead:
            if id(watched) not in alive_again:
                self._bury(watched)
        ledger = self.machine.heap.ledger
        if ledger is not None:
            mark.reach(w.target for w in self._watched.values())
            mark.reach(self._due)
            self._sweep(ledger, seen)
        self.machine.spend(len(seen))

    def _finalize(self, watched: _Watched) -> None:
        """Queue a finalizer; the object lives until it has run, and cleanups wait for that."""
        call, pointer = watched.finalizer, watched.pointer
        if call is not None:
            self._due.append(lambda: call(pointer))
        watched.finalizer = watched.pointer = None
        if not watched.cleanups:
            del self._watched[id(watched.target)]

    def _bury(self, watched: _Watched) -> None:
        """Queue the cleanups of an object that is gone for good."""
        self._due += watched.cleanups.values()
        for number in watched.cleanups:
            self._cleanups.pop(number, None)
        del self._watched[id(watched.target)]

    def _sweep(self, ledger: dict[int, tuple[Any, int, int]], seen: set[int]) -> None:
        dead = [ident for ident in ledger if ident not in seen]
        for ident in dead:
            _, _, objects = ledger.pop(ident)
            self.freed += objects
        self.live = sum(taken for _, taken, _ in ledger.values()) + START_BYTES
        self._swept_at = self.machine.heap.bytes

    def _start_runner(self) -> None:
        runner = self._runner
        if runner is None or runner.dead:
            scheduler = self.machine.scheduler
            self._runner = scheduler.go(self._run_due, NO_POS, of_runtime=True)

    def _run_due(self) -> None:
        while self._due:
            self._due.popleft()()

    def allocated(self) -> int:
        """Bytes allocated since the run began were as many as the goal: collect, as Go does."""
        self.cycle()
        if self._due:
            self._start_runner()
        return self.goal() - self.live

    @property
    def heap_alloc(self) -> int:
        """Bytes that are alive, as far as the runtime knows."""
        return self.live + self.machine.heap.bytes - self._swept_at

    def goal(self) -> int:
        """Return the live bytes at which the next collection starts (GOGC=100)."""
        return max(FIRST_GOAL, 2 * self.live)


def _object(pointer: Any) -> Any:
    """Return the object that a pointer points into."""
    match pointer:
        case ElementPointer(a=array):
            return array
        case FieldPointer(o=struct):
            return struct
        case _:
            return pointer


def _parts(target: Any, typ: RType) -> Iterable[int]:
    """Yield the Python objects that an object consists of."""
    yield target
    if isinstance(target, list) and typ.kind != "array":
        return  # an array of which one element was named
    if typ.kind == "struct" and typ.go is not None:
        for field in typ.fields:
            if field.type.composite:
                yield from _parts(getattr(target, field.slot), field.type)
    elif typ.kind == "array" and typ.elem.composite:
        for element in target:
            yield from _parts(element, typ.elem)


class Mark:
    """One walk over everything that can be reached."""

    def __init__(self, collector: Collector, *, skipped: frozenset[str] = frozenset()) -> None:
        """Begin with nothing.

        Args:
            collector: who asks.
            skipped: files whose functions, on top of what runs, only look at it.
        """
        self.machine = collector.machine
        self._skipped = skipped | {__file__}
        self.seen: set[int] = set()
        self._kept: list[Any] = []
        """What was made for the walk only stays, so that ids stay its own."""
        machine = self.machine
        self._ours: set[int] = {
            id(each)
            for each in (
                machine, collector, machine.callers, machine.heap, machine.watcher, machine.log,
                machine.channels, machine.slices, machine.defers, machine.semaphores,
                machine.executable, machine.space, machine.types, machine.functions,
                machine.output, machine.sites, machine.state,
            )
        }  # fmt: skip

    def roots(self) -> list[Any]:
        """Return what a collection starts from."""
        machine = self.machine
        todo: list[Any] = [
            value for value in machine.space.values() if not isinstance(value, _CODE)
        ]
        todo += machine.state.values()
        scheduler = machine.scheduler
        todo += [timer.action for _, _, timer in scheduler.timers if timer.active]
        for routine in scheduler.all:
            if routine.dead:
                continue
            todo.append(routine.value)
            todo += [panic.value for panic in routine.panics]
            if routine.green is None:
                todo.append(routine.start)
            todo += self._frames(routine)
        self._kept.append(todo)
        return todo

    def _frames(self, routine: Goroutine) -> Iterable[Any]:
        from mkdocs_gomem.machine import liveness  # noqa: PLC0415 - loads `dis`: few ask for it

        green = routine.green
        if green is None:
            return
        frame = sys._getframe() if green is getcurrent() else green.gr_frame  # noqa: SLF001
        while frame is not None and frame.f_code.co_filename in self._skipped:
            frame = frame.f_back  # ours hold this walk, which would never be let go of
        while frame is not None:
            yield from liveness.live(frame).values()
            frame = frame.f_back

    def reach(self, values: Iterable[Any]) -> None:
        """Mark values and all that they lead to."""
        todo = list(values)
        seen = self.seen
        while todo:
            value = todo.pop()
            ident = id(value)
            if ident in seen or ident in self._ours:
                continue
            if isinstance(value, _PLAIN):
                if isinstance(value, bytes | bytearray):
                    seen.add(ident)
                continue
            seen.add(ident)
            match value:
                case Weak():
                    continue
                case list() if len(value) >= _MANY:
                    self._elements(value, todo)
                case FunctionType():
                    todo += value.__closure__ or ()
                    todo += value.__defaults__ or ()
                case _:
                    todo += gc.get_referents(value)

    def _elements(self, array: list[Any], todo: list[Any]) -> None:
        """Mark the elements of an array; those that lead nowhere at once, as there may be 100,000.

        A struct of numbers is marked by itself all the same: a pointer to it may be asked about.
        """
        classes = set(map(type, array)) - structs.NUMBERS
        if not classes:
            return
        if classes <= structs.NUMBERS_ONLY:
            self.seen.update(map(id, array))
        else:
            todo += array


_MANY: Final = 32
_CODE: Final = (type, RType, FunctionType, BuiltinFunctionType)
