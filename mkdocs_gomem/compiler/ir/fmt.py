"""How gc prints a node in its messages.

`expr` and `stmt` give what `%v` gives for a node: Go's syntax, where what the compiler put in
(`implicit`) is left out, a function literal is `func literal`, a composite literal `T{...}`, the
slice of variadic arguments `... argument`, a loop `for loop`.

Source: cmd/compile/internal/ir/fmt.go (exprFmt, stmtFmt), go/constant (String), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Node, Op
from mkdocs_gomem.compiler.ir.typefmt import type_string
from mkdocs_gomem.gotypes import constants, types
from mkdocs_gomem.gotypes.types import BasicKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mkdocs_gomem.gotypes.types import Type

OP_TEXT: dict[Op, str] = {
    Op.ADDR: "&", Op.ADD: "+", Op.ADDSTR: "+", Op.ANDAND: "&&", Op.ANDNOT: "&^", Op.AND: "&",
    Op.APPEND: "append", Op.AS: "=", Op.AS2: "=", Op.BREAK: "break", Op.CAP: "cap",
    Op.CASE: "case", Op.CLEAR: "clear", Op.CLOSE: "close", Op.COMPLEX: "complex",
    Op.BITNOT: "^", Op.CONTINUE: "continue", Op.COPY: "copy", Op.DELETE: "delete",
    Op.DEFER: "defer", Op.DIV: "/", Op.EQ: "==", Op.FALL: "fallthrough", Op.FOR: "for",
    Op.GE: ">=", Op.GOTO: "goto", Op.GT: ">", Op.IF: "if", Op.IMAG: "imag",
    Op.INLMARK: "inlmark", Op.DEREF: "*", Op.LEN: "len", Op.LE: "<=", Op.LSH: "<<", Op.LT: "<",
    Op.NEG: "-", Op.MAX: "max", Op.MIN: "min", Op.MOD: "%", Op.MUL: "*", Op.NEW: "new",
    Op.NE: "!=", Op.NOT: "!", Op.OROR: "||", Op.OR: "|", Op.PANIC: "panic", Op.PLUS: "+",
    Op.PRINTLN: "println", Op.PRINT: "print", Op.RANGE: "range", Op.REAL: "real",
    Op.RECV: "<-", Op.RECOVER: "recover", Op.RETURN: "return", Op.RSH: ">>",
    Op.SELECT: "select", Op.SEND: "<-", Op.SUB: "-", Op.SWITCH: "switch",
    Op.UNSAFEADD: "unsafe.Add", Op.UNSAFESLICE: "unsafe.Slice",
    Op.UNSAFESLICEDATA: "unsafe.SliceData", Op.UNSAFESTRING: "unsafe.String",
    Op.UNSAFESTRINGDATA: "unsafe.StringData", Op.XOR: "^",
}  # fmt: skip
"""gc's text for an op (`OpNames`); others print as their own name."""

_PREC: dict[Op, int] = {
    Op.PLUS: 7, Op.NOT: 7, Op.BITNOT: 7, Op.NEG: 7, Op.ADDR: 7, Op.DEREF: 7, Op.RECV: 7,
    Op.MUL: 6, Op.DIV: 6, Op.MOD: 6, Op.LSH: 6, Op.RSH: 6, Op.AND: 6, Op.ANDNOT: 6,
    Op.ADD: 5, Op.SUB: 5, Op.OR: 5, Op.XOR: 5,
    Op.EQ: 4, Op.LT: 4, Op.LE: 4, Op.GE: 4, Op.GT: 4, Op.NE: 4,
    Op.SEND: 3, Op.ANDAND: 2, Op.OROR: 1,
    # What gc's table leaves out has no precedence, so it never wins against its surroundings.
    Op.ADDSTR: 0, Op.CLOSURE: 0, Op.PTRLIT: 0, Op.KEY: 0, Op.STRUCTKEY: 0, Op.INLCALL: 0,
    Op.COMPLEX: 0, Op.REAL: 0, Op.IMAG: 0, Op.RECOVER: 0, Op.MAKEMAP: 0, Op.MAKECHAN: 0,
    Op.DYNAMICDOTTYPE: 0, Op.DYNAMICDOTTYPE2: 0, Op.DYNAMICTYPE: 0,
}  # fmt: skip

_MAYBE_LEFT_OUT = (nodes.ConvExpr, nodes.AddrExpr, nodes.StarExpr, nodes.ExprStmt)
_LEFT_OUT = frozenset({Op.CONV, Op.CONVNOP, Op.CONVIFACE, Op.ADDR, Op.DEREF})
"""Where the compiler put it in."""

_MAX_RUNE = 0x10FFFF


def op_text(op: Op) -> str:
    """Return an op as `%v` prints it."""
    return OP_TEXT.get(op) or op.name


