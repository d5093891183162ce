"""In which order functions are decided: callees first, mutual recursion together.

Reads the functions of a program; calls `analyze` with one strongly connected component at a
time. A literal that captures something belongs to the component of the function around it.
Functions of other packages are not visited: their facts are known.

How: Tarjan's algorithm as in gc, so that components come in gc's order (ir/scc.go, go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Class, Func, Op, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mkdocs_gomem.compiler.ir.nodes import Node

_DONE = 1 << 62
_FUNC: Final = Class.FUNC
_MENTIONING: Final = frozenset({nodes.Name, nodes.SelectorExpr, nodes.ClosureExpr})
_METHODS = frozenset({Op.DOTMETH, Op.METHVALUE, Op.METHEXPR})


def all_funcs(program: Program) -> list[Func]:
    """Return the functions of a program with their literals, in the order in which gc has them.

    Bodies are read last function first, and literals come as they are met; those of variables'
    initializers come first of all. A literal whose call was inlined is still here: if it
    captures nothing, gc compiles it like any function.
    """
    declared = [func for func in program.funcs if func.closure is None]
    declared += program.wrappers
    init = program.package_init
    funcs: list[Func] = []
    if init is not None:
        funcs.append(init)
        _add_literals(funcs, init)
    funcs.extend(func for func in declared if func is not init)
    for func in reversed(declared):
        if func is not init:
            _add_literals(funcs, func)
    return funcs


def with_literals(func: Func) -> list[Func]:
    """Return a function and all literals inside, outer ones first."""
    funcs = [func]
    _add_literals(funcs, func)
    return funcs


def _add_literals(funcs: list[Func], outer: Func) -> None:
    for func in outer.closures:
        funcs.append(func)
        _add_literals(funcs, func)


def visit_funcs_bottom_up(
    funcs: Iterable[Func], analyze: Callable[[list[Func], bool], None], bodies: visit.Bodies
) -> None:
    """Call `analyze(component, recursive)` for each component, callees before callers."""
    visitor = _Visitor(analyze, bodies)
    for func in funcs:
        if not func.is_closure:
            visitor.visit(func)


class _Visitor:
    """The state of one visit.

    No nested function: one that calls itself is a circle, and all that the visit holds would be
    left for Python's collector, at twice the price.
    """

    __slots__ = ("_analyze", "_bodies", "_counter", "_ids", "_stack")

    def __init__(self, analyze: Callable[[list[Func], bool], None], bodies: visit.Bodies) -> None:
        self._analyze = analyze
        self._bodies = bodies
        self._ids: dict[Func, int] = {}
        self._stack: list[Func] = []
        self._counter = 0

    def visit(self, func: Func) -> int:
        """Visit a function, and those it mentions before."""
        ids, stack = self._ids, self._stack
        known = ids.get(func)
        if known is not None:
            return known
        self._counter += 1
        own = ids[func] = self._counter
        self._counter += 1
        lowest = self._counter
        stack.append(func)

        for other in _mentioned(self._bodies[func]):
            if other is not None and other.is_local:
                lowest = min(lowest, self.visit(other))

        if lowest in {own, own + 1} and not func.is_closure:
            recursive = lowest == own
            at = len(stack) - 1
            while True:
                ids[stack[at]] = _DONE
                if stack[at] is func:
                    break
                at -= 1
            component = stack[at:]
            del stack[at:]
            self._analyze(component, recursive)
        return lowest


def _mentioned(body: list[Node]) -> Iterator[Func | None]:
    for node in visit.of(_MENTIONING, body):
        if type(node) is nodes.Name:
            if node.cls is _FUNC:
                yield node.func
        elif type(node) is nodes.SelectorExpr:
            if node.op in _METHODS:
                yield node.func
        elif type(node) is nodes.ClosureExpr:
            yield node.func
