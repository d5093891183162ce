"""Which values can an integer variable have here? So that sums need not be checked in vain.

While a function is written, statement by statement, `known` says what is certain of its local
integers at this point of the text: constants, lengths, `i` inside of `for i := 0; i < n; i++`,
`n` after `if n < 2 { return }`. What is not in it can have any value of its type. Only variables
that nothing else can reach are followed: no closure and no pointer changes them.

At the head of a loop, what the loop assigns is forgotten, but for what holds in all turns
(`invariants`), and so it is where jumps arrive; behind an `if`, only what both ways agree on is
kept.

Beside them stand the lengths of local slices and strings, and how far integers are from such
lengths: after `n := len(s)`, `j < n-1` says that `s[j+1]` need not be checked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import arithmetic
from mkdocs_gomem.compiler.codegen.order import STATEMENTS
from mkdocs_gomem.compiler.ir import Class, Op, reassignment, visit
from mkdocs_gomem.gotypes import types
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter

Range = tuple[int, int]
"""Least and greatest value."""
Known = dict[ir.Name | tuple[ir.Name, ir.Name], Range]
"""What is certain: the range of an integer, of the length of a slice or string, or, for the two of
them together, of the integer less the length."""
Distances = dict[ir.Name, Range]
"""By slice or string: an integer less its length."""
Fact = tuple[Range, Distances]
"""What is known of an integer's value; of a slice or string, of its length."""
ByClass = Mapping[type[ir.Node], list[ir.Node]]
"""The nodes of a function by class (`visit.by_class`)."""

_NEGATED = {
    Op.LT: Op.GE, Op.GE: Op.LT, Op.GT: Op.LE, Op.LE: Op.GT, Op.EQ: Op.NE, Op.NE: Op.EQ,
}  # fmt: skip
_MIRRORED = {
    Op.LT: Op.GT, Op.GT: Op.LT, Op.LE: Op.GE, Op.GE: Op.LE, Op.EQ: Op.EQ, Op.NE: Op.NE,
}  # fmt: skip
_LEAVES = frozenset((Op.BREAK, Op.CONTINUE, Op.GOTO, Op.FALL))
_ASSIGNING: frozenset[type[ir.Node]] = frozenset((
    ir.AssignStmt, ir.AssignOpStmt, ir.Decl, ir.AssignListStmt, ir.RangeStmt, ir.CaseClause,
))  # fmt: skip
_INDEXING: frozenset[type[ir.Node]] = frozenset((ir.IndexExpr,))
_LOCAL = frozenset((Class.AUTO, Class.PARAM, Class.PARAMOUT))
_NOTHING, _INTEGER, _HEADER = "nothing", "its range", "its length"
_LENGTHS = 0, 1 << 48
"""There are no more elements than addresses."""
_FEW = 8
"""Turns of a loop for which a range is not worth making."""
_MOST_KNOWN = 300
"""So much is kept in mind: where there are more variables, all is forgotten now and then."""
_DEEPEST = 30
"""Operands of a chain of `&&` that are looked at, from its end."""
_INT = 1 << 63
"""One more than the greatest `int`."""
FAR = 1 << 64
"""Farther than any integer is from a length."""


def is_followed(f: FunctionWriter, node: ir.Node | None) -> bool:
    """Tell if a node is a local integer that nothing but this function's text can change."""
    return type(node) is ir.Name and _interest(f, node) is _INTEGER


def is_integer(node: ir.Expr) -> bool:
    """Tell if an expression is an integer."""
    basic = node.type.underlying
    return isinstance(basic, types.Basic) and bool(basic.info & types.IS_INTEGER)


def _interest(f: FunctionWriter, name: ir.Name) -> str:
    """Return what may be known of a variable here: each is asked about with each assignment."""
    known = f.interests.get(name)
    if known is None:
        known = f.interests[name] = _find_interest(f, name)
    return known


def _find_interest(f: FunctionWriter, name: ir.Name) -> str:
    if name.cls not in _LOCAL or name.is_closure_var or name.canonical in f.boxed:
        return _NOTHING
    if is_integer(name):
        return _INTEGER
    is_header = isinstance(name.type.underlying, types.Slice | types.Basic)
    return _HEADER if is_header and name.cls is not Class.PARAMOUT else _NOTHING


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
        case ir.UnaryExpr(op=Op.LEN, x=ir.Name() as name) if is_header(f, name):
            return f.known.get(name, _LENGTHS)
        case ir.UnaryExpr(op=Op.LEN | Op.CAP):
            return _LENGTHS
        case ir.ConvExpr(op=Op.CONV | Op.CONVNOP) if is_integer(node.x):
            return arithmetic.cut(of(f, node.x), typ)
        case _:
            return whole