def node(item: Node | None) -> str:
    """Return a node as `%v` prints it."""
    if item is None:
        return "<nil>"
    if isinstance(item, nodes.Name):
        return _name(item)
    if isinstance(item, nodes.Stmt) and not isinstance(item, (nodes.ExprStmt, nodes.SendStmt)):
        return stmt(item)
    return expr(item, 0)


def node_list(items: Iterable[Node], separator: str = ", ") -> str:
    """Return nodes as `%.v` prints a list; with `; ` as `%v` does."""
    return separator.join(map(node, items))


def literal(value: constants.Value, typ: Type) -> str:
    """Return a constant of a type: with its type unless that is the default for its kind."""
    kind = constants.kind(value)
    if typ is types.RUNE and kind is constants.Kind.INT:
        code, exact = constants.uint64_val(value)
        if exact and code <= _MAX_RUNE:
            return constants.quote_rune(code)
    text = constants.string(value)
    return text if _is_default(kind, typ) else f"{type_string(typ)}({text})"


_DEFAULTS: dict[constants.Kind, tuple[BasicKind, ...]] = {
    constants.Kind.BOOL: (BasicKind.BOOL, BasicKind.UNTYPED_BOOL),
    constants.Kind.STRING: (BasicKind.STRING, BasicKind.UNTYPED_STRING),
    constants.Kind.INT: (BasicKind.INT, BasicKind.UNTYPED_INT),
    constants.Kind.FLOAT: (BasicKind.FLOAT64, BasicKind.UNTYPED_FLOAT),
    constants.Kind.COMPLEX: (BasicKind.COMPLEX128, BasicKind.UNTYPED_COMPLEX),
}


def _is_default(kind: constants.Kind, typ: Type) -> bool:
    return isinstance(typ, types.Basic) and typ.kind in _DEFAULTS.get(kind, ())


def expr(item: Node | None, prec: int) -> str:
    """Return an expression, in parentheses if it binds less than `prec`."""
    if isinstance(item, nodes.Name):
        return _name(item)  # binds as tightly as anything
    if item is None:
        return "<nil>"
    while isinstance(item, _MAYBE_LEFT_OUT):
        if not isinstance(item, nodes.ExprStmt) and not (item.implicit and item.op in _LEFT_OUT):
            break
        item = item.x
    own = _PREC.get(item.op, 8)
    if isinstance(item, nodes.TypeExpr) and isinstance(item.type, types.Pointer):
        own = 7
    if prec > own:
        return f"({node(item)})"
    match item:
        case nodes.Name():
            return _name(item)
        case nodes.Literal():
            return literal(item.value, item.type)
        case nodes.Nil():
            return "nil"
        case nodes.CallExpr():
            return _call(item, own)
        case nodes.SelectorExpr():
            return f"{expr(item.x, own)}.{item.sel}"
        case nodes.AddrExpr():
            if item.op is Op.PTRLIT:
                return "&" + node(item.x)
            gap = " " if item.x.op is Op.ADDR else ""
            return f"&{gap}{expr(item.x, own + 1)}"
        case nodes.CompLitExpr():
            if item.implicit:
                return "... argument"
            return type_string(item.type) + ("{...}" if item.elems else "{}")
        case nodes.ConvExpr():
            name = type_string(item.type)
            typ = item.type
            if not isinstance(typ, types.Named | types.Basic) and name != "any":
                name = f"({name})"
            return f"{name}({node(item.x)})"
        case nodes.ClosureExpr():
            return "func literal"
        case nodes.BinaryExpr():
            return _binary(item, own)
        case nodes.UnaryExpr():
            return _unary(item, own)
        case nodes.IndexExpr():
            return f"{expr(item.x, own)}[{node(item.index)}]"
        case nodes.SliceExpr():
            return _slice(item, own)
        case nodes.StarExpr():
            return "*" + expr(item.x, own + 1)
        case nodes.MakeExpr():
            return _make(item)
        case nodes.AddStringExpr():
            return " + ".join(expr(part, own) for part in item.operands)
        case nodes.TypeExpr():
            return (
                f"<node {op_text(item.op)}>"
                if item.op is Op.DYNAMICTYPE
                else type_string(item.type)
            )
        case nodes.TypeAssertExpr():
            if item.op in {Op.DYNAMICDOTTYPE, Op.DYNAMICDOTTYPE2}:
                return f"<node {op_text(item.op)}>"
            return f"{expr(item.x, own)}.({type_string(item.type)})"
        case nodes.KeyExpr():
            return f"{node(item.key)}:{node(item.value)}"
        case nodes.StructKeyExpr():
            return f"{item.member.name}:{node(item.value)}"
        case nodes.ParenExpr():
            return f"({node(item.x)})"
        case nodes.InlinedCallExpr():
            if len(item.return_vars) == 1:
                return node(item.return_vars[0])
            return f"(.{node_list(item.return_vars, '; ')})"
        case nodes.SendStmt():
            return f"{expr(item.chan, own)} <- {expr(item.value, own + 1)}"
        case _:
            return f"<node {op_text(item.op)}>"


