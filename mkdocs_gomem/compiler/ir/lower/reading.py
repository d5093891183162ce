"""Which instances of generic types gc makes only because it read a type.

gc reads a declared type as a whole when it meets its name: what it is made of, and the signatures
of its methods, and so on. For each instance of a generic type that comes up, all its methods are
compiled with the package. Few programs' decisions depend on that, so a program is lowered without
them, and once more with them if `Program.needs_reading` says so (docs/decisions/0010); to hold us
against all that gc decided (`tools/stdcosts.py`) they are always made.

Source: cmd/compile/internal/noder/reader.go (typIdx, objIdxMayFail, funcExt), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir.lower import conversions, shapes
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.ir.lower.package import Lowerer
    from mkdocs_gomem.gotypes.types import Type


class Reader:
    """The types that were read so far for one package."""

    __slots__ = ("_lowerer", "_seen")

    def __init__(self, lowerer: Lowerer) -> None:
        self._lowerer = lowerer
        self._seen: set[tuple[types.Named, str] | Type] = set()
        """Declared types and instances; those of a generic type by its arguments' spelling."""

    def read(self, typ: Type | None) -> None:
        """Read a type, with all that it is made of."""
        if typ is not None:
            self._walk(typ)

    def has_read(self, typ: types.Named) -> bool:
        """Tell if a declared type has come up."""
        return typ in self._seen

    def _walk(self, typ: Type | None) -> None:
        match typ:
            case None | types.Basic() | types.TypeParam():
                pass
            case types.Alias():
                self._walk(types.unalias(typ))
            case types.Named():
                self._named(typ)
            case types.Pointer() | types.Slice() | types.Array() | types.Chan():
                self._walk(typ.elem)
            case types.Map():
                self._walk(typ.key)
                self._walk(typ.elem)
            case types.Struct():
                for field in typ.fields:
                    self._walk(field.type)
            case types.Tuple():
                for var in typ.vars:
                    self._walk(var.type)
            case types.Signature() if not typ.type_params:
                self._walk(typ.params)
                self._walk(typ.results)
            case types.Interface():
                for method in typ.methods:
                    self._walk(method.signature)
                for embedded in typ.embeddeds:
                    self._walk(embedded)
            case _:
                pass

    def _named(self, typ: types.Named) -> None:
        if conversions.is_shape(typ) or typ in self._seen:
            return
        self._seen.add(typ)
        if typ.type_args:
            targs = [types.unalias(targ) for targ in typ.type_args]
            for targ in targs:
                self._walk(targ)
            self._instance(typ.origin, targs)
        else:
            self._walk(typ.underlying)
            self._signatures(typ)

    def _instance(self, origin: types.Named, targs: Sequence[Type]) -> None:
        key = (origin, shapes.spell_targs(targs))
        if key in self._seen:
            return
        self._seen.add(key)
        lowerer = self._lowerer
        typ = lowerer.context.instance(origin, targs)
        if not isinstance(typ, types.Named):
            return
        self._walk(typ.underlying)
        self._signatures(typ)
        shaped = any(map(conversions.has_shape, targs))
        if not shaped:
            lowerer.later(lambda: self._shaped(origin, targs))
        lowerer.later(lambda: self._methods(origin, targs, shaped=shaped))

    def _shaped(self, origin: types.Named, targs: Sequence[Type]) -> None:
        context = self._lowerer.context
        self._instance(origin, list(map(context.shape, targs, origin.type_params)))

    def _signatures(self, typ: types.Named) -> None:
        for method in typ.methods:
            if not method.signature.type_params:
                self.read(method.signature)

    def _methods(self, origin: types.Named, targs: Sequence[Type], *, shaped: bool) -> None:
        for method in origin.methods:
            if method.signature.type_params or method.name == "_":
                continue
            if shaped:
                self._lowerer.shaped_for(method, targs)
            else:
                self._lowerer.unshaped(method, targs)
