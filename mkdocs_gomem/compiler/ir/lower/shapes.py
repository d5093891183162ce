"""The shape of a type argument: what types have in common that share one compiled function.

`go.shape.int` stands for each type whose underlying type is `int`; where a constraint has only
methods, every pointer has the shape of `*uint8`. A shape is known by the name of the underlying
type, and in that name the instances of generic types that have shapes among their arguments are
named as gc has them at that moment: gc replaces such an argument by its shape, too, unless it is
still reading it, as in `type node[T any] struct { next atomic.Pointer[node[T]] }`. What was
read once stays as it was read.

Source: cmd/compile/internal/noder/reader.go (Shapify, objDictIdx), go1.27.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import typefmt
from mkdocs_gomem.compiler.ir.lower import conversions
from mkdocs_gomem.gotypes import objects, substitute, types, typesets
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.gotypes.instantiate import Context
    from mkdocs_gomem.gotypes.types import Type, TypeParam

PACKAGE = objects.Package(typefmt.SHAPE_PATH, typefmt.SHAPE_PATH, imported=True)
MAX_NAME = 500
"""Bytes of a type's name; a longer one's shape is named by a hash (base.Debug.MaxShapeLen)."""

Instance = tuple[types.Named, str]
"""A generic type and its type arguments, spelled."""


class Shapes:
    """The shapes of one package, and the instances with shapes that were read for it."""

    __slots__ = ("_context", "_made", "_read", "_unfinished")

    def __init__(self, context: Context) -> None:
        self._context = context
        self._made: dict[str, types.Named] = {}
        self._read: dict[Instance, Type] = {}
        """What an instance is made of, its parts named as they were when it was read."""
        self._unfinished: set[Instance] = set()

    def shape(self, targ: Type, param: TypeParam) -> Type:
        """Return the shape of a type argument."""
        targ = types.unalias(targ)
        under = targ.underlying
        if isinstance(targ, types.Pointer | types.Named) and isinstance(under, types.Pointer):
            basic = typesets.is_method_set(typesets.type_set(param.iface()))
            if basic:
                under = types.Pointer(TYP[BasicKind.UINT8])
        if under is targ.underlying and conversions.is_shape(targ):
            return targ
        name = _name(self.as_read(targ) if under is targ.underlying else under)
        shape = self._made.get(name)
        if shape is None:
            shape = self._made[name] = types.Named(objects.TypeName(NO_POS, PACKAGE, name))
            shape.set_underlying(under)
        return shape

    def arguments(self, origin: types.Named, targs: Sequence[Type]) -> list[Type]:
        """Return the arguments that an instance has in gc, one of them having a shape."""
        return [
            targ if self._is_unfinished(targ) else self.shape(targ, param)
            for targ, param in zip(targs, origin.type_params, strict=True)
        ]

    def _is_unfinished(self, typ: Type) -> bool:
        return (
            isinstance(typ, types.Named)
            and (typ.origin, spell_targs(typ.type_args)) in self._unfinished
        )

    def as_read(self, typ: Type) -> Type:
        """Return what a type is made of, instances in it as gc has them."""
        if not isinstance(typ, types.Named):
            return self.settle(typ)
        if not typ.type_args or not conversions.has_shape(typ):
            return typ.underlying
        key = (typ.origin, spell_targs(typ.type_args))
        found = self._read.get(key)
        if found is None:
            if key in self._unfinished:
                return typ.underlying
            self._unfinished.add(key)
            found = self._read[key] = self.settle(typ.underlying)
            self._unfinished.discard(key)
        return found

    def settle(self, typ: Type) -> Type:
        """Return a type with the instances in it as gc has them, reading what was not read."""
        if not conversions.has_shape(typ):
            return typ
        return substitute.replace_named(typ, self._instance, self._context)

    def _instance(self, typ: types.Named) -> Type:
        if not typ.type_args or not conversions.has_shape(typ):
            return typ
        targs = [self.settle(types.unalias(targ)) for targ in typ.type_args]
        made = self._context.instance(typ.origin, self.arguments(typ.origin, targs))
        self.as_read(made)
        return made


def _name(under: Type) -> str:
    name = typefmt.link_string(under)
    if len(name.encode()) <= MAX_NAME:
        return name
    digest = hashlib.sha256(name.encode()).digest()
    return bytes((digest[0] ^ 0xFF, *digest[1:])).hex()  # gc's hash, made not to be SHA-256


def spell_targs(targs: Sequence[Type]) -> str:
    """Return type arguments as they stand in a function's name."""
    return ",".join(map(typefmt.link_string, targs))
