"""What a name can stand for: objects, and the scopes and packages that hold them.

Made by `checker` from declarations and by `universe`; read by every room above.

Invariants:
  1. objects compare by identity; an object of an instance of a generic type knows its `origin`;
  2. a scope holds at most one object of a name. An object of a function's scope is visible from
     its `scope_pos` on; package, file and universe scopes are visible as a whole;
  3. an object of a library may come late: `Scope.insert_lazy` makes it when its name is looked
     up, `Func.resolver` works out a signature when the type is read.

Not here: what the universe holds (`universe`), looking up fields and methods (`lookup`).
Source: cmd/compile/internal/types2 (object.go, scope.go, package.go), go1.27.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from mkdocs_gomem.gotypes import types
from mkdocs_gomem.lean import override
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mkdocs_gomem.gotypes.constants import Value
    from mkdocs_gomem.gotypes.types import Type


def is_exported(name: str) -> bool:
    """Report whether a name starts with an upper case letter (`unicode.IsUpper`)."""
    first = name[:1]
    if first.isascii():
        return "A" <= first <= "Z"
    # Other_Uppercase, like Ⅷ, is upper for Python but not for Go, which asks for category Lu.
    return _category(first) == "Lu"


def _category(char: str) -> str:
    import unicodedata  # noqa: PLC0415

    return unicodedata.category(char)


def same_pkg(first: Package | None, second: Package | None) -> bool:
    """Report whether two packages are the same; None is the universe's."""
    if first is None or second is None:
        return first is second
    return first is second or first.path == second.path


def object_id(pkg: Package | None, name: str) -> str:
    """Return the name under which a field or method is unique: with its package if unexported."""
    if is_exported(name):
        return name
    path = pkg.path if pkg is not None and pkg.path else "_"
    return f"{path}.{name}"


class Object:
    """Anything that a name can stand for; compared by identity."""

    __slots__ = ("name", "order", "parent", "pkg", "pos", "scope_pos", "type")

    type: Type | None
    """None while it is not known."""

    def __init__(self, pos: Pos, pkg: Package | None, name: str, typ: Type | None = None) -> None:
        self.pos = pos
        """Of the declaring identifier; `NO_POS` for what nobody wrote."""
        self.pkg = pkg
        """None in the universe."""
        self.name = name
        self.type = typ
        self.parent: Scope | None = None
        """The scope it is declared in; None for fields, methods and what is not declared yet."""
        self.order = 0
        """Order of the declarations of a package, from 1; 0 while it is not one of them."""
        self.scope_pos: Pos = NO_POS
        """From here on the name is visible; `NO_POS` in the whole scope."""

    @property
    def exported(self) -> bool:
        """Whether other packages can see it."""
        return is_exported(self.name)

    @property
    def id(self) -> str:
        """Name that is unique among the fields and methods of a type."""
        return object_id(self.pkg, self.name)

    def same_id(self, pkg: Package | None, name: str, *, fold_case: bool = False) -> bool:
        """Report whether a selector `name`, written in `pkg`, means this object."""
        if fold_case and self.name.casefold() == name.casefold():
            return True
        if self.name != name:
            return False
        return is_exported(name) or same_pkg(self.pkg, pkg)

    @override
    def __str__(self) -> str:
        from mkdocs_gomem.gotypes import spelling  # noqa: PLC0415

        return spelling.object_string(self)

    @override
    def __repr__(self) -> str:
        return f"<{self}>"


class PkgName(Object):
    """An imported package, by the name that the file gives it."""

    __slots__ = ("imported", "used")

    def __init__(self, pos: Pos, pkg: Package | None, name: str, imported: Package) -> None:
        super().__init__(pos, pkg, name, types.INVALID)
        self.imported = imported
        self.used = False


