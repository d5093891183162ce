"""In which order do the descriptors of types lie in memory?

`fmt` sorts the keys of a `map[any]T` by the address of their types' descriptors first, so the
order in which the linker lays these out is seen on the screen (`internal/fmtsort`).

The linker's (cmd/link/internal/ld/data.go, go1.27): first the types that have no name, by what
they are called; then the others, by the size of their descriptors; of one size in the order of
the object files, the program's first, runtime's with the predeclared types behind those that
the program imports. In one object file they are sorted by name (reflectdata.WriteRuntimeTypes);
the predeclared ones stand as `_PREDECLARED` has them (reflectdata.WriteBasicTypes).

Not exact: which of two packages of std comes first; we go by their paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.gotypes import methods, types

if TYPE_CHECKING:
    from mkdocs_gomem.machine.rtypes import RType

_PREDECLARED: Final = (
    "string", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "int",
    "uint", "uintptr", "complex64", "complex128", "float32", "float64", "bool", "unsafe.Pointer",
)  # fmt: skip
"""`string` is first since something of package runtime itself needs its descriptor."""
_COMMON: Final = 48
"""Bytes of `abi.Type`, which each descriptor begins with."""
_MORE: Final = {"ptr": 8, "array": 24, "chan": 16, "struct": 32}
"""Bytes that descriptors of some kinds have besides; all others' values are no map keys."""
_FIELD: Final = 24
_UNCOMMON: Final = 16
"""Bytes of `abi.UncommonType`, which types with a name have."""
_METHOD: Final = 16

Order = tuple[int, int, int, str, str]


def order(typ: RType) -> Order:
    """Return what sorts as the addresses of types' descriptors do."""
    if not typ.has_name or typ.go is None:
        return (0, 0, 0, typ.name, "")
    size = _COMMON + _MORE.get(typ.kind, 0) + _UNCOMMON
    if typ.kind == "struct":
        size += _FIELD * len(typ.fields)
    if not typ.named_type:
        return (1, size, 2, f"{_PREDECLARED.index(typ.kind):2}", "")
    own = [item for item in methods.method_set(typ.go) if not item.func.signature.type_params]
    named = types.as_named(typ.go)
    inside = named is None or named.obj.pkg is None or named.obj.pkg.name == "main"
    place = ("", typ.name) if inside else (typ.package, typ.name)
    return (1, size + _METHOD * len(own), 0 if inside else 1, *place)
