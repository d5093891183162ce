"""Statements as Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import (
    arithmetic,
    control,
    expressions,
    function,
    lines,
    loops,
    parallel,
    ranges,
    unread,
)
from mkdocs_gomem.compiler.codegen.order import (
    CALL,
    EARLY,
    STATEMENTS,
    fails_early,
    fails_first,
    fails_late,
    needs_copy,
)
from mkdocs_gomem.compiler.escape import type_facts
from mkdocs_gomem.compiler.escape.assign import same_safe_expr
from mkdocs_gomem.compiler.ir import Op, reassignment, visit
from mkdocs_gomem.gotypes import predicates, types
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter


def body(f: FunctionWriter, items: list[ir.Stmt]) -> None:
    """Write a list of statements, as one scope."""
    scope = len(f.scope)
    control.segments(f, items)
    f.leave(scope)


def _tick(f: FunctionWriter) -> None:
    """Write the steps of a long stretch without a loop or call: they take time too."""
    for _ in range(min(f.w.unticked // _A_STEP, _MOST_STEPS)):
        f.w.line("for _ in BG: break")
        f.w.line("else: Y()")
    f.w.unticked = 0


def inlined(f: FunctionWriter, items: list[ir.Stmt]) -> None:
    """Write the body of an inlined call, whose variables stay in scope behind it."""
    control.segments(f, items)


def stmt(f: FunctionWriter, node: ir.Stmt) -> None:
    """Write one statement."""
    w = f.w
    band, scope = w.band, len(f.scope)
    w.pos = node.pos
    w.band = -1 if node.mark is None else f.band(node.mark)
    if f.backing.moves:
        for name, keep in f.backing.moves.get(node, ()):
            _move_to_heap(f, node, name, keep_capacity=keep)
    if node.init:
        for item in _before(node):
            stmt(f, item)
        w.pos = node.pos
    straight = type(node) in _STRAIGHT or _is_straight(f, node)
    if not straight:
        f.pending = 0
    _one(f, node)
    if w.unticked > _A_STEP:
        _tick(f)
    if not straight or ((f.pending or f.in_entry) and _ends_line(f, node)):
        f.pending = 0
        f.in_entry = False
    if type(node) in _SCOPES:
        f.leave(scope)
    w.band = band


_SCOPES = frozenset((ir.IfStmt, ir.ForStmt, ir.RangeStmt, ir.SwitchStmt))
"""Statements whose variables exist no longer behind them."""
_STRAIGHT = frozenset((
    ir.AssignStmt, ir.AssignListStmt, ir.AssignOpStmt, ir.ExprStmt, ir.Decl, ir.BlockStmt,
    ir.InlineMarkStmt,
))  # fmt: skip
_A_STEP = 1_024
"""So many characters of generated code run in about the time of a turn of a loop, …"""
_MOST_STEPS = 200
"""… of which a single long statement takes no more than these."""
_BRANCHES = frozenset((
    Op.INDEX, Op.SLICE, Op.SLICEARR, Op.SLICESTR, Op.SLICE3, Op.SLICE3ARR, Op.APPEND, Op.DOTTYPE,
    Op.DOTTYPE2, Op.DYNAMICDOTTYPE, Op.DYNAMICDOTTYPE2, Op.ANDAND, Op.OROR, Op.DIV, Op.MOD,
    Op.MIN, Op.MAX, Op.PANIC, Op.LSH, Op.RSH, Op.SLICE2ARR, Op.SLICE2ARRPTR, Op.COPY,
))  # fmt: skip
"""Where the back end's straight line of code ends: a check, or two ways."""


_CALLS = frozenset((Op.CALLFUNC, Op.CALLINTER, Op.GO))


def _is_straight(f: FunctionWriter, node: ir.Stmt) -> bool:
    return isinstance(node, ir.GoDeferStmt) and (node.op is Op.GO or f.open_defers)


def _ends_line(f: FunctionWriter, node: ir.Stmt) -> bool:
    ends = _BRANCHES | _CALLS if f.in_entry else _BRANCHES
    if isinstance(node, ir.GoDeferStmt):
        return node.op in ends  # the call itself comes later, or elsewhere
    return visit.any(node, lambda part: part.op in ends)


def _one(f: FunctionWriter, node: ir.Stmt) -> None:
    write = _WRITERS.get(type(node))
    if write is None:
        source.unsupported(node.pos, f"{type(node).__name__} {node.op.name}")
    write(f, node)


