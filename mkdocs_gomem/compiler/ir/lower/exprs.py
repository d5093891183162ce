"""Expressions: from syntax and the checker's findings to IR.

Every function takes the `Body` that the expression stands in. An expression comes out with its
final type, implicit operations made explicit, and constants folded at its own position.

Not here: calls (`calls`), generic functions and dictionaries (`generics`).
Source: cmd/compile/internal/noder/writer.go (expr, multiExpr, compLit), reader.go (the same),
typecheck/expr.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mkdocs_gomem import source
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.info import SelectionKind
from mkdocs_gomem.compiler.checker.operand import Mode
from mkdocs_gomem.compiler.ir import nodes, reassignment
from mkdocs_gomem.compiler.ir.lower import calls, conversions, generics, stmts
from mkdocs_gomem.compiler.ir.lower.body import (
    NO_VALUE,
    Body,
    blank,
    declare_params,
    new_closure,
)
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Name, Op, Stmt
from mkdocs_gomem.gotypes import constants, identical, layout, objects, types, typesets
from mkdocs_gomem.gotypes.types import TYP, BasicKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.compiler.checker.info import Selection, TypeAndValue
    from mkdocs_gomem.gotypes.types import Type
    from mkdocs_gomem.source import Pos

INT = TYP[BasicKind.INT]
BOOL = TYP[BasicKind.BOOL]
STRING = TYP[BasicKind.STRING]

BINARY_OPS: dict[str, Op] = {
    "||": Op.OROR, "&&": Op.ANDAND, "==": Op.EQ, "!=": Op.NE, "<": Op.LT, "<=": Op.LE,
    ">": Op.GT, ">=": Op.GE, "+": Op.ADD, "-": Op.SUB, "|": Op.OR, "^": Op.XOR, "*": Op.MUL,
    "/": Op.DIV, "%": Op.MOD, "&": Op.AND, "&^": Op.ANDNOT, "<<": Op.LSH, ">>": Op.RSH,
}  # fmt: skip
_UNARY_OPS: dict[str, Op] = {
    "<-": Op.RECV, "!": Op.NOT, "+": Op.PLUS, "-": Op.NEG, "^": Op.BITNOT,
}  # fmt: skip
_SHIFTS = frozenset({Op.LSH, Op.RSH})


# Types of expressions.


def ideal_type(tv: TypeAndValue) -> Type:
    """Return an expression's type, a typed one where the checker left it untyped."""
    typ = NO_VALUE if tv.type is None else tv.type
    if isinstance(typ, types.Alias):
        typ = types.unalias(typ)
    if not isinstance(typ, types.Basic) or not typ.info & types.IS_UNTYPED:
        return typ
    match typ.kind:
        case BasicKind.UNTYPED_BOOL:
            return BOOL
        case BasicKind.UNTYPED_STRING:
            return STRING
        case BasicKind.UNTYPED_RUNE:
            return TYP[BasicKind.INT32]
        case BasicKind.UNTYPED_NIL:
            return typ
        case _:
            negative = tv.value is not None and constants.sign(tv.value) < 0
            return TYP[BasicKind.INT if negative else BasicKind.UINT]


def written_type(b: Body, x: syntax.Expr) -> Type:
    """Return the type of a value as the code is written, type parameters and all.

    What is converted to what is decided by these types, and parts of a type are asked of them: in
    code for the shape of `K` the second type argument of `Pair[K, int]` is a shape too, yet what
    is assigned to such a field is an `int` and needs no conversion.
    """
    x = syntax.unparen(x)
    if isinstance(x, syntax.Name):
        instance = b.info.instances.get(x)
        if instance is not None:
            return instance.type
    tv = b.info.types.get(x)
    if tv is None:
        return _name_type(b, x)
    return ideal_type(tv)


def _name_type(b: Body, x: syntax.Expr) -> Type:  # noqa: RET503 - a refusal does not return
    if isinstance(x, syntax.Name):
        obj = b.info.uses.get(x) or b.info.defs.get(x)
        if obj is not None and obj.type is not None:
            return obj.type
    source.unsupported(x.pos, "an expression without a type")


def written_value_type(b: Body, x: syntax.Expr) -> Type:
    """Return the written type of a single value; of `v` for `v, ok = …`."""
    typ = written_type(b, x)
    if isinstance(typ, types.Tuple) and len(typ) == 2 and _is_comma_ok(b, x):
        return typ.vars[0].type or NO_VALUE
    return typ


