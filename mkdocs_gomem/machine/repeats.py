"""Does it never end? Whether a program that was stopped repeats itself for ever.

When the bound of steps ends a run (or a recursion has come deep), the machine goes on for a few
more steps, one by one (`Watch`). Its whole state is written down at each of them: the point it
has come to, the variables of the innermost function, package variables, and all that these lead
to. A machine that is in the same state twice, and that nothing from outside can reach, does for
ever what it did in between. Found so is never claimed falsely; what would not be sure is left
alone: output, time, more than one goroutine that can run, what natives keep in ways we do not
know, programs that ask the runtime how deep or how large they are, and a state that is too large
to be compared.

For a recursion the same holds if the second state is that of a call inside the first one: then
that call never returns either.
"""

from __future__ import annotations

import sys
from collections import deque
from types import CellType, CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine import calls
from mkdocs_gomem.machine.channels import Chan
from mkdocs_gomem.machine.maps import GoMap
from mkdocs_gomem.machine.rtypes import RType
from mkdocs_gomem.machine.scheduler import State
from mkdocs_gomem.machine.structs import Vacant
from mkdocs_gomem.machine.values import (
    ArrayView,
    ElementPointer,
    FieldPointer,
    Iface,
    Lazy,
    Missing,
    Ref,
    Slice,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from mkdocs_gomem.machine.run import Machine

_LOOKS = 50
"""Steps that are watched at most."""
_PARTS = 6_000
"""Values that are written down at most, for all looks together: a millisecond or so."""
_NEAR = 1_000
"""Calls between a call and one inside it, natives included."""
_CODES = 1_000
"""Functions that are looked through at most for the variables that they use."""
_DATA = (Ref, Lazy, GoMap, Slice, list, bytearray, Iface)
_CACHES = frozenset({"fmt.methods", "reflect.sites"})
"""What natives keep that only saves them work."""
_ASKING = ("mkdocs_gomem.std.natives.runtime", "mkdocs_gomem.std.natives.debug")
_HARMLESS = frozenset({
    "_gosched", "_mcall", "_gosched_m", "_num_goroutine", "_gc", "_keep_alive", "_same",
    "_version", "_compare", "_one",
})  # fmt: skip
"""Natives of these files that tell nothing of depth and memory."""
_ATOMS = (int, bytes, float, complex, str, type(None))
_FIXED = (RType, type, Missing)
"""What never changes, or is no value of the program."""


class TooMuch(Exception):  # noqa: N818 - an answer
    """The state is too large, or holds what we do not know."""


class State_:  # noqa: N801 - the machine's, not a goroutine's
    """The state of a machine, written down so that equal ones are the same text of values."""

    def __init__(
        self, budget: int, globals_of: Callable[[CodeType], list[str]], space: Any
    ) -> None:
        self.budget = budget
        self._globals_of = globals_of
        self._space = space
        self._codes: set[CodeType] = set()
        self.parts: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._held: list[Any] = []
        self._todo: deque[Any] = deque()

    def add(self, values: list[Any]) -> None:
        """Write down values and all that they lead to."""
        for value in values:
            self._name(value)
        while self._todo:
            self._spell(self._todo.popleft())

    def code(self, code: CodeType) -> None:
        """Write down the package variables that a function may use, or any that it calls."""
        if code not in self._codes:
            self._codes.add(code)
            for name in self._globals_of(code):
                self._name(name)
                self._name(self._space[name])

    def _name(self, value: Any) -> None:
        """Write down a value, or the number of the object that it is."""
        self.budget -= 1
        if self.budget < 0:
            raise TooMuch
        kind = type(value)
        if kind is float or kind is complex:
            self.parts.append((kind, repr(value)))
        elif kind is bool or isinstance(value, _ATOMS):
            self.parts.append((kind, value))
        elif isinstance(value, _FIXED) or kind.__name__ == "Machine":
            self.parts.append(id(value))
        else:
            number = self._numbers.get(id(value))
            if number is None:
                number = self._numbers[id(value)] = len(self._numbers)
                self._held.append(value)
                self._todo.append(value)
            self.parts.append(("object", number))

    def _spell(self, value: Any) -> None:
        kind = type(value)
        self.parts.append(kind)
        if kind is FunctionType:
            _check(value)
            self.code(value.__code__)
        for part in _parts(value, kind):
            self._name(part)


def _parts(value: Any, kind: type) -> list[Any]:
    """Return what an object consists of."""
    if kind is list or kind is tuple:
        return [len(value), *value]
    if kind is bytearray:
        return [bytes(value)]
    if kind.__name__ == "Struct":
        return [getattr(value, slot) for slot in kind.__slots__]  # type: ignore[attr-defined]
    if kind is Ref:
        return [value.v]
    if kind is Iface:
        return [value.t, value.v]
    if kind is Slice:
        return [value.a, value.o, value.n, value.c]
    if kind is GoMap:
        keys = [] if value.k is None else [*value.k.values()]
        return [value.type, len(value.d), *value.d, *value.d.values(), *keys]
    if kind is FieldPointer:
        return [value.o, value.f]
    if kind is ElementPointer:
        return [value.a, value.i]
    if kind is ArrayView:
        return [value.a, value.o, value.n]
    if kind is Vacant:
        return [value.n]
    if kind is CellType:
        return [value.cell_contents] if _is_filled(value) else []
    if kind is FunctionType:
        return [id(value.__code__), id(value.__globals__), *(value.__closure__ or ())]
    if kind is Lazy:
        return [value._init, value._value]  # noqa: SLF001 - not to be worked out for this
    if kind is Chan:
        waiting = [id(waiter) for queue in (value.senders, value.receivers) for waiter in queue]
        return [value.closed, value.capacity, len(value.buffer), *value.buffer, *waiting]
    if kind is dict:
        return [len(value), *value, *value.values()]
    if kind.__name__ == "File" and kind.__module__ == "mkdocs_gomem.std.natives.os":
        return [value.fd]
    raise TooMuch


def _check(function: FunctionType) -> None:
    """Give up on a function that may ask how deep the calls are, or how much was allocated."""
    for native in (function, calls.parts(function)[0]):
        name = getattr(native, "__module__", None) or ""
        if name.startswith(_ASKING) and native.__name__ not in _HARMLESS:
            raise TooMuch


def _is_go(value: Any) -> bool:
    return isinstance(value, FunctionType)


def _is_filled(cell: CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - empty cells raise
    except ValueError:
        return False
    return True


class Watch:
    """A few steps of a run, looked at one by one."""

    def __init__(self, machine: Machine, frame: FrameType, *, recursion: bool) -> None:
        self.machine = machine
        self.recursion = recursion
        self.period = 0
        """Steps after which the state is the same again; 0 if that is not known."""
        self.looks = 0
        self._parts = _PARTS
        self._seen: tuple[FrameType, int, list[Any], State_] | None = None
        self._seen_at = 0
        self._refresh = 1
        self._outside = self._surroundings()
        self._names: dict[CodeType, list[str]] = {}
        self.done = self.look(frame)

    def _surroundings(self) -> tuple[Any, ...] | None:
        """Return what must not change in between; None if something may come from outside."""
        machine, scheduler = self.machine, self.machine.scheduler
        can_run = [routine for routine in scheduler.all if routine.state is not State.WAITING]
        if sum(routine.state is not State.DEAD for routine in can_run) != 1:
            return None
        if scheduler.others_wait() or scheduler.current.panics:
            return None
        if (
            machine.heap.ledger is not None
            or machine.collector.watches
            or machine._unsafe is not None  # noqa: SLF001 - or it would be made
        ):
            return None
        if any(timer.active for _, _, timer in scheduler.timers) or machine.state.keys() - _CACHES:
            return None
        machine.heap.settle()
        return (
            scheduler.current, scheduler.now, scheduler.ticks, scheduler.coroutines,
            machine.channels.turns, scheduler._looks, len(machine.output),  # noqa: SLF001
            machine.sent, len(machine.space),
        )  # fmt: skip

    def look(self, frame: FrameType) -> bool:
        """Compare the state with the one before; True if there is nothing more to see."""
        self.looks += 1
        if self._outside is None or self._surroundings() != self._outside:
            return True
        try:
            state = self._state(frame)
        except TooMuch:
            return True
        self._parts = state.budget
        seen = self._seen
        if seen is not None and seen[1] == frame.f_lasti and seen[2] == state.parts:
            before = seen[0]
            if _is_inside(frame, before) if self.recursion else frame is before:
                self.period = self.looks - self._seen_at
                return True
        if self.looks >= self._refresh:  # Brent: wait twice as long for the next one
            self._seen = frame, frame.f_lasti, state.parts, state
            self._seen_at = self.looks
            self._refresh = 2 * self.looks
        return self.looks >= _LOOKS

    def _state(self, frame: FrameType) -> State_:
        state = State_(self._parts, self._globals_of, self.machine.space)
        local = frame.f_locals
        names = sorted(local)
        state.add([id(frame.f_code), *names, *(local[name] for name in names)])
        state.code(frame.f_code)
        state.add([])
        return state

    def _globals_of(self, code: CodeType) -> list[str]:
        """Name the package variables that some code may use, itself or by what it calls by name."""
        known = self._names.get(code)
        if known is None:
            known = self._names[code] = sorted(self._reach(code))
        return known

    def _reach(self, code: CodeType) -> set[str]:
        space, found = self.machine.space, set[str]()
        seen, todo = {code}, [code]
        while todo:
            inner = todo.pop()
            callees = [each for each in inner.co_consts if isinstance(each, CodeType)]
            for name in inner.co_names:
                value = space.get(name)
                if isinstance(value, FunctionType):
                    _check(value)
                    callees.append(value.__code__)
                elif isinstance(value, _DATA) or type(value).__name__ == "Struct":
                    found.add(name)
                elif isinstance(value, dict):  # methods of a name, by type
                    callees += [each.__code__ for each in value.values() if _is_go(each)]
            todo += [each for each in callees if each not in seen]
            seen.update(callees)
            if len(seen) > _CODES:
                raise TooMuch
        return found


def _is_inside(frame: FrameType, outer: FrameType) -> bool:
    """Tell if a call was made, directly or not, by another that has not returned."""
    if frame.f_code is not outer.f_code or frame is outer:
        return False
    above = frame.f_back
    for _ in range(_NEAR):
        if above is None:
            return False
        if above is outer:
            return True
        above = above.f_back
    return False


def caller(depth: int) -> FrameType:
    """Return the frame of generated code that asked for more steps."""
    return sys._getframe(depth + 1)  # noqa: SLF001 - it is the state
