"""Which local slices begin where their array does? Their elements need no offset.

True of what `make`, a literal or nothing made, of what was appended to such a slice, and of its
first part. It has to hold for all that a function ever assigns to a variable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.ir import Class, Op
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.compiler.codegen.ranges import ByClass

_OTHERS: tuple[type[ir.Node], ...] = (ir.AssignListStmt, ir.RangeStmt, ir.CaseClause)
_MADE = frozenset((Op.MAKESLICE, Op.SLICELIT, Op.STR2BYTES, Op.STR2RUNES))


def at_start(f: FunctionWriter, nodes: ByClass) -> set[ir.Name]:
    """List the slices of a function, all of whose nodes are given, that never have an offset."""
    sources: dict[ir.Name, list[ir.Expr | None]] = {}
    """What each may be the same as: a variable, or anything."""
    for node in nodes.get(ir.AssignStmt, ()):
        assert isinstance(node, ir.AssignStmt)  # noqa: S101 - listed by class
        _note(sources, node.x, _source(node.y))
    for cls in _OTHERS:
        for node in nodes.get(cls, ()):
            for x, source in _assigned(node):
                _note(sources, x, source)
    found = {
        name
        for name in sources
        if name.cls is Class.AUTO and not name.is_closure_var and name.canonical not in f.boxed
    }
    while wrong := {name for name in found if not found.issuperset(sources[name])}:
        found -= wrong
    return found


def _note(
    sources: dict[ir.Name, list[ir.Expr | None]], x: ir.Expr | None, source: list[ir.Expr | None]
) -> None:
    if isinstance(x, ir.Name) and isinstance(x.type.underlying, types.Slice):
        sources.setdefault(x, []).extend(source)


def _assigned(node: ir.Node) -> list[tuple[ir.Expr | None, list[ir.Expr | None]]]:
    """List what a statement assigns, each with what the value has its offset from."""
    match node:
        case ir.AssignListStmt(op=Op.AS2) if len(node.lhs) == len(node.rhs):
            return [(x, _source(y)) for x, y in zip(node.lhs, node.rhs, strict=True)]
        case ir.AssignListStmt():
            return [(x, [None]) for x in node.lhs]
        case ir.RangeStmt():
            return [(node.value, [None]), (node.key, [None])]
        case ir.CaseClause():
            return [(node.var, [None])]
        case _:
            return []


def _source(y: ir.Expr | None) -> list[ir.Expr | None]:
    """Return the variable that a value has its offset from, if any; None if it can have any."""
    match y:
        case None | ir.Nil():
            return []
        case ir.Name():
            return [y]
        case ir.ParenExpr() | ir.ConvExpr(op=Op.CONVNOP):
            return _source(y.x)
        case ir.CallExpr(op=Op.APPEND, args=[appended, *_]):
            return _source(appended)
        case ir.SliceExpr(op=Op.SLICE | Op.SLICE3, low=None | ir.Literal(value=0)):
            return _source(y.x)
        case _:
            return [] if y.op in _MADE else [None]