def result(f: FunctionWriter, op: Op, x: ir.Expr, y: ir.Expr) -> Range:
    """Return the range of `x op y`, wrapped."""
    typ = f.rtype(x.type)
    _, have = arithmetic.combine(f, op, typ, ("0", of(f, x)), ("0", of(f, y)), x, y)
    return arithmetic.cut(have, typ)


def distances(f: FunctionWriter, node: ir.Expr) -> Distances:
    """Return how far an integer expression is from lengths, as far as it is known here."""
    match node:
        case ir.ParenExpr():
            return distances(f, node.x)
        case ir.UnaryExpr(op=Op.LEN, x=ir.Name() as whole) if is_header(f, whole):
            return {whole: (0, 0)}
        case ir.Name():
            return {
                key[1]: have
                for key, have in f.known.items()
                if isinstance(key, tuple) and key[0] is node
            }
        case ir.BinaryExpr(op=Op.ADD | Op.SUB):
            return _moved(f, node.op, node.x, node.y)
        case _:
            return {}


def _moved(f: FunctionWriter, op: Op, x: ir.Expr, y: ir.Expr) -> Distances:
    """Return how far `x + y` or `x - y` is from lengths, if it can't wrap."""
    beside = distances(f, x)
    if not beside:
        return {}
    typ = f.rtype(x.type)
    _, have = arithmetic.combine(f, op, typ, ("0", of(f, x)), ("0", of(f, y)), x, y)
    if arithmetic.cut(have, typ) != have:
        return {}
    low, high = of(f, y)
    if op is Op.SUB:
        low, high = -high, -low
    return {whole: (least + low, most + high) for whole, (least, most) in beside.items()}


def fact(f: FunctionWriter, x: ir.Name, y: ir.Expr) -> Fact | None:
    """Return what is known of a value that a variable is about to be given."""
    if is_followed(f, x):
        return of(f, y), distances(f, y)
    if not is_header(f, x):
        return None
    match y:
        case ir.Name():
            return f.known.get(y, _LENGTHS), {}
        case ir.MakeExpr(op=Op.MAKESLICE, len=ir.Expr() as length) if is_integer(length):
            low, high = of(f, length)
            return (max(low, 0), max(high, 0)), {}
        case ir.CompLitExpr(op=Op.SLICELIT, length=count):
            return (count, count), {}
        case ir.Literal(value=bytes() as text):
            return (len(text), len(text)), {}
        case _:
            return _LENGTHS, {}


def sum_fact(f: FunctionWriter, node: ir.AssignOpStmt) -> Fact | None:
    """Return what is known of the value that `x op= y` is about to give."""
    if not is_followed(f, node.x):
        return None
    can_tell = node.as_op in {Op.ADD, Op.SUB}
    beside = _moved(f, node.as_op, node.x, node.y) if can_tell else {}
    return result(f, node.as_op, node.x, node.y), beside


def learn(f: FunctionWriter, name: ir.Name, have: Fact | None) -> None:
    """Note what is known of a variable that was just assigned, in place of what was known."""
    forget(f, name)
    if have is None or name in f.residues:
        return
    if len(f.known) > _MOST_KNOWN:  # each assignment looks through all of it
        f.known = {}
    range_, beside = have
    if is_followed(f, name):
        f.known[name] = arithmetic.cut(range_, f.rtype(name.type))
        for whole, far in beside.items():
            f.known[name, whole] = far
    elif is_header(f, name):
        f.known[name] = range_


