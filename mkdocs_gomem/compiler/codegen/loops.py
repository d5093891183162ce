"""Loops as Python.

A loop that counts, and one over something of known length, is a Python loop over a range: its
turns are paid for when it begins (`machine.bounds.ticks`). Any other Go loop is two Python loops:
the inner one counts steps, the outer one begins a new turn of the step counter (`machine.run`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import (
    arithmetic,
    control,
    expressions,
    invariants,
    lowbits,
    ranges,
    residues,
    rows,
    statements,
)
from mkdocs_gomem.compiler.codegen.order import CALL
from mkdocs_gomem.compiler.ir import Op, reassignment, visit
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter

_LEAVING: frozenset[type[ir.Node]] = frozenset((ir.BranchStmt, ir.ReturnStmt))
_WAITING: frozenset[type[ir.Node]] = frozenset((
    ir.CallExpr, ir.ForStmt, ir.GoDeferStmt, ir.RangeStmt, ir.SelectStmt, ir.SendStmt, ir.UnaryExpr,
))  # fmt: skip


def for_stmt(f: FunctionWriter, node: ir.ForStmt) -> None:
    """Write `for cond; post`."""
    has = ranges.inside(node)
    construct = control.Construct(node.label, is_loop=True, inside=has)
    declared = _declared(node.init)
    copies = [name for name in declared if node.distinct_vars and name.canonical in f.boxed]
    begun = f.known
    f.constructs.append(construct)
    ranges.enter_loop(f, node, has)
    construct.behind = f.known
    construct.head = f.known | invariants.of_for(f, node, has, begun)
    f.known = dict(construct.head)
    opened = _open_headers(f, has)
    sums = _open_sums(f, node, has)
    counter = ranges.counter(f, node, has)
    if counter is not None and counter.name in declared and not counter.is_short(begun):
        _count(f, node, construct, counter)
    else:
        _repeat(f, node, construct, copies)
    f.constructs.pop()
    _close_sums(f, node, sums)
    _close_headers(f, opened)
    control.leave_construct(f, construct)


def _repeat(
    f: FunctionWriter, node: ir.ForStmt, construct: control.Construct, copies: list[ir.Name]
) -> None:
    """Write a loop that asks its condition in each turn; some variables are new in each."""
    bound = _bound(f, node, construct.inside)
    if node.post is not None or copies:
        construct.next_turn = lambda: _post(f, node, copies)
    with f.w.block("while True:"):
        with f.w.block("for _ in BG:"):
            f.w.unticked = 0
            if not copies and residues.is_small_hash(f, node):
                f.keeps_wide = True
                _turn(f, node, construct, bound)
                f.keeps_wide = False
            wide = list(f.wide)
            _turn(f, node, construct, bound)
        with f.w.block("else:"):
            f.w.line("Y()")
            f.w.line("continue")
        f.w.line("break")
    for name in wide:
        f.w.line(f"{f.local(name)} = {arithmetic.masked(f.local(name))}")


def _post(f: FunctionWriter, node: ir.ForStmt, copies: list[ir.Name]) -> None:
    """Write what comes between two turns."""
    for name in copies:
        typ = f.rtype(name.type)
        old = f.local(name)
        value = f"{f.g.constant('P', typ.ops.copy)}({old})" if typ.composite else f"{old}.v"
        f.w.line(f"{old} = {f.new_variable(name, value)}")
    if node.post is not None:
        pos, constructs = f.w.pos, f.constructs
        f.constructs = []
        statements.stmt(f, node.post)
        f.constructs = constructs
        f.w.pos = pos


def _turn(f: FunctionWriter, node: ir.ForStmt, construct: control.Construct, bound: str) -> None:
    """Write a turn of a loop."""
    if node.cond is not None:
        code = bound or control.condition(f, node.cond)
        if f.order.flags(node.cond) & CALL and not code.isidentifier():
            temp = f.temp()
            f.w.line(f"{temp} = {code}")
            code = temp
        f.step(node)
        f.w.line(f"if not {code}: break")
        ranges.assume(f, node.cond, holds=True)
    statements.body(f, node.body)
    if construct.next_turn is not None:
        construct.next_turn()


def _count(
    f: FunctionWriter, node: ir.ForStmt, construct: control.Construct, counter: ranges.Counter
) -> None:
    """Write a loop that counts, as one over a range; four turns at once for a small hash."""
    python = f.local(counter.name)
    limit = expressions.expr(f, counter.limit)
    construct.next_turn = lambda: _counted(f, node, counter)
    if counter.wraps:
        head = f"for {python} in upto({python}, {limit}):"
        _counted_turns(f, node, construct, counter, head)
        return
    if counter.included:
        limit = f"{limit} + {counter.end}"
    turns = f"({python}, {limit}{'' if counter.step == '1' else f', {counter.step}'})"
    ticks = _ticks(node, construct, by_one=counter.step == "1")
    if counter.step == "1" and residues.is_small_hash(f, node):
        start = f.temp()
        f.w.line(f"{start} = {python}")
        ticks, turns = "rest", f"({start}, {limit})"
        _count_by_fours(f, node, construct, counter, turns)
    head = f"for {python} in {ticks}{turns}:"
    _counted_turns(f, node, construct, counter, head)


def _count_by_fours(
    f: FunctionWriter,
    node: ir.ForStmt,
    construct: control.Construct,
    counter: ranges.Counter,
    turns: str,
) -> None:
    """Write four turns of a small hash one behind the other; a run that records takes none."""
    held = [f.local(counter.name), f.temp(), f.temp(), f.temp()]
    recorded, f.recorded = f.recorded, False
    _enter_turn(f, node, construct)
    apart = [(f.local(x), f.temp(), turn) for x, turn in lowbits.hashes(f, node.body, len(held))]
    for low, above, turn in apart:
        f.w.line(f"{above} = {low} >> {turn.bits}; {low} &= {turn.low}")
    with f.w.block(f"for {', '.join(held)} in fours{turns}:"):
        for name in held:
            f.keeps_wide = bool(apart) or name is not held[-1]
            _counted_turn(f, node, construct, counter, name)
        for low, above, turn in apart:
            whole = f"({above} * {turn.factor ** len(held)} + ({low} >> {turn.bits}))"
            f.w.line(f"{above} = {whole} & {arithmetic.WORD >> turn.bits:#x}; {low} &= {turn.low}")
        f.keeps_wide = False
    for low, above, turn in apart:
        f.w.line(f"{low} += {above} << {turn.bits}")
    f.wide.clear()
    f.recorded = recorded
    f.w.pos = node.pos


def _counted_turns(
    f: FunctionWriter,
    node: ir.ForStmt,
    construct: control.Construct,
    counter: ranges.Counter,
    head: str,
) -> None:
    """Write the Python loop, and behind it the condition that no longer holds."""
    with f.w.block(head):
        _counted_turn(f, node, construct, counter, f.local(counter.name))
    f.w.pos = node.pos
    with f.w.block("else:"):
        f.step(node)


def _counted_turn(
    f: FunctionWriter,
    node: ir.ForStmt,
    construct: control.Construct,
    counter: ranges.Counter,
    held: str,
) -> None:
    """Write a turn in which another Python variable may hold what the loop counts with."""
    _enter_turn(f, node, construct)
    python = f.local(counter.name)
    f.step(node)
    f.codes[counter.name] = held
    statements.body(f, node.body)
    f.codes[counter.name] = python
    if construct.next_turn is not None:
        construct.next_turn()


def _enter_turn(f: FunctionWriter, node: ir.ForStmt, construct: control.Construct) -> None:
    """Begin to write a turn with what is known at its start."""
    f.w.unticked = 0
    f.known = dict(construct.head)
    ranges.assume(f, node.cond, holds=True)


def _counted(f: FunctionWriter, node: ir.ForStmt, counter: ranges.Counter) -> None:
    """Write the step of a loop that counts: only who looks at the variable needs it."""
    post = node.post
    if post is not None and f.recorded and f.g.own(post.pos):
        pos, f.w.pos = f.w.pos, post.pos
        python = f.local(counter.name)
        step = f"= w64({python} + 1)" if counter.wraps else f"+= {counter.step}"
        f.w.line(f"{python} {step}; S({f.statement(post.pos, post.mark, 'statement')})")
        f.w.pos = pos


def _open_headers(f: FunctionWriter, has: ranges.Inside) -> list[str]:
    """Take the headers of slices apart before a loop that indexes them; return which."""
    opened: list[str] = []
    for name in ranges.headers(f, has):
        python = f.local(name)
        if python not in f.headers:
            array, length = f.temp(), f.temp()
            if f.begins_at_start(name):
                f.w.line(f"{array}, {length} = {python}.a, {python}.n")
                start = "0"
            else:
                start = f.temp()
                f.w.line(f"{array}, {start}, {length} = {python}.a, {python}.o, {python}.n")
            f.headers[python] = array, start, length
            opened.append(python)
    if opened or f.headers:
        for key, row in rows.steady(f, has).items():
            if key not in f.rows:
                python = f.temp()
                f.w.line(f"{python} = {expressions.expr(f, row)}")
                parts = f.temp(), f.temp(), f.temp()
                f.w.line(f"{', '.join(parts)} = {python}.a, {python}.o, {python}.n")
                f.rows[key] = python
                f.headers[python] = parts
                opened.append(python)
    return opened


def _close_headers(f: FunctionWriter, opened: list[str]) -> None:
    for python in opened:
        del f.headers[python]
    f.rows = {key: python for key, python in f.rows.items() if python in f.headers}


def _open_sums(
    f: FunctionWriter, node: ir.ForStmt | ir.RangeStmt, has: ranges.Inside
) -> list[ir.Name]:
    """Let variables pass their type's range to which a loop only adds; return which."""
    sums = residues.sums(f, node, has.nodes)
    f.sums.update(sums)
    return sums


