"""Calls, builtins that are calls, and method values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import backing, expressions, order
from mkdocs_gomem.compiler.escape import type_facts
from mkdocs_gomem.compiler.ir import Op
from mkdocs_gomem.gotypes import objects, types
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter


def call(f: FunctionWriter, node: ir.CallExpr) -> str:
    """Return the code of a call."""
    match node.op:
        case Op.CALLFUNC:
            return _function(f, node)
        case Op.CALLINTER:
            return _interface(f, node)
        case Op.APPEND:
            return _append(f, node)
        case Op.DELETE:
            m, key = expressions.operands(f, node.args, [False, False])
            check = expressions.key_check(f, f.rtype(node.args[0].type).key)
            return f"{m}.delete({key}{check})"
        case Op.MIN | Op.MAX:
            return _extreme(f, node)
        case Op.PRINT | Op.PRINTLN:
            codes = expressions.operands(f, node.args, [False] * len(node.args))
            pairs = [
                f"({f.g.type_name(f.rtype(arg.type))}, {code})"
                for arg, code in zip(node.args, codes, strict=True)
            ]
            return f"{node.op.name.lower()}({', '.join(pairs)})"
        case Op.RECOVER:
            return "recover()"
        case _:
            return source.unsupported(node.pos, f"{node.op.name.lower()}")


def _function(f: FunctionWriter, node: ir.CallExpr) -> str:
    fun = node.fun
    assert fun is not None  # noqa: S101 - CALLFUNC
    while isinstance(fun, ir.ParenExpr) or (
        isinstance(fun, ir.ConvExpr) and fun.op is Op.CONVNOP and ir.dict_word(fun) is None
    ):
        fun = fun.x
    if isinstance(fun, ir.Name) and fun.func is not None:
        special = _known(f, node, fun.func.link_name)
        if special is not None:
            return special
    static = _static(f, fun, node)
    if static is not None:
        codes = expressions.operands(f, node.args, [True] * len(node.args))
        return f"{static}({', '.join(codes)})"
    first, *codes = expressions.operands(f, [fun, *node.args], [False, *([True] * len(node.args))])
    if not isinstance(fun, ir.Name):  # that it is nil, Python sees last
        first = _asked_last(f, fun, first, node.args, codes)
    return f"{first}({', '.join(codes)})"


def _asked_last(
    f: FunctionWriter, fun: ir.Expr, asked: str, args: list[ir.Expr], codes: list[str]
) -> str:
    """Return code that asks what is called when those of `codes` are there that panic before."""
    if f.order.flags(fun) & order.EARLY:
        return asked
    ahead = []
    for at, first in enumerate(order.panic_first(args, fun)):
        if first and not (codes[at].isidentifier() or codes[at].isdigit()):
            code, codes[at] = codes[at], f.temp()
            ahead.append(f"{codes[at]} := {code}")
    return f"(({'), ('.join(ahead)}), {asked})[{len(ahead)}]" if ahead else asked


def _known(f: FunctionWriter, node: ir.CallExpr, link_name: str) -> str | None:
    """Return the code of a function of the runtime that the compiler itself calls."""
    match link_name:
        case "runtime.deferrangefunc":
            # The token that bodies of loops defer to is an object of the runtime.
            typ = f.rtype(types.TYP[types.BasicKind.UNSAFE_POINTER])
            return f.allocate(node, "d_", typ, "defer", Region.HEAP, 8)
        case "runtime.panicrangestate":
            return f"rangestate({expressions.expr(f, node.args[0])})"
        case _:
            return None


def _static(f: FunctionWriter, fun: ir.Expr, node: ir.CallExpr) -> str | None:
    """Return the code of a callee that is known before the run."""
    word = ir.dict_word(fun)
    if word is not None:
        name, index = word
        return f"{expressions.variable(f, name)}[{index}]"
    match fun:
        case ir.Name(func=func) if func is not None:
            return f.g.function(func, node.pos)
        case ir.SelectorExpr(op=Op.METHEXPR, func=func) if func is not None:
            return f.g.function(func, node.pos)
        case ir.ClosureExpr(func=func) if not func.closure_vars:
            return f.g.function(func, node.pos)
        case _:
            return None


def callee(f: FunctionWriter, node: ir.CallExpr) -> str:
    """Return the code of the function that a `go` or `defer` calls later."""
    fun = node.fun
    assert fun is not None  # noqa: S101
    if node.op is Op.CALLINTER:
        assert isinstance(fun, ir.SelectorExpr)  # noqa: S101
        return method_value(f, fun)
    static = _static(f, fun, node)
    return static if static is not None else expressions.expr(f, fun)


def _interface(f: FunctionWriter, node: ir.CallExpr) -> str:
    fun = node.fun
    assert isinstance(fun, ir.SelectorExpr)  # noqa: S101 - CALLINTER
    method = fun.selection
    assert isinstance(method, objects.Func)  # noqa: S101
    receiver, *codes = expressions.operands(
        f, [fun.x, *node.args], [False, *([True] * len(node.args))], asked_last=True
    )
    receiver = _asked_last(f, fun.x, receiver, node.args, codes)
    held, again = expressions.hold(f, receiver)
    arguments = ", ".join([f"{again}.v", *codes])
    return f"{f.g.table(method)}[{held}.t]({arguments})"


def method_value(f: FunctionWriter, node: ir.SelectorExpr) -> str:
    """Return the code of `x.M`, not called: the receiver is evaluated now."""
    receiver = expressions.owned(f, node.x)
    typ = f.rtype(node.x.type)
    selection = node.selection
    if typ.is_interface:
        assert isinstance(selection, objects.Func)  # noqa: S101
        made = f"boundi({f.g.table(selection)}, {receiver})"
    else:
        if node.func is None:
            assert isinstance(selection, objects.Func)  # noqa: S101
            func = f.g.method(typ, node.sel, selection.pkg, node.pos)
        else:
            func = f.g.function(node.func, node.pos)
        made = f"bound({func}, {receiver})"
    return f.allocate(node, made, f.rtype(node.type), "method value", f.place(node), 8 + typ.size)


def _append(f: FunctionWriter, node: ir.CallExpr) -> str:
    args = node.args
    typ = f.rtype(node.type)
    elements = f.g.elements(typ.elem)
    codes = expressions.operands(f, args, [False, *([not node.is_ddd] * (len(args) - 1))])
    region = f.place(node)
    site = f.g.site(node.pos, typ, "append", Region.HEAP)
    if node.is_ddd:
        other = codes[1]
        if isinstance(args[1].type.underlying, types.Basic):
            return f"appstr({site}, {elements}, {codes[0]}, {other})"
        return f"apps({site}, {elements}, {codes[0]}, {other})"
    if len(codes) == 1:
        return codes[0]
    values = f"({', '.join(codes[1:])},)"
    first = args[0]
    if f.counts and isinstance(first, ir.Name) and node in f.backing.stepwise:
        return f"appb({site}, {elements}, {codes[0]}, {values}, {f.buffer(first)})"
    if (
        (region is Region.STACK or node in f.backing.local)
        and f.counts
        and 0 < typ.elem.size <= backing.BUFFER
        and first not in f.buffers
        and not (node is f.in_place and _in_memory(f, first))
    ):
        return f"appl({site}, {elements}, {codes[0]}, {values}, {f.buffer(first)})"
    return f"app({site}, {elements}, {codes[0]}, {values})"


def _in_memory(f: FunctionWriter, node: ir.Expr) -> bool:
    """Tell if a variable is in memory, where gc appends in place (ssagen, canSSA)."""
    match node:
        case ir.Name():
            is_late_result = node.cls is ir.Class.PARAMOUT and f.func.has_defer
            return node.cls is ir.Class.EXTERN or f.is_boxed(node) or is_late_result
        case ir.SelectorExpr(op=Op.DOT):
            return _in_memory_whole(f, node.x)
        case ir.IndexExpr(op=Op.INDEX) if isinstance(node.x.type.underlying, types.Array):
            return _in_memory_whole(f, node.x)
        case ir.SelectorExpr() | ir.IndexExpr() | ir.StarExpr():
            return True
        case _:
            return False


def _in_memory_whole(f: FunctionWriter, node: ir.Expr) -> bool:
    """Tell it of a struct or array."""
    if not isinstance(node, ir.Name):
        return _in_memory(f, node)
    on_stack = node.cls is not ir.Class.EXTERN and not node.is_closure_var and not f.moved(node)
    return node.addrtaken or not on_stack or not type_facts.can_ssa(node.type)


def _extreme(f: FunctionWriter, node: ir.CallExpr) -> str:
    typ = f.rtype(node.type)
    codes = expressions.operands(f, node.args, [False] * len(node.args))
    name = node.op.name.lower()
    if typ.kind in {"float32", "float64"}:
        name = "f" + name
    if len(codes) == 1:
        return codes[0]
    return f"{name}({', '.join(codes)})"
