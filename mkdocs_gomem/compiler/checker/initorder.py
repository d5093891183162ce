"""Initialisation order of package-level variables.

A variable depends on what its initial value mentions, also through functions. Functions are
eliminated from the graph; then the variable with the fewest open dependencies comes next, the
earlier declared one first. A cycle is an error.

Source: cmd/compile/internal/types2/initorder.go, go1.27.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.info import Initializer
from mkdocs_gomem.gotypes import objects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.checker.checker import Checker, DeclInfo


class _Node:
    """An object, what depends on it, and what it depends on; sets in order of insertion."""

    __slots__ = ("obj", "open", "pred", "succ")

    def __init__(self, obj: objects.Object) -> None:
        self.obj = obj
        self.pred: dict[_Node, None] = {}
        self.succ: dict[_Node, None] = {}
        self.open = 0
        """Dependencies that are not initialised yet."""

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Constants first, then by open dependencies, then in the order of the source."""
        return not isinstance(self.obj, objects.Const), self.open, self.obj.order


def _dependency_graph(obj_map: dict[objects.Object, DeclInfo]) -> list[_Node]:
    nodes: dict[objects.Object, _Node] = {
        obj: _Node(obj)
        for obj in obj_map
        if isinstance(obj, objects.Const | objects.Var | objects.Func)
    }
    for obj, node in nodes.items():
        for dep in obj_map[obj].deps:
            other = nodes.get(dep)
            if other is not None:
                node.succ[other] = None
                other.pred[node] = None
    functions = [n for n in nodes.values() if isinstance(n.obj, objects.Func)]
    functions.sort(key=lambda n: len(n.pred) * len(n.succ))
    for n in functions:
        for p in n.pred:
            if p is n:
                continue
            for s in n.succ:
                if s is not n:
                    p.succ[s] = None
                    s.pred[p] = None
            del p.succ[n]
        for s in n.succ:
            s.pred.pop(n, None)
    rest = [n for n in nodes.values() if not isinstance(n.obj, objects.Func)]
    for n in rest:
        n.open = len(n.succ)
    return rest


def init_order(check: Checker) -> None:
    """Fill `Info.init_order`."""
    nodes = _dependency_graph(check.obj_map)
    # A rank only falls; an outdated entry of the heap is skipped.
    heap = [(n.rank, i, n) for i, n in enumerate(nodes)]
    heapq.heapify(heap)
    numbers = {n: i for i, n in enumerate(nodes)}
    done: set[_Node] = set()
    emitted: set[DeclInfo] = set()
    order = check.info.init_order
    while heap:
        rank, _, n = heapq.heappop(heap)
        if n in done or rank != n.rank:
            continue
        done.add(n)
        if n.open > 0:
            cycle = _find_path(check.obj_map, n.obj, n.obj, set())
            if cycle is not None:
                _report_cycle(check, cycle)
        for p in n.pred:
            if p not in done:
                p.open -= 1
                heapq.heappush(heap, (p.rank, numbers[p], p))
        var = n.obj
        if not isinstance(var, objects.Var):
            continue
        info = check.obj_map[var]
        if info.init is None or info in emitted:
            continue
        emitted.add(info)
        lhs = (var,) if info.lhs is None else tuple(info.lhs)
        order.append(Initializer(lhs, info.init))


def _find_path(
    obj_map: dict[objects.Object, DeclInfo],
    start: objects.Object,
    goal: objects.Object,
    seen: set[objects.Object],
) -> list[objects.Object] | None:
    if start in seen:
        return None
    seen.add(start)
    for dep in sorted(obj_map[start].deps, key=lambda obj: obj.order):
        if dep is goal:
            return [dep]
        path = _find_path(obj_map, dep, goal, seen)
        if path is not None:
            return [*path, dep]
    return None


def _report_cycle(check: Checker, cycle: Sequence[objects.Object]) -> None:
    obj = cycle[0]
    if len(cycle) == 1:
        text = f"initialization cycle: {obj.name} refers to itself"
        check.error(obj, Code.INVALID_INIT_CYCLE, text)
        return
    report = check.new_report(Code.INVALID_INIT_CYCLE)
    report.add(obj.pos, f"initialization cycle for {obj.name}")
    for following in reversed(cycle):
        report.add(obj.pos, f"{obj.name} refers to {following.name}")
        obj = following
    report.report()
