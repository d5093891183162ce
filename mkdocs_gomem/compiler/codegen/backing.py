"""Which slices may grow in the frame although they leave it at last?

gc lets a slice variable grow in a 32-byte buffer in the frame for as long as nobody else can
refer to its array, and moves the array to the heap just before the one place where that ends:
a `return`, an assignment, a `range`. It prints nothing about it; only what is allocated shows it.

In: a function after escape analysis. Out: the appends that use a buffer, and the moves.
Variables are dropped as soon as something is done to them that is not understood.

Source: cmd/compile/internal/slice/slice.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import escape, ir
from mkdocs_gomem.compiler.escape import leaks
from mkdocs_gomem.compiler.ir import Op, visit
from mkdocs_gomem.gotypes import layout, types
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Sequence

BUFFER = 32
"""Bytes of a buffer (`-d=variablemakethreshold`)."""
_COUNTED: frozenset[type[ir.Node]] = frozenset((
    ir.Decl, ir.IndexExpr, ir.UnaryExpr, ir.AddrExpr, ir.ReturnStmt, ir.CallExpr, ir.RangeStmt,
    ir.AssignStmt, ir.AssignListStmt, ir.ClosureExpr,
))  # fmt: skip
_LOOPS: frozenset[type[ir.Node]] = frozenset((ir.ForStmt, ir.RangeStmt))


@dataclass(slots=True, eq=False)
class Backing:
    """What was decided for one function."""

    local: set[ir.CallExpr] = field(default_factory=set)
    """Appends that may begin in a buffer."""
    stepwise: set[ir.CallExpr] = field(default_factory=set)
    """Those of a variable whose capacity can be seen: it grows by size classes in the buffer."""
    moves: dict[ir.Stmt, list[tuple[ir.Name, bool]]] = field(default_factory=dict)
    """Before this statement the variable's array leaves the frame; whether capacity is kept."""


@dataclass(slots=True, eq=False)
class _Slice:
    name: ir.Name
    understood: int = 0
    uses: int = 0
    transition: ir.Stmt | None = None
    appends: list[ir.CallExpr] = field(default_factory=list)
    weight: int = 0
    depth: int = 0
    capacity_seen: bool = False


def analyze(func: ir.Func, calls: Sequence[ir.Node], placements: escape.Placements) -> Backing:
    """Decide for the slices of a function, of which all calls are listed."""
    appended = {
        node.args[0] for node in calls if isinstance(node, ir.CallExpr) and node.op is Op.APPEND
    }
    if not appended:
        return Backing()
    worker = _Worker([name for name in func.dcl if name in appended], placements)
    if worker.tracked:
        for item in func.body:
            worker.visit(item)
    return worker.result()


