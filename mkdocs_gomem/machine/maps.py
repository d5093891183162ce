"""How does a Go map behave? Key equality, nil maps, iteration, and the objects it allocates.

A dict from what stands for the key (`RType.key_of`) to the value; keys that do not stand for
themselves are kept beside it. Order of iteration is that of insertion: a model, as Go's is
random. What is deleted while a loop runs is not visited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.lean import override
from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.heap import INDIRECT_ABOVE, MapGrowth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs_gomem.machine.heap import Heap
    from mkdocs_gomem.machine.rtypes import RType


_HEADER = 400
_ENTRY = 110
"""Bytes of our process for an entry, beside key and value."""


_TABLE = 200
"""Bytes of our process for what is noted of a table."""
_FEW, _LOGGED = 8, 4
"""Objects that are logged in no time; steps for each if there are more."""


class GoMap:
    """A map that is not nil."""

    __slots__ = ("d", "growth", "heap", "k", "large", "type")

    def __init__(self, typ: RType, heap: Heap) -> None:
        self.d: dict[Any, Any] = {}
        self.k: dict[Any, Any] | None = None if typ.key.raw_key else {}
        """The keys themselves, where something else stands for them in `d`."""
        self.type = typ
        self.heap = heap
        key, elem = typ.key, typ.elem
        self.growth = MapGrowth(
            key.size, elem.size, max(key.align, elem.align),
            noscan=key.noscan and elem.noscan, elem_align=elem.align,
        )  # fmt: skip
        self.large = [part for part in (key, elem) if part.size > INDIRECT_ABOVE]
        """What an entry has as objects of their own."""

    def put(self, key: Any, value: Any, site: int) -> None:
        """`m[key] = value`, for keys that stand for themselves."""
        d = self.d
        if key not in d:
            growth = self.growth
            if growth.left > 0:
                growth.left -= 1
            else:
                self._grow(site)
            for part in self.large:
                self.heap.sized(site, self, part.size, noscan=part.noscan)
        d[key] = value

    def put_keyed(self, key: Any, value: Any, site: int) -> None:
        """`m[key] = value`, for all other keys; the caller hands over both."""
        stand_in = self.type.key.key_of(key)
        if self.k is not None:
            self.k[stand_in] = key  # anew: +0 takes the place of -0
        self.put(stand_in, value, site)

    def _grow(self, site: int) -> None:
        key, elem = self.type.key, self.type.elem
        entry = _ENTRY + key.host + elem.host
        grown = self.growth.insert(len(self.d))
        if len(grown) > _FEW:
            self.heap.spend(_LOGGED * len(grown))
        for size, noscan in grown:
            self.heap.reserve(size // max(self.growth.slot, 8) * entry)
            self.heap.sized(site, self, size, noscan=noscan)

    def stand_in(self, key: Any, typ: RType | None = None) -> Any:
        """Return what stands for a key that is looked up; `typ` is given if that may panic."""
        if typ is not None and not self.d:
            return _checked(typ, key)
        return self.type.key.key_of(key)

    def get_keyed(self, key: Any, default: Any, typ: RType | None = None) -> Any:
        """`m[key]`, for keys that do not stand for themselves."""
        return self.d.get(self.stand_in(key, typ), default)

    def delete(self, key: Any, typ: RType | None = None) -> None:
        """`delete(m, key)`"""
        if self.k is not None:
            key = self.stand_in(key, typ)
            self.k.pop(key, None)
        if key in self.d:
            del self.d[key]
            self.growth.remove()

    def clear(self) -> None:
        """`clear(m)`"""
        for _ in self.d:
            self.growth.remove()
        self.d.clear()
        if self.k is not None:
            self.k.clear()

    def key(self, stand_in: Any) -> Any:
        """Return the key that something stands for."""
        return stand_in if self.k is None else self.k[stand_in]

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Keys and values, in order of insertion."""
        return [(self.key(stand_in), value) for stand_in, value in self.d.items()]


def _checked(typ: RType, key: Any) -> Any:
    """Return what stands for a key in an empty map, where the map itself finds out that it can't.

    Nothing is hashed there; Go asks the key's type all the same, and words it in another way.
    """
    try:
        return typ.key_of(key)
    except panics.Panic as panic:
        panics.unhashable_in_empty_map(panic)


class _NilMap(GoMap):
    """The nil map: reads find nothing, writes panic."""

    __slots__ = ()

    def __init__(self) -> None:
        self.d = {}
        self.k = {}

    @override
    def put(self, key: Any, value: Any, site: int) -> None:
        panics.plain_panic("assignment to entry in nil map")

    put_keyed = put

    @override
    def stand_in(self, key: Any, typ: RType | None = None) -> Any:
        return None if typ is None else _checked(typ, key)

    @override
    def delete(self, key: Any, typ: RType | None = None) -> None:
        self.stand_in(key, typ)

    @override
    def clear(self) -> None:
        pass


NIL_MAP: Final = _NilMap()


def make(typ: RType, heap: Heap, hint: int, site: int, *, on_stack: bool) -> GoMap:
    """`make(map[K]V, hint)`; the header is logged by the caller's site, the rest here."""
    made = GoMap(typ, heap)
    if on_stack and hint <= 8:
        made.growth.groups = True
    if not on_stack:
        heap.fixed(site, made)
    heap.reserve(_HEADER)
    heap.reserve(_TABLE * made.growth.tables_for(hint))
    started = made.growth.start(hint)
    if len(started) > _FEW:
        heap.spend(_LOGGED * len(started))
    for size, noscan in started:
        heap.sized(site, made, size, noscan=noscan)
    return made
