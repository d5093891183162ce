"""What a Go type is: one class per kind of type, as types2 knows them.

Made by `checker` (from syntax), by `universe` (the predeclared ones) and by `instantiate`
(from generic ones); read by every room above.

Invariants:
  1. types compare by identity; whether two are the same Go type is `identical.identical`;
  2. a type never changes after it is complete. `Named`, `Alias`, `Interface`, `TypeParam` and
     `Struct` may be born incomplete, because declarations are recursive, and are completed once;
  3. a declared type's parts come when they are first asked for: `Named.resolver` fills a type
     that a library declares, `Instance.expander` fills an instance of a generic type.

Fields carry the names of types2's methods in snake_case: `Signature.Params()` is `.params`.
A list that types2 leaves nil is an empty list or an empty `Tuple` here, never None.

Not here: objects (`objects`), questions about types (`predicates`, `identical`, `typesets`,
`lookup`), sizes (`layout`), spelling (`spelling`).
Source: cmd/compile/internal/types2 (basic.go, named.go, alias.go, interface.go, …), go1.27.
"""

from __future__ import annotations

import enum
import itertools
from typing import TYPE_CHECKING, Final, Protocol

from mkdocs_gomem.lean import dataclass, field, override
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.gotypes.instantiate import Context
    from mkdocs_gomem.gotypes.objects import Func, Scope, TypeName, Var


class Type:
    """Any Go type; compared by identity."""

    __slots__ = ()

    @property
    def underlying(self) -> Type:
        """The type that decides what can be done with values: itself, unless it has a name."""
        return self

    @override
    def __str__(self) -> str:
        from mkdocs_gomem.gotypes import spelling  # noqa: PLC0415

        return spelling.type_string(self)

    @override
    def __repr__(self) -> str:
        return f"<{self}>"


class BasicKind(enum.IntEnum):
    """Which basic type; the order of the untyped numeric kinds is the order of mixing."""

    INVALID = 0
    BOOL = 1
    INT = 2
    INT8 = 3
    INT16 = 4
    INT32 = 5
    INT64 = 6
    UINT = 7
    UINT8 = 8
    UINT16 = 9
    UINT32 = 10
    UINT64 = 11
    UINTPTR = 12
    FLOAT32 = 13
    FLOAT64 = 14
    COMPLEX64 = 15
    COMPLEX128 = 16
    STRING = 17
    UNSAFE_POINTER = 18
    UNTYPED_BOOL = 19
    UNTYPED_INT = 20
    UNTYPED_RUNE = 21
    UNTYPED_FLOAT = 22
    UNTYPED_COMPLEX = 23
    UNTYPED_STRING = 24
    UNTYPED_NIL = 25
    BYTE = 8
    RUNE = 5


# What kind of values a basic type has (types2's BasicInfo). Plain ints: operations of `IntFlag`
# cost a microsecond each, and predicates use them all the time.
IS_BOOLEAN: Final = 1
IS_INTEGER: Final = 2
IS_UNSIGNED: Final = 4
IS_FLOAT: Final = 8
IS_COMPLEX: Final = 16
IS_STRING: Final = 32
IS_UNTYPED: Final = 64
IS_ORDERED: Final = IS_INTEGER | IS_FLOAT | IS_STRING
IS_NUMERIC: Final = IS_INTEGER | IS_FLOAT | IS_COMPLEX
IS_CONST_TYPE: Final = IS_BOOLEAN | IS_NUMERIC | IS_STRING


@dataclass(slots=True, eq=False, repr=False)
class Basic(Type):
    """A predeclared type, like `int`, or the type of a constant that has none yet."""

    kind: BasicKind
    info: int
    """Bits of what kind of values it has: `IS_BOOLEAN` and so on."""
    name: str


@dataclass(slots=True, eq=False, repr=False)
class Pointer(Type):
    """`*elem`"""

    elem: Type

    @property
    def base(self) -> Type:
        """types2's name of the field."""
        return self.elem


@dataclass(slots=True, eq=False, repr=False)
class Slice(Type):
    """`[]elem`"""

    elem: Type


@dataclass(slots=True, eq=False, repr=False)
class Array(Type):
    """`[len]elem`"""

    elem: Type
    len: int
    """Below 0 when an error left it unknown."""


@dataclass(slots=True, eq=False, repr=False)
class Map(Type):
    """`map[key]elem`"""

    key: Type
    elem: Type


