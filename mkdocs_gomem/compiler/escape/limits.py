"""What must be on the heap because of its size, whatever flows where.

Source: cmd/compile/internal/escape/utils.go (HeapAllocReason), ir/cfg.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler.escape import type_facts
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Node, Op

if TYPE_CHECKING:
    from mkdocs_gomem.gotypes import types

MAX_STACK_VAR: Final = 128 << 10
"""Bytes of a variable that the author declares."""
MAX_IMPLICIT_STACK_VAR: Final = 64 << 10
"""Bytes of `new(T)`, `&T{}`, `make([]T, n)`, a closure's record."""
BY_VALUE_MAX: Final = 128
"""A variable that is never assigned again is captured as a copy up to so many bytes."""
_WORD: Final = 8
_TOO_LARGE: Final = "too large for stack"
_TOO_ALIGNED: Final = "too aligned for stack"


def heap_alloc_reason(node: Node | None) -> str:
    """Return why a variable or expression must be on the heap, or nothing."""
    if not isinstance(node, Expr):
        return ""
    if isinstance(node, nodes.Name) and (node.cls is Class.PARAM or node.cls is Class.PARAMOUT):
        return ""  # the caller has them on its stack
    if isinstance(node, nodes.Name) and type_facts.is_small(node.type):
        return ""
    if type_facts.size_of(node.type) > MAX_STACK_VAR:
        return _TOO_LARGE
    if type_facts.align_of(node.type) > _WORD:
        return _TOO_ALIGNED
    if isinstance(node, nodes.Name):
        return ""
    match node:
        case nodes.UnaryExpr(op=Op.NEW) | nodes.AddrExpr(op=Op.PTRLIT):
            elem = allocated_type(node)
            if type_facts.size_of(elem) > MAX_IMPLICIT_STACK_VAR:
                return _TOO_LARGE
            if type_facts.align_of(elem) > _WORD:
                return _TOO_ALIGNED
        case nodes.ClosureExpr():
            if closure_size(node.func) > MAX_IMPLICIT_STACK_VAR:
                return _TOO_LARGE
        case nodes.SelectorExpr(op=Op.METHVALUE):
            if _WORD + type_facts.size_of(node.x.type) > MAX_IMPLICIT_STACK_VAR:
                return _TOO_LARGE
        case nodes.MakeExpr(op=Op.MAKESLICE):
            return _make_slice_reason(node)
        case _:
            pass
    return ""


def _make_slice_reason(node: nodes.MakeExpr) -> str:
    elem = allocated_type(node)
    size = type_facts.size_of(elem)
    if size == 0:
        return "zero-sized element"
    count = node.len if node.cap is None else node.cap
    known = small_int_const(count)
    if known is None:
        return ""  # 32 bytes of stack are tried first, when the program runs
    return _TOO_LARGE if known > MAX_IMPLICIT_STACK_VAR // size else ""


def allocated_type(node: Expr) -> types.Type:
    """Return the type of what is allocated: T of `new(T)` and `&T{}`, E of `make([]E, n)`."""
    return type_facts.elem(node.type)


def closure_size(func: nodes.Func) -> int:
    """Return the size of a literal's record: its code, then what it captures."""
    size = _WORD
    for captured in func.closure_vars:
        name = captured.canonical
        if name.by_value:
            align = type_facts.align_of(name.type)
            size = -(-size // align) * align + type_facts.size_of(name.type)
        else:
            size = -(-size // _WORD) * _WORD + _WORD
    return -(-size // _WORD) * _WORD


def small_int_const(node: Expr | None) -> int | None:
    """Return the value of an integer constant that fits into 32 bits (ir.IsSmallIntConst)."""
    if isinstance(node, nodes.Literal):
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool) and -(1 << 31) <= value < 1 << 31:
            return value
    return None
