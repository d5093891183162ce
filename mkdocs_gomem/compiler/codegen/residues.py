"""Which sums are hashes, `h = h*31 + x`, meant to pass the range of their type?

Such a variable is held modulo 2⁶⁴, without its sign, and gets its sign where it is read for
anything but further sums. In a small loop it is held with even more bits for a turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import ranges
from mkdocs_gomem.compiler.ir import Class, Op, visit

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.compiler.codegen.ranges import ByClass

_HASHES = frozenset((Op.MUL, Op.LSH))
_USING: tuple[type[ir.Node], ...] = (
    ir.AssignListStmt, ir.RangeStmt, ir.CaseClause, ir.ClosureExpr, ir.InlinedCallExpr,
)  # fmt: skip
_CHEAP: frozenset[type[ir.Node]] = frozenset((
    ir.AssignStmt, ir.AssignOpStmt, ir.Name, ir.Literal, ir.ParenExpr, ir.BinaryExpr, ir.IndexExpr,
))  # fmt: skip
_CHEAP_SIGNS = frozenset((Op.NEG, Op.BITNOT, Op.PLUS, Op.LEN))
_FEW = 24
"""Nodes of a loop whose code may be written twice."""
_RING = frozenset((Op.ADD, Op.SUB, Op.MUL, Op.AND, Op.OR, Op.XOR, Op.LSH, Op.ANDNOT))
_WORD = 64


def residues(f: FunctionWriter, nodes: ByClass) -> set[ir.Name]:
    """List the variables to be held modulo 2⁶⁴: signed ones, multiplied or shifted among loops.

    All that is assigned to them are values of assignments, no results, and no closure copies them.
    """
    if ir.ForStmt not in nodes and ir.RangeStmt not in nodes:
        return set()
    hashed = map(_hashed, (*nodes.get(ir.AssignStmt, ()), *nodes.get(ir.AssignOpStmt, ())))
    found = {name for name in hashed if name is not None and _is_word(f, name)}
    if found:
        for cls in _USING:
            for node in nodes.get(cls, ()):
                found -= _otherwise_used(f, node)
    return found


def _hashed(node: ir.Node) -> ir.Name | None:
    """Return the variable that a statement multiplies or shifts, together with what it adds."""
    match node:
        case ir.AssignStmt(x=ir.Name() as name, y=value) if value is not None:
            return name if _multiplies(value, name) else None
        case ir.AssignOpStmt(x=ir.Name() as name) if node.as_op in _HASHES:
            return name
        case _:
            return None


def _multiplies(node: ir.Expr, name: ir.Name) -> bool:
    match node:
        case ir.ParenExpr():
            return _multiplies(node.x, name)
        case ir.BinaryExpr(op=Op.AND) if _is_mask(node.x) or _is_mask(node.y):
            return False
        case ir.BinaryExpr() if node.op in _HASHES:
            return any(part is name for part in visit.within((node,)))
        case ir.BinaryExpr() if node.op in _RING:
            return _multiplies(node.x, name) or _multiplies(node.y, name)
        case _:
            return False


def _is_mask(node: ir.Expr) -> bool:
    return isinstance(node, ir.Literal) and isinstance(node.value, int) and node.value >= 0


def _is_word(f: FunctionWriter, name: ir.Name) -> bool:
    if name.cls is not Class.AUTO or name.name.startswith("~") or not ranges.is_followed(f, name):
        return False
    typ = f.rtype(name.type)
    return typ.signed and typ.bits == _WORD


def _otherwise_used(f: FunctionWriter, node: ir.Node) -> set[ir.Name]:
    match node:
        case ir.AssignListStmt() if f.order.is_pure(node):
            return set()
        case ir.AssignListStmt():
            return {item for item in node.lhs if isinstance(item, ir.Name)}
        case ir.RangeStmt():
            return {item for item in (node.key, node.value) if isinstance(item, ir.Name)}
        case ir.CaseClause(var=ir.Name() as name):
            return {name}
        case ir.ClosureExpr():
            return {var.outer for var in node.func.closure_vars if var.outer is not None}
        case ir.InlinedCallExpr():
            return {item for item in node.return_vars if isinstance(item, ir.Name)}
        case _:
            return set()


def is_small_hash(f: FunctionWriter, node: ir.ForStmt) -> bool:
    """Tell if a loop is so small that two of its turns are better written one behind the other.

    All it does is to work out local integers, a residue among them that only its own sum reads:
    it is wrapped in every second turn then.
    """
    if not f.residues or node.cond is None or node.post is None:
        return False
    hashes = False
    parts = 0
    for item in (node.cond, node.post, *node.body):
        target = item.x if isinstance(item, ir.AssignStmt | ir.AssignOpStmt) else None
        if target is not None and not ranges.is_followed(f, target):
            return False
        hashes = hashes or target in f.residues
        inside = visit.within((item,))
        parts += len(inside)
        if parts > _FEW or not all(map(_is_cheap, inside)):
            return False
        if any(part in f.residues and part is not target for part in inside):
            return False
    return hashes


def _is_cheap(node: ir.Node) -> bool:
    match node:
        case ir.UnaryExpr():
            return node.op in _CHEAP_SIGNS
        case ir.ConvExpr():
            return ranges.is_integer(node) and ranges.is_integer(node.x)
        case _:
            return type(node) in _CHEAP