def _close_sums(f: FunctionWriter, node: ir.ForStmt | ir.RangeStmt, sums: list[ir.Name]) -> None:
    """Bring them back behind the loop, however it was left."""
    f.w.pos = node.pos
    f.sums.difference_update(sums)
    for name in sums:
        python = f.local(name)
        f.w.line(f"{python} = {arithmetic.anew(f, python, f.rtype(name.type))}")


def _bound(f: FunctionWriter, node: ir.ForStmt, has: ranges.Inside) -> str:
    """Return the code of a condition whose right side, the same in each turn, is worked out now."""
    cond = node.cond
    if not isinstance(cond, ir.BinaryExpr) or isinstance(cond.y, ir.Name | ir.Literal):
        return ""
    if cond.op not in arithmetic.COMPARE or cond.init or not f.rtype(cond.x.type).integer:
        return ""
    if f.order.flags(cond.x) or not ranges.is_same(f, cond.y, has.assigned):
        return ""
    limit = f.temp()
    f.w.line(f"{limit} = {expressions.expr(f, cond.y)}")
    return f"({expressions.expr(f, cond.x)} {arithmetic.COMPARE[cond.op]} {limit})"


def _declared(items: list[ir.Stmt]) -> list[ir.Name]:
    found = []
    for item in items:
        found += [decl.x for decl in item.init if isinstance(decl, ir.Decl)]
        if isinstance(item, ir.BlockStmt):
            found += _declared(item.body)
    return found


