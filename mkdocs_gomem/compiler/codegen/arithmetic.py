"""Arithmetic as Python: integers wrap, floats round, division truncates.

An integer expression is written with the range its value can have. Sums, products and bit
operations are left as they are, also when they pass the type's range; only what needs the real
value wraps them: whoever stores, compares, divides or passes them on. Ranges come from the
types of operands, constants, `len`, `%` and `&`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import expressions, order, ranges
from mkdocs_gomem.compiler.ir import Op

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.compiler.codegen.ranges import Range
    from mkdocs_gomem.machine.rtypes import RType

_WIDEST = 192
"""Bits that a value may have before it is wrapped."""
_WIDER = 124
"""Bits that a variable may have which is to be wrapped in the next turn of a loop."""
WORD = (1 << 64) - 1
_SIGN = 1 << 63

RING = {Op.ADD: "+", Op.SUB: "-", Op.MUL: "*", Op.AND: "&", Op.OR: "|", Op.XOR: "^"}
COMPARE = {Op.EQ: "==", Op.NE: "!=", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}


def full(typ: RType) -> Range:
    """Return the range of an integer type."""
    if typ.signed:
        return -(1 << (typ.bits - 1)), (1 << (typ.bits - 1)) - 1
    return 0, (1 << typ.bits) - 1


def wrapped(f: FunctionWriter, code: str, have: Range, typ: RType) -> str:
    """Return the code of a value brought into its type's range."""
    low, high = full(typ)
    if low <= have[0] and have[1] <= high:
        return code
    mask = (1 << typ.bits) - 1
    if not typ.signed:
        return f"({code} & {mask:#x})"
    if have == (0, WORD) and typ.bits == 64:  # a residue
        return signed(code)
    if typ.bits < 64:
        half = 1 << (typ.bits - 1)
        return f"(({code} + {half:#x} & {mask:#x}) - {half:#x})"
    temp = f.temp()
    test = f"({temp} := {code})"
    test = f"{low} <= {test}" if have[0] < low else test
    test = f"{test} <= {high}" if have[1] > high else test
    return f"({temp} if {test} else w64({temp}))"


def anew(f: FunctionWriter, code: str, typ: RType) -> str:
    """Return the code of any sum brought into its type's range."""
    low, high = full(typ)
    return wrapped(f, code, (2 * low - 1, 2 * high), typ)


def signed(residue_: str) -> str:
    """Return the code of an int64 that is held modulo 2⁶⁴."""
    return f"(({residue_} ^ {_SIGN:#x}) - {_SIGN:#x})"


def integer(f: FunctionWriter, node: ir.Expr) -> tuple[str, Range]:
    """Return the code of an integer expression, maybe not wrapped yet, and its range."""
    typ = f.rtype(node.type)
    if node.init or f.order.is_cut(node):
        return expressions.expr(f, node), full(typ)
    match node:
        case ir.Name() if node in f.residues:
            return expressions.variable(f, node), f.wide.get(node, (0, WORD))
        case ir.Name():
            return expressions.variable(f, node), f.known.get(node, full(typ))
        case ir.Literal(value=int(value)):
            return expressions.number(value), (value, value)
        case ir.ParenExpr():
            return integer(f, node.x)
        case ir.BinaryExpr() if node.op in OPERATORS:
            first, second = _operands(f, node.x, node.y)
            return combine(f, node.op, typ, first, second, node.x, node.y)
        case ir.UnaryExpr(op=Op.NEG):
            code, (low, high) = integer(f, node.x)
            return f"(-{code})", (-high, -low)
        case ir.UnaryExpr(op=Op.BITNOT):
            code, (low, high) = integer(f, node.x)
            return f"(~{code})", (~high, ~low)
        case ir.UnaryExpr(op=Op.PLUS):
            return integer(f, node.x)
        case ir.UnaryExpr(op=Op.LEN | Op.CAP):
            code = expressions.in_turn(f, node, expressions.plain(f, node))
            return code, ranges.of(f, node)
        case ir.ConvExpr(op=Op.CONV | Op.CONVNOP) if f.rtype(node.x.type).integer:
            code, have = integer(f, node.x)
            inner = f.rtype(node.x.type)
            low, high = full(inner)
            if not (low <= have[0] and have[1] <= high) and typ.bits > inner.bits:
                code, have = wrapped(f, code, have, inner), full(inner)
            return code, have
        case _:
            return expressions.in_turn(f, node, expressions.plain(f, node)), full(typ)


