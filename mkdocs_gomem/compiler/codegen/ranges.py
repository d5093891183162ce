"""Which values can an integer variable have here? So that sums need not be checked in vain.

While a function is written, statement by statement, `known` says what is certain of its local
integers at this point of the text: constants, lengths, `i` inside of `for i := 0; i < n; i++`,
`n` after `if n < 2 { return }`. What is not in it can have any value of its type. Only variables
that nothing else can reach are followed: no closure and no pointer changes them.

At the head of a loop, and where jumps arrive, everything is forgotten that is assigned inside;
behind an `if`, only what both ways agree on is kept.

A second matter are hashes, sums like `h = h*31 + x` that are meant to pass the range of their
type. Such a variable is held modulo 2⁶⁴, without its sign, and gets its sign where it is read for
anything but further sums (`residues`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import arithmetic
from mkdocs_gomem.compiler.ir import Class, Op, visit
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter

Range = tuple[int, int]
"""Least and greatest value."""
Known = dict[ir.Name, Range]
ByClass = Mapping[type[ir.Node], list[ir.Node]]
"""The nodes of a function by class (`visit.by_class`)."""

_NEGATED = {
    Op.LT: Op.GE, Op.GE: Op.LT, Op.GT: Op.LE, Op.LE: Op.GT, Op.EQ: Op.NE, Op.NE: Op.EQ,
}  # fmt: skip
_MIRRORED = {
    Op.LT: Op.GT, Op.GT: Op.LT, Op.LE: Op.GE, Op.GE: Op.LE, Op.EQ: Op.EQ, Op.NE: Op.NE,
}  # fmt: skip
_LEAVES = frozenset((Op.BREAK, Op.CONTINUE, Op.GOTO, Op.FALL))
_HASHES = frozenset((Op.MUL, Op.LSH))
_ASSIGNING: frozenset[type[ir.Node]] = frozenset((
    ir.AssignStmt, ir.AssignOpStmt, ir.Decl, ir.AssignListStmt, ir.RangeStmt, ir.CaseClause,
))  # fmt: skip
_INDEXING: frozenset[type[ir.Node]] = frozenset((ir.IndexExpr,))
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
_LOCAL = frozenset((Class.AUTO, Class.PARAM, Class.PARAMOUT))
_WORD = 64


def is_followed(f: FunctionWriter, node: ir.Node | None) -> bool:
    """Tell if a node is a local integer that nothing but this function's text can change."""
    return (
        isinstance(node, ir.Name)
        and node.cls in _LOCAL
        and not node.is_closure_var
        and _is_integer(node)
        and node.canonical not in f.boxed
    )


def _is_integer(node: ir.Expr) -> bool:
    basic = node.type.underlying
    return isinstance(basic, types.Basic) and bool(basic.info & types.IS_INTEGER)


# What is known.


def of(f: FunctionWriter, node: ir.Expr) -> Range:
    """Return the range of an integer expression's value, as far as it is known here."""
    typ = f.rtype(node.type)
    whole = arithmetic.full(typ)
    match node:
        case ir.Name():
            return f.known.get(node, whole)
        case ir.Literal(value=int(value)):
            return value, value
        case ir.ParenExpr():
            return of(f, node.x)
        case ir.BinaryExpr() if node.op in arithmetic.OPERATORS:
            return result(f, node.op, node.x, node.y)
        case ir.UnaryExpr(op=Op.NEG):
            low, high = of(f, node.x)
            return arithmetic.cut((-high, -low), typ)
        case ir.UnaryExpr(op=Op.LEN | Op.CAP):
            return 0, arithmetic.MAX_LEN
        case ir.ConvExpr(op=Op.CONV | Op.CONVNOP) if _is_integer(node.x):
            return arithmetic.cut(of(f, node.x), typ)
        case _:
            return whole


def result(f: FunctionWriter, op: Op, x: ir.Expr, y: ir.Expr) -> Range:
    """Return the range of `x op y`, wrapped."""
    typ = f.rtype(x.type)
    _, have = arithmetic.combine(f, op, typ, ("0", of(f, x)), ("0", of(f, y)), x, y)
    return arithmetic.cut(have, typ)