def type_of(b: Body, x: syntax.Expr) -> Type:
    """Return the type of a value, as this function has it; a pair for a comma-ok expression."""
    return b.typ(_generic_alias(b, x) or written_type(b, x))


def value_type(b: Body, x: syntax.Expr) -> Type:
    """Return the type of a single value; of `v` for `v, ok = …`."""
    return b.typ(_generic_alias(b, x) or written_value_type(b, x))


def _generic_alias(b: Body, x: syntax.Expr) -> Type | None:
    """Return a value's type if it is an alias with arguments, of which shapes are made first."""
    tv = b.info.types.get(syntax.unparen(x))
    if tv is None or not isinstance(tv.type, types.Alias) or not tv.type.type_args:
        return None
    return tv.type


def _is_comma_ok(b: Body, x: syntax.Expr) -> bool:
    x = syntax.unparen(x)
    match x:
        case syntax.IndexExpr():
            return True
        case syntax.AssertExpr():
            return True
        case syntax.Operation(op="<-", y=None):
            return True
        case _:
            return b.info.types[x].mode is Mode.COMMAOK


def core_of(b: Body, x: syntax.Expr) -> Type:
    """Return the core type of a value, or of the first of several, as the code is written."""
    typ = written_type(b, x)
    if isinstance(typ, types.Tuple):
        typ = typ.vars[0].type or NO_VALUE
    return typesets.core_type(typ)


# Names and objects.


def lookup_obj(b: Body, x: syntax.Expr) -> tuple[objects.Object | None, syntax.Name | None]:
    """Return the object that an expression names, and the name, past qualifier and instance."""
    if isinstance(x, syntax.IndexExpr):
        args = syntax.unpack_list_expr(x.index)
        if len(args) == 1 and not b.info.types[args[0]].is_type:
            return None, None
        x = x.x
    if isinstance(x, syntax.SelectorExpr):
        if not is_package_qualified(b, x):
            return None, None
        x = x.sel
    if isinstance(x, syntax.Name):
        return b.info.uses.get(x), x
    return None, None


def is_package_qualified(b: Body, x: syntax.SelectorExpr) -> bool:
    """Tell if a selector is `pkg.Name`."""
    return isinstance(x.x, syntax.Name) and isinstance(b.info.uses.get(x.x), objects.PkgName)


def is_global(obj: objects.Object) -> bool:
    """Tell if an object is declared at package level."""
    return obj.pkg is not None and obj.parent is obj.pkg.scope


# Expressions.


def expr(b: Body, x: syntax.Expr) -> Expr:  # noqa: RET503 - a refusal does not return
    """Lower an expression that is one value."""
    x = syntax.unparen(x)
    obj, name = lookup_obj(b, x)
    tv = b.info.types.get(x)
    if tv is not None:
        if tv.value is not None:
            return literal(x.pos, b.typ(ideal_type(tv)), tv.value)
        if isinstance(obj, objects.Nil) or tv.mode is Mode.NILVALUE:
            return nodes.Nil(x.pos, b.typ(tv.type), op=Op.NIL)
    if obj is not None and name is not None:
        instance = b.info.instances.get(name)
        if instance is not None and isinstance(obj, objects.Func):
            return generics.func_value(b, x.pos, obj, instance.type_args)
        return _object(b, x, obj)
    match x:
        case syntax.CallExpr():
            return calls.call(b, x)
        case syntax.SelectorExpr():
            return _selector(b, x, x)
        case syntax.Operation():
            return _operation(b, x)
        case syntax.IndexExpr():
            return _index(b, x)
        case syntax.CompositeLit():
            return comp_lit(b, x)
        case syntax.FuncLit():
            return func_lit(b, x)
        case syntax.SliceExpr():
            return _slice(b, x)
        case syntax.AssertExpr():
            return _assert(b, x)
        case _:
            source.unsupported(x.pos, f"{type(x).__name__} as a value")


def _object(b: Body, x: syntax.Expr, obj: objects.Object) -> Expr:  # noqa: RET503 - a refusal does not return
    match obj:
        case objects.Func():
            return b.lowerer.func_of(obj).nname
        case objects.Var() if is_global(obj):
            return b.lowerer.global_name(obj)
        case objects.Var():
            return b.use(x.pos, obj)
        case _:
            source.unsupported(x.pos, f"{obj.name} as a value")


