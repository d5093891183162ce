"""Package reflect, conversions: what may be assigned or converted to what, and how.

Source: reflect/value.go (`assignTo`, `convertOp`), reflect/type.go (`directlyAssignable`,
`haveIdenticalUnderlyingType`), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.gotypes import types, typesets
from mkdocs_gomem.machine import numbers
from mkdocs_gomem.machine.slices import decode_runes, encode_rune, to_array_pointer
from mkdocs_gomem.machine.values import Iface, Slice
from mkdocs_gomem.std.natives.reflect_value import (
    ADDRESSABLE,
    COMPLEXES,
    FLOATS,
    KINDS,
    held,
    panic,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType

_REPLACEMENT: Final = "�".encode()
_SIMPLE: Final = frozenset((*KINDS[1:17], "string", "unsafe.Pointer"))
_RUNE: Final = 32


# Assigning.


def implements(interface: RType, typ: RType) -> bool:
    """Tell if a type has all methods of an interface type."""
    return interface.is_interface and not typ.implements(interface)


def assignable(target: RType, typ: RType) -> bool:
    """Tell if values of a type may be assigned to variables of another."""
    return _directly(target, typ) or implements(target, typ)


def _directly(target: RType, typ: RType) -> bool:
    if target is typ:
        return True
    if target.go is None or typ.go is None or (target.has_name and typ.has_name):
        return False
    if target.kind != typ.kind:
        return False
    if target.kind == "chan" and _special_channel(target, typ):
        return True
    return _same_underlying(target, typ, tags=True)


def _special_channel(target: RType, typ: RType) -> bool:
    under = _under(typ)
    return (
        isinstance(under, types.Chan)
        and under.dir is types.ChanDir.SEND_RECV
        and not (target.has_name and typ.has_name)
        and target.elem is typ.elem
    )


def _under(typ: RType) -> types.Type | None:
    return None if typ.go is None else typ.go.underlying


def _same(target: RType, typ: RType, *, tags: bool) -> bool:
    """`haveIdenticalType`"""
    if tags:
        return target is typ
    if (
        target.has_name != typ.has_name
        or (target.has_name and target.name != typ.name)
        or target.kind != typ.kind
        or target.package != typ.package
    ):
        return False
    return _same_underlying(target, typ, tags=False)


def _same_underlying(target: RType, typ: RType, *, tags: bool) -> bool:
    """`haveIdenticalUnderlyingType`"""
    if target is typ:
        return True
    if target.kind != typ.kind or target.go is None or typ.go is None:
        return False
    if target.kind in _SIMPLE:
        return True
    x, y = _under(target), _under(typ)
    match x, y:
        case types.Array(), types.Array():
            return x.len == y.len and _same(target.elem, typ.elem, tags=tags)
        case types.Chan(), types.Chan():
            return x.dir is y.dir and _same(target.elem, typ.elem, tags=tags)
        case types.Signature(), types.Signature():
            pairs = [(x.params, y.params), (x.results, y.results)]
            return x.variadic == y.variadic and all(
                len(a) == len(b)
                and all(
                    _same(_of(target, p.type), _of(typ, q.type), tags=tags)
                    for p, q in zip(a.vars, b.vars, strict=True)
                )
                for a, b in pairs
            )
        case types.Interface(), types.Interface():
            return not typesets.type_set(x).methods and not typesets.type_set(y).methods
        case types.Map(), types.Map():
            return _same(target.key, typ.key, tags=tags) and _same(target.elem, typ.elem, tags=tags)
        case ((types.Pointer() | types.Slice()), (types.Pointer() | types.Slice())):
            return _same(target.elem, typ.elem, tags=tags)
        case types.Struct(), types.Struct():
            return _same_fields(target, typ, tags=tags)
        case _:
            return False


def _of(typ: RType, part: types.Type | None) -> RType:
    assert typ.registry is not None  # noqa: S101 - Go types have one
    assert part is not None  # noqa: S101
    return typ.registry.of(part)


def _same_fields(target: RType, typ: RType, *, tags: bool) -> bool:
    x, y = _under(target), _under(typ)
    assert isinstance(x, types.Struct)  # noqa: S101 - of kind struct
    assert isinstance(y, types.Struct)  # noqa: S101
    if len(x.fields) != len(y.fields):
        return False
    for at, (a, b) in enumerate(zip(x.fields, y.fields, strict=True)):
        mine, theirs = target.fields[at], typ.fields[at]
        paths = ["" if f.pkg is None else f.pkg.path for f in (a, b)]
        if mine.name != theirs.name or (not mine.exported and paths[0] != paths[1]):
            return False
        if not _same(mine.type, theirs.type, tags=tags):
            return False
        if (tags and mine.tag != theirs.tag) or mine.embedded != theirs.embedded:
            return False
    return True


def boxed(typ: RType, value: Any) -> Iface | None:
    """Return a value of any type as an interface value."""
    if typ.is_interface:
        return value  # type: ignore[no-any-return]
    return Iface(typ, typ.copy(value))


def assigned(m: Machine, context: str, target: RType, value: Any) -> Any:
    """Return what to put into a variable, not copied; panic if it may not be assigned."""
    typ = value.f0
    if _directly(target, typ):
        return held(value)
    if implements(target, typ):
        return boxed(typ, held(value))
    return panic(
        m,
        f"{context}: value of type {typ.name} is not assignable to type {target.name}",
    )


# Converting.


def conversion(target: RType, typ: RType) -> Callable[[Machine, RType, Any], Any] | None:
    """Return what converts values of a type to another; None if that can't be (`convertOp`)."""
    if target.go is None or typ.go is None:
        return _boxing if implements(target, typ) else None
    if typ.integer:
        if target.integer:
            return _to_integer
        if target.kind in FLOATS:
            return _to_float
        if target.kind == "string":
            return _rune_text
    elif typ.kind in FLOATS:
        if target.integer:
            return _float_to_integer
        if target.kind in FLOATS:
            return _to_float
    elif typ.kind in COMPLEXES and target.kind in COMPLEXES:
        return _to_complex
    found = _of_sequences(target, typ)
    if found is not None:
        return found
    if typ.kind == "chan" and target.kind == "chan" and _special_channel(target, typ):
        return _as_it_is
    if _same_underlying(target, typ, tags=False):
        return _as_it_is
    if (
        target.kind == typ.kind == "ptr"
        and not target.has_name
        and not typ.has_name
        and _same_underlying(target.elem, typ.elem, tags=False)
    ):
        return _as_it_is
    return _boxing if implements(target, typ) else None