def learn(f: FunctionWriter, name: ir.Name, have: Range) -> None:
    """Note the range of a variable that was just assigned."""
    if is_followed(f, name) and name not in f.residues:
        f.known[name] = arithmetic.cut(have, f.rtype(name.type))


def of_values(f: FunctionWriter, node: ir.AssignListStmt) -> list[Range | None]:
    """Return the ranges of values that are about to be assigned, each to its own variable."""
    if node.op is not Op.AS2 or len(node.lhs) != len(node.rhs):
        return [None] * len(node.lhs)
    return [
        of(f, y) if is_followed(f, x) else None for x, y in zip(node.lhs, node.rhs, strict=True)
    ]


def learn_values(f: FunctionWriter, node: ir.AssignListStmt, have: list[Range | None]) -> None:
    """Note them, once all are stored."""
    for x, known in zip(node.lhs, have, strict=True):
        if known is not None and isinstance(x, ir.Name):
            learn(f, x, known)


def without(f: FunctionWriter, items: Iterable[ir.Node | None]) -> Known:
    """Return what is known whichever way leads through some statements, or out of them."""
    if not f.known:
        return {}
    changed = assigned(items)
    return {name: have for name, have in f.known.items() if name not in changed}


def join(ways: list[Known]) -> Known:
    """Return what holds on each of several ways."""
    if not ways:
        return {}
    first, *others = ways
    return {
        name: (
            min(low, *(other[name][0] for other in others)) if others else low,
            max(high, *(other[name][1] for other in others)) if others else high,
        )
        for name, (low, high) in first.items()
        if all(name in other for other in others)
    }


def assigned(items: Iterable[ir.Node | None]) -> set[ir.Name]:
    """List the variables that statements assign, inside of inlined bodies too."""
    found: set[ir.Name] = set()
    inside = visit.within([item for item in items if item is not None])
    for node in visit.of(_ASSIGNING, inside):
        targets: Sequence[ir.Node | None] = ()
        match node:
            case ir.AssignStmt() | ir.AssignOpStmt() | ir.Decl():
                targets = (node.x,)
            case ir.AssignListStmt():
                targets = node.lhs
            case ir.RangeStmt():
                targets = (node.key, node.value)
            case ir.CaseClause():
                targets = (node.var,)
            case _:
                pass
        found.update(target for target in targets if isinstance(target, ir.Name))
    return found


# Conditions.


def assume(f: FunctionWriter, cond: ir.Expr | None, *, holds: bool) -> None:
    """Narrow what is known by a condition that was found to hold, or not to."""
    match cond:
        case ir.ParenExpr():
            assume(f, cond.x, holds=holds)
        case ir.UnaryExpr(op=Op.NOT):
            assume(f, cond.x, holds=not holds)
        case ir.BinaryExpr(op=Op.ANDAND) if holds:
            assume(f, cond.x, holds=True)
            assume(f, cond.y, holds=True)
        case ir.BinaryExpr(op=Op.OROR) if not holds:
            assume(f, cond.x, holds=False)
            assume(f, cond.y, holds=False)
        case ir.BinaryExpr() if cond.op in _NEGATED and _is_integer(cond.x):
            op = cond.op if holds else _NEGATED[cond.op]
            _narrow(f, cond.x, op, cond.y)
            _narrow(f, cond.y, _MIRRORED[op], cond.x)
        case _:
            pass


def _narrow(f: FunctionWriter, node: ir.Expr, op: Op, other: ir.Expr) -> None:
    if not isinstance(node, ir.Name) or not is_followed(f, node) or node in f.residues:
        return
    low, high = of(f, node)
    least, most = of(f, other)
    match op:
        case Op.LT:
            high = min(high, most - 1)
        case Op.LE:
            high = min(high, most)
        case Op.GT:
            low = max(low, least + 1)
        case Op.GE:
            low = max(low, least)
        case Op.EQ:
            low, high = max(low, least), min(high, most)
        case _:
            return
    if low <= high:  # else this way is never taken
        f.known[node] = (low, high)