def range_stmt(f: FunctionWriter, node: ir.RangeStmt) -> None:
    """Write `for key, value := range x`."""
    key = None if node.key is None or reassignment.is_blank(node.key) else node.key
    value = None if node.value is None or reassignment.is_blank(node.value) else node.value
    typ = node.x.type.underlying
    if isinstance(typ, types.Pointer):
        typ = typ.elem.underlying
    has = ranges.inside(node)
    begun = f.known
    ranges.enter_range(f, has)
    construct = control.Construct(node.label, is_loop=True, inside=has, behind=f.known)
    f.known = f.known | invariants.of_range(f, node, has, begun)
    opened = _open_headers(f, has)
    sums = _open_sums(f, node, has)
    match typ:
        case types.Basic() if typ.info & types.IS_STRING:
            text = expressions.expr(f, node.x)
            index, item = f.temp(), f.temp()
            _turns(f, node, construct, f"for {index}, {item} in turns(runes({text})):",
                   [(key, index), (value, item)])  # fmt: skip
        case types.Basic():
            _indices(f, node, construct, key, expressions.expr(f, node.x))
        case types.Slice():
            whole = _kept(f, construct, node, expressions.expr(f, node.x))
            _elements(f, node, construct, key, value, whole, typ)
        case types.Array():
            _elements(f, node, construct, key, value, None, typ)
        case types.Map():
            _range_map(f, node, construct, key, value)
        case types.Chan():
            _range_chan(f, node, construct, key)
        case _:
            source.unsupported(node.pos, "this range")
    f.constructs.pop()
    _close_sums(f, node, sums)
    _close_headers(f, opened)
    control.leave_construct(f, construct)


