"""Expressions as Python.

`expr` gives code whose value may be shared: a struct read from memory is that very object.
`owned` gives a value that its taker may keep. What can't be one Python expression writes
statements first and gives the temporary that holds the value; `operands` keeps them in order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import (
    allocation,
    arithmetic,
    calls,
    convert,
    ranges,
    rows,
    statements,
)
from mkdocs_gomem.compiler.codegen.order import (
    CALL,
    EARLY,
    STATEMENTS,
    UNSTABLE,
    fails_first,
    is_early,
)
from mkdocs_gomem.compiler.ir import Class, Op
from mkdocs_gomem.gotypes import constants, types
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.machine.rtypes import RType

_FUNC: Final = Class.FUNC
_EXTERN: Final = Class.EXTERN
_CONVIFACE: Final = Op.CONVIFACE
_CALLS = frozenset((
    Op.CALLFUNC, Op.CALLINTER, Op.RECV, Op.APPEND, Op.COPY, Op.RECOVER,
))  # fmt: skip


# Order.


def in_order(f: FunctionWriter, items: list[ir.Expr]) -> bool:
    """Tell if Python's own order of evaluation is gc's for these operands."""
    before = 0
    for item in items:
        flags = f.order.flags(item)
        if flags & STATEMENTS or (flags & CALL and before & UNSTABLE) or fails_first(flags, before):
            return False
        before |= flags
    return True


_NONE = 1 << 30
"""No operand has such a number."""


def operands(
    f: FunctionWriter,
    items: list[ir.Expr],
    take: list[bool],
    copied: int = _NONE,
    *,
    asked_last: bool = False,
) -> list[str]:
    """Write operands in order; those to `take` become their taker's own.

    From the operand number `copied` on, gc puts what is more than a name into a variable. What
    the first one is may be asked last, when all the others are there.
    """
    flags = [f.order.flags(item) for item in items]
    last = -1
    if len(flags) == 1:
        last = 0 if flags[0] & STATEMENTS else -1
    elif any(flags):
        before = 0
        unstable = False
        for at, (item, flag) in enumerate(zip(items, flags, strict=True)):
            if flag & STATEMENTS or (flag & CALL and unstable) or fails_first(flag, before):
                last = at
            before |= flag
            unstable = unstable or asked_last or bool(flag & UNSTABLE) or f.order.waits(item, flag)
    if last < 0:
        return [
            owned(f, item) if mine else expr(f, item)
            for item, mine in zip(items, take, strict=True)
        ]
    codes = []
    for at, (item, mine) in enumerate(zip(items, take, strict=True)):
        hoist = at <= last and flags[at] & (CALL | STATEMENTS | EARLY)
        f.hoist += bool(hoist)
        code = owned(f, item) if mine else expr(f, item)
        f.hoist -= bool(hoist)
        if copied <= at < last and flags[at] & UNSTABLE and not isinstance(item, ir.Name):
            code = simple(f, code)
        codes.append(code)
    return codes


def simple(f: FunctionWriter, code: str) -> str:
    """Return a name or number for code, so that it can be used twice."""
    if code.isidentifier() or code.isdigit():
        return code
    temp = f.temp()
    f.w.line(f"{temp} = {code}")
    return temp


def is_temp(code: str) -> bool:
    """Tell if code is the name of a temporary."""
    return code[0] == "t" and code[-1] == "_" and code[1:-1].isdigit()


def hold(f: FunctionWriter, code: str) -> tuple[str, str]:
    """Return code that names its value, and the name, for two uses in one expression."""
    if code.isidentifier() or code.isdigit():
        return code, code
    temp = f.temp()
    return f"({temp} := {code})", temp


# Values.


def number(value: int) -> str:
    """Write an integer."""
    return str(value) if value >= 0 else f"({value})"


def is_fresh(node: ir.Expr) -> bool:
    """Tell if nobody else can hold the value of a struct or array expression."""
    match node:
        case ir.CompLitExpr() | ir.CallExpr() | ir.Nil():
            return True
        case ir.ConvExpr(op=Op.CONVNOP | Op.CONV) | ir.ParenExpr():
            return is_fresh(node.x)
        case ir.ConvExpr(op=Op.SLICE2ARR):
            return True
        case ir.UnaryExpr(op=Op.RECV):
            return True
        case _:
            return False


def owned(f: FunctionWriter, node: ir.Expr) -> str:
    """Return the code of a value that its taker may keep and change."""
    code = expr(f, node)
    typ = f.rtype(node.type) if not isinstance(node.type, types.Tuple) else None
    if typ is not None and typ.composite and not is_fresh(node):
        return f"{f.g.constant('P', typ.ops.copy)}({code})"
    return code


def owned_variable(f: FunctionWriter, name: ir.Name) -> str:
    """Return the code of a variable's value for the function's caller."""
    typ = f.rtype(name.type)
    code = variable(f, name)
    if typ.composite and f.is_pinned(name):
        return f"{f.g.constant('P', typ.ops.copy)}({code})"
    return code


def expr(f: FunctionWriter, node: ir.Expr) -> str:
    """Return the code of an expression's value, integers wrapped."""
    if isinstance(node, ir.Name):  # every second expression
        code = f.codes.get(node) or variable(f, node)
        if not f.residues or node not in f.residues:
            return code
        return f"w64({code})" if node in f.wide else arithmetic.signed(code)
    cls = type(node)
    if node.init and cls is not ir.InlinedCallExpr:
        pos, hoist, f.hoist = f.w.pos, f.hoist, 0
        for item in node.init:
            statements.stmt(f, item)
        f.w.pos, f.hoist = pos, hoist
        # Bodies of std are shared by all programs: what is taken out is put back, come what may.
        init, node.init = node.init, []
        try:
            return expr(f, node)
        finally:
            node.init = init
    write = _integer if cls in _MAYBE_INTEGERS else _PLAIN.get(cls, plain)
    if f.order.flags(node) & STATEMENTS and f.order.is_cut(node):
        return simple(f, write(f, node))
    return in_turn(f, node, write(f, node))