def _assignment(f: FunctionWriter, node: ir.AssignStmt) -> None:
    if f.unread and _is_dropped(f, [node.y] if node.y else [], [node.x]):
        return
    _assign_one(f, node)
    if f.g.refilled:
        _refill(f, node)


def _is_dropped(f: FunctionWriter, values: list[ir.Expr], places: list[ir.Expr]) -> bool:
    """Write what an assignment does besides if nobody wants its values; False if somebody does."""
    left = unread.rest(f, values, places)
    for item in left or ():
        stmt(f, item)
    return left is not None


def _operation(f: FunctionWriter, node: ir.AssignOpStmt) -> None:
    _assign_op(f, node)
    f.step(node)


def _expression(f: FunctionWriter, node: ir.ExprStmt) -> None:
    effect(f, node.x)
    f.step(node)


def _return(f: FunctionWriter, node: ir.ReturnStmt) -> None:
    leave(f, node, node.results)


def _block(f: FunctionWriter, node: ir.BlockStmt) -> None:
    control.segments(f, node.body)


def _send(f: FunctionWriter, node: ir.SendStmt) -> None:
    chan, value = expressions.operands(f, [node.chan, node.value], [False, True])
    f.w.line(f"send({chan}, {value})")
    f.step(node)


def _check_nil(f: FunctionWriter, node: ir.CheckNilStmt) -> None:
    f.w.line(f"{expressions.expr(f, node.x)}.t")


def _nothing(f: FunctionWriter, node: ir.Stmt) -> None:
    """A label or mark has been looked at already."""


def _refill(f: FunctionWriter, node: ir.AssignStmt) -> None:
    """Make static interface values again whose copy has just been filled: no step of its own."""
    for item in f.g.refilled.get(node, ()):
        counts, recorded, f.counts, f.recorded = f.counts, f.recorded, False, False
        _one(f, item)
        f.counts, f.recorded = counts, recorded


def _move_to_heap(f: FunctionWriter, node: ir.Stmt, name: ir.Name, *, keep_capacity: bool) -> None:
    if name not in f.buffers:
        return
    typ = f.rtype(name.type)
    site = f.g.site(node.pos, typ, "append", Region.HEAP)
    code = expressions.variable(f, name)
    f.w.line(
        f"{code} = toheap({site}, {f.g.elements(typ.elem)}, {code}, {f.buffer(name)}, "
        f"keep_capacity={keep_capacity})"
    )


def _before(node: ir.Stmt) -> list[ir.Stmt]:
    """Return the statements to write first; a declaration goes together with its value."""
    if isinstance(node, ir.AssignStmt):
        return [item for item in node.init if not (isinstance(item, ir.Decl) and item.x is node.x)]
    if isinstance(node, ir.AssignListStmt):
        return [
            item for item in node.init if not (isinstance(item, ir.Decl) and item.x in node.lhs)
        ]
    if isinstance(node, ir.RangeStmt):
        # The loop declares its variables itself, anew in each turn if they are.
        given = (node.key, node.value)
        return [item for item in node.init if not (isinstance(item, ir.Decl) and item.x in given)]
    return node.init


def effect(f: FunctionWriter, node: ir.Expr) -> None:
    """Write an expression for what it does."""
    match node:
        case ir.InlinedCallExpr():
            expressions.inlined(f, node)
        case ir.ParenExpr():
            effect(f, node.x)
        case ir.StarExpr() if f.rtype(node.type).composite:
            f.w.line(f"nonnil({expressions.expr(f, node.x)})")
        case _:
            code = expressions.expr(f, node)
            if not code.isidentifier() and code not in {"None", "0"}:
                f.w.line(code)


def read(f: FunctionWriter, name: ir.Name) -> str:
    """Return the code of a variable's value."""
    return expressions.variable(f, name)


# Declarations and assignments.


def _declare(f: FunctionWriter, node: ir.Decl) -> None:
    name = node.x
    f.declare(name)
    typ = f.rtype(name.type)
    if f.is_boxed(name) or typ.composite:
        zero = f.g.zero(typ)
        f.store(name, f.new_variable(name, zero))


