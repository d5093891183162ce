"""Statements: what they assign, and how deep in loops they stand.

Source: cmd/compile/internal/escape/stmt.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from mkdocs_gomem.compiler.escape import assign, call, expr, type_facts
from mkdocs_gomem.compiler.escape.graph import Escape, Hole
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Op, Stmt
from mkdocs_gomem.compiler.ir.reassignment import is_blank


def stmts(e: Escape, items: Iterable[Stmt]) -> None:
    """Evaluate statements in order."""
    for item in items:
        stmt(e, item)


def block(e: Escape, items: Iterable[Stmt]) -> None:
    """Evaluate a block: what labels in it did to the loop depth ends with it."""
    depth = e.loop_depth
    stmts(e, items)
    e.loop_depth = depth


def stmt(e: Escape, node: Stmt | None) -> None:
    """Evaluate one statement."""
    if node is None:
        return
    if node.init:
        stmts(e, node.init)
    handler = _BY_CLASS.get(type(node))
    if handler is None:
        raise TypeError(f"escape: unexpected statement {type(node).__name__}")
    handler(e, node)


def declare(e: Escape, name: nodes.Name) -> Hole:
    """Start a variable's life here, at this loop depth."""
    loc = e.batch.old_loc(name)
    loc.loop_depth = e.loop_depth
    return loc.as_hole()


def _nothing(_e: Escape, _node: Stmt) -> None:
    """Jumps: the analysis does not follow control flow."""


def _expr_stmt(e: Escape, node: nodes.ExprStmt) -> None:
    x = node.x
    if isinstance(x, nodes.UnaryExpr) and x.op is Op.RECV:
        expr.expr(e, e.discard_hole(), x)
        return
    if isinstance(x, nodes.CallExpr | nodes.InlinedCallExpr | nodes.UnaryExpr | nodes.BinaryExpr):
        stmts(e, x.init)
        call.call(e, None, x)
        return
    expr.discard(e, x)


def _block(e: Escape, node: nodes.BlockStmt) -> None:
    stmts(e, node.body)


def _decl(e: Escape, node: nodes.Decl) -> None:
    if not is_blank(node.x):
        declare(e, node.x)


def _label(e: Escape, node: nodes.LabelStmt) -> None:
    if node.label != "_" and e.labels.pop(node.label):
        e.loop_depth += 1


def _if(e: Escape, node: nodes.IfStmt) -> None:
    expr.discard(e, node.cond)
    block(e, node.body)
    block(e, node.else_)


def _check_nil(e: Escape, node: nodes.CheckNilStmt) -> None:
    expr.discard(e, node.x)


def _for(e: Escape, node: nodes.ForStmt) -> None:
    e.loop_depth += 1
    expr.discard(e, node.cond)
    stmt(e, node.post)
    block(e, node.body)
    e.loop_depth -= 1


def _range(e: Escape, node: nodes.RangeStmt) -> None:
    # The operand is evaluated once, outside the loop, and lives until the loop is done.
    operand = e.new_loc(None, persists=True)
    expr.expr(e, operand.as_hole(), node.x)

    e.loop_depth += 1
    holes = assign.addrs(e, [node.key, node.value])
    if type_facts.is_array(node.x.type):
        e.batch.flow(holes[1].note(node, "range"), operand)
    else:
        e.batch.flow(holes[1].deref(node, "range-deref"), operand)
    assign.reassigned(e, holes, node)
    block(e, node.body)
    e.loop_depth -= 1


def _switch(e: Escape, node: nodes.SwitchStmt) -> None:
    tag = node.tag
    if isinstance(tag, nodes.TypeSwitchGuard):
        stmts(e, tag.init)
        holes = []
        if tag.tag:
            for case in node.cases:
                name = case.var
                if name is None:
                    continue
                hole = declare(e, name)
                if type_facts.has_pointers(name.type):
                    holes.append(hole.dot_type(name.type, case, "switch case"))
        expr.expr(e, e.tee_hole(holes), tag.x)
    else:
        expr.discard(e, tag)
    for case in node.cases:
        stmts(e, case.init)
        expr.discards(e, case.values)
        block(e, case.body)


def _select(e: Escape, node: nodes.SelectStmt) -> None:
    for clause in node.cases:
        stmts(e, clause.init)
        stmt(e, clause.comm)
        block(e, clause.body)


def _send(e: Escape, node: nodes.SendStmt) -> None:
    expr.discard(e, node.chan)
    assign.assign_heap(e, node.value, "send", node)


def _assign(e: Escape, node: nodes.AssignStmt | nodes.AssignOpStmt) -> None:
    assign.assign_list(e, [node.x], [node.y], "assign", node)


def _assign_list(e: Escape, node: nodes.AssignListStmt) -> None:
    if node.op is Op.AS2FUNC:
        value = node.rhs[0]
        stmts(e, value.init)
        holes = assign.addrs(e, node.lhs)
        call.call(e, holes, value)
        assign.reassigned(e, holes, node)
        return
    assign.assign_list(e, node.lhs, node.rhs, _LIST_REASONS[node.op], node)


def _return(e: Escape, node: nodes.ReturnStmt) -> None:
    assign.assign_list(e, e.curfn.results, node.results, "return", node)


def _go_defer(e: Escape, node: nodes.GoDeferStmt) -> None:
    """The call has no arguments left: `lower` made it `go func() {…}()`."""
    hole = e.heap_hole()
    fun_call = node.call
    if not isinstance(fun_call, nodes.CallExpr) or fun_call.fun is None:
        raise TypeError("escape: go and defer need a call of a function")
    if node.op is Op.DEFER and e.loop_depth == 1 and fun_call.defer_at is None:
        # A deferred call outside of loops leaves its closure on the stack, until it is made.
        hole = e.later(e.discard_hole())
    expr.expr(e, hole, fun_call.fun)


_LIST_REASONS: Final = {
    Op.AS2: "assign-pair",
    Op.AS2DOTTYPE: "assign-pair-dot-type",
    Op.AS2MAPR: "assign-pair-mapr",
    Op.AS2RECV: "assign-pair-receive",
    Op.SELRECV2: "assign-pair-receive",
}

_Handler: TypeAlias = Callable[[Escape, Stmt], None]
_BY_CLASS: Final[dict[type, _Handler]] = {
    nodes.ExprStmt: _expr_stmt,  # type: ignore[dict-item]
    nodes.AssignStmt: _assign,  # type: ignore[dict-item]
    nodes.AssignListStmt: _assign_list,  # type: ignore[dict-item]
    nodes.AssignOpStmt: _assign,  # type: ignore[dict-item]
    nodes.BlockStmt: _block,  # type: ignore[dict-item]
    nodes.BranchStmt: _nothing,
    nodes.CheckNilStmt: _check_nil,  # type: ignore[dict-item]
    nodes.Decl: _decl,  # type: ignore[dict-item]
    nodes.ForStmt: _for,  # type: ignore[dict-item]
    nodes.GoDeferStmt: _go_defer,  # type: ignore[dict-item]
    nodes.IfStmt: _if,  # type: ignore[dict-item]
    nodes.InlineMarkStmt: _nothing,
    nodes.LabelStmt: _label,  # type: ignore[dict-item]
    nodes.RangeStmt: _range,  # type: ignore[dict-item]
    nodes.ReturnStmt: _return,  # type: ignore[dict-item]
    nodes.SendStmt: _send,  # type: ignore[dict-item]
    nodes.SwitchStmt: _switch,  # type: ignore[dict-item]
    nodes.SelectStmt: _select,  # type: ignore[dict-item]
}
