"""What makes objects: `&x`, `new`, `make`, literals of all kinds, function literals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import expressions, lines
from mkdocs_gomem.compiler.codegen.order import STATEMENTS, is_in_order
from mkdocs_gomem.compiler.ir import Op
from mkdocs_gomem.gotypes import constants, objects, types
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.machine.rtypes import RType

_GAPS: Final = 64
"""Elements that a literal may leave out before it is a zero value into which the others are put.

Its text, and what it takes to write it, then grows with what the author has written.
"""


def address(f: FunctionWriter, node: ir.AddrExpr) -> str:
    """Return the code of `&x`."""
    x = node.x
    while isinstance(x, ir.ParenExpr):
        x = x.x
    typ = f.rtype(x.type)
    if node.op is Op.PTRLIT or isinstance(x, ir.CompLitExpr):
        value = expressions.owned(f, x)
        code = value if typ.composite else f"Ref({value})"
        return f.allocate(node, code, typ, "literal", f.place(node), typ.size)
    match x:
        case ir.Name(dictionary=made) if made is not None:
            return f.g.dictionary(made)
        case ir.Name():
            if typ.composite:
                return expressions.variable(f, x)
            return expressions.variable(f, x).removesuffix(".v")
        case ir.StarExpr():
            return f"nonnil({expressions.expr(f, x.x)})"  # `&*p` asks as `*p` does
        case ir.ConvExpr(op=Op.CONVNOP):
            return address(f, ir.AddrExpr(node.pos, node.type, x.x, op=Op.ADDR))
        case _ if typ.composite:
            return expressions.expr(f, x)
        case ir.SelectorExpr():
            return f"FP({expressions.expr(f, x.x)}, {expressions.slot(x)!r})"
        case ir.IndexExpr():
            array, index = expressions.element(f, x)
            return f"EP({array}, {index})"
        case ir.InlinedCallExpr(return_vars=[only]):
            expressions.inlined(f, x)
            return address(f, ir.AddrExpr(node.pos, node.type, only, op=Op.ADDR))
        case _:
            return source.unsupported(node.pos, f"address of {x.op.name}")


def new(f: FunctionWriter, node: ir.UnaryExpr) -> str:
    """Return the code of `new(T)`."""
    typ = f.rtype(node.x.type)
    zero = f.g.zero(typ)
    code = zero if typ.composite else f"Ref({zero})"
    return f.allocate(node, code, typ, "new", f.place(node), typ.size)


def make(f: FunctionWriter, node: ir.MakeExpr) -> str:
    """Return the code of `make(T, len, cap)`."""
    typ = f.rtype(node.type)
    parts = [part for part in (node.len, node.cap) if part is not None]
    codes = expressions.operands(f, parts, [False] * len(parts))
    region = f.place(node)
    heap = region is not Region.STACK or not f.counts
    match node.op:
        case Op.MAKESLICE:
            length = codes[0]
            capacity = codes[1] if len(codes) > 1 else length
            if not capacity.isidentifier() and not capacity.isdigit() and len(codes) == 1:
                length = capacity = expressions.simple(f, length)
            elements = f.g.elements(typ.elem)
            site = f.g.site(node.pos, typ, "make", Region.HEAP if heap else Region.STACK)
            count = node.cap if node.cap is not None else node.len
            known = isinstance(count, ir.Literal)
            name = "mks" if heap else "mkl" if known else "mkv"
            return f"{name}({site}, {elements}, {length}, {capacity})"
        case Op.MAKEMAP:
            hint = codes[0] if codes else "0"
            return _make_map(f, node, typ, hint, heap=heap)
        case _:
            site = f.g.site(node.pos, typ, "chan", Region.HEAP)
            size = codes[0] if codes else "0"
            return f"mkchan({site}, {f.g.type_name(typ)}, {size})"


def _make_map(f: FunctionWriter, node: ir.Expr, typ: RType, hint: str, *, heap: bool) -> str:
    region = Region.HEAP if heap else Region.STACK
    site = f.g.site(node.pos, typ, "map", region, 48, line=f.literal_pos.get(node))
    return f"{'mkmap' if heap else 'mklmap'}({f.g.type_name(typ)}, {hint}, {site})"


# Literals.


def literal(f: FunctionWriter, node: ir.CompLitExpr) -> str:
    """Return the code of `T{…}`."""
    typ = f.rtype(node.type)
    match node.op:
        case Op.STRUCTLIT:
            return _struct(f, node, typ)
        case Op.ARRAYLIT:
            return _array(f, node, node.type, typ.elem)
        case Op.SLICELIT:
            assert isinstance(node.type.underlying, types.Slice)  # noqa: S101
            whole = types.Array(node.type.underlying.elem, node.length)
            array = _array(f, node, whole, typ.elem)
            region = f.place(node)
            size = node.length * typ.elem.size
            made = f.allocate(node, array, typ, "literal", region, size)
            if made.startswith("K("):
                return f"whole({made[2:]}"  # nearly all: what is given to `...any`
            return f"Slice({made}, 0, {node.length}, {node.length})"
        case _:
            return _map(f, node, typ)


def _struct(f: FunctionWriter, node: ir.CompLitExpr, typ: RType) -> str:
    paths: list[tuple[objects.Var, ...]] = []
    values: list[ir.Expr] = []
    for item in node.elems:
        assert isinstance(item, ir.StructKeyExpr)  # noqa: S101 - `lower` gives them so
        paths.append((*item.through, item.member))
        values.append(item.value)
    codes = _parts(f, node, values)
    return _made_struct(f, node.type, typ, list(zip(paths, codes, strict=True)))


def _parts(f: FunctionWriter, node: ir.CompLitExpr, values: list[ir.Expr]) -> list[str]:
    """Write the values of a literal, which the code names by their places."""
    later = bool(f.order.flags(node) & STATEMENTS) and not is_in_order(node)
    f.hoist += later  # else Python would call what comes first in the literal too late
    codes = expressions.operands(f, values, [True] * len(values))
    f.hoist -= later
    return codes


def _made_struct(
    f: FunctionWriter,
    whole: types.Type,
    typ: RType,
    given: list[tuple[tuple[objects.Var, ...], str]],
) -> str:
    """Return the code of a struct of which some fields, also of embedded structs, are given."""
    struct = whole.underlying
    assert isinstance(struct, types.Struct)  # noqa: S101 - STRUCTLIT
    rest = list(given)
    arguments = []
    if [path for path, _ in given] == [(field,) for field in struct.fields]:  # as in most tables
        arguments, rest = [code for _, code in given], []
    for field in struct.fields if rest or not arguments else ():
        mine = [each for each in rest if _is_field(each[0][0], field)]
        if mine and len(mine[0][0]) == 1:
            mine = mine[:1]  # of several `_`, each is given once
        rest = [each for each in rest if each not in mine]
        inner = field.type or types.INVALID
        match mine:
            case []:
                arguments.append(f.g.zero(f.rtype(inner)))
            case [((_,), code)]:
                arguments.append(code)
            case _:
                parts = [(path[1:], code) for path, code in mine]
                arguments.append(_made_struct(f, inner, f.rtype(inner), parts))
    return f"{f.g.constant('C', typ.ops.make)}({', '.join(arguments)})"


def _is_field(member: objects.Var, field: objects.Var) -> bool:
    return field is member or field.id == member.id


def _array(f: FunctionWriter, node: ir.CompLitExpr, whole: types.Type, elem: RType) -> str:
    array = whole.underlying
    assert isinstance(array, types.Array)  # noqa: S101 - what the literal is, or what is behind it
    places: list[int] = []
    values: list[ir.Expr] = []
    at = 0
    for item in node.elems:
        if isinstance(item, ir.KeyExpr):
            key = item.key
            assert isinstance(key, ir.Literal)  # noqa: S101 - indexes are constant
            index = constants.to_int(key.value)
            assert isinstance(index, int)  # noqa: S101
            at = index
            values.append(item.value)
        else:
            values.append(item)
        places.append(at)
        at += 1
    if array.len - len(places) > _GAPS:
        made = f.g.zero(f.rtype(whole))
        pairs = zip(places, _parts(f, node, values), strict=True)
        given = ", ".join(f"{place}: {code}" for place, code in pairs)
        return f"filled({made}, {{{given}}})" if given else made
    codes = _parts(f, node, values)
    by_place = dict(zip(places, codes, strict=True))
    zero = f.g.zero(elem)
    if places == list(range(array.len)):
        listed = f"[{', '.join(codes)}]"
    elif not places:
        each = f"[{zero} for _ in range({array.len})]"
        listed = each if elem.composite else f"[{zero}] * {array.len}"
    else:
        listed = f"[{', '.join(by_place.get(at, zero) for at in range(array.len))}]"
    if elem.kind == "uint8":
        return f"bytearray({listed})" if places else f"bytearray({array.len})"
    return listed


def _map(f: FunctionWriter, node: ir.CompLitExpr, typ: RType) -> str:
    heap = f.place(node) is not Region.STACK or not f.counts
    made = f.temp()
    f.w.line(f"{made} = {_make_map(f, node, typ, str(len(node.elems)), heap=heap)}")
    method = "put" if typ.key.raw_key else "put_keyed"
    for item, pos in lines.in_order(f, node):
        site = f.g.site(node.pos, typ, "map", Region.HEAP, line=pos)
        key, value = expressions.operands(f, [item.key, item.value], [True, True])
        f.w.line(f"{made}.{method}({key}, {value}, {site})")
    return made


def closure(f: FunctionWriter, node: ir.ClosureExpr) -> str:
    """Return the code of a function literal."""
    func = node.func
    name = f.g.function(func, node.pos)
    if not func.closure_vars:
        return name
    captured = []
    for var in func.closure_vars:
        outer = var.outer
        assert outer is not None  # noqa: S101 - a captured variable stands for one
        typ = f.rtype(var.type)
        code = f.local(outer)
        if var.by_value and not typ.composite:
            code = expressions.variable(f, outer)
        elif var.by_value and typ.composite:
            code = f"{f.g.constant('P', typ.ops.copy)}({code})"
        captured.append(code)
    made = f"mk_{name}({', '.join(captured)})"
    region = f.place(node)
    size = _closure_size(f, func)
    return f.allocate(node, made, f.rtype(node.type), "closure", region, size)


def _closure_size(f: FunctionWriter, func: ir.Func) -> int:
    offset = 8
    for var in func.closure_vars:
        if var.by_value:
            typ = f.rtype(var.type)
            align = max(typ.align, 1)
            offset = -(-offset // align) * align + typ.size
        else:
            offset = -(-offset // 8) * 8 + 8
    return -(-offset // 8) * 8
