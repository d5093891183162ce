"""Range over functions: the loop body becomes a function literal that the iterator calls.

Source: cmd/compile/internal/rangefunc/rewrite.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.ir.nodes import Stmt

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.ir.lower.body import Body


def range_over_func(
    b: Body, s: syntax.ForStmt, clause: syntax.RangeClause, label: str, out: list[Stmt]
) -> None:
    """Lower `for x := range f { … }`."""
    del b, s, label, out
    source.unsupported(clause.pos, "range over a function")


def branch(b: Body, s: syntax.BranchStmt) -> Stmt | None:
    """Return what stands for a branch out of a range-over-func body; None if it is none."""
    del b, s
    return None


def return_stmt(b: Body, s: syntax.ReturnStmt, values: Sequence[syntax.Expr]) -> Stmt | None:
    """Return what stands for a return out of a range-over-func body; None if it is none."""
    del b, s, values
    return None
