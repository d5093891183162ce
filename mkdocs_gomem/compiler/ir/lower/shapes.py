"""The shape of a type argument: what types have in common that share one compiled function.

`go.shape.int` stands for each type whose underlying type is `int`; where a constraint has only
methods, every pointer has the shape of `*uint8`. A shape is known by the name of the underlying
type.

Where one argument of a generic type is a shape, gc makes shapes of all: `Pair[K, int]` in code for
the shape of K is `Pair[go.shape.string,go.shape.int]`. But it reads types eagerly, and what it is
still reading is no argument that it could make a shape of, as in
`type node[T any] struct { next atomic.Pointer[node[T]] }`. So does the `Context` of functions.

Source: cmd/compile/internal/noder/reader.go (Shapify, objDictIdx), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir.lower import conversions
from mkdocs_gomem.gotypes import instantiate, objects, spelling, types, typesets
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.lean import override
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.gotypes.types import Type, TypeParam

PACKAGE = objects.Package(spelling.SHAPE_PATH, spelling.SHAPE_PATH, imported=True)


def spell_targs(targs: Sequence[Type]) -> str:
    """Return type arguments as they stand in a function's name."""
    return ",".join(map(spelling.link_string, targs))


class Context(instantiate.Context):
    """Instances in the code of functions, where all arguments of a type are shapes or none is.

    gc reads types eagerly: an instance with shapes has its underlying type at once, and while that
    is being read it is no argument that could be made a shape of.
    """

    __slots__ = ("_shapes", "_unfinished")

    def __init__(self, parent: instantiate.Context) -> None:
        super().__init__(parent)
        self._shapes: dict[str, types.Named] = {}
        self._unfinished: set[types.Named] = set()

    @override
    def instance(
        self,
        orig: Type,
        args: Sequence[Type],
        pos: Pos = NO_POS,
        *,
        implicits: Sequence[Type] = (),
    ) -> Type:
        if not any(map(conversions.has_shape, (*args, *implicits))):
            return super().instance(orig, args, pos, implicits=implicits)
        if isinstance(orig, types.Named) and implicits:
            implicits = list(map(self.shape, implicits, orig.implicits))
        if isinstance(orig, types.Named | types.Alias):
            args = list(map(self.shape, args, orig.type_params))
        found = super().instance(orig, args, pos, implicits=implicits)
        if (
            isinstance(found, types.Named)
            and found.from_rhs is None
            and found not in self._unfinished
        ):
            self._unfinished.add(found)
            found.unpack()
            self._unfinished.discard(found)
        return found

    def shape(self, targ: Type, param: TypeParam) -> Type:
        """Return the shape of a type argument (Shapify)."""
        targ = types.unalias(targ)
        if self._is_unfinished(targ):
            return targ
        under = targ.underlying
        if (
            isinstance(under, types.Interface)
            and isinstance(targ, types.Named)
            and targ.type_args
            and conversions.has_shape(targ)
        ):
            # An interface that mentions itself would not be the same in all signatures.
            return targ
        basic = typesets.is_method_set(typesets.type_set(param.iface()))
        if basic and isinstance(under, types.Pointer):
            under = types.Pointer(TYP[BasicKind.UINT8])
        elif conversions.is_shape(targ):
            return targ
        name = spelling.shape_name(targ, basic=basic)
        shape = self._shapes.get(name)
        if shape is None:
            _, _, own = name.partition(f"{spelling.SHAPE_PATH}.")
            shape = types.Named(objects.TypeName(NO_POS, PACKAGE, own))
            shape.set_underlying(under)
            self._shapes[name] = shape
        return shape

    def _is_unfinished(self, typ: Type | None) -> bool:
        while isinstance(typ, types.Named):
            if typ in self._unfinished:
                return True
            typ = None if typ.from_rhs is None else types.unalias(typ.from_rhs)
        return False