def _assign_one(f: FunctionWriter, node: ir.AssignStmt) -> None:
    declares = any(isinstance(item, ir.Decl) and item.x is node.x for item in node.init)
    x, y = node.x, node.y
    lines.assigned(f, x, y, node)
    if isinstance(y, ir.CallExpr) and y.op is Op.APPEND and same_safe_expr(x, y.args[0]):
        f.in_place = y
    compiler_made = _is_bound(node, x)
    if isinstance(x, ir.Name) and x.name == "_":
        if y is not None:
            effect(f, y)
        f.step(node)
        return
    if isinstance(x, ir.Name) and declares:
        value, have = value_for(f, x, y)
        f.declare(x)
        f.store(x, f.new_variable(x, value), have)
    elif isinstance(x, ir.Name) and (ranges.is_followed(f, x) or ranges.is_header(f, x)):
        value, have = value_for(f, x, y)
        f.store(x, value, have)
    elif y is None:
        assign(f, x, f.g.zero(f.rtype(x.type)), fresh=True)
    elif isinstance(x, ir.IndexExpr) and x.op is Op.INDEXMAP:
        _assign_entry(f, x, y)
    else:
        _assign_to(f, x, y)
    if type(y) is ir.MakeExpr and isinstance(x, ir.Name):
        ranges.learn_make(f, x, y, [x])
    if not compiler_made:
        f.step(node)


def _is_bound(node: ir.Stmt, x: ir.Expr) -> bool:
    """Tell if the compiler made an assignment: a temporary, or what an inlined call is given.

    The latter stands where the call does; what the author assigns to a parameter or result
    stands inside, where the variable is.
    """
    return isinstance(x, ir.Name) and (x.auto_temp or (x.inl_formal and x.mark is not node.mark))


def value_for(f: FunctionWriter, x: ir.Name, y: ir.Expr | None) -> tuple[str, ranges.Fact | None]:
    """Return the code of what a variable is given, and the range of an integer."""
    if y is None:
        return f.g.zero(f.rtype(x.type)), ((0, 0), {})
    if x in f.residues:
        return arithmetic.residue(f, x, *arithmetic.integer(f, y)), None
    if x in f.sums:
        return arithmetic.integer(f, y)[0], None
    value = expressions.owned(f, y)
    return value, ranges.fact(f, x, y)


def _assign_to(f: FunctionWriter, x: ir.Expr, y: ir.Expr) -> None:
    """Write `x = y` for one variable that is no map element."""
    if isinstance(x, ir.Name):
        assign(f, x, expressions.owned(f, y), fresh=True)
        return
    place, flags = f.order.flags(x), f.order.flags(y)
    calls = bool(flags & (CALL | STATEMENTS)) or fails_first(place, flags)
    calls = calls or (fails_early(place) and fails_early(flags))
    where = Place(f, x, None, calls=calls)
    value = expressions.owned(f, y)
    late = isinstance(x, ir.SelectorExpr | ir.StarExpr) and not f.rtype(x.type).composite
    if calls and not late:
        value = expressions.simple(f, value)  # before the place is read, in statements of its own
    where.read()(value)


def _assign_entry(f: FunctionWriter, x: ir.IndexExpr, y: ir.Expr) -> None:
    """Write `m[k] = y`. An entry is made when its value is there (order.go, safeMapRHS).

    If both may panic, the value does: the key is read last, but where the map wants its address.
    """
    key, value = f.order.flags(x.index), f.order.flags(y)
    both = fails_late(key) and (fails_late(value) or fails_early(value))
    calls = (key | value) & (CALL | STATEMENTS)
    if both and not calls and (_is_fast(x.x.type) or not needs_copy(x.index)):
        (m,) = expressions.operands(f, [x.x], [False])
        made = expressions.simple(f, expressions.owned(f, y))
        _put(f, x, m, expressions.owned(f, x.index), made)
        return
    codes = expressions.operands(f, [x.x, x.index, y], [False, True, True])
    _put(f, x, *codes)


def _is_fast(typ: types.Type) -> bool:
    """Tell if the keys of a map go to it in a register (walk.mapfast, for numbers and strings)."""
    mapping = typ.underlying
    if not isinstance(mapping, types.Map) or type_facts.size_of(mapping.elem) > _FAST_ELEM:
        return False
    key = mapping.key
    return predicates.is_string(key) or (
        predicates.is_integer(key) and type_facts.size_of(key) in _FAST_KEYS
    )


_FAST_ELEM = 128
_FAST_KEYS = frozenset((4, 8))


