"""The state of a machine, written down so that two of them can be compared.

A point of the program, the variables of one function, the package variables that it or what it
calls may use, and all that these lead to. Equal states are equal lists: objects are numbered in
the order in which they are met, so that it does not matter where Python keeps them. What may
change in ways that are not known here is never written down: `TooMuch` says so.
"""

from __future__ import annotations

from collections import deque
from types import CellType, CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import calls
from mkdocs_gomem.machine.channels import Chan
from mkdocs_gomem.machine.maps import GoMap
from mkdocs_gomem.machine.rtypes import RType
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
    from types import FrameType

_CODES: Final = 1_000
"""Functions that are looked through at most for the variables that they use."""
_DATA: Final = (Ref, Lazy, GoMap, Slice, list, bytearray, Iface)
_ASKING: Final = ("mkdocs_gomem.std.natives.runtime", "mkdocs_gomem.std.natives.debug")
_HARMLESS: Final = frozenset({
    "_gosched", "_mcall", "_gosched_m", "_num_goroutine", "_gc", "_keep_alive", "_same",
    "_version", "_compare", "_one",
})  # fmt: skip
"""Natives of these files that tell nothing of depth and memory."""
_ATOMS: Final = (int, bytes, float, complex, str, type(None))
_PLAIN: Final = frozenset({int, bool, type(None)})
_FIXED: Final = (RType, type, Missing)
"""What never changes, or is no value of the program."""
_LONG: Final = 16
"""Plain values that are written down as quickly as one that is looked at."""
_CHECKED: Final = 40
"""Parts after which two states are compared so far."""
_BYTES: Final = 256
"""The same of a string or array of bytes."""


class TooMuch(Exception):  # noqa: N818 - an answer
    """The state is too large, or holds what we do not know."""


class Differs(Exception):  # noqa: N818 - an answer
    """The state is another than the one that it is compared with."""


def glance(frame: FrameType) -> tuple[Any, ...]:
    """Return what is cheap to learn of a state: equal states have equal ones."""
    values = frame.f_locals.values()
    return (
        frame.f_code, frame.f_lasti,
        *[value if type(value) is int else type(value) for value in values],
    )  # fmt: skip


class Reader:
    """Writes down states of one run, and knows what each function may use."""

    def __init__(self, space: dict[str, Any], budget: int) -> None:
        self.space = space
        self.budget = budget
        """So many more values are written down, in all states together."""
        self._names: dict[CodeType, list[str]] = {}

    def read(self, frame: FrameType, like: State | None = None) -> State:
        """Write down the state of a run that has come to a point of a function.

        Raises:
            Differs: it is not like the one that is given; told as soon as that is seen.
        """
        state = State(self, None if like is None else like.parts)
        local = frame.f_locals
        names = sorted(local)
        state.add([id(frame.f_code), *names, *(local[name] for name in names)])
        state.code(frame.f_code)
        state.add([])
        if like is not None and len(state.parts) != len(like.parts):
            raise Differs
        return state

    def globals_of(self, code: CodeType) -> list[str]:
        """Name the package variables that some code may use, itself or by what it calls by name."""
        known = self._names.get(code)
        if known is None:
            known = self._names[code] = sorted(self._reach(code))
        return known

    def _reach(self, code: CodeType) -> set[str]:
        space, found = self.space, set[str]()
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


class State:
    """One state; `parts` are what is compared."""

    def __init__(self, reader: Reader, like: list[Any] | None) -> None:
        self.parts: list[Any] = []
        self._like = like
        self._alike = 0
        """So many parts are equal to those of the other."""
        self._reader = reader
        self._codes: set[CodeType] = set()
        self._numbers: dict[int, int] = {}
        self._held: list[Any] = []
        self._todo: deque[Any] = deque()

    def add(self, values: list[Any]) -> None:
        """Write down values and all that they lead to."""
        self._list(values)
        todo, spell = self._todo, self._spell
        while todo:
            spell(todo.popleft())
            if len(self.parts) - self._alike > _CHECKED:
                self._check()
        self._check()

    def code(self, code: CodeType) -> None:
        """Write down the package variables that a function may use, or any that it calls."""
        if code not in self._codes:
            self._codes.add(code)
            for name in self._reader.globals_of(code):
                self._list([name, self._reader.space[name]])

    def _pay(self, price: int) -> None:
        self._reader.budget -= price
        if self._reader.budget < 0:
            raise TooMuch

    def _check(self) -> None:
        """Compare what was written since the last time."""
        start, self._alike = self._alike, len(self.parts)
        if self._like is not None and self.parts[start:] != self._like[start : self._alike]:
            raise Differs

    def _list(self, values: list[Any]) -> None:
        """Write down values, for each object the number that it has."""
        count = len(values)
        if count > _LONG:
            kinds = set(map(type, values))
            if kinds <= _PLAIN:
                self._pay(count // _LONG)
                self.parts += (tuple(map(type, values)) if len(kinds) > 1 else kinds, values[:])
                return
        self._pay(count)
        parts, numbers = self.parts, self._numbers
        for value in values:
            kind = type(value)
            if kind is int or kind is bool:
                parts.append((kind, value))
            elif kind is float or kind is complex:
                parts.append((kind, repr(value)))
            elif isinstance(value, _ATOMS):
                if isinstance(value, bytes):
                    self._pay(len(value) // _BYTES)
                    parts.append((bytes, bytes(value)))  # a long one would count its comparison
                else:
                    parts.append((kind, value))
            elif isinstance(value, _FIXED) or kind.__name__ == "Machine":
                parts.append(id(value))
            else:
                number = numbers.get(id(value))
                if number is None:
                    number = numbers[id(value)] = len(numbers)
                    self._held.append(value)
                    self._todo.append(value)
                parts.append(("object", number))

    def _spell(self, value: Any) -> None:
        kind = type(value)
        self.parts.append(kind)
        if kind.__name__ == "Struct":
            self._list([getattr(value, slot) for slot in kind.__slots__])
        elif kind is FunctionType:
            _check(value)
            self.code(value.__code__)
            self._list(_parts(value, kind))
        elif kind is list:
            self.parts.append(len(value))
            self._list(value)
        elif kind is GoMap:
            self._list([value.type, len(value.d)])
            self._list([*value.d])
            self._list([*value.d.values()])
            self._list([] if value.k is None else [*value.k.values()])
        else:
            self._list(_parts(value, kind))


def _parts(value: Any, kind: type) -> list[Any]:
    """Return what an object consists of."""
    if kind is bytearray:
        return [bytes(value)]
    if kind is tuple:
        return [len(value), *value]
    if kind is Ref:
        return [value.v]
    if kind is Iface:
        return [value.t, value.v]
    if kind is Slice:
        return [value.a, value.o, value.n, value.c]
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
        return _channel(value)
    if kind is dict:
        return [len(value), *value, *value.values()]
    if kind.__name__ == "File" and kind.__module__ == "mkdocs_gomem.std.natives.os":
        return [value.fd, value.opened]
    raise TooMuch


def _channel(channel: Chan) -> list[Any]:
    waiting = [id(waiter) for waiter in channel.waiters()]
    buffer = channel.buffer
    return [channel.closed, channel.capacity, len(buffer), *buffer, *waiting]


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
