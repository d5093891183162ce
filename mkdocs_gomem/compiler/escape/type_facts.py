"""What escape analysis asks about a type: does it hold pointers, how large is it, what kind?

Untyped nil counts as a pointer, a tuple of results never does.

Source: cmd/compile/internal/types (HasPointers, IsDirectIface, PtrDataSize), go1.27.
"""

from __future__ import annotations

from mkdocs_gomem.gotypes import layout, objects, types
from mkdocs_gomem.gotypes.types import BasicKind, Type

MAP_HEADER_SIZE = 48
"""Bytes of a map's header (internal/runtime/maps.Map)."""


def size_of(typ: Type) -> int:
    """Return the bytes of a value; 0 for what is no value."""
    if isinstance(typ, types.Tuple) or is_untyped(typ):
        return 0
    return layout.sizeof(typ)


_SMALL = frozenset({
    types.Basic, types.Pointer, types.Slice, types.Map, types.Chan, types.Signature,
})  # fmt: skip


def is_small(typ: Type) -> bool:
    """Tell if a value surely takes a few words, whatever it refers to."""
    return type(typ.underlying) in _SMALL


def align_of(typ: Type) -> int:
    """Return the alignment of a value in bytes."""
    if isinstance(typ, types.Tuple) or is_untyped(typ):
        return 1
    return layout.alignof(typ)


def is_untyped(typ: Type) -> bool:
    """Tell if a type is that of an untyped constant or nil."""
    return isinstance(typ, types.Basic) and typ.kind >= BasicKind.UNTYPED_BOOL


def has_pointers(typ: Type) -> bool:
    """Tell if a value holds pointers that the garbage collector follows."""
    if isinstance(typ, types.Tuple):
        return any(var.type is not None and has_pointers(var.type) for var in typ.vars)
    return layout.has_pointers(typ)


class HoldPointers(dict[Type, bool]):
    """`has_pointers` of the types of one program: each is asked about again and again."""

    __slots__ = ()

    def __missing__(self, typ: Type) -> bool:
        found = self[typ] = has_pointers(typ)
        return found


class Sizes(dict[Type, int]):
    """`size_of` of the types of one program."""

    __slots__ = ()

    def __missing__(self, typ: Type) -> int:
        found = self[typ] = size_of(typ)
        return found


def is_direct_iface(typ: Type) -> bool:
    """Tell if an interface holds a value of this type itself, not a pointer to a copy."""
    return layout.is_direct_iface(typ)


_MAX_PARTS = 4
"""ssa.MaxStruct: neither more fields nor more words than this."""


def can_ssa(typ: Type) -> bool:
    """Tell if a variable of this type can be in registers (ssa.CanSSA)."""
    if size_of(typ) == 0:
        return True
    if size_of(typ) > _MAX_PARTS * 8:
        return False
    match typ.underlying:
        case types.Array(elem=inner, len=length):
            return length <= 1 and can_ssa(inner)
        case types.Struct(fields=fields) if not is_direct_iface(typ):
            return len(fields) <= _MAX_PARTS and all(can_ssa(of_var(field)) for field in fields)
        case _:
            return True


def is_interface(typ: Type) -> bool:
    """Tell if a type is an interface."""
    return isinstance(typ.underlying, types.Interface)


def is_array(typ: Type) -> bool:
    """Tell if a type is an array."""
    return isinstance(typ.underlying, types.Array)


def is_slice(typ: Type) -> bool:
    """Tell if a type is a slice."""
    return isinstance(typ.underlying, types.Slice)


def is_unsafe_pointer(typ: Type) -> bool:
    """Tell if a type is unsafe.Pointer."""
    basic = typ.underlying
    return isinstance(basic, types.Basic) and basic.kind is BasicKind.UNSAFE_POINTER


def is_uintptr(typ: Type) -> bool:
    """Tell if a type is uintptr."""
    basic = typ.underlying
    return isinstance(basic, types.Basic) and basic.kind is BasicKind.UINTPTR


def of_var(var: objects.Var) -> Type:
    """Return the type of a field, which it has once the checker is done."""
    return var.type if var.type is not None else types.INVALID


def elem(typ: Type) -> Type:
    """Return the element of a slice, array or pointer type; of others the type itself."""
    match typ.underlying:
        case types.Slice(elem=inner) | types.Array(elem=inner) | types.Pointer(elem=inner):
            return inner
        case other:
            return other
