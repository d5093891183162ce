"""Package internal/bytealg: searching bytes, which Go does in assembly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.heap import MAX_ALLOC, round_up
from mkdocs_gomem.machine.values import Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


_LONG: Final = 1000
"""Texts up to here are looked through in no time."""


def _bytes(m: Machine, s: Slice) -> bytes:
    if s.n > _LONG:
        m.charge_bytes(s.n)
    return bytes(s.elements())


def _text(m: Machine, s: bytes, weight: int = 1) -> bytes:
    if len(s) > _LONG:
        m.charge_time(weight * len(s))
    return s


def _found(m: Machine, place: int, length: int) -> int:
    """Charge for a search that has come so far."""
    if length > _LONG:
        m.charge_time(length if place < 0 else place)
    return place


def _compare(m: Machine, a: Slice, b: Slice) -> int:
    first, second = _bytes(m, a), _bytes(m, b)
    return (first > second) - (first < second)


def _compare_string(m: Machine, a: bytes, b: bytes) -> int:
    return (_text(m, a) > b) - (a < b)


def _count(m: Machine, s: Slice, byte: int) -> int:
    return _bytes(m, s).count(byte)


def _count_string(m: Machine, s: bytes, byte: int) -> int:
    return _text(m, s, 4).count(byte)


def _equal(m: Machine, a: Slice, b: Slice) -> bool:
    return _bytes(m, a) == _bytes(m, b)


def _index(m: Machine, a: Slice, b: Slice) -> int:
    return _bytes(m, a).find(_bytes(m, b))


def _index_string(m: Machine, a: bytes, b: bytes) -> int:
    return _found(m, a.find(b), len(a))


def _index_byte(m: Machine, s: Slice, byte: int) -> int:
    if type(s.a) is bytearray:
        place = s.a.find(byte, s.o, s.o + s.n)
        return _found(m, place - s.o if place >= 0 else -1, s.n)
    return _bytes(m, s).find(byte)


def _index_byte_string(m: Machine, s: bytes, byte: int) -> int:
    return _found(m, s.find(byte), len(s))


def _last_index_byte(m: Machine, s: Slice, byte: int) -> int:
    return _bytes(m, s).rfind(byte)


def _last_index_byte_string(m: Machine, s: bytes, byte: int) -> int:
    place = s.rfind(byte)
    _found(m, len(s) - place if place >= 0 else -1, len(s))
    return place


def _make_no_zero(m: Machine, length: int) -> Slice:
    if not 0 <= length <= MAX_ALLOC:
        panics.runtime_panic("makeslice: len out of range")
    m.charge_bytes(length)
    capacity = round_up(length, noscan=True)
    array = bytearray(capacity)
    m.made_by_std(array, length, noscan=True)
    return Slice(array, 0, length, capacity)


def _cutover(_m: Machine, _length: int) -> int:
    return 1 << 30


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "internal/bytealg.Compare": _compare,
    "internal/bytealg.CompareString": _compare_string,
    "internal/bytealg.Count": _count,
    "internal/bytealg.CountString": _count_string,
    "internal/bytealg.Equal": _equal,
    "internal/bytealg.Index": _index,
    "internal/bytealg.IndexString": _index_string,
    "internal/bytealg.IndexByte": _index_byte,
    "internal/bytealg.IndexByteString": _index_byte_string,
    "internal/bytealg.LastIndexByte": _last_index_byte,
    "internal/bytealg.LastIndexByteString": _last_index_byte_string,
    "internal/bytealg.MakeNoZero": _make_no_zero,
    "internal/bytealg.Cutover": _cutover,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
