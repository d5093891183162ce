"""On which line does gc's code for a literal of a slice or map stand? A profile tells that one.

The literal's own, unless it is assigned to a plain variable of the frame: then gc writes it into
that variable in place, at the statement (`oaslit`). So what an inlined call returns stands at the
call, and of several results of one `return` each stands at the `return`. What becomes an entry of
a map gets a variable of gc's first. Entries of a literal are stored at their values; those that
are worked out in the run (`dynamic`), and those of a large literal, which gc stores in a loop, at
the literal. Frames of the compiler's wrappers are not told.

Source: cmd/compile/internal/walk/complit.go (oaslit, slicelit, maplit), order.go (OMAPLIT), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard, cast

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.escape import storage
from mkdocs_gomem.compiler.ir import Class, Op, visit
from mkdocs_gomem.gotypes import identical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.source import Pos

_IN_A_LOOP = 26
"""So many constant entries of a map gc stores in a loop."""


def assigned(f: FunctionWriter, x: ir.Expr, y: ir.Expr | None, node: ir.Node) -> None:
    """Note where a value stands that a statement assigns to one variable."""
    if x.op is Op.INDEXMAP and isinstance(node, ir.AssignStmt):
        is_append = isinstance(y, ir.CallExpr) and y.op is Op.APPEND
        for value in cast("ir.CallExpr", y).args[1:] if is_append else (y,):
            if _is_moved(value):
                f.literal_pos[value] = _told(node)
    elif (
        _is_moved(y)
        and isinstance(x, ir.Name)
        and _is_simple(f, x)
        and identical.identical(x.type, y.type)
        and not visit.any(y, lambda part: part is x)
    ):
        f.literal_pos[y] = _told(node)


def _is_moved(y: ir.Expr | None) -> TypeGuard[ir.CompLitExpr]:
    if not isinstance(y, ir.CompLitExpr):
        return False
    return y.op is Op.SLICELIT or (y.op is Op.MAPLIT and not dynamic(y))


def _told(node: ir.Node) -> Pos:
    pos, mark = node.pos, node.mark
    while mark is not None and mark.func.is_wrapper:
        pos, mark = mark.pos, mark.parent
    return pos


def assigned_all(
    f: FunctionWriter, xs: Sequence[ir.Expr], ys: Sequence[ir.Expr], node: ir.Node
) -> None:
    """Do so for several variables and as many values."""
    if len(xs) == len(ys):
        for x, y in zip(xs, ys, strict=True):
            assigned(f, x, y, node)


def _is_simple(f: FunctionWriter, x: ir.Name) -> bool:
    """Tell if it is a variable of the frame that nothing points to (isSimpleName)."""
    on_stack = x.cls in {Class.AUTO, Class.PARAM, Class.PARAMOUT} and not x.is_closure_var
    return on_stack and not x.addrtaken and not f.moved(x)


def dynamic(literal: ir.CompLitExpr) -> list[ir.KeyExpr]:
    """Return the entries of a map that gc does not know; it stores them after the others."""
    if literal.op is not Op.MAPLIT:
        return []
    entries = [item for item in literal.elems if isinstance(item, ir.KeyExpr)]
    return [item for item in entries if not (_is_known(item.key) and _is_known(item.value))]


def _is_known(node: ir.Expr) -> bool:
    # What an interface is made of gets a variable of its own first.
    return storage.is_read_only(node) and node.op is not Op.CONVIFACE


def in_order(f: FunctionWriter, literal: ir.CompLitExpr) -> list[tuple[ir.KeyExpr, Pos]]:
    """Return the entries of a map as gc stores them, and where."""
    later = dynamic(literal)
    for item in later:
        if _is_moved(item.value):
            f.literal_pos[item.value] = literal.pos
    known = [item for item in literal.elems if isinstance(item, ir.KeyExpr) and item not in later]
    whole = len(known) >= _IN_A_LOOP
    pos = f.literal_pos.get(literal, literal.pos)
    return [
        *((item, pos if whole else item.value.pos) for item in known),
        *((item, literal.pos) for item in later),
    ]
