"""Which type arguments did the author leave out of a call?

Function arguments are unified with parameters, then constraints with what is known, until
nothing more is learned; untyped constants give their default types last.

Not here: messages' beginnings (`in call to f, …`): the checker puts them before the cause.
Source: cmd/compile/internal/types2/infer.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import lean, source
from mkdocs_gomem.gotypes import lookup, objects, predicates, spelling, typesets
from mkdocs_gomem.gotypes.instantiate import Context, is_parameterized
from mkdocs_gomem.gotypes.substitute import make_subst_map, subst, subst_tuple
from mkdocs_gomem.gotypes.types import (
    INVALID,
    Array,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Term,
    Tuple,
    Type,
    TypeParam,
    Union,
    unalias,
)
from mkdocs_gomem.gotypes.unify import ASSIGN, EXACT, INEXACT, Unifier
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Argument:
    """A function argument, as far as inference looks at it."""

    typ: Type
    pos: Pos = NO_POS
    text: Callable[[], str] = str
    """Writes the expression, if a message needs it."""
    is_nil: bool = False
    """It is the predeclared `nil`, or what has no value."""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class InferenceError:
    """Why type arguments can't be inferred; without a message if an argument was wrong."""

    pos: Pos
    message: str


def infer(
    pos: Pos,
    params: Sequence[TypeParam],
    type_args: Sequence[Type | None],
    func_params: Tuple,
    args: Sequence[Argument],
    context: Context,
    *,
    reverse: bool = False,
    go1_21: bool = True,
    qualifier: spelling.Qualifier | None = None,
) -> list[Type] | InferenceError:
    """Return all type arguments of a generic function, or why they can't be inferred.

    Args:
        pos: where the function is called.
        params: the type parameters; each call needs its own (see `rename_type_params`).
        type_args: those given; None, or too short a list, for what is to be inferred.
        func_params: as many parameters as there are arguments.
        args: the arguments; a generic function among them brings its own type parameters.
        context: where instances are kept.
        reverse: the arguments are the function's, the parameters those it is assigned to.
        go1_21: interfaces take part, as from that version.
        qualifier: how to write packages.
    """
    known = list(type_args) + [None] * (len(params) - len(type_args))
    given = [arg for arg in known if arg is not None]
    if len(given) == len(params):
        return given
    if not all(arg.valid for arg in args):
        return InferenceError(pos, "")
    if func_params.vars:
        func_params = subst_tuple(func_params, make_subst_map(params, known), context)
    unifier = Unifier(params, known, interface_inference=go1_21)

    def spell(typ: Type | None) -> str:
        return spelling.type_string(typ, qualifier)

    def mismatch(param: Type, arg: Argument) -> InferenceError:
        targs = unifier.inferred(params)
        start = f"type {spell(arg.typ)} of {arg.text()} does not match"
        if all(targ is None for targ in targs):
            names = spelling.type_params_string(params)
            return InferenceError(arg.pos, f"{start} {spell(param)} (cannot infer {names})")
        inferred = subst(param, make_subst_map(params, targs), context)
        if inferred is param:
            return InferenceError(arg.pos, f"{start} {spell(param)}")
        if reverse:
            message = (
                f"inferred type {spell(inferred)} for {spell(param)} does not match "
                f"type {spell(arg.typ)} of {arg.text()}"
            )
            return InferenceError(arg.pos, message)
        message = f"{start} inferred type {spell(inferred)} for {spell(param)}"
        return InferenceError(arg.pos, message)

    # 1: typed arguments.
    untyped: list[tuple[TypeParam, Argument]] = []
    for var, arg in zip(func_params.vars, args, strict=True):
        param_type = var.type or INVALID
        if not (is_parameterized(params, param_type) or is_parameterized(params, arg.typ)):
            continue
        if predicates.is_typed(arg.typ):
            if not unifier.unify(param_type, arg.typ, ASSIGN):
                return mismatch(param_type, arg)
        elif isinstance(param_type, TypeParam) and not arg.is_nil:
            untyped.append((param_type, arg))

    # 2: constraints.
    while True:
        unknowns = unifier.unknowns()
        for param in params:
            message = _unify_constraint(param, unifier, params, qualifier)
            if message:
                return InferenceError(pos, message)
        if unifier.unknowns() == unknowns:
            break

    # 3: untyped constants, each type parameter taking the largest kind given for it.
    largest: dict[TypeParam, Type] = {}
    for param, arg in untyped:
        if unifier.at(param) is not None:
            continue
        other = largest.get(param)
        kind = arg.typ if other is None else predicates.max_type(other, arg.typ)
        if kind is None:
            names = f"{spell(other)} and {spell(arg.typ)}"
            return InferenceError(
                arg.pos, f"mismatched types {names} (cannot infer {spell(param)})"
            )
        largest[param] = kind
    for param, typ in largest.items():
        unifier.set(param, predicates.default(typ))

    # 4: type arguments that mention type parameters.
    return _simplify(pos, params, known, unifier.inferred(params), context)


