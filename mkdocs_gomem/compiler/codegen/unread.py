"""Which variables are given values that nobody reads?

What an inlined call returns is assigned to its results, then to temporaries, and mostly dropped:
`fmt.Println` alone has two of each. Back ends leave such stores out, and so do we, where no
picture shows the variable. A variable is unread if it only ever stands on the left of assignments,
is a result of an inlined call that is a statement of its own, or is copied to such variables.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.ir import Class, Op, visit

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.codegen import ranges
    from mkdocs_gomem.compiler.codegen.function import FunctionWriter

_KNOWN = frozenset((ir.Name, ir.Literal, ir.Nil))
"""Whose values are there without being worked out."""


def unread(f: FunctionWriter, nodes: ranges.ByClass) -> set[ir.Name]:
    """Return the local variables of a function whose values are never wanted.

    Args:
        f: the function, whose variables that others can reach are known.
        nodes: all nodes of its body.
    """
    results = [
        result
        for node in visit.listed(nodes, ir.ExprStmt)
        if isinstance(node.x, ir.InlinedCallExpr)
        for result in node.x.return_vars
    ]
    if not results:
        return set()
    ones = visit.listed(nodes, ir.AssignStmt)
    lists = visit.listed(nodes, ir.AssignListStmt)
    copies: dict[ir.Expr, list[tuple[list[ir.Expr], list[ir.Expr]]]] = {}
    for one in ones:
        if one.y is not None:
            copies.setdefault(one.x, []).append(([one.x], [one.y]))
    for many in lists:
        if many.op is Op.AS2:
            for x in many.lhs:
                copies.setdefault(x, []).append((many.lhs, many.rhs))
    stands: Counter[ir.Node] = Counter(nodes[ir.Name])
    for literal in visit.listed(nodes, ir.ClosureExpr):
        stands.update([var.outer for var in literal.func.closure_vars if var.outer is not None])
    unwanted: Counter[ir.Node] = Counter([declared.x for declared in visit.listed(nodes, ir.Decl)])
    """How often names stand where nobody reads them."""
    unwanted.update([one.x for one in ones])
    unwanted.update([x for many in lists for x in many.lhs])
    found: set[ir.Name] = set()
    while results:
        name = results.pop()
        unwanted[name] += 1
        if (
            isinstance(name, ir.Name)
            and name not in found
            and _is_hidden(f, name)
            and unwanted[name] == stands[name]
        ):
            found.add(name)
            for places, values in copies.get(name, ()):
                if found.issuperset(places) and _left(values) is not None:
                    results += [_bare(value)[0] for value in values]
    return found


def _is_hidden(f: FunctionWriter, name: ir.Name) -> bool:
    """Tell if neither a picture nor a pointer leads to a local variable."""
    return (
        name.cls is Class.AUTO
        and name.canonical not in f.boxed
        and not (f.own and name.origin is not None and f.g.own(name.pos))
    )


def rest(f: FunctionWriter, values: list[ir.Expr], places: list[ir.Expr]) -> list[ir.Stmt] | None:
    """Return what is left to do of an assignment; None if somebody wants a value.

    Args:
        f: the function.
        values: what is assigned; nothing for a zero value.
        places: what it is assigned to.
    """
    return _left(values) if is_unread(f, places) else None


def is_unread(f: FunctionWriter, places: list[ir.Expr]) -> bool:
    """Tell if nobody wants any of the values that are assigned to some places."""
    return f.unread.issuperset(places)


def _bare(value: ir.Expr) -> tuple[ir.Expr, list[ir.Stmt]]:
    """Take off conversions that change nothing; return the rest, and the statements before it."""
    inits = value.init
    while isinstance(value, ir.ConvExpr) and value.op is Op.CONVNOP:
        value = value.x
        inits = inits + value.init if value.init else inits
    return value, inits


def _left(values: list[ir.Expr]) -> list[ir.Stmt] | None:
    """Return what comes before values that are simply there; None if some are not."""
    left: list[ir.Stmt] = []
    for value in values:
        bare, inits = _bare(value)
        if type(bare) not in _KNOWN or (isinstance(bare, ir.Name) and bare.cls is Class.EXTERN):
            return None
        left += inits
    return left
