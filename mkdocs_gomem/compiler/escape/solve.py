"""What outlives what: walks the graph backwards from every location until nothing changes.

From each root, the heap among them, every location that flows to it gets the smallest number of
dereferences on the way. Below zero its address is what flows; if the root outlives it, it
escapes, and is a root again.

Invariant: the order of the queues is gc's. The verdicts would be the same in any order, but
which of several explanations is found first, and what a parameter is said to leak to, is not.

Source: cmd/compile/internal/escape/solve.go, go1.27.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.escape import explain
from mkdocs_gomem.compiler.escape.graph import (
    CALLS,
    ESCAPES,
    EVERYTHING,
    MUTATES,
    PERSISTS,
    Batch,
    Location,
)
from mkdocs_gomem.compiler.escape.leaks import CALLEE, MUTATOR
from mkdocs_gomem.compiler.escape.placements import Leak, Way
from mkdocs_gomem.compiler.ir import nodes

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.ir.nodes import Func


def walk_all(batch: Batch) -> None:
    """Find for all locations what escapes, what persists and what parameters leak."""
    todo: deque[Location] = deque()

    for loc in batch.locations:
        todo.appendleft(loc)
        loc.queued_walk_all = True
    for loc in (batch.mutator, batch.callee, batch.heap):
        todo.appendleft(loc)
        loc.queued_walk_all = True

    walkgen = 0
    while todo:
        root = todo.popleft()
        root.queued_walk_all = False
        if root.edges or root.is_param or root.attrs & CALLS:  # else nothing flows to it
            walkgen += 1
            _walk_one(batch, root, walkgen, todo)


def _enqueue(todo: deque[Location], loc: Location) -> None:
    if not loc.queued_walk_all:
        loc.queued_walk_all = True
        if loc.attrs & ESCAPES:  # first, as it may make others escape
            todo.appendleft(loc)
        else:
            todo.append(loc)


def _walk_one(batch: Batch, root: Location, walkgen: int, todo_all: deque[Location]) -> None:
    root.walkgen = walkgen
    root.derefs = 0
    root.dst = None

    if root.attrs & CALLS and isinstance(root.node, nodes.ClosureExpr):
        func = root.node.func
        analysis = batch.analysis
        if func in analysis.pending and func not in analysis.results_lost:
            # Its results go where nobody sees: look again at what flows to them.
            analysis.results_lost.add(func)
            for result in func.results:
                _enqueue(todo_all, batch.old_loc(result))

    todo: deque[Location] = deque((root,))
    while todo:
        loc = todo.popleft()
        loc.queued_walk_one = 0
        derefs = loc.derefs
        new_attrs = 0

        if derefs < 0:  # the address of `loc` flows to the root; what it holds does not
            derefs = 0
            if outlives(batch, root, loc):
                if not loc.attrs & ESCAPES:
                    loc.ways = (*loc.ways, Way(explain.path(batch, root, loc)))
                new_attrs |= EVERYTHING
            elif root.attrs & PERSISTS:
                new_attrs |= PERSISTS

        if derefs == 0:
            new_attrs |= root.attrs & (MUTATES | CALLS)

        if loc.is_param:
            if outlives(batch, root, loc):
                if not loc.attrs & ESCAPES:
                    sink = explain.location(batch, root)
                    leak = Leak(sink, derefs, explain.path(batch, root, loc))
                    loc.leak_flows = (*loc.leak_flows, leak)
                loc.leak_to(root, derefs)
            if root.attrs & MUTATES:
                loc.leaks.add(MUTATOR, derefs)
            if root.attrs & CALLS:
                loc.leaks.add(CALLEE, derefs)

        if new_attrs & ~loc.attrs:
            loc.attrs |= new_attrs
            _enqueue(todo_all, loc)
            if loc.attrs & ESCAPES:
                continue

        for edge in loc.edges:
            src = edge.src
            if src.attrs & ESCAPES:
                continue
            distance = derefs + edge.derefs
            if src.walkgen != walkgen:
                src.walkgen = walkgen
            elif src.derefs <= distance:
                continue
            src.derefs = distance
            src.dst = loc
            src.dst_edge = edge
            if src.queued_walk_one != walkgen:
                src.queued_walk_one = walkgen
                todo.append(src)


def outlives(batch: Batch, loc: Location, other: Location) -> bool:
    """Tell if what is stored in `loc` may live longer than `other` does on the stack."""
    if loc.attrs & ESCAPES:
        return True
    if loc is batch.mutator or loc is batch.callee:
        return False
    func, other_func = loc.curfn, other.curfn
    if func is None or other_func is None:
        return False
    if loc.is_result:
        # Nobody knows what callers do with results, except of a literal whose calls are all
        # seen: it may return what belongs to the function around it.
        return not (contains_closure(other_func, func) and func not in batch.analysis.results_lost)
    if func is other_func:
        return loc.loop_depth < other.loop_depth
    return contains_closure(func, other_func)


def contains_closure(func: Func, literal: Func) -> bool:
    """Tell if `literal` is a function literal somewhere inside `func`."""
    if func is literal or literal.closure is None:
        return False
    outer = literal.outer
    while outer is not None:
        if outer is func:
            return True
        outer = outer.outer
    return False
