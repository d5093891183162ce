"""Which nodes of a function's body leave code behind.

gc's back end drops what nobody reads: a function value that was assigned to a local and only ever
called where the call was inlined is gone, and so is the last reference to its function. Only that
much is modelled here: an assignment of a function value (or of another such local) to a local that
is never read leaves nothing; every other statement is taken to leave code.

Source: measured with `go tool nm` on go1.27.3; cmd/compile/internal/ssa (dead code).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Class, Name, Op

if TYPE_CHECKING:
    from collections.abc import Iterable


def live_nodes(body: Iterable[nodes.Stmt]) -> list[nodes.Node]:
    """List the nodes of a body, without the values that no code reads."""
    finder = _Finder()
    for statement in body:
        finder.walk(statement)
    finder.settle()
    return finder.found


_SPECIAL = frozenset({
    nodes.AssignStmt, nodes.AssignListStmt, nodes.Decl, nodes.ClosureExpr,
})  # fmt: skip


class _Finder:
    def __init__(self) -> None:
        self.found: list[nodes.Node] = []
        self.read: set[Name] = set()
        self.waiting: dict[Name, list[nodes.Expr]] = {}

    def walk(self, node: nodes.Node) -> None:
        """Visit a node and what is inside it; values of locals wait until the local is read."""
        if isinstance(node, Name):
            self.read.add(node)
            self.found.append(node)
            return
        if type(node) not in _SPECIAL:
            self.found.append(node)
            visit.for_children(node, self.walk)
            return
        match node:
            case nodes.AssignStmt(x=Name() as target, y=nodes.Expr() as value):
                self.statements(node.init)
                self.assign(target, value)
                return
            case nodes.AssignListStmt(op=Op.AS2, lhs=lhs, rhs=rhs):
                self.statements(node.init)
                for target_, value_ in zip(lhs, rhs, strict=True):
                    if isinstance(target_, Name):
                        self.assign(target_, value_)
                    else:
                        self.walk(target_)
                        self.walk(value_)
                return
            case nodes.Decl():
                return
            case nodes.ClosureExpr(func=func):
                self.read.update(v.outer for v in func.closure_vars if v.outer is not None)
            case _:
                pass
        self.found.append(node)
        visit.for_children(node, self.walk)

    def statements(self, init: Iterable[nodes.Stmt]) -> None:
        """Visit the statements before a statement."""
        for statement in init:
            self.walk(statement)

    def assign(self, target: Name, value: nodes.Expr) -> None:
        """Let a function value wait for its local to be read; walk any other value."""
        if target.cls is not Class.AUTO or target.addrtaken or target.is_closure_var:
            self.found.append(target)
            self.walk(value)
            return
        kept = self.effects(value)
        if kept is None:
            self.walk(value)
        elif target in self.read:
            self.walk(kept)
        else:
            self.waiting.setdefault(target, []).append(kept)

    def effects(self, value: nodes.Expr) -> nodes.Expr | None:
        """Visit what runs anyway, and return the function value; none when it is no such value."""
        match value:
            case nodes.ConvExpr(op=Op.CONVNOP, x=inner) | nodes.ParenExpr(x=inner):
                self.statements(value.init)
                return self.effects(inner)
            case nodes.ClosureExpr() | Name() | nodes.SelectorExpr(op=Op.METHEXPR | Op.METHVALUE):
                return value
            case nodes.InlinedCallExpr(return_vars=[Name() as result]):
                self.found.append(value)
                self.statements([*value.init, *value.body])
                return result
            case _:
                return None

    def settle(self) -> None:
        """Visit the values of locals that turned out to be read, until nothing changes."""
        progress = True
        while progress:
            progress = False
            for name in list(self.waiting):
                if name in self.read:
                    progress = True
                    for value in self.waiting.pop(name):
                        self.walk(value)
