"""Branches and loops as Python, which has neither labels nor `goto`.

A Go loop is two Python loops: the inner one counts steps, the outer one begins a new turn of the
step counter (`machine.run`). Python's `break` and `continue` serve Go's where they lead to the
innermost Python loop; a jump further out sets `j_` to its number and leaves loop after loop,
each of which asks on its way out whether the jump ends there.

A list of statements with labels that `goto` leads to is a loop around segments, each of which
runs unless the jump leads behind it. The label at the end of an inlined body, which its returns
lead to, is the common case: most of those jumps lead where the text goes on anyway.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import arithmetic, expressions, ranges, residues, statements
from mkdocs_gomem.compiler.codegen.order import CALL, STATEMENTS
from mkdocs_gomem.compiler.ir import Op, visit
from mkdocs_gomem.gotypes import types
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter


@dataclass(slots=True, eq=False)
class Construct:
    """A statement that branches can leave or repeat: a loop, switch, select or labelled block."""

    label: str
    is_loop: bool = False
    """`continue` may name it."""
    is_block: bool = False
    """Only `goto` leads here."""
    python_loop: bool = True
    """It is a loop in Python, so that Python's own `break` leaves it."""
    post: ir.ForStmt | None = None
    copies: list[ir.Name] = field(default_factory=list)
    """Variables that are new in each turn."""
    crossed: dict[int, tuple[Construct, str]] = field(default_factory=dict)
    """Jumps from inside that lead further out, by their number."""
    labels: dict[str, int] = field(default_factory=dict)
    """For a block with labels: the number of the segment that each starts."""
    goto: str = ""
    """For a block with labels: the variable that says where to go on; empty if only to its end."""
    behind: ranges.Known = field(default_factory=dict)
    """The ranges of integers that hold whichever way it is left."""


# Jumps.


def _loops_inside(f: FunctionWriter, construct: Construct) -> list[Construct]:
    """Return the Python loops between here and a construct, innermost first."""
    inside: list[Construct] = []
    for other in reversed(f.constructs):
        if other is construct:
            return inside
        if other.python_loop:
            inside.append(other)
    raise AssertionError("a jump to a construct that is not around it")


def _arrive(f: FunctionWriter, construct: Construct, action: str) -> None:
    """Write a jump inside the construct's own Python loop."""
    if action == "continue":
        if construct.post is not None or construct.copies:
            _post(f, construct)
        f.w.line("continue")
    elif action == "break":
        f.w.line("break")
    else:
        f.w.line(f"{construct.goto} = {action}")
        f.w.line("for _ in BG: break")
        f.w.line("else: Y()")
        f.w.line("continue")


def jump(f: FunctionWriter, construct: Construct, action: str) -> None:
    """Write a jump out of, to the next turn of, or to a segment of a construct."""
    inside = _loops_inside(f, construct)
    if not inside:
        _arrive(f, construct, action)
        return
    f.jumps += 1
    f.jump_used = True
    f.w.line(f"j_ = {f.jumps}")
    f.w.line("break")
    for other in inside:
        other.crossed[f.jumps] = (construct, action)


def _leave_construct(f: FunctionWriter, construct: Construct) -> None:
    """Write what jumps that cross a construct do behind it."""
    for number, (target, action) in construct.crossed.items():
        f.known = dict(construct.behind)
        if not _loops_inside(f, target):
            with f.w.block(f"if j_ == {number}:"):
                f.w.line("j_ = 0")
                _arrive(f, target, action)
        else:
            with f.w.block(f"if j_ == {number}:"):
                f.w.line("break")
    f.known = construct.behind


