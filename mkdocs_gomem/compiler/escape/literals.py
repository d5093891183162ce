"""Expressions whose value is known after all: a length, a boxed number.

`n := 10; make([]int, n)` can have its array on the stack like `make([]int, 10)`, and
`x := 5; any(x)` needs no allocation, as 5 is in read-only data. The expression is replaced by
the literal (so it prints as one); its effects, if it has any, are kept before it. A struct or
array of constants, `p := point{1, 2}; any(p)`, is in read-only data too, but stays as written.

Source: cmd/compile/internal/escape/escape.go (rewriteWithLiterals), walk/order.go (addrTemp),
go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.escape import storage, type_facts
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Name, Node, Op
from mkdocs_gomem.gotypes import constants, types

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.escape.graph import Batch


def rewrite_with_literals(batch: Batch, node: Node | None, func: Func | None) -> None:
    """Put a literal in place of what is one in effect."""
    if func is None or isinstance(node, Name):
        return
    match node:
        case nodes.MakeExpr(op=Op.MAKESLICE):
            _rewrite_make(batch, node, func)
        case nodes.ConvExpr(op=Op.CONVIFACE):
            _rewrite_conversion(batch, node, func)
        case _:
            pass


def _rewrite_make(batch: Batch, node: nodes.MakeExpr, func: Func) -> None:
    count = node.len if node.cap is None else node.cap
    if count is None or isinstance(count, nodes.Literal):
        return
    oracle = batch.analysis.oracle(func)
    value = oracle.static_value(count)
    match value:
        case nodes.Literal(value=int() as known) if known >= 0:
            literal = _literal(node, count.type, known)
        case nodes.UnaryExpr(op=Op.LEN):
            operand = oracle.static_value(value.x)
            if not isinstance(operand, nodes.CompLitExpr) or operand.op is not Op.SLICELIT:
                return
            literal = _literal(node, types.TYP[types.BasicKind.INT], operand.length)
        case _:
            return
    batch.settle()
    _keep_effects(node, count, func)
    if node.cap is None:
        node.len = literal
    else:
        node.cap = literal


def _rewrite_conversion(batch: Batch, node: nodes.ConvExpr, func: Func) -> None:
    if isinstance(node.x, nodes.Literal) or type_facts.is_interface(node.x.type):
        return
    value = batch.analysis.oracle(func).static_value(node.x)
    if isinstance(value, nodes.CompLitExpr) and value is not node.x:
        if isinstance(node.x, nodes.InlinedCallExpr):
            return  # by the time it is asked for, its result stands in its place
        if storage.is_boxed_by_address(node.x.type) and storage.is_read_only(value):
            node.literal = value
        return
    if not isinstance(value, nodes.Literal) or not _valid_for(node.x.type, value.value):
        return
    literal = _literal(node, node.x.type, value.value)
    batch.settle()
    _keep_effects(node, node.x, func)
    node.x = literal


def _literal(node: Expr, typ: types.Type, value: constants.Value) -> nodes.Literal:
    return nodes.Literal(node.pos, typ, value, mark=node.mark, op=Op.LITERAL)


def _keep_effects(node: Expr, value: Expr, func: Func) -> None:
    if isinstance(value, Name):
        return  # nothing happens when a variable is read
    text = f".autotmp_{len(func.dcl)}"
    temp = Name(node.pos, value.type, text, Class.AUTO, func, auto_temp=True, mark=node.mark)
    func.dcl.append(temp)
    nodes.add_init(
        node,
        nodes.Decl(node.pos, temp, mark=node.mark, op=Op.DCL),
        nodes.AssignStmt(node.pos, temp, value, mark=node.mark, op=Op.AS),
    )


def _valid_for(typ: types.Type, value: constants.Value) -> bool:
    """Tell if a constant of this kind can be a literal of the type (ir.ValidTypeForConst)."""
    basic = typ.underlying
    if not isinstance(basic, types.Basic):
        return False
    match constants.kind(value):
        case constants.Kind.UNKNOWN:
            return False
        case constants.Kind.BOOL:
            return bool(basic.info & types.IS_BOOLEAN)
        case constants.Kind.STRING:
            return bool(basic.info & types.IS_STRING)
        case constants.Kind.INT:
            return bool(basic.info & types.IS_INTEGER)
        case constants.Kind.FLOAT:
            return bool(basic.info & types.IS_FLOAT)
        case constants.Kind.COMPLEX:
            return bool(basic.info & types.IS_COMPLEX)
