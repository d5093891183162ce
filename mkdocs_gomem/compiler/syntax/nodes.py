"""The syntax tree: one class for each form of Go, named and shaped as gc's.

Every node has `pos`, the token gc takes for it (cmd/compile/internal/syntax/nodes.go): the
name or literal itself; `(` of a call, `[` of an index or slice, `.` of a selector or
assertion, `{` of a composite literal, the operator of an operation, assignment or send, the
colon of a key-value pair or label, the keyword of a statement. A declaration stands at its
first name (a method at its receiver's `(`), a list at its first element. `start_pos` and
`end_pos` in `positions` give the stretch of source.

Nodes compare by identity: they are keys of the checker's side tables. They are fixed once the
parser has made them; only `BranchStmt.target` is filled after birth, and the body of a
function whose parsing was put off (`lazy_body`).

An empty list stands for gc's nil; `None` for every other absent part.
Fields follow gc's in snake_case; a trailing underscore avoids a Python keyword.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.syntax.tokens import (
        BranchToken,
        CallToken,
        ChanDir,
        LitKind,
        Operator,
    )
    from mkdocs_gomem.source import Pos


@dataclass(slots=True, eq=False)
class Node:
    """Any node: what all share is the position gc gives it."""

    pos: Pos


@dataclass(frozen=True, slots=True)
class Comment:
    """`// text` or `/* text */`, with its marks, as written; no newline at the end."""

    pos: Pos
    text: str


@dataclass(frozen=True, slots=True)
class Directive:
    """`//go:noinline`, or another comment for the compiler, standing before a declaration."""

    pos: Pos
    """Of the letter after `//`, where gc reports about it."""
    text: str
    """Without the slashes: `go:linkname local import/path.name`."""

    @property
    def verb(self) -> str:
        """The first word: `go:noinline`."""
        return self.text.split(maxsplit=1)[0]


class Group:
    """Stands for one pair of parentheses that several declarations share."""

    __slots__ = ()


# Expressions


@dataclass(slots=True, eq=False)
class BadExpr(Node):
    """Stands where an expression could not be parsed; never in a tree of `parse`."""


@dataclass(slots=True, eq=False)
class Name(Node):
    """`value`."""

    value: str


@dataclass(slots=True, eq=False)
class BasicLit(Node):
    """`42`, `3.14`, `2i`, `'x'`, `"text"`: as written, quotes included."""

    value: str
    kind: LitKind
    bad: bool = False
    """True if the literal has a lexical error; never in a tree of `parse`."""


@dataclass(slots=True, eq=False)
class CompositeLit(Node):
    """`type{elem_list...}`; `type` is absent in an inner `{...}`."""

    type: Expr | None
    elem_list: list[Expr]
    n_keys: int
    """How many elements are `KeyValueExpr`."""
    rbrace: Pos


@dataclass(slots=True, eq=False)
class KeyValueExpr(Node):
    """`key: value`, in a composite literal."""

    key: Expr
    value: Expr


@dataclass(slots=True, eq=False)
class FuncLit(Node):
    """`func type { body }`."""

    type: FuncType
    body: BlockStmt


@dataclass(slots=True, eq=False)
class ParenExpr(Node):
    """`(x)`; gc drops the parentheses around types where only a type can stand."""

    x: Expr


@dataclass(slots=True, eq=False)
class SelectorExpr(Node):
    """`x.sel`."""

    x: Expr
    sel: Name


@dataclass(slots=True, eq=False)
class IndexExpr(Node):
    """`x[index]`; `x[T1, T2]` has a `ListExpr` as its index."""

    x: Expr
    index: Expr


@dataclass(slots=True, eq=False)
class SliceExpr(Node):
    """`x[index0 : index1 : index2]`."""

    x: Expr
    index: tuple[Expr | None, Expr | None, Expr | None]
    full: bool
    """True if there are two colons."""


@dataclass(slots=True, eq=False)
class AssertExpr(Node):
    """`x.(type)` with a type in it."""

    x: Expr
    type: Expr


@dataclass(slots=True, eq=False)
class TypeSwitchGuard(Node):
    """`lhs := x.(type)`, with the keyword `type`; `lhs` may be absent."""

    lhs: Name | None
    x: Expr


@dataclass(slots=True, eq=False)
class Operation(Node):
    """`x op y`, or `op x` when `y` is absent; `*x` and `&x` are operations too."""

    op: Operator
    x: Expr
    y: Expr | None


@dataclass(slots=True, eq=False)
class CallExpr(Node):
    """`fun(arg_list...)`; conversions and `make(T, n)` are calls too."""

    fun: Expr
    arg_list: list[Expr]
    has_dots: bool
    """True if the last argument is followed by `...`."""


@dataclass(slots=True, eq=False)
class ListExpr(Node):
    """`x, y, z`: two or more expressions, at the position of the first."""

    elem_list: list[Expr]


@dataclass(slots=True, eq=False)
class ArrayType(Node):
    """`[len]elem`; `len` is absent for `[...]elem`."""

    len: Expr | None
    elem: Expr


@dataclass(slots=True, eq=False)
class SliceType(Node):
    """`[]elem`."""

    elem: Expr


@dataclass(slots=True, eq=False)
class DotsType(Node):
    """`...elem`, the type of the last parameter."""

    elem: Expr


@dataclass(slots=True, eq=False)
class Field(Node):
    """`name type`, one per name: names declared together share one `type` object.

    Without a name: an unnamed parameter, an embedded field, an embedded element.
    """

    name: Name | None
    type: Expr


@dataclass(slots=True, eq=False)
class StructType(Node):
    """`struct { field_list }`; `tag_list` runs beside the fields and may be shorter."""

    field_list: list[Field]
    tag_list: list[BasicLit | None]


@dataclass(slots=True, eq=False)
class InterfaceType(Node):
    """`interface { method_list }`; a method's field has a name and a `FuncType`."""

    method_list: list[Field]


