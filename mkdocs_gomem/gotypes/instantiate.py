"""Generic types and functions with type arguments put in, and whether they may be.

A `Context` keeps one object per instance, so that a type that refers to instances of itself
ends. An instance of a named type is empty at first; its underlying type and each method are
worked out when they are needed.

Source: cmd/compile/internal/types2 (instantiate.go, context.go, named.go), go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from mkdocs_gomem import lean
from mkdocs_gomem.gotypes import extent, lookup, objects, spelling, types, typesets
from mkdocs_gomem.gotypes.identical import identical, identical_lists, type_key
from mkdocs_gomem.gotypes.predicates import Cause, comparable_type, is_valid
from mkdocs_gomem.gotypes.substitute import (
    make_subst_map,
    replace_recv_type,
    subst,
    subst_signature,
)
from mkdocs_gomem.gotypes.types import (
    INVALID,
    Alias,
    Instance,
    Interface,
    Named,
    Pointer,
    Signature,
    Term,
    Tuple,
    Type,
    TypeParam,
    Union,
)
from mkdocs_gomem.source import NO_POS, Pos

_Entry = tuple[Type, Sequence[Type], Type]


class Context:
    """Where instances are kept, so that identical ones are one object.

    A context of a program has the one of the library as its `parent`: instances that the
    library made are found there, new ones are kept here and go with the program.
    """

    __slots__ = ("_instances", "_made", "of_program", "parent", "record_canon")

    def __init__(self, parent: Context | None = None) -> None:
        self.parent = parent
        self.record_canon: Callable[[TypeParam, TypeParam], None] | None = None
        """Told which type parameter a fresh one stands for (`mono.recordCanon`)."""
        self._instances: dict[Hashable, list[_Entry]] = {}
        self.of_program = False
        """Whether it is that of one program, which may have so many instances at most."""
        self._made = 0

    def instance(
        self,
        orig: Type,
        args: Sequence[Type],
        pos: Pos = NO_POS,
        *,
        implicits: Sequence[Type] = (),
    ) -> Type:
        """Return a generic type or signature with type arguments; they fit in number.

        Whether they satisfy the constraints is asked with `verify`. A wrong number, which only
        an error elsewhere can cause, makes `INVALID`. `implicits` are for a type that a generic
        function declares.
        """
        whole = (*args, *implicits)
        extent.check(pos, whole)
        key: Hashable = (orig, *map(type_key, whole))
        context: Context | None = self
        while context is not None:
            for other, other_args, found in context._instances.get(key, ()):  # noqa: SLF001
                if other is orig and identical_lists(whole, other_args):
                    return found
            context = context.parent
        if self.of_program:
            self._made += 1
            extent.check_instances(pos, self._made)
        result = self._new(orig, tuple(args), pos, tuple(implicits))
        self._instances.setdefault(key, []).append((orig, whole, result))
        return result

    def _new(self, orig: Type, args: Sequence[Type], pos: Pos, implicits: Sequence[Type]) -> Type:
        match orig:
            case Named():
                inst = Instance(orig, args, self, self, pos, implicits)
                return Named(orig.obj, inst=inst)
            case Alias():
                if len(orig.type_params) != len(args):
                    return INVALID
                smap = make_subst_map(orig.type_params, args)
                rhs = subst(orig.from_rhs or INVALID, smap, self)
                return Alias(orig.obj, rhs, origin=orig, type_args=args)
            case Signature():
                if len(orig.type_params) != len(args):
                    return INVALID
                smap = make_subst_map(orig.type_params, args)
                signature = subst_signature(orig, smap, self)
                return lean.replace(signature, type_params=(), scope=None)
            case _:
                raise TypeError(f"cannot instantiate {orig}")

    def expand_rhs(self, named: Named) -> Type:
        """Return what an instance is declared as; asked by `Named`, once."""
        inst = named.inst
        assert inst is not None  # noqa: S101
        orig = inst.orig
        orig.unpack()
        rhs = orig.from_rhs
        if rhs is None or len(inst.targs) != len(orig.type_params):
            return INVALID
        params, args = list(orig.type_params), list(inst.targs)
        if inst.implicits:
            params += orig.implicits
            args += inst.implicits
        result = subst(rhs, make_subst_map(params, args), self)
        if isinstance(result, Interface):
            methods, copied = replace_recv_type(result.methods, orig, named)
            if copied:
                if result is rhs:
                    result = Interface([], result.embeddeds, complete=result.complete)
                result.methods = methods
                result.tset = None
        return result

    def expand_method(self, named: Named, index: int) -> objects.Func:
        """Return an instance's copy of a method; asked by `Named`, once for each."""
        inst = named.inst
        assert inst is not None  # noqa: S101
        method = inst.orig.method(index)
        old = method.signature
        signature = old
        if len(old.recv_type_params) == len(inst.targs):
            smap = make_subst_map(old.recv_type_params, inst.targs)
            signature = subst_signature(old, smap, self)
        recv = old.recv
        if recv is not None:
            recv = recv.clone(Pointer(named) if method.has_ptr_recv else named)
        signature = lean.replace(signature, recv=recv, recv_type_params=(), scope=None)
        return method.clone(signature)


def verify(
    params: Sequence[TypeParam],
    args: Sequence[Type],
    context: Context,
    qualifier: spelling.Qualifier | None = None,
    *,
    go1_20: bool = True,
) -> tuple[int, str] | None:
    """Return the first type argument that does not satisfy its constraint, and the cause."""
    smap = make_subst_map(params, args)
    for index, param in enumerate(params):
        param.iface()  # so that the bound is an interface
        bound = subst(param.bound, smap, context)
        cause = implements(args[index], bound, constraint=True, qualifier=qualifier, go1_20=go1_20)
        if cause is not None:
            return index, cause
    return None


