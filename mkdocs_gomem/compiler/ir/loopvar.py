"""Loop variables that are one for each turn, where it makes a difference.

Since Go 1.22 each turn of a loop has variables of its own. That can only be seen when a literal
captures one or its address is taken; then, and only then, gc rewrites the loop: the variable
becomes one of the body, a temporary carries its value from turn to turn. Run after inlining,
before escape analysis; afterwards `distinct_vars` is off everywhere.

    for z := a; cond; z++ { body }    becomes
    for z', first := a, true; ; {
        z := z'
        if first { first = false } else { z++ }
        if !cond { break }
        body                          // continue: goto next
    next:
        z' = z
    }

Source: cmd/compile/internal/loopvar/loopvar.go (ForCapture), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mkdocs_gomem.compiler.ir import nodes, reassignment, visit
from mkdocs_gomem.compiler.ir.lower.body import new_temp
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Mark, Name, Node, Op, Stmt
from mkdocs_gomem.gotypes import constants
from mkdocs_gomem.gotypes.types import TYP, BasicKind

if TYPE_CHECKING:
    from mkdocs_gomem.source import Pos

BOOL = TYP[BasicKind.BOOL]
_LOCALS = frozenset({Class.AUTO, Class.PARAM, Class.PARAMOUT, Class.AUTOHEAP})


_LOOPS = frozenset({nodes.ForStmt, nodes.RangeStmt})
_LITERALS = frozenset({nodes.ClosureExpr})
_SHARING = frozenset({nodes.AddrExpr, nodes.ClosureExpr})


def for_capture(func: Func, bodies: visit.Bodies) -> None:
    """Rewrite the loops of a function, and of the literals inside it; list changed bodies anew."""
    body = bodies[func]
    if visit.any_of(nodes.ForStmt, body) or visit.any_of(nodes.RangeStmt, body):
        loops = cast("list[nodes.ForStmt | nodes.RangeStmt]", [*visit.of(_LOOPS, body)])
        if _shared(body).isdisjoint(name for loop in loops for name in _own(loop)):
            for loop in loops:
                loop.distinct_vars = False
        else:
            _Capture(func).run()
            bodies[func] = visit.within(func.body)
    for node in visit.of(_LITERALS, body):
        for_capture(cast("nodes.ClosureExpr", node).func, bodies)


def _shared(body: list[Node]) -> set[Node]:
    """Return the variables of which a literal or a pointer may know, and perhaps others."""
    found: set[Node] = set()
    for node in visit.of(_SHARING, body):
        if type(node) is nodes.AddrExpr:
            found.add(reassignment.outer_value(node.x))
        elif type(node) is nodes.ClosureExpr:
            found.update(var.canonical for var in node.func.closure_vars)
    return found


def _own(loop: nodes.ForStmt | nodes.RangeStmt) -> list[Node | None]:
    """Return the variables that a loop may have anew in each turn."""
    return [loop.key, loop.value] if isinstance(loop, nodes.RangeStmt) else [*_defined(loop)]


class _Capture:
    """One function's loops."""

    def __init__(self, func: Func) -> None:
        self._func = func
        self._leaked: dict[Name, bool] = {}
        self._fixups: dict[Name, nodes.AssignStmt] = {}
        self._loop_depth = 0
        self._return_depth = 0
        self._number = 1

    def run(self) -> None:
        for item in self._func.body:
            self._scan(item)
        if self._fixups:
            self._move_decls(self._func.body)

    def _scan(self, node: Node) -> None:
        match node:
            case nodes.ClosureExpr():
                if self._return_depth < self._loop_depth:
                    for var in node.func.closure_vars:
                        self._leak(var.canonical)
            case nodes.AddrExpr():
                if self._return_depth < self._loop_depth:
                    outer = reassignment.outer_value(node.x)
                    if isinstance(outer, Name) and outer.cls in _LOCALS:
                        self._leak(outer)
            case nodes.ReturnStmt():
                saved = self._return_depth
                self._return_depth = self._loop_depth
                self._children(node)
                self._return_depth = saved
                return
            case nodes.RangeStmt():
                if node.def_ and node.distinct_vars:
                    self._range(node)
                    return
                node.distinct_vars = False
            case nodes.ForStmt() if node.distinct_vars:
                self._for(node)
                return
            case _:
                pass
        self._children(node)

    def _children(self, node: Node) -> None:
        for child in visit.children(node):
            self._scan(child)

    def _leak(self, name: Name) -> None:
        if name in self._leaked:
            self._leaked[name] = True

    def _may_leak(self, target: Node | None) -> None:
        if isinstance(target, Name) and not reassignment.is_blank(target):
            self._leaked.setdefault(target, False)

    # Loops over ranges.

    def _range(self, loop: nodes.RangeStmt) -> None:
        self._may_leak(loop.key)
        self._may_leak(loop.value)
        self._loop_depth += 1
        self._children(loop)
        self._loop_depth -= 1
        loop.key = self._replace(loop.key, loop)
        loop.value = self._replace(loop.value, loop)
        loop.distinct_vars = False

    def _replace(self, target: Expr | None, loop: nodes.RangeStmt) -> Expr | None:
        if not isinstance(target, Name) or not self._leaked.get(target):
            return target
        temp = new_temp(self._func, self._func.pos, target.type)
        assign = _assign(loop.pos, loop.mark, target, temp, def_=True)
        # Its definition stays the range clause, which assigns it each time: so a literal in an
        # inner loop captures it by reference.
        loop.body.insert(0, assign)
        self._fixups[target] = assign
        return temp

    # Loops of three clauses.

    def _for(self, loop: nodes.ForStmt) -> None:
        for name in _defined(loop):
            self._may_leak(name)
        self._loop_depth += 1
        self._children(loop)
        self._loop_depth -= 1
        leaked = [name for name in _defined(loop) if self._leaked.get(name)]
        if leaked:
            self._split(loop, leaked)
        loop.distinct_vars = False

    def _split(self, loop: nodes.ForStmt, leaked: list[Name]) -> None:
        pos, mark = loop.pos, loop.mark
        # gc puts what is new at the function's own position.
        at = self._func.pos
        before: list[Stmt] = []
        after: list[Stmt] = []
        primes: dict[Name, Name] = {}
        for name in leaked:
            prime = primes[name] = new_temp(self._func, at, name.type)
            assign = _assign(pos, mark, name, prime, def_=True)
            name.defn = assign
            before.append(assign)
            self._fixups[name] = assign
            after.append(_assign(pos, mark, prime, name))
        label = f".3clNext_{self._number}"
        self._number += 1
        _edit_continues(loop.body, loop.label, label)
        for item in loop.init:
            _replace_defined(item, primes)
        first: Name | None = None
        if loop.post is not None:
            first = new_temp(self._func, at, BOOL)
            cleared = _assign(pos, mark, first, _bool(at, None, value=False))
            choice = nodes.IfStmt(pos, first, [cleared], [loop.post], mark=mark, op=Op.IF)
            nodes.add_init(choice, nodes.Decl(at, first, op=Op.DCL))
            before.append(choice)
        if loop.cond is not None:
            cond = loop.cond
            negated = nodes.UnaryExpr(cond.pos, cond.type, cond, mark=cond.mark, op=Op.NOT)
            leave = nodes.BranchStmt(pos, mark=mark, op=Op.BREAK)
            before.append(nodes.IfStmt(pos, negated, [leave], [], mark=mark, op=Op.IF))
        if first is not None:
            nodes.add_init(loop, _assign(pos, mark, first, _bool(at, None, value=True)))
        target = nodes.LabelStmt(pos, label, mark=mark, op=Op.LABEL)
        loop.body = [*before, *loop.body, target, *after]
        loop.cond = None
        loop.post = None

    # Declarations.

    def _move_decls(self, items: list[Stmt]) -> None:
        """Move declarations of split variables to the assignments that now declare them."""
        kept: list[Stmt] = []
        for item in items:
            if isinstance(item, nodes.Decl):
                assign = self._fixups.pop(item.x, None)
                if assign is not None:
                    assign.init = [item, *assign.init]
                    continue
            kept.append(item)
        items[:] = kept
        for item in kept:
            self._move_inside(item)

    def _move_inside(self, node: Node) -> None:
        if isinstance(node, Name):
            return
        if node.init:  # type: ignore[attr-defined]
            self._move_decls(node.init)  # type: ignore[attr-defined]
        for field, is_list in visit.FIELDS[type(node)]:
            value = getattr(node, field)
            if is_list:
                if value and isinstance(value[0], Stmt):
                    self._move_decls(value)
                else:
                    for child in value:
                        self._move_inside(child)
            elif value is not None:
                self._move_inside(value)