def in_turn(f: FunctionWriter, node: ir.Expr, code: str) -> str:
    """Return an expression's code, put aside now if gc does so and statements follow."""
    return simple(f, code) if f.hoist and is_early(node) else code


_MAYBE_INTEGERS: frozenset[type[ir.Node]] = frozenset((ir.BinaryExpr, ir.UnaryExpr, ir.ConvExpr))


def _integer(f: FunctionWriter, node: ir.Expr) -> str:
    """Return the code of an expression that may be integer arithmetic."""
    if (
        node.op is not _CONVIFACE
        and not isinstance(node.type, types.Tuple)
        and (typ := _maybe_type(f, node)) is not None
        and typ.integer
    ):
        if f.order.is_cut(node):
            return plain(f, node) if not _is_arithmetic(node) else _cut_integer(f, node, typ)
        code, have = arithmetic.integer(f, node)
        return arithmetic.wrapped(f, code, have, typ)
    return plain(f, node)


def _is_arithmetic(node: ir.Expr) -> bool:
    return isinstance(node, ir.BinaryExpr) or node.op in {Op.NEG, Op.BITNOT, Op.PLUS, Op.CONV}


def _cut_integer(f: FunctionWriter, node: ir.Expr, typ: RType) -> str:
    if isinstance(node, ir.BinaryExpr) and node.op not in {Op.COPY}:
        a, b = operands(f, [node.x, node.y], [False, False])
        a, b = simple(f, a), simple(f, b)
        first = (a, arithmetic.full(f.rtype(node.x.type)))
        second = (b, arithmetic.full(f.rtype(node.y.type)))
        code, have = arithmetic.combine(f, node.op, typ, first, second, node.x, node.y)
        return arithmetic.wrapped(f, code, have, typ)
    return plain(f, node)