def assign_late(f: FunctionWriter, x: ir.Expr, y: ir.Expr) -> None:
    """Write `x = y` where neither calls anything, as one of several assignments."""
    if isinstance(x, ir.IndexExpr) and x.op is Op.INDEXMAP:
        parts = expressions.operands(f, [x.x, x.index], [False, True])
        m, key = (expressions.simple(f, code) for code in parts)
        plain = isinstance(y, ir.Name | ir.Literal | ir.Nil)
        if not plain and not any(_is_copied(part) for part in visit.within((y,))):
            # There is an entry before the value is worked out, which may panic.
            stands = key if f.rtype(x.x.type).key.raw_key else f"{m}.stand_in({key})"
            with f.w.block(f"if {stands} not in {m}.d:"):
                _put(f, x, m, key, f.g.zero(f.rtype(x.type)))
        _put(f, x, m, key, expressions.owned(f, y))
    elif reassignment.is_blank(x):
        effect(f, y)
    elif isinstance(x, ir.Name) and x in f.residues:
        f.store(x, value_for(f, x, y)[0])
    else:
        _assign_to(f, x, y)


def _is_copied(node: ir.Node) -> bool:
    """Tell if gc puts an expression into a variable of its own (walk/order.go)."""
    match node:
        case ir.UnaryExpr(op=Op.LEN, x=x):
            return isinstance(x.type.underlying, types.Map | types.Chan)
        case _:
            return isinstance(node, ir.SliceExpr | ir.TypeAssertExpr)


def _put(f: FunctionWriter, x: ir.IndexExpr, m: str, key: str, value: str) -> None:
    typ = f.rtype(x.x.type)
    site = f.g.site(x.pos, typ, "map", Region.HEAP)
    if not typ.key.raw_key:
        f.w.line(f"{m}.put_keyed({key}, {value}, {site})")
        return
    m, key, value = (expressions.simple(f, code) for code in (m, key, value))
    f.w.line(f"if {key} in {m}.d: {m}.d[{key}] = {value}")
    f.w.line(f"else: {m}.put({key}, {value}, {site})")


def assign(f: FunctionWriter, x: ir.Expr, value: str, *, fresh: bool) -> None:
    """Write the assignment of a value, owned if `fresh`, to a variable."""
    typ = f.rtype(x.type)
    if not fresh and typ.composite:
        value = f"{f.g.constant('P', typ.ops.copy)}({value})"
    match x:
        case ir.Name(name="_"):
            f.w.line(value)
        case ir.ParenExpr():
            assign(f, x.x, value, fresh=True)
        case ir.Name() if not typ.composite:
            code = expressions.variable(f, x)
            if code != value:
                f.w.line(f"{code} = {value}")
            ranges.forget(f, x)
        case ir.Name() if not f.is_pinned(x):
            f.w.line(f"{f.local(x)} = {value}")
        case ir.IndexExpr(op=Op.INDEXMAP):
            m, key = expressions.operands(f, [x.x, x.index], [False, True])
            _put(f, x, m, key, value)
        case _ if typ.composite:
            target = expressions.expr(f, x)
            f.w.line(f"{f.g.constant('Q', typ.ops.assign)}({target}, {value})")
        case _:
            f.w.line(f"{expressions.target(f, x)} = {value}")


