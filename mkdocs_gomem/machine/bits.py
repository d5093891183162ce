"""What bytes would a value have in memory, and what value do bytes make?

Little-endian, with the offsets and padding of the type's layout; padding is zero. Only for types
without pointers (`RType.noscan`): a pointer, string or slice has no bytes here, as nothing has a
real address. Values are as `values` holds them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine import panics

if TYPE_CHECKING:
    from mkdocs_gomem.machine.rtypes import RType

_FORMATS = {
    "bool": "<?", "int8": "<b", "int16": "<h", "int32": "<i", "int": "<q", "int64": "<q",
    "uint8": "<B", "uint16": "<H", "uint32": "<I", "uint": "<Q", "uint64": "<Q", "uintptr": "<Q",
    "float32": "<f", "float64": "<d",
}  # fmt: skip
_HALVES = {"complex64": "<ff", "complex128": "<dd"}


def encode(typ: RType, value: Any) -> bytes:
    """Return the bytes of a value."""
    made = bytearray(typ.size)
    encode_into(typ, value, made, 0)
    return bytes(made)


def encode_into(typ: RType, value: Any, memory: bytearray, at: int) -> None:
    """Write the bytes of a value into a stretch of memory."""
    form = _FORMATS.get(typ.kind)
    if form is not None:
        struct.pack_into(form, memory, at, value)
    elif typ.kind in _HALVES:
        struct.pack_into(_HALVES[typ.kind], memory, at, value.real, value.imag)
    elif typ.kind == "array":
        size = typ.elem.size
        for number in range(typ.length):
            encode_into(typ.elem, value[number], memory, at + number * size)
    elif typ.kind == "struct":
        for field in typ.fields:
            encode_into(field.type, getattr(value, field.slot), memory, at + field.offset)
    else:
        raise panics.Unsupported(f"{typ.name} as bytes")


def decode(typ: RType, memory: bytes | bytearray, at: int = 0) -> Any:
    """Return the value that bytes make."""
    form = _FORMATS.get(typ.kind)
    if form is not None:
        return struct.unpack_from(form, memory, at)[0]
    if typ.kind in _HALVES:
        return complex(*struct.unpack_from(_HALVES[typ.kind], memory, at))
    if typ.kind == "array":
        made = typ.ops.zero()
        size = typ.elem.size
        for number in range(typ.length):
            made[number] = decode(typ.elem, memory, at + number * size)
        return made
    if typ.kind == "struct":
        return typ.ops.make(
            *[decode(field.type, memory, at + field.offset) for field in typ.fields]
        )
    raise panics.Unsupported(f"bytes as {typ.name}")
