"""Package internal/reflectlite: what package sort asks of a slice.

A `Value` is an object with the fields of the real one; its pointer field holds the interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.rtypes import native_type
from mkdocs_gomem.machine.slices import swap as swap_elements
from mkdocs_gomem.machine.values import Iface
from mkdocs_gomem.std.natives import reflect_types
from mkdocs_gomem.std.natives.reflect_value import ValueError_, made_swapper

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


_TYPE: Final = native_type("*reflectlite.rtype", {}, with_machine=reflect_types.METHODS)
_VALUE_ERROR: Final = native_type("*reflectlite.ValueError", {"Error": ValueError_.error})


class Value:
    """A `reflectlite.Value`: type, pointer, flags."""

    __slots__ = ("f0", "f1", "f2")

    def __init__(self, of: Iface | None) -> None:
        self.f0 = None
        self.f1 = of
        self.f2 = 0


def _type_of(_m: Machine, of: Iface | None) -> Iface | None:
    return None if of is None else Iface(_TYPE, of.t)


def _value_of(_m: Machine, of: Iface | None) -> Value:
    return Value(of)


def _len(_m: Machine, value: Any) -> int:
    held = value.f1
    if held is None or held.t.kind != "slice":
        raise panics.Unsupported("reflectlite.Value.Len of what is no slice")
    return int(held.v.n)


def _swapper(m: Machine, of: Iface | None) -> Callable[[int, int], None]:
    if of is None or of.t.kind != "slice":
        kind = "invalid" if of is None else of.t.kind
        raise panics.Panic(Iface(_VALUE_ERROR, ValueError_("Swapper", kind)))
    header = of.v
    elem = of.t.elem

    def swap(i: int, j: int) -> None:
        for place in (i, j):
            if not 0 <= place < header.n:
                panics.runtime_panic("reflect: slice index out of range")
        swap_elements(elem, header, i, j)

    made_swapper(m, elem, header.n, swap)
    return swap


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "internal/reflectlite.TypeOf": _type_of,
    "internal/reflectlite.ValueOf": _value_of,
    "internal/reflectlite.Value.Len": _len,
    "internal/reflectlite.Swapper": _swapper,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
TYPES: Final = {"*internal/reflectlite.rtype": _TYPE}