def _assign_list(f: FunctionWriter, node: ir.AssignListStmt) -> None:
    if f.unread and node.op is Op.AS2 and _is_dropped(f, node.rhs, node.lhs):
        return
    formal = all(_is_bound(node, x) for x in node.lhs)
    op = node.op
    lines.assigned_all(f, node.lhs, node.rhs, node)
    given = [y for y in node.rhs if not isinstance(y, ir.Name)]  # they stand where declared
    if formal and given:
        f.w.pos = given[0].pos  # the statement's own is that of the call
        f.w.band = f.band(given[0].mark)
    declared = {item.x for item in node.init if isinstance(item, ir.Decl)}
    if f.order.is_pure(node):
        parallel.assign(f, node, declared)
        if not formal:
            f.step(node)
        return
    if op is Op.AS2FUNC and all(_is_simple(f, x) for x in node.lhs):
        _assign_results(f, node, declared)
        if not formal:
            f.step(node)
        return
    names = None
    if len(node.lhs) > 1:
        names = stored(f, [x for x in node.lhs if x not in declared])
    split = {whole(x) for x in node.lhs if not isinstance(x, ir.Name)}
    places = [
        _place_of(f, x, declared, names, kept=isinstance(x, ir.Name) and x in split)
        for x in node.lhs
    ]
    if len(node.rhs) == 1 and (op is not Op.AS2 or len(node.lhs) != 1):
        values = expressions.several(f, node.rhs[0], op)
        if op in _COMMA_OK:
            values = [
                _as_interface(f, x, typ, value)
                for x, typ, value in zip(
                    node.lhs, _comma_ok_types(node.rhs[0]), values, strict=True
                )
            ]
    else:
        values = codes = expressions.operands(f, node.rhs, [True] * len(node.rhs))
        if names is not None and not all(_keeps(code, names) for code in codes):
            values = [f.temp() for _ in codes]
            for value, code in zip(values, codes, strict=True):
                f.w.line(f"{value} = {code}")
    have = ranges.values(f, node)
    stores = [read() for read in places]
    for store, value in zip(stores, values, strict=True):
        store(value)
    ranges.learn_values(f, node, have)
    if not formal:
        f.step(node)


def _keeps(code: str, stored: set[str]) -> bool:
    """Tell if code names a value that no store to these variables changes."""
    return code.isidentifier() and code not in stored


def _is_simple(f: FunctionWriter, x: ir.Expr) -> bool:
    """Tell if a place is a Python variable that takes any value as it is."""
    return (
        isinstance(x, ir.Name)
        and x.name != "_"
        and not (x.is_closure_var or f.is_pinned(x) or f.moved(x) or x in f.residues)
    )


def _assign_results(f: FunctionWriter, node: ir.AssignListStmt, declared: set[ir.Name]) -> None:
    """Write `a, b = f()` where Python's own assignment does it."""
    names = [x for x in node.lhs if isinstance(x, ir.Name)]
    rhs = node.rhs[0]
    while isinstance(rhs, ir.ParenExpr) and not rhs.init:
        rhs = rhs.x
    if unread.is_unread(f, node.lhs):
        effect(f, rhs)
        return
    if isinstance(rhs, ir.CallExpr) and not rhs.init:
        code = expressions.expr(f, rhs)
    else:
        code = ", ".join(expressions.several(f, rhs, node.op))
    for x in names:
        if x in declared:
            f.declare(x)
        ranges.forget(f, x)
    f.w.line(f"{', '.join(f.local(x) for x in names)} = {code}")


_COMMA_OK = frozenset((Op.AS2DOTTYPE, Op.AS2MAPR, Op.AS2RECV))


def _comma_ok_types(value: ir.Expr) -> tuple[types.Type, types.Type]:
    typ = value.type
    if isinstance(typ, types.Tuple):
        typ = typ.vars[0].type or types.INVALID
    return typ, types.TYP[types.BasicKind.BOOL]


def _as_interface(f: FunctionWriter, x: ir.Expr, typ: types.Type, value: str) -> str:
    """Return a value of a comma-ok expression for a package variable of interface type.

    Within functions the conversions are written out; here walk makes them (`as2ok`).
    """
    have = f.rtype(typ)
    if reassignment.is_blank(x) or have.is_interface or not f.rtype(x.type).is_interface:
        return value
    f.g.boxed(have)
    return f"Iface({f.g.type_name(have)}, {value})"


def whole(x: ir.Expr) -> ir.Expr:
    """Return what a place is part of."""
    while (
        isinstance(x, ir.ParenExpr)
        or (isinstance(x, ir.SelectorExpr) and x.op is Op.DOT)
        or (isinstance(x, ir.IndexExpr) and isinstance(x.x.type.underlying, types.Array))
    ):
        x = x.x
    return x


def _place_of(
    f: FunctionWriter, x: ir.Expr, declared: set[ir.Name], stored: set[str] | None, *, kept: bool
) -> Callable[[], Callable[[str], None]]:
    """Begin to work out where one of several values goes; what is returned goes on with it.

    A variable that is `kept` stays the same object: what was read leads to parts of it.
    """

    def drop(value: str) -> None:
        if not value.isidentifier() and value not in {"None", "0"}:
            f.w.line(value)

    def begin(value: str) -> None:
        assert isinstance(x, ir.Name)  # noqa: S101 - only names are declared
        f.declare(x)
        f.store(x, f.new_variable(x, value))

    if reassignment.is_blank(x):
        return lambda: drop
    if isinstance(x, ir.Name) and x in declared:
        return lambda: begin
    if kept and f.rtype(x.type).composite:
        copy = f.g.constant("Q", f.rtype(x.type).ops.assign)
        return lambda: lambda value: f.w.line(f"{copy}({expressions.expr(f, x)}, {value})")
    return Place(f, x, stored).read


