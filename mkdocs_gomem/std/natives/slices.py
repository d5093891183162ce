"""Package slices: whether two slices share elements, which Go finds out by their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import Slice


def _share(a: Slice, b: Slice) -> bool:
    if a.n == 0 or b.n == 0 or a.a is not b.a:
        return False
    return a.o < b.o + b.n and b.o < a.o + a.n


def _overlaps(_m: Machine, _dictionary: Any, a: Slice, b: Slice) -> bool:
    return _share(a, b)


def _any_overlap(_m: Machine, a: Slice, b: Slice) -> bool:
    return _share(a, b)


def _start(_m: Machine, _dictionary: Any, haystack: Slice, needle: Slice) -> int:
    if needle.n == 0:
        return 0
    if haystack.a is not needle.a:
        panics.plain_panic("needle not found")
    return needle.o - haystack.o


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "slices.overlaps[...]": _overlaps,
    "slices.startIdx[...]": _start,
    "crypto/internal/fips140/alias.AnyOverlap": _any_overlap,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
