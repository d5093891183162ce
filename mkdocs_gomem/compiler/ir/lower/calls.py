"""Calls: of functions, methods, builtins; method values and expressions.

A call comes out as gc has it before inlining: a method call is a call of `T.M` with the receiver
as first argument, variadic arguments are one implicit slice, a callee that itself calls is held
in a temporary, generic callees get their dictionary.

Source: cmd/compile/internal/noder (writer.go and reader.go: CallExpr, recvExpr, methodExpr),
typecheck/func.go and typecheck.go (tcCall, FixVariadicCall, RewriteNonNameCall), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mkdocs_gomem import source
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.info import SelectionKind
from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.lower import conversions, exprs, generics, wrappers
from mkdocs_gomem.compiler.ir.lower.body import NO_VALUE, Body, new_temp
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Op
from mkdocs_gomem.gotypes import layout, objects, types
from mkdocs_gomem.gotypes.objects import BuiltinId
from mkdocs_gomem.gotypes.types import TYP, BasicKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.compiler.checker.info import Selection
    from mkdocs_gomem.gotypes.types import Type
    from mkdocs_gomem.source import Pos

UINTPTR = TYP[BasicKind.UINTPTR]
INT = TYP[BasicKind.INT]


def call(b: Body, x: syntax.CallExpr) -> Expr:
    """Lower `f(…)`: a conversion, a builtin or a call."""
    fun = syntax.unparen(x.fun)
    tv = b.info.types.get(fun)
    if tv is not None and tv.is_type:
        return exprs.convert(b, tv.type, x.arg_list[0], implicit=False)
    obj, _ = exprs.lookup_obj(b, fun)
    if isinstance(obj, objects.Builtin):
        return _builtin(b, x, obj.builtin_id)
    args: list[Expr] = []
    callee = _callee(b, fun, args)
    signature = cast("types.Signature", exprs.core_of(b, fun))
    args.extend(
        exprs.multi_expr(b, x.pos, _param_types(signature, has_dots=x.has_dots), x.arg_list)
    )
    typ = exprs.type_of(b, x) if x in b.info.types else NO_VALUE
    return make_call(b.func, x.pos, callee, args, typ, is_ddd=x.has_dots)


def _param_types(signature: types.Signature, *, has_dots: bool) -> Callable[[int], Type | None]:
    params = signature.params.vars

    def param_type(at: int) -> Type | None:
        if signature.variadic and not has_dots and at >= len(params) - 1:
            return cast("types.Slice", params[-1].type).elem
        return params[at].type

    return param_type


def _callee(b: Body, fun: syntax.Expr, args: list[Expr]) -> Expr:
    """Lower what is called; receiver and dictionary, if any, go to `args`."""
    inner = fun.x if isinstance(fun, syntax.IndexExpr) else fun
    if isinstance(inner, syntax.SelectorExpr):
        selection = b.info.selections.get(inner)
        if selection is not None and selection.kind is SelectionKind.METHOD_VAL:
            recv = exprs.recv_expr(b, inner, selection)
            if is_interface_method(b, selection) and not on_type_param(selection):
                method = cast("objects.Func", selection.obj)
                return dot_inter(b, inner.pos, recv, method)
            callee, dictionary = method_expr(b, inner, selection)
            if conversions.is_interface(recv.type):
                # A method of a type argument that is an interface: only the dictionary knows it.
                b.lowerer.remarks.append(nodes.Remark(callee.pos, nodes.IMPRECISE))
                b.func.imprecise += (callee.pos,)
            args.append(recv)
            if dictionary is not None:
                args.append(dictionary)
            return callee
    obj, name = exprs.lookup_obj(b, fun)
    if name is not None and isinstance(obj, objects.Func):
        instance = b.info.instances.get(name)
        if instance is not None:
            shaped, dictionary = generics.instance(b, fun.pos, obj, instance.type_args)
            args.append(dictionary)
            return shaped.nname
    return exprs.expr(b, fun)


def make_call(
    func: Func, pos: Pos, fun: Expr, args: list[Expr], typ: Type, *, is_ddd: bool
) -> nodes.CallExpr:
    """Make a call in normal form; `func` is the function that it stands in."""
    op = Op.CALLINTER if fun.op is Op.DOTINTER else Op.CALLFUNC
    node = nodes.CallExpr(pos, typ, fun, args, is_ddd, op=op)
    _rewrite_non_name(func, node)
    _fix_variadic(node)
    return node


_CALLS = frozenset({
    Op.APPEND, Op.CALLFUNC, Op.CALLINTER, Op.CAP, Op.CLEAR, Op.CLOSE, Op.COMPLEX, Op.COPY,
    Op.DELETE, Op.IMAG, Op.LEN, Op.MAX, Op.MIN, Op.PANIC, Op.PRINT, Op.PRINTLN, Op.REAL,
    Op.RECOVER, Op.RECV, Op.UNSAFEADD, Op.UNSAFESLICE, Op.UNSAFESLICEDATA, Op.UNSAFESTRING,
    Op.UNSAFESTRINGDATA,
})  # fmt: skip
"""What may have an effect inside a callee; `new(T)` has none that counts."""


def _rewrite_non_name(func: Func, node: nodes.CallExpr) -> None:
    """Hold a callee that calls in a temporary: `f()()` becomes `t := f(); t()`."""
    fun = node.fun
    dot = fun if isinstance(fun, nodes.SelectorExpr) and fun.op is Op.DOTINTER else None
    target = dot.x if dot is not None else fun
    if target is None or not visit.any(target, lambda item: item.op in _CALLS):
        return
    temp = new_temp(func, node.pos, target.type)
    decl = nodes.Decl(node.pos, temp, op=Op.DCL)
    assign = nodes.AssignStmt(node.pos, temp, target, init=[decl], op=Op.AS)
    temp.defn = assign
    if dot is not None:
        dot.x = temp
    else:
        node.fun = temp
    nodes.add_init(node, assign)


def _fix_variadic(node: nodes.CallExpr) -> None:
    """Put variadic arguments into a slice."""
    signature = cast("types.Signature", cast("Expr", node.fun).type.underlying)
    if not signature.variadic or node.is_ddd:
        return
    at = len(signature.params) - 1
    typ = types.unalias(signature.params.vars[-1].type or NO_VALUE)
    extra = node.args[at:]
    packed: Expr
    if extra:
        packed = nodes.CompLitExpr(node.pos, typ, extra, len(extra), implicit=True, op=Op.SLICELIT)
    else:
        packed = nodes.Nil(node.pos, typ, op=Op.NIL)
    node.args[at:] = [packed]
    node.is_ddd = True


# Methods.


def is_interface_method(b: Body, selection: Selection) -> bool:
    """Tell if a selected method is one of an interface (or of a constraint)."""
    recv = cast("objects.Func", selection.obj).signature.recv
    return recv is None or recv.type is None or conversions.is_interface(b.typ(recv.type))


def _type_before_method(selection: Selection) -> Type:
    """Return the type that declares the method, in generic code, past embedded fields."""
    typ = types.unalias(selection.recv)
    for index in selection.index[:-1]:
        under = typ.underlying
        if isinstance(under, types.Pointer):
            under = under.elem.underlying
        typ = types.unalias(cast("types.Struct", under).fields[index].type or NO_VALUE)
    return typ


def on_type_param(selection: Selection) -> bool:
    """Tell if the receiver's type is a type parameter."""
    return isinstance(_type_before_method(selection), types.TypeParam)