def _of_sequences(target: RType, typ: RType) -> Callable[[Machine, RType, Any], Any] | None:
    if typ.kind == "string" and target.kind == "slice":
        return {"uint8": _to_bytes, "int32": _to_runes}.get(target.elem.kind)
    if typ.kind != "slice":
        return None
    if target.kind == "string":
        return {"uint8": _bytes_text, "int32": _runes_text}.get(typ.elem.kind)
    if target.kind == "ptr" and target.elem.kind == "array" and target.elem.elem is typ.elem:
        return _to_array_pointer
    if target.kind == "array" and target.elem is typ.elem:
        return _to_array
    return None


def _to_integer(_m: Machine, target: RType, value: Any) -> int:
    return numbers.wrap(held(value), target.bits, signed=target.signed)


def _float_to_integer(_m: Machine, target: RType, value: Any) -> int:
    wide = numbers.float_to_int(held(value), 64, target.signed)
    return numbers.wrap(wide, target.bits, signed=target.signed)


def _to_float(_m: Machine, target: RType, value: Any) -> float:
    number = float(held(value))
    return numbers.single(number) if target.kind == "float32" else number


def _to_complex(_m: Machine, target: RType, value: Any) -> complex:
    number: complex = held(value)
    return numbers.single_complex(number) if target.kind == "complex64" else number


def _rune_text(_m: Machine, _target: RType, value: Any) -> bytes:
    number = held(value)
    return encode_rune(number) if -(1 << 31) <= number < 1 << 31 else _REPLACEMENT


def _bytes_text(_m: Machine, _target: RType, value: Any) -> bytes:
    return bytes(held(value).elements())


def _runes_text(_m: Machine, _target: RType, value: Any) -> bytes:
    return b"".join(encode_rune(rune) for rune in held(value).elements())


def _to_bytes(_m: Machine, _target: RType, value: Any) -> Slice:
    text = bytearray(held(value))
    return Slice(text, 0, len(text), len(text))


def _to_runes(_m: Machine, _target: RType, value: Any) -> Slice:
    runes = [rune for _, rune in decode_runes(held(value))]
    return Slice(runes, 0, len(runes), len(runes))


def _long_enough(m: Machine, s: Slice, length: int, what: str) -> None:
    if length > s.n:
        panic(
            m,
            f"reflect: cannot convert slice with length {s.n} to {what} with length {length}",
        )


def _to_array_pointer(m: Machine, target: RType, value: Any) -> Any:
    length = target.elem.length
    _long_enough(m, held(value), length, "pointer to array")
    return to_array_pointer(held(value), length)


def _to_array(m: Machine, target: RType, value: Any) -> Any:
    _long_enough(m, held(value), target.length, "array")
    return m.slices.to_array(held(value), target.length, target.elem.copy)


def _as_it_is(_m: Machine, target: RType, value: Any) -> Any:
    found = held(value)
    return target.copy(found) if value.f2 & ADDRESSABLE else found


def _boxing(_m: Machine, _target: RType, value: Any) -> Iface | None:
    return boxed(value.f0, held(value))