def _unify_constraint(
    param: TypeParam,
    unifier: Unifier,
    params: Sequence[TypeParam],
    qualifier: spelling.Qualifier | None,
) -> str:
    """Learn from one constraint; return why it can't be satisfied, or nothing."""
    known = unifier.at(param)
    core, single = core_term(param)

    def fails() -> str:
        names = [spelling.type_string(typ, qualifier) for typ in (param, known, param.bound)]
        return f"{names[0]} (type {names[1]}) does not satisfy {names[2]}"

    if core is not None and core.type is not None:
        if known is not None:
            # Inexact: the type argument may be a defined type with that structure.
            if not unifier.unify(known, core.type, INEXACT):
                return fails()
        elif single and not core.tilde:
            unifier.set(param, core.type)
    if known is not None and not is_parameterized(params, known):
        cause = lookup.has_all_methods(
            known,
            param.iface(),
            static=True,
            equivalent=lambda x, y: unifier.unify(x, y, EXACT),
            qualifier=qualifier,
        )
        if cause is not None:
            return f"{fails()} {cause}"
    return ""


def _simplify(
    pos: Pos,
    params: Sequence[TypeParam],
    given: Sequence[Type | None],
    inferred: list[Type | None],
    context: Context,
) -> list[Type] | InferenceError:
    _kill_cycles(params, inferred)
    dirty = [
        index for index, typ in enumerate(inferred) if typ is not None and given[index] is None
    ]
    while dirty:
        smap = make_subst_map(params, inferred)
        changed = []
        for index in dirty:
            old = inferred[index]
            if old is None:
                continue
            new = subst(old, smap, context)
            if new is old:
                continue
            if isinstance(new, Signature) and new.type_params and not is_parameterized(params, new):
                # A generic function given as argument is instantiated by this.
                new = lean.replace(new, type_params=())
            inferred[index] = new
            changed.append(index)
        dirty = changed
    result: list[Type] = []
    for param, typ in zip(params, inferred, strict=True):
        if typ is None or is_parameterized(params, typ):
            name, place = param.obj.name, source.spell(param.obj.pos)
            return InferenceError(pos, f"cannot infer {name} (declared at {place})")
        result.append(typ)
    return result


def rename_type_params(
    params: Sequence[TypeParam], typ: Type, context: Context
) -> tuple[list[TypeParam], Type]:
    """Return new type parameters and a type that mentions them instead.

    A recursive call of a generic function must not mistake its own type parameters for those
    of the function it calls.
    """
    if not params:
        return [], typ
    fresh = []
    for param in params:
        obj = objects.TypeName(param.obj.pos, param.obj.pkg, param.obj.name)
        new = TypeParam(obj, INVALID, param.index)
        obj.type = new
        fresh.append(new)
    smap = make_subst_map(params, fresh)
    for param, new in zip(params, fresh, strict=True):
        new.bound = subst(param.bound, smap, context)
    return fresh, subst(typ, smap, context)


def core_term(param: TypeParam) -> tuple[Term | None, bool]:
    """Return the one term that all types of a constraint go by, and whether it is the only one.

    If several terms share an underlying type, that is the term, with `~` if any has one.
    """
    terms = typesets.specific_terms(param)
    if len(terms) == 1:
        return terms[0], True
    if terms:
        common, _ = typesets.common_under(param)
        if common is not None:
            tilde = any(term is not None and term.tilde for term in terms)
            return Term(tilde, common), False
    return None, False


def _kill_cycles(params: Sequence[TypeParam], inferred: list[Type | None]) -> None:
    """Forget type arguments that lead back to their own type parameters."""
    seen: set[Type] = set()

    def walk(typ: Type | None) -> None:
        if typ is None:
            return
        typ = unalias(typ)
        if typ in seen:
            if isinstance(typ, TypeParam) and typ in params:
                inferred[list(params).index(typ)] = None
            return
        seen.add(typ)
        for part in _parts(typ):
            walk(part)
        if isinstance(typ, TypeParam) and typ in params:
            walk(inferred[list(params).index(typ)])
        seen.discard(typ)

    for param in params:
        walk(param)


def _parts(typ: Type) -> Sequence[Type | None]:
    match typ:
        case Array(elem=elem) | Slice(elem=elem) | Pointer(elem=elem) | Chan(elem=elem):
            return (elem,)
        case Map(key=key, elem=elem):
            return key, elem
        case Struct(fields=fields):
            return [field.type for field in fields]
        case Signature():
            return [var.type for var in (*typ.params.vars, *typ.results.vars)]
        case Union(terms=terms):
            return [term.type for term in terms]
        case Interface():
            return [*(method.type for method in typ.methods), *typ.embeddeds]
        case Named():
            return typ.type_args
        case _:
            return ()