class _Worker:
    def __init__(self, names: list[ir.Name], placements: escape.Placements) -> None:
        self.placements = placements
        self.tracked: dict[ir.Name, _Slice] = {}
        self.order: list[ir.Name] = []
        self.named_results: list[ir.Name] = []
        self.depth = 0
        for name in names:
            typ = name.type.underlying
            if not isinstance(typ, types.Slice) or layout.sizeof(typ.elem) > BUFFER:
                continue
            self.tracked[name] = _Slice(name)
            self.order.append(name)
            if name.cls is ir.Class.PARAMOUT:
                self.named_results.append(name)

    def _of(self, node: ir.Node | None) -> _Slice | None:
        return self.tracked.get(node) if isinstance(node, ir.Name) else None

    def _drop(self, info: _Slice) -> None:
        self.tracked.pop(info.name, None)

    def _transition(self, info: _Slice, where: ir.Stmt) -> None:
        if info.transition is not None or self.depth > info.depth:
            self._drop(info)
        else:
            info.transition = where

    def _assign(self, x: ir.Expr, y: ir.Expr | None, where: ir.Stmt) -> None:
        info = self._of(x)
        if info is not None:
            match y:
                case None | ir.Nil():
                    info.understood += 1
                case ir.CompLitExpr(op=Op.SLICELIT):
                    info.understood += 1
                    info.capacity_seen = True
                case ir.SliceExpr(op=Op.SLICE) if y.x is info.name:
                    info.understood += 2
                    info.capacity_seen = True
                case ir.CallExpr(op=Op.APPEND) if y.args[0] is info.name:
                    info.understood += 2
                    info.appends.append(y)
                    info.weight += 1 + self.depth - info.depth
                case _:
                    pass
        source = self._of(y)
        if source is not None:
            source.understood += 1
            self._transition(source, where)

    def visit(self, node: ir.Node) -> None:
        """Count what a node does to the slices, then look at what is inside."""
        cls = type(node)
        if cls is ir.Name:
            if (info := self._of(node)) is not None:
                info.uses += 1
            return
        if cls in _COUNTED:
            self._count(node)
        loop = cls in _LOOPS
        self.depth += loop
        visit.for_children(node, self.visit)
        self.depth -= loop

    def _count(self, node: ir.Node) -> None:
        match node:
            case ir.Decl():
                if (info := self._of(node.x)) is not None:
                    info.understood += 1
                    info.depth = self.depth
            case ir.IndexExpr(op=Op.INDEX):
                if (info := self._of(node.x)) is not None:
                    info.understood += 1
            case ir.UnaryExpr(op=Op.LEN | Op.CAP):
                if (info := self._of(node.x)) is not None:
                    info.understood += 1
                    info.capacity_seen |= node.op is Op.CAP
            case ir.AddrExpr(op=Op.ADDR):
                self._address(node.x)
            case ir.ReturnStmt():
                for result in node.results:
                    if (info := self._of(result)) is not None:
                        info.understood += 1
                        self._transition(info, node)
                if not node.results:
                    for name in self.named_results:
                        if (info := self._of(name)) is not None:
                            self._transition(info, node)
            case ir.CallExpr(op=Op.CALLFUNC):
                for index, arg in enumerate(node.args):
                    if (info := self._of(arg)) is not None and not self._leaks(node, index):
                        info.understood += 1
                        info.capacity_seen = True
            case ir.RangeStmt():
                if (info := self._of(node.x)) is not None:
                    info.understood += 1
                    self._transition(info, node)
            case ir.AssignStmt():
                self._assign(node.x, node.y, node)
            case ir.AssignListStmt(op=Op.AS2):
                for x, y in zip(node.lhs, node.rhs, strict=True):
                    self._assign(x, y, node)
            case ir.ClosureExpr():
                for captured in node.func.closure_vars:
                    if captured.outer is not None:
                        self.visit(captured.outer)
            case _:
                pass

    def _address(self, x: ir.Expr) -> None:
        """See whether `&x` points into the array of a slice."""
        while True:
            match x:
                case ir.SelectorExpr(op=Op.DOT):
                    x = x.x
                case ir.IndexExpr(op=Op.INDEX):
                    if isinstance(x.x.type.underlying, types.Array):
                        x = x.x
                        continue
                    if (info := self._of(x.x)) is not None:
                        self._drop(info)
                    return
                case _:
                    return

    def _leaks(self, call: ir.CallExpr, index: int) -> bool:
        """Tell if an argument of a call escapes anywhere."""
        func: ir.Func | None = None
        match call.fun:
            case ir.Name(func=known):
                func = known
            case ir.SelectorExpr(op=Op.METHEXPR, func=known):
                func = known
            case ir.ClosureExpr(func=known):
                func = known
            case _:
                return True
        tags = None if func is None else func.tags
        if tags is None or index >= len(tags):
            return True
        return any(derefs >= 0 for derefs in leaks.parse(tags[index]).places)

    def result(self) -> Backing:
        """Keep the slices that are only used in ways that are understood, and gain by it."""
        made = Backing()
        for name in self.order:
            info = self.tracked.get(name)
            if (
                info is None
                or info.understood != info.uses
                or info.transition is None
                or info.weight < 2
            ):
                continue
            made.moves.setdefault(info.transition, []).append((name, info.capacity_seen))
            made.local.update(info.appends)
            if info.capacity_seen:
                made.stepwise.update(info.appends)
        return made
