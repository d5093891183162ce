"""Writes syntax back as text: as messages quote it, and as a tree for debugging.

`spell` is gc's short form: one line, function bodies and composite literals as `{…}`.
`dump` is ours: one line a node, with its position.

Source: cmd/compile/internal/syntax/printer.go (ShortForm), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from mkdocs_gomem import source
from mkdocs_gomem.compiler.syntax.nodes import (
    ArrayType,
    AssertExpr,
    AssignStmt,
    BadExpr,
    BasicLit,
    CallExpr,
    ChanType,
    CompositeLit,
    DotsType,
    EmptyStmt,
    Expr,
    ExprStmt,
    Field,
    FuncLit,
    FuncType,
    IndexExpr,
    InterfaceType,
    KeyValueExpr,
    ListExpr,
    MapType,
    Name,
    Node,
    Operation,
    ParenExpr,
    RangeClause,
    SelectorExpr,
    SendStmt,
    SimpleStmt,
    SliceExpr,
    SliceType,
    StructType,
    TypeSwitchGuard,
)
from mkdocs_gomem.lean import fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def spell(node: Expr | SimpleStmt) -> str:
    """Write an expression, a type or a simple statement as gc's messages quote it."""
    match node:
        case Name() | BasicLit():
            return node.value
        case SelectorExpr():
            return f"{spell(node.x)}.{node.sel.value}"
        case CallExpr():
            dots = "..." if node.has_dots else ""
            return f"{spell(node.fun)}({_list(node.arg_list)}{dots})"
        case Operation():
            if node.y is None:
                return f"{node.op}{spell(node.x)}"
            return f"{spell(node.x)} {node.op} {spell(node.y)}"
        case IndexExpr():
            return f"{spell(node.x)}[{spell(node.index)}]"
        case ParenExpr():
            return f"({spell(node.x)})"
        case CompositeLit():
            type_ = spell(node.type) if node.type is not None else ""
            return type_ + ("{…}" if node.elem_list else "{}")
        case FuncLit():
            return f"{spell(node.type)} " + ("{…}" if node.body.list else "{}")
        case KeyValueExpr():
            return f"{spell(node.key)}: {spell(node.value)}"
        case ListExpr():
            return _list(node.elem_list)
        case SliceExpr():
            low, high, most = (spell(bound) if bound else "" for bound in node.index)
            return f"{spell(node.x)}[{low}:{high}{':' + most if most else ''}]"
        case AssertExpr():
            return f"{spell(node.x)}.({spell(node.type)})"
        case TypeSwitchGuard():
            lhs = f"{node.lhs.value} := " if node.lhs is not None else ""
            return f"{lhs}{spell(node.x)}.(type)"
        case BadExpr():
            return "<bad expr>"
        case ExprStmt():
            return spell(node.x)
        case SendStmt():
            return f"{spell(node.chan)} <- {spell(node.value)}"
        case AssignStmt():
            if node.rhs is None:
                return f"{spell(node.lhs)}{node.op}{node.op}"
            return f"{spell(node.lhs)} {node.op or ''}= {spell(node.rhs)}"
        case RangeClause():
            assign = ":=" if node.def_ else "="
            lhs = f"{spell(node.lhs)} {assign} " if node.lhs is not None else ""
            return f"{lhs}range {spell(node.x)}"
        case EmptyStmt():
            return ""
        case _:
            return _type(node)


def _type(
    node: ArrayType
    | SliceType
    | DotsType
    | StructType
    | InterfaceType
    | FuncType
    | MapType
    | ChanType,
) -> str:
    match node:
        case ArrayType():
            length = spell(node.len) if node.len is not None else "..."
            return f"[{length}]{spell(node.elem)}"
        case SliceType():
            return f"[]{spell(node.elem)}"
        case DotsType():
            return f"...{spell(node.elem)}"
        case StructType():
            return f"struct{{{_field_list(node)}}}"
        case InterfaceType():
            return f"interface{{{'; '.join(map(_method, node.method_list))}}}"
        case FuncType():
            return f"func{_signature(node)}"
        case MapType():
            return f"map[{spell(node.key)}]{spell(node.value)}"
        case ChanType():
            elem = spell(node.elem)
            if node.dir == "recv":
                return f"<-chan {elem}"
            if node.dir == "send":
                return f"chan<- {elem}"
            # Without parentheses the arrow would belong to the outer channel.
            is_receive = isinstance(node.elem, ChanType) and node.elem.dir == "recv"
            return f"chan ({elem})" if is_receive else f"chan {elem}"
        case _:
            assert_never(node)


def _list(exprs: Sequence[Expr]) -> str:
    return ", ".join(map(spell, exprs))


def _field_list(struct: StructType) -> str:
    """Write fields; names that share a type object were declared together."""
    groups: list[str] = []
    names: list[str] = []
    for index, member in enumerate(struct.field_list):
        tag = struct.tag_list[index] if index < len(struct.tag_list) else None
        suffix = f" {tag.value}" if tag is not None else ""
        if member.name is None:
            groups.append(spell(member.type) + suffix)
            continue
        names.append(member.name.value)
        following = struct.field_list[index + 1 : index + 2]
        if following and following[0].name and following[0].type is member.type:
            continue
        groups.append(f"{', '.join(names)} {spell(member.type)}{suffix}")
        names = []
    return "; ".join(groups)


def _method(method: Field) -> str:
    if method.name is not None and isinstance(method.type, FuncType):
        return method.name.value + _signature(method.type)
    return spell(method.type)


def _signature(type_: FuncType) -> str:
    text = _params(type_.param_list)
    results = type_.result_list
    if not results:
        return text
    if len(results) == 1 and results[0].name is None:
        return f"{text} {spell(results[0].type)}"
    return f"{text} {_params(results)}"


def _params(params: Sequence[Field]) -> str:
    parts: list[str] = []
    for index, param in enumerate(params):
        if param.name is None:
            parts.append(spell(param.type))
            continue
        following = params[index + 1 : index + 2]
        if following and following[0].name and following[0].type is param.type:
            parts.append(param.name.value)
        else:
            parts.append(f"{param.name.value} {spell(param.type)}")
    return f"({', '.join(parts)})"


# The tree


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the parts of a node with the name of their field, in the order of the fields."""
    for member in fields(node):
        if member.name == "target":
            continue  # a branch refers to its target, it does not hold it
        value = getattr(node, member.name)
        if isinstance(value, Node):
            yield member.name, value
        elif isinstance(value, list | tuple):
            for item in value:
                if isinstance(item, Node):
                    yield member.name, item


def dump(tree: Node) -> str:
    """Write a tree, one node a line: `line:column field Class details`."""
    lines: list[str] = []
    stack: list[tuple[int, str, Node]] = [(0, "", tree)]
    while stack:
        depth, label, node = stack.pop()
        details = [
            f"{member.name}={value!r}"
            for member in fields(node)
            if isinstance(value := getattr(node, member.name), str | bool) and value
        ]
        place = f"{source.line_of(node.pos)}:{source.column_of(node.pos)}"
        prefix = f"{label}: " if label else ""
        name = " ".join([type(node).__name__, *details])
        lines.append(f"{place:>8} {'. ' * depth}{prefix}{name}")
        stack.extend(
            (depth + 1, part_label, part) for part_label, part in reversed([*children(node)])
        )
    return "\n".join(lines) + "\n"
