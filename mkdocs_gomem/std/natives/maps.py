"""Maps that Go copies in its runtime, and the concurrent map under `sync.Map`.

`sync.Map` is a tree of hashes in Go; here it is a dict that keeps the order of insertion (a
model: Go's order changes from run to run).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.heap import MAP_HEADER
from mkdocs_gomem.machine.maps import GoMap
from mkdocs_gomem.machine.rtypes import iface_equal, iface_key
from mkdocs_gomem.machine.values import Iface

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
_MAP: Final = 400
_ENTRY: Final = 110
_STORED: Final = 400
"""Bytes of our process for a map, for an entry beside key and value, for one of a `sync.Map`."""
_LISTED_A_STEP: Final = 3
"""Entries that are listed in the time of a step, as a power of two."""
_Entries = dict[Any, tuple[Iface | None, Iface | None]]


def _clone(m: Machine, value: Iface) -> Iface:
    old: GoMap = value.v
    m.heap.reserve(_MAP + len(old.d) * (_ENTRY + old.type.key.host + old.type.elem.host))
    m.spend(len(old.d))
    made = GoMap(old.type, m.heap)
    copy_key, copy_elem = old.type.key.copy, old.type.elem.copy
    made.d = {key: copy_elem(elem) for key, elem in old.d.items()}
    if old.k is not None:
        made.k = {key: copy_key(kept) for key, kept in old.k.items()}
    made.growth = copy.copy(old.growth)  # groups and tables as they are, and filled as they are
    made.growth.groups = made.growth.groups or bool(made.d)
    for size, noscan in ((MAP_HEADER, False), *made.growth.cloned()):
        m.made_by_std(made, size, noscan=noscan)
    return Iface(value.t, made)


def _entries(m: Machine, map_: Any) -> _Entries:
    kept: dict[int, tuple[Any, _Entries]] = m.state.setdefault("sync.Map", {})
    return kept.setdefault(id(map_), (map_, {}))[1]


def _key(key: Any) -> Any:
    if key is not None and not isinstance(key, Iface):
        raise panics.Unsupported("a concurrent map of other keys than interfaces")
    return iface_key(key)


def _load(m: Machine, map_: Any, _dictionary: Any, key: Any) -> tuple[Any, bool]:
    found = _entries(m, map_).get(_key(key))
    return (None, False) if found is None else (found[1], True)


def _store(m: Machine, map_: Any, _dictionary: Any, key: Any, value: Any) -> None:
    m.heap.reserve(_STORED)
    _entries(m, map_)[_key(key)] = (key, value)


def _swap(m: Machine, map_: Any, dictionary: Any, key: Any, value: Any) -> tuple[Any, bool]:
    old = _load(m, map_, dictionary, key)
    _store(m, map_, dictionary, key, value)
    return old


def _load_or_store(
    m: Machine, map_: Any, dictionary: Any, key: Any, value: Any
) -> tuple[Any, bool]:
    old, found = _load(m, map_, dictionary, key)
    if found:
        return old, True
    _store(m, map_, dictionary, key, value)
    return value, False


def _load_and_delete(m: Machine, map_: Any, _dictionary: Any, key: Any) -> tuple[Any, bool]:
    found = _entries(m, map_).pop(_key(key), None)
    return (None, False) if found is None else (found[1], True)


def _delete(m: Machine, map_: Any, _dictionary: Any, key: Any) -> None:
    _entries(m, map_).pop(_key(key), None)


def _compare_and_swap(m: Machine, map_: Any, dictionary: Any, key: Any, old: Any, new: Any) -> bool:
    current, found = _load(m, map_, dictionary, key)
    if not found or not iface_equal(current, old):
        return False
    _store(m, map_, dictionary, key, new)
    return True


def _compare_and_delete(m: Machine, map_: Any, dictionary: Any, key: Any, old: Any) -> bool:
    current, found = _load(m, map_, dictionary, key)
    if not found or not iface_equal(current, old):
        return False
    _delete(m, map_, dictionary, key)
    return True


def _range(m: Machine, map_: Any, _dictionary: Any, visit: Callable[[Any, Any], bool]) -> None:
    entries = _entries(m, map_)
    m.spend(len(entries) >> _LISTED_A_STEP)
    for place in list(entries):
        entry = entries.get(place)
        if entry is not None and not visit(entry[0], entry[1]):
            return


def _all(m: Machine, map_: Any, dictionary: Any) -> Callable[..., None]:
    return lambda visit: _range(m, map_, dictionary, visit)


def _clear(m: Machine, map_: Any, _dictionary: Any) -> None:
    _entries(m, map_).clear()


_TREE: Final = "internal/sync.(*HashTrieMap[...])."

NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "maps.clone": _clone,
    _TREE + "Load": _load,
    _TREE + "LoadOrStore": _load_or_store,
    _TREE + "Store": _store,
    _TREE + "Swap": _swap,
    _TREE + "CompareAndSwap": _compare_and_swap,
    _TREE + "LoadAndDelete": _load_and_delete,
    _TREE + "Delete": _delete,
    _TREE + "CompareAndDelete": _compare_and_delete,
    _TREE + "All": _all,
    _TREE + "Range": _range,
    _TREE + "Clear": _clear,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
