"""Assignments to variables that nobody reads, dropped before escape analysis.

A local whose every use is an assignment of something without effect (a name, a constant, a literal
of a function) loses these assignments: `x = f` becomes `_ = 0`. So results of inlined calls and
unused literals leave no trace. What was dropped is listed in `Func.dropped_at`.

Source: cmd/compile/internal/deadlocals/deadlocals.go, go1.27.
"""

from __future__ import annotations

from mkdocs_gomem.compiler.ir import nodes, reassignment, visit
from mkdocs_gomem.compiler.ir.lower.body import blank
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Name, Node, Op
from mkdocs_gomem.gotypes import constants
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.source import NO_POS

INT = TYP[BasicKind.INT]


_LOCALS = frozenset({Class.AUTO, Class.PARAM})


@dataclass(slots=True, eq=False)
class _Assign:
    """One assignment that could be dropped: of `stmt`, or of its pair number `index`."""

    stmt: nodes.AssignStmt | nodes.AssignListStmt
    index: int = 0

    @property
    def value(self) -> Expr | None:
        stmt = self.stmt
        return stmt.y if isinstance(stmt, nodes.AssignStmt) else stmt.rhs[self.index]

    def drop(self) -> None:
        stmt = self.stmt
        zero = nodes.Literal(NO_POS, INT, constants.make_int(0), op=Op.LITERAL)
        target = blank(NO_POS, INT)
        if isinstance(stmt, nodes.AssignStmt):
            stmt.x, stmt.y = target, zero
        else:
            stmt.lhs[self.index], stmt.rhs[self.index] = target, zero


def remove(func: Func, bodies: visit.Bodies) -> None:
    """Drop dead assignments of a function that captures nothing, also inside its literals.

    Bodies that changed are forgotten.
    """
    if func.is_closure:
        return
    visitor = _Visitor()
    visitor.nodes(func.body)
    dropped = False
    for name, assigns in visitor.defs.items():
        if assigns:
            dropped = True
            name.defn = None
            for assign in assigns:
                func.dropped_at.append(assign.stmt.pos)
                assign.drop()
    if dropped:
        bodies.forget(func)


_SPECIAL = frozenset({
    nodes.Decl, nodes.AssignStmt, nodes.AssignListStmt, nodes.ClosureExpr,
})  # fmt: skip


class _Visitor:
    """Which locals are used, and which assignments could go if they are not."""

    def __init__(self) -> None:
        self.defs: dict[Name, list[_Assign] | None] = {}
        """In order of meeting; None for a variable that is used."""

    def nodes(self, items: list[nodes.Stmt]) -> None:
        for item in items:
            self.node(item)

    def node(self, node: Node | None) -> None:
        if type(node) is Name:
            self._use(node.canonical if node.is_closure_var else node)
            return
        if node is None:
            return
        if type(node) not in _SPECIAL:
            visit.for_children(node, self.node)
            if type(node) in visit.RUN_FIELDS:
                for name in visit.RUN_FIELDS[type(node)]:
                    self.node(getattr(node, name))
            return
        match node:
            case nodes.Decl():
                return
            case nodes.AssignStmt():
                # gc does not look into an assignment's own `init`: it only declares.
                self._assign(_Assign(node), node.x, blank_is_no_use=False)
            case nodes.AssignListStmt(op=Op.AS2):
                some = any(not reassignment.is_blank(target) for target in node.lhs)
                for at, target in enumerate(node.lhs):
                    self._assign(_Assign(node, at), target, blank_is_no_use=some)
            case nodes.ClosureExpr():
                self.nodes(node.init)
                for var in node.func.closure_vars:
                    self.node(var)
                self.nodes(node.func.body)
            case _:
                visit.for_children(node, self.node)

    def _use(self, name: Name) -> None:
        if not _is_local(name, blank_is_no_use=False):
            return
        waiting = self.defs.get(name)
        self.defs[name] = None
        for assign in waiting or ():
            self.node(assign.value)

    def _assign(self, assign: _Assign, target: Expr, *, blank_is_no_use: bool) -> None:
        value = assign.value
        if isinstance(target, Name):
            name = target.canonical
            if _is_local(name, blank_is_no_use=blank_is_no_use) and not _has_effects(value):
                known = self.defs.setdefault(name, [])
                if known is not None:
                    known.append(assign)
                    return
        else:
            self.node(target)
        self.node(value)


def _has_effects(node: Expr | None) -> bool:
    if node is None:
        return False
    if isinstance(node, Name):
        return False
    if node.init:
        return True
    return not isinstance(node, (nodes.Literal, nodes.Nil, nodes.ClosureExpr))


def _is_local(name: Name, *, blank_is_no_use: bool) -> bool:
    if name.name == "_":
        return blank_is_no_use
    return name.cls in _LOCALS