def receiver_type(b: Body, selection: Selection) -> Type:
    """Return the receiver's type, of the value that is there for a method of an interface."""
    method = cast("objects.Func", selection.obj)
    recv = method.signature.recv
    if is_interface_method(b, selection) or recv is None:
        return b.typ(_type_before_method(selection))
    return b.typ(recv.type)


def dot_inter(b: Body, pos: Pos, recv: Expr, method: objects.Func) -> nodes.SelectorExpr:
    """Select a method of an interface, to be called."""
    signature = b.typ(wrappers.plain_signature(method.signature))
    return nodes.SelectorExpr(pos, signature, recv, method.name, method, op=Op.DOTINTER)


def method_expr(b: Body, x: syntax.SelectorExpr, selection: Selection) -> tuple[Expr, Expr | None]:
    """Return the function of a method of a concrete type or type parameter, and a dictionary."""
    method = cast("objects.Func", selection.obj)
    if is_interface_method(b, selection):
        before = _type_before_method(selection)
        if isinstance(before, types.TypeParam):
            return generics.type_param_method(b, x.pos, before, method), None
        recv_type = b.typ(before)
        return wrappers.interface_method_expr(b, x.pos, recv_type, method), None
    instance = b.info.instances.get(x.sel)
    method_targs: Sequence[Type] = instance.type_args if instance is not None else ()
    return generics.method_callee(b, x.pos, method, method_targs)


