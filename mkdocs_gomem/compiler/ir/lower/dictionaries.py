"""Dictionaries: what the shaped code of a generic declaration must know of its type arguments.

Two views of one thing. For whoever runs the code a dictionary is a list of `words`, numbered as
they come up (`Layout.word`). For gc it is an array of four parts (methods of type parameters,
other dictionaries, types, pairs of a type and an interface), and both an index and the length of
that array are printed: `G[go.shape.int]((*[3]uintptr)(.dict[2]), x) escapes to heap`. So each
function also keeps what gc writes down for it (`Needs`), in the order of its text; `Layout.settle`
puts the functions of a declaration together and numbers what is printed.

gc tells types apart by identity of objects, as the checker made them: `[]T` written twice is two
types. So do we: `Type` compares by identity.

The layout belongs to the generic declaration (all methods of a generic type share the type's), in
terms of its type parameters.

Not here: who asks for which word (`generics`, `exprs`, `calls`, `stmts`).
Source: cmd/compile/internal/noder (writer.go: writerDict, rtype, itab, subdictIdx; reader.go:
readerDict, dictNameOf), go1.27.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from mkdocs_gomem import lean
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Expr, Name, Op
from mkdocs_gomem.gotypes import constants, identical, objects, predicates, types
from mkdocs_gomem.gotypes.types import TYP, BasicKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mkdocs_gomem.gotypes.types import Type, TypeParam
    from mkdocs_gomem.source import Pos

UINTPTR = TYP[BasicKind.UINTPTR]

Owner = objects.Func | types.Named
"""A generic declaration with dictionaries of its own."""


@lean.dataclass(frozen=True, slots=True)
class Entry:
    """What one word of a dictionary holds, in terms of the declaration's type parameters."""

    type: Type | None = None
    """The word is a type."""
    owner: Owner | None = None
    """The word is the dictionary of this generic declaration, with `targs`."""
    targs: tuple[Type, ...] = ()
    type_param: TypeParam | None = None
    """The word is the method `name` of this type parameter's argument."""
    method: objects.Func | None = None

    def same(self, other: Entry) -> bool:
        """Tell if two entries are one word."""
        if self.type is not None:
            return other.type is not None and identical.identical(self.type, other.type)
        if self.owner is not None:
            return self.owner is other.owner and identical.identical_lists(self.targs, other.targs)
        return (
            self.type_param is other.type_param
            and self.method is not None
            and other.method is not None
            and self.method.id == other.method.id
        )


Method = tuple["TypeParam", str]
"""A method of a type parameter, by the layout's type parameter and the method's id."""
Subdict = tuple[Owner, tuple["Type", ...]]
"""The dictionary of a declaration for type arguments."""


class Needs:
    """What gc writes down for the dictionary while it reads one function, in order."""

    __slots__ = ("indexes", "itabs", "methods", "rtypes", "subdicts")

    def __init__(self) -> None:
        self.methods: dict[Method, None] = {}
        self.subdicts: dict[Subdict, None] = {}
        self.rtypes: dict[Type, None] = {}
        """As the function has them, in terms of its own type parameters."""
        self.itabs: dict[tuple[Type, Type], None] = {}
        self.indexes: list[tuple[nodes.Literal, Method | Subdict]] = []
        """Indexes that stand in the code; gc's numbers are put into them at the end."""


class Layout:
    """The words of the dictionaries of one generic declaration."""

    __slots__ = ("_grown", "_needs", "array", "entries", "owner", "params", "pointer", "types")

    def __init__(self, owner: Owner, params: Sequence[TypeParam], grown: list[Layout]) -> None:
        self._grown = grown
        """Layouts that have got a word or a type: their dictionaries are to be filled."""
        self.owner = owner
        self.params = params
        self.entries: list[Entry] = []
        self.array = types.Array(UINTPTR, 1)
        """Of the variable that a dictionary is for gc; its length is known at the end."""
        self.pointer = types.Pointer(self.array)
        """Of the parameter `.dict`."""
        self.types: list[Type] = []
        """All types in it, in terms of `params`; a program that has the dictionary has them."""
        self._needs: dict[objects.Func, Needs] = {}

    def word(self, entry: Entry) -> int:
        """Return the number of a word, a new one if need be."""
        for at, known in enumerate(self.entries):
            if known.same(entry):
                return at
        self.entries.append(entry)
        self._grown.append(self)
        return len(self.entries) - 1

    def note_type(self, typ: Type) -> None:
        """Note a type that a program has which has such a dictionary."""
        self.types.append(typ)
        self._grown.append(self)

    def needs(self, func: objects.Func) -> Needs:
        """Return what is noted for a function, the declaration itself or a method of the type."""
        found = self._needs.get(func)
        if found is None:
            found = self._needs[func] = Needs()
        return found

    def settle(self) -> None:
        """Number indexes as gc does, now that all functions are there."""
        if isinstance(self.owner, types.Named):
            funcs = [func for func in self.owner.methods if func in self._needs]
        else:
            funcs = list(self._needs)
        noted = [self._needs[func] for func in funcs]
        methods = _numbered(itertools.chain.from_iterable(needs.methods for needs in noted), 0)
        subdicts = _numbered(
            itertools.chain.from_iterable(needs.subdicts for needs in noted), len(methods)
        )
        rtypes = set(itertools.chain.from_iterable(needs.rtypes for needs in noted))
        itabs = set(itertools.chain.from_iterable(needs.itabs for needs in noted))
        numbers = methods | subdicts
        for needs in noted:
            for literal, key in needs.indexes:
                literal.value = constants.make_int(numbers[key])
        self.array.len = len(numbers) + len(rtypes) + len(itabs)


def _numbered(keys: Iterable[Method | Subdict], start: int) -> dict[Method | Subdict, int]:
    return {key: number for number, key in enumerate(dict.fromkeys(keys), start)}


def written(typ: Type) -> Type:
    """Return a type as gc writes it down: local aliases are no types of their own (typIdx)."""
    typ = predicates.default(typ)
    while isinstance(typ, types.Alias) and not _is_global(typ.obj):
        typ = typ.rhs or types.INVALID
    return typ


def _is_global(obj: objects.TypeName) -> bool:
    return obj.pkg is None or obj.parent is obj.pkg.scope


def index(
    pos: Pos, layout: Layout, needs: Needs, param: Name, entry: Entry, key: Method | Subdict | None
) -> nodes.IndexExpr:
    """Make the expression that reads a word; `key` is None for a type, which gc prints nowhere."""
    number = nodes.Literal(pos, TYP[BasicKind.INT], constants.make_int(0), op=Op.LITERAL)
    if key is not None:
        needs.indexes.append((number, key))
    array = nodes.StarExpr(pos, layout.array, param, implicit=True, op=Op.DEREF)
    return nodes.IndexExpr(pos, UINTPTR, array, number, word=layout.word(entry), op=Op.INDEX)


def dict_word(expr: Expr | None) -> tuple[Name, int] | None:
    """Return dictionary and number of the word that an expression reads, if it reads one."""
    while isinstance(expr, nodes.ConvExpr) and expr.op is Op.CONVNOP:
        expr = expr.x
    if isinstance(expr, nodes.AddrExpr) and expr.op is Op.ADDR:
        expr = expr.x
    match expr:
        case nodes.IndexExpr(
            word=int(word),
            x=nodes.StarExpr(x=(Name() as name) | nodes.AddrExpr(x=Name() as name)),
        ):
            # By its address where an initializer of the package has the dictionary's own name.
            return name, word
        case _:
            return None