def literal(pos: Pos, typ: Type, value: constants.Value) -> nodes.Literal:
    """Make a constant; its value takes the form that its type has."""
    under = typ.underlying
    if isinstance(under, types.Basic):
        if under.info & types.IS_INTEGER:
            value = constants.to_int(value)
        elif under.info & types.IS_FLOAT:
            value = constants.to_float(value)
        elif under.info & types.IS_COMPLEX:
            value = constants.to_complex(value)
        if under.info & (types.IS_FLOAT | types.IS_COMPLEX):
            rounded = constants.representable(value, under)
            if rounded is not None:
                value = rounded
    return nodes.Literal(pos, typ, value, op=Op.LITERAL)


def int_literal(pos: Pos, value: int, typ: Type = INT) -> nodes.Literal:
    """Make an integer constant."""
    return nodes.Literal(pos, typ, constants.make_int(value), op=Op.LITERAL)


def opt_expr(b: Body, x: syntax.Expr | None) -> Expr | None:
    """Lower an expression that may be absent."""
    return None if x is None else expr(b, x)


# Conversions.


def implicit_conv(b: Body, dst: Type | None, x: syntax.Expr) -> Expr:
    """Lower an expression and convert it, as an assignment to a `dst` does; None: as it is."""
    return convert(b, dst, x, implicit=True)


def convert(b: Body, dst: Type | None, x: syntax.Expr, *, implicit: bool) -> Expr:
    """Lower an expression and convert it; `dst` is a type as the code is written."""
    if dst is None:
        return expr(b, x)
    src = written_value_type(b, x)
    same = src is dst or identical.identical(src, dst)
    if implicit and same:
        return expr(b, x)
    generics.note_itab(b, src, dst)
    value = expr(b, x)
    return make_conv(b, x.pos, b.typ(dst), value, implicit=implicit, src=src)


def make_conv(
    b: Body, pos: Pos, dst: Type, value: Expr, *, implicit: bool, src: Type | None = None
) -> Expr:
    """Convert a lowered value; `src` is its type in the generic code, for the dictionary."""
    if isinstance(value, nodes.Nil) and _is_untyped_nil(value.type):
        value.type = dst
        return value
    if conversions.is_shape(dst) and isinstance(value, nodes.Literal):
        folded = _constant_of_type_param(value, dst)
        if folded is not None:
            return nodes.ConvExpr(pos, dst, folded, implicit=True, op=Op.CONVNOP)
    from_type = value.type
    op = conversions.convert_op(from_type, dst)
    conv = nodes.ConvExpr(pos, dst, value, implicit=implicit, op=op)
    match op:
        case Op.CONVNOP:
            if conversions.rounds(from_type) and conversions.rounds(dst):
                conv.op = Op.CONV
            elif (
                conversions.is_interface(dst)
                and not conversions.is_empty_interface(dst)
                and (conversions.has_shape(dst) or conversions.has_shape(from_type))
                and not identical.identical(from_type, dst)
            ):
                conv.op = Op.CONVIFACE
        case Op.STR2RUNES if isinstance(value, nodes.Literal):
            return _runes_literal(pos, dst, value)
        case Op.BYTES2STR if cast("types.Slice", from_type.underlying).elem not in (
            types.BYTE,
            TYP[BasicKind.UINT8],
        ):
            plain = types.Slice(types.BYTE)
            conv.x = nodes.ConvExpr(value.pos, plain, value, op=Op.CONVNOP)
        case Op.RUNES2STR if cast("types.Slice", from_type.underlying).elem not in (
            types.RUNE,
            TYP[BasicKind.INT32],
        ):
            plain = types.Slice(types.RUNE)
            conv.x = nodes.ConvExpr(value.pos, plain, value, op=Op.CONVNOP)
        case _:
            pass
    if (
        conv.op is Op.CONVIFACE
        and src is not None
        and b.env is not None
        and not conversions.is_interface(from_type)
        and b.env.is_derived(src)
    ):
        conv.rtype = generics.type_word(b, pos, src)
    return conv


def _is_untyped_nil(typ: Type) -> bool:
    return isinstance(typ, types.Basic) and typ.kind is BasicKind.UNTYPED_NIL