def _assign(
    pos: Pos, mark: Mark | None, target: Expr, value: Expr, *, def_: bool = False
) -> nodes.AssignStmt:
    return nodes.AssignStmt(pos, target, value, def_, mark=mark, op=Op.AS)


def _bool(pos: Pos, mark: Mark | None, *, value: bool) -> nodes.Literal:
    return nodes.Literal(pos, BOOL, constants.make_bool(value=value), mark=mark, op=Op.LITERAL)


def _defined(loop: nodes.ForStmt) -> list[Name]:
    """Return the variables that a loop's first clause declares."""
    found: list[Name] = []
    for item in loop.init:
        match item:
            case nodes.AssignListStmt(def_=True):
                found.extend(name for name in item.lhs if isinstance(name, Name))
            case nodes.AssignStmt(def_=True, x=Name() as name):
                found.append(name)
            case _:
                pass
    return found


def _replace_defined(item: Stmt, primes: dict[Name, Name]) -> None:
    match item:
        case nodes.AssignListStmt(def_=True):
            item.lhs = [
                primes.get(name, name) if isinstance(name, Name) else name for name in item.lhs
            ]
        case nodes.AssignStmt(def_=True, x=Name() as name):
            item.x = primes.get(name, name)
        case _:
            return
    for name, prime in primes.items():
        if name.defn is item:
            prime.defn = item


def _edit_continues(items: list[Stmt], loop_label: str, label: str) -> None:
    """Let `continue` of this loop go to the end of the body."""

    def edit(node: Node, depth: int) -> None:
        if isinstance(node, nodes.BranchStmt) and node.op is Op.CONTINUE:
            here = not node.label and depth == 0
            if here or (loop_label and node.label == loop_label):
                node.label = label
                node.op = Op.GOTO
            return
        if isinstance(node, nodes.ForStmt | nodes.RangeStmt):
            depth += 1
        for child in visit.children(node):
            edit(child, depth)

    for item in items:
        edit(item, 0)
