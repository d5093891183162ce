"""Who is called, and whether this very call may be replaced.

Source: cmd/compile/internal/inline/inl.go (inlCallee, canInlineCallExpr, inlineCostOK), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler.inline import budget, intrinsics
from mkdocs_gomem.compiler.ir import nodes, reassignment
from mkdocs_gomem.compiler.ir.lower import conversions
from mkdocs_gomem.compiler.ir.nodes import Class, Func, Op

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.inline.state import State


def might_inline(node: nodes.CallExpr) -> bool:
    """Tell if a call is of the kind that can be inlined at all."""
    if node.op is not Op.CALLFUNC or node.go_defer or node.no_inline or node.fun is None:
        return False
    func = reassignment.static_callee(node.fun)
    if func is not None and intrinsics.is_escape_non_string(func):
        return False
    return not is_intrinsic_call(node)


def is_intrinsic_call(node: nodes.CallExpr) -> bool:
    """Tell if a call becomes instructions."""
    match node.fun:
        case nodes.Name(func=func) | nodes.SelectorExpr(op=Op.METHEXPR, func=func):
            return func is not None and intrinsics.is_intrinsic(func)
        case _:
            return False


def inl_callee(
    state: State, caller: Func, node: nodes.CallExpr, *, resolve_only: bool
) -> Func | None:
    """Return the function that is surely called, if it is one that can be looked into."""
    if node.fun is None:
        return None
    match state.assigned.static_value(node.fun):
        case nodes.SelectorExpr(op=Op.METHEXPR, func=func) as method:
            recv = None if func is None else func.type.recv
            if func is None or recv is None or recv.type is None:
                return None
            if reassignment.is_method_wrapper(func):
                return None  # the method itself takes another receiver
            return func if conversions.same(recv.type, method.x.type) else None
        case nodes.Name(cls=Class.FUNC, func=func):
            return func
        case nodes.ClosureExpr(func=func):
            captured = func.closure_vars
            if captured and (captured[0].outer is None or captured[0].outer.curfn is not caller):
                return None  # what it captures is not at hand
            if not resolve_only:
                budget.can_inline(state, func)
            return func
        case _:
            return None


def have_inline_body(state: State, func: Func) -> bool:
    """Tell if a function was found to be inlinable, and its body is at hand.

    Of what other packages declare, gc has those in the export data of the packages imported here:
    their own, and those of others that they inlined themselves (cmd/compile/internal/noder/
    linker.go, exportBody). Generic ones come with their package wherever it is named.
    """
    if func.inline_cost is None:
        return False
    if func.is_local or func.is_dupok or func.pkg is None:
        return True
    imported = state.imported
    return func.pkg.path in imported or any(func.link_name in own for own in imported.values())


def can_inline_call(node: nodes.CallExpr, func: Func, *, big: bool, once: bool) -> bool:
    """Tell if a call may be replaced: cheap enough here, and no recursion."""
    cost = func.inline_cost
    if cost is None:
        return False
    limit = budget.BIG_FUNCTION_MAX_COST if big else budget.MAX_BUDGET
    if func.outer is not None:
        limit *= 2
        if once:
            limit = max(limit, budget.CLOSURE_CALLED_ONCE_COST)
    if cost > limit:
        return False
    mark = node.mark
    while mark is not None:
        if mark.func is func or source.is_same_place(mark.pos, node.pos):
            return False
        mark = mark.parent
    return True
