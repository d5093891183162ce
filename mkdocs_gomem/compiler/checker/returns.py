"""Terminating statements: after which ones control never goes on to the next.

A function with results must end in one.

Source: cmd/compile/internal/types2/return.go, go1.27; the spec's section of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax

if TYPE_CHECKING:
    from collections.abc import Sequence, Set


def is_terminating(s: syntax.Stmt, label: str, panics: Set[syntax.CallExpr]) -> bool:
    """Tell whether a statement is terminating.

    Args:
        s: the statement.
        label: of the statement, if it has one.
        panics: the calls of the predeclared `panic`.
    """
    match s:
        case syntax.ReturnStmt():
            return True
        case syntax.ExprStmt():
            call = syntax.unparen(s.x)
            return isinstance(call, syntax.CallExpr) and call in panics
        case syntax.BlockStmt():
            return _list_terminates(s.list, panics)
        case syntax.IfStmt():
            return (
                s.else_ is not None
                and is_terminating(s.then, "", panics)
                and is_terminating(s.else_, "", panics)
            )
        case syntax.SwitchStmt():
            return any(clause.cases is None for clause in s.body) and all(
                _list_terminates(clause.body, panics)
                and not _any_break(clause.body, label, implicit=True)
                for clause in s.body
            )
        case syntax.SelectStmt():
            return all(
                _list_terminates(clause.body, panics)
                and not _any_break(clause.body, label, implicit=True)
                for clause in s.body
            )
        case syntax.ForStmt():
            return (
                not isinstance(s.init, syntax.RangeClause)
                and s.cond is None
                and not has_break(s.body, label, implicit=True)
            )
        case syntax.BranchStmt():
            return s.tok in ("goto", "fallthrough")
        case syntax.LabeledStmt():
            return is_terminating(s.stmt, s.label.value, panics)
        case _:
            return False


def _list_terminates(stmts: Sequence[syntax.Stmt], panics: Set[syntax.CallExpr]) -> bool:
    for s in reversed(stmts):
        if not isinstance(s, syntax.EmptyStmt):
            return is_terminating(s, "", panics)
    return False


def has_break(s: syntax.Stmt, label: str, *, implicit: bool) -> bool:
    """Tell whether a statement contains a `break` that leaves the statement around it.

    Args:
        s: the statement.
        label: of the statement around.
        implicit: a `break` without label counts.
    """
    match s:
        case syntax.BranchStmt(tok="break"):
            return implicit if s.label is None else s.label.value == label
        case syntax.BlockStmt():
            return _any_break(s.list, label, implicit=implicit)
        case syntax.IfStmt():
            return has_break(s.then, label, implicit=implicit) or (
                s.else_ is not None and has_break(s.else_, label, implicit=implicit)
            )
        case syntax.LabeledStmt():
            return has_break(s.stmt, label, implicit=implicit)
        case syntax.SwitchStmt() | syntax.SelectStmt():
            return bool(label) and any(
                _any_break(clause.body, label, implicit=False) for clause in s.body
            )
        case syntax.ForStmt():
            return bool(label) and has_break(s.body, label, implicit=False)
        case _:
            return False


def _any_break(stmts: Sequence[syntax.Stmt], label: str, *, implicit: bool) -> bool:
    return any(has_break(s, label, implicit=implicit) for s in stmts)
