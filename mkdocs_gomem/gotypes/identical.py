"""Are two types the same Go type?

Named types are the same if they come from the same declaration with the same type arguments;
all others if they are built alike. Type parameters of generic signatures may have other names.

Source: cmd/compile/internal/types2/predicates.go (comparer), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.gotypes import substitute, types, typesets
from mkdocs_gomem.gotypes.types import (
    INVALID,
    Alias,
    Array,
    Basic,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
    TypeParam,
    Union,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Pairs = tuple[tuple[Interface, Interface], ...]
"""Pairs of interfaces that are being compared, outermost first; nearly always empty."""


def identical(x: Type, y: Type) -> bool:
    """Report whether two types are the same."""
    return x is y or _same(x, y, (), tags=True, invalids=False)


def identical_ignore_tags(x: Type, y: Type) -> bool:
    """Report whether two types are the same but for the tags of struct fields."""
    return x is y or _same(x, y, (), tags=False, invalids=False)


def identical_ignore_invalids(x: Type, y: Type) -> bool:
    """Report whether two types are the same, taking unknown ones as the same as any."""
    return x is y or _same(x, y, (), tags=True, invalids=True)


def _same(x: Type | None, y: Type | None, pairs: Pairs, *, tags: bool, invalids: bool) -> bool:
    if isinstance(x, Alias):
        x = types.unalias(x)
    if isinstance(y, Alias):
        y = types.unalias(y)
    if x is y:
        return True
    if invalids and (x is INVALID or y is INVALID):
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, Basic) and isinstance(y, Basic):
        return x.kind is y.kind
    match x, y:
        case Named(), Named():
            x_args, y_args = x.type_args, y.type_args
            if len(x_args) != len(y_args):
                return False
            if x.origin.obj is not y.origin.obj:
                return False
            return all(map(identical, x_args, y_args)) and all(
                map(identical, x.implicit_args, y.implicit_args)
            )
        case Pointer(), Pointer():
            return _same(x.elem, y.elem, pairs, tags=tags, invalids=invalids)
        case Slice(), Slice():
            return _same(x.elem, y.elem, pairs, tags=tags, invalids=invalids)
        case Array(), Array():
            # A length that an error left unknown is taken as the same as any.
            if x.len >= 0 and y.len >= 0 and x.len != y.len:
                return False
            return _same(x.elem, y.elem, pairs, tags=tags, invalids=invalids)
        case Struct(), Struct():
            return _same_struct(x, y, pairs, tags=tags, invalids=invalids)
        case Tuple(), Tuple():
            return len(x.vars) == len(y.vars) and all(
                _same(one.type, two.type, pairs, tags=tags, invalids=invalids)
                for one, two in zip(x.vars, y.vars, strict=True)
            )
        case Signature(), Signature():
            return _same_signature(x, y, pairs, tags=tags, invalids=invalids)
        case Union(), Union():
            one, two = typesets.union_type_set(x), typesets.union_type_set(y)
            return typesets.equal(one or (), two or ())
        case Interface(), Interface():
            return _same_interface(x, y, pairs, tags=tags, invalids=invalids)
        case Map(), Map():
            return _same(x.key, y.key, pairs, tags=tags, invalids=invalids) and _same(
                x.elem, y.elem, pairs, tags=tags, invalids=invalids
            )
        case Chan(), Chan():
            if x.dir is not y.dir:
                return False
            return _same(x.elem, y.elem, pairs, tags=tags, invalids=invalids)
        case _:
            return False  # type parameters are the same only if they are one object


def _same_struct(x: Struct, y: Struct, pairs: Pairs, *, tags: bool, invalids: bool) -> bool:
    if len(x.fields) != len(y.fields):
        return False
    for index, one in enumerate(x.fields):
        two = y.fields[index]
        if (
            one.embedded != two.embedded
            or (tags and x.tag(index) != y.tag(index))
            or not one.same_id(two.pkg, two.name)
            or not _same(one.type, two.type, pairs, tags=tags, invalids=invalids)
        ):
            return False
    return True


def _same_signature(
    x: Signature, y: Signature, pairs: Pairs, *, tags: bool, invalids: bool
) -> bool:
    if len(x.type_params) != len(y.type_params) or x.variadic != y.variadic:
        return False
    params, results = y.params, y.results
    if x.type_params:
        smap = substitute.make_subst_map(y.type_params, x.type_params)
        context = substitute.new_context()
        for one, two in zip(x.type_params, y.type_params, strict=True):
            bound = substitute.subst(two.bound, smap, context)
            if not _same(one.bound, bound, pairs, tags=tags, invalids=invalids):
                return False
        params = substitute.subst_tuple(params, smap, context)
        results = substitute.subst_tuple(results, smap, context)
    return _same(x.params, params, pairs, tags=tags, invalids=invalids) and _same(
        x.results, results, pairs, tags=tags, invalids=invalids
    )


def _same_interface(
    x: Interface, y: Interface, pairs: Pairs, *, tags: bool, invalids: bool
) -> bool:
    one, two = typesets.type_set(x), typesets.type_set(y)
    if one.comparable != two.comparable or len(one.methods) != len(two.methods):
        return False
    if not typesets.equal(one.terms, two.terms):
        return False
    # Interfaces without a name can refer to themselves through their methods; a pair that is
    # being compared further out is the same unless something else differs.
    for first, second in pairs:
        if (first is x and second is y) or (first is y and second is x):
            return True
    pairs = (*pairs, (x, y))
    return all(
        f.id == g.id and _same(f.type, g.type, pairs, tags=tags, invalids=invalids)
        for f, g in zip(one.methods, two.methods, strict=True)
    )


def identical_origin(x: Named, y: Named) -> bool:
    """Report whether two named types come from the same declaration."""
    return x.origin.obj is y.origin.obj


def identical_lists(x: Sequence[Type], y: Sequence[Type]) -> bool:
    """Report whether two lists have identical types in the same order."""
    return len(x) == len(y) and all(map(identical, x, y))


def type_key(typ: Type | None) -> Hashable:
    """Return a key that identical types share; different types rarely do.

    For tables that are keyed by type: look up by the key, then compare with `identical`.
    """
    typ = None if typ is None else types.unalias(typ)
    match typ:
        case Named():
            if typ.inst is None:
                return typ.obj
            return typ.obj, *map(type_key, (*typ.type_args, *typ.inst.implicits))
        case Basic():
            return int(typ.kind)
        case Pointer():
            return "*", type_key(typ.elem)
        case Slice():
            return "[]", type_key(typ.elem)
        case Array():
            return "[n]", typ.len, type_key(typ.elem)
        case Map():
            return "map", type_key(typ.key), type_key(typ.elem)
        case Chan():
            return "chan", int(typ.dir), type_key(typ.elem)
        case Struct():
            return "struct", *((f.id, type_key(f.type)) for f in typ.fields)
        case Signature():
            # The types of a generic signature differ by the names of its type parameters.
            if typ.type_params:
                return "func", len(typ.type_params), len(typ.params.vars)
            return "func", typ.variadic, type_key(typ.params), type_key(typ.results)
        case Tuple():
            return tuple(type_key(var.type) for var in typ.vars)
        case Interface():
            # Types of methods could lead back here, so their names must do.
            return "interface", *(method.id for method in typesets.type_set(typ).methods)
        case TypeParam():
            return typ
        case _:
            return "other"
