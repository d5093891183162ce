"""Which ranges hold at the start of every turn of a loop, of variables that the loop changes?

What is known where the loop begins is carried through a turn, without writing anything, and joined
with what is known behind it. Bounds that move are let go to the next of a few stops. Once nothing
moves, it holds for every turn: `x = (x*7 + i) % 1000` stays below 1000, and in a binary search
`lo + hi` fits. Statements that are no plain ones make what they assign unknown.

Source: the intervals and widening of abstract interpretation (Cousot and Cousot, 1977).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import arithmetic, ranges
from mkdocs_gomem.compiler.codegen.order import STATEMENTS
from mkdocs_gomem.compiler.ir import Op

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.compiler.codegen.ranges import Inside, Known, Range

_ROUNDS = 10
"""What still moves after so many is not certain."""
_EXACT = 2
"""Rounds in which bounds follow what was found."""
_STOPS = sorted({-1, 0, 1} | {sign << bits for sign in (-1, 1) for bits in (8, 16, 31, 48, 62)})
"""Where bounds that move may come to rest."""


def of_for(f: FunctionWriter, node: ir.ForStmt, has: Inside, begun: Known) -> Known:
    """Return what holds at the head of a `for`, beside what `f.known` says already.

    Args:
        f: the function.
        node: the loop.
        has: what is inside of it.
        begun: what is known where it begins.
    """
    if node.cond is not None and f.order.flags(node.cond) & STATEMENTS:
        return {}

    def turn() -> None:
        ranges.assume(f, node.cond, holds=True)
        _Turn(f, has).run(node.body)
        if node.post is not None:
            _Turn(f, has).run([node.post])

    return _settled(f, _candidates(f, has, begun, ()), turn)


def of_range(f: FunctionWriter, node: ir.RangeStmt, has: Inside, begun: Known) -> Known:
    """Return the same of a `range` loop, without what it goes over."""
    given = [name for name in (node.key, node.value) if isinstance(name, ir.Name)]

    def turn() -> None:
        for name in given:
            ranges.learn(f, name, ranges.of_index(f, node, has) if name is node.key else None)
        _Turn(f, has).run(node.body)

    return _settled(f, _candidates(f, has, begun, given), turn)


def _candidates(f: FunctionWriter, has: Inside, begun: Known, given: Sequence[ir.Name]) -> Known:
    """List what is known where a loop begins and may have changed in its second turn."""
    found: Known = {}
    for key, have in begun.items():
        name, whole = key if isinstance(key, tuple) else (key, None)
        if (
            key not in f.known
            and name in has.assigned
            and whole not in has.assigned
            and name not in given
            and ranges.is_followed(f, name)
        ):
            found[key] = have
    return found


def _settled(f: FunctionWriter, head: Known, turn: Callable[[], None]) -> Known:
    """Return which of some bounds hold in all turns, after they have moved."""
    always = f.known
    for number in range(_ROUNDS):
        if not head:
            break
        f.known = always | head
        turn()
        moved: Known = {}
        for key, have in head.items():
            end = f.known.get(key)
            wide = end and _joined(f, key, have, end, exact=number < _EXACT)
            if wide:
                moved[key] = wide
        if moved == head:
            break
        head = moved
    else:
        head = {}
    f.known = always
    return head


def _joined(
    f: FunctionWriter,
    key: ir.Name | tuple[ir.Name, ir.Name],
    have: Range,
    end: Range,
    *,
    exact: bool,
) -> Range | None:
    """Return a range that holds before and behind a turn; None if it says nothing."""
    low, high = (
        (-ranges.FAR, ranges.FAR) if isinstance(key, tuple) else arithmetic.full(f.rtype(key.type))
    )
    least, most = min(have[0], end[0]), max(have[1], end[1])
    if not exact:
        if least < have[0]:
            at = bisect_right(_STOPS, least)
            least = max(_STOPS[at - 1], low) if at else low
        if most > have[1]:
            at = bisect_left(_STOPS, most)
            most = min(_STOPS[at], high) if at < len(_STOPS) else high
    return None if least <= low and most >= high else (least, most)


class _Turn:
    """A part of a turn, of which only what it makes known is of interest."""

    def __init__(self, f: FunctionWriter, has: Inside) -> None:
        self.f = f
        self.has = has
        self.ways: list[Known] = []
        """What is known wherever the next part begins."""

    def run(self, items: Sequence[ir.Stmt]) -> None:
        """Go through all of it; what may be left by `continue` ends there."""
        if not self._left(items):
            self.ways.append(self.f.known)
        self.f.known = ranges.join(self.ways)

    def _left(self, items: Sequence[ir.Stmt]) -> bool:
        """Go through statements; tell if they are left for good."""
        return any(map(self._ends, items))

    def _ends(self, node: ir.Stmt) -> bool:
        """Go through a statement; tell if nothing behind it runs."""
        f = self.f
        if node.init and not isinstance(node, ir.RangeStmt | ir.ForStmt) and self._left(node.init):
            return True
        match node:
            case ir.AssignStmt(x=ir.Name() as name, y=y) if not self._is_nested(y):
                if y is not None:
                    ranges.learn(f, name, ranges.fact(f, name, y))
                else:
                    ranges.learn(f, name, ((0, 0), {}))
            case ir.AssignOpStmt(x=ir.Name() as name) if not self._is_nested(node.y):
                ranges.learn(f, name, ranges.sum_fact(f, node))
            case ir.AssignListStmt() if not any(map(self._is_nested, (*node.lhs, *node.rhs))):
                ranges.learn_values(f, node, ranges.values(f, node))
            case ir.IfStmt() if not self._is_nested(node.cond):
                return self._branches(node)
            case ir.BlockStmt():
                return self._left(node.body)
            case ir.BranchStmt():
                if node.op is Op.CONTINUE:
                    self.ways.append(dict(f.known))
                return True
            case ir.ReturnStmt():
                return True
            case ir.LabelStmt():
                for name in self.has.assigned:
                    ranges.forget(f, name)
            case _:
                f.known = ranges.without(f, [node])
                self.ways.append(dict(f.known))  # there may be a `continue` in it
        return False

    def _is_nested(self, node: ir.Expr | None) -> bool:
        """Tell if statements are inside of an expression."""
        return node is not None and bool(self.f.order.flags(node) & STATEMENTS)

    def _branches(self, node: ir.IfStmt) -> bool:
        f = self.f
        before = dict(f.known)
        ways = []
        for holds, body in ((True, node.body), (False, node.else_)):
            f.known = dict(before)
            ranges.assume(f, node.cond, holds=holds)
            if not self._left(body):
                ways.append(f.known)
        f.known = ranges.join(ways)
        return not ways