def method_value(b: Body, x: syntax.SelectorExpr, selection: Selection, typ: Type) -> Expr:
    """Lower `x.M` that is not called, of a function type."""
    recv = exprs.recv_expr(b, x, selection)
    method = cast("objects.Func", selection.obj)
    if is_interface_method(b, selection):
        if on_type_param(selection):
            callee, _ = method_expr(b, x, selection)
            return wrappers.curry(b, x.pos, callee, [recv], typ, nil_check=True)
        recv = _without_shape(recv, receiver_type(b, selection))
        return nodes.SelectorExpr(x.pos, typ, recv, method.name, method, op=Op.METHVALUE)
    callee, dictionary = method_expr(b, x, selection)
    if dictionary is not None:
        if isinstance(dictionary, nodes.AddrExpr) and not method.signature.type_params:
            # A wrapper without dictionary exists: the method of the real type.
            func = b.lowerer.real_method(method, b)
            recv = _without_shape(recv, func.params[0].type)
            return _bound(b, x.pos, typ, recv, method, func)
        return wrappers.curry(b, x.pos, callee, [recv, dictionary], typ)
    declared = cast("nodes.SelectorExpr", callee).func
    assert declared is not None  # noqa: S101 - the method is one of a concrete type
    return _bound(b, x.pos, typ, recv, method, declared)


def _bound(
    b: Body, pos: Pos, typ: Type, recv: Expr, method: objects.Func, func: Func
) -> nodes.SelectorExpr:
    b.lowerer.method_values[func] = recv.type, method
    return nodes.SelectorExpr(pos, typ, recv, method.name, method, func, op=Op.METHVALUE)


def _without_shape(recv: Expr, wanted: Type) -> Expr:
    """Give a receiver with a shape the type whose method is selected; gc then prints it."""
    if not conversions.has_shape(recv.type):
        return recv
    return nodes.ConvExpr(recv.pos, wanted, recv, op=Op.CONVNOP)


def method_expr_value(b: Body, x: syntax.SelectorExpr, selection: Selection, typ: Type) -> Expr:
    """Lower `T.M`, a function whose first parameter is the receiver."""
    written = b.info.types[x.x].type
    recv = b.typ(written)
    callee, dictionary = method_expr(b, x, selection)
    implicits = selection.index[:-1]
    wanted = receiver_type(b, selection)
    if dictionary is None and not implicits and conversions.same(recv, wanted):
        return callee
    method = cast("objects.Func", selection.obj)
    is_static = dictionary is None and isinstance(callee, nodes.SelectorExpr)
    # gc makes no wrappers of generic methods.
    has_wrapper = isinstance(dictionary, nodes.AddrExpr) and not method.signature.type_params
    if has_wrapper:
        is_static = bool(implicits) or not conversions.same(recv, wanted)
    if is_static:
        func = b.lowerer.method_of(recv, method.name, method.pkg)
        return nodes.SelectorExpr(
            x.pos, typ, nodes.TypeExpr(x.pos, recv, op=Op.TYPE), method.name, method, func,
            op=Op.METHEXPR,
        )  # fmt: skip
    if has_wrapper:
        func = b.lowerer.real_method(method, b)
        return wrappers.method_expr_node(x.pos, recv, method.name, method, func)
    return wrappers.method_expr_wrap(b, x.pos, recv, implicits, callee, dictionary, typ)


# Builtins.