def branch(f: FunctionWriter, node: ir.BranchStmt) -> None:
    """Write `break`, `continue` or `goto`."""
    if node in f.skipped:
        return
    f.step(node)
    match node.op:
        case Op.GOTO:
            for construct in reversed(f.constructs):
                if construct.is_block and node.label in construct.labels:
                    segment = construct.labels[node.label]
                    jump(f, construct, str(segment) if construct.goto else "break")
                    return
            source.unsupported(node.pos, f"goto {node.label}")
        case Op.BREAK | Op.CONTINUE:
            wants_loop = node.op is Op.CONTINUE
            for construct in reversed(f.constructs):
                if construct.is_block or (wants_loop and not construct.is_loop):
                    continue
                if node.label and construct.label != node.label:
                    continue
                jump(f, construct, "continue" if wants_loop else "break")
                return
            source.unsupported(node.pos, f"{node.op.name.lower()} {node.label}")
        case _:
            pass  # fallthrough: the switch sees to it


# Labels.


def segments(f: FunctionWriter, items: list[ir.Stmt]) -> None:
    """Write a list of statements that may have labels."""
    targets = {}
    if f.gotos:
        targets = {
            item.label: at
            for at, item in enumerate(items)
            if isinstance(item, ir.LabelStmt) and _is_goto_target(f, item.label)
        }
    if not targets:
        for item in items:
            statements.stmt(f, item)
        return
    last = max(targets.values())
    if len(targets) == 1 and all(isinstance(item, ir.LabelStmt) for item in items[last:]):
        (label,) = targets
        inner = items[:last]
        _skip_tail(f, inner, label)
        if not _is_goto_target(f, label):
            for item in inner:
                statements.stmt(f, item)
            return
        construct = Construct(
            label, is_block=True, labels={label: 0}, behind=ranges.without(f, inner)
        )
        f.constructs.append(construct)
        with f.w.block("while True:"):
            for item in inner:
                statements.stmt(f, item)
            f.w.line("break")
        f.constructs.pop()
        _leave_construct(f, construct)
        return
    variable = f.temp()
    construct = Construct("", is_block=True, goto=variable, behind=ranges.without(f, items))
    starts = sorted(targets.items(), key=lambda item: item[1])
    construct.labels = {label: number for number, (label, _) in enumerate(starts, 1)}
    cuts = [0, *(at for _, at in starts), len(items)]
    f.w.line(f"{variable} = 0")
    f.constructs.append(construct)
    with f.w.block("while True:"):
        for number, (start, end) in enumerate(itertools.pairwise(cuts)):
            f.known = dict(construct.behind)
            with f.w.block(f"if {variable} <= {number}:"):
                for item in items[start:end]:
                    statements.stmt(f, item)
        f.w.line("break")
    f.constructs.pop()
    _leave_construct(f, construct)


def _is_goto_target(f: FunctionWriter, label: str) -> bool:
    """Tell if a jump leads to a label; where it stands, Go sees to it that all of them may."""
    return any(node not in f.skipped for node in f.gotos.get(label, ()))


def _skip_tail(f: FunctionWriter, items: list[ir.Stmt], label: str) -> None:
    """Note jumps to a label that stand where the text goes on to the label anyway."""
    if not items:
        return
    match items[-1]:
        case ir.BranchStmt(op=Op.GOTO, label=wanted) as node if wanted == label:
            f.skipped.add(node)
        case ir.BlockStmt() as node:
            _skip_tail(f, node.body, label)
        case ir.IfStmt() as node:
            _skip_tail(f, node.body, label)
            _skip_tail(f, node.else_, label)
        case ir.SwitchStmt() as node if not _is_left(node, node.label):
            for clause in node.cases:
                _skip_tail(f, clause.body, label)
        case _:
            pass


# Conditions.


def condition(f: FunctionWriter, node: ir.Expr) -> str:
    """Return the code of a condition."""
    return expressions.expr(f, node)


def if_stmt(f: FunctionWriter, node: ir.IfStmt) -> None:
    """Write `if`."""
    if f.order.flags(node.cond) & (CALL | STATEMENTS):
        code = f.temp()
        f.w.line(f"{code} = {condition(f, node.cond)}")
        f.step(node)
    else:
        f.step(node)
        code = condition(f, node.cond)
    before = dict(f.known)
    ranges.assume(f, node.cond, holds=True)
    with f.w.block(f"if {code}:"):
        statements.body(f, node.body)
    ways = [] if ranges.is_left(node.body, f.skipped) else [f.known]
    f.known = before
    ranges.assume(f, node.cond, holds=False)
    if node.else_:
        with f.w.block("else:"):
            statements.body(f, node.else_)
    if not ranges.is_left(node.else_, f.skipped):
        ways.append(f.known)
    f.known = ranges.join(ways)


