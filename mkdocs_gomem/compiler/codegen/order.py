"""In which order are operands evaluated, and which of them need statements of their own?

gc evaluates calls, receives and appends of an expression first, in order, each into a temporary,
and reads variables and memory last (walk/order.go): in `x + f()`, `x` is read after `f` ran.
An inlined call is a list of statements, which Python can't have inside an expression.

So each expression has flags. `STATEMENTS`: it can't be one Python expression. `CALL`: it does
something that others can notice. `UNSTABLE`: it reads what a call may change. Operands up to the
last one with statements have their calls put into temporaries, in order, and so have operands
with calls that come after an unstable one; all other operands stay as they are. `&&` and `||`
whose right operand needs statements become branches.
"""

from __future__ import annotations

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.ir import Op, visit

STATEMENTS, CALL, UNSTABLE = 1, 2, 4
MAX_DEPTH = 40
"""Deeper expressions are cut: Python nests 200 parentheses, and each of ours may take several."""

_EFFECTS = frozenset((
    Op.CALLFUNC, Op.CALLINTER, Op.RECV, Op.APPEND, Op.COPY, Op.RECOVER, Op.PANIC, Op.CLOSE,
    Op.CLEAR, Op.DELETE, Op.PRINT, Op.PRINTLN,
))  # fmt: skip
_READS = frozenset((
    Op.DEREF, Op.DOTPTR, Op.INDEX, Op.INDEXMAP, Op.LEN, Op.SLICE, Op.SLICE3, Op.SLICEARR,
    Op.SLICE3ARR, Op.BYTES2STR, Op.RUNES2STR, Op.SLICE2ARR,
))  # fmt: skip


class Order:
    """The flags of expressions, worked out once."""

    __slots__ = ("_depths", "_flags", "boxed")

    def __init__(self, boxed: set[ir.Name]) -> None:
        self._flags: dict[ir.Node, int] = {}
        self._depths: dict[ir.Node, int] = {}
        self.boxed = boxed
        """Local variables that others can change."""

    def flags(self, node: ir.Expr) -> int:
        """Return the flags of an expression."""
        known = self._flags.get(node)
        if known is None:
            known = self._flags[node] = self._find(node)
        return known

    def _find(self, node: ir.Expr) -> int:
        if isinstance(node, ir.Name):
            self._depths[node] = 0
            if node.cls is ir.Class.FUNC:
                return 0
            return UNSTABLE if node.cls is ir.Class.EXTERN or node.canonical in self.boxed else 0
        if isinstance(node, ir.ClosureExpr):
            self._depths[node] = 1
            return STATEMENTS if node.init else 0
        flags = 0
        depth = 0
        for child in visit.children(node):
            if isinstance(child, ir.Expr):
                flags |= self.flags(child)
                depth = max(depth, self._depths.get(child, 0) + 1)
        if depth > MAX_DEPTH:
            flags |= STATEMENTS
            depth = 0
        self._depths[node] = depth
        if isinstance(node, ir.InlinedCallExpr):
            return STATEMENTS | CALL
        if node.init:
            flags |= STATEMENTS
        if node.op in _EFFECTS:
            flags |= CALL
        if node.op in _READS:
            flags |= UNSTABLE
        return flags

    def is_cut(self, node: ir.Expr) -> bool:
        """Tell if an expression is so deep that it goes into a temporary."""
        return self._depths.get(node) == 0 and not isinstance(node, ir.Name | ir.Literal | ir.Nil)
