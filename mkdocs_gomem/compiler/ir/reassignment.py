"""Which variables are assigned just once, and so what value a name stands for.

`ReassignOracle` looks through a function and its literals once; `static_value` then follows a
name to the expression that defines it, through conversions without effect and inlined calls.
`Assigned` does so for functions into which calls are being inlined.
`func_assignments` lists what may be in a variable of function type, if all assignments to it are
simple ones; escape analysis uses that for calls through such variables (new in 1.27).

Source: cmd/compile/internal/ir/reassignment.go and expr.go (StaticValue, Reassigned), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Name, Node, Op
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Sequence


def targets(node: Node) -> Sequence[Expr]:
    """List what a statement assigns to."""
    match node:
        case nodes.AssignStmt() | nodes.AssignOpStmt():
            return (node.x,)
        case nodes.AssignListStmt():
            return node.lhs
        case nodes.RangeStmt():
            return [item for item in (node.key, node.value) if item is not None]
        case _:
            return ()


def outer_value(node: Node) -> Node:
    """Return the variable that an lvalue is a part of: `x` for `x.f[2]`, x a struct."""
    while True:
        if type(node) is Name:
            return node
        match node:
            case nodes.SelectorExpr(op=Op.DOT):
                node = node.x
            case nodes.ParenExpr():
                node = node.x
            case nodes.ConvExpr(op=Op.CONVNOP):
                node = node.x
            case nodes.IndexExpr(op=Op.INDEX) if isinstance(node.x.type.underlying, types.Array):
                node = node.x
            case _:
                return node


def is_blank(node: Node | None) -> bool:
    """Tell if a node is the blank identifier."""
    return isinstance(node, Name) and node.name == "_"


def is_nil(node: Node) -> bool:
    """Tell if a node is `nil`."""
    return isinstance(node, nodes.Nil)


_AUTO: Final = Class.AUTO
_ASSIGNING = frozenset({
    nodes.AssignStmt, nodes.AssignOpStmt, nodes.AssignListStmt, nodes.RangeStmt,
})  # fmt: skip


_ASSIGNING_OR_LITERAL = _ASSIGNING | {nodes.ClosureExpr}


class ReassignOracle:
    """What one function's assignments say about its variables."""

    __slots__ = ("_defs", "_func_assigns")

    def __init__(self, func: Func, found: list[Node]) -> None:
        """Look through all nodes of a function and of the literals inside."""
        self._defs: dict[Name, Node | Func] = {}
        self._func_assigns: dict[Name, list[nodes.AssignStmt]] = {}
        for param in func.params:
            if not is_blank(param):
                self._defs[param] = func
        for node in found:
            if type(node) is Name and node.cls is _AUTO and not node.addrtaken:
                self._find_local(node)
        for node in visit.of(_ASSIGNING, found):
            self._prune(node)

    def _find_local(self, node: Name) -> None:
        is_func = isinstance(node.type.underlying, types.Signature)
        if node.defn is None:
            if is_func:
                self._func_assigns.setdefault(node, [])
            return
        self._defs[node] = node.defn
        if is_func and isinstance(node.defn, nodes.AssignStmt):
            self._func_assigns.setdefault(node, [])

    def _prune(self, node: Node) -> None:
        for target in targets(node):
            self._prune_one(target, node)

    def _prune_one(self, target: Node, stmt: Node) -> None:
        outer = outer_value(target)
        if not isinstance(outer, Name):
            return
        name = outer.canonical
        defn = self._defs.get(name)
        if defn is not None and (
            name.cls is Class.PARAM or (name.cls is Class.AUTO and stmt is not defn)
        ):
            del self._defs[name]
        assigns = self._func_assigns.get(name)
        if assigns is not None:
            if not isinstance(stmt, nodes.AssignStmt):
                del self._func_assigns[name]
            elif not _is_nil_assign(stmt):
                assigns.append(stmt)

    def static_value(self, node: Expr) -> Expr:
        """Return the expression that a value surely comes from, the node itself if unknown."""
        return _static_value(node, lambda name: name not in self._defs)

    def reassigned(self, name: Name) -> bool:
        """Tell if a variable is assigned more than by its definition, as far as known."""
        return name not in self._defs

    def func_assignments(self, name: Name) -> list[nodes.AssignStmt]:
        """Return the assignments of non-nil values to a function variable; empty if unknown."""
        return self._func_assigns.get(name.canonical, [])