def stored(f: FunctionWriter, lhs: list[ir.Expr]) -> set[str]:
    """Return the Python variables among a list of places."""
    return {expressions.variable(f, x) for x in lhs if isinstance(x, ir.Name) and x.name != "_"}


def _operands_of(f: FunctionWriter, x: ir.Expr) -> list[ir.Expr]:
    """Return what must be known to store into a place."""
    match x:
        case ir.IndexExpr(op=Op.INDEXMAP):
            return [x.x, x.index]
        case ir.Name():
            return []
        case _ if f.rtype(x.type).composite:
            return [x]
        case ir.IndexExpr():
            return [x.x, x.index]
        case ir.SelectorExpr() | ir.StarExpr():
            return [x.x]
        case _:
            return []


class Place:
    """Where a value goes, worked out as gc does it (walk/order.go, ascompatee).

    Calls in `x` come first, with the object made; then the caller works out the values; then
    `read` reads what the place depends on, and only then is anything stored. So `*p, p.n = f()`
    calls `f` before it reads `p`, and an index is checked when its turn to be stored has come.
    """

    __slots__ = ("_codes", "_f", "_stored", "_x")

    def __init__(
        self, f: FunctionWriter, x: ir.Expr, stored: set[str] | None, *, calls: bool = True
    ) -> None:
        """Begin with a place.

        Args:
            f: the function.
            x: the place.
            stored: the Python variables that are stored at the same time; None if it is alone.
            calls: the values call something, so that what is early in `x` has its turn now.
        """
        while isinstance(x, ir.ParenExpr):
            x = x.x
        self._f = f
        self._x = x
        self._stored = stored
        self._codes: list[str] | None = None
        first = CALL | STATEMENTS | EARLY * calls
        if not isinstance(x, ir.Name) and f.order.flags(x) & first:
            f.hoist += 1
            self._codes = self._work_out()
            f.hoist -= 1

    def _work_out(self) -> list[str]:
        x = self._x
        parts = _operands_of(self._f, x)
        take = [x.op is Op.INDEXMAP and at == 1 for at in range(len(parts))]
        return expressions.operands(self._f, parts, take)

    def _keep(self, code: str) -> str:
        stored = self._stored
        if stored is None or code.isdigit() or _keeps(code, stored):
            return code
        temp = self._f.temp()
        self._f.w.line(f"{temp} = {code}")
        return temp

    def _is_part(self, x: ir.Expr) -> bool:
        """Tell if a place is part of a variable: where it is when something is stored there.

        A pointer or slice in it is none: the old one leads to the place, as in `z, z.next.n =`.
        """
        if not self._f.rtype(x.type).composite:
            return False
        match x:
            case ir.Name():
                return True
            case ir.SelectorExpr(op=Op.DOT):
                return self._is_part(x.x)
            case ir.IndexExpr() if isinstance(x.x.type.underlying, types.Array):
                return self._is_same(x.index) and self._is_part(x.x)
            case _:
                return False

    def _is_same(self, index: ir.Expr) -> bool:
        """Tell if an index has the same value once something is stored."""
        if isinstance(index, ir.Name):
            code = expressions.variable(self._f, index)
            return self._stored is None or _keeps(code, self._stored)
        return isinstance(index, ir.Literal)

    def read(self) -> Callable[[str], None]:
        """Read what the place depends on; return what writes the store of a value."""
        f, x = self._f, self._x
        codes = self._codes or self._work_out()
        parts = _operands_of(f, x)
        codes = [
            code if self._is_part(part) else self._keep(code)
            for part, code in zip(parts, codes, strict=True)
        ]
        typ = f.rtype(x.type)
        match x:
            case ir.Name():
                return lambda value: assign(f, x, value, fresh=True)
            case ir.IndexExpr(op=Op.INDEXMAP):
                m, key = codes
                return lambda value: _put(f, x, m, key, value)
            case _ if typ.composite:
                method = f.g.constant("Q", typ.ops.assign)
                return lambda value: f.w.line(f"{method}({codes[0]}, {value})")
            case ir.IndexExpr():
                base, index = codes
                return lambda value: _store_element(f, x, base, index, value)
            case ir.SelectorExpr():
                return lambda value: f.w.line(f"{codes[0]}.{expressions.slot(x)} = {value}")
            case ir.StarExpr():
                return lambda value: f.w.line(f"{codes[0]}.v = {value}")
            case _:
                return lambda value: assign(f, x, value, fresh=True)

    def update(self, changed: Callable[[str], str], *, divides: bool = False) -> None:
        """Write `x = changed(x)`, with the place read once."""
        f, x = self._f, self._x
        codes = [expressions.simple(f, code) for code in self._codes or self._work_out()]
        match x:
            case ir.IndexExpr(op=Op.INDEXMAP):
                m, key = codes
                _update_entry(f, x, m, key, changed, divides=divides)
                return
            case ir.IndexExpr():
                array, index = expressions.element_of(f, x, codes[0], codes[1])
                spot = f"{expressions.simple(f, array)}[{expressions.simple(f, index)}]"
            case ir.SelectorExpr():
                spot = f"{codes[0]}.{expressions.slot(x)}"
            case ir.StarExpr():
                spot = f"{codes[0]}.v"
            case _:
                spot = expressions.target(f, x)
        f.w.line(f"{spot} = {changed(spot)}")