@dataclass(slots=True, eq=False)
class FuncType(Node):
    """`func(param_list) (result_list)`; stands at the token after `func` or the name."""

    param_list: list[Field]
    result_list: list[Field]


@dataclass(slots=True, eq=False)
class MapType(Node):
    """`map[key]value`."""

    key: Expr
    value: Expr


@dataclass(slots=True, eq=False)
class ChanType(Node):
    """`chan elem`, `chan<- elem`, `<-chan elem`."""

    dir: ChanDir
    elem: Expr


Expr: TypeAlias = (
    Name
    | BasicLit
    | SelectorExpr
    | CallExpr
    | Operation
    | IndexExpr
    | CompositeLit
    | KeyValueExpr
    | ParenExpr
    | FuncLit
    | ListExpr
    | SliceExpr
    | AssertExpr
    | TypeSwitchGuard
    | ArrayType
    | SliceType
    | DotsType
    | StructType
    | InterfaceType
    | FuncType
    | MapType
    | ChanType
    | BadExpr
)
"""Every expression and type: closed."""


# Declarations


@dataclass(slots=True, eq=False)
class ImportDecl(Node):
    """`import local_pkg_name "path"`."""

    group: Group | None
    pragma: list[Directive]
    local_pkg_name: Name | None
    """A name, `_` or `.`; absent without a rename."""
    path: BasicLit | None
    """Absent only in a broken file."""


@dataclass(slots=True, eq=False)
class ConstDecl(Node):
    """`const name_list type = values`; inside a group, type and values may both be absent."""

    group: Group | None
    pragma: list[Directive]
    name_list: list[Name]
    type: Expr | None
    values: Expr | None
    """One expression or a `ListExpr`."""


@dataclass(slots=True, eq=False)
class TypeDecl(Node):
    """`type name[tparam_list] type`; `type name = type` when `alias`."""

    group: Group | None
    pragma: list[Directive]
    name: Name
    tparam_list: list[Field]
    alias: bool
    type: Expr


@dataclass(slots=True, eq=False)
class VarDecl(Node):
    """`var name_list type = values`."""

    group: Group | None
    pragma: list[Directive]
    name_list: list[Name]
    type: Expr | None
    values: Expr | None
    """One expression or a `ListExpr`."""


@dataclass(slots=True, eq=False)
class LazyBody:
    """The text of a function body that was skipped; `parse_body` turns it into statements."""

    text: bytes
    """From `{` to its `}`, both included."""
    pos: Pos
    """Of the `{`."""


@dataclass(slots=True, eq=False)
class FuncDecl(Node):
    """`func recv name[tparam_list] type { body }`; `pos` is the token after `func`."""

    pragma: list[Directive]
    recv: Field | None
    name: Name
    tparam_list: list[Field]
    type: FuncType
    body: BlockStmt | None
    """Absent when the function is implemented elsewhere, or `lazy_body` holds it."""
    lazy_body: LazyBody | None = None
    """Set only by `parse_declaration(bodies=False)`, until `parse_body`."""

    @property
    def has_body(self) -> bool:
        """Tell if the declaration has a body, parsed or not."""
        return self.body is not None or self.lazy_body is not None


Decl: TypeAlias = FuncDecl | VarDecl | TypeDecl | ConstDecl | ImportDecl
"""Every declaration: closed."""


