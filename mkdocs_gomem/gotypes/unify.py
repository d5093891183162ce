"""Which type arguments make two types the same, or assignable?

A `Unifier` has a handle for each type parameter to be inferred; type parameters that were
unified with each other share one. Unification is exact, or forgiving as assignments are:
about names, channel directions and interfaces.

Source: cmd/compile/internal/types2/unify.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.gotypes import lookup, types, typesets
from mkdocs_gomem.gotypes.identical import identical, identical_origin
from mkdocs_gomem.gotypes.objects import Func
from mkdocs_gomem.gotypes.predicates import is_interface, is_type_lit, is_type_param
from mkdocs_gomem.gotypes.types import (
    Array,
    Basic,
    Chan,
    ChanDir,
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
    unalias,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

INEXACT: Final = 0
ASSIGN: Final = 1
"""The types meet in an assignment: at the top they may differ in name, inside they may not."""
EXACT: Final = 2
"""The types must be identical."""

_DEPTH_MAX: Final = 50

Pairs = tuple[tuple[Interface, Interface], ...]


class UnificationDepthError(Exception):
    """Unification does not end; gc gives up with an internal error at this depth."""


class _Handle:
    """What one type parameter, or several joined ones, stand for."""

    __slots__ = ("type",)

    def __init__(self, typ: Type | None) -> None:
        self.type = typ


class Unifier:
    """What is known of some type parameters so far."""

    __slots__ = ("_depth", "_handles", "_interfaces")

    def __init__(
        self,
        params: Sequence[TypeParam],
        args: Sequence[Type | None],
        *,
        interface_inference: bool = True,
    ) -> None:
        """Start with the type arguments that are given; `interface_inference` is go1.21's."""
        self._handles: dict[TypeParam, _Handle] = {}
        for index, param in enumerate(params):
            self._handles[param] = _Handle(args[index] if index < len(args) else None)
        self._depth = 0
        self._interfaces = interface_inference

    def at(self, param: TypeParam) -> Type | None:
        """Return what a type parameter stands for, if that is known."""
        return self._handles[param].type

    def set(self, param: TypeParam, typ: Type) -> None:
        """Let a type parameter, and those joined with it, stand for a type."""
        self._handles[param].type = typ

    def unknowns(self) -> int:
        """Return how many type parameters are not inferred yet."""
        return sum(handle.type is None for handle in self._handles.values())

    def inferred(self, params: Sequence[TypeParam]) -> list[Type | None]:
        """Return what is known."""
        return [self.at(param) for param in params]

    def unify(self, x: Type, y: Type, mode: int = INEXACT) -> bool:
        """Try to make two types the same, learning type arguments on the way."""
        return self._unify(x, y, mode, ())

    def _bound(self, typ: Type) -> TypeParam | None:
        """Return the type as a type parameter to be inferred, or None."""
        param = unalias(typ)
        return param if isinstance(param, TypeParam) and param in self._handles else None

    def _join(self, x: TypeParam, y: TypeParam) -> bool:
        """Let two type parameters stand for the same; False if both are known."""
        one, two = self._handles[x], self._handles[y]
        if one is two:
            return True
        if one.type is not None and two.type is not None:
            return False
        keep, drop = (one, two) if one.type is not None else (two, one)
        for param, handle in self._handles.items():
            if handle is drop:
                self._handles[param] = keep
        return True

    def _unify(self, x: Type | None, y: Type | None, mode: int, pairs: Pairs) -> bool:
        if x is y:
            return True
        if x is None or y is None:
            return False
        if unalias(x) is unalias(y):
            return True
        self._depth += 1
        try:
            if self._depth > _DEPTH_MAX:
                raise UnificationDepthError
            return self._differing(x, y, mode, pairs)
        finally:
            self._depth -= 1

    def _differing(self, x: Type, y: Type, mode: int, pairs: Pairs) -> bool:
        # A defined type goes right, a type parameter to be inferred left.
        if types.as_named(x) is not None or self._bound(y) is not None:
            x, y = y, x
        named = types.as_named(y)
        if (
            named is not None
            and not mode & EXACT
            and is_type_lit(x)
            and not (self._interfaces and is_interface(x))
        ):
            # Only the structure of a defined type matters against a type literal.
            y = named.underlying
            if unalias(x) is unalias(y):
                return True
        x_param, y_param = self._bound(x), self._bound(y)
        if x_param is not None and y_param is not None:
            if self._join(x_param, y_param):
                return True
            return self._unify(self.at(x_param), self.at(y_param), mode, pairs)
        if x_param is not None:
            return self._param(x_param, y, mode, pairs)
        if self._interfaces and not mode & EXACT:
            result = self._with_interface(x, y, pairs)
            if result is not None:
                return result
        if is_type_param(y):
            x, y = y, x
        return self._structure(x, y, mode, pairs)

    def _param(self, param: TypeParam, y: Type, mode: int, pairs: Pairs) -> bool:
        """Unify a type parameter with a type; if both names fit, the better one wins."""
        known = self.at(param)
        if known is None:
            self.set(param, y)
            return True
        if not self._unify(known, y, mode, pairs):
            return False
        known_interface, y_interface = _as_interface(known), _as_interface(y)
        known_named = types.as_named(known) is not None
        y_named = types.as_named(y) is not None
        if known_interface is not None and y_interface is not None:
            # Which of two interfaces is meant must not depend on the order of arguments.
            if known_named and y_named:
                return identical(known, y)
            known_methods = typesets.num_methods(known_interface)
            if known_methods != typesets.num_methods(y_interface):
                return False
        elif known_interface is not None or y_interface is not None:
            return False
        if not mode & EXACT and not known_named:
            under = y.underlying
            directed = isinstance(under, Chan) and under.dir is not ChanDir.SEND_RECV
            if y_named or directed:
                self.set(param, y)
        return True

    def _with_interface(self, x: Type, y: Type, pairs: Pairs) -> bool | None:
        """Unify the methods of types one of which at least is an interface; None if none is."""
        x_interface, y_interface = _as_interface(x), _as_interface(y)
        if x_interface is not None and y_interface is not None:
            one, two = typesets.type_set(x_interface), typesets.type_set(y_interface)
            if one.comparable != two.comparable or not typesets.equal(one.terms, two.terms):
                return False
            if _in_pairs(x_interface, y_interface, pairs):
                return True
            pairs = (*pairs, (x_interface, y_interface))
            fewer, more = one.methods, two.methods
            if len(fewer) > len(more):
                fewer, more = more, fewer
            by_id = {method.id: method for method in more}
            for method in fewer:
                other = by_id.get(method.id)
                if other is None or not self._unify(method.type, other.type, EXACT, pairs):
                    return False
            return True
        interface, concrete = (x_interface, y) if x_interface is not None else (y_interface, x)
        if interface is None:
            return None
        for method in typesets.methods(interface):
            obj, _, _ = lookup.lookup_field_or_method(
                concrete, addressable=False, pkg=method.pkg, name=method.name
            )
            # A generic method never implements one of an interface.
            if not isinstance(obj, Func) or obj.signature.type_params:
                return False
            if not self._unify(method.type, obj.type, EXACT, pairs):
                return False
        return True

    def _structure(self, x: Type, y: Type, mode: int, pairs: Pairs) -> bool:
        inner = mode | EXACT if mode & ASSIGN else mode
        y_original = y
        x, y = unalias(x), unalias(y)
        match x, y:
            case Basic(), Basic():
                return x.kind is y.kind
            case (Array(), Array()) if x.len >= 0 and y.len >= 0 and x.len != y.len:
                return False
            case Array(), Array():
                return self._unify(x.elem, y.elem, inner, pairs)
            case Slice(), Slice():
                return self._unify(x.elem, y.elem, inner, pairs)
            case Pointer(), Pointer():
                return self._unify(x.elem, y.elem, inner, pairs)
            case Map(), Map():
                return self._unify(x.key, y.key, inner, pairs) and self._unify(
                    x.elem, y.elem, inner, pairs
                )
            case Chan(), Chan():
                if mode & EXACT and x.dir is not y.dir:
                    return False
                return self._unify(x.elem, y.elem, inner, pairs)
            case Struct(), Struct():
                return len(x.fields) == len(y.fields) and all(
                    one.embedded == two.embedded
                    and x.tag(index) == y.tag(index)
                    and one.same_id(two.pkg, two.name)
                    and self._unify(one.type, two.type, inner, pairs)
                    for index, (one, two) in enumerate(zip(x.fields, y.fields, strict=True))
                )
            case Tuple(), Tuple():
                return len(x.vars) == len(y.vars) and all(
                    self._unify(one.type, two.type, mode, pairs)
                    for one, two in zip(x.vars, y.vars, strict=True)
                )
            case Signature(), Signature():
                return (
                    x.variadic == y.variadic
                    and self._unify(x.params, y.params, inner, pairs)
                    and self._unify(x.results, y.results, inner, pairs)
                )
            case Interface(), Interface():
                return self._interfaces_alike(x, y, pairs)
            case Named(), Named():
                x_args, y_args = x.type_args, y.type_args
                # Arguments first: they are learned even if the types turn out to differ.
                return (
                    len(x_args) == len(y_args)
                    and all(
                        self._unify(one, two, mode, pairs)
                        for one, two in zip(x_args, y_args, strict=True)
                    )
                    and identical_origin(x, y)
                )
            case TypeParam(), _:
                # Not to be inferred; but if all its types share one structure, that counts.
                common, _ = typesets.common_under(x)
                return common is not None and self._unify(common, y_original, ASSIGN, pairs)
            case _:
                return False

    def _interfaces_alike(self, x: Interface, y: Interface, pairs: Pairs) -> bool:
        one, two = typesets.type_set(x), typesets.type_set(y)
        if one.comparable != two.comparable or len(one.methods) != len(two.methods):
            return False
        if not typesets.equal(one.terms, two.terms):
            return False
        if _in_pairs(x, y, pairs):
            return True
        pairs = (*pairs, (x, y))
        return all(
            f.id == g.id and self._unify(f.type, g.type, EXACT, pairs)
            for f, g in zip(one.methods, two.methods, strict=True)
        )


def _as_interface(typ: Type) -> Interface | None:
    """Return the interface under a type that is no type parameter, or None."""
    if is_type_param(typ):
        return None
    under = typ.underlying
    return under if isinstance(under, Interface) else None


def _in_pairs(x: Interface, y: Interface, pairs: Pairs) -> bool:
    return any(
        (first is x and second is y) or (first is y and second is x) for first, second in pairs
    )