class ChanDir(enum.IntEnum):
    """Which way a channel type lets values go."""

    SEND_RECV = 0
    SEND_ONLY = 1
    RECV_ONLY = 2


@dataclass(slots=True, eq=False, repr=False)
class Chan(Type):
    """`chan elem`, `chan<- elem` or `<-chan elem`"""

    dir: ChanDir
    elem: Type


@dataclass(frozen=True, slots=True)
class StructLayout:
    """Where a struct's fields stand, in bytes."""

    size: int
    align: int
    offsets: tuple[int, ...]
    """Of each field, from the start."""
    ptrdata: int
    """Up to here the struct may hold pointers; 0 if it has none."""


@dataclass(slots=True, eq=False, repr=False)
class Struct(Type):
    """`struct { fields }`"""

    fields: list[Var] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    """Unquoted; empty when no field has one, else it may be shorter than `fields`."""
    layout: StructLayout | None = None
    """Made by `layout.struct_layout` when it is first asked for."""

    def tag(self, index: int) -> str:
        """Return the tag of a field, empty when it has none."""
        return self.tags[index] if index < len(self.tags) else ""


@dataclass(slots=True, eq=False, repr=False)
class Tuple(Type):
    """Parameters or results; not a Go type by itself."""

    vars: Sequence[Var] = ()

    def __len__(self) -> int:
        return len(self.vars)

    def __bool__(self) -> bool:
        return True


@dataclass(slots=True, eq=False, repr=False)
class Signature(Type):
    """`func(params) results`, with what declares it around it."""

    recv: Var | None = None
    recv_type_params: Sequence[TypeParam] = ()
    """As the method declares them, from left to right; they differ from the type's own."""
    type_params: Sequence[TypeParam] = ()
    params: Tuple = field(default_factory=Tuple)
    results: Tuple = field(default_factory=Tuple)
    variadic: bool = False
    """Then the last parameter's type is a slice (or `string`, in `append([]byte, string...)`)."""
    scope: Scope | None = None
    """Of the function's parameters and body; None for instances and what needs none."""
    recv_old: Var | None = None
    """Receiver before it was moved into the parameters by a method expression (`recvold`)."""


@dataclass(slots=True, eq=False, repr=False)
class Term:
    """`type` or `~type` in a union; `type` None stands for all types."""

    tilde: bool = False
    type: Type | None = None

    @override
    def __repr__(self) -> str:
        return f"<{'~' if self.tilde else ''}{self.type or '𝓤'}>"


@dataclass(slots=True, eq=False, repr=False)
class Union(Type):
    """`A | ~B` in a constraint"""

    terms: list[Term]


@dataclass(slots=True, eq=False)
class TypeSet:
    """Which types are in an interface: those with these methods that are among these terms."""

    methods: list[Func]
    """All of them, embedded ones too; sorted as `objects.method_order` says."""
    terms: list[Term | None]
    """`[Term()]` stands for all types; None for the empty set; in normal form."""
    comparable: bool = False
    """Only comparable types are meant; then the terms are all types."""


class TypeSetReporter(Protocol):
    """What a checker wants to hear about while the type set of its interface is made."""

    def duplicate_method(self, pos: Pos, method: Func, other_pos: Pos) -> None:
        """Report a method declared twice in one interface."""

    def embedded_duplicate(self, pos: Pos, method: Func, other: Func, other_pos: Pos) -> None:
        """Check later, when all types are there, that methods of one name are identical."""

    def too_many_terms(self, pos: Pos, limit: int) -> None:
        """Report a union that is larger than gc can handle."""

    def allows_embedding(self, pos: Pos, typ: Type) -> bool:
        """Report an embedded element that the language version does not have; False if so."""


@dataclass(slots=True, eq=False, repr=False)
class Interface(Type):
    """`interface { methods; embeddeds }`, also a constraint."""

    methods: list[Func] = field(default_factory=list)
    """The ones written here, sorted as `objects.method_order` says."""
    embeddeds: list[Type] = field(default_factory=list)
    embed_pos: list[Pos] = field(default_factory=list)
    """Positions of `embeddeds`; empty when it is not known."""
    implicit: bool = False
    """A wrapper around a constraint literal: `[T ~int]` means `[T interface{~int}]`."""
    complete: bool = True
    """False while methods and embeddeds may still be added."""
    tset: TypeSet | None = None
    """Made by `typesets.type_set` when it is first asked for."""
    check: TypeSetReporter | None = None


_type_param_ids = itertools.count(1)


