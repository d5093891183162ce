"""How large is a type, written out?

Types share their parts: forty lines can declare one that has 2^40 of them, and to tell it from
another, or to spell it, is to go through all. Real Go does, and does not come back; here such a
type is refused where it is written.

A named type is one part, with its type arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem import source
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs_gomem.gotypes.types import Type
    from mkdocs_gomem.source import Pos

MOST_PARTS: Final = 5_000
MOST_MADE: Final = 500
"""The same of a type that reflection makes: the keys of all of them are kept."""
MOST_INSTANCES: Final = 10_000
"""Instances of generic types and functions in a program."""
_UNPLACED: Final = 8
"""Where no place is known so many times more may be: the next place will tell."""
_SHORTER: Final = "Give an inner part a name of its own with `type`: a named type counts as one."
_FEWER: Final = "Call the functions with fewer combinations of type arguments."


def check(pos: Pos, parts: Iterable[Type | None]) -> None:
    """Refuse types that are too large together, written or put together at a place."""
    most = MOST_PARTS if pos else _UNPLACED * MOST_PARTS
    if count(parts, most) > most:
        source.unsupported(pos, f"a type of more than {MOST_PARTS:,} parts", help=_SHORTER)


def count(parts: Iterable[Type | None], most: int) -> int:
    """Count the parts of types, up to one more than so many."""
    todo = [part for part in parts if part is not None and not isinstance(part, types.Basic)]
    seen = 0
    while todo and seen <= most:
        seen += 1
        todo += _parts(todo.pop())
    return seen


def check_instances(pos: Pos, count: int) -> None:
    """Refuse a program that uses generic code in too many ways."""
    if count > MOST_INSTANCES:
        what = f"more than {MOST_INSTANCES:,} instances of generic types and functions"
        source.unsupported(pos, what, help=_FEWER)


def _parts(typ: Type) -> list[Type]:
    match typ:
        case types.Alias():
            found: list[Type | None] = [typ.from_rhs]
        case types.Named():
            return [] if typ.inst is None else [*typ.inst.targs, *typ.inst.implicits]
        case types.Pointer() | types.Slice() | types.Array() | types.Chan():
            found = [typ.elem]
        case types.Map():
            found = [typ.key, typ.elem]
        case types.Struct():
            found = [field.type for field in typ.fields]
        case types.Signature():
            found = [var.type for var in (*typ.params.vars, *typ.results.vars)]
        case types.Interface():
            found = [*typ.embeddeds, *(method.type for method in typ.methods)]
        case types.Union():
            found = [term.type for term in typ.terms]
        case _:
            return []
    return [part for part in found if part is not None]
