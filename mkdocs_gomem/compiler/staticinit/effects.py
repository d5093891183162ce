"""What an initializer may do beside giving a value: the questions that static initialisation asks.

Source: cmd/compile/internal/staticinit/sched.go (isSideEffect, mayModifyPkgVar, canRepeat), go1.27.
"""

from __future__ import annotations

from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Op
from mkdocs_gomem.gotypes import Pointer, Slice, constants, under

_PURE = frozenset({
    Op.NAME, Op.TYPE, Op.LITERAL, Op.NIL, Op.ADD, Op.SUB, Op.OR, Op.XOR, Op.ADDSTR, Op.ADDR,
    Op.ANDAND, Op.BYTES2STR, Op.RUNES2STR, Op.STR2BYTES, Op.STR2RUNES, Op.CAP, Op.MAPLIT,
    Op.STRUCTLIT, Op.ARRAYLIT, Op.SLICELIT, Op.PTRLIT, Op.CONV, Op.CONVIFACE, Op.CONVNOP, Op.DOT,
    Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.KEY, Op.STRUCTKEY, Op.LEN, Op.MUL, Op.LSH,
    Op.RSH, Op.AND, Op.ANDNOT, Op.NEW, Op.NOT, Op.BITNOT, Op.PLUS, Op.NEG, Op.OROR, Op.PAREN,
    Op.RUNESTR, Op.REAL, Op.IMAG, Op.COMPLEX,
})  # fmt: skip
"""Ops without effects of their own; their operands are asked separately."""

_UNREPEATABLE = frozenset({
    Op.MAKECHAN, Op.MAKEMAP, Op.MAKESLICE, Op.MAPLIT, Op.NEW, Op.PTRLIT, Op.SLICELIT,
    Op.STR2BYTES, Op.STR2RUNES,
})  # fmt: skip
"""Ops that give a new object each time."""


def _is_effect(node: nodes.Node) -> bool:
    if node.op in _PURE:
        return False
    match node:
        case nodes.BinaryExpr(op=Op.DIV | Op.MOD, y=nodes.Literal(value=value)):
            return constants.sign(value) == 0
        case nodes.MakeExpr(op=Op.MAKECHAN | Op.MAKEMAP, len=None):
            return False
        case nodes.MakeExpr(op=Op.MAKECHAN | Op.MAKEMAP, len=nodes.Literal(value=value)):
            return constants.sign(value) != 0
        case _:
            return True


def any_side_effects(node: nodes.Node) -> bool:
    """Say whether evaluating `node` could be noticed, beside its value."""
    return visit.any(node, _is_effect)


def can_repeat(node: nodes.Node) -> bool:
    """Say whether evaluating `node` twice gives the same as keeping its value."""
    return not visit.any(node, lambda part: _is_effect(part) or part.op in _UNREPEATABLE)


def may_modify_package_variable(node: nodes.Node) -> bool:
    """Say whether `node` may write a package variable of this package."""
    return visit.any(node, _modifies)


def _modifies(node: nodes.Node) -> bool:
    match node:
        case nodes.CallExpr(op=Op.CALLFUNC | Op.CALLINTER | Op.APPEND):
            return True
        case nodes.UnaryExpr(op=Op.CLEAR) | nodes.BinaryExpr(op=Op.COPY):
            return True
        case nodes.AssignOpStmt(x=target) | nodes.AssignStmt(x=target):
            return not _is_safe_target(target)
        case nodes.AssignListStmt(lhs=targets):
            return not all(map(_is_safe_target, targets))
        case _:
            return False


def _is_safe_target(target: nodes.Expr) -> bool:
    """Say whether an assignment goes to a local, or to another package's variable."""
    while True:
        match target:
            case nodes.SelectorExpr(op=Op.DOT, x=inner) | nodes.ParenExpr(x=inner):
                target = inner
            case nodes.StarExpr(x=inner) | nodes.ConvExpr(op=Op.CONVNOP, x=inner):
                target = inner
            case nodes.IndexExpr(op=Op.INDEX, x=inner) if not isinstance(
                under(inner.type), Slice | Pointer
            ):
                target = inner
            case nodes.Name(cls=nodes.Class.EXTERN, pkg=pkg):
                return pkg is not None and pkg.name != "main"
            case nodes.Name():
                return True
            case _:
                return False