def _maybe_type(f: FunctionWriter, node: ir.Expr) -> RType | None:
    try:
        return f.rtype(node.type)
    except TypeError:
        return None


def plain(f: FunctionWriter, node: ir.Expr) -> str:
    """Return the code of an expression that is no integer arithmetic."""
    write = _PLAIN.get(type(node))
    if write is None:
        return source.unsupported(node.pos, f"{type(node).__name__} {node.op.name}")
    return write(f, node)


def _nil(f: FunctionWriter, node: ir.Nil) -> str:
    return f.g.zero(f.rtype(node.type))


def _paren(f: FunctionWriter, node: ir.ParenExpr) -> str:
    return expr(f, node.x)


def _inlined(f: FunctionWriter, node: ir.InlinedCallExpr) -> str:
    values = inlined(f, node)
    return values[0] if len(values) == 1 else f"({', '.join(values)})" if values else "None"


def _added(f: FunctionWriter, node: ir.AddStringExpr) -> str:
    codes = operands(f, list(node.operands), [False] * len(node.operands))
    return concat(f, node, f.rtype(node.type), codes)


def _called(f: FunctionWriter, node: ir.CallExpr) -> str:
    code = calls.call(f, node)
    if f.hoist and node.op in _CALLS:
        return simple(f, code)
    return code


def variable(f: FunctionWriter, name: ir.Name) -> str:
    """Return the code of a variable or function, for reading or assigning."""
    known = f.codes.get(name)
    if known is not None:
        return known
    cls = name.cls
    if cls is _FUNC:
        assert name.func is not None  # noqa: S101 - a function's name knows it
        return f.g.function(name.func, name.pos)
    if name.dictionary is not None:
        return f.g.dictionary(name.dictionary)
    if cls is _EXTERN:
        python = f.g.global_name(name, f.w.pos)
        return f"{python}.v" if name in f.g.boxed_globals else python
    python = f.local(name)
    code = f.codes[name] = f"{python}.v" if f.is_boxed(name) else python
    return code


def target(f: FunctionWriter, node: ir.Expr) -> str:
    """Return the code of a place that is assigned to, neither struct nor array."""
    match node:
        case ir.Name():
            return variable(f, node)
        case ir.ParenExpr():
            return target(f, node.x)
        case ir.IndexExpr():
            array, index = element(f, node)
            return f"{array}[{index}]"
        case ir.SelectorExpr():
            return f"{expr(f, node.x)}.{slot(node)}"
        case ir.StarExpr():
            return f"{expr(f, node.x)}.v"
        case ir.ConvExpr(op=Op.CONVNOP):
            return target(f, node.x)
        case _:
            return source.unsupported(node.pos, "assignment to this")


def literal(f: FunctionWriter, node: ir.Literal) -> str:
    """Return the code of a constant."""
    typ = f.rtype(node.type)
    value = node.value
    if typ.integer:
        whole = constants.to_int(value)
        if isinstance(whole, int):
            return number(whole)
    if typ.kind == "bool":
        return "True" if constants.bool_val(value) else "False"
    if typ.kind == "string":
        return repr(constants.string_val(value))
    if typ.kind in {"float64", "float32"}:
        exact = constants.to_float(value)
        real = (
            constants.float64_val(exact) if typ.kind == "float64" else constants.float32_val(exact)
        )
        return _float(real)
    if typ.kind.startswith("complex"):
        whole_value = constants.to_complex(value)
        parts = (constants.real(whole_value), constants.imag(whole_value))
        read = constants.float64_val if typ.kind == "complex128" else constants.float32_val
        return f"complex({_float(read(parts[0]))}, {_float(read(parts[1]))})"
    if typ.kind == "unsafe.Pointer":
        source.unsupported(node.pos, "unsafe.Pointer of a number")
    return repr(value)


def _float(value: float) -> str:
    if math.isinf(value):
        return "float('inf')" if value > 0 else "float('-inf')"
    return repr(value) if value >= 0 else f"({value!r})"


