"""Which sums may pass the range of their type for a while, because nobody looks at them?

A hash, `h = h*31 + x`, is meant to pass it. It is held modulo 2⁶⁴, without its sign, and gets its
sign where it is read for anything but further sums. In a small loop it is held with even more bits
for a turn.

A sum, `s += x`, may well fit. Where a loop does nothing with it but add to it, it is brought into
its type's range behind the loop.
"""

from __future__ import annotations

from collections import Counter
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
_LOOPS: tuple[type[ir.Node], ...] = (ir.ForStmt, ir.RangeStmt)
_SMALL = 16
"""What a hash multiplies by is larger."""
_ASSIGNING: frozenset[type[ir.Node]] = frozenset((ir.AssignStmt, ir.AssignOpStmt))
_GROWING = frozenset((Op.ADD, Op.SUB))
_ADDING = _GROWING | {Op.XOR, Op.OR}
_OWN = frozenset((Class.AUTO, Class.PARAM))
"""No results: whoever recovers from a panic reads them."""


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
        for cls in _LOOPS:
            for node in nodes.get(cls, ()):
                found -= _looked_at(found, node)
    return found


def _looked_at(found: set[ir.Name], loop: ir.Node) -> set[ir.Name]:
    """List the variables that a loop multiplies by little and reads for more than further sums.

    They are not meant to pass their type's range: `n = 3*n + 1` while `n != 1`.
    """
    here = _directly_inside(loop)
    hashed = {
        name for name in map(_hashed, here) if name in found and not _is_large_step(here, name)
    }
    if not hashed:
        return hashed
    read = Counter(node for node in here if node in hashed)
    for node in here:
        if isinstance(node, ir.AssignStmt | ir.AssignOpStmt) and node.x in found:
            read.subtract([node.x, *_summands(node.y)])
    return {name for name in hashed if read[name] > 0}


def _directly_inside(loop: ir.Node) -> list[ir.Node]:
    """List the nodes of a loop, without those of loops inside."""
    found: list[ir.Node] = []
    waiting = visit.children(loop)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, ir.ForStmt | ir.RangeStmt):
            waiting += visit.children(node)
    return found


def _is_large_step(items: list[ir.Node], name: ir.Name) -> bool:
    """Tell if a statement multiplies a variable by a number so large that it is a hash."""
    return any(
        isinstance(part, ir.Literal) and isinstance(part.value, int) and abs(part.value) > _SMALL
        for node in items
        if _hashed(node) is name
        for part in visit.within([node])
    )


def _summands(node: ir.Expr | None) -> list[ir.Name]:
    """List the variables that a sum has in it by themselves, added or multiplied."""
    match node:
        case ir.Name():
            return [node]
        case ir.ParenExpr() | ir.UnaryExpr(op=Op.NEG | Op.BITNOT | Op.PLUS):
            return _summands(node.x)
        case ir.BinaryExpr() if node.op is Op.LSH:
            return _summands(node.x)
        case ir.BinaryExpr() if node.op in _RING:
            return [*_summands(node.x), *_summands(node.y)]
        case _:
            return []


def sums(
    f: FunctionWriter, loop: ir.ForStmt | ir.RangeStmt, inside: list[ir.Node]
) -> list[ir.Name]:
    """List the variables to which a loop, with all nodes inside, only adds; it never reads them."""
    if isinstance(loop, ir.ForStmt) and loop.cond is None:
        return []  # to see that it repeats itself, values must stay in range
    added: Counter[ir.Name] = Counter()
    grows = set()
    for node in visit.of(_ASSIGNING, inside):
        names, op = _added(f, node)
        added.update(names)
        if op in _GROWING:
            grows.update(names)
    if not grows:
        return []
    there = Counter(node for node in inside if node in grows)
    return [name for name in added if name in grows and there[name] == added[name]]


def _added(f: FunctionWriter, node: ir.Node) -> tuple[list[ir.Name], Op]:
    """Return where a variable stands in a statement that adds something to it, if it is one."""
    match node:
        case ir.AssignOpStmt(x=ir.Name() as name) if node.as_op in _ADDING:
            found = [name], node.as_op
        case ir.AssignStmt(x=ir.Name() as name, y=ir.BinaryExpr() as value) if value.op in _ADDING:
            if name is not value.x and (name is not value.y or value.op is Op.SUB):
                return [], node.op
            found = [name, name], value.op
        case _:
            return [], node.op
    followed = name.cls in _OWN and ranges.is_followed(f, name)
    return found if followed and name not in f.residues and name not in f.sums else ([], node.op)


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
    """Tell if a loop is so small that some of its turns are better written one behind the other.

    All it does is to work out local integers, a residue among them that only its own sum reads:
    it is wrapped in the last of these turns then.
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