def residue(f: FunctionWriter, x: ir.Name, code: str, have: Range) -> str:
    """Return the code of what a variable is given that is held modulo 2⁶⁴."""
    if f.keeps_wide and max(-have[0], have[1]).bit_length() <= _WIDER:
        f.wide[x] = have
        return code
    f.wide.pop(x, None)
    return code if have[0] >= 0 and have[1] <= WORD else masked(code)


def masked(code: str) -> str:
    """Return the code of an integer modulo 2⁶⁴."""
    return f"{code} & {WORD:#x}"


def _operands(
    f: FunctionWriter, x: ir.Expr, y: ir.Expr
) -> tuple[tuple[str, Range], tuple[str, Range]]:
    """Write two integer operands in the right order."""
    if expressions.in_order(f, [x, y]):
        return integer(f, x), integer(f, y)
    first, second = expressions.operands(f, [x, y], [False, False])
    return (first, full(f.rtype(x.type))), (second, full(f.rtype(y.type)))


OPERATORS = frozenset((*RING, Op.DIV, Op.MOD, Op.LSH, Op.RSH, Op.ANDNOT))
"""What has two integers and gives one."""


def combine(
    f: FunctionWriter, op: Op, typ: RType,
    first: tuple[str, Range], second: tuple[str, Range], x: ir.Expr, y: ir.Expr,
) -> tuple[str, Range]:  # fmt: skip
    """Return the code and range of `x op y` of integers."""
    (a, ra), (b, rb) = first, second
    match op:
        case Op.ADD:
            made = (f"({a} + {b})", (ra[0] + rb[0], ra[1] + rb[1]))
        case Op.SUB:
            made = (f"({a} - {b})", (ra[0] - rb[1], ra[1] - rb[0]))
        case Op.MUL:
            ends = [p * q for p in ra for q in rb]
            made = (f"({a} * {b})", (min(ends), max(ends)))
        case Op.AND:
            _low, high = full(typ)
            if ra[0] >= 0 and rb[0] >= 0:
                return f"({a} & {b})", (0, min(ra[1], rb[1]))
            if rb[0] >= 0 and rb[1] <= high:
                return f"({a} & {b})", (0, rb[1])
            if ra[0] >= 0 and ra[1] <= high:
                return f"({a} & {b})", (0, ra[1])
            made = (f"({a} & {b})", _bits(ra, rb))
        case Op.OR | Op.XOR:
            made = (f"({a} {RING[op]} {b})", _bits(ra, rb))
        case Op.ANDNOT:
            made = (f"({a} & ~{b})", _bits(ra, (~rb[1], ~rb[0])))
        case Op.DIV | Op.MOD:
            a, b = wrapped(f, a, ra, typ), wrapped(f, b, rb, typ)
            return _divide(f, op, typ, (a, cut(ra, typ)), (b, cut(rb, typ)))
        case Op.LSH | Op.RSH:
            count = f.rtype(y.type)
            b = wrapped(f, b, rb, count)
            rb = cut(rb, count)
            return _shift(f, op, typ, (a, ra), (b, rb))
        case _:
            return source.unsupported(x.pos, op.name)
    code, have = made
    if max(abs(have[0]), abs(have[1])).bit_length() > _WIDEST:
        return wrapped(f, code, have, typ), full(typ)
    return code, have


def cut(have: Range, typ: RType) -> Range:
    """Return a range as it is once wrapped: any value of the type, if it does not fit into it."""
    low, high = full(typ)
    return have if low <= have[0] and have[1] <= high else (low, high)


def _bits(ra: Range, rb: Range) -> Range:
    bits = max((end if end >= 0 else ~end).bit_length() for end in (*ra, *rb))
    low = -(1 << bits) if ra[0] < 0 or rb[0] < 0 else 0
    return low, (1 << bits) - 1