class Const(Object):
    """A declared constant."""

    __slots__ = ("val",)

    def __init__(
        self,
        pos: Pos,
        pkg: Package | None,
        name: str,
        typ: Type | None = None,
        val: Value | None = None,
    ) -> None:
        super().__init__(pos, pkg, name, typ)
        self.val = val
        """None while it is not known."""


class TypeName(Object):
    """A name for a type: a defined type, an alias, a predeclared type or a type parameter."""

    __slots__ = ("vargen",)

    def __init__(self, pos: Pos, pkg: Package | None, name: str, typ: Type | None = None) -> None:
        super().__init__(pos, pkg, name, typ)
        self.vargen = 0
        """Number of a type declared in a function, from 1 in a package; set by `ir`.

        Link names tell such types apart by it (`T·1`); 0 for all others.
        """

    @property
    def is_alias(self) -> bool:
        """Whether the name is another name for a type."""
        match self.type:
            case None:
                return False
            case types.Basic() as basic:
                if self.pkg is not None and self.pkg.path == "unsafe":
                    return False
                return (
                    self.pkg is not None
                    or basic.name != self.name
                    or basic in (types.BYTE, types.RUNE)
                )
            case types.Named() | types.TypeParam() as typ:
                return typ.obj is not self
            case _:
                return True


class VarKind(enum.IntEnum):
    """What a variable is declared as."""

    PACKAGE_VAR = 1
    LOCAL_VAR = 2
    RECV_VAR = 3
    PARAM_VAR = 4
    RESULT_VAR = 5
    FIELD_VAR = 6


class Var(Object):
    """A variable, parameter, result, receiver or struct field."""

    __slots__ = ("_origin", "embedded", "kind", "used")

    def __init__(
        self,
        pos: Pos,
        pkg: Package | None,
        name: str,
        typ: Type | None = None,
        kind: VarKind = VarKind.PACKAGE_VAR,
        *,
        embedded: bool = False,
        origin: Var | None = None,
    ) -> None:
        super().__init__(pos, pkg, name, typ)
        self.kind = kind
        self.embedded = embedded
        """A field written as a type only."""
        self._origin = origin
        self.used = False
        """Kept by the checker, for "declared and not used"."""

    @property
    def is_field(self) -> bool:
        """Whether it is a struct field."""
        return self.kind is VarKind.FIELD_VAR

    @property
    def origin(self) -> Var:
        """The variable of the generic declaration that this one is a copy of, or itself."""
        return self if self._origin is None else self._origin

    def clone(self, typ: Type) -> Var:
        """Return a copy with another type, as an instance of a generic declaration has it."""
        copy = Var(
            self.pos, self.pkg, self.name, typ, self.kind,
            embedded=self.embedded, origin=self.origin,
        )  # fmt: skip
        copy.parent = self.parent
        copy.order = self.order
        copy.scope_pos = self.scope_pos
        return copy


def new_param(pos: Pos, pkg: Package | None, name: str, typ: Type | None = None) -> Var:
    """Make a parameter."""
    return Var(pos, pkg, name, typ, VarKind.PARAM_VAR)


def new_field(
    pos: Pos, pkg: Package | None, name: str, typ: Type | None, *, embedded: bool = False
) -> Var:
    """Make a struct field."""
    return Var(pos, pkg, name, typ, VarKind.FIELD_VAR, embedded=embedded)


