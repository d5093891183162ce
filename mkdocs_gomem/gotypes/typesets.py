"""Which types are in the type set of an interface or type parameter.

A term list is a union of terms `T` or `~T`; `Term()` without a type stands for all types, and
None for no type. In normal form its terms are disjoint. Methods and the demand for comparable
types are kept beside the terms (`types.TypeSet`).

`typeset` walks the types that a type may stand for, with their underlying types, and
`common_under` finds the one underlying type that all of them share: what used to be the core
type.

Source: cmd/compile/internal/types2 (typeset.go, termlist.go, typeterm.go, under.go), go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from mkdocs_gomem.gotypes import identical, objects, predicates, spelling
from mkdocs_gomem.gotypes.types import (
    ALL_TERMS,
    INVALID,
    TOP_TYPE_SET,
    Chan,
    ChanDir,
    Interface,
    Term,
    Type,
    TypeParam,
    TypeSet,
    Union,
    unalias,
)
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from mkdocs_gomem.gotypes.objects import Func, Package

MAX_TERM_COUNT = 100
"""gc handles no union with more terms."""


# One term.


def term_equal(x: Term | None, y: Term | None) -> bool:
    """Report whether two terms stand for the same types."""
    if x is None or y is None:
        return x is y
    if x.type is None or y.type is None:
        return x.type is y.type
    return x.tilde == y.tilde and identical.identical(x.type, y.type)


def term_disjoint(x: Term, y: Term) -> bool:
    """Report whether no type is in both terms; neither stands for all types."""
    left, right = type_of(x), type_of(y)
    if y.tilde:
        left = left.underlying
    if x.tilde:
        right = right.underlying
    return not identical.identical(left, right)


def term_includes(x: Term | None, typ: Type) -> bool:
    """Report whether a type is in a term."""
    if x is None:
        return False
    if x.type is None:
        return True
    return identical.identical(x.type, typ.underlying if x.tilde else typ)


def _term_union(x: Term | None, y: Term | None) -> tuple[Term | None, Term | None]:
    if x is None:
        return y, None
    if y is None or x.type is None:
        return x, None
    if y.type is None:
        return y, None
    if term_disjoint(x, y):
        return x, y
    return (x, None) if x.tilde or not y.tilde else (y, None)


def _term_intersect(x: Term | None, y: Term | None) -> Term | None:
    if x is None or y is None:
        return None
    if x.type is None:
        return y
    if y.type is None:
        return x
    if term_disjoint(x, y):
        return None
    return x if not x.tilde or y.tilde else y


def _term_subset(x: Term | None, y: Term | None) -> bool:
    if x is None:
        return True
    if y is None:
        return False
    if y.type is None:
        return True
    if x.type is None or term_disjoint(x, y):
        return False
    return not x.tilde or y.tilde


def type_of(term: Term | None) -> Type:
    """Return the type of a specific term."""
    assert term is not None  # noqa: S101
    assert term.type is not None  # noqa: S101
    return term.type


def term_string(term: Term | None) -> str:
    """Write a term, packages by their paths."""
    if term is None:
        return "∅"
    if term.type is None:
        return "𝓤"
    return f"{'~' if term.tilde else ''}{spelling.type_string(term.type)}"


# Term lists.

TermList = Sequence[Term | None]


def terms_string(terms: TermList) -> str:
    """Write a term list as gc's messages do, packages by their paths."""
    return " | ".join(map(term_string, terms)) if terms else "∅"


def is_empty(terms: TermList) -> bool:
    """Report whether the list stands for no type."""
    return all(term is None for term in terms)


def is_all(terms: TermList) -> bool:
    """Report whether the list stands for all types."""
    return any(term is not None and term.type is None for term in terms)


def normalize(terms: TermList) -> list[Term | None]:
    """Return the list with disjoint terms."""
    used = [False] * len(terms)
    result: list[Term | None] = []
    for index, first in enumerate(terms):
        if first is None or used[index]:
            continue
        merged: Term = first
        for other in range(index + 1, len(terms)):
            second = terms[other]
            if second is None or used[other]:
                continue
            one, two = _term_union(merged, second)
            if two is None and one is not None:
                if one.type is None:
                    return ALL_TERMS
                merged = one
                used[other] = True
        result.append(merged)
    return result