def learn_make(f: FunctionWriter, name: ir.Name, y: ir.MakeExpr, stored: Sequence[ir.Expr]) -> None:
    """Note what must have been so for a slice that was just made: else `make` would have panicked.

    A length is no less than 0 and no more than what fits into memory. How far the number is from
    it is known as well, if it is none of those `stored` at the same time.
    """
    length = y.len
    if y.op is not Op.MAKESLICE or length is None or not is_integer(length):
        return
    size = f.rtype(y.type).elem.size
    number, more = length, 0
    match length:
        case ir.BinaryExpr(op=Op.ADD | Op.SUB, x=ir.Name(), y=ir.Literal(value=int(by))):
            number, more = length.x, by if length.op is Op.ADD else -by
        case _:
            pass
    if not size or not isinstance(number, ir.Name) or not is_followed(f, number):
        return
    if number in stored:  # it has another value now
        return
    if number in f.residues or number in f.sums or not f.rtype(number.type).signed:
        return
    low, high = of(f, number)
    least, most = max(low, -more), min(high, _LENGTHS[1] // size - more)
    if least <= most:  # else what follows is never reached
        f.known[number] = least, most
        if is_header(f, name):
            f.known[name] = max(least + more, 0), most + more
            f.known[number, name] = -more, -more


def forget(f: FunctionWriter, name: ir.Name) -> None:
    """A variable has another value: nothing is known of it."""
    f.known.pop(name, None)
    for key in [key for key in f.known if type(key) is tuple and name in key]:
        del f.known[key]


def values(f: FunctionWriter, node: ir.AssignListStmt) -> list[Fact | None]:
    """Return what is known of values that are about to be assigned, each to its own variable."""
    if node.op is not Op.AS2 or len(node.lhs) != len(node.rhs):
        return [None] * len(node.lhs)
    found: list[Fact | None] = []
    for x, y in zip(node.lhs, node.rhs, strict=True):
        have = fact(f, x, y) if isinstance(x, ir.Name) else None
        if have is not None:
            have = have[0], {whole: far for whole, far in have[1].items() if whole not in node.lhs}
        found.append(have)
    return found


def learn_values(f: FunctionWriter, node: ir.AssignListStmt, have: list[Fact | None]) -> None:
    """Note it, once all are stored."""
    for x, known in zip(node.lhs, have, strict=True):
        if isinstance(x, ir.Name):
            learn(f, x, known)
    if len(node.lhs) == len(node.rhs):
        for x, y in zip(node.lhs, node.rhs, strict=True):
            if isinstance(x, ir.Name) and isinstance(y, ir.MakeExpr):
                learn_make(f, x, y, node.lhs)


def without(f: FunctionWriter, items: Iterable[ir.Node | None]) -> Known:
    """Return what is known whichever way leads through some statements, or out of them."""
    return _kept(f, assigned(items)) if f.known else {}


def _kept(f: FunctionWriter, changed: set[ir.Name]) -> Known:
    return {
        key: have
        for key, have in f.known.items()
        if not (changed.intersection(key) if isinstance(key, tuple) else key in changed)
    }


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
    return _assigned(visit.within([item for item in items if item is not None]))


def _assigned(inside: list[ir.Node]) -> set[ir.Name]:
    found: set[ir.Name] = set()
    for node in visit.of(_ASSIGNING, inside):
        match node:
            case ir.Decl():
                targets: Sequence[ir.Node | None] = (node.x,)
            case ir.CaseClause():
                targets = (node.var,)
            case _:
                targets = reassignment.targets(node)
        found.update(target for target in targets if isinstance(target, ir.Name))
    return found


# Conditions.


def assume(f: FunctionWriter, cond: ir.Expr | None, *, holds: bool, depth: int = _DEEPEST) -> None:
    """Narrow what is known by a condition that was found to hold, or not to."""
    match cond:
        case ir.ParenExpr():
            assume(f, cond.x, holds=holds, depth=depth)
        case ir.UnaryExpr(op=Op.NOT):
            assume(f, cond.x, holds=not holds, depth=depth)
        case ir.BinaryExpr(op=Op.ANDAND | Op.OROR) if holds is (cond.op is Op.ANDAND):
            if depth:
                assume(f, cond.x, holds=holds, depth=depth - 1)
            if f.order.flags(cond.y) & STATEMENTS:
                for name in assigned((cond.y,)):  # a literal that was inlined
                    forget(f, name)
            assume(f, cond.y, holds=holds, depth=depth)
        case ir.BinaryExpr() if cond.op in _NEGATED and is_integer(cond.x):
            op = cond.op if holds else _NEGATED[cond.op]
            _narrow(f, cond.x, op, cond.y)
            _narrow(f, cond.y, _MIRRORED[op], cond.x)
        case _:
            pass


def _narrow(f: FunctionWriter, node: ir.Expr, op: Op, other: ir.Expr) -> None:
    match node:
        case ir.Name() as name if is_followed(f, name) and name not in f.residues:
            for whole, far in distances(f, other).items():
                key = name, whole
                f.known[key] = _narrowed(f.known.get(key, (-FAR, FAR)), op, far)
        case ir.UnaryExpr(op=Op.LEN, x=ir.Name() as name) if is_header(f, name):
            pass
        case ir.BinaryExpr(op=Op.MUL, x=ir.Name() as name) if node.y is name:
            _narrow_root(f, name, _narrowed(of(f, node), op, of(f, other))[1])
            return
        case _:
            return
    low, high = _narrowed(of(f, node), op, of(f, other))
    if low <= high:  # else this way is never taken
        f.known[name] = low, high


def _narrow_root(f: FunctionWriter, name: ir.Name, most: int) -> None:
    """Note that a variable's square is no more than this, if the square can't have wrapped."""
    if not is_followed(f, name) or name in f.residues or most < 0:
        return
    low, high = of(f, name)
    root = math.isqrt(most)
    square = max(low * low, high * high)
    if square <= arithmetic.full(f.rtype(name.type))[1] and low <= root and high >= -root:
        f.known[name] = max(low, -root), min(high, root)


def _narrowed(have: Range, op: Op, other: Range) -> Range:
    """Return the range of what is known to be less than, equal to … something of another range."""
    low, high = have
    least, most = other
    match op:
        case Op.LT:
            return low, min(high, most - 1)
        case Op.LE:
            return low, min(high, most)
        case Op.GT:
            return max(low, least + 1), high
        case Op.GE:
            return max(low, least), high
        case Op.EQ:
            return max(low, least), min(high, most)
        case _ if least == most:
            return low + (low == least), high - (high == least)
        case _:
            return have


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


@dataclass(frozen=True, slots=True)
class Inside:
    """What is inside of a loop."""

    nodes: list[ir.Node]
    """All that runs in each turn; of a `range` what it goes over too."""
    assigned: set[ir.Name]
    """By whatever of it."""
    by_body: set[ir.Name]
    """The same without the step of a `for`."""


NOTHING = Inside([], set(), set())


def inside(node: ir.ForStmt | ir.RangeStmt) -> Inside:
    """List what is inside of a loop, once for all who ask."""
    if isinstance(node, ir.RangeStmt):
        nodes = visit.within([node])
        changed = _assigned(nodes)
        return Inside(nodes, changed, changed)
    nodes = visit.within(node.body if node.cond is None else [node.cond, *node.body])
    changed = _assigned(nodes)
    if node.post is None:
        return Inside(nodes, changed, changed)
    post = visit.within([node.post])
    return Inside(nodes + post, changed | _assigned(post), changed)


def enter_loop(f: FunctionWriter, node: ir.ForStmt, has: Inside) -> None:
    """Keep what holds at the start of every turn, before the condition is asked.

    A counter keeps the side that it starts from, if nothing but the loop's own step changes it
    and that step, made while the condition holds, can't pass the range of its type.
    """
    counts = _counts(f, node, has.assigned)
    start = None if counts is None else f.known.get(counts[0])
    beside = distances(f, counts[0]) if counts is not None else {}
    f.known = _kept(f, has.assigned)
    if counts is None or start is None or counts[0] in has.by_body:
        return
    name, (least, most), _ = counts
    low, high = _while_holds(f, name, node.cond)
    whole = arithmetic.full(f.rtype(name.type))
    if least > 0 and high + most <= whole[1]:
        f.known[name] = (start[0], max(start[1], high + most))
    elif most < 0 and low + least >= whole[0]:
        f.known[name] = (min(start[0], low + least), start[1])
        for measured, (_, most) in beside.items():
            if measured not in has.by_body:
                f.known[name, measured] = -FAR, most


def enter_range(f: FunctionWriter, has: Inside) -> None:
    """Keep what holds at the start of every turn."""
    f.known = _kept(f, has.assigned)


def _while_holds(f: FunctionWriter, name: ir.Name, cond: ir.Expr | None) -> Range:
    """Return the range of a variable while a condition holds."""
    before = dict(f.known)
    assume(f, cond, holds=True)
    have = of(f, name)
    f.known = before
    return have


def _counts(
    f: FunctionWriter, node: ir.ForStmt, changed: set[ir.Name]
) -> tuple[ir.Name, Range, str] | None:
    """Return the variable that a loop counts with, by how much it changes, and that as code.

    It is a number, or a variable that the loop does not assign, certainly above or below 0.
    """
    post = node.post
    match post:
        case ir.AssignOpStmt(x=ir.Name() as name, y=ir.Literal(value=int(step))):
            low, high, code = step, step, str(step)
        case ir.AssignOpStmt(x=ir.Name() as name, y=ir.Name() as by) if is_same(f, by, changed):
            if by in f.residues or by in f.sums:
                return None
            (low, high), code = of(f, by), f.local(by)
        case _:
            return None
    if post.as_op not in {Op.ADD, Op.SUB} or not is_followed(f, name) or low <= 0 <= high:
        return None
    if post.as_op is Op.SUB:
        low, high, code = -high, -low, str(-low) if low == high else f"-{code}"
    return name, (low, high), code


@dataclass(frozen=True, slots=True)
class Counter:
    """What a loop counts with: `for i := …; i < limit; i += step`, where nothing else changes i."""

    name: ir.Name
    step: str
    """The code of what is added, …"""
    steps: Range
    """… and its range, which is all above or all below 0."""
    limit: ir.Expr
    """The same in each turn."""
    included: bool
    """The limit is counted too."""
    wraps: bool
    """The limit may be the greatest `int`: such a loop starts anew at the least, and never ends."""

    @property
    def end(self) -> int:
        """How far Python's limit is from one that is counted too."""
        return (1 if self.steps[0] > 0 else -1) if self.included else 0

    def is_short(self, known: Known) -> bool:
        """Tell if the loop certainly has few turns, by what is known where it begins."""
        match self.limit, known.get(self.name):
            case ir.Literal(value=int(limit)), (low, high):
                if self.steps[0] > 0:
                    return (limit - low) // self.steps[0] < _FEW
                return (limit - high) // self.steps[1] < _FEW
            case _:
                return False


def counter(f: FunctionWriter, node: ir.ForStmt, has: Inside) -> Counter | None:
    """Return what a loop counts with, if it does nothing but that until it comes to the limit."""
    counts, cond = _counts(f, node, has.assigned), node.cond
    if counts is None or not isinstance(cond, ir.BinaryExpr) or cond.init:
        return None
    name, steps, code = counts
    ops = (Op.LT, Op.LE) if steps[0] > 0 else (Op.GT, Op.GE)
    if cond.x is not name or cond.op not in ops or name in has.by_body:
        return None
    if not is_same(f, cond.y, has.assigned):
        return None
    low, high = _while_holds(f, name, cond)
    have = low + steps[0], high + steps[1]
    included = cond.op is Op.LE or cond.op is Op.GE
    wraps = arithmetic.cut(have, f.rtype(name.type)) != have
    if wraps and not (included and have[1] == _INT and isinstance(cond.y, ir.Name)):
        return None
    return Counter(name, code, steps, cond.y, included, wraps)


def of_index(f: FunctionWriter, node: ir.RangeStmt, has: Inside) -> Fact:
    """Return what is known of the first value that each turn of a `range` loop begins with."""
    x = node.x
    typ = x.type.underlying
    if isinstance(typ, types.Pointer):
        typ = typ.elem.underlying
    beside: Distances = {}
    if is_integer(x):
        top, beside = of(f, x)[1], distances(f, x)
    elif isinstance(typ, types.Array):
        top = typ.len
    elif isinstance(x, ir.Name) and is_header(f, x):
        top, beside = f.known.get(x, _LENGTHS)[1], {x: (0, 0)}
    else:
        top = _LENGTHS[1]
    return (0, max(top - 1, 0)), {
        whole: (-FAR, most - 1) for whole, (_, most) in beside.items() if whole not in has.assigned
    }


def is_below(f: FunctionWriter, index: ir.Expr, whole: ir.Expr) -> bool:
    """Tell if an index is certainly less than the length of a slice or string."""
    if not isinstance(whole, ir.Name) or not is_header(f, whole):
        return False
    if of(f, index)[1] < f.known.get(whole, _LENGTHS)[0]:
        return True
    far = distances(f, index).get(whole)
    return far is not None and far[1] < 0


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
            return whole not in changed and is_header(f, whole)
        case _:
            return False


def is_header(f: FunctionWriter, name: ir.Name) -> bool:
    """Tell if a name is a local slice or string whose length only assignments change."""
    return _interest(f, name) is _HEADER


def headers(f: FunctionWriter, has: Inside) -> list[ir.Name]:
    """List the local slices that a loop indexes and does not assign."""
    if not f.indexed:
        return []
    found = indexed(visit.of(_INDEXING, has.nodes))
    return [name for name in found if is_header(f, name) and name not in has.assigned]


def indexed(nodes: Iterable[ir.Node]) -> dict[ir.Name, None]:
    """List the slices that are indexed by name, as they come."""
    found: dict[ir.Name, None] = {}
    for node in nodes:
        if isinstance(node, ir.IndexExpr) and type(node.x) is ir.Name:
            name = node.x
            if isinstance(name.type.underlying, types.Slice):
                found[name] = None
    return found