def _name(item: nodes.Name) -> str:
    return "_" if item.name.startswith("~b") else item.name


def _call(item: nodes.CallExpr, own: int) -> str:
    name = op_text(item.op) if item.fun is None else expr(item.fun, own)
    dots = "..." if item.is_ddd else ""
    return f"{name}({node_list(item.args)}{dots})"


def _binary(item: nodes.BinaryExpr, own: int) -> str:
    match item.op:
        case Op.COMPLEX | Op.COPY | Op.UNSAFEADD | Op.UNSAFESLICE:
            return f"{op_text(item.op)}({node(item.x)}, {node(item.y)})"
        case Op.UNSAFESTRING:
            return f"<node {op_text(item.op)}>"
        case _:
            return f"{expr(item.x, own)} {op_text(item.op)} {expr(item.y, own + 1)}"


_PREFIX_OPS = frozenset({Op.PLUS, Op.NEG, Op.BITNOT, Op.NOT, Op.RECV})


def _unary(item: nodes.UnaryExpr, own: int) -> str:
    text = op_text(item.op)
    if item.op in _PREFIX_OPS:
        gap = " " if item.x.op is item.op else ""
        return f"{text}{gap}{expr(item.x, own + 1)}"
    if item.op in {Op.UNSAFESLICEDATA, Op.UNSAFESTRINGDATA}:
        return f"<node {op_text(item.op)}>"
    return f"{text}({node(item.x)})"


def _slice(item: nodes.SliceExpr, own: int) -> str:
    low = "" if item.low is None else node(item.low)
    high = "" if item.high is None else node(item.high)
    text = f"{expr(item.x, own)}[{low}:{high}"
    if item.op in {Op.SLICE3, Op.SLICE3ARR}:
        text += ":" + ("" if item.max is None else node(item.max))
    return text + "]"


def _make(item: nodes.MakeExpr) -> str:
    name = type_string(item.type)
    if item.cap is not None:
        return f"make({name}, {node(item.len)}, {node(item.cap)})"
    length = item.len
    if length is None or (item.op is not Op.MAKESLICE and _is_untyped(length)):
        return f"make({name})"
    return f"make({name}, {node(length)})"


def _is_untyped(item: nodes.Expr) -> bool:
    return isinstance(item.type, types.Basic) and bool(item.type.info & types.IS_UNTYPED)


def stmt(item: Node) -> str:
    """Return a statement; `init` lists are left out, except one of `if`."""
    match item:
        case nodes.Decl():
            return f"var {item.x.name} {type_string(item.x.type)}"
        case nodes.AssignStmt():
            target = item.linksym or node(item.x)
            return f"{target} {':=' if item.def_ else '='} {node(item.y)}"
        case nodes.AssignOpStmt():
            if item.inc_dec:
                return node(item.x) + ("++" if item.as_op is Op.ADD else "--")
            return f"{node(item.x)} {op_text(item.as_op)}= {node(item.y)}"
        case nodes.AssignListStmt(op=Op.SELRECV2):
            return "<node SELRECV2>"
        case nodes.AssignListStmt():
            sign = ":=" if item.def_ else "="
            return f"{node_list(item.lhs)} {sign} {node_list(item.rhs)}"
        case nodes.BlockStmt():
            return node_list(item.body, "; ")
        case nodes.ReturnStmt():
            return f"return {node_list(item.results)}"
        case nodes.GoDeferStmt():
            return f"{op_text(item.op)} {node(item.call)}"
        case nodes.IfStmt():
            return _if(item)
        case nodes.ForStmt() | nodes.RangeStmt():
            return "for loop"
        case nodes.SelectStmt() | nodes.SwitchStmt():
            return f"{op_text(item.op)} statement"
        case nodes.CaseClause():
            head = f"case {node_list(item.values)}" if item.values else "default"
            return f"{head}: {node_list(item.body, '; ')}"
        case nodes.BranchStmt():
            return f"{op_text(item.op)} {item.label}" if item.label else op_text(item.op)
        case nodes.LabelStmt():
            return f"{item.label}: "
        case nodes.ExprStmt():
            return node(item.x)
        case _:
            return f"<node {op_text(item.op)}>"


def _if(item: nodes.IfStmt) -> str:
    head = ""
    init: Sequence[nodes.Stmt] = item.init
    if len(init) == 1 and not init[0].init:
        head = stmt(init[0]) + "; "
    text = f"if {head}{node(item.cond)} {{ {node_list(item.body, '; ')} }}"
    if item.else_:
        text += f" else {{ {node_list(item.else_, '; ')} }}"
    return text