# Parts.


def slot(node: ir.SelectorExpr) -> str:
    """Return the attribute that holds a field."""
    struct = node.x.type.underlying
    if isinstance(struct, types.Pointer):
        struct = struct.elem.underlying
    assert isinstance(struct, types.Struct)  # noqa: S101 - DOT and DOTPTR select fields
    for number_, field in enumerate(struct.fields):
        if field is node.selection or (
            field.name == node.sel and (node.selection is None or field.id == node.selection.id)
        ):
            return f"f{number_}"
    return source.unsupported(node.pos, f"field {node.sel}")


def _selector(f: FunctionWriter, node: ir.SelectorExpr) -> str:
    match node.op:
        case Op.DOT | Op.DOTPTR:
            return f"{expr(f, node.x)}.{slot(node)}"
        case Op.METHEXPR:
            if node.func is None:
                source.unsupported(node.pos, f"method expression {node.sel}")
            return f.g.function(node.func, node.pos)
        case Op.METHVALUE:
            return calls.method_value(f, node)
        case _:
            return source.unsupported(node.pos, node.op.name)


def element(f: FunctionWriter, node: ir.IndexExpr) -> tuple[str, str]:
    """Return the code of an array and of a checked index into it."""
    return element_of(f, node, *indexed(f, node))


def indexed(f: FunctionWriter, node: ir.IndexExpr) -> tuple[str, str, str]:
    """Return the code of what is indexed and of the index, and what is asked if it is out of range.

    An index that may pass the range of `int` is not brought into it as long as it is in bounds.
    """
    index = node.index
    if isinstance(index, ir.BinaryExpr) and index.op in _MOVING and in_order(f, [node.x, index]):
        typ = f.rtype(index.type)
        if typ.signed and typ.bits == _WORD and not f.order.is_cut(index):
            base = expr(f, node.x)
            code, have = arithmetic.integer(f, index)
            return base, code, "oob" if arithmetic.cut(have, typ) == have else "around"
    base, code = operands(f, [node.x, index], [False, False])
    return base, code, "oob"


_MOVING = frozenset((Op.ADD, Op.SUB))
_WORD = 64


def element_of(
    f: FunctionWriter, node: ir.IndexExpr, base: str, index: str, otherwise: str = "oob"
) -> tuple[str, str]:
    """The same, of an array and index that are worked out already."""
    typ = node.x.type.underlying
    index_node = node.index
    if isinstance(typ, types.Pointer):
        typ = typ.elem.underlying
    if isinstance(typ, types.Array):
        if isinstance(index_node, ir.Literal):
            return base, index
        low, high = ranges.of(f, index_node)
        if low >= 0 and high < typ.len:
            return base, index
        first, again = hold(f, index)
        test = _within(f, index_node, first, str(typ.len))
        return base, f"({again} if {test} else {otherwise}({again}, {typ.len}))"
    held, base = hold(f, base)
    array, start, length = header(f, base)
    if held != base:  # named where it is first read: what is stored has been worked out by then
        array = f"{held}.a"
    if _is_in_range(f, node, base, index):
        return array, _plus(start, index)
    first, again = hold(f, index)
    test = _within(f, index_node, first, length)
    around = _plus(start, f"{otherwise}({again}, {length})")
    return array, f"({_plus(start, again)} if {test} else {around})"


def header(f: FunctionWriter, code: str) -> tuple[str, str, str]:
    """Return the code of a slice's array, offset and length, from the code of the slice."""
    return f.headers.get(code) or (f"{code}.a", f"{code}.o", f"{code}.n")


def _plus(start: str, index: str) -> str:
    if start == "0":
        return index
    return f"{start} + {index}" if index != "0" else start


def _is_in_range(f: FunctionWriter, node: ir.IndexExpr, base: str, index: str) -> bool:
    """Tell if an index needs no check; a code that was put aside is of a value before this one."""
    return (
        isinstance(node.x, ir.Name)
        and base == f.local(node.x)
        and not is_temp(index)
        and ranges.of(f, node.index)[0] >= 0
        and ranges.is_below(f, node.index, node.x)
    )