def _constant_of_type_param(value: nodes.Literal, dst: Type) -> nodes.Literal | None:
    under = dst.underlying
    if not isinstance(under, types.Basic):
        return None
    from_under = value.type.underlying
    if isinstance(from_under, types.Basic) and under.info & types.IS_STRING != (
        from_under.info & types.IS_STRING
    ):
        return None
    return literal(value.pos, dst, value.value)


def _runes_literal(pos: Pos, dst: Type, value: nodes.Literal) -> Expr:
    text = constants.string_val(value.value).decode("utf-8", "replace")
    elem = cast("types.Slice", dst.underlying).elem
    elems: list[Expr] = [
        nodes.KeyExpr(
            value.pos, elem, int_literal(value.pos, at), int_literal(value.pos, ord(char), elem),
            op=Op.KEY,
        )
        for at, char in enumerate(text)
    ]  # fmt: skip
    return nodes.CompLitExpr(pos, dst, elems, len(elems), op=Op.SLICELIT)


# Several values.


def multi_expr(
    b: Body, pos: Pos, dst_type: Callable[[int], Type | None], exprs: Sequence[syntax.Expr]
) -> list[Expr]:
    """Lower a list of values for destinations; one call may give them all, through temps.

    `dst_type` gives types as the code is written.
    """
    if len(exprs) == 1:
        typ = written_type(b, exprs[0])
        if isinstance(typ, types.Tuple) and len(typ) > 1:
            return _unpack(b, pos, dst_type, exprs[0], typ)
    return [implicit_conv(b, dst_type(at), x) for at, x in enumerate(exprs)]


_COMMA_OK_OPS = {
    Op.INDEXMAP: Op.AS2MAPR,
    Op.RECV: Op.AS2RECV,
    Op.DOTTYPE: Op.AS2DOTTYPE,
    Op.DYNAMICDOTTYPE: Op.AS2DOTTYPE,
}


def comma_ok_op(value: Expr) -> Op:
    """Return the op of an assignment of a value to several; an assertion is told of it."""
    op = _COMMA_OK_OPS.get(value.op, Op.AS2FUNC)
    if value.op is Op.DOTTYPE:
        value.op = Op.DOTTYPE2
    elif value.op is Op.DYNAMICDOTTYPE:
        value.op = Op.DYNAMICDOTTYPE2
    return op


def _unpack(
    b: Body, pos: Pos, dst_type: Callable[[int], Type | None], x: syntax.Expr, typ: types.Tuple
) -> list[Expr]:
    value = expr(b, x)
    op = comma_ok_op(value)
    assign = nodes.AssignListStmt(pos, [], [value], def_=True, op=op)
    results: list[Expr] = []
    for at, var in enumerate(typ.vars):
        src = b.typ(var.type)
        if isinstance(src, types.Basic) and src.info & types.IS_UNTYPED:
            src = BOOL
        temp = b.temp(pos, src)
        temp.defn = assign
        nodes.add_init(assign, nodes.Decl(pos, temp, op=Op.DCL))
        assign.lhs.append(temp)
        result: Expr = temp
        dst = dst_type(at)
        given = var.type or NO_VALUE
        if dst is not None and not identical.identical(given, dst) and src is not b.typ(dst):
            generics.note_itab(b, given, dst)
            result = make_conv(b, pos, b.typ(dst), temp, implicit=True, src=given)
        results.append(result)
    results[0] = init_expr([assign], results[0])
    return results


def init_expr(init: list[Stmt], x: Expr) -> Expr:
    """Let statements run before an expression; a shared node is wrapped first (ir.InitExpr)."""
    if not init:
        return x
    if isinstance(x, nodes.Name | nodes.Literal | nodes.Nil | nodes.TypeExpr):
        x = nodes.ConvExpr(x.pos, x.type, x, op=Op.CONVNOP)
    x.init = [*init, *x.init]
    return x


# Operators.


