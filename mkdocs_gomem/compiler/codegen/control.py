"""Branches as Python, which has neither labels nor `goto`.

Python's `break` and `continue` serve Go's where they lead to the innermost Python loop; a jump
further out sets `j_` to its number and leaves loop after loop, each of which asks on its way out
whether the jump ends there.

A list of statements with labels that `goto` leads to is a loop around segments, each of which
runs unless the jump leads behind it. The label at the end of an inlined body, which its returns
lead to, is the common case: most of those jumps lead where the text goes on anyway.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import expressions, ranges, statements
from mkdocs_gomem.compiler.codegen.order import CALL, STATEMENTS
from mkdocs_gomem.compiler.ir import Op, reassignment, visit
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable

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
    inside: ranges.Inside = field(default_factory=lambda: ranges.NOTHING)
    """For a loop: what is inside of it."""
    next_turn: Callable[[], None] | None = None
    """Writes what comes between two turns of a loop."""
    crossed: dict[int, tuple[Construct, str]] = field(default_factory=dict)
    """Jumps from inside that lead further out, by their number."""
    labels: dict[str, int] = field(default_factory=dict)
    """For a block with labels: the number of the segment that each starts."""
    goto: str = ""
    """For a block with labels: the variable that says where to go on; empty if only to its end."""
    behind: ranges.Known = field(default_factory=dict)
    """The ranges of integers that hold whichever way it is left."""
    head: ranges.Known = field(default_factory=dict)
    """For a loop: those that hold at the start of every turn."""


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
        if construct.next_turn is not None:
            construct.next_turn()
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


def leave_construct(f: FunctionWriter, construct: Construct) -> None:
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
        leave_construct(f, construct)
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
    leave_construct(f, construct)


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
    leave_construct(f, construct)


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
    head = "if"
    for number, case in enumerate(node.cases):
        if not case.values:
            default = (number, case)
            continue
        f.w.pos = case.pos
        if head == "elif":
            # A test that needs statements stands in an `else`, one deeper than those before it.
            written = f.w.otherwise()
            test = _test(f, node, case, subject)
            head = "if" if len(f.w.rows) > written else f.w.take_back()
        else:
            test = _test(f, node, case, subject)
        with f.w.block(f"{head} {test}:"):
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
        head = "elif"
    if head == "elif" and default is not None:
        f.w.otherwise()
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
    if not any(f.order.flags(value) & STATEMENTS for value in case.values[1:]):
        tests = [_test_of(f, node, value, subject) for value in case.values]
        return tests[0] if len(tests) == 1 else " or ".join(f"({test})" for test in tests)
    temp = f.temp()
    f.w.line(f"{temp} = {_test_of(f, node, case.values[0], subject)}")
    for value in case.values[1:]:
        with f.w.block(f"if not {temp}:"):
            f.w.line(f"{temp} = {_test_of(f, node, value, subject)}")
    return temp


def _test_of(f: FunctionWriter, node: ir.SwitchStmt, value: ir.Expr, subject: str) -> str:
    if isinstance(node.tag, ir.TypeSwitchGuard):
        return expressions.type_test(f, subject, node.tag.x, value)
    code = expressions.expr(f, value)
    return code if node.tag is None else expressions.equal(f, node.tag, value, subject, code)


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
                    elif not reassignment.is_blank(x):
                        statements.assign(f, x, code, fresh=True)
            statements.body(f, case.body)
            f.leave(inner)
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
    leave_construct(f, construct)
    f.leave(scope)