def _update_entry(
    f: FunctionWriter, x: ir.IndexExpr, m: str, key: str, changed: Callable[[str], str],
    *, divides: bool,
) -> None:  # fmt: skip
    """Write `m[key] = changed(m[key])`; gc looks the key up only once, unless it divides."""
    typ, elem = f.rtype(x.x.type), f.rtype(x.type)
    if not typ.key.raw_key:
        if divides:
            old = expressions.map_get(f, elem, typ, m, key)
        else:
            old = f"{m}.get_keyed({key}, {f.g.zero(elem)})"
        _put(f, x, m, key, changed(old))
        return
    site = f.g.site(x.pos, typ, "map", Region.HEAP)
    entries = f.temp()
    f.w.line(f"{entries} = {m}.d")
    there, fresh = changed(f"{entries}[{key}]"), changed(f.g.zero(elem))
    f.w.line(f"if {key} in {entries}: {entries}[{key}] = {there}")
    f.w.line(f"else: {m}.put({key}, {fresh}, {site})")


def _store_element(f: FunctionWriter, x: ir.IndexExpr, base: str, index: str, value: str) -> None:
    """Write `base[index] = value`; the index is checked now, after the stores before it."""
    array, spot = expressions.element_of(f, x, base, index)
    f.w.line(f"{array}[{spot}] = {value}")


def _assign_op(f: FunctionWriter, node: ir.AssignOpStmt) -> None:
    x, y = node.x, node.y
    flags = f.order.flags(y)
    calls = bool(flags & (CALL | STATEMENTS)) or fails_first(flags, f.order.flags(x))
    where = Place(f, x, None, calls=calls)
    wide: ranges.Range | None = None
    f.hoist += calls  # calls come before the variable is read, what may panic late behind it
    if isinstance(y, ir.AddStringExpr) and not y.init:
        # `s += a + b` is one concatenation of three.
        value = ", ".join(expressions.operands(f, list(y.operands), [False] * len(y.operands)))
    elif not calls and node.as_op in arithmetic.RING and f.rtype(x.type).integer:
        value, wide = arithmetic.integer(f, y)
    else:
        value = expressions.expr(f, y)
    f.hoist -= calls
    have = ranges.sum_fact(f, node) if isinstance(x, ir.Name) else None
    where.update(
        lambda old: arithmetic.operate(f, node, node.as_op, x, y, old, value, wide),
        divides=node.as_op in {Op.DIV, Op.MOD},
    )
    if isinstance(x, ir.Name):
        ranges.learn(f, x, have)


# Leaving, starting, deferring.