def _operation(b: Body, x: syntax.Operation) -> Expr:
    typ = value_type(b, x)
    if x.y is None:
        match x.op:
            case "&":
                return addr(x.pos, expr(b, x.x), typ)
            case "*":
                return nodes.StarExpr(x.pos, typ, expr(b, x.x), op=Op.DEREF)
            case _:
                return nodes.UnaryExpr(x.pos, typ, expr(b, x.x), op=_UNARY_OPS[x.op])
    op = BINARY_OPS[x.op]
    if op in _SHIFTS:
        return nodes.BinaryExpr(x.pos, typ, expr(b, x.x), expr(b, x.y), op=op)
    left, right = written_value_type(b, x.x), written_value_type(b, x.y)
    common = common_type(left, right)
    lhs = implicit_conv(b, common, x.x)
    rhs = implicit_conv(b, common, x.y)
    if op is Op.ADD and conversions.is_string(typ):
        return _add_string(x.pos, typ, lhs, rhs)
    return nodes.BinaryExpr(x.pos, typ, lhs, rhs, op=op)


def common_type(left: Type, right: Type) -> Type:
    """Return the type that both operands of a binary operation are converted to."""
    if left is right or identical.identical(left, right):
        return right
    if _is_untyped_nil(left):
        return right
    if _is_untyped_nil(right):
        return left
    left_interface, right_interface = map(conversions.is_interface, (left, right))
    if left_interface and right_interface:
        # Assignable is the one with more methods to the one with fewer.
        return right if generics.implements(left, right) else left
    if left_interface or right_interface:
        return right if right_interface else left
    if isinstance(types.unalias(left), types.TypeParam):
        return right
    return right if conversions.assign_op(left, right) is not None else left


def _add_string(pos: Pos, typ: Type, lhs: Expr, rhs: Expr) -> Expr:
    if isinstance(lhs, nodes.AddStringExpr):
        add = lhs
        add.pos = pos
    else:
        add = nodes.AddStringExpr(pos, typ, [lhs], op=Op.ADDSTR)
    if isinstance(rhs, nodes.AddStringExpr):
        add.operands.extend(rhs.operands)
    else:
        add.operands.append(rhs)
    add.type = typ
    return add


_COMP_LITS = frozenset({Op.ARRAYLIT, Op.SLICELIT, Op.STRUCTLIT, Op.MAPLIT})


def addr(pos: Pos, x: Expr, typ: Type | None = None, *, implicit: bool = False) -> nodes.AddrExpr:
    """Take an address; the variable that it is a part of is marked (ir.NewAddrExpr)."""
    typ = typ or types.Pointer(x.type)
    if x.op in _COMP_LITS:
        return nodes.AddrExpr(pos, typ, x, implicit=implicit, op=Op.PTRLIT)
    outer = reassignment.outer_value(x)
    if isinstance(outer, Name):
        outer.addrtaken = True
        if outer.is_closure_var and not outer.by_value:
            outer.canonical.addrtaken = True
    return nodes.AddrExpr(pos, typ, x, implicit=implicit, op=Op.ADDR)


def deref(pos: Pos, x: Expr, *, implicit: bool = True) -> nodes.StarExpr:
    """Follow a pointer."""
    elem = cast("types.Pointer", x.type.underlying).elem
    return nodes.StarExpr(pos, types.unalias(elem), x, implicit=implicit, op=Op.DEREF)


# Selectors.


def dot_field(pos: Pos, x: Expr, index: int, *, implicit: bool = False) -> nodes.SelectorExpr:
    """Select a field by number, through a pointer if need be."""
    op, under = Op.DOT, x.type.underlying
    if isinstance(under, types.Pointer):
        op, under = Op.DOTPTR, under.elem.underlying
    struct = cast("types.Struct", under)
    member = struct.fields[index]
    typ = types.unalias(member.type) if member.type is not None else NO_VALUE
    return nodes.SelectorExpr(
        pos, typ, x, member.name, member, None, layout.struct_layout(struct).offsets[index],
        implicit=implicit, op=op,
    )  # fmt: skip


def _selector(b: Body, x: syntax.SelectorExpr, whole: syntax.Expr) -> Expr:
    """Lower `x.Sel`; `whole` is the method with its type arguments, if some are written."""
    selection = b.info.selections[x]
    match selection.kind:
        case SelectionKind.FIELD_VAL:
            value = expr(b, x.x)
            for index in selection.index[:-1]:
                value = dot_field(x.pos, value, index, implicit=True)
            node = dot_field(x.pos, value, selection.index[-1])
            node.type = value_type(b, x)
            return node
        case SelectionKind.METHOD_VAL:
            return calls.method_value(b, x, selection, type_of(b, whole))
        case SelectionKind.METHOD_EXPR:
            return calls.method_expr_value(b, x, selection, type_of(b, whole))


