"""The typed tree in the shape of gc's ir, and how it is made from syntax and types.

In: a checked package. Out: a `Program` of `nodes`, as gc has it before inlining (`lower`). Then
`inline` changes it; after that, and before `escape` reads it, `prepare` does what gc does there
(`loopvar`, `deadlocals`).

Tools for whoever reads nodes: `visit` (children, walking), `scc` (order of functions),
`reassignment` (what a name stands for), `copy` (a body for the inliner), `fmt` and `typefmt` (how
gc prints), `dump` (all of it, for tests), `sanity` (what must hold).
"""

from __future__ import annotations

from mkdocs_gomem.compiler.ir import deadlocals, loopvar
from mkdocs_gomem.compiler.ir.dump import dump
from mkdocs_gomem.compiler.ir.lower import (
    behind,
    body_of,
    dict_word,
    has_initializer,
    in_order,
    initializer_of,
    inits_of,
    lower,
    method_of,
)
from mkdocs_gomem.compiler.ir.nodes import (
    AddrExpr,
    AddStringExpr,
    AssignListStmt,
    AssignOpStmt,
    AssignStmt,
    BinaryExpr,
    BlockStmt,
    BranchStmt,
    CallExpr,
    CaseClause,
    CheckNilStmt,
    Class,
    ClosureExpr,
    CommClause,
    CompLitExpr,
    ConvExpr,
    Decl,
    Dictionary,
    Expr,
    ExprStmt,
    ForStmt,
    Func,
    GoDeferStmt,
    IfStmt,
    IndexExpr,
    InlinedCallExpr,
    InlineMarkStmt,
    KeyExpr,
    LabelStmt,
    Literal,
    MakeExpr,
    Mark,
    Name,
    Nil,
    Node,
    Op,
    ParenExpr,
    Program,
    RangeStmt,
    Remark,
    ReturnStmt,
    SelectorExpr,
    SelectStmt,
    SendStmt,
    SliceExpr,
    StarExpr,
    Stmt,
    StructKeyExpr,
    SwitchStmt,
    TypeAssertExpr,
    TypeExpr,
    TypeSwitchGuard,
    UnaryExpr,
    outermost,
)
from mkdocs_gomem.compiler.ir.scc import all_funcs, visit_funcs_bottom_up
from mkdocs_gomem.compiler.ir.visit import Bodies

__all__ = [
    "AddStringExpr",
    "AddrExpr",
    "AssignListStmt",
    "AssignOpStmt",
    "AssignStmt",
    "BinaryExpr",
    "BlockStmt",
    "Bodies",
    "BranchStmt",
    "CallExpr",
    "CaseClause",
    "CheckNilStmt",
    "Class",
    "ClosureExpr",
    "CommClause",
    "CompLitExpr",
    "ConvExpr",
    "Decl",
    "Dictionary",
    "Expr",
    "ExprStmt",
    "ForStmt",
    "Func",
    "GoDeferStmt",
    "IfStmt",
    "IndexExpr",
    "InlineMarkStmt",
    "InlinedCallExpr",
    "KeyExpr",
    "LabelStmt",
    "Literal",
    "MakeExpr",
    "Mark",
    "Name",
    "Nil",
    "Node",
    "Op",
    "ParenExpr",
    "Program",
    "RangeStmt",
    "Remark",
    "ReturnStmt",
    "SelectStmt",
    "SelectorExpr",
    "SendStmt",
    "SliceExpr",
    "StarExpr",
    "Stmt",
    "StructKeyExpr",
    "SwitchStmt",
    "TypeAssertExpr",
    "TypeExpr",
    "TypeSwitchGuard",
    "UnaryExpr",
    "all_funcs",
    "behind",
    "body_of",
    "dict_word",
    "dump",
    "has_initializer",
    "in_order",
    "initializer_of",
    "inits_of",
    "lower",
    "method_of",
    "outermost",
    "prepare",
    "visit_funcs_bottom_up",
]


def prepare(program: Program) -> Bodies:
    """Do what gc does between inlining and escape analysis: loop variables, dead locals.

    Returns:
        The nodes of the bodies as they are then, as far as they were listed on the way.
    """
    bodies = Bodies(program.bodies)
    program.bodies.clear()
    funcs = [func for func in all_funcs(program) if not func.is_closure]
    for func in funcs:
        loopvar.for_capture(func, bodies)
    for func in funcs:
        deadlocals.remove(func, bodies)
    return bodies