def _is_nil_assign(stmt: nodes.AssignStmt) -> bool:
    value = stmt.y
    if value is None:
        return True
    while isinstance(value, nodes.ConvExpr) and value.op is Op.CONVNOP:
        value = value.x
    return is_nil(value)


_TRANSPARENT = (Name, nodes.ConvExpr, nodes.ParenExpr, nodes.InlinedCallExpr)


def _static_value(node: Expr, is_reassigned: object) -> Expr:
    while isinstance(node, _TRANSPARENT):
        match node:
            case nodes.ConvExpr(op=Op.CONVNOP) | nodes.ParenExpr():
                node = node.x
                continue
            case nodes.InlinedCallExpr():
                node = single_result(node)
                continue
            case Name():
                pass
            case _:
                return node
        value = _definition(node.canonical, is_reassigned)
        if value is None:
            return node
        node = value
    return node


def _definition(name: Name, is_reassigned: object) -> Expr | None:
    defn = name.defn
    if name.cls is not Class.AUTO or defn is None:
        return None
    match defn:
        case nodes.AssignStmt():
            value = defn.y
        case nodes.AssignListStmt(op=Op.AS2):
            value = defn.rhs[next(i for i, x in enumerate(defn.lhs) if x is name)]
        case _:
            return None
    if is_reassigned(name):  # type: ignore[operator]
        return None
    return value


def single_result(node: nodes.InlinedCallExpr) -> Expr:
    """Return the only result of an inlined call, seen as the call's own type."""
    result = node.return_vars[0]
    if len(node.return_vars) != 1:
        raise ValueError(f"{len(node.return_vars)} results")
    return result


class Assigned:
    """What is assigned where in functions that grow, but in no other way than by inlining.

    What comes with an inlined call assigns to variables that came with it, or does what a
    literal did that was in the function before: so each node is looked at once, when asked first
    or when it comes.
    """

    __slots__ = ("_by_name", "_seen")

    def __init__(self) -> None:
        self._by_name: dict[Name, list[Node]] = {}
        self._seen: set[Func] = set()

    def static_value(self, node: Expr) -> Expr:
        """Return the expression that a value surely comes from, the node itself if unknown."""
        return _static_value(node, self.reassigned)

    def reassigned(self, name: Name) -> bool:
        """Tell if a variable is assigned, other than by its definition, in its function."""
        func = name.curfn
        if func is None or name.addrtaken:
            return True
        self._see(func)
        return any(stmt is not name.defn for stmt in self._by_name.get(name, ()))

    def inlined(self, func: Func, call: nodes.InlinedCallExpr) -> None:
        """Learn of what was put into a function."""
        if func in self._seen:
            self._add([*call.init, *call.body])

    def _see(self, func: Func) -> None:
        if func not in self._seen:
            self._seen.add(func)
            self._add(func.body)

    def _add(self, items: list[nodes.Stmt]) -> None:
        for node in visit.of(_ASSIGNING_OR_LITERAL, visit.within(items)):
            if isinstance(node, nodes.ClosureExpr):
                self._see(node.func)
            for target in targets(node):
                outer = outer_value(target)
                if isinstance(outer, Name):
                    self._by_name.setdefault(outer.canonical, []).append(node)


def static_callee(fun: Expr) -> Func | None:
    """Return the function that a call surely calls, when its callee says so itself.

    For `(*T).M` of a method of T, and for `U.M` of an embedded field's method, that is the method
    itself, as in gc, not the wrapper; so its tags count, though its receiver is another type.
    """
    match fun:
        case Name(cls=Class.FUNC):
            return fun.func
        case nodes.SelectorExpr(op=Op.METHEXPR):
            return declared_method(fun.func)
        case nodes.ClosureExpr():
            return fun.func
        case _:
            return None


def is_method_wrapper(func: Func) -> bool:
    """Tell if a function only passes a call on to a method that another type declares."""
    return func.is_wrapper and func.is_method and func.shaped is None and func.closure is None


def declared_method(func: Func | None) -> Func | None:
    """Return the method that a method wrapper calls; of other functions the function itself."""
    while func is not None and is_method_wrapper(func):
        calls = [node for node in visit.within(func.body) if isinstance(node, nodes.CallExpr)]
        fun = calls[0].fun if calls else None
        if not isinstance(fun, nodes.SelectorExpr) or fun.op is not Op.METHEXPR:
            return None
        func = fun.func
    return func