@dataclass(slots=True, eq=False, repr=False)
class TypeParam(Type):
    """`T` in `[T bound]`"""

    obj: TypeName
    bound: Type
    """The constraint as written; any type. Set when known."""
    index: int = -1
    """Place in its list; -1 while it belongs to none."""
    id: int = field(default_factory=_type_param_ids.__next__)
    """Rises in the order of birth; decides which of two joined type parameters names both."""

    @property
    def constraint(self) -> Type:
        """The constraint, by types2's name of the method."""
        return self.bound

    @property
    @override
    def underlying(self) -> Interface:
        """The constraint as an interface; not a type parameter's bound itself."""
        return self.iface()

    def iface(self) -> Interface:
        """Return the constraint as an interface, wrapping what is none."""
        bound = self.bound
        match bound.underlying:
            case Basic(kind=BasicKind.INVALID):
                return EMPTY_INTERFACE
            case Interface() as interface:
                return EMPTY_INTERFACE if isinstance(unalias(bound), TypeParam) else interface
            case _:
                # Kept, so that the same type parameter always has the same constraint.
                wrapper = Interface([], [bound], implicit=True)
                self.bound = wrapper
                return wrapper


class Expander(Protocol):
    """What fills an instance of a generic type when its parts are needed."""

    def expand_rhs(self, named: Named) -> Type:
        """Return what the instance is declared as."""

    def expand_method(self, named: Named, index: int) -> Func:
        """Return the instance's copy of the generic type's method."""


@dataclass(slots=True, eq=False)
class Instance:
    """What an instantiated `Named` is an instance of."""

    orig: Named
    targs: Sequence[Type]
    expander: Expander
    ctxt: Context | None = None
    """Keeps instances that refer to each other one object each."""
    pos: Pos = NO_POS
    """Where it was instantiated first."""
    implicits: Sequence[Type] = ()
    """For `orig.implicits`; empty where the generic function's own code speaks."""


