"""What holds of one type: is it numeric, comparable, can it be nil?

`is_x` asks the underlying type, and is False for a type parameter; `all_x` asks every type
in a type parameter's type set.

Causes: a function that says why something does not hold returns None if it holds, else the
cause as gc words it, which may be empty.

Source: cmd/compile/internal/types2/predicates.go, go1.27.
"""

from __future__ import annotations

from typing import TypeAlias

from mkdocs_gomem.gotypes import spelling, types, typesets
from mkdocs_gomem.gotypes.types import (
    INVALID,
    IS_BOOLEAN,
    IS_COMPLEX,
    IS_CONST_TYPE,
    IS_FLOAT,
    IS_INTEGER,
    IS_NUMERIC,
    IS_ORDERED,
    IS_STRING,
    IS_UNSIGNED,
    IS_UNTYPED,
    RUNE,
    TYP,
    Alias,
    Array,
    Basic,
    BasicKind,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Type,
    TypeParam,
    unalias,
)

Cause: TypeAlias = str | None
"""None where the question is answered with yes, else why not, as gc words it; may be empty."""


def is_valid(typ: Type) -> bool:
    """Report whether the type is known: no error left it open."""
    # An alias that is still being declared counts as valid: its error, if any, comes later.
    return typ.actual is not INVALID if isinstance(typ, types.Alias) else typ is not INVALID


def is_basic(typ: Type, info: int) -> bool:
    """Report whether the underlying type is a basic one with any of these properties."""
    under = typ.underlying
    return isinstance(under, Basic) and under.info & info != 0


def is_boolean(typ: Type) -> bool:
    """Report whether the underlying type is boolean."""
    return is_basic(typ, IS_BOOLEAN)


def is_integer(typ: Type) -> bool:
    """Report whether the underlying type is an integer type."""
    return is_basic(typ, IS_INTEGER)


def is_unsigned(typ: Type) -> bool:
    """Report whether the underlying type is an unsigned integer type."""
    return is_basic(typ, IS_UNSIGNED)


def is_float(typ: Type) -> bool:
    """Report whether the underlying type is a float type."""
    return is_basic(typ, IS_FLOAT)


def is_complex(typ: Type) -> bool:
    """Report whether the underlying type is a complex type."""
    return is_basic(typ, IS_COMPLEX)


def is_numeric(typ: Type) -> bool:
    """Report whether the underlying type is numeric."""
    return is_basic(typ, IS_NUMERIC)


def is_string(typ: Type) -> bool:
    """Report whether the underlying type is a string type."""
    return is_basic(typ, IS_STRING)


def is_integer_or_float(typ: Type) -> bool:
    """Report whether the underlying type is an integer or float type."""
    return is_basic(typ, IS_INTEGER | IS_FLOAT)


def is_const_type(typ: Type) -> bool:
    """Report whether constants can have the type."""
    return is_basic(typ, IS_CONST_TYPE)


def all_basic(typ: Type, info: int) -> bool:
    """Report whether each type in the type set has any of these properties."""
    param = unalias(typ)
    if isinstance(param, TypeParam):
        terms = typesets.specific_terms(param)
        return bool(terms) and all(is_basic(typesets.type_of(term), info) for term in terms)
    return is_basic(typ, info)


def all_boolean(typ: Type) -> bool:
    """Report whether each type in the type set is boolean."""
    return all_basic(typ, IS_BOOLEAN)


def all_integer(typ: Type) -> bool:
    """Report whether each type in the type set is an integer type."""
    return all_basic(typ, IS_INTEGER)


def all_unsigned(typ: Type) -> bool:
    """Report whether each type in the type set is an unsigned integer type."""
    return all_basic(typ, IS_UNSIGNED)


def all_numeric(typ: Type) -> bool:
    """Report whether each type in the type set is numeric."""
    return all_basic(typ, IS_NUMERIC)


def all_string(typ: Type) -> bool:
    """Report whether each type in the type set is a string type."""
    return all_basic(typ, IS_STRING)


def all_ordered(typ: Type) -> bool:
    """Report whether `<` is defined for each type in the type set."""
    return all_basic(typ, IS_ORDERED)


def all_numeric_or_string(typ: Type) -> bool:
    """Report whether `+` is defined for each type in the type set."""
    return all_basic(typ, IS_NUMERIC | IS_STRING)


def has_name(typ: Type) -> bool:
    """Report whether the type has a name: predeclared, defined or a type parameter."""
    return isinstance(unalias(typ), (Basic, Named, TypeParam))


def is_type_lit(typ: Type) -> bool:
    """Report whether the type is neither defined nor a type parameter; basic types are."""
    return not isinstance(unalias(typ), (Named, TypeParam))


def is_typed(typ: Type) -> bool:
    """Report whether the type is that of a value, not of an untyped constant."""
    return not isinstance(typ, Basic) or not typ.info & IS_UNTYPED


def is_untyped(typ: Type) -> bool:
    """Report whether the type is that of an untyped constant, comparison or nil."""
    return isinstance(typ, Basic) and typ.info & IS_UNTYPED != 0


def is_untyped_numeric(typ: Type) -> bool:
    """Report whether the type is that of an untyped number."""
    return is_untyped(typ) and isinstance(typ, Basic) and typ.info & IS_NUMERIC != 0


def is_interface(typ: Type) -> bool:
    """Report whether the underlying type is an interface; so is a type parameter's."""
    return isinstance(typ.underlying, Interface)


def is_type_param(typ: Type) -> bool:
    """Report whether the type is a type parameter."""
    return isinstance(unalias(typ), TypeParam)