def union(x: TermList, y: TermList) -> list[Term | None]:
    """Return the union of two lists."""
    return normalize([*x, *y])


def intersect(x: TermList, y: TermList) -> list[Term | None]:
    """Return the intersection of two lists."""
    if is_empty(x) or is_empty(y):
        return []
    found = [_term_intersect(one, two) for one in x for two in y]
    return normalize([term for term in found if term is not None])


def includes(terms: TermList, typ: Type) -> bool:
    """Report whether a type is in a list."""
    return any(term_includes(term, typ) for term in terms)


def subset(x: TermList, y: TermList) -> bool:
    """Report whether all types of `x` are in `y`."""
    if is_empty(y):
        return is_empty(x)
    return all(any(_term_subset(one, two) for two in y) for one in x)


def equal(x: TermList, y: TermList) -> bool:
    """Report whether two lists stand for the same types."""
    return subset(x, y) and subset(y, x)


# Type sets.


def has_terms(type_set: TypeSet) -> bool:
    """Report whether the type set names specific types."""
    return not is_empty(type_set.terms) and not is_all(type_set.terms)


def is_method_set(type_set: TypeSet) -> bool:
    """Report whether methods alone decide what is in it."""
    return not type_set.comparable and is_all(type_set.terms)


def is_universe(type_set: TypeSet) -> bool:
    """Report whether every type is in it (`IsAll`)."""
    return is_method_set(type_set) and not type_set.methods


def is_comparable(type_set: TypeSet, seen: set[Type] | None = None) -> bool:
    """Report whether each type in it is comparable, strictly."""
    if is_all(type_set.terms):
        return type_set.comparable
    if not has_terms(type_set):
        return False
    return all(
        predicates.comparable_type(type_of(term), dynamic=False, seen=seen) is None
        for term in type_set.terms
    )


def lookup_method(
    type_set: TypeSet, pkg: Package | None, name: str, *, fold_case: bool = False
) -> tuple[int, Func | None]:
    """Return the place and the method that a selector written in `pkg` means, or -1 and None."""
    if name != "_":
        for index, method in enumerate(type_set.methods):
            if method.same_id(pkg, name, fold_case=fold_case):
                return index, method
    return -1, None


def type_set(interface: Interface, pos: Pos = NO_POS) -> TypeSet:
    """Return the type set of an interface, worked out once (`computeInterfaceTypeSet`)."""
    if interface.tset is not None:
        return interface.tset
    if not interface.complete:
        return TOP_TYPE_SET  # what follows from its missing parts is somebody's error already
    # Set before it is filled, so that an interface that embeds itself ends the recursion.
    result = interface.tset = TypeSet([], ALL_TERMS)
    check = interface.check
    methods: list[Func] = []
    places: dict[Func, Pos] = {}
    seen: dict[str, Func] = {}

    def add(pos: Pos, method: Func, *, explicit: bool) -> None:
        other = seen.setdefault(method.id, method)
        if other is method and method not in places:
            methods.append(method)
            places[method] = pos
        elif check is None:
            pass
        elif explicit:
            check.duplicate_method(pos, method, places[other])
        else:
            check.embedded_duplicate(pos, method, other, places[other])

    for method in interface.methods:
        add(method.pos, method, explicit=True)
    all_terms: Sequence[Term | None] = ALL_TERMS
    all_comparable = False
    for index, typ in enumerate(interface.embeddeds):
        embed_pos = interface.embed_pos[index] if interface.embed_pos else NO_POS
        comparable = False
        under = typ.underlying
        if under is INVALID:
            continue
        if embed_pos and check is not None and not check.allows_embedding(embed_pos, typ):
            continue
        match under:
            case Interface():
                inner = type_set(under, embed_pos)
                comparable = inner.comparable
                for method in inner.methods:
                    add(embed_pos, method, explicit=False)
                terms: Sequence[Term | None] = inner.terms
            case Union():
                union_terms = union_type_set(under)
                if union_terms is None:
                    if check is not None:
                        check.too_many_terms(embed_pos or pos, MAX_TERM_COUNT)
                    continue
                terms = union_terms
            case _:
                terms = [Term(tilde=False, type=typ)]
        all_terms, all_comparable = _intersect(
            all_terms, terms, x_comparable=all_comparable, y_comparable=comparable
        )
    result.comparable = all_comparable
    methods.sort(key=objects.method_order)
    result.methods = methods
    result.terms = list(all_terms)
    return result