class Named(Type):
    """A type with a name of its own: `type T …`, an instance of one, or a predeclared one.

    Complete it with `from_rhs`, `set_type_params`, `add_method`, or give it a `resolver` that
    does so when any part is first needed.
    """

    __slots__ = (
        "_methods", "_type_params", "_underlying", "from_rhs", "implicits", "inst", "obj",
        "resolver",
    )  # fmt: skip

    def __init__(
        self,
        obj: TypeName,
        from_rhs: Type | None = None,
        methods: Sequence[Func] = (),
        *,
        inst: Instance | None = None,
        resolver: Callable[[Named], None] | None = None,
    ) -> None:
        self.obj = obj
        """Of the generic type, for an instance."""
        self.from_rhs = from_rhs
        """What stands right of the name in its declaration; None while that is not known."""
        self.inst = inst
        self.implicits: Sequence[TypeParam] = ()
        """Of the generic function that declares it: each instance of the function has a type of
        its own. Set by `ir`, whose functions are such instances; for the checker it is one type.
        """
        self.resolver = resolver
        """Called once, before anything but `obj` is read; sets the rest."""
        self._underlying: Type | None = None
        self._type_params: Sequence[TypeParam] = ()
        self._methods: list[Func | None] = list(methods)
        if obj.type is None:
            obj.type = self

    def unpack(self) -> Named:
        """Make sure that the declaration was read; all parts but instances' methods are set."""
        resolver = self.resolver
        if resolver is not None:
            self.resolver = None
            resolver(self)
        inst = self.inst
        if inst is not None and self.from_rhs is None:
            self._type_params = inst.orig.type_params
            self.from_rhs = inst.expander.expand_rhs(self)
        return self

    @property
    @override
    def underlying(self) -> Type:
        """The first type down the chain of declarations that is no name.

        It is `TYP[INVALID]` while the declaration is not known or runs in a circle.
        """
        if self._underlying is not None:
            return self._underlying
        path: list[Named] = []
        rhs: Type | None = self
        while True:
            if isinstance(rhs, Alias):
                rhs = rhs.actual
            elif isinstance(rhs, Named):
                if rhs._underlying is not None:  # noqa: SLF001
                    rhs = rhs._underlying  # noqa: SLF001
                    break
                if rhs in path:
                    return TYP[BasicKind.INVALID]
                path.append(rhs)
                rhs = rhs.unpack().from_rhs
            else:
                break
        if rhs is None:
            return TYP[BasicKind.INVALID]
        for named in path:
            if named._underlying is None:  # noqa: SLF001
                named._underlying = rhs  # noqa: SLF001
        return rhs

    @property
    def known_underlying(self) -> Type | None:
        """The underlying type if it was worked out already; asks nothing (`safeUnderlying`)."""
        return self._underlying

    def set_underlying(self, typ: Type) -> None:
        """Complete the type at once with what is no name."""
        self.from_rhs = typ
        self._underlying = typ

    def forget_underlying(self) -> None:
        """Let the underlying type be worked out again, after `from_rhs` was set anew."""
        self._underlying = None

    @property
    def origin(self) -> Named:
        """The generic type of an instance, else the type itself."""
        return self.inst.orig if self.inst is not None else self

    @property
    def type_params(self) -> Sequence[TypeParam]:
        """Of the generic type, also for an instance; empty if it is not generic."""
        if self.inst is not None:
            return self.inst.orig.type_params
        if self.resolver is not None:
            self.unpack()
        return self._type_params

    def set_type_params(self, type_params: Sequence[TypeParam]) -> None:
        """Make the type generic."""
        self._type_params = bind_type_params(type_params)

    @property
    def type_args(self) -> Sequence[Type]:
        """Of an instance, else empty."""
        return self.inst.targs if self.inst is not None else ()

    @property
    def implicit_args(self) -> Sequence[Type]:
        """What stands for the type parameters of the function around the declaration."""
        inst = self.inst
        if inst is None:
            return self.implicits
        return inst.implicits or inst.orig.implicits

    @property
    def num_methods(self) -> int:
        """How many methods are declared with this type as base type of their receiver."""
        origin = self.origin
        if origin.resolver is not None:
            origin.unpack()
        return len(origin._methods)  # noqa: SLF001

    def method(self, index: int) -> Func:
        """Return a declared method; an instance's own copy for an instance."""
        inst = self.inst
        if inst is None:
            if self.resolver is not None:
                self.unpack()
            func = self._methods[index]
            assert func is not None  # noqa: S101
            return func
        self.unpack()
        methods = self._methods
        count = self.num_methods
        if len(methods) < count:
            methods.extend([None] * (count - len(methods)))
        func = methods[index]
        if func is None:
            func = methods[index] = inst.expander.expand_method(self, index)
        return func

    @property
    def methods(self) -> list[Func]:
        """The declared methods, in the order of their declarations."""
        return [self.method(index) for index in range(self.num_methods)]

    def add_method(self, func: Func) -> None:
        """Add a declared method, unless one of that name is there."""
        if self.method_index(func.name) < 0:
            self._methods.append(func)

    def method_index(self, name: str, *, fold_case: bool = False) -> int:
        """Return the place of the generic type's method of that name, or -1."""
        if name == "_":
            return -1
        origin = self.origin
        if origin.resolver is not None:
            origin.unpack()
        wanted = name.casefold() if fold_case else name
        for index, func in enumerate(origin._methods):  # noqa: SLF001
            assert func is not None  # noqa: S101
            if (func.name.casefold() if fold_case else func.name) == wanted:
                return index
        return -1


class Alias(Type):
    """Another name for a type: `type A = …`, also generic; see `unalias`."""

    __slots__ = ("_actual", "_from_rhs", "_type_params", "obj", "origin", "resolver", "type_args")

    def __init__(
        self,
        obj: TypeName,
        from_rhs: Type | None = None,
        *,
        origin: Alias | None = None,
        type_args: Sequence[Type] = (),
        resolver: Callable[[Alias], None] | None = None,
    ) -> None:
        self.obj: TypeName = obj if origin is None else origin.obj
        self.origin = self if origin is None else origin
        """The generic alias of an instance, else itself."""
        self.type_args = type_args
        """Of an instance, else empty."""
        self.resolver = resolver
        """Called once, before the right-hand side is read; sets `from_rhs` and type parameters."""
        self._from_rhs = from_rhs
        self._type_params: Sequence[TypeParam] = ()
        self._actual: Type | None = None
        if obj.type is None:
            obj.type = self

    def _resolve(self) -> None:
        resolver = self.resolver
        if resolver is not None:
            self.resolver = None
            resolver(self)

    @property
    def from_rhs(self) -> Type | None:
        """What stands right of `=`; None while that is not known."""
        if self.resolver is not None:
            self._resolve()
        return self._from_rhs

    @from_rhs.setter
    def from_rhs(self, typ: Type) -> None:
        self._from_rhs = typ
        self._actual = None

    @property
    def rhs(self) -> Type | None:
        """`from_rhs` by types2's name of the method."""
        return self.from_rhs

    @property
    def actual(self) -> Type | None:
        """The first type down the chain that is no alias; None while that is not known."""
        actual = self._actual
        if actual is None:
            actual = self.from_rhs
            if isinstance(actual, Alias):
                actual = actual.actual
            self._actual = actual
        return actual

    @property
    @override
    def underlying(self) -> Type:
        """The underlying type of what it stands for."""
        return unalias(self).underlying

    @property
    def type_params(self) -> Sequence[TypeParam]:
        """Of the generic alias, also for an instance; empty if it is not generic."""
        if self.origin is not self:
            return self.origin.type_params
        if self.resolver is not None:
            self._resolve()
        return self._type_params

    def set_type_params(self, type_params: Sequence[TypeParam]) -> None:
        """Make the alias generic."""
        self._type_params = bind_type_params(type_params)