# Loops.


def _post(f: FunctionWriter, construct: Construct) -> None:
    """Write what comes between two turns of a `for`."""
    node = construct.post
    for name in construct.copies:
        typ = f.rtype(name.type)
        old = f.local(name)
        value = f"{f.g.constant('P', typ.ops.copy)}({old})" if typ.composite else f"{old}.v"
        f.w.line(f"{old} = {f.new_variable(name, value)}")
    if node is not None and node.post is not None:
        pos, constructs = f.w.pos, f.constructs
        f.constructs = []
        statements.stmt(f, node.post)
        f.constructs = constructs
        f.w.pos = pos


def for_stmt(f: FunctionWriter, node: ir.ForStmt) -> None:
    """Write `for cond; post`."""
    scope = len(f.scope)
    construct = Construct(node.label, is_loop=True, post=node)
    if node.distinct_vars:
        construct.copies = [name for name in _declared(node.init) if name.canonical in f.boxed]
    f.constructs.append(construct)
    ranges.enter_loop(f, node)
    construct.behind = dict(f.known)
    opened = _open_headers(f, (node.cond, *node.body, node.post))
    bound = _bound(f, node)
    with f.w.block("while True:"):
        with f.w.block("for _ in BG:"):
            f.w.unticked = 0
            if not construct.copies and residues.is_small_hash(f, node):
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
    f.constructs.pop()
    _close_headers(f, opened)
    _leave_construct(f, construct)
    del f.scope[scope:]


def _turn(f: FunctionWriter, node: ir.ForStmt, construct: Construct, bound: str) -> None:
    """Write a turn of a loop."""
    if node.cond is not None:
        code = bound or condition(f, node.cond)
        if f.order.flags(node.cond) & CALL and not code.isidentifier():
            temp = f.temp()
            f.w.line(f"{temp} = {code}")
            code = temp
        f.step(node)
        f.w.line(f"if not {code}: break")
        ranges.assume(f, node.cond, holds=True)
    statements.body(f, node.body)
    _post(f, construct)


def _open_headers(f: FunctionWriter, items: tuple[ir.Node | None, ...]) -> list[str]:
    """Take the headers of slices apart before a loop that indexes them; return which."""
    opened = []
    for name in ranges.headers(f, items):
        python = f.local(name)
        if python not in f.headers:
            parts = f.temp(), f.temp(), f.temp()
            f.w.line(f"{', '.join(parts)} = {python}.a, {python}.o, {python}.n")
            f.headers[python] = parts
            opened.append(python)
    return opened


def _close_headers(f: FunctionWriter, opened: list[str]) -> None:
    for python in opened:
        del f.headers[python]


def _bound(f: FunctionWriter, node: ir.ForStmt) -> str:
    """Return the code of a condition whose right side, the same in each turn, is worked out now."""
    cond = node.cond
    if not isinstance(cond, ir.BinaryExpr) or isinstance(cond.y, ir.Name | ir.Literal):
        return ""
    if cond.op not in arithmetic.COMPARE or cond.init or not f.rtype(cond.x.type).integer:
        return ""
    changed = ranges.assigned((cond, *node.body, node.post))
    if f.order.flags(cond.x) or not ranges.is_same(f, cond.y, changed):
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
    scope = len(f.scope)
    key = None if node.key is None or _blank(node.key) else node.key
    value = None if node.value is None or _blank(node.value) else node.value
    typ = node.x.type.underlying
    if isinstance(typ, types.Pointer):
        typ = typ.elem.underlying
    f.known = ranges.without(f, [node])
    construct = Construct(node.label, is_loop=True, behind=dict(f.known))
    opened = _open_headers(f, (node,))
    match typ:
        case types.Basic() if typ.info & types.IS_STRING:
            text = expressions.expr(f, node.x)
            index, item = f.temp(), f.temp()
            _turns(f, node, construct, f"for {index}, {item} in turns(runes({text})):",
                   [(key, index), (value, item)])  # fmt: skip
        case types.Basic():
            count = expressions.expr(f, node.x)
            index = f.temp()
            _turns(f, node, construct, f"for {index} in {_ticks(node)}({count}):", [(key, index)])
        case types.Slice():
            whole = _kept(f, node, expressions.expr(f, node.x))
            _elements(f, node, construct, key, value, whole, typ)
        case types.Array():
            _elements(f, node, construct, key, value, None, typ)
        case types.Map():
            _range_map(f, node, construct, key, value)
        case types.Chan():
            _range_chan(f, node, construct, key)
        case _:
            source.unsupported(node.pos, "this range")
    _close_headers(f, opened)
    f.known = construct.behind
    del f.scope[scope:]