class Func(Object):
    """A function or method, also of an interface."""

    __slots__ = ("_origin", "_type", "has_ptr_recv_hint", "resolver")

    def __init__(
        self,
        pos: Pos,
        pkg: Package | None,
        name: str,
        typ: types.Signature | None = None,
        *,
        origin: Func | None = None,
        has_ptr_recv: bool = False,
        resolver: Callable[[Func], None] | None = None,
    ) -> None:
        self.resolver: Callable[[Func], None] | None = None
        super().__init__(pos, pkg, name, typ)
        self._origin = origin
        self.has_ptr_recv_hint = has_ptr_recv
        """From the syntax, for as long as the signature is not known (`hasPtrRecv_`)."""
        self.resolver = resolver
        """Called once, before `type` is read; sets it."""

    @property  # type: ignore[override, explicit-override]  # late, and narrower
    def type(self) -> types.Signature | None:
        """The signature; None while it is not known."""
        resolver = self.resolver
        if resolver is not None:
            self.resolver = None
            resolver(self)
        return self._type

    @type.setter  # noqa: A003
    def type(self, typ: types.Signature | None) -> None:
        self._type = typ
        self.resolver = None

    @property
    def signature(self) -> types.Signature:
        """The signature; an empty one while it is not known."""
        typ = self.type
        return types.Signature() if typ is None else typ

    @property
    def origin(self) -> Func:
        """The method of the generic type that this one is a copy of, or itself."""
        return self if self._origin is None else self._origin

    @property
    def has_ptr_recv(self) -> bool:
        """Whether it is a method of `*T`."""
        typ = self._type
        if typ is not None and typ.recv is not None and typ.recv.type is not None:
            return isinstance(types.unalias(typ.recv.type), types.Pointer)
        return self.has_ptr_recv_hint

    @property
    def full_name(self) -> str:
        """Name with its package or receiver, like `(*sync.Mutex).Lock`."""
        from mkdocs_gomem.gotypes import spelling  # noqa: PLC0415

        return spelling.func_name(self)

    def clone(self, typ: types.Signature) -> Func:
        """Return a copy with another signature, as an instance of a generic type has it."""
        copy = Func(
            self.pos, self.pkg, self.name, typ,
            origin=self.origin, has_ptr_recv=self.has_ptr_recv_hint,
        )  # fmt: skip
        copy.parent = self.parent
        copy.order = self.order
        copy.scope_pos = self.scope_pos
        return copy


class Label(Object):
    """A label of a function's body."""

    __slots__ = ("used",)

    def __init__(self, pos: Pos, pkg: Package | None, name: str) -> None:
        super().__init__(pos, pkg, name, types.INVALID)
        self.used = False


class BuiltinId(enum.IntEnum):
    """Which predeclared function, in types2's order."""

    APPEND = 0
    CAP = 1
    CLEAR = 2
    CLOSE = 3
    COMPLEX = 4
    COPY = 5
    DELETE = 6
    IMAG = 7
    LEN = 8
    MAKE = 9
    MAX = 10
    MIN = 11
    NEW = 12
    PANIC = 13
    PRINT = 14
    PRINTLN = 15
    REAL = 16
    RECOVER = 17
    ADD = 18
    ALIGNOF = 19
    OFFSETOF = 20
    SIZEOF = 21
    SLICE = 22
    SLICE_DATA = 23
    STRING = 24
    STRING_DATA = 25


class Builtin(Object):
    """A predeclared function, or one of package unsafe."""

    __slots__ = ("builtin_id",)

    def __init__(self, name: str, builtin_id: BuiltinId) -> None:
        super().__init__(NO_POS, None, name, types.INVALID)
        self.builtin_id = builtin_id
        """Which one; `id` is the object's unique name, as for every object."""


class Nil(Object):
    """The predeclared value `nil`."""

    __slots__ = ()