def recv_expr(b: Body, x: syntax.SelectorExpr, selection: Selection) -> Expr:
    """Lower `x` of `x.M`: with the fields, `&` or `*` that lead to the method's receiver."""
    value = expr(b, x.x)
    for index in selection.index[:-1]:
        value = dot_field(x.pos, value, index, implicit=True)
    return adjust_receiver(x.pos, value, calls.receiver_type(b, selection))


def adjust_receiver(pos: Pos, value: Expr, recv: Type) -> Expr:
    """Take the address of a value or follow a pointer, so that it has the receiver's type."""
    typ = value.type
    if _is_pointer_to(typ, recv):
        return deref(pos, value)
    if _is_pointer_to(recv, typ):
        return addr(pos, value, implicit=True)
    return value


def _is_pointer_to(pointer: Type, typ: Type) -> bool:
    pointer = types.unalias(pointer)
    return isinstance(pointer, types.Pointer) and conversions.same(pointer.elem, typ)


# Indexes, slices, assertions.


def _index(b: Body, x: syntax.IndexExpr) -> Expr:
    if isinstance(x.x, syntax.SelectorExpr):
        selection = b.info.selections.get(x.x)
        if selection is not None and selection.kind is not SelectionKind.FIELD_VAL:
            return _selector(b, x.x, x)
    typ = value_type(b, x)
    value = expr(b, x.x)
    under = value.type.underlying
    if isinstance(under, types.Map):
        core = core_of(b, x.x)
        key = core.key if isinstance(core, types.Map) else under.key
        index = implicit_conv(b, key, x.index)
        generics.note_rtype(b, written_type(b, x.x))
        return nodes.IndexExpr(x.pos, typ, value, index, op=Op.INDEXMAP)
    if isinstance(under, types.Pointer):
        value = deref(x.pos, value)
    return nodes.IndexExpr(x.pos, typ, value, expr(b, x.index), op=Op.INDEX)


def _slice(b: Body, x: syntax.SliceExpr) -> Expr:
    value = expr(b, x.x)
    low, high, limit = (opt_expr(b, index) for index in x.index)
    op = Op.SLICE if limit is None else Op.SLICE3
    under = value.type.underlying
    if isinstance(under, types.Array):
        value = addr(x.pos, value, implicit=True)
        under = value.type.underlying
    if conversions.is_string(value.type):
        op = Op.SLICESTR
    elif isinstance(under, types.Pointer):
        op = Op.SLICEARR if limit is None else Op.SLICE3ARR
    return nodes.SliceExpr(x.pos, value_type(b, x), value, low, high, limit, op=op)


def _assert(b: Body, x: syntax.AssertExpr) -> Expr:
    value = expr(b, x.x)
    written = b.info.types[x.type].type
    typ = b.typ(written)
    interface = written_value_type(b, x.x)
    generics.note_type_expr(b, written, interface)
    generics.note_rtype(b, interface)
    if written is not None and generics.is_dynamic(b, written, interface):
        word = generics.type_word(b, x.pos, written)
        return nodes.TypeAssertExpr(x.pos, typ, value, word, op=Op.DYNAMICDOTTYPE)
    return nodes.TypeAssertExpr(x.pos, typ, value, op=Op.DOTTYPE)


def type_expr(b: Body, x: syntax.Expr, interface: Type | None = None) -> nodes.TypeExpr:
    """Lower a type that stands where an expression does, perhaps asked of an interface."""
    written = b.info.types[x].type
    generics.note_type_expr(b, written, interface)
    typ = b.typ(written)
    if written is not None and generics.is_dynamic(b, written, interface):
        return nodes.TypeExpr(x.pos, typ, generics.type_word(b, x.pos, written), op=Op.DYNAMICTYPE)
    return nodes.TypeExpr(x.pos, typ, op=Op.TYPE)


# Literals.