def _ticks(node: ir.RangeStmt) -> str:
    """Return how the turns of a loop are counted: all when it begins, unless it may be left."""
    return "some_ticks" if any(_may_leave(inner) for inner in visit.within(node.body)) else "ticks"


def _may_leave(node: ir.Node) -> bool:
    if isinstance(node, ir.BranchStmt):
        return node.op in (Op.BREAK, Op.GOTO) or bool(node.label)
    return isinstance(node, ir.ReturnStmt)


def _kept(f: FunctionWriter, node: ir.RangeStmt, code: str) -> str:
    """Return a name for what is ranged over: the value it has now, whatever the loop assigns."""
    x = node.x
    if expressions.is_temp(code) or (
        isinstance(x, ir.Name)
        and x.cls is not ir.Class.EXTERN
        and code == f.local(x)
        and x not in ranges.assigned((node,))
    ):
        return code
    temp = f.temp()
    f.w.line(f"{temp} = {code}")
    return temp


def _blank(node: ir.Expr) -> bool:
    return isinstance(node, ir.Name) and node.name == "_"


def _give(f: FunctionWriter, node: ir.RangeStmt, x: ir.Expr, value: str) -> None:
    """Store what a turn begins with."""
    if isinstance(x, ir.Name) and (node.def_ or x.auto_temp) and _is_declared(node, x):
        f.declare(x)
        f.store(x, f.new_variable(x, value))
    else:
        statements.assign(f, x, value, fresh=True)


def _is_declared(node: ir.RangeStmt, x: ir.Name) -> bool:
    return any(isinstance(item, ir.Decl) and item.x is x for item in node.init)