def _within(f: FunctionWriter, node: ir.Expr, index: str, length: str) -> str:
    """Return the test that an index is in range; both codes may name their value on the way."""
    negative = ranges.of(f, node)[0] < 0
    if ":=" in length:  # it comes first, and must be worked out whatever the index is
        return f"{length} > {index}{' >= 0' * negative}"
    return f"{'0 <= ' * negative}{index} < {length}"


def _index(f: FunctionWriter, node: ir.IndexExpr) -> str:
    typ = node.x.type.underlying
    if node.op is Op.INDEXMAP:
        m, key = operands(f, [node.x, node.index], [False, False])
        return map_get(f, f.rtype(node.type), f.rtype(node.x.type), m, key)
    if isinstance(typ, types.Basic):
        text, index, otherwise = indexed(f, node)
        if _is_in_range(f, node, text, index):
            return f"{text}[{index}]"
        held, again = hold(f, text)
        first, position = hold(f, index)
        test = _within(f, node.index, first, f"len({held})")
        around = f"{otherwise}({position}, len({again}))"
        return f"({again}[{position}] if {test} else {again}[{around}])"
    if isinstance(typ, types.Slice):
        if f.rows and (row := rows.key(node)) is not None and row in f.rows:
            return f.rows[row]
        base, index, otherwise = indexed(f, node)
        held, again = hold(f, base)
        array, start, length = header(f, again)
        if _is_in_range(f, node, base, index):
            return f"{array}[{_plus(start, index)}]"
        first_length = length if held == again else f"{held}.n"
        first, position = hold(f, index)
        test = _within(f, node.index, first, first_length)
        around = _plus(start, f"{otherwise}({position}, {length})")
        return f"({array}[{_plus(start, position)}] if {test} else {array}[{around}])"
    array, index = element(f, node)
    return f"{array}[{index}]"


def map_get(f: FunctionWriter, elem: RType, typ: RType, m: str, key: str) -> str:
    """Return the code of `m[key]`."""
    zero = f.g.zero(elem)
    if typ.key.raw_key:
        return f"{m}.d.get({key}, {zero})"
    return f"{m}.get_keyed({key}, {zero}{key_check(f, typ.key)})"


def key_check(f: FunctionWriter, key: RType) -> str:
    """Return a further argument for maps: the type of a key that may turn out to be none."""
    return f", {f.g.type_name(key)}" if key.hash_may_panic else ""


def _deref(f: FunctionWriter, node: ir.StarExpr) -> str:
    bits = convert.reinterpreted(f, node)
    if bits is not None:
        return bits
    code = expr(f, node.x)
    typ = f.rtype(node.type)
    if typ.composite:
        # Where there are no fields, nothing else would notice that the pointer is nil.
        return f"nonnil({code})" if typ.kind == "struct" and not typ.fields else code
    return f"{code}.v"


def _slice(f: FunctionWriter, node: ir.SliceExpr) -> str:
    parts = [node.x, *(part for part in (node.low, node.high, node.max) if part is not None)]
    codes = iter(operands(f, parts, [False] * len(parts), copied=1))
    base = next(codes)
    low = next(codes) if node.low is not None else "0"
    high = next(codes) if node.high is not None else "None"
    top = next(codes) if node.max is not None else "None"
    match node.op:
        case Op.SLICESTR:
            return f"substr({base}, {low}, {high})"
        case Op.SLICE:
            return f"resl({base}, {low}, {high})"
        case Op.SLICE3:
            return f"resl3({base}, {low}, {high}, {top})"
        case _:
            return f"slarr({base}, {low}, {high}, {top})"


# Operators.


