"""How many bytes does a value take, and which of its words are pointers?

As gc lays types out on amd64: words of 8 bytes, fields in order, each aligned; a struct that
ends in a field without size is one byte longer, so that no pointer to that field can point
past the struct.

Pointers are counted in words: the garbage collector looks at a value word by word, up to its
`ptrdata`.

Type parameters have no layout; instances do.
Source: cmd/compile/internal/types/size.go, cmd/compile/internal/reflectdata (gc programs),
go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.gotypes import types
from mkdocs_gomem.gotypes.types import (
    Array,
    Basic,
    BasicKind,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    StructLayout,
    Type,
    TypeParam,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD: Final = 8
"""Bytes of a word: of `int`, of a pointer, of a register."""
MAX_WIDTH: Final = 1 << 50
"""gc refuses a type as large as this (`MaxWidth` on amd64): "type T too large"."""

_BASIC_SIZES: Final[dict[BasicKind, int]] = {
    BasicKind.BOOL: 1, BasicKind.INT8: 1, BasicKind.UINT8: 1,
    BasicKind.INT16: 2, BasicKind.UINT16: 2,
    BasicKind.INT32: 4, BasicKind.UINT32: 4, BasicKind.FLOAT32: 4,
    BasicKind.INT: 8, BasicKind.UINT: 8, BasicKind.UINTPTR: 8, BasicKind.INT64: 8,
    BasicKind.UINT64: 8, BasicKind.FLOAT64: 8, BasicKind.COMPLEX64: 8,
    BasicKind.COMPLEX128: 16, BasicKind.STRING: 16, BasicKind.UNSAFE_POINTER: 8,
    BasicKind.UNTYPED_BOOL: 1, BasicKind.UNTYPED_INT: 8, BasicKind.UNTYPED_RUNE: 4,
    BasicKind.UNTYPED_FLOAT: 8, BasicKind.UNTYPED_COMPLEX: 16, BasicKind.UNTYPED_STRING: 16,
    BasicKind.UNTYPED_NIL: 8,
    BasicKind.INVALID: 8,  # a word, as gc takes it, so that one error does not make two
}  # fmt: skip


def _no_layout(typ: Type) -> ValueError:
    return ValueError(f"{typ} has no layout")


_FIXED_SIZES: Final[dict[type[Type], int]] = {
    Pointer: WORD, Map: WORD, Chan: WORD, Signature: WORD, Slice: 3 * WORD,
}  # fmt: skip
"""Of types whose elements do not matter. Nothing is asked more often of a type than its layout."""


def sizeof(typ: Type) -> int:
    """Return the bytes of a value."""
    under = typ.underlying
    known = _FIXED_SIZES.get(type(under))
    if known is not None:
        return known
    if isinstance(under, Basic):
        return _BASIC_SIZES[under.kind]
    match under:
        case Struct():
            return struct_layout(under).size
        case Array(elem=elem, len=count):
            return sizeof(elem) * max(count, 0)
        case Interface() if not isinstance(types.unalias(typ), TypeParam):
            return 2 * WORD
        case _:
            raise _no_layout(typ)


def alignof(typ: Type) -> int:
    """Return what a value's address must be a multiple of."""
    under = typ.underlying
    if type(under) in _FIXED_SIZES:
        return WORD
    match under:
        case Basic(kind=kind):
            size = _BASIC_SIZES[kind]
            return 4 if kind is BasicKind.COMPLEX64 else min(size, WORD)
        case Struct():
            return WORD if _is_align64(typ) else struct_layout(under).align
        case Array(elem=elem):
            return alignof(elem)
        case Interface() if not isinstance(types.unalias(typ), TypeParam):
            return WORD
        case _:
            raise _no_layout(typ)


def _is_align64(typ: Type) -> bool:
    """Recognise the empty struct that aligns 64-bit atomics everywhere."""
    named = types.as_named(typ)
    return (
        named is not None
        and named.obj.name == "align64"
        and named.obj.pkg is not None
        and named.obj.pkg.path in {"sync/atomic", "internal/runtime/atomic"}
    )


def round_up(offset: int, align: int) -> int:
    """Return the next multiple of an alignment, a power of two."""
    return (offset + align - 1) & -align