def _ticks(
    loop: ir.ForStmt | ir.RangeStmt, construct: control.Construct, *, by_one: bool = True
) -> str:
    """Return how the turns of a loop are counted: all when it begins, unless it may be left."""
    nodes = construct.inside.nodes
    if any(map(_may_leave, visit.of(_LEAVING, nodes))):
        return "some_ticks"
    waiting = [node for node in visit.of(_WAITING, nodes) if node is not loop]
    if by_one and not any(map(_may_wait, waiting)):
        return "numbers"
    return "ticks"


def _may_wait(node: ir.Node) -> bool:
    """Tell if a node may call something, or let another goroutine run, while a loop runs."""
    match node:
        case ir.CallExpr():
            return node.op in (Op.CALLFUNC, Op.CALLINTER)
        case ir.UnaryExpr():
            return node.op is Op.RECV
        case _:
            return True


def _may_leave(node: ir.Node) -> bool:
    if isinstance(node, ir.BranchStmt) and node.op in (Op.CONTINUE, Op.FALL):
        return bool(node.label)
    return True


def _kept(f: FunctionWriter, construct: control.Construct, node: ir.RangeStmt, code: str) -> str:
    """Return a name for what is ranged over: the value it has now, whatever the loop assigns."""
    x = node.x
    if expressions.is_temp(code) or (
        isinstance(x, ir.Name)
        and x.cls is not ir.Class.EXTERN
        and code == f.local(x)
        and x not in construct.inside.assigned
    ):
        return code
    temp = f.temp()
    f.w.line(f"{temp} = {code}")
    return temp


def _give(f: FunctionWriter, node: ir.RangeStmt, x: ir.Expr, value: str) -> None:
    """Store what a turn begins with."""
    if isinstance(x, ir.Name) and _is_own(node, x):
        f.declare(x)
        f.store(x, f.new_variable(x, value))
    else:
        statements.assign(f, x, value, fresh=True)


def _is_own(node: ir.RangeStmt, x: ir.Name) -> bool:
    """Tell if a loop declares a variable."""
    declared = any(isinstance(item, ir.Decl) and item.x is x for item in node.init)
    return declared and (node.def_ or x.auto_temp)


def _turns(
    f: FunctionWriter,
    node: ir.RangeStmt,
    construct: control.Construct,
    head: str,
    given: list[tuple[ir.Expr | None, str]],
) -> None:
    """Write a Python loop over something that is known before it starts.

    Args:
        f: the function.
        node: Go's loop.
        construct: how jumps get to it.
        head: of Python's loop.
        given: what each turn begins with; the first is an index.
    """
    have = ranges.of_index(f, node, construct.inside)
    f.constructs.append(construct)
    with f.w.block(head):
        f.w.unticked = 0
        _give_all(f, node, given)
        if isinstance(given[0][0], ir.Name):
            ranges.learn(f, given[0][0], have)
        f.step(node)
        statements.body(f, node.body)


def _give_all(
    f: FunctionWriter, node: ir.RangeStmt, given: list[tuple[ir.Expr | None, str]]
) -> None:
    """Store key and value; where they go is worked out before either is stored."""
    wanted = [(x, code) for x, code in given if x is not None]
    if len(wanted) > 1 and not all(isinstance(x, ir.Name) for x, _ in wanted):
        stored = statements.stored(f, [x for x, _ in wanted])
        values = []
        for _, code in wanted:
            values.append(f.temp())
            f.w.line(f"{values[-1]} = {code}")
        places = [statements.Place(f, x, stored) for x, _ in wanted]
        stores = [where.read() for where in places]
        for store, value in zip(stores, values, strict=True):
            store(value)
        return
    for x, code in wanted:
        _give(f, node, x, code)


