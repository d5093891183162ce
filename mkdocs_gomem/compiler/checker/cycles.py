"""Cycles: which chains of declarations are fine, and how a bad one is told.

A type may mention itself behind a pointer; a constant, an alias or a struct by value may not.
`valid_cycle` judges a cycle that `obj_decl` ran into, `direct_cycles` finds `type T T` before
any type is looked at, `is_complete` keeps expressions from using a type that is still being
declared, `valid_type` finds types that would contain themselves.

Source: cmd/compile/internal/types2/cycles.go, validtype.go and decl.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.gotypes import objects, types
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import is_generic
from mkdocs_gomem.gotypes.types import as_named, unalias
from mkdocs_gomem.source import order_of, unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.checker.checker import Checker

_MOST_WAYS: Final = 300_000
"""Parts of a type that are looked at, as often as each is met. gc has no such bound, and time."""


def valid_cycle(check: Checker, obj: objects.Object) -> bool:
    """Judge the cycle that closes with an object on the path; report a bad one."""
    cycle = check.obj_path[check.obj_path_index[obj] :]
    values = definitions = 0
    for member in cycle:
        if isinstance(member, objects.Const | objects.Var):
            values += 1
        elif isinstance(member, objects.TypeName):
            if check.env.in_tparam_list and member.type is not None and is_generic(member.type):
                return True
            if not member.is_alias:
                definitions += 1
    if values == len(cycle) or (values == 0 and definitions > 0):
        return True
    cycle_error(check, cycle, first_in_source(cycle))
    return False


def cycle_error(check: Checker, cycle: Sequence[objects.Object], start: int) -> None:
    """Report a cycle, beginning with one of its objects."""

    def name(obj: objects.Object) -> str:
        named = as_named(obj.type)
        if named is not None and named.inst is not None:
            return check.type_string(named)
        prefix = check.qualifier(obj.pkg) if obj.pkg is not None else ""
        return f"{prefix}.{obj.name}" if prefix else obj.name

    obj = cycle[start]
    is_type = isinstance(obj, objects.TypeName)
    if is_type and isinstance(obj.type, types.Alias):
        obj.type.from_rhs = types.INVALID
    if len(cycle) == 1:
        what = "invalid recursive type" if is_type else "invalid cycle in declaration"
        text = f"{what}: {name(obj)} refers to itself"
        check.error(obj, Code.INVALID_DECL_CYCLE, text)
        return
    report = check.new_report(Code.INVALID_DECL_CYCLE)
    what = "invalid recursive type" if is_type else "invalid cycle in declaration of"
    report.add(obj.pos, f"{what} {name(obj)}")
    for i in range(len(cycle)):
        following = cycle[(start + i + 1) % len(cycle)]
        report.add(obj.pos, f"{name(obj)} refers to {name(following)}")
        obj = following
    report.report()


def first_in_source(path: Sequence[objects.Object]) -> int:
    """Return the index of the object that is declared first."""
    return min(range(len(path)), key=lambda i: order_of(path[i].pos))


def direct_cycles(check: Checker) -> None:
    """Report types declared as each other by name only: `type A B; type B A`."""
    done: dict[objects.TypeName, int] = {}
    for obj in check.obj_list:
        if isinstance(obj, objects.TypeName):
            _direct_cycle(check, obj, done)


def _direct_cycle(
    check: Checker, tname: objects.TypeName, index: dict[objects.TypeName, int]
) -> None:
    path: list[objects.TypeName] = []
    while True:
        start = index.get(tname)
        if start is not None:
            if start >= 0:
                tname.type = types.INVALID
                cycle = path[start:]
                cycle_error(check, cycle, first_in_source(cycle))
            break
        index[tname] = len(path)
        path.append(tname)
        tdecl = check.obj_map[tname].tdecl
        assert tdecl is not None
        if not isinstance(tdecl.type, syntax.Name):
            break
        following = check.pkg.scope.lookup(tdecl.type.value)
        if not isinstance(following, objects.TypeName):
            break
        tname = following
    for member in path:
        index[member] = -1


def is_complete(check: Checker, t: types.Type | None) -> bool:
    """Report the use of a type that is still being declared."""
    path = check.obj_path_index
    while isinstance(t, (types.Alias, types.Named)):
        instantiated = t.origin is not t
        start = path.get(t.obj)
        if start is not None and not instantiated:
            cycle = check.obj_path[start:]
            cycle_error(check, cycle, first_in_source(cycle))
            return False
        t = t.from_rhs
    return True


def valid_type(check: Checker, typ: types.Named) -> None:
    """Report a type that contains itself, directly or through type arguments."""
    check.looked_through = 0
    _valid_type(check, typ, [], [])


def object_of(named: types.Named) -> objects.Object:
    """Return a type's name; for an instance one that stands where it was instantiated."""
    inst = named.inst
    if inst is None:
        return named.obj
    return objects.TypeName(inst.pos, named.obj.pkg, named.obj.name, named)


def _valid_type(
    check: Checker, typ: types.Type | None, nest: list[types.Named], path: list[types.Named]
) -> bool:
    t = unalias(typ) if typ is not None else None
    check.looked_through += 1
    if check.looked_through > _MOST_WAYS:
        what = "a generic type that contains others in more ways than can be looked through"
        unsupported(object_of(path[-1]).pos, what, help="Hold a pointer to one of them.")
    match t:
        case types.Array():
            return _valid_type(check, t.elem, nest, path)
        case types.Struct():
            for field in t.fields:
                if not isinstance(field.type, types.Basic | types.Pointer) and (
                    not _valid_type(check, field.type, nest, path)
                ):
                    return False
        case types.Union():
            for term in t.terms:
                if not _valid_type(check, term.type, nest, path):
                    return False
        case types.Interface():
            for embedded in t.embeddeds:
                if not _valid_type(check, embedded, nest, path):
                    return False
        case types.Named():
            # What was found to be valid contains nothing that contains it; types of other
            # packages without type arguments can hold nothing of this one.
            if t in check.valid_types or (t.obj.pkg is not check.pkg and t.inst is None):
                return True
            for outer in nest:
                if outer is t or (outer.inst is not None and identical(outer, t)):
                    t.origin.from_rhs = types.INVALID
                    t.origin.forget_underlying()
                    start = next(i for i, p in enumerate(path) if identical(p, t))
                    cycle_error(check, [object_of(p) for p in path[start:]], 0)
                    return False
            origin = t.origin.unpack()
            if not _valid_type(check, origin.from_rhs, [*nest, t], [*path, t]):
                return False
            if t.inst is None and not t.type_params:
                check.valid_types.add(t)
        case types.TypeParam():
            if nest:
                inst = nest[-1]
                tparams = inst.type_params
                for i, tparam in enumerate(tparams):
                    if t is tparam and i < len(inst.type_args):
                        return _valid_type(check, inst.type_args[i], nest[:-1], path)
        case _:
            pass
    return True
