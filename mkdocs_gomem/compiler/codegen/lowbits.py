"""Which hashes go through a few turns as their low bits, beside all above them?

Take `h = h*31 ^ j` with j below 1024, and h as the sum of `a`, a multiple of 1024, and `l` below
it. A turn makes `a*31 + (l*31 ^ j)` of it: what is above is only multiplied, whatever the low bits
become. So a few turns work on small numbers, which cost Python half as much, and what is above is
multiplied once behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import ranges
from mkdocs_gomem.compiler.ir import Op, visit
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter

_DIGIT = 30
"""Bits of what Python calculates with at once."""
_BITS = frozenset((Op.XOR, Op.OR, Op.ANDNOT))
_EITHER = frozenset((Op.XOR, Op.OR, Op.MUL))
"""Whose operands may change sides."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a statement, or all of a turn, does to a hash."""

    bits: int
    """So many at the lower end are looked at or changed, not only added to and multiplied."""
    factor: int
    """By which what is above them is multiplied."""

    @property
    def low(self) -> int:
        """A mask for them."""
        return (1 << self.bits) - 1


def hashes(f: FunctionWriter, body: Iterable[ir.Stmt], turns: int) -> list[tuple[ir.Name, Turn]]:
    """List the residues of a small hash's body, if the low bits of all stay small for a while."""
    steps = [item for item in body if isinstance(item, ir.AssignStmt | ir.AssignOpStmt)]
    assigned = {item.x for item in steps}
    found: dict[ir.Name, Turn | None] = {}
    for item in steps:
        if isinstance(item.x, ir.Name) and item.x in f.residues:
            before = found.get(item.x, Turn(0, 1))
            found[item.x] = before and _Hash(f, item.x, assigned).then(before, item)
    small = [(name, turn) for name, turn in found.items() if turn and _stays_small(turn, turns)]
    return small if len(small) == len(found) else []


def _stays_small(turn: Turn, turns: int) -> bool:
    return turn.factor != 0 and turn.bits + (turn.factor**turns).bit_length() <= _DIGIT


@dataclass(frozen=True, slots=True)
class _Hash:
    f: FunctionWriter
    name: ir.Name
    assigned: Container[ir.Expr]
    """What is another in each turn, beside what the loop counts with."""

    def then(self, before: Turn, node: ir.AssignStmt | ir.AssignOpStmt) -> Turn | None:
        """Return what a turn has done behind an assignment to the hash; None: nobody knows."""
        if isinstance(node, ir.AssignOpStmt):
            step = self._combined(node.as_op, node.x, node.y)
        else:
            step = None if node.y is None else self._value(node.y)
        return step and Turn(max(before.bits, step.bits), before.factor * step.factor)

    def _value(self, node: ir.Expr) -> Turn | None:
        if node is self.name:
            return Turn(0, 1)
        if not self._is_in(node):
            return Turn(0, 0)
        match node:
            case ir.ParenExpr():
                return self._value(node.x)
            case ir.BinaryExpr():
                return self._combined(node.op, node.x, node.y)
            case _:
                return None

    def _combined(self, op: Op, x: ir.Expr, y: ir.Expr) -> Turn | None:
        if op in _EITHER and not self._is_in(x):
            x, y = y, x
        first, second = self._value(x), self._value(y)
        if first is None or second is None:
            return None
        bits = max(first.bits, second.bits)
        if op is Op.ADD:
            return Turn(bits, first.factor + second.factor)
        if op is Op.SUB:
            return Turn(bits, first.factor - second.factor)
        low, high = ranges.of(self.f, y)
        if low < 0 or any(part in self.assigned for part in visit.within((y,))):
            return None
        if op in _BITS:
            return Turn(max(bits, high.bit_length()), first.factor)
        if op is Op.MUL and low == high:
            return Turn(bits, first.factor * high)
        if op is Op.LSH and low == high <= _DIGIT:
            return Turn(bits, first.factor << high)
        return None

    def _is_in(self, node: ir.Expr) -> bool:
        return any(part is self.name for part in visit.within((node,)))