def _binary(f: FunctionWriter, node: ir.BinaryExpr) -> str:
    match node.op:
        case Op.ANDAND | Op.OROR:
            return _logical(f, node)
        case Op.EQ | Op.NE | Op.LT | Op.LE | Op.GT | Op.GE:
            return arithmetic.compare(f, node)
        case Op.COPY:
            target_, origin = operands(f, [node.x, node.y], [False, False])
            if isinstance(node.y.type.underlying, types.Basic):
                code = f"copystr({target_}, {origin})"
            else:
                elem = f.rtype(node.x.type).elem
                code = f"copys({f.g.elements(elem)}, {target_}, {origin})"
            return simple(f, code) if f.hoist else code
        case Op.COMPLEX:
            a, b = operands(f, [node.x, node.y], [False, False])
            return f"complex({a}, {b})"
        case Op.UNSAFESTRING | Op.UNSAFESLICE:
            return _unsafe_made(f, node)
        case Op.UNSAFEADD:
            a, b = operands(f, [node.x, node.y], [False, False])
            return f"uadd({a}, {b})"
        case _:
            typ = f.rtype(node.type)
            a, b = operands(f, [node.x, node.y], [False, False])
            return arithmetic.floating(f, node.op, typ, a, b)


def _unsafe_made(f: FunctionWriter, node: ir.BinaryExpr) -> str:
    """Return the code of `unsafe.String` or `unsafe.Slice`."""
    a, b = operands(f, [node.x, node.y], [False, False])
    if not f.g.own(node.pos):
        return f"{'ustring' if node.op is Op.UNSAFESTRING else 'uslice'}({a}, {b})"
    if node.op is Op.UNSAFESTRING:
        return f"utext({a}, {b})"
    pointer = node.x.type.underlying
    assert isinstance(pointer, types.Pointer)  # noqa: S101 - checked
    elem = f.rtype(pointer.elem)
    if elem.composite:
        # An element of struct type does not know its array: the address does.
        a = convert.address(f, node.x)
    return f"usliceof({a}, {f.g.type_name(elem)}, {b})"


def _logical(f: FunctionWriter, node: ir.BinaryExpr) -> str:
    flags = f.order.flags(node.y)
    word = "and" if node.op is Op.ANDAND else "or"
    if not flags & STATEMENTS and not (flags & CALL and f.hoist):
        first = expr(f, node.x)
        before = len(f.w.rows)
        known = dict(f.known)
        ranges.assume(f, node.x, holds=node.op is Op.ANDAND)
        second = expr(f, node.y)
        f.known = ranges.join([known, f.known])
        if len(f.w.rows) == before:
            return f"({first} {word} {second})"
        # Keeping order wrote statements, which belong to the second operand only.
        temp = f.temp()
        test = temp if node.op is Op.ANDAND else f"not {temp}"
        f.w.enclose(before, f"{temp} = {first}", f"if {test}:")
        f.w.line(f" {temp} = {second}")
        return temp
    temp = f.temp()
    f.w.line(f"{temp} = {expr(f, node.x)}")
    with f.w.block(f"if {temp}:" if node.op is Op.ANDAND else f"if not {temp}:"):
        f.w.line(f"{temp} = {expr(f, node.y)}")
    return temp


def _unary(f: FunctionWriter, node: ir.UnaryExpr) -> str:
    match node.op:
        case Op.NOT:
            return f"(not {expr(f, node.x)})"
        case Op.PLUS:
            return expr(f, node.x)
        case Op.NEG:
            return f"(-{expr(f, node.x)})"
        case Op.LEN | Op.CAP:
            return _length(f, node)
        case Op.RECV:
            value = f.temp()
            elem = f.g.zero(f.rtype(node.x.type).elem)
            code = f"({elem} if ({value} := recv({expr(f, node.x)})) is CLOSED else {value})"
            return simple(f, code) if f.hoist else code
        case Op.NEW:
            return allocation.new(f, node)
        case Op.PANIC:
            return f"gopanic({expr(f, node.x)})"
        case Op.CLOSE:
            return f"closech({expr(f, node.x)})"
        case Op.CLEAR:
            typ = f.rtype(node.x.type)
            code = expr(f, node.x)
            if typ.kind == "map":
                return f"{code}.clear()"
            return f"clears({f.g.elements(typ.elem)}, {code})"
        case Op.REAL:
            return f"{expr(f, node.x)}.real"
        case Op.IMAG:
            return f"{expr(f, node.x)}.imag"
        case Op.UNSAFESTRINGDATA | Op.UNSAFESLICEDATA:
            return f"udata({expr(f, node.x)})"
        case Op.CHECKNIL:
            return f"{expr(f, node.x)}.t"
        case _:
            return source.unsupported(node.pos, node.op.name)


