"""Which methods copy the struct or array that they are called on.

Who calls a function by its name hands over a copy of what is stored elsewhere. Through an
interface, and as a method value, a method is called on the very object in the box, each time the
same; so a method that may change it, or give away a part of it, copies it first. Most only read
numbers, strings and pointers in it, and need no copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.ir import Op, reassignment, visit
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter


def is_copied(f: FunctionWriter, receiver: ir.Name) -> bool:
    """Tell if a method needs a copy of its receiver, its first parameter."""
    func = f.func
    if not func.is_method or func.is_wrapper or not f.rtype(receiver.type).composite:
        return False
    nodes = visit.within(func.body)
    return (
        any(reassignment.outer_value(target) is receiver for target in _targets(nodes))
        or any(_captures(node, receiver) for node in nodes)
        or nodes.count(receiver) != _readings(f, nodes, receiver)
    )


def _captures(node: ir.Node, name: ir.Name) -> bool:
    return isinstance(node, ir.ClosureExpr) and any(
        var.outer is name for var in node.func.closure_vars
    )


def _targets(nodes: list[ir.Node]) -> Iterator[ir.Node]:
    """Walk what is assigned to, and what has its address taken."""
    for node in nodes:
        if isinstance(node, ir.AddrExpr):
            yield node.x
        yield from reassignment.targets(node)


def _readings(f: FunctionWriter, nodes: list[ir.Node], receiver: ir.Name) -> int:
    """Count the places that read a part of the receiver which is no object, or copy a part."""
    around: dict[ir.Expr, ir.Expr] = {}
    parts: list[ir.Expr] = []
    copied: list[ir.Expr] = []
    for node in nodes:
        match node:
            case ir.SelectorExpr(op=Op.DOT, x=whole) | ir.IndexExpr(op=Op.INDEX, x=whole) if (
                not isinstance(whole.type.underlying, types.Slice | types.Map)
            ):
                around[whole] = node
                if whole is receiver:
                    parts.append(node)
            case ir.CallExpr(op=Op.CALLFUNC):
                copied += node.args
            case ir.ConvExpr(op=Op.CONVIFACE):
                copied.append(node.x)
            case _:
                pass
    count = copied.count(receiver)
    for part in parts:
        last = part
        while last in around:
            last = around[last]
        count += last in copied or not f.rtype(last.type).composite
    return count