@dataclass(slots=True, eq=False)
class File(Node):
    """`package pkg_name; decl_list`: one source file."""

    pragma: list[Directive]
    pkg_name: Name
    decl_list: list[Decl]
    eof: Pos
    go_version: str
    """Language version of a `//go:build` line, like `go1.21`; empty without one."""
    comments: list[Comment] = field(default_factory=list)
    """Every comment, in order."""
    linknames: list[Directive] = field(default_factory=list)
    """`//go:linkname` lines: they stand for themselves, wherever they stand."""


# Statements


@dataclass(slots=True, eq=False)
class EmptyStmt(Node):
    """Nothing, where a statement may stand."""


@dataclass(slots=True, eq=False)
class LabeledStmt(Node):
    """`label: stmt`."""

    label: Name
    stmt: Stmt


@dataclass(slots=True, eq=False)
class BlockStmt(Node):
    """`{ list }`."""

    list: list[Stmt]
    rbrace: Pos


@dataclass(slots=True, eq=False)
class ExprStmt(Node):
    """`x`, a call or receive as a statement; also the condition of a `switch` or `for` header."""

    x: Expr


@dataclass(slots=True, eq=False)
class SendStmt(Node):
    """`chan <- value`."""

    chan: Expr
    value: Expr


@dataclass(slots=True, eq=False)
class DeclStmt(Node):
    """`var`, `const` or `type` inside a function."""

    decl_list: list[Decl]


@dataclass(slots=True, eq=False)
class AssignStmt(Node):
    """`lhs op= rhs`: plain `=` has no `op`, `:=` has `":"`; `x++` is `+` without `rhs`."""

    op: Operator | None
    lhs: Expr
    rhs: Expr | None


@dataclass(slots=True, eq=False)
class BranchStmt(Node):
    """`break label`, `continue label`, `goto label`, `fallthrough`."""

    tok: BranchToken
    label: Name | None
    target: LabeledStmt | ForStmt | SwitchStmt | SelectStmt | None = None
    """Where control goes on: the label of a `goto`, the statement left by a `break` or gone on
    with by a `continue`; set by `branches`, absent for `fallthrough`."""


@dataclass(slots=True, eq=False)
class CallStmt(Node):
    """`go call`, `defer call`."""

    tok: CallToken
    call: Expr


@dataclass(slots=True, eq=False)
class ReturnStmt(Node):
    """`return results`: one expression, a `ListExpr`, or nothing."""

    results: Expr | None


@dataclass(slots=True, eq=False)
class IfStmt(Node):
    """`if init; cond { then } else else_`."""

    init: SimpleStmt | None
    cond: Expr
    then: BlockStmt
    else_: IfStmt | BlockStmt | None


@dataclass(slots=True, eq=False)
class ForStmt(Node):
    """`for init; cond; post { body }`; in `for range` the `RangeClause` is `init`."""

    init: SimpleStmt | None
    cond: Expr | None
    post: SimpleStmt | None
    body: BlockStmt


@dataclass(slots=True, eq=False)
class CaseClause(Node):
    """`case cases: body`; `default: body` when `cases` is absent."""

    cases: Expr | None
    body: list[Stmt]
    colon: Pos


@dataclass(slots=True, eq=False)
class SwitchStmt(Node):
    """`switch init; tag { body }`; the tag of a type switch is a `TypeSwitchGuard`."""

    init: SimpleStmt | None
    tag: Expr | None
    body: list[CaseClause]
    rbrace: Pos


@dataclass(slots=True, eq=False)
class CommClause(Node):
    """`case comm: body` of a `select`; `default: body` when `comm` is absent."""

    comm: SimpleStmt | None
    body: list[Stmt]
    colon: Pos


@dataclass(slots=True, eq=False)
class SelectStmt(Node):
    """`select { body }`."""

    body: list[CommClause]
    rbrace: Pos


@dataclass(slots=True, eq=False)
class RangeClause(Node):
    """`lhs = range x`, or `lhs := range x` when `def_`; `lhs` may be absent."""

    lhs: Expr | None
    def_: bool
    x: Expr


SimpleStmt: TypeAlias = EmptyStmt | ExprStmt | SendStmt | AssignStmt | RangeClause
"""What may stand in a header before `;`: closed."""

Stmt: TypeAlias = (
    ExprStmt
    | AssignStmt
    | IfStmt
    | ReturnStmt
    | ForStmt
    | BlockStmt
    | DeclStmt
    | SwitchStmt
    | BranchStmt
    | CallStmt
    | SendStmt
    | SelectStmt
    | LabeledStmt
    | EmptyStmt
    | RangeClause
)
"""Every statement; a `RangeClause` stands only as the `init` of a `for`: closed."""