def _length(f: FunctionWriter, node: ir.UnaryExpr) -> str:
    typ = node.x.type.underlying
    code = expr(f, node.x)
    if isinstance(typ, types.Pointer):
        typ = typ.elem.underlying
    match typ:
        case types.Slice():
            return f"{code}.n" if node.op is Op.LEN else f"{code}.c"
        case types.Map():
            return f"len({code}.d)"
        case types.Chan():
            return f"chlen({code})" if node.op is Op.LEN else f"chcap({code})"
        case types.Array():
            if f.order.flags(node.x) & CALL:
                # Not for its value: a nil pointer to an array has a length too.
                return f"({code}, {typ.len})[1]"
            return str(typ.len)
        case _:
            return f"len({code})"


def concat(f: FunctionWriter, node: ir.Node, typ: RType, codes: list[str]) -> str:
    """Return the code of strings put together."""
    region = Region.HEAP
    if isinstance(node, ir.Expr):
        region = f.place(node)
    site = f.g.site(node.pos, typ, "concat", region)
    return f"cat({site}, {', '.join(codes)})"


def equal(f: FunctionWriter, x: ir.Expr, y: ir.Expr, a: str, b: str) -> str:
    """Return the code of `x == y`."""
    tx, ty = f.rtype(x.type), f.rtype(y.type)
    if isinstance(y, ir.Nil) or isinstance(x, ir.Nil):
        code, typ = (a, tx) if isinstance(y, ir.Nil) else (b, ty)
        if typ.kind == "slice":
            return f"({code}.a is None)"
        if typ.kind == "map":
            return f"({code} is NILMAP)"
        return f"({code} is None)"
    if tx.is_interface and ty.is_interface:
        return f"{f.g.constant('X', _interface_equal())}({a}, {b})"
    if tx.is_interface != ty.is_interface:
        face, value, typ = (a, b, ty) if tx.is_interface else (b, a, tx)
        held, again = hold(f, face)
        same = f"{f.g.constant('X', typ)}.equal({again}.v, {value})"
        return f"({held} is not None and {again}.t is {f.g.type_name(typ)} and {same})"
    if tx.composite:
        return f"{f.g.constant('X', tx)}.equal({a}, {b})"
    if tx.kind == "ptr" and tx.elem.composite:
        return f"({a} is {b})"
    if tx.kind == "chan":
        return f"({a} is {b})"
    return f"{a} == {b}"


def _interface_equal() -> object:
    from mkdocs_gomem.machine.rtypes import iface_equal  # noqa: PLC0415

    return iface_equal


# Several values, and what other files need.