def bind_type_params(type_params: Sequence[TypeParam]) -> Sequence[TypeParam]:
    """Number the type parameters of one list; each can be in one list only."""
    for index, type_param in enumerate(type_params):
        if type_param.index >= 0 and type_param.index != index:
            raise ValueError(f"type parameter {type_param.obj.name} is bound twice")
        type_param.index = index
    return type_params


def unalias(typ: Type) -> Type:
    """Return what a chain of aliases stands for; `TYP[INVALID]` while that is not known."""
    if isinstance(typ, Alias):
        actual = typ.actual
        return TYP[BasicKind.INVALID] if actual is None else actual
    return typ


def under(typ: Type) -> Type:
    """Return the underlying type."""
    return typ.underlying


def as_named(typ: Type | None) -> Named | None:
    """Return the type as a `Named`, seen through aliases, or None."""
    if isinstance(typ, Alias):
        typ = typ.actual
    return typ if isinstance(typ, Named) else None


def _basic_types() -> tuple[Basic, ...]:
    info = {
        BasicKind.BOOL: IS_BOOLEAN,
        BasicKind.STRING: IS_STRING,
        BasicKind.UNTYPED_BOOL: IS_BOOLEAN | IS_UNTYPED,
        BasicKind.UNTYPED_INT: IS_INTEGER | IS_UNTYPED,
        BasicKind.UNTYPED_RUNE: IS_INTEGER | IS_UNTYPED,
        BasicKind.UNTYPED_FLOAT: IS_FLOAT | IS_UNTYPED,
        BasicKind.UNTYPED_COMPLEX: IS_COMPLEX | IS_UNTYPED,
        BasicKind.UNTYPED_STRING: IS_STRING | IS_UNTYPED,
        BasicKind.UNTYPED_NIL: IS_UNTYPED,
    }
    names = {BasicKind.INVALID: "invalid type", BasicKind.UNSAFE_POINTER: "Pointer"}
    basics = []
    for kind in BasicKind:
        bits = info.get(kind, 0)
        if BasicKind.INT <= kind <= BasicKind.UINTPTR:
            bits = IS_INTEGER | (IS_UNSIGNED if kind >= BasicKind.UINT else 0)
        elif kind in {BasicKind.FLOAT32, BasicKind.FLOAT64}:
            bits = IS_FLOAT
        elif kind in {BasicKind.COMPLEX64, BasicKind.COMPLEX128}:
            bits = IS_COMPLEX
        basics.append(Basic(kind, bits, names.get(kind, kind.name.lower().replace("_", " "))))
    return tuple(basics)


TYP: Final = _basic_types()
"""The basic types, by `BasicKind`."""

BYTE: Final = Basic(BasicKind.UINT8, IS_INTEGER | IS_UNSIGNED, "byte")
"""`byte` where the author wrote `byte`: identical to `uint8`, another object (`universeByte`)."""
RUNE: Final = Basic(BasicKind.INT32, IS_INTEGER, "rune")
"""`rune` where the author wrote `rune` (`universeRune`)."""

INVALID: Final = TYP[BasicKind.INVALID]

ALL_TERMS: Final[list[Term | None]] = [Term()]
"""The set of all types; never to be changed."""
TOP_TYPE_SET: Final = TypeSet([], ALL_TERMS)
EMPTY_INTERFACE: Final = Interface(tset=TOP_TYPE_SET)
"""`interface{}`; `any` is an alias of it."""