def is_non_type_param_interface(typ: Type) -> bool:
    """Report whether values of the type are interface values."""
    return not is_type_param(typ) and is_interface(typ)


def has_empty_typeset(typ: Type) -> bool:
    """Report whether a type parameter can have no type argument; asks only what is known."""
    param = unalias(typ)
    if not isinstance(param, TypeParam):
        return False
    bound: Type | None = param.bound
    named = types.as_named(bound)
    if named is not None:
        bound = named.known_underlying
    elif isinstance(bound, Alias):
        bound = bound.underlying
    if not isinstance(bound, Interface) or bound.tset is None:
        return False
    return typesets.is_empty(bound.tset.terms)


def is_generic(typ: Type) -> bool:
    """Report whether the type needs type arguments before it can be used."""
    if isinstance(typ, Alias) and typ.type_params and not typ.type_args:
        return True
    named = types.as_named(typ)
    return named is not None and named.inst is None and len(named.type_params) > 0


def comparable(typ: Type) -> bool:
    """Report whether `==` is defined for values of the type, though it may panic."""
    return comparable_type(typ, dynamic=True) is None


def comparable_type(
    typ: Type,
    *,
    dynamic: bool,
    seen: set[Type] | None = None,
    qualifier: spelling.Qualifier | None = None,
) -> Cause:
    """Say why values of a type can't be compared.

    Args:
        typ: the type.
        dynamic: take interfaces as comparable, though comparing them may panic.
        seen: types under question already, for recursive types.
        qualifier: how to write packages.
    """
    if seen is None:
        seen = set()
    if typ in seen:
        return None
    seen.add(typ)
    match typ.underlying:
        case Basic(kind=kind):
            return "" if kind is BasicKind.UNTYPED_NIL else None
        case Pointer() | Chan():
            return None
        case Struct(fields=fields):
            for field in fields:
                field_type = field.type or INVALID
                if comparable_type(field_type, dynamic=dynamic, seen=seen) is not None:
                    name = spelling.type_string(field_type, qualifier)
                    return f"struct containing {name} cannot be compared"
            return None
        case Array(elem=elem):
            if comparable_type(elem, dynamic=dynamic, seen=seen) is not None:
                return f"{spelling.type_string(typ, qualifier)} cannot be compared"
            return None
        case Interface() as interface:
            if dynamic and not is_type_param(typ):
                return None
            type_set = typesets.type_set(interface)
            if typesets.is_comparable(type_set, seen):
                return None
            if typesets.is_empty(type_set.terms):
                return "empty type set"
            return "incomparable types in type set"
        case _:
            return ""


def has_nil(typ: Type) -> bool:
    """Report whether `nil` is a value of the type."""
    match typ.underlying:
        case Basic(kind=kind):
            return kind is BasicKind.UNSAFE_POINTER
        case Slice() | Pointer() | Signature() | Map() | Chan():
            return True
        case Interface():
            if not is_type_param(typ):
                return True
            return all(under is not None and has_nil(under) for _, under in typesets.typeset(typ))
        case _:
            return False


def is_bytes_or_runes(typ: Type) -> bool:
    """Report whether the type is `[]byte` or `[]rune`, by another name perhaps."""
    under = typ.underlying
    if isinstance(under, Slice):
        elem = under.elem.underlying
        return isinstance(elem, Basic) and elem.kind in {BasicKind.BYTE, BasicKind.RUNE}
    return False


def is_unsafe_pointer(typ: Type) -> bool:
    """Report whether the underlying type is unsafe.Pointer."""
    under = typ.underlying
    return isinstance(under, Basic) and under.kind is BasicKind.UNSAFE_POINTER


def is_uintptr(typ: Type) -> bool:
    """Report whether the underlying type is uintptr."""
    under = typ.underlying
    return isinstance(under, Basic) and under.kind is BasicKind.UINTPTR


_DEFAULTS: dict[BasicKind, Type] = {
    BasicKind.UNTYPED_BOOL: TYP[BasicKind.BOOL],
    BasicKind.UNTYPED_INT: TYP[BasicKind.INT],
    BasicKind.UNTYPED_RUNE: RUNE,
    BasicKind.UNTYPED_FLOAT: TYP[BasicKind.FLOAT64],
    BasicKind.UNTYPED_COMPLEX: TYP[BasicKind.COMPLEX128],
    BasicKind.UNTYPED_STRING: TYP[BasicKind.STRING],
}


def default(typ: Type) -> Type:
    """Return the type an untyped constant takes where none is asked for; nil stays untyped."""
    return _DEFAULTS.get(typ.kind, typ) if isinstance(typ, Basic) else typ


def max_type(first: Type, second: Type) -> Type | None:
    """Return the type of mixing two untyped numbers; None if the types do not mix."""
    if first is second:
        return first
    if is_untyped_numeric(first) and is_untyped_numeric(second):
        assert isinstance(first, Basic)  # noqa: S101
        assert isinstance(second, Basic)  # noqa: S101
        return first if first.kind > second.kind else second
    return None


def composite_kind(typ: Type) -> str:
    """Name the kind of a composite type, like `struct` or `func`; empty for a basic one."""
    match typ.underlying:
        case Array():
            return "array"
        case Slice():
            return "slice"
        case Struct():
            return "struct"
        case Pointer():
            return "pointer"
        case Signature():
            return "func"
        case Interface():
            return "type parameter" if is_type_param(typ) else "interface"
        case Map():
            return "map"
        case Chan():
            return "chan"
        case types.Tuple():
            return "tuple"
        case types.Union():
            return "union"
        case _:
            return ""
