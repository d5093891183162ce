"""Which nodes are inside a node: children in gc's order, walking and editing.

The order of children is the order of the fields in gc's structs (ir/mknode.go), `init` first,
because costs, messages and escape's locations come in that order. Not children: the body of a
function literal, the declaration of a `Name`, what only the run needs (`rtype`), and what a
constant condition dropped (`IfStmt.dropped`).

Source: cmd/compile/internal/ir/visit.go, node_gen.go, go1.27.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs_gomem.compiler.ir.nodes import Func, Node

_ONE = "one"
_LIST = "list"

# Fields that hold children, in gc's order of visiting; `init` stands before them for each class.
_FIELDS: dict[type[Node], tuple[str, ...]] = {
    nodes.Name: (),
    nodes.TypeExpr: (),
    nodes.Literal: (),
    nodes.Nil: (),
    nodes.BinaryExpr: ("x", "y"),
    nodes.UnaryExpr: ("x",),
    nodes.AddStringExpr: ("operands*",),
    nodes.AddrExpr: ("x",),
    nodes.StarExpr: ("x",),
    nodes.ParenExpr: ("x",),
    nodes.SelectorExpr: ("x",),
    nodes.IndexExpr: ("x", "index"),
    nodes.SliceExpr: ("x", "low", "high", "max"),
    nodes.TypeAssertExpr: ("x",),
    nodes.ConvExpr: ("x",),
    nodes.CompLitExpr: ("elems*",),
    nodes.KeyExpr: ("key", "value"),
    nodes.StructKeyExpr: ("value",),
    nodes.ClosureExpr: (),
    nodes.CallExpr: ("fun", "args*", "defer_at"),
    nodes.MakeExpr: ("len", "cap"),
    nodes.InlinedCallExpr: ("body*", "return_vars*"),
    nodes.ExprStmt: ("x",),
    nodes.AssignStmt: ("x", "y"),
    nodes.AssignListStmt: ("lhs*", "rhs*"),
    nodes.AssignOpStmt: ("x", "y"),
    nodes.BlockStmt: ("body*",),
    nodes.BranchStmt: (),
    nodes.CheckNilStmt: ("x",),
    nodes.Decl: ("x",),
    nodes.ForStmt: ("cond", "post", "body*"),
    nodes.GoDeferStmt: ("call",),
    nodes.IfStmt: ("cond", "body*", "else_*"),
    nodes.InlineMarkStmt: (),
    nodes.LabelStmt: (),
    nodes.RangeStmt: ("x", "key", "value", "body*"),
    nodes.ReturnStmt: ("results*",),
    nodes.SendStmt: ("chan", "value"),
    nodes.TypeSwitchGuard: ("x",),
    nodes.CaseClause: ("var", "values*", "body*"),
    nodes.SwitchStmt: ("tag", "cases*"),
    nodes.CommClause: ("comm", "body*"),
    nodes.SelectStmt: ("cases*",),
}

FIELDS: dict[type[Node], tuple[tuple[str, bool], ...]] = {
    cls: tuple((name.rstrip("*"), name.endswith("*")) for name in names)
    for cls, names in _FIELDS.items()
}
"""Class to its child fields; True for a list of children."""

_READ: dict[type[Node], Callable[[Node], tuple[Node | list[Node] | None, ...]]] = {
    cls: attrgetter("init", *(name for name, _ in fields))
    for cls, fields in FIELDS.items()
    if fields
}
"""Reads `init` and all child fields of a node at once; nothing is asked more often than this."""

RUN_FIELDS: dict[type[Node], tuple[str, ...]] = {
    nodes.TypeExpr: ("rtype",),
    nodes.TypeAssertExpr: ("rtype",),
    nodes.ConvExpr: ("rtype",),
    nodes.GoDeferStmt: (),
}
"""Expressions that only the run needs; gc hides them from visitors too (TypeWord, RType)."""


def children(node: Node) -> list[Node]:
    """Return the nodes directly inside, in gc's order."""
    cls = type(node)
    if cls is nodes.Name:
        return []
    read = _READ.get(cls)
    if read is None:
        return list(node.init)  # type: ignore[attr-defined]
    result: list[Node] = []
    for value in read(node):
        if not value:  # no child here, or an empty list
            continue
        if isinstance(value, list):
            result += value
        else:
            result.append(value)
    return result


def walk(node: Node, visit: Callable[[Node], None]) -> None:
    """Call `visit` for a node and all nodes inside, a node before its children."""
    walk_list((node,), visit)


def walk_list(items: Iterable[Node], visit: Callable[[Node], None]) -> None:
    """Call `visit` for all nodes in a list and inside."""
    for item in items:
        waiting = [item]
        while waiting:
            node = waiting.pop()
            visit(node)
            inside = children(node)
            if inside:
                inside.reverse()
                waiting += inside


def walk_with_closures(func: Func, visit: Callable[[Node], None]) -> None:
    """Call `visit` for all nodes of a function and of the literals inside it."""

    def inner(node: Node) -> None:
        visit(node)
        if isinstance(node, nodes.ClosureExpr):
            walk_list(node.func.body, inner)

    walk_list(func.body, inner)


def any(node: Node, test: Callable[[Node], bool]) -> bool:  # noqa: A001 - gc's name
    """Tell if `test` holds for the node or one inside; stops at the first."""
    return any_list((node,), test)


def any_list(items: Iterable[Node], test: Callable[[Node], bool]) -> bool:
    """Tell if `test` holds for a node of a list or one inside."""
    for item in items:
        waiting = [item]
        while waiting:
            node = waiting.pop()
            if test(node):
                return True
            inside = children(node)
            if inside:
                inside.reverse()
                waiting += inside
    return False


def edit_children(node: Node, edit: Callable[[Node], Node]) -> None:
    """Replace each child by what `edit` returns for it."""
    cls = type(node)
    if cls is nodes.Name:
        return
    init = node.init  # type: ignore[attr-defined]
    if init:
        init[:] = [edit(item) for item in init]
    for name, is_list in FIELDS[cls]:
        value = getattr(node, name)
        if is_list:
            if value:
                value[:] = [edit(item) for item in value]
        elif value is not None:
            edited = edit(value)
            if edited is not value:
                setattr(node, name, edited)


def edit_list(items: list[nodes.Stmt], edit: Callable[[Node], Node]) -> None:
    """Replace each statement of a list by what `edit` returns for it."""
    items[:] = [edit(item) for item in items]  # type: ignore[misc]
