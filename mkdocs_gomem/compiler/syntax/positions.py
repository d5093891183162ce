"""Where a node starts and ends: the stretch of source around the token gc names it by.

`start_pos` is exact. `end_pos` is gc's approximation: right after a name or literal, at the
closing brace of a block, at the end of the last part of most others.
Source: cmd/compile/internal/syntax/positions.go, go1.27.
"""

from __future__ import annotations

from mkdocs_gomem import source
from mkdocs_gomem.compiler.syntax.nodes import (
    ArrayType,
    AssertExpr,
    AssignStmt,
    BasicLit,
    BlockStmt,
    BranchStmt,
    CallExpr,
    CallStmt,
    CaseClause,
    ChanType,
    CommClause,
    CompositeLit,
    ConstDecl,
    DeclStmt,
    DotsType,
    ExprStmt,
    Field,
    File,
    ForStmt,
    FuncDecl,
    FuncLit,
    FuncType,
    IfStmt,
    ImportDecl,
    IndexExpr,
    InterfaceType,
    KeyValueExpr,
    LabeledStmt,
    ListExpr,
    MapType,
    Name,
    Node,
    Operation,
    ParenExpr,
    RangeClause,
    ReturnStmt,
    SelectorExpr,
    SelectStmt,
    SendStmt,
    SliceExpr,
    SliceType,
    StructType,
    SwitchStmt,
    TypeDecl,
    TypeSwitchGuard,
    VarDecl,
)
from mkdocs_gomem.source import Pos


def start_pos(node: Node) -> Pos:
    """Return where the leftmost token of a node stands."""
    while True:
        match node:
            case Name() | BasicLit():
                return node.pos
            case SelectorExpr() | IndexExpr() | AssertExpr():
                node = node.x
            case CallExpr():
                node = node.fun
            case Operation():
                if node.y is None:
                    return node.pos
                node = node.x
            case CompositeLit():
                if node.type is None:
                    return node.pos
                node = node.type
            case KeyValueExpr():
                node = node.key
            case ListExpr():
                if not node.elem_list:
                    return node.pos
                node = node.elem_list[0]
            case TypeSwitchGuard():
                node = node.lhs if node.lhs is not None else node.x
            case AssignStmt():
                node = node.lhs
            case SendStmt():
                node = node.chan
            case RangeClause():
                node = node.lhs if node.lhs is not None else node.x
            case File():
                return source.make_pos(node.pos >> 40, 1, 1)
            case _:
                # gc leaves slice expressions here too, at their `[`.
                return node.pos


def end_pos(node: Node) -> Pos:
    """Return about where a node ends, as gc takes it for scopes."""
    while True:
        following = _last_part(node)
        if isinstance(following, int):
            return following
        node = following


def _after(node: Node, count: int) -> Pos:
    return Pos(min(node.pos + count, node.pos | 0xFFFF))


def _last_part(node: Node) -> Node | Pos:
    """Return the part of a node that ends it, or the end itself."""
    match node:
        case Name() | BasicLit():
            return _after(node, len(node.value.encode()))
        case BlockStmt() | CompositeLit() | SwitchStmt() | SelectStmt():
            return node.rbrace
        case FuncType():
            fields = node.result_list or node.param_list
            return fields[-1] if fields else node.pos
        case Field():
            return node.type
        case SelectorExpr():
            return node.sel
        case CallExpr():
            return node.arg_list[-1] if node.arg_list else node.fun
        case Operation():
            return node.y if node.y is not None else node.x
        case IndexExpr():
            return node.index
        case SliceExpr():
            # gc means the last bound, but its loop goes on to the operand.
            return node.x
        case AssertExpr():
            return node.type
        case KeyValueExpr() | MapType() | SendStmt():
            return node.value
        case FuncLit() | ForStmt():
            return node.body
        case ParenExpr() | TypeSwitchGuard() | ExprStmt() | RangeClause():
            return node.x
        case ListExpr():
            return node.elem_list[-1] if node.elem_list else node.pos
        case ArrayType() | SliceType() | DotsType() | ChanType():
            return node.elem
        case StructType():
            return node.field_list[-1] if node.field_list else node.pos
        case InterfaceType():
            return node.method_list[-1] if node.method_list else node.pos
        case ImportDecl():
            return node.path if node.path is not None else node.pos
        case ConstDecl() | VarDecl():
            return node.values or node.type or node.name_list[-1]
        case TypeDecl():
            return node.type
        case FuncDecl():
            return node.body if node.body is not None else node.type
        case LabeledStmt():
            return node.stmt
        case DeclStmt():
            return node.decl_list[-1] if node.decl_list else node.pos
        case AssignStmt():
            if node.rhs is not None:
                return node.rhs
            # After `++` or `--`.
            return Pos(end_pos(node.lhs) + 2)
        case BranchStmt():
            return node.label if node.label is not None else node.pos
        case CallStmt():
            return node.call
        case ReturnStmt():
            return node.results if node.results is not None else node.pos
        case IfStmt():
            return node.else_ if node.else_ is not None else node.then
        case CaseClause() | CommClause():
            return node.body[-1] if node.body else node.colon
        case File():
            return node.eof
        case _:
            return node.pos