class Scope:
    """Names visible in a stretch of the program, inside those of its `parent`."""

    __slots__ = (
        "_elems", "_lazy", "children", "comment", "end", "is_func", "number", "parent", "pos",
    )  # fmt: skip

    def __init__(
        self, parent: Scope | None, pos: Pos = NO_POS, end: Pos = NO_POS, comment: str = ""
    ) -> None:
        self.parent = parent
        self.children: list[Scope] = []
        """In the order of the source; the universe knows none, since it outlives all."""
        self.number = 0
        """Place among the parent's children, from 1; 0 for none."""
        self.pos = pos
        self.end = end
        self.comment = comment
        """What opened it, for debug output: `function`, `block`, …"""
        self.is_func = False
        self._elems: dict[str, Object] = {}
        self._lazy: dict[str, Callable[[], Object]] = {}
        if parent is not None and parent is not UNIVERSE:
            parent.children.append(self)
            self.number = len(parent.children)

    def __len__(self) -> int:
        return len(self._elems) + len(self._lazy)

    def __bool__(self) -> bool:
        return True

    @property
    def names(self) -> list[str]:
        """All names, sorted; objects that come late stay where they are."""
        return sorted([*self._elems, *self._lazy])

    def lookup(self, name: str) -> Object | None:
        """Return the object of that name declared here, or None."""
        obj = self._elems.get(name)
        if obj is None and name in self._lazy:
            obj = self._lazy.pop(name)()
            if obj.parent is None:
                obj.parent = self
            # The maker may have inserted it already, to be found while it is being made.
            self._elems[name] = obj
        return obj

    def insert(self, obj: Object) -> Object | None:
        """Declare an object; if the name is taken, return who has it and change nothing."""
        other = self.lookup(obj.name)
        if other is not None:
            return other
        self._elems[obj.name] = obj
        if obj.parent is None:
            obj.parent = self
        return None

    def insert_lazy(self, name: str, resolve: Callable[[], Object]) -> bool:
        """Declare an object that is made when it is looked up; False if the name is taken."""
        if name in self._elems or name in self._lazy:
            return False
        self._lazy[name] = resolve
        return True

    def lookup_ignoring_case(self, name: str, *, exported: bool) -> list[Object]:
        """Return objects whose names differ only in case, for better messages."""
        folded = name.casefold()
        found = []
        for candidate in self.names:
            if (not exported or is_exported(candidate)) and candidate.casefold() == folded:
                obj = self.lookup(candidate)
                if obj is not None:
                    found.append(obj)
        return found

    def lookup_parent(
        self, name: str, pos: Pos = NO_POS
    ) -> tuple[Scope, Object] | tuple[None, None]:
        """Return the innermost object of that name, here or outwards, and its scope.

        With a `pos`, an object declared in a function counts only from its `scope_pos` on.
        """
        scope: Scope | None = self
        while scope is not None:
            obj = scope.lookup(name)
            if obj is not None and (not pos or not obj.scope_pos or obj.scope_pos <= pos):
                return scope, obj
            scope = scope.parent
        return None, None

    def objects(self) -> Iterator[Object]:
        """All objects, sorted by name."""
        for name in self.names:
            obj = self.lookup(name)
            if obj is not None:
                yield obj

    @override
    def __repr__(self) -> str:
        return f"<{self.comment} scope: {' '.join(self.names)}>"


UNIVERSE: Final = Scope(None, comment="universe")
"""The outermost scope; `universe` fills it."""


class Package:
    """A package: a name, a path and what it declares."""

    __slots__ = ("complete", "fake", "go_version", "imported", "imports", "name", "path", "scope")

    def __init__(self, path: str, name: str, *, imported: bool = False) -> None:
        self.path = path
        self.name = name
        self.imported = imported
        """It is not the package being compiled: gc writes its name before its objects'."""
        self.scope = Scope(UNIVERSE, comment=f'package "{path}"')
        self.imports: Sequence[Package] = ()
        """Directly imported ones, in no order that means anything."""
        self.complete = False
        self.fake = False
        """Made up for an import that failed; its scope lacks objects, nobody complains."""
        self.go_version = ""
        """Lowest language version it needs, like `go1.21`; empty if not known."""

    @override
    def __str__(self) -> str:
        return f'package {self.name} ("{self.path}")'

    @override
    def __repr__(self) -> str:
        return f"<{self}>"


def method_order(obj: Object) -> tuple[bool, str, str]:
    """Return the key that sorts methods as gc does: exported first, by name, then package."""
    exported = is_exported(obj.name)
    path = "" if exported or obj.pkg is None else obj.pkg.path
    return not exported, obj.name, path