def _indices(
    f: FunctionWriter, node: ir.RangeStmt, construct: control.Construct,
    key: ir.Expr | None, count: str | int,
) -> None:  # fmt: skip
    """Write a loop over the numbers below a count."""
    index = _target(f, node, key)
    head = f"for {index} in {_ticks(node, construct)}(0, {count}):"
    _turns(f, node, construct, head, [(key, index)])


def _target(f: FunctionWriter, node: ir.RangeStmt, x: ir.Expr | None) -> str:
    """Return the name that a Python loop gives its values: a variable's own if that is all."""
    if not isinstance(x, ir.Name) or not _is_own(node, x):
        return f.temp()
    return f.temp() if f.is_boxed(x) or f.rtype(x.type).composite else f.local(x)


def _elements(
    f: FunctionWriter,
    node: ir.RangeStmt,
    construct: control.Construct,
    key: ir.Expr | None,
    value: ir.Expr | None,
    whole: str | None,
    typ: types.Slice | types.Array,
) -> None:
    elem = f.rtype(typ.elem)
    if whole is not None:
        array, start, length = f"{whole}.a", f"{whole}.o", f"{whole}.n"
        if value is None:
            _indices(f, node, construct, key, length)
            return
    else:
        assert isinstance(typ, types.Array)  # noqa: S101 - all else is a slice
        if value is None:
            statements.effect(f, node.x) if f.order.flags(node.x) & CALL else None
            _indices(f, node, construct, key, typ.len)
            return
        # What is ranged over is a copy, unless nobody could tell.
        copied = isinstance(node.x.type.underlying, types.Array)
        code = expressions.owned(f, node.x) if copied else expressions.expr(f, node.x)
        array, start, length = _kept(f, construct, node, code), "0", str(typ.len)
    index, item = _target(f, node, key), _target(f, node, value)
    head = f"for {index}, {item} in zip({_ticks(node, construct)}(0, {length}), "
    head += f"each({array}, {start}, {length})):"
    code = f"{f.g.constant('P', elem.ops.copy)}({item})" if elem.composite else item
    _turns(f, node, construct, head, [(key, index), (value, code)])
    if f.recorded and whole is not None and expressions.is_temp(whole):
        f.w.line(whole)  # so it is needed until here


def _range_map(
    f: FunctionWriter,
    node: ir.RangeStmt,
    construct: control.Construct,
    key: ir.Expr | None,
    value: ir.Expr | None,
) -> None:
    m = _kept(f, construct, node, expressions.expr(f, node.x))
    typ = f.rtype(node.x.type)
    item = f.temp()
    f.constructs.append(construct)
    with f.w.block(f"for {item} in turns(list({m}.d)):"):
        f.w.unticked = 0
        f.w.line(f"if {item} not in {m}.d: continue")
        given: list[tuple[ir.Expr | None, str]] = []
        if key is not None:
            code = item if typ.key.raw_key else f"{m}.key({item})"
            if typ.key.composite:
                code = f"{f.g.constant('P', typ.key.ops.copy)}({code})"
            given.append((key, code))
        if value is not None:
            code = f"{m}.d[{item}]"
            if typ.elem.composite:
                code = f"{f.g.constant('P', typ.elem.ops.copy)}({code})"
            given.append((value, code))
        _give_all(f, node, given)
        f.step(node)
        statements.body(f, node.body)


def _range_chan(
    f: FunctionWriter, node: ir.RangeStmt, construct: control.Construct, key: ir.Expr | None
) -> None:
    chan = _kept(f, construct, node, expressions.expr(f, node.x))
    item = f.temp()
    f.constructs.append(construct)
    with f.w.block("while True:"):
        with f.w.block("for _ in BG:"):
            f.w.line(f"if ({item} := recv({chan})) is CLOSED: break")
            if key is not None:
                _give(f, node, key, item)
            f.step(node)
            statements.body(f, node.body)
        with f.w.block("else:"):
            f.w.line("Y()")
            f.w.line("continue")
        f.w.line("break")