def _divide(
    f: FunctionWriter, op: Op, typ: RType, first: tuple[str, Range], second: tuple[str, Range]
) -> tuple[str, Range]:
    (a, ra), (b, rb) = first, second
    low, high = full(typ)
    if op is Op.MOD:
        bound = max(abs(rb[0]), abs(rb[1]), 1) - 1
        have = (-bound if ra[0] < 0 else 0, bound)
        python, by_sign = "%", "rem"
    elif rb[0] > 0:
        have = (-(-ra[0] // rb[0]) if ra[0] < 0 else 0, max(ra[1] // rb[0], 0))
        python, by_sign = "//", "div"
    else:
        return f"div({a}, {b})", (low, high + 1 if typ.signed else high)
    if rb[0] <= 0:
        return f"{by_sign}({a}, {b})", have
    if ra[0] >= 0:
        return f"({a} {python} {b})", have
    held, again = expressions.hold(f, a)
    return f"({again} {python} {b} if {held} >= 0 else {by_sign}({again}, {b}))", have


def _shift(
    f: FunctionWriter, op: Op, typ: RType, first: tuple[str, Range], second: tuple[str, Range]
) -> tuple[str, Range]:
    (a, ra), (b, rb) = first, second
    fixed = 0 <= rb[0] == rb[1]  # a negative count panics
    if op is Op.RSH:
        a = wrapped(f, a, ra, typ)
        ra = cut(ra, typ)
        have = (min(ra[0], -1 if ra[0] < 0 else 0), max(ra[1], 0))
        if fixed:
            return f"({a} >> {min(rb[0], 64)})", (ra[0] >> min(rb[0], 64), ra[1] >> min(rb[0], 64))
        return f"shr({a}, {b})", have
    if fixed:
        if rb[0] >= typ.bits:
            return "0", (0, 0)
        return f"({a} << {rb[0]})", (ra[0] << rb[0], ra[1] << rb[0])
    a = wrapped(f, a, ra, typ)
    low, high = full(typ)
    return f"shl({a}, {b}, {typ.bits})", (low << typ.bits, high << typ.bits)


def operate(
    f: FunctionWriter, node: ir.Node, op: Op, x: ir.Expr, y: ir.Expr, old: str, value: str,
    wide: Range | None = None,
) -> str:  # fmt: skip
    """Return the code of `x op y`, both of which are written already; `y` maybe not wrapped yet."""
    typ = f.rtype(x.type)
    if typ.integer:
        second = value, wide or ranges.of(f, y)
        if isinstance(x, ir.Name) and x in f.residues:
            first = old, f.wide.get(x, (0, WORD))
            return residue(f, x, *combine(f, op, typ, first, second, x, y))
        code, have = combine(f, op, typ, (old, ranges.of(f, x)), second, x, y)
        return code if x in f.sums else wrapped(f, code, have, typ)
    if typ.kind == "string":
        return expressions.concat(f, node, typ, [old, value])
    return floating(f, op, typ, old, value)


def floating(f: FunctionWriter, op: Op, typ: RType, a: str, b: str) -> str:
    """Return the code of `a op b` of floats or complex numbers."""
    del f
    is_complex = typ.kind.startswith("complex")
    match op:
        case Op.DIV:
            code = f"cdiv({a}, {b})" if is_complex else f"fdiv({a}, {b})"
        case Op.MUL if is_complex:
            code = f"cmul({a}, {b})"
        case _:
            code = f"({a} {RING[op]} {b})"
    if typ.kind == "float32":
        return f"f32({code})"
    return f"c64({code})" if typ.kind == "complex64" else code


def compare(f: FunctionWriter, node: ir.BinaryExpr) -> str:
    """Return the code of a comparison."""
    match node.x, node.y:
        case (
            ir.BinaryExpr(op=Op.MOD, init=[], x=whole, y=ir.Literal() | ir.Name() as by) as rest,
            ir.Literal(value=0),
        ) if node.op in {Op.EQ, Op.NE} and ranges.of(f, by)[0] > 0 and not f.order.is_cut(rest):
            # Is it a multiple? The sign of what is left does not matter.
            if expressions.in_order(f, [whole, by]):
                code = wrapped(f, *integer(f, whole), f.rtype(whole.type))
                return f"({code} % {expressions.expr(f, by)} {COMPARE[node.op]} 0)"
        case _:
            pass
    copied = order.copied_sides(node) if f.hoist else [False, False]
    x, y = node.x, node.y
    backwards = f.order.is_read_backwards(node)
    calls = backwards and bool(f.order.flags(node) & order.STATEMENTS)
    f.hoist += calls
    a, b = expressions.operands(f, [x, y], copied)
    f.hoist -= calls
    if backwards:
        x, y, a, b = y, x, b, a
    if copied[0]:
        a = expressions.simple(f, a)
    if copied[1]:
        b = expressions.simple(f, b)
    if node.op in {Op.EQ, Op.NE}:
        code = expressions.equal(f, x, y, a, b)
        if node.op is Op.EQ:
            is_nil = isinstance(node.x, ir.Nil) or isinstance(node.y, ir.Nil)
            return code if is_nil else f"({code})"
        return f"({a} != {b})" if code == f"{a} == {b}" else f"(not {code})"
    return f"({a} {COMPARE[node.op]} {b})"
