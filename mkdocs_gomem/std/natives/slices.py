"""Package slices: sorting, and whether two slices share elements, which Go tells by addresses.

Sorting numbers and strings is Python's: nobody can tell one of two equal ones from the other, so
any way of sorting gives what Go's does. The exception are 0.0 and -0.0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import Slice

_SORTED = 16
"""Bytes of our process that it takes to sort an element, …"""
_COMPARED_A_STEP = 1
"""… and comparisons in the time of a step, as a power of two."""
_STABLE = 12
"""So many are sorted by insertion, which keeps the order of equal ones (pdqsort)."""


def _share(a: Slice, b: Slice) -> bool:
    if a.n == 0 or b.n == 0 or a.a is not b.a:
        return False
    return a.o < b.o + b.n and b.o < a.o + a.n


def _overlaps(_m: Machine, _dictionary: Any, a: Slice, b: Slice) -> bool:
    return _share(a, b)


def _any_overlap(_m: Machine, a: Slice, b: Slice) -> bool:
    return _share(a, b)


def _sort(m: Machine, _dictionary: Any, data: Slice, start: int, end: int, _limit: int) -> None:
    """`pdqsortOrdered`: sort `data[start:end]`."""
    _sort_part(m, data, start, end)


def _sort_all(m: Machine, _dictionary: Any, data: Slice) -> None:
    _sort_part(m, data, 0, data.n)


def _sort_basic(m: Machine, data: Slice) -> None:
    _sort_part(m, data, 0, data.n)


def _sort_part(m: Machine, data: Slice, start: int, end: int) -> None:
    """Sort elements; NaNs come first (cmp.Less)."""
    count = end - start
    if count < 2:
        return
    m.charge_copy(_SORTED * count)
    m.spend(count * count.bit_length() >> _COMPARED_A_STEP)
    array, low = data.a, data.o + start
    part = array[low : low + count]
    if isinstance(part[0], float):
        zeros = {math.copysign(1, value) for value in part if value == 0}
        if len(zeros) > 1 and count > _STABLE:
            raise panics.Unsupported("sorting of 0 and -0 together")
        nans = [value for value in part if value != value]
        array[low : low + count] = nans + sorted(value for value in part if value == value)
    elif isinstance(part, bytearray):
        array[low : low + count] = bytearray(sorted(part))
    else:
        array[low : low + count] = sorted(part)


def _start(_m: Machine, _dictionary: Any, haystack: Slice, needle: Slice) -> int:
    if needle.n == 0:
        return 0
    if haystack.a is not needle.a:
        panics.plain_panic("needle not found")
    return needle.o - haystack.o


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "slices.Sort[...]": _sort_all,
    "slices.pdqsortOrdered[...]": _sort,
    "sort.Float64s": _sort_basic,
    "sort.Ints": _sort_basic,
    "sort.Strings": _sort_basic,
    "slices.overlaps[...]": _overlaps,
    "slices.startIdx[...]": _start,
    "crypto/internal/fips140/alias.AnyOverlap": _any_overlap,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