def _builtin(b: Body, x: syntax.CallExpr, which: BuiltinId) -> Expr:
    pos = x.pos
    match which:
        case BuiltinId.LEN | BuiltinId.CAP:
            op = Op.LEN if which is BuiltinId.LEN else Op.CAP
            return nodes.UnaryExpr(pos, INT, _arguments(b, x)[0], op=op)
        case BuiltinId.APPEND:
            return _append(b, x)
        case BuiltinId.MAKE:
            return _make(b, x)
        case BuiltinId.NEW:
            return _new(b, x)
        case BuiltinId.PANIC:
            arg = exprs.implicit_conv(b, types.EMPTY_INTERFACE, x.arg_list[0])
            return nodes.UnaryExpr(pos, NO_VALUE, arg, op=Op.PANIC)
        case BuiltinId.PRINT | BuiltinId.PRINTLN:
            op = Op.PRINT if which is BuiltinId.PRINT else Op.PRINTLN
            return nodes.CallExpr(pos, NO_VALUE, None, _arguments(b, x), op=op)
        case BuiltinId.RECOVER:
            b.func.has_recover = True
            return nodes.CallExpr(pos, types.EMPTY_INTERFACE, None, [], op=Op.RECOVER)
        case BuiltinId.COPY:
            return _copy(b, x)
        case BuiltinId.DELETE:
            return _delete(b, x)
        case BuiltinId.CLOSE | BuiltinId.CLEAR:
            op = Op.CLOSE if which is BuiltinId.CLOSE else Op.CLEAR
            return nodes.UnaryExpr(pos, NO_VALUE, _arguments(b, x)[0], op=op)
        case BuiltinId.MIN | BuiltinId.MAX:
            op = Op.MIN if which is BuiltinId.MIN else Op.MAX
            typ = exprs.written_type(b, x)
            args = exprs.multi_expr(b, pos, lambda _: typ, x.arg_list)
            return nodes.CallExpr(pos, b.typ(typ), None, args, op=op)
        case BuiltinId.COMPLEX:
            return _complex(b, x)
        case BuiltinId.REAL | BuiltinId.IMAG:
            op = Op.REAL if which is BuiltinId.REAL else Op.IMAG
            return nodes.UnaryExpr(pos, exprs.type_of(b, x), _arguments(b, x)[0], op=op)
        case BuiltinId.SIZEOF:
            size = layout.sizeof(exprs.type_of(b, x.arg_list[0]))
            return exprs.int_literal(pos, size, UINTPTR)
        case BuiltinId.ALIGNOF:
            align = layout.alignof(exprs.type_of(b, x.arg_list[0]))
            return exprs.int_literal(pos, align, UINTPTR)
        case _:
            return _unsafe(b, x, which)


def _arguments(b: Body, x: syntax.CallExpr) -> list[Expr]:
    return exprs.multi_expr(b, x.pos, lambda _: None, x.arg_list)


def _copy(b: Body, x: syntax.CallExpr) -> Expr:
    dst, src = _arguments(b, x)
    generics.note_rtype(b, cast("types.Slice", exprs.core_of(b, x.arg_list[0])).elem)
    if len(x.arg_list) == 2 and isinstance(src, nodes.Literal):
        written = b.info.types[x.arg_list[1]].type
        if isinstance(written, types.Basic) and written.kind is BasicKind.UNTYPED_STRING:
            src = nodes.ConvExpr(src.pos, src.type, src, implicit=True, op=Op.CONVNOP)
    return nodes.BinaryExpr(x.pos, INT, dst, src, op=Op.COPY)


def _append(b: Body, x: syntax.CallExpr) -> Expr:
    typ = exprs.written_type(b, x)
    elem = cast("types.Slice", exprs.core_of(b, x)).elem
    generics.note_rtype(b, elem)
    if x.has_dots:
        first, second = x.arg_list
        args = [exprs.implicit_conv(b, typ, first), exprs.expr(b, second)]
        return nodes.CallExpr(x.pos, b.typ(typ), None, args, is_ddd=True, op=Op.APPEND)
    args = exprs.multi_expr(b, x.pos, lambda at: elem if at else typ, x.arg_list)
    return nodes.CallExpr(x.pos, b.typ(typ), None, args, op=Op.APPEND)


