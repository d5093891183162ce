"""Conversions, and questions about what is in an interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler import escape, ir
from mkdocs_gomem.compiler.codegen import expressions
from mkdocs_gomem.compiler.escape import storage
from mkdocs_gomem.compiler.ir import Op
from mkdocs_gomem.gotypes import constants, identical, types
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.machine.rtypes import RType


def conversion(f: FunctionWriter, node: ir.ConvExpr) -> str:
    """Return the code of a conversion that is not from integer to integer."""
    match node.op:
        case Op.CONVIFACE:
            return _box(f, node)
        case Op.CONVNOP:
            word = ir.dict_word(node)
            return _same(f, node) if word is None else _word(f, *word)
        case Op.CONV:
            return _number(f, node)
        case Op.SLICE2ARR:
            typ = f.rtype(node.type)
            elem = typ.elem
            return (
                f"toarr({expressions.expr(f, node.x)}, {typ.length}, "
                f"{f.g.constant('P', elem.copy)})"
            )
        case Op.SLICE2ARRPTR:
            length = f.rtype(node.type).elem.length
            return f"toarrp({expressions.expr(f, node.x)}, {length})"
        case _:
            return _text(f, node)


_TEXT = {
    Op.BYTES2STR: "b2s", Op.RUNES2STR: "r2s", Op.STR2BYTES: "s2b", Op.STR2RUNES: "s2r",
    Op.RUNESTR: "runestr",
}  # fmt: skip


def _text(f: FunctionWriter, node: ir.ConvExpr) -> str:
    name = _TEXT.get(node.op)
    if name is None:
        source.unsupported(node.pos, node.op.name)
    code = expressions.expr(f, node.x)
    if isinstance(node.x, ir.Literal) and node.op is Op.RUNESTR:
        return (
            f"{name}({f.g.site(node.pos, f.rtype(node.type), 'conversion', Region.STACK)}, {code})"
        )
    site = f.g.site(node.pos, f.rtype(node.type), "conversion", f.place(node))
    placement = f.g.placements.by_node.get(node) if f.counts else None
    kind = None if placement is None else placement.kind
    if kind is storage.Kind.ZERO_COPY:
        return f"s2z({code})"
    if kind is storage.Kind.BORROWED:
        return f"{'b2l' if node.op is Op.BYTES2STR else 's2l'}({code})"
    if node.op is Op.STR2BYTES and isinstance(node.x, ir.Literal):
        name = "lit2b"  # an array of just that size, on the stack however long (walk/convert.go)
    return f"{name}({site}, {code})"


def _same(f: FunctionWriter, node: ir.ConvExpr) -> str:
    source_type, target = node.x.type.underlying, node.type.underlying
    if not f.g.own(node.pos):
        return _same_in_std(f, node)
    if _is_unsafe(target):
        if isinstance(source_type, types.Basic) and not _is_unsafe(source_type):
            return f"uback({expressions.expr(f, node.x)})"
        if isinstance(source_type, types.Pointer):
            return address(f, node.x)
    elif _is_unsafe(source_type):
        if isinstance(target, types.Basic):
            return f"unum({expressions.expr(f, node.x)})"
        if isinstance(target, types.Pointer):
            return _from_unsafe(f, node, target.elem)
    return expressions.expr(f, node.x)


def _same_in_std(f: FunctionWriter, node: ir.ConvExpr) -> str:
    """Convert in code of std, where an `unsafe.Pointer` is the pointer itself."""
    source_type, target = node.x.type.underlying, node.type.underlying
    if isinstance(target, types.Basic) and target.kind is types.BasicKind.UINTPTR:
        if not _is_of_reflect(node.x):
            source.unsupported(node.pos, "uintptr of a pointer")
        return f"addr({expressions.expr(f, node.x)})"
    is_number = isinstance(target, types.Basic) and bool(target.info & types.IS_INTEGER)
    is_address = (
        isinstance(source_type, types.Basic) and source_type.kind is types.BasicKind.UINTPTR
    )
    if is_address and not is_number:
        source.unsupported(node.pos, "pointer of a uintptr")
    if isinstance(target, types.Pointer) and _is_unsafe(node.x.type):
        _check_same(node, target.elem)
    return expressions.expr(f, node.x)


def _is_of_reflect(x: ir.Expr) -> bool:
    """Tell if a pointer is one that reflection gives: it knows all of what it points to."""
    fun = x.fun if isinstance(x, ir.CallExpr) else None
    func = getattr(fun, "func", None)
    return isinstance(func, ir.Func) and func.link_name == "reflect.Value.UnsafePointer"


def _from_unsafe(f: FunctionWriter, node: ir.ConvExpr, wanted: types.Type) -> str:
    """Return the code of `(*T)(p)`: what is written `(*T)(unsafe.Pointer(p))` may be `p` itself."""
    pointer = _origin(node.x)
    if pointer is not None:
        under = pointer.type.underlying
        assert isinstance(under, types.Pointer)  # noqa: S101 - `_origin`
        if _alike(under.elem.underlying, wanted.underlying):
            return expressions.expr(f, pointer)
    return f"utyped({expressions.expr(f, node.x)}, {f.g.type_name(f.rtype(wanted))})"


def address(f: FunctionWriter, x: ir.Expr) -> str:
    """Return the code of `unsafe.Pointer(p)`: of `&x.f` it knows all of `x`."""
    under = x.type.underlying
    assert isinstance(under, types.Pointer)  # noqa: S101 - asked for pointers only
    while isinstance(x, ir.ParenExpr):
        x = x.x
    if isinstance(x, ir.UnaryExpr) and x.op is Op.UNSAFESLICEDATA:
        held, again = expressions.hold(f, expressions.expr(f, x.x))
        typ = f.g.type_name(f.rtype(under.elem))
        return f"(uelem({again}.a, {again}.o, {typ}) if {held}.a is not None else None)"
    if isinstance(x, ir.AddrExpr) and x.op is Op.ADDR:
        found = _place(f, x.x)
        if found is not None:
            return found
    return f"uof({expressions.expr(f, x)}, {f.g.type_name(f.rtype(under.elem))})"


def _place(f: FunctionWriter, x: ir.Expr) -> str | None:
    """Return the code of the address of a part of a variable; None if it is no part."""
    offset = 0
    while True:
        match x:
            case ir.ParenExpr():
                x = x.x
            case ir.SelectorExpr(op=Op.DOT | Op.DOTPTR):
                struct = x.x.type.underlying
                if isinstance(struct, types.Pointer):
                    struct = struct.elem.underlying
                slot = expressions.slot(x)
                offset += f.rtype(struct).fields[int(slot[1:])].offset
                if x.op is Op.DOTPTR:
                    return f"upart({expressions.expr(f, x.x)}, {_type(f, struct)}, {offset})"
                x = x.x
            case ir.IndexExpr(index=ir.Literal() as index) if isinstance(
                x.x.type.underlying, types.Array
            ):
                place = constants.to_int(index.value)
                assert isinstance(place, int)  # noqa: S101 - checked
                offset += place * f.rtype(x.type).size
                x = x.x
            case ir.IndexExpr(op=Op.INDEX):
                array, at = expressions.element(f, x)
                base = f"uelem({array}, {at}, {_type(f, x.type)})"
                return f"{base}.moved({offset})" if offset else base
            case ir.Name() if f.rtype(x.type).composite:
                return f"upart({expressions.variable(f, x)}, {_type(f, x.type)}, {offset})"
            case _:
                return None


def _type(f: FunctionWriter, typ: types.Type) -> str:
    return f.g.type_name(f.rtype(typ))


def _is_unsafe(typ: types.Type) -> bool:
    under = typ.underlying
    return isinstance(under, types.Basic) and under.kind is types.BasicKind.UNSAFE_POINTER


def _origin(node: ir.Expr) -> ir.Expr | None:
    """Return the pointer behind `unsafe.Pointer(p)`, if that is what is written."""
    while isinstance(node, ir.ParenExpr) or (
        isinstance(node, ir.ConvExpr) and node.op is Op.CONVNOP and _is_unsafe(node.type)
    ):
        node = node.x
    return node if isinstance(node.type.underlying, types.Pointer) else None


def _check_same(node: ir.ConvExpr, wanted: types.Type) -> None:
    """Refuse a pointer to a type that is held in another way than what it points to."""
    pointer = _origin(node.x)
    if pointer is None:
        return
    under = pointer.type.underlying
    assert isinstance(under, types.Pointer)  # noqa: S101 - `_origin`
    if not _alike(under.elem.underlying, wanted.underlying):
        source.unsupported(node.pos, f"{under} as {node.type}")


def _alike(x: types.Type, y: types.Type) -> bool:
    """Tell if values of two types are held in the same way."""
    if identical.identical(x, y):
        return True
    match x, y:
        case types.Struct(), types.Struct():
            pairs = zip(x.fields, y.fields, strict=False)
            return len(x.fields) == len(y.fields) and all(
                a.type is not None
                and b.type is not None
                and _alike(a.type.underlying, b.type.underlying)
                for a, b in pairs
            )
        case _:
            return (_is_unsafe(x) or _is_unsafe(y)) and _is_reference(x) and _is_reference(y)


def _is_reference(typ: types.Type) -> bool:
    return isinstance(typ, types.Pointer | types.Chan) or _is_unsafe(typ)


_BITS = {
    "int": "q", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint": "Q", "uint8": "B",
    "uint16": "H", "uint32": "I", "uint64": "Q", "uintptr": "Q", "float32": "f", "float64": "d",
}  # fmt: skip


def reinterpreted(f: FunctionWriter, node: ir.StarExpr) -> str | None:
    """Return the code of `*(*T)(unsafe.Pointer(&number))`: the same bits as another number."""
    cast = node.x
    while isinstance(cast, ir.ParenExpr):
        cast = cast.x
    if not (isinstance(cast, ir.ConvExpr) and _is_unsafe(cast.x.type)):
        return None
    pointer = _origin(cast.x)
    if pointer is None or not isinstance(pointer.type.underlying, types.Pointer):
        return None
    have, want = f.rtype(pointer.type.underlying.elem), f.rtype(node.type)
    before, after = _BITS.get(have.kind), _BITS.get(want.kind)
    if before is None or after is None or have.size != want.size:
        return None
    code = f"{expressions.expr(f, pointer)}.v"
    return code if before == after else f"bits({code}, '{before}', '{after}')"


def _number(f: FunctionWriter, node: ir.ConvExpr) -> str:
    have, want = f.rtype(node.x.type), f.rtype(node.type)
    code = expressions.expr(f, node.x)
    if want.integer:
        if have.kind in {"float32", "float64"}:
            return f"f2i({code}, {want.bits}, signed={want.signed})"
        source.unsupported(node.pos, f"conversion of {have.name} to {want.name}")
    if want.kind in {"float32", "float64"}:
        if have.integer:
            return f"f32(float({code}))" if want.kind == "float32" else f"float({code})"
        return f"f32({code})" if want.kind == "float32" and have.kind == "float64" else code
    if want.kind.startswith("complex"):
        return f"c64({code})" if want.kind == "complex64" else code
    return code


# Interfaces.


def _type_code(f: FunctionWriter, static: RType, word: ir.Expr | None) -> str:
    """Return the code of a type: a word of the dictionary, or the static type."""
    found = None if word is None else ir.dict_word(word)
    return f.g.type_name(static) if found is None else _word(f, *found)


def _word(f: FunctionWriter, dictionary: ir.Name, number: int) -> str:
    """Return the code of a word of a dictionary."""
    return f"{expressions.variable(f, dictionary)}[{number}]"


def _box(f: FunctionWriter, node: ir.ConvExpr) -> str:
    x = node.x
    typ = f.rtype(x.type)
    if typ.is_interface:
        return expressions.expr(f, x)
    f.g.boxed(typ)
    code = expressions.owned(f, x)
    name = _type_code(f, typ, node.rtype)
    made = f"Iface({name}, {code})"
    if typ.direct or not f.counts:
        return made
    placement = f.g.placements.by_node.get(node)
    escapes = placement is not None and placement.escapes
    kind = storage.kind(node, escapes=escapes, zero_copy=False)
    if typ.size == 0 or kind is escape.Kind.BOX_STATIC:
        return f.allocate(node, made, typ, "box", Region.RODATA, typ.size)
    region = storage.region_of(node, kind, escapes=escapes)
    if region is Region.HEAP and kind in {escape.Kind.BOX_SMALL, escape.Kind.BOX_TEXT}:
        site = f.g.site(node.pos, typ, "box", Region.HEAP, typ.size)
        f.g.site(node.pos, typ, "box", Region.RODATA, typ.size)
        return f"box({site}, {name}, {code})"
    return f.allocate(node, made, typ, "box", region, typ.size)


def assertion(f: FunctionWriter, node: ir.TypeAssertExpr) -> str:
    """Return the code of `i.(T)`."""
    typ = f.rtype(node.type)
    code = expressions.expr(f, node.x)
    held, again = expressions.hold(f, code)
    wanted = _type_code(f, typ, node.rtype)
    static = f.g.type_name(f.rtype(node.x.type))
    if typ.is_interface:
        f.g.boxed(typ)
        return f"asserti({code}, {wanted}, {static})"
    f.g.boxed(typ)
    if node.nil_panics:  # and it is T's, or nil: that is why there is no call through a table
        return f"{held}.v"
    return (
        f"({again}.v if {held} is not None and {again}.t is {wanted} "
        f"else assertfail({static}, {again} and {again}.t, {wanted}, ''))"
    )


def assertion2(f: FunctionWriter, node: ir.TypeAssertExpr) -> list[str]:
    """Write `v, ok = i.(T)`; return the code of both."""
    typ = (
        f.rtype(node.type.vars[0].type or types.INVALID)
        if isinstance(node.type, types.Tuple)
        else f.rtype(node.type)
    )
    face = expressions.simple(f, expressions.expr(f, node.x))
    wanted = _type_code(f, typ, node.rtype)
    value, ok = f.temp(), f.temp()
    f.g.boxed(typ)
    if typ.is_interface:
        f.w.line(f"{ok} = has({face}, {wanted})")
        f.w.line(f"{value} = {face} if {ok} else None")
        return [value, ok]
    f.w.line(f"{ok} = {face} is not None and {face}.t is {wanted}")
    got = f"{face}.v"
    if typ.composite:
        got = f"{f.g.constant('P', typ.ops.copy)}({got})"
    f.w.line(f"{value} = {got} if {ok} else {f.g.zero(typ)}")
    return [value, ok]


def type_test(f: FunctionWriter, subject: str, x: ir.Expr, value: ir.Expr) -> str:
    """Return the code that tells if an interface value matches a case of a type switch."""
    del x
    if isinstance(value, ir.Nil):
        return f"{subject} is None"
    typ = f.rtype(value.type)
    word = getattr(value, "rtype", None)
    wanted = _type_code(f, typ, word)
    f.g.boxed(typ)
    if typ.is_interface:
        return f"has({subject}, {wanted})"
    return f"{subject} is not None and {subject}.t is {wanted}"
