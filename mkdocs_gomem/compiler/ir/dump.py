"""All of a program as text, node by node: debug output and what tests compare.

Indentation, labels and flags are those of gc's own dumps (`-gcflags=-W=2`, ir/fmt.go dumpNode), so
that the two can be laid side by side; what gc prints of its back end is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import nodes, typefmt, visit
from mkdocs_gomem.compiler.ir.nodes import Func, Node, Op, Program
from mkdocs_gomem.gotypes import constants, types
from mkdocs_gomem.source import Pos, column_of, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_LABELS: dict[tuple[type[Node], str], str] = {
    (nodes.AddStringExpr, "operands"): "List",
    (nodes.CallExpr, "fun"): "Fun",
    (nodes.CallExpr, "args"): "Args",
    (nodes.CompLitExpr, "elems"): "List",
    (nodes.KeyExpr, "key"): "Key",
    (nodes.InlinedCallExpr, "body"): "Body",
    (nodes.InlinedCallExpr, "return_vars"): "ReturnVars",
    (nodes.AssignListStmt, "lhs"): "Lhs",
    (nodes.AssignListStmt, "rhs"): "Rhs",
    (nodes.BlockStmt, "body"): "List",
    (nodes.ForStmt, "cond"): "Cond",
    (nodes.ForStmt, "post"): "Post",
    (nodes.ForStmt, "body"): "Body",
    (nodes.IfStmt, "cond"): "Cond",
    (nodes.IfStmt, "body"): "Body",
    (nodes.IfStmt, "else_"): "Else",
    (nodes.RangeStmt, "key"): "Key",
    (nodes.RangeStmt, "body"): "Body",
    (nodes.ReturnStmt, "results"): "Results",
    (nodes.CaseClause, "var"): "Var",
    (nodes.CaseClause, "values"): "List",
    (nodes.CaseClause, "body"): "Body",
    (nodes.SwitchStmt, "tag"): "Tag",
    (nodes.SwitchStmt, "cases"): "Cases",
    (nodes.CommClause, "comm"): "Comm",
    (nodes.CommClause, "body"): "Body",
    (nodes.SelectStmt, "cases"): "Cases",
    (nodes.MakeExpr, "len"): "Len",
    (nodes.MakeExpr, "cap"): "Cap",
    (nodes.SliceExpr, "low"): "Low",
    (nodes.SliceExpr, "high"): "High",
    (nodes.SliceExpr, "max"): "Max",
}
"""Fields that gc's dump labels; others come without a label."""

_KINDS: tuple[tuple[type[types.Type], str], ...] = (
    (types.Pointer, "PTR"),
    (types.Slice, "SLICE"),
    (types.Array, "ARRAY"),
    (types.Map, "MAP"),
    (types.Chan, "CHAN"),
    (types.Struct, "STRUCT"),
    (types.Signature, "FUNC"),
    (types.Interface, "INTER"),
    (types.Tuple, "STRUCT"),
)


def dump(prog: Program) -> str:
    """Return all functions of a program."""
    return "\n".join(func(item) for item in prog.funcs)


def func(item: Func) -> str:
    """Return one function, with the literals inside it."""
    lines = [f"{item.name}"]
    _nodes(item.body, 1, lines)
    return "\n".join(lines) + "\n"


def node(item: Node) -> str:
    """Return one node."""
    lines: list[str] = []
    _node(item, 0, lines)
    return "\n".join(lines)


def _place(pos: Pos) -> str:
    return f" # {line_of(pos)}:{column_of(pos)}" if pos else ""


def _type(typ: types.Type) -> str:
    if isinstance(typ, types.Named) and typ.obj.pkg is not None:
        return f"{typ.obj.pkg.name}.{typefmt.type_string(typ).rpartition('.')[2]}"
    for cls, kind in _KINDS:
        if isinstance(typ, cls):
            if typ is types.EMPTY_INTERFACE or (cls is types.Tuple and not typ.vars):  # type: ignore[attr-defined]
                break
            return f"{kind}-{typefmt.type_string(typ)}"
    return "" if isinstance(typ, types.Tuple) else typefmt.type_string(typ)


def _head(item: Node) -> str:
    match item:
        case nodes.Name():
            text = f"NAME-{item.name} {item.cls.value}"
            if item.addrtaken:
                text += " Addrtaken"
            return f"{text} {_type(item.type)}"
        case nodes.Literal():
            return f"LITERAL-{constants.string(item.value)} {_type(item.type)}"
        case nodes.TypeExpr():
            return f"{item.op.name} {_type(item.type)}"
        case nodes.LabelStmt() | nodes.BranchStmt():
            return f"{item.op.name} {item.label}".rstrip()
        case nodes.InlineMarkStmt():
            return "INLMARK"
        case nodes.ClosureExpr():
            return f"CLOSURE {item.func.name} {_type(item.type)}"
        case nodes.SelectorExpr():
            return f"{item.op.name} {item.sel}{_flags(item)} {_type(item.type)}"
        case nodes.StructKeyExpr():
            return f"STRUCTKEY {item.member.name}"
        case nodes.KeyExpr():
            return "KEY"
        case nodes.AssignOpStmt():
            return f"ASOP-{item.as_op.name}"
        case nodes.Expr():
            return f"{item.op.name}{_flags(item)} {_type(item.type)}".rstrip()
        case _:
            return f"{item.op.name}{_flags(item)}"


def _flags(item: Node) -> str:
    flags = []
    if isinstance(item, nodes.AssignStmt | nodes.AssignListStmt | nodes.RangeStmt) and item.def_:
        flags.append("Def")
    if isinstance(item, nodes.ForStmt | nodes.RangeStmt) and item.distinct_vars:
        flags.append("DistinctVars")
    if isinstance(item, nodes.IndexExpr) and item.assigned:
        flags.append("Assigned")
    if isinstance(item, nodes.CompLitExpr) and item.op is Op.SLICELIT:
        flags.append(f"Len:{item.length}")
    if isinstance(item, nodes.CallExpr) and item.is_ddd:
        flags.append("IsDDD")
    if isinstance(item, nodes.Expr) and item.implicit:
        flags.append("Implicit")
    return "".join(f" {flag}" for flag in flags)


def _nodes(items: Iterable[Node], depth: int, lines: list[str]) -> None:
    for item in items:
        _node(item, depth, lines)


def _line(text: str, depth: int, lines: list[str]) -> None:
    lines.append(".   " * depth + text)


def _node(item: Node, depth: int, lines: list[str]) -> None:
    if isinstance(item, nodes.ExprStmt):
        if item.init:
            _line(f"{item.op.name}-init", depth, lines)
            _nodes(item.init, depth + 1, lines)
        _node(item.x, depth, lines)
        return
    name = item.op.name
    if not isinstance(item, nodes.Name) and item.init:  # type: ignore[attr-defined]
        _line(f"{name}-init", depth, lines)
        _nodes(item.init, depth + 1, lines)  # type: ignore[attr-defined]
    _line(_head(item) + _place(item.pos), depth, lines)
    if isinstance(item, nodes.ClosureExpr):
        for var in item.func.closure_vars:
            _line(f"captures {_head(var)}{_place(var.pos)}", depth + 1, lines)
        _nodes(item.func.body, depth + 1, lines)
        return
    for field, is_list in visit.FIELDS[type(item)]:
        value = getattr(item, field)
        if value is None or (is_list and not value):
            continue
        label = _LABELS.get((type(item), field))
        if label is not None:
            _line(f"{name}-{label}", depth, lines)
        if is_list:
            _nodes(value, depth + 1, lines)
        else:
            _node(value, depth + 1, lines)
