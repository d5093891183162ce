"""What the checker found out about a package: side tables, the syntax tree stays untouched.

Filled by the functions of this room, read by `ir`. Mirrors types2's `Info`
(cmd/compile/internal/types2/api.go, go1.27). Keys are syntax nodes, which compare by
identity, so two equal-looking expressions have two entries.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mkdocs_gomem.compiler.checker.operand import Mode
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler import syntax
    from mkdocs_gomem.gotypes import constants, instantiate, objects, types
    from mkdocs_gomem.source import Pos


class TypeAndValue(NamedTuple):
    """What an expression denotes, its final type, and its value if it is a constant."""

    mode: Mode
    type: types.Type | None
    """None for a call without results."""
    value: constants.Value | None = None

    @property
    def is_type(self) -> bool:
        """The expression denotes a type."""
        return self.mode is Mode.TYPEXPR

    @property
    def addressable(self) -> bool:
        """`&x` is allowed."""
        return self.mode is Mode.VARIABLE


class SelectionKind(enum.Enum):
    """What a selector `x.f` selects; a qualified identifier `pkg.Name` is no selection."""

    FIELD_VAL = "field"
    METHOD_VAL = "method"
    METHOD_EXPR = "method expr"


@dataclass(frozen=True, slots=True)
class Selection:
    """The meaning of `x.f`."""

    kind: SelectionKind
    recv: types.Type
    """Type of `x`."""
    obj: objects.Var | objects.Func
    index: tuple[int, ...]
    """Path of field numbers from `x` to `f`; the last is the field's or method's own number."""
    indirect: bool
    """The path goes through at least one pointer."""
    type: types.Type
    """Type of `x.f` itself: for a method expression the receiver is the first parameter."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A generic function or type with its type arguments."""

    type_args: tuple[types.Type, ...]
    type: types.Type


@dataclass(frozen=True, slots=True)
class Initializer:
    """One package-level initialisation `lhs = rhs`; several `lhs` share one call."""

    lhs: tuple[objects.Var, ...]
    rhs: syntax.Expr


@dataclass(slots=True)
class Info:
    """Everything known about a checked package."""

    pkg: objects.Package
    types: dict[syntax.Expr, TypeAndValue] = field(default_factory=dict)
    """Every expression, also type expressions; a constant's type is the one it ended up with."""
    defs: dict[syntax.Name, objects.Object | None] = field(default_factory=dict)
    """What a name declares; None for `x` of `switch x := y.(type)` and for package clauses."""
    uses: dict[syntax.Name, objects.Object] = field(default_factory=dict)
    """What a name refers to."""
    implicits: dict[syntax.Node, objects.Object] = field(default_factory=dict)
    """`ImportDecl` without a name: its `PkgName`; `CaseClause` of a type switch with a variable:
    the clause's own `Var`; `Field` without a name: its parameter."""
    selections: dict[syntax.SelectorExpr, Selection] = field(default_factory=dict)
    instances: dict[syntax.Name, Instance] = field(default_factory=dict)
    scopes: dict[syntax.Node, objects.Scope] = field(default_factory=dict)
    init_order: list[Initializer] = field(default_factory=list)
    func_lits: list[syntax.FuncLit] = field(default_factory=list)
    """In the order in which their bodies were checked."""
    file_versions: dict[int, str] = field(default_factory=dict)
    """Number of a file (`pos >> 40`) to its language version, like `go1.27`."""


class Importer(Protocol):
    """Who knows other packages; implemented by `library`."""

    @property
    def context(self) -> instantiate.Context:
        """Where instances of generic types are kept that other packages made."""
        ...

    def import_package(self, path: str, pos: Pos, *, by: str) -> objects.Package | None:
        """Return the package with this path, or None if there is none.

        Rejects, at `pos`, what the package with path `by` must not import.
        """
        ...

    def imports(self, pkg: objects.Package) -> Sequence[objects.Package]:
        """Return the packages that a package from here imports."""
        ...

    def sees(self, obj: objects.Object) -> bool:
        """Tell if gc meets an object of a package from here, by what its export data holds."""
        ...

    def complete(self, obj: objects.Object) -> None:
        """Give an object of a package imported from here its type, if it has none yet."""
        ...
