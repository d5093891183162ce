"""Package internal/bytealg: searching bytes, which Go does in assembly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.heap import round_up
from mkdocs_gomem.machine.values import Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_MAX_ALLOC: Final = 1 << 48


def _bytes(s: Slice) -> bytes:
    return bytes(s.elements())


def _compare(_m: Machine, a: Slice, b: Slice) -> int:
    first, second = _bytes(a), _bytes(b)
    return (first > second) - (first < second)


def _compare_string(_m: Machine, a: bytes, b: bytes) -> int:
    return (a > b) - (a < b)


def _count(_m: Machine, s: Slice, byte: int) -> int:
    return _bytes(s).count(byte)


def _count_string(_m: Machine, s: bytes, byte: int) -> int:
    return s.count(byte)


def _equal(_m: Machine, a: Slice, b: Slice) -> bool:
    return _bytes(a) == _bytes(b)


def _index(_m: Machine, a: Slice, b: Slice) -> int:
    return _bytes(a).find(_bytes(b))


def _index_string(_m: Machine, a: bytes, b: bytes) -> int:
    return a.find(b)


def _index_byte(_m: Machine, s: Slice, byte: int) -> int:
    return _bytes(s).find(byte)


def _index_byte_string(_m: Machine, s: bytes, byte: int) -> int:
    return s.find(byte)


def _last_index_byte(_m: Machine, s: Slice, byte: int) -> int:
    return _bytes(s).rfind(byte)


def _last_index_byte_string(_m: Machine, s: bytes, byte: int) -> int:
    return s.rfind(byte)


def _make_no_zero(m: Machine, length: int) -> Slice:
    if not 0 <= length <= _MAX_ALLOC:
        panics.runtime_panic("makeslice: len out of range")
    if length > m.heap.budget + (64 << 20):
        raise panics.Stop("memory")
    capacity = round_up(length, noscan=True)
    return Slice(bytearray(capacity), 0, length, capacity)


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