def comp_lit(b: Body, x: syntax.CompositeLit) -> Expr:
    """Lower `T{…}`, with an implicit `&` where the element type `*T` was left out."""
    whole = value_type(b, x)
    typ = whole
    map_type = written_type(b, x)
    core = core_of(b, x)
    if isinstance(core, types.Pointer):
        map_type = core.elem
        typ = b.typ(map_type)
        core = typesets.core_type(map_type)
    match core:
        case types.Struct():
            elems = _struct_elems(b, core, x)
            lit = nodes.CompLitExpr(x.pos, typ, elems, op=Op.STRUCTLIT)
        case types.Array():
            elems = _array_elems(b, core.elem, x.elem_list)
            lit = nodes.CompLitExpr(x.pos, typ, elems, op=Op.ARRAYLIT)
        case types.Slice():
            elems = _array_elems(b, core.elem, x.elem_list)
            lit = nodes.CompLitExpr(x.pos, typ, elems, _length(elems), op=Op.SLICELIT)
        case types.Map():
            generics.note_rtype(b, map_type)
            elems = _map_elems(b, core, x.elem_list)
            lit = nodes.CompLitExpr(x.pos, typ, elems, op=Op.MAPLIT)
        case _:
            source.unsupported(x.pos, "a composite literal of this type")
    return lit if typ is whole else addr(x.pos, lit, whole)


def _length(elems: list[Expr]) -> int:
    """Return the length that elements with and without keys make."""
    at = length = 0
    for elem in elems:
        if isinstance(elem, nodes.KeyExpr):
            at = constants.int64_val(cast("nodes.Literal", elem.key).value)[0]
        at += 1
        length = max(length, at)
    return length


def _array_elems(b: Body, elem_type: Type, elems: Sequence[syntax.Expr]) -> list[Expr]:
    result: list[Expr] = []
    for elem in elems:
        if isinstance(elem, syntax.KeyValueExpr):
            key = expr(b, elem.key)
            if isinstance(key, nodes.Literal):
                key.type = INT
            value = implicit_conv(b, elem_type, elem.value)
            pos = syntax.unparen(elem.key).pos
            result.append(nodes.KeyExpr(pos, b.typ(elem_type), key, value, op=Op.KEY))
        else:
            result.append(implicit_conv(b, elem_type, elem))
    return result


def _map_elems(b: Body, typ: types.Map, elems: Sequence[syntax.Expr]) -> list[Expr]:
    result: list[Expr] = []
    for elem in elems:
        pair = cast("syntax.KeyValueExpr", elem)
        key = implicit_conv(b, typ.key, pair.key)
        value = implicit_conv(b, typ.elem, pair.value)
        result.append(nodes.KeyExpr(pair.key.pos, b.typ(typ.elem), key, value, op=Op.KEY))
    return result


def _struct_elems(b: Body, typ: types.Struct, x: syntax.CompositeLit) -> list[Expr]:
    result: list[Expr] = []
    for at, elem in enumerate(x.elem_list):
        if not isinstance(elem, syntax.KeyValueExpr):
            member = typ.fields[at]
            value = implicit_conv(b, member.type, elem)
            result.append(
                nodes.StructKeyExpr(elem.pos, b.typ(member.type), member, value, op=Op.STRUCTKEY)
            )
            continue
        key = cast("syntax.Name", elem.key)
        *through, member = generics.field_path(typ, key.value, b.pkg)
        member_type = b.typ(member.type)
        value = implicit_conv(b, member.type, elem.value)
        result.append(
            nodes.StructKeyExpr(
                key.pos, member_type, member, value, tuple(through), op=Op.STRUCTKEY
            )
        )
    return result


def func_lit(b: Body, x: syntax.FuncLit) -> nodes.ClosureExpr:
    """Lower a function literal, with its body."""
    signature = cast("types.Signature", b.info.types[x].type)
    why = "range" if x.body in b.lowerer.range_bodies else "func"
    func = new_closure(b.func, x.pos, why, cast("types.Signature", b.typ(signature)))
    inner = Body(b.lowerer, func, b.info, b.pkg, b.env, b)
    declare_params(func, signature, b.pkg, body=inner)
    outer_dict = b.func.dict_param
    b_dict: Name | None = None
    if outer_dict is not None:
        # Captured last and always, so that every literal of shaped code has it.
        func.dict_param = b_dict = Name(
            outer_dict.pos, outer_dict.type, outer_dict.name, Class.AUTOHEAP, func,
            defn=outer_dict.canonical, outer=outer_dict, is_closure_var=True,
        )  # fmt: skip
    stmts.func_body(inner, signature, x.body)
    if b_dict is not None:
        func.closure_vars.append(b_dict)
    return cast("nodes.ClosureExpr", func.closure)


def blank_like(x: Expr) -> Name:
    """Return the blank identifier for a value."""
    return blank(x.pos, x.type)
