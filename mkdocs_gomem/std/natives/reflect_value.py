"""What is a `reflect.Value`? Its three fields as Go has them, and how it is taken apart.

The fields are the type, a place that holds the value, and flags with Go's bits, so that Go code
of package reflect which only asks for flags runs as it is. A place is the object itself for a
struct or array, else something with a `v` (`machine.values`): of the variable, if it is
addressable, else a `Ref` of its own.

A method value (`v.Method(i)`) is held as the function that it stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.values import Iface, Ref

if TYPE_CHECKING:
    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType

KINDS: Final = (
    "invalid", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16",
    "uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128", "array",
    "chan", "func", "interface", "map", "ptr", "slice", "string", "struct", "unsafe.Pointer",
)  # fmt: skip
KIND_NUMBERS: Final = {name: number for number, name in enumerate(KINDS)}
INTS: Final = ("int", "int8", "int16", "int32", "int64")
UINTS: Final = ("uint", "uint8", "uint16", "uint32", "uint64", "uintptr")
FLOATS: Final = ("float32", "float64")
COMPLEXES: Final = ("complex64", "complex128")
STICKY: Final = 1 << 5
"""It comes from an unexported field (`flagStickyRO`)."""
EMBEDDED: Final = 1 << 6
"""It comes from an unexported embedded field, whose own fields may be exported (`flagEmbedRO`)."""
READ_ONLY: Final = STICKY | EMBEDDED
ADDRESSABLE: Final = 1 << 8
_WORD: Final = 8
_WORDS: Final = (1, 2, 4, _WORD)
_FEW: Final = 2
"""Below this many elements there is nothing to swap."""


class Value:
    """A `reflect.Value`."""

    __slots__ = ("f0", "f1", "f2")

    def __init__(self, typ: RType | None, place: Any, flags: int) -> None:
        self.f0 = typ
        self.f1 = place
        self.f2 = flags


def zero_value() -> Value:
    """Return `reflect.Value{}`."""
    return Value(None, None, 0)


def at(typ: RType, place: Any, flags: int = 0) -> Value:
    """Return the value of a type that is at a place."""
    return Value(typ, place, flags | KIND_NUMBERS[typ.kind])


def hold(typ: RType, value: Any, flags: int = 0) -> Value:
    """Return a value that is not addressable."""
    return Value(typ, value if typ.composite else Ref(value), flags | KIND_NUMBERS[typ.kind])


def held(value: Any) -> Any:
    """Return what is in a value, not copied."""
    return value.f1 if value.f0.composite else value.f1.v


def sticky(flags: int) -> int:
    """Return the flags of what is reached through a value with these (`flag.ro`)."""
    return STICKY if flags & READ_ONLY else 0


def kind_of(value: Any) -> str:
    """Return the kind of a value, `invalid` for the zero one."""
    return "invalid" if value.f0 is None else value.f0.kind


def store(value: Any, new: Any) -> None:
    """Put something of the same type into the place of an addressable value."""
    if value.f0.composite:
        value.f0.ops.assign(value.f1, new)
    else:
        value.f1.v = new


# Panics.


class ValueError_:  # noqa: N801 - Go's, not Python's
    """A `reflect.ValueError`: Method, Kind."""

    __slots__ = ("f0", "f1")

    def __init__(self, method: str, kind: str) -> None:
        self.f0 = method.encode()
        self.f1 = KIND_NUMBERS[kind]

    def error(self) -> bytes:
        """What `Error` returns."""
        kind = KINDS[self.f1]
        on = "zero" if kind == "invalid" else kind
        return f"reflect: call of {self.f0.decode()} on {on} Value".encode()


def wrong_kind(m: Machine, method: str, kind: str) -> NoReturn:
    """Panic as a method does on a value of another kind."""
    from mkdocs_gomem.std.natives.reflect_types import VALUE_ERROR  # noqa: PLC0415 - it needs us

    del m
    raise panics.Panic(Iface(VALUE_ERROR, ValueError_(method, kind)))


def panic(m: Machine, text: str) -> NoReturn:
    """Panic with a string."""
    panics.text_panic(m.types, text)


def wanted(m: Machine, value: Any, method: str, *kinds: str) -> Any:
    """Return what is in a value of one of some kinds; panic as reflect does if it is of none."""
    typ = value.f0
    if typ is None or typ.kind not in kinds:
        wrong_kind(m, f"reflect.Value.{method}", kind_of(value))
    return value.f1 if typ.composite else value.f1.v


def must_be_exported(m: Machine, value: Any, method: str) -> None:
    """Panic for values that unexported fields have led to."""
    if value.f0 is None:
        wrong_kind(m, method, "invalid")
    if value.f2 & READ_ONLY:
        panic(m, f"reflect: {method} using value obtained using unexported field")


def must_set(m: Machine, value: Any, method: str) -> None:
    """Panic for values that can't be assigned to (`mustBeAssignable`)."""
    must_be_exported(m, value, f"reflect.Value.{method}")
    if not value.f2 & ADDRESSABLE:
        panic(m, f"reflect: reflect.Value.{method} using unaddressable value")


def copied_out(m: Machine, typ: RType, value: object) -> None:
    """Log the copy that is made of a value that could change (`packEface`, `copyVal`)."""
    if not typ.direct:
        m.made_by_std(value, typ.size, noscan=typ.noscan)


def made_swapper(m: Machine, elem: RType, length: int, swap: object) -> None:
    """Log what `Swapper` allocates: its closure, and room for an element of unusual size."""
    if length < _FEW:
        return
    usual = elem.size in _WORDS if elem.noscan else elem.size == _WORD or elem.kind == "string"
    if not usual:
        m.made_by_std(elem, elem.size, noscan=elem.noscan)
    m.made_by_std(swap, 4 * _WORD if usual else 5 * _WORD, noscan=False)