def implements(
    typ: Type,
    wanted: Type,
    *,
    constraint: bool = False,
    qualifier: spelling.Qualifier | None = None,
    go1_20: bool = True,
) -> Cause:
    """Say why a type does not implement an interface, or satisfy a constraint.

    Args:
        typ: the type.
        wanted: what should be an interface.
        constraint: `wanted` is a constraint, so that interfaces count as comparable.
        qualifier: how to write packages.
        go1_20: the language version is at least that.
    """
    under, wanted_under = typ.underlying, wanted.underlying
    if not is_valid(under) or not is_valid(wanted_under):
        return None
    if isinstance(under, Pointer) and not is_valid(under.elem.underlying):
        return None
    verb = "satisfy" if constraint else "implement"

    def spell(typ: Type) -> str:
        return spelling.type_string(typ, qualifier)

    if not isinstance(wanted_under, Interface):
        if lookup.is_interface_ptr(wanted_under):
            detail = lookup.interface_ptr_error(wanted, qualifier)
        else:
            detail = f"{spell(wanted)} is not an interface"
        return f"{spell(typ)} does not {verb} {spell(wanted)} ({detail})"
    wanted_set = typesets.type_set(wanted_under)
    if typesets.is_universe(wanted_set):
        return None
    interface = under if isinstance(under, Interface) else None
    if interface is not None and typesets.is_empty(typesets.type_set(interface).terms):
        return None
    if typesets.is_empty(wanted_set.terms):
        return f"cannot {verb} {spell(wanted)} (empty type set)"
    cause = lookup.has_all_methods(typ, wanted, static=True, qualifier=qualifier)
    if cause is not None:
        return f"{spell(typ)} does not {verb} {spell(wanted)} {cause}"

    def comparability() -> Cause:
        if not typesets.is_comparable(wanted_set):
            return None
        if comparable_type(typ, dynamic=False) is None:
            return None
        if constraint and comparable_type(typ, dynamic=True) is None:
            if go1_20:
                return None
            return f"{spell(typ)} to {verb} comparable requires go1.20 or later"
        return f"{spell(typ)} does not {verb} comparable"

    if not typesets.has_terms(wanted_set):
        return comparability()
    if interface is not None:
        if not typesets.subset(typesets.type_set(interface).terms, wanted_set.terms):
            return f"{spell(typ)} does not {verb} {spell(wanted)}"
        return comparability()
    if typesets.includes(wanted_set.terms, typ):
        return comparability()
    alternative = _missing_tilde(wanted_set.terms, typ)
    if alternative is not None:
        detail = f"possibly missing ~ for {spell(alternative)} in {spell(wanted)}"
    elif _mentions(wanted_under, typ):
        name, wanted_name = spell(typ), spell(wanted)
        detail = (
            f"{wanted_name} mentions {name}, but {name} is not in the type set of {wanted_name}"
        )
    else:
        detail = f"{spell(typ)} missing in {typesets.terms_string(wanted_set.terms)}"
    return f"{spell(typ)} does not {verb} {spell(wanted)} ({detail})"


def _missing_tilde(terms: typesets.TermList, typ: Type) -> Type | None:
    """Return the first term's type that would take in a type if it had a `~`."""
    for term in terms:
        if term is None or term.tilde or term.type is None:
            continue
        if identical(term.type, term.type.underlying) and typesets.term_includes(
            Term(tilde=True, type=term.type), typ
        ):
            return term.type
    return None


def _mentions(where: Type, typ: Type) -> bool:
    match where:
        case Interface(embeddeds=embeddeds):
            return any(_mentions(each, typ) for each in embeddeds)
        case Union(terms=terms):
            return any(term.type is not None and _mentions(term.type, typ) for term in terms)
        case _:
            return identical(where, typ)


def type_params_of(typ: Type) -> Sequence[TypeParam]:
    """Return the type parameters of a generic type or signature."""
    match typ:
        case Named() | Alias() | Signature():
            return typ.type_params
        case _:
            return ()


def is_parameterized(
    params: Sequence[TypeParam], typ: Type, seen: dict[Type, bool] | None = None
) -> bool:
    """Report whether a type mentions any of these type parameters."""
    if seen is None:
        seen = {}
    if typ in seen:
        return seen[typ]
    seen[typ] = False

    def inside(typ: Type | None) -> bool:
        return typ is not None and is_parameterized(params, typ, seen)

    match typ:
        case TypeParam():
            result = typ in params
        case Named():
            result = any(map(inside, typ.type_args)) or any(map(inside, typ.implicit_args))
        case Alias():
            result = inside(types.unalias(typ))
        case types.Array(elem=elem) | types.Slice(elem=elem) | Pointer(elem=elem):
            result = inside(elem)
        case types.Chan(elem=elem):
            result = inside(elem)
        case types.Map(key=key, elem=elem):
            result = inside(key) or inside(elem)
        case types.Struct(fields=fields):
            result = any(inside(field.type) for field in fields)
        case Tuple():
            result = any(inside(var.type) for var in typ.vars)
        case Signature():
            result = inside(typ.params) or inside(typ.results)
        case Interface():
            found = typesets.type_set(typ)
            result = any(inside(method.type) for method in found.methods) or (
                typesets.has_terms(found)
                and all(inside(typesets.type_of(term)) for term in found.terms)
            )
        case Union(terms=terms):
            result = any(inside(term.type) for term in terms)
        case _:
            result = False
    seen[typ] = result
    return result