def _turns(
    f: FunctionWriter,
    node: ir.RangeStmt,
    construct: Construct,
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
    have = ranges.of_index(f, node)
    f.constructs.append(construct)
    with f.w.block(head):
        _give_all(f, node, given)
        if isinstance(given[0][0], ir.Name):
            ranges.learn(f, given[0][0], have)
        f.step(node)
        statements.body(f, node.body)
    f.constructs.pop()
    _leave_construct(f, construct)


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


def _elements(
    f: FunctionWriter,
    node: ir.RangeStmt,
    construct: Construct,
    key: ir.Expr | None,
    value: ir.Expr | None,
    whole: str | None,
    typ: types.Slice | types.Array,
) -> None:
    elem = f.rtype(typ.elem)
    index = f.temp()
    if whole is None:
        if value is None and isinstance(typ, types.Array):
            statements.effect(f, node.x) if f.order.flags(node.x) & CALL else None
            _turns(f, node, construct, f"for {index} in {_ticks(node)}({typ.len}):", [(key, index)])
            return
        is_array = isinstance(node.x.type.underlying, types.Array)
        # What is ranged over is a copy, unless nobody could tell.
        copied = is_array and value is not None
        array = expressions.owned(f, node.x) if copied else expressions.expr(f, node.x)
        array = _kept(f, node, array)
        length, start = f"len({array})", ""
    else:
        array, length, start = f"{whole}.a", f"{whole}.n", f"{whole}.o + "
    given: list[tuple[ir.Expr | None, str]] = [(key, index)]
    if value is not None:
        item = f"{array}[{start}{index}]"
        if elem.composite:
            item = f"{f.g.constant('P', elem.ops.copy)}({item})"
        given.append((value, item))
    _turns(f, node, construct, f"for {index} in {_ticks(node)}({length}):", given)


def _range_map(
    f: FunctionWriter,
    node: ir.RangeStmt,
    construct: Construct,
    key: ir.Expr | None,
    value: ir.Expr | None,
) -> None:
    m = _kept(f, node, expressions.expr(f, node.x))
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
    f.constructs.pop()
    _leave_construct(f, construct)


def _range_chan(
    f: FunctionWriter, node: ir.RangeStmt, construct: Construct, key: ir.Expr | None
) -> None:
    chan = _kept(f, node, expressions.expr(f, node.x))
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
    f.constructs.pop()
    _leave_construct(f, construct)


# Switch and select.


def _is_left(node: ir.SwitchStmt | ir.SelectStmt, label: str) -> bool:
    """Tell if a `break` inside leads out of the statement itself."""
    return any(_breaks(item, label, inner=False) for case in node.cases for item in case.body)


def _breaks(node: ir.Node, label: str, *, inner: bool) -> bool:
    if isinstance(node, ir.BranchStmt):
        return node.op is Op.BREAK and (node.label == label if node.label else not inner)
    inside = inner or isinstance(node, ir.ForStmt | ir.RangeStmt | ir.SwitchStmt | ir.SelectStmt)
    return any(_breaks(child, label, inner=inside) for child in visit.children(node))


def switch_stmt(f: FunctionWriter, node: ir.SwitchStmt) -> None:
    """Write `switch`."""
    scope = len(f.scope)
    construct = Construct(node.label, python_loop=_is_left(node, node.label))
    construct.behind = ranges.without(f, [node])
    f.constructs.append(construct)
    if construct.python_loop:
        with f.w.block("while True:"):
            _cases(f, node)
            f.w.line("break")
    else:
        _cases(f, node)
    f.constructs.pop()
    _leave_construct(f, construct)
    del f.scope[scope:]


def _cases(f: FunctionWriter, node: ir.SwitchStmt) -> None:
    tag = node.tag
    if isinstance(tag, ir.TypeSwitchGuard):
        for item in tag.init:
            statements.stmt(f, item)
        subject = expressions.simple(f, expressions.expr(f, tag.x))
    elif tag is not None:
        subject = expressions.simple(f, expressions.owned(f, tag))
    else:
        subject = ""
    f.step(node)
    falls = any(_falls(case) for case in node.cases)
    chosen = ""
    if falls:
        chosen = f.temp()
        f.w.line(f"{chosen} = -1")
    default: tuple[int, ir.CaseClause] | None = None
    depth = f.w.depth
    for number, case in enumerate(node.cases):
        if not case.values:
            default = (number, case)
            continue
        f.w.pos = case.pos
        # Each test stands in the `else` of those before it, so that it may need statements.
        test = _test(f, node, case, subject)
        with f.w.block(f"if {test}:"):
            if falls:
                f.w.line(f"{chosen} = {number}")
            else:
                before = dict(f.known)
                if node.tag is None and len(case.values) == 1:
                    ranges.assume(f, case.values[0], holds=True)
                _case_body(f, node, case, subject)
                f.known = before
                if node.tag is None and len(case.values) == 1:
                    ranges.assume(f, case.values[0], holds=False)
        f.w.line("else:")
        f.w.depth += 1
    if default is not None:
        if falls:
            f.w.line(f"{chosen} = {default[0]}")
        else:
            _case_body(f, node, default[1], subject)
    f.w.line("pass")
    f.w.depth = depth
    if falls:
        before = ranges.without(f, [node])
        for number, case in enumerate(node.cases):
            f.known = dict(before)
            with f.w.block(f"if {chosen} == {number}:"):
                _case_body(f, node, case, subject)
                if _falls(case):
                    f.w.line(f"{chosen} = {number + 1}")


def _falls(case: ir.CaseClause) -> bool:
    return (
        bool(case.body)
        and isinstance(case.body[-1], ir.BranchStmt)
        and (case.body[-1].op is Op.FALL)
    )


def _test(f: FunctionWriter, node: ir.SwitchStmt, case: ir.CaseClause, subject: str) -> str:
    tests = []
    for value in case.values:
        if isinstance(node.tag, ir.TypeSwitchGuard):
            tests.append(expressions.type_test(f, subject, node.tag.x, value))
        elif node.tag is None:
            tests.append(expressions.expr(f, value))
        else:
            code = expressions.expr(f, value)
            tests.append(expressions.equal(f, node.tag, value, subject, code))
    return tests[0] if len(tests) == 1 else " or ".join(f"({test})" for test in tests)


def _case_body(f: FunctionWriter, node: ir.SwitchStmt, case: ir.CaseClause, subject: str) -> None:
    if case.var is not None and isinstance(node.tag, ir.TypeSwitchGuard):
        name = case.var
        f.declare(name)
        typ = f.rtype(name.type)
        value = subject
        if not typ.is_interface:
            value = f"{subject}.v"
            if typ.composite:
                value = f"{f.g.constant('P', typ.ops.copy)}({value})"
        f.store(name, f.new_variable(name, value))
    statements.body(f, case.body)


def select_stmt(f: FunctionWriter, node: ir.SelectStmt) -> None:
    """Write `select`."""
    scope = len(f.scope)
    cases = []
    order = []
    default: ir.CommClause | None = None
    for case in node.cases:
        comm = case.comm
        if comm is None:
            default = case
            continue
        f.w.pos = comm.pos
        for item in comm.init:
            if not isinstance(item, ir.Decl):
                statements.stmt(f, item)
        match comm:
            case ir.SendStmt():
                chan, value = expressions.operands(f, [comm.chan, comm.value], [False, True])
                cases.append(
                    f"({expressions.simple(f, chan)}, True, {expressions.simple(f, value)})"
                )
            case ir.AssignListStmt(rhs=[ir.UnaryExpr(op=Op.RECV) as recv]):
                chan = expressions.simple(f, expressions.expr(f, recv.x))
                cases.append(f"({chan}, False, None)")
            case _:
                source.unsupported(case.pos, "this communication")
        order.append(case)
    chosen, value, more = f.temp(), f.temp(), f.temp()
    listed = "".join(f"{case}, " for case in cases)
    f.w.pos = node.pos
    f.w.line(f"{chosen}, {value}, {more} = select(({listed}), has_default={default is not None})")
    f.step(node)
    construct = Construct(node.label, python_loop=_is_left(node, node.label))
    construct.behind = ranges.without(f, [node])
    f.constructs.append(construct)
    depth = f.w.depth
    if construct.python_loop:
        f.w.line("while True:")
        f.w.depth += 1
    for number, case in enumerate(order):
        f.known = dict(construct.behind)
        with f.w.block(f"if {chosen} == {number}:"):
            comm = case.comm
            inner = len(f.scope)
            if isinstance(comm, ir.AssignListStmt):
                declared = {item.x for item in comm.init if isinstance(item, ir.Decl)}
                for x, code in zip(comm.lhs, (value, more), strict=True):
                    if isinstance(x, ir.Name) and x in declared:
                        f.declare(x)
                        f.store(x, f.new_variable(x, code))
                    elif not _blank(x):
                        statements.assign(f, x, code, fresh=True)
            statements.body(f, case.body)
            del f.scope[inner:]
            if construct.python_loop:
                f.w.line("break")
    if default is not None:
        f.known = dict(construct.behind)
        with f.w.block(f"if {chosen} == -1:"):
            statements.body(f, default.body)
    if construct.python_loop:
        f.w.line("break")
    f.w.depth = depth
    f.constructs.pop()
    _leave_construct(f, construct)
    del f.scope[scope:]