def leave(f: FunctionWriter, node: ir.Node | ir.Func, results: list[ir.Expr]) -> None:
    """Write `return`."""
    func = f.func
    if isinstance(node, ir.ReturnStmt):
        lines.assigned_all(f, func.results, results, node)
    if results:
        if len(results) == 1 and len(func.results) > 1:
            codes = expressions.several(f, results[0], Op.AS2FUNC)
        else:
            codes = expressions.operands(f, results, [True] * len(results))
    else:
        codes = []
    calls = any(f.order.flags(result) & (CALL | STATEMENTS) for result in results)
    named = [name for name in func.results if not function.unnamed(name)]
    if f.deferred:
        if isinstance(node, ir.Func):
            written = func.inlined_copy_of or func
            f.w.pos = written.end or f.w.pos  # deferred calls come from the closing brace
        if codes:
            temps = codes
            if len(codes) > 1 or calls:
                temps = [f.temp() for _ in codes]
                f.w.line(f"{', '.join(temps)} = {', '.join(codes)}")
            for name, code in zip(func.results, temps, strict=True):
                assign(f, name, code, fresh=True)
        if isinstance(node, ir.Node):
            f.step(node, "return")
        f.w.line("rundefers(d_)")
        values = [expressions.owned_variable(f, name) for name in func.results]
        f.w.line(f"return {_tuple(values)}" if values else "return")
        return
    if not codes and func.results:
        if not named and not isinstance(node, ir.ReturnStmt):
            return  # the end of the body can't be reached
        codes = [
            f.g.zero(f.rtype(name.type))
            if function.unnamed(name)
            else expressions.owned_variable(f, name)
            for name in func.results  # what is named `_` can't have been assigned to
        ]
    if isinstance(node, ir.ReturnStmt):
        if results and named and f.recorded:
            codes = _into_results(f, codes)
        elif calls and not all(code.isidentifier() for code in codes):
            temp = f.temp()
            f.w.line(f"{temp} = {_tuple(codes)}")
            codes = [temp]
        f.step(node, "return")
    elif f.recorded and f.g.own(func.pos):
        f.w.line(f"S({f.statement(func.pos, None, 'return')})")
    if codes:
        f.w.line(f"return {_tuple(codes)}")
    elif isinstance(node, ir.ReturnStmt):
        f.w.line("return")


def _into_results(f: FunctionWriter, codes: list[str]) -> list[str]:
    """Write what `return` gives to named results, which a picture shows; return the codes."""
    names = f.func.results
    plain = [name.canonical not in f.boxed and not function.unnamed(name) for name in names]
    kept = [
        f.local(name) if is_plain else f.temp() for name, is_plain in zip(names, plain, strict=True)
    ]
    if codes != kept:
        f.w.line(f"{', '.join(kept)} = {', '.join(codes)}")
    for name, code, is_plain in zip(names, kept, plain, strict=True):
        if not is_plain and not function.unnamed(name):
            assign(f, name, code, fresh=True)
    return kept


def _tuple(codes: list[str]) -> str:
    return codes[0] if len(codes) == 1 else f"({', '.join(codes)})"


def _go_defer(f: FunctionWriter, node: ir.GoDeferStmt) -> None:
    call = node.call
    assert isinstance(call, ir.CallExpr)  # noqa: S101 - `lower` brought it into this form
    assert call.fun is not None  # noqa: S101
    fun = expressions.callee(f, call)
    if node.op is Op.GO:
        f.w.line(f"go({fun}, {int(node.pos)})")
    elif call.defer_at is not None:
        f.w.line(f"{expressions.expr(f, call.defer_at)}.append({fun})")
    else:
        f.w.line(f"d_.append({fun})")
    f.step(node)


_WRITERS: dict[type[ir.Node], Callable[[FunctionWriter, Any], None]] = {
    ir.AssignStmt: _assignment,
    ir.AssignListStmt: _assign_list,
    ir.AssignOpStmt: _operation,
    ir.ExprStmt: _expression,
    ir.IfStmt: control.if_stmt,
    ir.ForStmt: loops.for_stmt,
    ir.RangeStmt: loops.range_stmt,
    ir.ReturnStmt: _return,
    ir.BlockStmt: _block,
    ir.BranchStmt: control.branch,
    ir.SwitchStmt: control.switch_stmt,
    ir.SelectStmt: control.select_stmt,
    ir.Decl: _declare,
    ir.SendStmt: _send,
    ir.GoDeferStmt: _go_defer,
    ir.CheckNilStmt: _check_nil,
    ir.LabelStmt: _nothing,
    ir.InlineMarkStmt: _nothing,
}
"""What writes each kind of statement."""
