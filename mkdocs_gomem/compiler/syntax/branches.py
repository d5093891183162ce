"""Labels and branches of one function body: who may jump where.

Finds misplaced `break`, `continue` and `fallthrough`, labels that are unused, missing or
declared twice, and a `goto` into a block or over a variable's declaration; sets
`BranchStmt.target`. Function literals inside are bodies of their own.

Source: cmd/compile/internal/syntax/branches.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, assert_never

from mkdocs_gomem import source
from mkdocs_gomem.compiler.syntax import printer
from mkdocs_gomem.compiler.syntax.nodes import (
    AssignStmt,
    BlockStmt,
    BranchStmt,
    DeclStmt,
    EmptyStmt,
    Expr,
    ForStmt,
    IfStmt,
    LabeledStmt,
    Name,
    SelectStmt,
    Stmt,
    SwitchStmt,
    TypeSwitchGuard,
    VarDecl,
)
from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import Pos

Complain = Callable[[Pos, str], None]


def check(body: BlockStmt, complain: Complain) -> None:
    """Check the labels and branches of a function body."""
    scope = _LabelScope(complain)
    context = _Targets(None, None, -1)
    for _, label in scope.block(None, context, None, body.pos, body.list):
        declared = scope.labels.get(label.value)
        if declared is None:
            complain(label.pos, f"label {label.value} not defined")
            continue
        declared.used = True
        start = _spell(declared.parent.start)
        complain(label.pos, f"goto {label.value} jumps into block starting at {start}")
    for declared in scope.labels.values():
        if not declared.used:
            name = declared.stmt.label
            complain(name.pos, f"label {name.value} defined and not used")


def _spell(pos: Pos) -> str:
    return source.spell(pos)


@dataclass(slots=True, eq=False)
class _Block:
    """A block while it is walked."""

    parent: _Block | None
    start: Pos
    stmt: LabeledStmt | None
    """The labelled statement the block belongs to."""


@dataclass(slots=True, eq=False)
class _Label:
    """A declared label."""

    parent: _Block
    stmt: LabeledStmt
    used: bool = False


class _Targets(NamedTuple):
    """The innermost statements that a `break` and a `continue` without label mean."""

    breaks: ForStmt | SwitchStmt | SelectStmt | None
    continues: ForStmt | None
    case_index: int
    """Of the clause of a switch whose statements are walked; -1 in a block inside it."""


class _Goto(NamedTuple):
    """A `goto` whose label has not been met yet."""

    stmt: BranchStmt
    label: Name


@dataclass(slots=True)
class _LabelScope:
    """All labels of one function body."""

    complain: Complain
    labels: dict[str, _Label] = field(default_factory=dict)

    def declare(self, block: _Block, stmt: LabeledStmt) -> _Label:
        """Declare a label; if it was declared before, complain and return the first."""
        name = stmt.label.value
        label = self.labels.get(name)
        if label is not None:
            first = _spell(label.stmt.label.pos)
            self.complain(stmt.label.pos, f"label {name} already defined at {first}")
            return label
        label = self.labels[name] = _Label(block, stmt)
        return label

    def goto_target(self, block: _Block, name: str) -> LabeledStmt | None:
        """Return the statement with a label declared in the block or around it."""
        label = self.labels.get(name)
        if label is None:
            return None
        label.used = True
        enclosing: _Block | None = block
        while enclosing is not None:
            if label.parent is enclosing:
                return label.stmt
            enclosing = enclosing.parent
        return None

    def enclosing_target(self, block: _Block, name: str) -> tuple[bool, Stmt | None]:
        """Tell if a label is known, and which statement around the block it labels."""
        label = self.labels.get(name)
        if label is None:
            return False, None
        label.used = True
        enclosing: _Block | None = block
        while enclosing is not None:
            if label.stmt is enclosing.stmt:
                return True, label.stmt.stmt
            enclosing = enclosing.parent
        return True, None

    def block(
        self,
        parent: _Block | None,
        context: _Targets,
        labeled: LabeledStmt | None,
        start: Pos,
        body: Sequence[Stmt],
    ) -> list[_Goto]:
        """Walk a block; return the gotos whose label it does not declare."""
        block = _Block(parent, start, labeled)
        walk = _Walk(self, block)
        stmts = list(body)
        # Empty statements after a fallthrough do not count.
        while stmts and isinstance(stmts[-1], EmptyStmt):
            stmts.pop()
        for index, stmt in enumerate(stmts):
            walk.stmt(stmt, context, is_last=index + 1 == len(stmts))
        return walk.forward


@dataclass(slots=True)
class _Walk:
    """The state of walking one block."""

    scope: _LabelScope
    block: _Block
    forward: list[_Goto] = field(default_factory=list)
    over: list[_Goto] = field(default_factory=list)
    """Forward gotos that stand before the last variable declaration."""
    var_pos: Pos | None = None
    var_name: Expr | None = None
    labeled: LabeledStmt | None = None

    def declared(self, pos: Pos, name: Expr) -> None:
        """Remember that a goto from before may not land after this declaration."""
        self.var_pos = pos
        self.var_name = name
        self.over = list(self.forward)

    def inner(self, context: _Targets, start: Pos, body: Sequence[Stmt]) -> None:
        """Walk a block inside; its unresolved gotos become ours."""
        self.forward += self.scope.block(self.block, context, self.labeled, start, body)

    def label(self, stmt: LabeledStmt) -> None:
        """Declare a label and land the gotos that wait for it."""
        name = stmt.label.value
        if name == "_":
            return
        label = self.scope.declare(self.block, stmt)
        waiting: list[_Goto] = []
        for goto in self.forward:
            if goto.label.value != name:
                waiting.append(goto)
                continue
            goto.stmt.target = stmt
            label.used = True
            if self.var_pos is not None and self.var_name is not None and goto in self.over:
                over = f"{printer.spell(self.var_name)} at {_spell(self.var_pos)}"
                self.scope.complain(goto.label.pos, f"goto {name} jumps over declaration of {over}")
        self.forward = waiting
        self.labeled = stmt

    def stmt(self, stmt: Stmt, context: _Targets, *, is_last: bool) -> None:
        """Walk one statement."""
        self.labeled = None
        while isinstance(stmt, LabeledStmt):
            self.label(stmt)
            stmt = stmt.stmt
        breaks, continues, _ = context
        inside = _Targets(breaks, continues, -1)
        match stmt:
            case AssignStmt():
                if stmt.op == ":":
                    self.declared(stmt.pos, stmt.lhs)
            case BranchStmt():
                if stmt.label is None:
                    self.plain_branch(stmt, context, is_last=is_last)
                else:
                    self.labeled_branch(stmt, stmt.label)
            case DeclStmt():
                for decl in stmt.decl_list:
                    if isinstance(decl, VarDecl):
                        self.declared(decl.pos, decl.name_list[0])
                        break  # the first of a group will do
            case BlockStmt():
                self.inner(inside, stmt.pos, stmt.list)
            case IfStmt():
                self.inner(inside, stmt.then.pos, stmt.then.list)
                if stmt.else_ is not None:
                    self.inner(inside, stmt.else_.pos, [stmt.else_])
            case ForStmt():
                self.inner(_Targets(stmt, stmt, -1), stmt.body.pos, stmt.body.list)
            case SwitchStmt():
                for index, clause in enumerate(stmt.body):
                    self.inner(_Targets(stmt, continues, index), clause.pos, clause.body)
            case SelectStmt():
                for comm in stmt.body:
                    self.inner(_Targets(stmt, continues, -1), comm.pos, comm.body)
            case _:
                pass

    def plain_branch(self, stmt: BranchStmt, context: _Targets, *, is_last: bool) -> None:
        """Find the target of a branch without label."""
        match stmt.tok:
            case "break":
                stmt.target = context.breaks
                if stmt.target is None:
                    self.scope.complain(stmt.pos, "break is not in a loop, switch, or select")
            case "continue":
                stmt.target = context.continues
                if stmt.target is None:
                    self.scope.complain(stmt.pos, "continue is not in a loop")
            case "fallthrough":
                message = _fallthrough_error(context, is_last=is_last)
                if message:
                    self.scope.complain(stmt.pos, message)
            case "goto":
                raise ValueError("a goto without a label")
            case _:
                assert_never(stmt.tok)

    def labeled_branch(self, stmt: BranchStmt, label: Name) -> None:
        """Find the target of a branch with a label."""
        scope, name = self.scope, label.value
        if stmt.tok == "goto":
            stmt.target = scope.goto_target(self.block, name)
            if stmt.target is None:
                self.forward.append(_Goto(stmt, label))
            return
        is_known, target = scope.enclosing_target(self.block, name)
        if not is_known:
            scope.complain(label.pos, f"{stmt.tok} label not defined: {name}")
        elif isinstance(target, ForStmt) or (
            stmt.tok == "break" and isinstance(target, SwitchStmt | SelectStmt)
        ):
            stmt.target = target
        else:
            scope.complain(label.pos, f"invalid {stmt.tok} label {name}")


def _fallthrough_error(context: _Targets, *, is_last: bool) -> str:
    """Return what is wrong with a fallthrough, or nothing."""
    switch = context.breaks
    if not isinstance(switch, SwitchStmt):
        return "fallthrough statement out of place"
    if isinstance(switch.tag, TypeSwitchGuard):
        return "cannot fallthrough in type switch"
    if context.case_index < 0 or not is_last:
        return "fallthrough statement out of place"
    if context.case_index + 1 == len(switch.body):
        return "cannot fallthrough final case in switch"
    return ""