def several(f: FunctionWriter, node: ir.Expr, op: Op) -> list[str]:
    """Write one right side of several values; return the code of each."""
    for item in node.init if not isinstance(node, ir.InlinedCallExpr) else []:
        statements.stmt(f, item)
    match node:
        case ir.ParenExpr():
            return several(f, node.x, op)
        case ir.InlinedCallExpr():
            return inlined(f, node)
        case ir.CallExpr():
            code = _called(f, node)
            assert isinstance(node.type, types.Tuple)  # noqa: S101
            names = [f.temp() for _ in node.type.vars]
            f.w.line(f"{', '.join(names)} = {code}")
            return names
        case ir.IndexExpr():
            m, key = operands(f, [node.x, node.index], [False, False])
            m = simple(f, m)
            typ = f.rtype(node.x.type)
            if not typ.key.raw_key:
                key = f"{m}.stand_in({key}{key_check(f, typ.key)})"
            key = simple(f, key)
            value, ok = f.temp(), f.temp()
            f.w.line(f"{ok} = {key} in {m}.d")
            elem = typ.elem
            got = f"{m}.d[{key}]"
            if elem.composite:
                got = f"{f.g.constant('P', elem.ops.copy)}({got})"
            f.w.line(f"{value} = {got} if {ok} else {f.g.zero(elem)}")
            return [value, ok]
        case ir.UnaryExpr(op=Op.RECV):
            value, ok = f.temp(), f.temp()
            f.w.line(f"{value} = recv({expr(f, node.x)})")
            f.w.line(f"{ok} = {value} is not CLOSED")
            f.w.line(f"if not {ok}: {value} = {f.g.zero(f.rtype(node.x.type).elem)}")
            return [value, ok]
        case ir.TypeAssertExpr():
            return convert.assertion2(f, node)
        case _:
            return source.unsupported(node.pos, f"several values of {node.op.name}")


def inlined(f: FunctionWriter, node: ir.InlinedCallExpr) -> list[str]:
    """Write the body of an inlined call; return the code of its results."""
    native = f.g.native(node.func.link_name)
    if native is not None:
        # Its body takes a pointer or an interface apart, which ours can't be.
        for item in node.call.init:
            statements.stmt(f, item)
        args = _arguments(node)
        codes = operands(f, args, [True] * len(args))
        return _results(f, node, f"{native}({', '.join(codes)})")
    pos, hoist, f.hoist = f.w.pos, f.hoist, 0
    for item in node.init:
        statements.stmt(f, item)
    statements.inlined(f, node.body)
    f.w.pos, f.hoist = pos, hoist
    return [expr(f, result) for result in node.return_vars]


def _arguments(node: ir.InlinedCallExpr) -> list[ir.Expr]:
    """Return what the parameters of an inlined call get.

    The call as it was written is not edited further, where an initializer of the package takes
    the place of the variables that it was inlined through (`staticinit`).
    """
    for item in node.init:
        if isinstance(item, ir.AssignListStmt) and len(item.rhs) == len(node.call.args):
            return item.rhs
    return node.call.args


def _results(f: FunctionWriter, node: ir.InlinedCallExpr, code: str) -> list[str]:
    names = [f.temp() for _ in node.return_vars]
    f.w.line(f"{', '.join(names)} = {code}" if names else code)
    return names


def callee(f: FunctionWriter, node: ir.CallExpr) -> str:
    """Return the code of what a call calls."""
    return calls.callee(f, node)


def type_test(f: FunctionWriter, subject: str, x: ir.Expr, value: ir.Expr) -> str:
    """Return the code that tells if an interface value matches a case of a type switch."""
    return convert.type_test(f, subject, x, value)


_PLAIN: dict[type[ir.Node], Callable[[FunctionWriter, Any], str]] = {
    ir.Literal: literal,
    ir.Nil: _nil,
    ir.ParenExpr: _paren,
    ir.InlinedCallExpr: _inlined,
    ir.CallExpr: _called,
    ir.SelectorExpr: _selector,
    ir.IndexExpr: _index,
    ir.BinaryExpr: _binary,
    ir.UnaryExpr: _unary,
    ir.StarExpr: _deref,
    ir.AddrExpr: allocation.address,
    ir.ConvExpr: convert.conversion,
    ir.CompLitExpr: allocation.literal,
    ir.AddStringExpr: _added,
    ir.SliceExpr: _slice,
    ir.TypeAssertExpr: convert.assertion,
    ir.ClosureExpr: allocation.closure,
    ir.MakeExpr: allocation.make,
}
"""What writes each kind of expression; a table, since there is hardly a way more travelled."""
