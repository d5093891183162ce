"""Calls: what arguments flow to, by the callee's tags or, in its own batch, by its parameters.

Source: cmd/compile/internal/escape/call.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from mkdocs_gomem.compiler.escape import assign, expr, leaks, stmt, type_facts
from mkdocs_gomem.compiler.escape.graph import Escape, Hole
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Name, Op
from mkdocs_gomem.compiler.ir.reassignment import static_callee
from mkdocs_gomem.gotypes import types

Holes: TypeAlias = Sequence[Hole] | None
"""Where the results go; None when they are not used."""

_KEEP_UINTPTR = frozenset({"go:uintptrkeepalive", "go:uintptrescapes"})


def call(e: Escape, results: Holes, node: Expr) -> None:
    """Evaluate a call, also of a builtin."""
    match node:
        case nodes.CallExpr(op=Op.CALLFUNC | Op.CALLINTER):
            _call_func(e, results, node)
        case nodes.InlinedCallExpr():
            stmt.stmts(e, node.body)
            for index, result in enumerate(node.return_vars):
                hole = e.discard_hole() if results is None else results[index]
                expr.expr(e, hole, result)
        case nodes.CallExpr():
            _builtin(e, results, node)
        case nodes.BinaryExpr():
            _binary_builtin(e, results, node)
        case nodes.UnaryExpr():
            _unary_builtin(e, results, node)
        case _:
            raise TypeError(f"escape: unexpected call {type(node).__name__}")


def _argument(e: Escape, hole: Hole, node: Expr, arg: Expr) -> None:
    expr.expr(e, hole.note(node, "call parameter"), arg)


def _callees(e: Escape, node: nodes.CallExpr) -> list[Func]:
    """Return what may be called, if all of it is known; else nothing."""
    if node.op is not Op.CALLFUNC or node.fun is None:
        return []
    oracle = e.batch.analysis.oracle(e.curfn)
    value = oracle.static_value(node.fun)
    func = static_callee(value)
    if func is not None:
        return [func]
    if not isinstance(value, Name):
        return []
    funcs: list[Func] = []
    for assignment in oracle.func_assignments(value.canonical):
        if assignment.y is None or isinstance(assignment.y, nodes.Nil):
            continue  # calling nil panics
        func = static_callee(assignment.y)
        if func is None or func.pragmas & _KEEP_UINTPTR:
            return []
        funcs.append(func)
    return funcs


def _call_func(e: Escape, results: Holes, node: nodes.CallExpr) -> None:
    batch = e.batch
    fun = node.fun
    if fun is None:
        raise TypeError("escape: a call of nothing")
    funcs = _callees(e, node)

    if results is not None:
        for func in funcs:
            if batch.in_mutual_batch(func):
                for hole, result in zip(results, func.results, strict=False):
                    expr.expr(e, hole, result)

    receiver: Expr | None = None
    if node.op is Op.CALLFUNC:
        callee_hole = e.discard_hole()
        if not funcs and any(hole.dst is not batch.blank for hole in results or ()):
            # The results go somewhere, so those of a literal that is called here do.
            callee_hole = e.callee_hole().note(node, "callee operand")
        expr.expr(e, callee_hole, fun)
    elif isinstance(fun, nodes.SelectorExpr):
        receiver = fun.x

    if len(funcs) == 1 and _is_escape_non_string(funcs[0]):
        hole = e.heap_hole() if has_non_string_pointers(node.args[-1].type) else e.discard_hole()
        for arg in node.args:
            _argument(e, hole, node, arg)
        return
    if receiver is not None:
        _argument(e, e.heap_hole(), node, receiver)
    for index, arg in enumerate(node.args):
        _rewrite_argument(e, node, arg, funcs)
        _argument(e, _merged_tag_hole(e, results, funcs, index), node, arg)


def _merged_tag_hole(e: Escape, results: Holes, funcs: list[Func], index: int) -> Hole:
    if not funcs:
        return e.heap_hole()
    return e.tee_hole([tag_hole(e, results, func, index) for func in funcs])


def tag_hole(e: Escape, results: Holes, func: Func, index: int) -> Hole:
    """Return the hole of an argument for a parameter (by its place, a receiver's first)."""
    if e.batch.in_mutual_batch(func):
        return assign.addr(e, func.params[index])
    holes = []
    places = leaks.places_of(e.batch.analysis.tag(func, index))
    if places[leaks.HEAP] >= 0:
        holes.append(e.heap_hole().shift(places[leaks.HEAP]))
    if places[leaks.MUTATOR] >= 0:
        holes.append(e.mutator_hole().shift(places[leaks.MUTATOR]))
    if places[leaks.CALLEE] >= 0:
        holes.append(e.callee_hole().shift(places[leaks.CALLEE]))
    if results is not None:
        for place, derefs in enumerate(places[leaks.RESULT0 :]):
            if derefs >= 0:
                holes.append(results[place].shift(derefs))
    return e.tee_hole(holes)


def _is_escape_non_string(func: Func) -> bool:
    """Tell if a callee is a shaped internal/abi.EscapeNonString, whose name is a command."""
    return (
        func.pkg is not None
        and func.pkg.path == "internal/abi"
        and func.name.rpartition("abi.")[2].startswith("EscapeNonString[")
        and len(func.params) == 2
    )


def has_non_string_pointers(typ: types.Type) -> bool:
    """Tell if values of a type hold pointers that are not those of strings."""
    if not type_facts.has_pointers(typ):
        return False
    match typ.underlying:
        case types.Basic(kind=types.BasicKind.STRING):
            return False
        case types.Struct(fields=fields):
            return any(has_non_string_pointers(type_facts.of_var(field)) for field in fields)
        case types.Array(elem=elem):
            return has_non_string_pointers(elem)
        case _:
            return True


def _rewrite_argument(e: Escape, node: nodes.CallExpr, arg: Expr, funcs: list[Func]) -> None:
    """Keep the pointer in `uintptr(ptr)` alive for calls that ask for it (package syscall)."""
    asked: frozenset[str] = frozenset().union(*(f.pragmas & _KEEP_UINTPTR for f in funcs))
    if any(not f.has_body for f in funcs):
        asked |= {"go:uintptrkeepalive"}
    if not asked:
        return
    items = [arg]
    if isinstance(arg, nodes.CompLitExpr) and arg.op is Op.SLICELIT:
        items = [item.value if isinstance(item, nodes.KeyExpr) else item for item in arg.elems]
    for item in items:
        if (
            not isinstance(item, nodes.ConvExpr)
            or item.op is not Op.CONVNOP
            or not type_facts.is_unsafe_pointer(item.x.type)
            or not type_facts.is_uintptr(item.type)
        ):
            continue
        e.batch.settle()
        pos = item.pos
        text = f".autotmp_{len(e.curfn.dcl)}"
        temp = Name(pos, item.x.type, text, Class.AUTO, e.curfn, auto_temp=True, mark=item.mark)
        e.curfn.dcl.append(temp)
        prelude: list[nodes.Stmt] = [
            nodes.Decl(pos, temp, mark=item.mark, op=Op.DCL),
            nodes.AssignStmt(pos, temp, item.x, mark=item.mark, op=Op.AS),
        ]
        nodes.add_init(node, *prelude)
        e.new_loc(temp, persists=True)
        stmt.stmts(e, prelude)
        item.x = temp
        hole = e.mutator_hole()
        if "go:uintptrescapes" in asked:
            hole = e.heap_hole().note(item, "//go:uintptrescapes")
        e.batch.flow(hole, e.batch.old_loc(temp))
        if "go:uintptrkeepalive" in asked:
            temp.addrtaken = True


def _builtin(e: Escape, results: Holes, node: nodes.CallExpr) -> None:
    match node.op:
        case Op.APPEND:
            _append(e, results[0] if results else e.discard_hole(), node)
        case Op.MIN | Op.MAX:
            hole = results[0] if results else e.discard_hole()
            for arg in node.args:
                _argument(e, hole, node, arg)
        case _:  # DELETE PRINT PRINTLN RECOVER; a key that is deleted stays where it is
            expr.discards(e, node.args)


def _append(e: Escape, result: Hole, node: nodes.CallExpr) -> None:
    """The old slice may be the result; or its elements go to a new one, in the heap."""
    args = node.args
    holds_pointers = type_facts.has_pointers(type_facts.elem(args[0].type))
    appendee = e.tee_hole([result, e.mutator_hole()])
    if holds_pointers:
        appendee = e.tee_hole([appendee, e.heap_hole().deref(node, "appendee slice")])
    _argument(e, appendee, node, args[0])

    if node.is_ddd:
        appended = e.discard_hole()
        if type_facts.is_slice(args[1].type) and type_facts.has_pointers(
            type_facts.elem(args[1].type)
        ):
            appended = e.heap_hole().deref(node, "appended slice...")
        _argument(e, appended, node, args[1])
    else:
        for arg in args[1:]:
            _argument(e, e.heap_hole(), node, arg)

    # A backing array that append may make; used once, so it counts as made outside of loops.
    e.spill(result, node).dst.loop_depth = 0


def _binary_builtin(e: Escape, results: Holes, node: nodes.BinaryExpr) -> None:
    match node.op:
        case Op.COPY:
            _argument(e, e.mutator_hole(), node, node.x)
            copied = e.discard_hole()
            if type_facts.is_slice(node.y.type) and type_facts.has_pointers(
                type_facts.elem(node.y.type)
            ):
                copied = e.heap_hole().deref(node, "copied slice")
            _argument(e, copied, node, node.y)
        case Op.UNSAFEADD | Op.UNSAFESLICE | Op.UNSAFESTRING:
            _argument(e, results[0] if results else e.discard_hole(), node, node.x)
            expr.discard(e, node.y)
        case _:  # COMPLEX
            expr.discard(e, node.x)
            expr.discard(e, node.y)


def _unary_builtin(e: Escape, results: Holes, node: nodes.UnaryExpr) -> None:
    match node.op:
        case Op.PANIC:
            _argument(e, e.heap_hole(), node, node.x)
        case Op.CLEAR:
            _argument(e, e.mutator_hole(), node, node.x)
        case Op.UNSAFESTRINGDATA | Op.UNSAFESLICEDATA:
            _argument(e, results[0] if results else e.discard_hole(), node, node.x)
        case _:  # LEN CAP REAL IMAG CLOSE
            expr.discard(e, node.x)
