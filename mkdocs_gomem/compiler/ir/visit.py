"""Which nodes are inside a node: children in gc's order, walking and editing.

The order of children is the order of the fields in gc's structs (ir/mknode.go), `init` first,
because costs, messages and escape's locations come in that order. Not children: the body of a
function literal, the declaration of a `Name`, what only the run needs (`rtype`), and what a
constant condition dropped (`IfStmt.dropped`).

Source: cmd/compile/internal/ir/visit.go, node_gen.go, go1.27.
"""

from __future__ import annotations

import builtins
import itertools
from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mkdocs_gomem.compiler.ir.nodes import Func, Node

_N = TypeVar("_N", bound=nodes.Node)

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

_Read: TypeAlias = "Callable[[Node], tuple[Node | list[Node] | None, ...]]"
_READ: dict[type[Node], _Read] = {
    cls: attrgetter("init", *(name for name, _ in fields))
    for cls, fields in FIELDS.items()
    if fields
}
"""Reads `init` and all child fields of a node at once; nothing is asked more often than this."""
_READ_BACKWARDS: dict[type[Node], _Read] = {
    cls: attrgetter(*(name for name, _ in reversed(fields)), "init")
    for cls, fields in FIELDS.items()
    if fields
}

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
    if cls is Name:
        return []
    read = _READ.get(cls)
    if read is None:
        return list(node.init)  # type: ignore[attr-defined]
    result: list[Node] = []
    for value in read(node):
        if value:  # a child, or a list that is not empty
            if isinstance(value, list):
                result += value
            else:
                result.append(value)
    return result


def parts(node: Node) -> tuple[Node | list[Node] | None, ...]:
    """Return `init` and the child fields as they are; quicker than `children`."""
    read = _READ.get(type(node))
    return (node.init,) if read is None else read(node)  # type: ignore[attr-defined]


def for_children(node: Node, do: Callable[[Node], object]) -> None:
    """Call `do` for each node directly inside, in gc's order; quicker than `children`."""
    read = _READ.get(type(node))
    if read is None:
        for item in node.init:  # type: ignore[attr-defined]
            do(item)
        return
    for value in read(node):
        if value:  # a child, or a list that is not empty
            if isinstance(value, list):
                for item in value:
                    do(item)
            else:
                do(value)


def within(items: Sequence[Node]) -> list[Node]:
    """List all nodes in a list and inside, a node before its children; what is listed may change.

    The list is made before anybody sees a node of it. Where children are put in while a tree is
    being walked, `children` has to be asked.
    """
    found: list[Node] = []
    waiting = list(items)
    waiting.reverse()
    while waiting:
        node = waiting.pop()
        found.append(node)
        cls = type(node)
        if cls is Name:  # two of five nodes
            continue
        read = _READ_BACKWARDS.get(cls)
        if read is None:
            waiting += node.init[::-1]  # type: ignore[attr-defined]
            continue
        for value in read(node):
            if value:  # a child, or a list that is not empty
                if isinstance(value, list):
                    waiting += value[::-1]
                else:
                    waiting.append(value)
    return found


def unparenthesize(items: list[nodes.Stmt]) -> list[Node]:
    """Take away all parentheses in statements; list what is then in them, as `within` does.

    One walk: who takes the last parentheses away is asked for the nodes next.
    """
    found: list[Node] = []
    waiting: list[Node] = list(items)
    waiting.reverse()
    while waiting:
        node = waiting.pop()
        found.append(node)
        cls = type(node)
        if cls is Name:
            continue
        read = _READ_BACKWARDS.get(cls)
        if read is None:
            waiting += node.init[::-1]  # type: ignore[attr-defined]
            continue
        for value in read(node):
            if value:  # a child, or a list that is not empty
                if isinstance(value, list):
                    if nodes.ParenExpr in map(type, value):
                        value[:] = map(_unparen, value)
                    waiting += value[::-1]
                elif type(value) is nodes.ParenExpr:
                    edit_children(node, _unparen)
                    waiting.append(value.x)
                else:
                    waiting.append(value)
    return found


def _unparen(node: Node) -> Node:
    return node.x if isinstance(node, nodes.ParenExpr) else node


class Bodies(dict["Func", "list[Node]"]):
    """All nodes of functions' bodies, listed once for a phase that doesn't change them."""

    __slots__ = ()

    def __missing__(self, func: Func) -> list[Node]:
        found = self[func] = within(func.body)
        return found

    def forget(self, func: Func) -> None:
        """Forget a body that changed, and those of the literals inside."""
        for node in self.pop(func, ()):
            if type(node) is nodes.ClosureExpr:
                self.forget(node.func)

    def with_closures(self, func: Func) -> list[Node]:
        """List all nodes of a function and, after each literal, those inside the literal."""
        body = self[func]
        if not any_of(nodes.ClosureExpr, body):
            return body
        found: list[Node] = []
        for node in body:
            found.append(node)
            if isinstance(node, nodes.ClosureExpr):
                found += self.with_closures(node.func)
        return found


def literals(items: Sequence[Node]) -> list[nodes.ClosureExpr]:
    """List the function literals in a list and inside, not those inside literals."""
    return [node for node in within(items) if isinstance(node, nodes.ClosureExpr)]


def any_of(cls: type[Node], found: Sequence[Node]) -> bool:
    """Tell if one of the nodes listed is of a class; far quicker than a look at each."""
    return cls in map(type, found)


def of(classes: frozenset[type[Node]], found: Sequence[Node]) -> Iterator[Node]:
    """Walk those of the nodes listed that are of some classes, also without a look at each."""
    return itertools.compress(found, map(classes.__contains__, map(type, found)))


def by_class(items: Sequence[Node]) -> dict[type[Node], list[Node]]:
    """List the nodes in a list and inside by class, in no order to rely on; names as they stand."""
    groups: defaultdict[type[Node], list[Node]] = defaultdict(list)
    found = list(items)
    for node in found:  # it grows meanwhile
        cls = type(node)
        groups[cls].append(node)
        if cls is Name:
            continue
        read = _READ.get(cls)
        if read is None:
            found += node.init  # type: ignore[attr-defined]
            continue
        for value in read(node):
            if value:
                if isinstance(value, list):
                    found += value
                else:
                    found.append(value)
    return groups


def listed(groups: Mapping[type[Node], list[Node]], cls: type[_N]) -> list[_N]:
    """Return the nodes of one class, of those that `by_class` has listed."""
    return cast("list[_N]", groups.get(cls, []))


def any(node: Node, test: Callable[[Node], bool]) -> bool:  # noqa: A001 - gc's name
    """Tell if `test` holds for the node or one inside; stops at the first."""
    return any_list((node,), test)


def any_list(items: Sequence[Node], test: Callable[[Node], bool]) -> bool:
    """Tell if `test` holds for a node of a list or one inside."""
    return builtins.any(map(test, within(items)))


def edit_children(node: Node, edit: Callable[[Node], Node]) -> None:
    """Replace each child by what `edit` returns for it."""
    cls = type(node)
    if cls is Name:
        return
    init = node.init  # type: ignore[attr-defined]
    if init:
        init[:] = map(edit, init)
    for name, is_list in FIELDS[cls]:
        value = getattr(node, name)
        if value:  # a child, or a list that is not empty
            if is_list:
                value[:] = map(edit, value)
            else:
                edited = edit(value)
                if edited is not value:
                    setattr(node, name, edited)


def edit_list(items: list[nodes.Stmt], edit: Callable[[Node], Node]) -> None:
    """Replace each statement of a list by what `edit` returns for it."""
    items[:] = map(edit, items)  # type: ignore[arg-type]