def _intersect(
    x: TermList,
    y: TermList,
    *,
    x_comparable: bool,
    y_comparable: bool,
) -> tuple[TermList, bool]:
    terms: TermList = intersect(x, y)
    comparable = x_comparable or y_comparable
    if comparable and not is_all(terms):
        terms = [
            term
            for term in terms
            if predicates.comparable_type(type_of(term), dynamic=False) is None
        ]
        comparable = False
    return terms, comparable


def union_type_set(typ: Union) -> list[Term | None] | None:
    """Return the terms of a union; None if they are more than gc can handle."""
    result: list[Term | None] = []
    for term in typ.terms:
        term_type = type_of(term)
        under = term_type.underlying
        if isinstance(under, Interface):
            terms: TermList = type_set(under).terms
        elif under is INVALID:
            continue
        elif term.tilde and not identical.identical(term_type, under):
            terms = [None]  # no type has a defined type as its underlying type
        else:
            terms = [term]
        result = union(result, terms)
        if len(result) > MAX_TERM_COUNT:
            return None
    return result


def num_methods(interface: Interface) -> int:
    """Return how many methods an interface has, embedded ones included."""
    return len(type_set(interface).methods)


def methods(interface: Interface) -> list[Func]:
    """Return all methods of an interface, embedded ones included, in gc's order."""
    return type_set(interface).methods


def is_empty_interface(interface: Interface) -> bool:
    """Report whether every type implements an interface (`Interface.Empty`)."""
    return is_universe(type_set(interface))


# The types that a type may stand for.


def specific_terms(param: TypeParam) -> TermList:
    """Return the terms of a type parameter's constraint; empty if it names no types.

    gc's `is` calls back with nil in that case.
    """
    found = type_set(param.iface())
    return found.terms if has_terms(found) else ()


def typeset(typ: Type) -> Iterator[tuple[Type | None, Type | None]]:
    """Walk the types that a type may stand for, each with its underlying type.

    That is the type itself, unless it is a type parameter; then the types its constraint
    names, or `None, None` once if it names none.
    """
    param = unalias(typ)
    if not isinstance(param, TypeParam):
        yield typ, typ.underlying
        return
    terms = specific_terms(param)
    if not terms:
        yield None, None
    for term in terms:
        term_type = type_of(term)
        yield term_type, term_type.underlying


def under_is(typ: Type, holds: Callable[[Type | None], bool]) -> bool:
    """Report whether something holds of each underlying type in the type set."""
    return all(holds(under) for _, under in typeset(typ))


Condition = Callable[[Type | None, Type | None], "str | None"]
"""Takes a type and its underlying type; returns None or why it won't do."""


def common_under(
    typ: Type,
    condition: Condition | None = None,
    qualifier: spelling.Qualifier | None = None,
) -> tuple[Type | None, str]:
    """Return the underlying type that all types in the type set share, or None and why not.

    Channels of one element type share the more restricted direction.
    """
    common_type: Type | None = None
    common: Type | None = None
    for each, under in typeset(typ):
        if condition is not None:
            cause = condition(each, under)
            if cause is not None:
                return None, cause
        if each is None or under is None:
            return None, "no specific type"
        if common is None or common_type is None:
            common_type, common = each, under
            continue
        if isinstance(common, Chan) and isinstance(under, Chan):
            one = spelling.type_string(common_type, qualifier)
            two = spelling.type_string(each, qualifier)
            if not identical.identical(common.elem, under.elem):
                return None, f"channels {one} and {two} have different element types"
            if common.dir is under.dir:
                pass
            elif common.dir is ChanDir.SEND_RECV:
                common_type, common = each, under
            elif under.dir is not ChanDir.SEND_RECV:
                return None, f"channels {one} and {two} have conflicting directions"
            continue
        if not identical.identical(common, under):
            one = spelling.type_string(common_type, qualifier)
            two = spelling.type_string(each, qualifier)
            return None, f"{one} and {two} have different underlying types"
    return common, ""


def core_type(typ: Type) -> Type:
    """Return the underlying type, for a type parameter the one that its type arguments share."""
    common, _ = common_under(typ)
    return common or typ.underlying