def is_left(items: list[ir.Stmt], skipped: set[ir.Node]) -> bool:
    """Tell if statements never go on to what is written behind them."""
    if not items:
        return False
    match items[-1]:
        case ir.ReturnStmt():
            return True
        case ir.BranchStmt() as node:
            return node.op in _LEAVES and node not in skipped
        case ir.ExprStmt(x=ir.UnaryExpr(op=Op.PANIC)):
            return True
        case ir.BlockStmt(body=body):
            return is_left(body, skipped)
        case ir.IfStmt(body=body, else_=other):
            return is_left(body, skipped) and is_left(other, skipped)
        case _:
            return False


# Loops.


def enter_loop(f: FunctionWriter, node: ir.ForStmt) -> None:
    """Keep what holds at the start of every turn, before the condition is asked.

    A counter keeps the side that it starts from, if nothing but the loop's own step changes it
    and that step, made while the condition holds, can't pass the range of its type.
    """
    counter = _counter(f, node)
    start = None if counter is None else f.known.get(counter[0])
    f.known = without(f, (node.cond, *node.body, node.post))
    if counter is None or start is None:
        return
    name, step = counter
    if name in assigned((node.cond, *node.body)):
        return
    whole = arithmetic.full(f.rtype(name.type))
    before = dict(f.known)
    assume(f, node.cond, holds=True)
    low, high = f.known.get(name, whole)
    f.known = before
    if step > 0 and high + step <= whole[1]:
        f.known[name] = (start[0], max(start[1], high + step))
    elif step < 0 and low + step >= whole[0]:
        f.known[name] = (min(start[0], low + step), start[1])


def _counter(f: FunctionWriter, node: ir.ForStmt) -> tuple[ir.Name, int] | None:
    """Return the variable that a loop's step counts with, and by how much it changes."""
    post = node.post
    match post:
        case ir.AssignOpStmt(x=ir.Name() as name, y=ir.Literal(value=int(step))):
            pass
        case _:
            return None
    if post.as_op not in {Op.ADD, Op.SUB} or not is_followed(f, name):
        return None
    return name, step if post.as_op is Op.ADD else -step


def is_same(f: FunctionWriter, node: ir.Expr, changed: set[ir.Name]) -> bool:
    """Tell if an expression has no effect and the same value, whatever else of a loop runs.

    Args:
        f: the function.
        node: sums of local variables, numbers and lengths; all else may change.
        changed: what the loop assigns.
    """
    if node.init:
        return False
    match node:
        case ir.Literal():
            return True
        case ir.Name():
            return node not in changed and is_followed(f, node)
        case ir.ParenExpr():
            return is_same(f, node.x, changed)
        case ir.BinaryExpr(op=Op.ADD | Op.SUB | Op.MUL):
            return is_same(f, node.x, changed) and is_same(f, node.y, changed)
        case ir.UnaryExpr(op=Op.LEN, x=ir.Name() as whole):
            return whole not in changed and _is_header(f, whole)
        case _:
            return False


def _is_header(f: FunctionWriter, name: ir.Name) -> bool:
    """Tell if a name is a local slice or string whose length only assignments change."""
    under = name.type.underlying
    return (
        name.cls in {Class.AUTO, Class.PARAM}
        and not name.is_closure_var
        and name.canonical not in f.boxed
        and (isinstance(under, types.Slice | types.Basic))
    )


def headers(f: FunctionWriter, items: Sequence[ir.Node | None]) -> list[ir.Name]:
    """List the local slices that a loop indexes and does not assign."""
    if not f.indexed:
        return []
    inside = indexed(
        visit.of(_INDEXING, visit.within([item for item in items if item is not None]))
    )
    found = [name for name in inside if _is_header(f, name)]
    changed = assigned(items) if found else set()
    return [name for name in found if name not in changed]


def indexed(nodes: Iterable[ir.Node]) -> dict[ir.Name, None]:
    """List the slices that are indexed by name, as they come."""
    found: dict[ir.Name, None] = {}
    for node in nodes:
        if isinstance(node, ir.IndexExpr) and type(node.x) is ir.Name:
            name = node.x
            if isinstance(name.type.underlying, types.Slice):
                found[name] = None
    return found


# Hashes.


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
    if name.cls is not Class.AUTO or name.name.startswith("~") or not is_followed(f, name):
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
        if target is not None and not is_followed(f, target):
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
            return _is_integer(node) and _is_integer(node.x)
        case _:
            return type(node) in _CHEAP
