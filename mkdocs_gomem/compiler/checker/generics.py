"""Generics, as the checker asks for them: instances, constraints, inference.

The work is done in `gotypes`, which knows neither syntax nor operands; this file puts in what
the checker knows, and reports.

Source: cmd/compile/internal/types2/instantiate.go and infer.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.checker import Checker, at_pos
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.operand import INVALID, NILVALUE, Operand
from mkdocs_gomem.compiler.checker.version import GO1_20, GO1_21
from mkdocs_gomem.gotypes import extent, instantiate, spelling, substitute, types, unify
from mkdocs_gomem.gotypes import infer as inference
from mkdocs_gomem.source import NO_POS, Pos, unsupported

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def instance(
    check: Checker, pos: Pos, generic: types.Type, targs: Sequence[types.Type]
) -> types.Type:
    """Return a generic type or function with type arguments."""
    if isinstance(generic, types.Alias | types.Signature):
        tparams = generic.type_params
        name = (
            generic.obj.name if isinstance(generic, types.Alias) else spelling.type_string(generic)
        )
        if not validate_targ_len(check, pos, name, len(tparams), len(targs)):
            return types.INVALID
    return check.context.instance(generic, targs, pos)


def validate_targ_len(check: Checker, pos: Pos, name: str, want: int, got: int) -> bool:
    """Report a wrong number of type arguments."""
    if got == want:
        return True
    qualifier = "not enough" if got < want else "too many"
    text = f"{qualifier} type arguments for type {name}: have {got}, want {want}"
    check.error(pos, Code.WRONG_TYPE_ARG_COUNT, text)
    return False


def verify(
    check: Checker, tparams: Sequence[types.TypeParam], targs: Sequence[types.Type]
) -> tuple[int, str]:
    """Return the first type argument that breaks its constraint, and why; or -1 and nothing."""
    found = instantiate.verify(
        tparams,
        targs,
        check.context,
        check.qualifier,
        go1_20=check.allow_version(GO1_20),
    )
    return (-1, "") if found is None else found


def subst(check: Checker, typ: types.Type, smap: substitute.SubstMap) -> types.Type:
    """Replace type parameters in a type."""
    return substitute.subst(typ, smap, check.context)


def make_rename_map(
    old: Sequence[types.TypeParam], new: Sequence[types.TypeParam]
) -> substitute.SubstMap:
    """Map type parameters to others."""
    return substitute.make_subst_map(old, new)


def infer(
    check: Checker,
    pos: Pos,
    tparams: Sequence[types.TypeParam],
    targs: Sequence[types.Type | None],
    params: types.Tuple,
    args: Sequence[Operand],
    *,
    reverse: bool = False,
) -> list[types.Type] | inference.InferenceError:
    """Find the type arguments that were left out."""
    extent.check(pos, (x.typ for x in args))
    arguments = [
        inference.Argument(
            x.typ if x.typ is not None else types.INVALID,
            at_pos(x) if x.expr is not None else NO_POS,
            _speller(x),
            is_nil=x.mode is NILVALUE,
            valid=x.mode is not INVALID,
        )
        for x in args
    ]
    try:
        return inference.infer(
            pos,
            tparams,
            targs,
            params,
            arguments,
            check.context,
            reverse=reverse,
            go1_21=check.allow_version(GO1_21),
            qualifier=check.qualifier,
        )
    except unify.UnificationDepthError:
        unsupported(pos, "types nested this deep in a call whose type arguments are inferred")


def _speller(x: Operand) -> Callable[[], str]:
    expr = x.expr

    def write() -> str:
        return syntax.spell(expr) if expr is not None else ""

    return write
