"""In which order are several values worked out and stored, in `a, b = x, y`?

gc takes such a statement apart into single assignments, one after the other, and works out early
only what one of those before could change (walk/assign.go, `ascompatee`): so in a swap of two
elements one of them is read when it is stored. Nobody can tell, unless a panic comes in between.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import expressions, order, ranges, statements
from mkdocs_gomem.compiler.ir import Class, Op, visit
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter

_NO_MEMORY = frozenset((
    Op.ADD, Op.AND, Op.ANDAND, Op.ANDNOT, Op.BITNOT, Op.CONV, Op.CONVIFACE, Op.CONVNOP, Op.DIV,
    Op.DOT, Op.DOTTYPE, Op.LITERAL, Op.LSH, Op.MOD, Op.MUL, Op.NEG, Op.NIL, Op.OR, Op.OROR,
    Op.PAREN, Op.PLUS, Op.RSH, Op.SUB, Op.XOR,
))  # fmt: skip


def assign(f: FunctionWriter, node: ir.AssignListStmt, declared: set[ir.Name]) -> None:
    """Write a pure statement (`order`)."""
    have = ranges.values(f, node)
    for x, y in _in_turn(f, node) if len(node.lhs) > 1 else zip(node.lhs, node.rhs, strict=True):
        if isinstance(x, ir.Name) and x in declared:
            f.declare(x)
            f.store(x, f.new_variable(x, statements.value_for(f, x, y)[0]))
        else:
            statements.assign_late(f, x, y)
    ranges.learn_values(f, node, have)


def _in_turn(f: FunctionWriter, node: ir.AssignListStmt) -> list[tuple[ir.Expr, ir.Expr]]:
    """Return the assignments, with what is worked out before the first of them put aside."""
    settled = _early_first(f, node)
    before = _Before(f)
    pairs = []
    for x, y, value in zip(node.lhs, node.rhs, settled, strict=True):
        place = before.place(x)
        pairs.append((place, before.value(y, value)))
        before.note(place)
    return pairs


def _early_first(f: FunctionWriter, node: ir.AssignListStmt) -> list[ir.Expr]:
    """Return the values; what may panic in its turn does so before others can see a store."""
    fails = [order.fails_early(f.order.flags(y)) for y in node.rhs]
    if not any(fails):
        return node.rhs
    before = _Before(f)
    for x in node.lhs[:-1]:
        before.note(x)
    if not (before.memory or before.result):
        return node.rhs
    return [_settled(f, y) if early else y for y, early in zip(node.rhs, fails, strict=True)]


def _settled(f: FunctionWriter, node: ir.Expr) -> ir.Name:
    """Return a variable that stands for an expression whose early parts are worked out."""
    if order.is_early(node):
        return _aside(f, node)
    rest = ir.Name(node.pos, node.type, "", Class.AUTO, auto_temp=True)
    f.hoist += 1
    f.codes[rest] = expressions.owned(f, node)
    f.hoist -= 1
    return rest


def _aside(f: FunctionWriter, node: ir.Expr) -> ir.Name:
    """Return a variable that holds the value of an expression from now on."""
    temp = ir.Name(node.pos, node.type, "", Class.AUTO, auto_temp=True)
    f.names[temp] = f.temp()
    f.store(temp, expressions.owned(f, node))
    return temp


class _Before:
    """What the assignments before the next one have changed."""

    def __init__(self, f: FunctionWriter) -> None:
        self.f = f
        self.names: set[ir.Name] = set()
        self.memory = False
        self.result = False
        """A result that deferred functions can see: everything else comes before it."""

    def note(self, x: ir.Expr) -> None:
        """Note that a place was stored to."""
        x = statements.whole(x)
        if not isinstance(x, ir.Name) or (x.name != "_" and self._is_memory(x)):
            self.memory = True
        elif x.cls is Class.PARAMOUT and self.f.func.has_defer:
            self.result = True
        else:
            self.names.add(x)

    def _is_memory(self, name: ir.Name) -> bool:
        return (
            name.cls is Class.EXTERN
            or name.canonical in self.f.boxed
            or name.is_closure_var  # a copy, too, as long as gc has not come to registers
        )

    def _reads_memory(self, node: ir.Node) -> bool:
        if isinstance(node, ir.Name):
            return node.cls is not Class.FUNC and self._is_memory(node)
        return isinstance(node, ir.Expr) and node.op not in _NO_MEMORY

    def _affects(self, node: ir.Expr) -> bool:
        if not (self.names or self.memory or self.result):
            return False
        return self.result or any(
            part in self.names or (self.memory and self._reads_memory(part))
            for part in visit.within((node,))
        )

    def value(self, node: ir.Expr, settled: ir.Expr | None = None) -> ir.Expr:
        """Return an expression, or a variable that holds its value from now on.

        It may be `settled` as far as it is early.
        """
        settled = settled or node
        if isinstance(node, ir.Literal | ir.Nil) or not self._affects(node):
            return settled
        return _aside(self.f, settled)

    def place(self, x: ir.Expr) -> ir.Expr:
        """Return a place whose operands are worked out, as far as need be."""
        match x:
            case ir.ParenExpr():
                return self.place(x.x)
            case ir.IndexExpr():
                index = self.value(x.index)
                inside = isinstance(x.x.type.underlying, types.Array)
                base = self.place(x.x) if inside else self.value(x.x)
                if base is x.x and index is x.index:
                    return x
                x = copy.copy(x)
                x.x, x.index = base, index
                return x
            case ir.SelectorExpr() | ir.StarExpr():
                is_part = isinstance(x, ir.SelectorExpr) and x.op is Op.DOT
                base = self.place(x.x) if is_part else self.value(x.x)
                if base is x.x:
                    return x
                x = copy.copy(x)
                x.x = base
                return x
            case _:
                return x