def struct_layout(struct: Struct) -> StructLayout:
    """Return where a struct's fields stand; worked out once."""
    if struct.layout is not None:
        return struct.layout
    offset = 0
    max_align = 1
    ptrdata = 0
    offsets = []
    last_size = -1
    for field in struct.fields:
        field_type = _type_of(field.type)
        align = alignof(field_type)
        max_align = max(max_align, align)
        offset = round_up(offset, align)
        offsets.append(offset)
        field_ptrdata = ptrdata_of(field_type)
        if field_ptrdata:
            ptrdata = offset + field_ptrdata
        last_size = sizeof(field_type)
        offset += last_size
    if offset and not last_size:
        offset += 1
    size = round_up(offset, max_align)
    struct.layout = StructLayout(size, max_align, tuple(offsets), ptrdata)
    return struct.layout


def _type_of(typ: Type | None) -> Type:
    return types.INVALID if typ is None else typ


def offsetof(typ: Type, index: tuple[int, ...]) -> int:
    """Return the offset of a field, by the indexes that lead to it through embedded structs."""
    offset = 0
    for position in index:
        under = typ.underlying
        if not isinstance(under, Struct):
            raise _no_layout(typ)
        offset += struct_layout(under).offsets[position]
        typ = _type_of(under.fields[position].type)
    return offset


_POINTER_KINDS: Final = frozenset({
    BasicKind.STRING, BasicKind.UNSAFE_POINTER, BasicKind.UNTYPED_STRING, BasicKind.UNTYPED_NIL,
})  # fmt: skip


def ptrdata_of(typ: Type) -> int:
    """Return up to which byte a value may hold pointers; 0 if it holds none (`PtrDataSize`)."""
    under = typ.underlying
    if isinstance(under, Basic):
        return WORD if under.kind in _POINTER_KINDS else 0
    if isinstance(under, (Pointer, Slice)):
        return 0 if _is_not_in_heap(under.elem) else WORD
    match under:
        case Struct():
            return struct_layout(under).ptrdata
        case Map() | Chan() | Signature():
            return WORD
        case Array(elem=elem, len=count):
            inner = ptrdata_of(elem)
            return sizeof(elem) * (count - 1) + inner if inner and count > 0 else 0
        case Interface() if not isinstance(types.unalias(typ), TypeParam):
            return 2 * WORD
        case _:
            raise _no_layout(typ)


def _is_not_in_heap(typ: Type) -> bool:
    """Report whether the collector ignores pointers to a type: some of the runtime's own."""
    named = types.as_named(typ)
    if named is not None:
        pkg = named.obj.pkg
        if pkg is None or not ("/" in pkg.path or pkg.path == "runtime"):
            return False
        if pkg.path == "internal/runtime/sys" and named.obj.name == "nih":
            return True
    under = typ.underlying
    if isinstance(under, Basic):
        return False
    match under:
        case Struct(fields=fields):
            return any(
                _is_not_in_heap(_type_of(field.type))
                for field in fields
                if types.as_named(field.type) is not None
            )
        case Array(elem=elem):
            return _is_not_in_heap(elem)
        case _:
            return False


def has_pointers(typ: Type) -> bool:
    """Report whether a value holds pointers that the collector follows."""
    return ptrdata_of(typ) != 0


def pointer_words(typ: Type) -> tuple[int, ...]:
    """Return the offsets in bytes of the words that hold pointers, in order."""
    return tuple(_pointer_words(typ, 0))


def _pointer_words(typ: Type, start: int) -> Iterator[int]:
    match typ.underlying:
        case Struct(fields=fields) as struct:
            for field, offset in zip(fields, struct_layout(struct).offsets, strict=True):
                yield from _pointer_words(_type_of(field.type), start + offset)
        case Array(elem=elem, len=count):
            if has_pointers(elem):
                size = sizeof(elem)
                for index in range(count):
                    yield from _pointer_words(elem, start + index * size)
        case Interface():
            # The first word points to a type or method table: counted as pointer data, but
            # not followed, since tables are kept alive otherwise.
            yield start + WORD
        case _:
            if has_pointers(typ):
                yield start


def is_direct_iface(typ: Type) -> bool:
    """Report whether an interface holds the value itself instead of a pointer to it."""
    return sizeof(typ) == WORD and ptrdata_of(typ) == WORD


def is_zero_sized(typ: Type) -> bool:
    """Report whether values take no memory, so that all may have one address."""
    return sizeof(typ) == 0


def named_fields(typ: Named) -> Iterator[tuple[str, int, int]]:
    """Walk a struct type's fields: name, offset and size; nothing for other types."""
    under = typ.underlying
    if isinstance(under, Struct):
        for field, offset in zip(under.fields, struct_layout(under).offsets, strict=True):
            yield field.name, offset, sizeof(_type_of(field.type))
