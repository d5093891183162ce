"""Type parameters replaced by type arguments, all through a type.

What does not mention a type parameter comes back as the same object, so that `is` tells
whether anything was replaced.

Source: cmd/compile/internal/types2/subst.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from mkdocs_gomem import lean
from mkdocs_gomem.gotypes import objects
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
    Term,
    Tuple,
    Type,
    TypeParam,
    Union,
)

if TYPE_CHECKING:
    from mkdocs_gomem.gotypes.instantiate import Context

SubstMap = Mapping[TypeParam, "Type | None"]
"""What each type parameter is replaced by; None, or absence, leaves it alone."""

_T = TypeVar("_T")


def make_subst_map(params: Sequence[TypeParam], args: Sequence[Type | None]) -> SubstMap:
    """Map type parameters to type arguments."""
    return dict(zip(params, args, strict=True))


def new_context() -> Context:
    """Return a context for a substitution whose instances nobody else sees."""
    from mkdocs_gomem.gotypes import instantiate  # noqa: PLC0415

    return instantiate.Context()


def subst(typ: Type, smap: SubstMap, context: Context) -> Type:
    """Return a type with its type parameters replaced; instances are taken from `context`."""
    if not smap:
        return typ
    return _Substituter(smap, context).type(typ)


def subst_tuple(typ: Tuple, smap: SubstMap, context: Context) -> Tuple:
    """Return a tuple with its type parameters replaced."""
    return _Substituter(smap, context).vars(typ) if smap else typ


def subst_signature(typ: Signature, smap: SubstMap, context: Context) -> Signature:
    """Return a signature with its type parameters replaced."""
    return _Substituter(smap, context).signature(typ) if smap else typ


def _subst_list(items: Sequence[_T], replace: Callable[[_T], _T]) -> list[_T] | None:
    """Return the list with each item replaced, or None if none changed."""
    result: list[_T] | None = None
    for index, item in enumerate(items):
        other = replace(item)
        if other is not item:
            if result is None:
                result = list(items)
            result[index] = other
    return result


class _Substituter:
    """One substitution."""

    __slots__ = ("context", "smap")

    def __init__(self, smap: SubstMap, context: Context) -> None:
        self.smap = smap
        self.context = context

    def type(self, typ: Type) -> Type:
        match typ:
            case Basic():
                pass
            case TypeParam():
                return self.smap.get(typ) or typ
            case Named():
                if typ.origin.implicits:
                    return self.local(typ)
                if not typ.type_args:
                    # Not generic, or generic without type arguments, which is an error's trace.
                    return typ if typ.resolver is not None or not typ.type_params else INVALID
                if len(typ.type_args) != len(typ.origin.type_params):
                    return INVALID
                args = _subst_list(typ.type_args, self.type)
                if args is not None:
                    return self.context.instance(typ.origin, args)
            case Pointer(elem=elem):
                new = self.type(elem)
                if new is not elem:
                    return Pointer(new)
            case Slice(elem=elem):
                new = self.type(elem)
                if new is not elem:
                    return Slice(new)
            case Array(elem=elem):
                new = self.type(elem)
                if new is not elem:
                    return Array(new, typ.len)
            case Map(key=key, elem=elem):
                new_key, new = self.type(key), self.type(elem)
                if new_key is not key or new is not elem:
                    return Map(new_key, new)
            case Chan(elem=elem):
                new = self.type(elem)
                if new is not elem:
                    return Chan(typ.dir, new)
            case Struct(fields=fields):
                new_fields = _subst_list(fields, self.var)
                if new_fields is not None:
                    return Struct(new_fields, typ.tags)
            case Tuple():
                return self.vars(typ)
            case Signature():
                return self.signature(typ)
            case Union(terms=terms):
                new_terms = _subst_list(terms, self.term)
                if new_terms is not None:
                    return Union(new_terms)
            case Interface():
                return self.interface(typ)
            case Alias():
                if not typ.type_params:
                    # Declared in a generic function, it may mention what that has.
                    rhs = typ.from_rhs
                    if rhs is not None:
                        new = self.type(rhs)
                        if new is not rhs:
                            return new
                    return typ
                if len(typ.type_args) != len(typ.type_params):
                    return INVALID
                args = _subst_list(typ.type_args, self.type)
                if args is not None:
                    return self.context.instance(typ.origin, args)
            case _:
                raise TypeError(f"unexpected type {typ!r}")
        return typ

    def local(self, typ: Named) -> Type:
        """Replace type parameters of a type that a generic function declares."""
        implicits = _subst_list(typ.implicit_args, self.type)
        args = _subst_list(typ.type_args, self.type)
        if implicits is None and args is None:
            return typ
        return self.context.instance(
            typ.origin,
            typ.type_args if args is None else args,
            implicits=typ.implicit_args if implicits is None else implicits,
        )

    def var(self, var: objects.Var) -> objects.Var:
        if var.type is None:
            return var
        typ = self.type(var.type)
        return var if typ is var.type else var.clone(typ)

    def vars(self, typ: Tuple) -> Tuple:
        new_vars = _subst_list(typ.vars, self.var)
        return typ if new_vars is None else Tuple(new_vars)

    def term(self, term: Term) -> Term:
        if term.type is None:
            return term
        typ = self.type(term.type)
        return term if typ is term.type else Term(term.tilde, typ)

    def func(self, func: objects.Func) -> objects.Func:
        old = func.signature
        signature = self.signature(old)
        return func if signature is old else func.clone(signature)

    def signature(self, typ: Signature) -> Signature:
        # The receiver is left alone: whoever expands its type replaces it. A receiver of an
        # interface literal would lead back here without end.
        type_params = typ.type_params
        substituter = self
        if type_params and type_params[0] not in self.smap:
            # A generic method of a type that is being instantiated: its own type parameters
            # become new ones for this instance, because their bounds may change.
            substituter, type_params = self._fresh(type_params)
        params = substituter.vars(typ.params)
        results = substituter.vars(typ.results)
        if params is typ.params and results is typ.results and type_params is typ.type_params:
            return typ
        return Signature(
            typ.recv, typ.recv_type_params, type_params, params, results, typ.variadic,
            recv_old=typ.recv_old,
        )  # fmt: skip

    def _fresh(self, type_params: Sequence[TypeParam]) -> tuple[_Substituter, Sequence[TypeParam]]:
        smap = dict(self.smap)
        fresh: list[TypeParam] = []
        for old in type_params:
            name = objects.TypeName(old.obj.pos, old.obj.pkg, old.obj.name)
            param = TypeParam(name, old.bound, old.index)
            name.type = param
            fresh.append(param)
            smap[old] = param
            if self.context.record_canon is not None:
                self.context.record_canon(param, old)
        substituter = _Substituter(smap, self.context)
        for old, param in zip(type_params, fresh, strict=True):
            param.bound = substituter.type(old.bound)
        return substituter, fresh

    def interface(self, typ: Interface) -> Interface:
        methods = _subst_list(typ.methods, self.func)
        embeddeds = _subst_list(typ.embeddeds, self.type)
        if methods is None and embeddeds is None:
            return typ
        result = Interface(
            typ.methods if methods is None else methods,
            typ.embeddeds if embeddeds is None else embeddeds,
            typ.embed_pos,
            implicit=typ.implicit,
            complete=typ.complete,
        )
        result.methods, _ = replace_recv_type(result.methods, typ, result)
        return result


def replace_recv_type(
    methods: list[objects.Func], old: Type, new: Type
) -> tuple[list[objects.Func], bool]:
    """Return methods with receivers of one type changed to another, and whether any was."""
    result = methods
    for index, method in enumerate(methods):
        signature = method.signature
        if signature.recv is not None and signature.recv.type is old:
            if result is methods:
                result = list(methods)
            copy = lean.replace(signature, recv=signature.recv.clone(new))
            result[index] = method.clone(copy)
    return result, result is not methods
