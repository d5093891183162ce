"""Which field or method does a selector mean, and which method does a type lack?

Fields and methods are searched breadth first through embedded fields; the shallowest wins, two
at the same depth are ambiguous.

Source: cmd/compile/internal/types2/lookup.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable

from mkdocs_gomem.gotypes import identical, spelling, types, typesets
from mkdocs_gomem.gotypes.objects import Func, Object, Package, is_exported, same_pkg
from mkdocs_gomem.gotypes.predicates import Cause, is_interface, is_type_param, is_valid
from mkdocs_gomem.gotypes.types import (
    INVALID,
    Interface,
    Named,
    Pointer,
    Struct,
    Type,
    unalias,
)
from mkdocs_gomem.lean import dataclass

Found = tuple[Object | None, tuple[int, ...], bool]
"""The object, the indexes that lead to it, and whether a pointer is followed on the way."""
Equivalent = Callable[[Type, Type], bool]

_NOTHING: Found = (None, (), False)


def deref(typ: Type) -> tuple[Type, bool]:
    """Return what an unnamed pointer type points to and True, else the type and False."""
    pointer = unalias(typ)
    return (pointer.elem, True) if isinstance(pointer, Pointer) else (typ, False)


def deref_struct_ptr(typ: Type) -> Type:
    """Return the struct type that a type points to, named or not, else the type itself."""
    under = typ.underlying
    if isinstance(under, Pointer) and isinstance(under.elem.underlying, Struct):
        return under.elem
    return typ


def lookup_field_or_method(
    typ: Type,
    addressable: bool,  # noqa: FBT001
    pkg: Package | None,
    name: str,
    fold_case: bool = False,  # noqa: FBT001, FBT002
) -> Found:
    """Return the field or method that `x.name` means, for `x` of a type.

    Args:
        typ: the type of `x`.
        addressable: `x` is a variable, so its methods on `*typ` count too.
        pkg: where the selector is written.
        name: the name selected.
        fold_case: take names that differ in case only, for better messages.

    Returns:
        The object, the field indexes that lead to it, the last one being its own index among
        fields or methods, and whether a pointer is followed on the way. Without an object:
        indexes if the name is ambiguous, True if a method exists but needs a pointer receiver.
    """
    # A defined pointer type has the fields of its base type, but no methods.
    named = types.as_named(typ)
    if named is not None:
        under = named.underlying
        if isinstance(under, Pointer):
            found = _lookup(under, pkg, name, fold_case=fold_case)
            return _NOTHING if isinstance(found[0], Func) else found
    return _lookup(typ, pkg, name, addressable=addressable, fold_case=fold_case)


@dataclass(slots=True, eq=False)
class _Embedded:
    """A type at the current depth."""

    typ: Type
    index: tuple[int, ...]
    indirect: bool
    multiples: bool


def _lookup(
    typ: Type,
    pkg: Package | None,
    name: str,
    *,
    addressable: bool = False,
    fold_case: bool = False,
) -> Found:
    if name == "_":
        return _NOTHING
    typ, is_pointer = deref(typ)
    if is_pointer and isinstance(typ.underlying, Interface):
        return _NOTHING
    current = [_Embedded(typ, (), is_pointer, multiples=False)]
    seen: list[Named] = []
    while current:
        found: Object | None = None
        index: tuple[int, ...] = ()
        indirect = False
        following: list[_Embedded] = []
        for entry in current:
            named = types.as_named(entry.typ)
            if named is not None:
                if any(identical.identical(named, other) for other in seen):
                    continue  # a type at a smaller depth hides it
                seen.append(named)
                position, method = lookup_declared_method(named, pkg, name, fold_case=fold_case)
                if method is not None:
                    index = (*entry.index, position)
                    if found is not None or entry.multiples:
                        return None, index, False
                    found, indirect = method, entry.indirect
                    continue
            under = entry.typ.underlying
            if isinstance(under, Struct):
                for position, field in enumerate(under.fields):
                    if field.same_id(pkg, name, fold_case=fold_case):
                        index = (*entry.index, position)
                        if found is not None or entry.multiples:
                            return None, index, False
                        found, indirect = field, entry.indirect
                        continue
                    if found is None and field.embedded:
                        base, through_pointer = deref(field.type or INVALID)
                        following.append(
                            _Embedded(
                                base,
                                (*entry.index, position),
                                entry.indirect or through_pointer,
                                entry.multiples,
                            )
                        )
            elif isinstance(under, Interface):
                type_set = typesets.type_set(under)
                position, method = typesets.lookup_method(type_set, pkg, name, fold_case=fold_case)
                if method is not None:
                    index = (*entry.index, position)
                    if found is not None or entry.multiples:
                        return None, index, False
                    found, indirect = method, entry.indirect
        if found is not None:
            if isinstance(found, Func) and not indirect and not addressable and found.has_ptr_recv:
                return None, (), True
            return found, index, indirect
        current = _consolidate(following)
    return _NOTHING


def _consolidate(entries: list[_Embedded]) -> list[_Embedded]:
    """Keep one entry of each type, marked if there were several."""
    if len(entries) <= 1:
        return entries
    result: list[_Embedded] = []
    for entry in entries:
        for other in result:
            if identical.identical(entry.typ, other.typ):
                other.multiples = True
                break
        else:
            result.append(entry)
    return result


def lookup_declared_method(
    named: Named, pkg: Package | None, name: str, *, fold_case: bool = False
) -> tuple[int, Func | None]:
    """Return a method declared for a type, and its index, or -1 and None."""
    if fold_case or is_exported(name) or same_pkg(named.obj.pkg, pkg):
        index = named.method_index(name, fold_case=fold_case)
        if index >= 0:
            return index, named.method(index)
    return -1, None


def field_path(typ: Type, index: tuple[int, ...]) -> str:
    """Write the fields that indexes lead through, like `a.b.c`."""
    names = []
    for position in index:
        under = deref_struct_ptr(typ).underlying
        if not isinstance(under, Struct):
            break
        field = under.fields[position]
        names.append(field.name)
        typ = field.type or INVALID
    return ".".join(names)


def missing_method(
    typ: Type,
    wanted: Type,
    *,
    static: bool,
    equivalent: Equivalent = identical.identical,
    qualifier: spelling.Qualifier | None = None,
) -> tuple[Func | None, bool, str]:
    """Return a method of an interface that a type lacks.

    Args:
        typ: the type.
        wanted: a type whose underlying type is an interface.
        static: if `typ` is an interface too, it must have all methods; else, as in a type
            assertion, those that it has must have the right types.
        equivalent: how to compare signatures.
        qualifier: how to write packages in the cause.

    Returns:
        The method or None; whether it is there with a wrong signature or receiver; the cause.
    """
    interface = wanted.underlying
    assert isinstance(interface, Interface)  # noqa: S101

    def spell(typ: Type) -> str:
        return spelling.type_string(typ, qualifier)

    under = typ.underlying
    if isinstance(under, Interface):
        type_set = typesets.type_set(under)
        for method in typesets.type_set(interface).methods:
            _, have = typesets.lookup_method(type_set, method.pkg, method.name)
            if have is None:
                if static:
                    return method, False, _not_found(typ, wanted, method, qualifier)
            elif not equivalent(have.signature, method.signature):
                return method, True, _wrong_signature(have, method, qualifier)
        return None, False, ""
    for method in typesets.type_set(interface).methods:
        obj, index, indirect = _lookup(typ, method.pkg, method.name)
        if obj is None:
            if index:
                return method, False, f"(ambiguous selector {spell(typ)}.{method.name})"
            if indirect:
                return method, True, f"(method {method.name} has pointer receiver)"
            other, _, _ = _lookup(typ, method.pkg, method.name, fold_case=True)
            if not isinstance(other, Func):
                return method, False, _not_found(typ, wanted, method, qualifier)
            if other.name == method.name:
                return method, False, f"(unexported method {method.name})"
            have_text = spelling.func_string(other, qualifier)
            want_text = spelling.func_string(method, qualifier)
            cause = f"(missing method {method.name})\n\t\thave {have_text}\n\t\twant {want_text}"
            return method, False, cause
        if not isinstance(obj, Func):
            cause = f"({spell(typ)}.{method.name} is a field, not a method)"
            return method, False, cause
        if not equivalent(obj.signature, method.signature):
            return method, True, _wrong_signature(obj, method, qualifier)
    return None, False, ""


def _not_found(typ: Type, wanted: Type, method: Func, qualifier: spelling.Qualifier | None) -> str:
    for each in (typ, wanted):
        if is_interface_ptr(each):
            return f"({interface_ptr_error(each, qualifier)})"
    return f"(missing method {method.name})"


def _wrong_signature(have: Func, want: Func, qualifier: spelling.Qualifier | None) -> str:
    have_text = spelling.func_string(have, qualifier)
    want_text = spelling.func_string(want, qualifier)
    if have_text == want_text:
        have_text = spelling.func_string(have, None, pkg_info=True)
        want_text = spelling.func_string(want, None, pkg_info=True)
    if have_text == want_text:
        # Type parameters of one name, most likely: gc says no more either.
        return f"(wrong type for method {want.name})"
    return f"(wrong type for method {want.name})\n\t\thave {have_text}\n\t\twant {want_text}"


def has_all_methods(
    typ: Type,
    wanted: Type,
    *,
    static: bool,
    equivalent: Equivalent = identical.identical,
    qualifier: spelling.Qualifier | None = None,
) -> Cause:
    """Say which method a type lacks; None if none, or if errors leave that open."""
    if not is_valid(typ):
        return None
    method, _, cause = missing_method(
        typ, wanted, static=static, equivalent=equivalent, qualifier=qualifier
    )
    if method is None or _has_invalid_embedded_fields(typ, set()):
        return None
    return cause


def _has_invalid_embedded_fields(typ: Type, seen: set[Struct]) -> bool:
    under = deref_struct_ptr(typ).underlying
    if not isinstance(under, Struct) or under in seen:
        return False
    seen.add(under)
    return any(
        field.type is None
        or not is_valid(field.type)
        or _has_invalid_embedded_fields(field.type, seen)
        for field in under.fields
        if field.embedded
    )


def is_interface_ptr(typ: Type) -> bool:
    """Report whether the type is a pointer to an interface: nearly always a mistake."""
    under = typ.underlying
    return isinstance(under, Pointer) and is_interface(under.elem)


def interface_ptr_error(typ: Type, qualifier: spelling.Qualifier | None = None) -> str:
    """Say what is wrong with a pointer to an interface."""
    under = typ.underlying
    name = spelling.type_string(typ, qualifier)
    if isinstance(under, Pointer) and is_type_param(under.elem):
        return f"type {name} is pointer to type parameter, not type parameter"
    return f"type {name} is pointer to interface, not interface"


def assertable_to(interface: Type, typ: Type, qualifier: spelling.Qualifier | None = None) -> Cause:
    """Say why `x.(typ)` can never hold, for `x` of an interface type."""
    if is_interface(typ):
        return None
    return has_all_methods(typ, interface, static=False, qualifier=qualifier)