def _make(b: Body, x: syntax.CallExpr) -> Expr:
    written = exprs.written_type(b, x)
    generics.note_type_expr(b, b.info.types[x.arg_list[0]].type)
    core = exprs.core_of(b, x)
    generics.note_rtype(b, core.elem if isinstance(core, types.Slice) else written)
    typ = exprs.type_of(b, x)
    sizes = [exprs.expr(b, arg) for arg in x.arg_list[1:]]
    length: Expr | None = sizes[0] if sizes else None
    capacity = sizes[1] if len(sizes) > 1 else None
    match typ.underlying:
        case types.Slice():
            op = Op.MAKESLICE
        case types.Map():
            op = Op.MAKEMAP
        case types.Chan():
            op = Op.MAKECHAN
        case _:
            source.unsupported(x.pos, "make of this type")
    if length is None:
        # gc's zero is untyped here, and so is not printed.
        length = exprs.int_literal(x.pos, 0, TYP[BasicKind.UNTYPED_INT])
    return nodes.MakeExpr(x.pos, typ, length, capacity, op=op)


def _new(b: Body, x: syntax.CallExpr) -> Expr:
    arg = x.arg_list[0]
    typ = exprs.type_of(b, x)
    if b.info.types[arg].is_type:
        return nodes.UnaryExpr(x.pos, typ, exprs.type_expr(b, arg), op=Op.NEW)
    init: list[nodes.Stmt] = []
    value = exprs.expr(b, arg)
    if isinstance(value, nodes.Literal):
        value.type = cast("types.Pointer", typ.underlying).elem
    node = exprs.addr(x.pos, b.temp_copy(x.pos, value, init), typ)
    node.init = init
    return node


def _delete(b: Body, x: syntax.CallExpr) -> Expr:
    def dst(at: int) -> Type | None:
        if at == 0:
            return None
        return cast("types.Map", exprs.core_of(b, x.arg_list[0])).key

    first = exprs.written_type(b, x.arg_list[0])
    generics.note_rtype(b, first.vars[0].type if isinstance(first, types.Tuple) else first)
    args = exprs.multi_expr(b, x.pos, dst, x.arg_list)
    return nodes.CallExpr(x.pos, NO_VALUE, None, args, op=Op.DELETE)


def _complex(b: Body, x: syntax.CallExpr) -> Expr:
    typ = exprs.type_of(b, x)
    kind = cast("types.Basic", typ.underlying).kind
    part = TYP[BasicKind.FLOAT32 if kind is BasicKind.COMPLEX64 else BasicKind.FLOAT64]
    first, second = _arguments(b, x)
    for arg in (first, second):
        if isinstance(arg, nodes.Literal):
            arg.type = part
    return nodes.BinaryExpr(x.pos, typ, first, second, op=Op.COMPLEX)


def _unsafe(b: Body, x: syntax.CallExpr, which: BuiltinId) -> Expr:  # noqa: RET503 - a refusal does not return
    typ = exprs.type_of(b, x)
    match which:
        case BuiltinId.STRING_DATA | BuiltinId.SLICE_DATA:
            op = Op.UNSAFESTRINGDATA if which is BuiltinId.STRING_DATA else Op.UNSAFESLICEDATA
            return nodes.UnaryExpr(x.pos, typ, _arguments(b, x)[0], op=op)
        case BuiltinId.STRING | BuiltinId.SLICE | BuiltinId.ADD:
            op = {
                BuiltinId.STRING: Op.UNSAFESTRING,
                BuiltinId.SLICE: Op.UNSAFESLICE,
                BuiltinId.ADD: Op.UNSAFEADD,
            }[which]
            first, second = _arguments(b, x)
            return nodes.BinaryExpr(x.pos, typ, first, second, op=op)
        case BuiltinId.OFFSETOF:
            return exprs.int_literal(x.pos, _offset(b, x.arg_list[0]), UINTPTR)
        case _:
            source.unsupported(x.pos, f"{which.name.lower()} of this operand")


def _offset(b: Body, arg: syntax.Expr) -> int:
    """Return where a field stands that depends on type arguments, else it were a constant."""
    selector = cast("syntax.SelectorExpr", syntax.unparen(arg))
    struct = exprs.type_of(b, selector.x)
    if isinstance(struct.underlying, types.Pointer):
        struct = types.unalias(struct.underlying.elem)
    return layout.offsetof(struct, b.info.selections[selector].index)


def is_static(fun: Expr) -> bool:
    """Tell if a callee is a function that can be named in a literal without capturing it."""
    return fun.op is Op.METHEXPR or (isinstance(fun, nodes.Name) and fun.cls is Class.FUNC)
