"""May a value of one type be used as, or turned into, another?

These are the rules for values that have a type. What untyped constants may become depends on
the constant (`constants.representable`); the checker asks that first.

Source: cmd/compile/internal/types2 (operand.go assignableTo, conversions.go), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.gotypes import constants, instantiate, typesets
from mkdocs_gomem.gotypes.identical import identical, identical_ignore_tags
from mkdocs_gomem.gotypes.predicates import (
    has_name,
    is_bytes_or_runes,
    is_complex,
    is_integer,
    is_integer_or_float,
    is_string,
    is_type_param,
    is_uintptr,
    is_unsafe_pointer,
    is_valid,
)
from mkdocs_gomem.gotypes.types import (
    Array,
    Basic,
    Chan,
    ChanDir,
    Interface,
    Pointer,
    Slice,
    Type,
    TypeParam,
    unalias,
)

if TYPE_CHECKING:
    from mkdocs_gomem.gotypes.constants import Value


def assignable_to(typ: Type, target: Type) -> bool:
    """Report whether a value of a type may be assigned to a variable of another."""
    typ, target = unalias(typ), unalias(target)
    if not is_valid(typ) or not is_valid(target) or identical(typ, target):
        return True
    under, target_under = typ.underlying, target.underlying
    param = isinstance(typ, TypeParam)
    target_param = isinstance(target, TypeParam)
    unnamed = not (has_name(typ) and has_name(target))
    if identical(under, target_under) and unnamed and not param and not target_param:
        return True
    if isinstance(target_under, Interface) and not target_param:
        if instantiate.implements(typ, target) is None:
            return True
        if not param:
            return False
    if (
        isinstance(under, Chan)
        and under.dir is ChanDir.SEND_RECV
        and isinstance(target_under, Chan)
        and identical(under.elem, target_under.elem)
    ):
        return unnamed
    if target_param and not has_name(typ):
        return all(
            each is not None and assignable_to(typ, each) for each, _ in typesets.typeset(target)
        )
    if param and not has_name(target):
        return all(
            each is not None and assignable_to(each, target) for each, _ in typesets.typeset(typ)
        )
    return False


def convertible_to(typ: Type, target: Type) -> bool:
    """Report whether `target(x)` is valid for a value `x` of a type."""
    if assignable_to(typ, target):
        return True
    typ, target = unalias(typ), unalias(target)
    if isinstance(typ, TypeParam):
        return all(
            each is not None and convertible_to(each, target) for each, _ in typesets.typeset(typ)
        )
    if isinstance(target, TypeParam):
        return all(
            each is not None and convertible_to(typ, each) for each, _ in typesets.typeset(target)
        )
    under, target_under = typ.underlying, target.underlying
    if identical_ignore_tags(under, target_under):
        return True
    if isinstance(typ, Pointer) and isinstance(target, Pointer):
        params = is_type_param(typ.elem) or is_type_param(target.elem)
        bases = typ.elem.underlying, target.elem.underlying
        if not params and identical_ignore_tags(*bases):
            return True
    return _kinds_convertible(under, target_under)


def _kinds_convertible(under: Type, target: Type) -> bool:
    if is_integer_or_float(under) and is_integer_or_float(target):
        return True
    if is_complex(under) and is_complex(target):
        return True
    if is_string(target) and (is_integer(under) or is_bytes_or_runes(under)):
        return True
    if is_string(under) and is_bytes_or_runes(target):
        return True
    if is_unsafe_pointer(target) and (isinstance(under, Pointer) or is_uintptr(under)):
        return True
    if is_unsafe_pointer(under) and (isinstance(target, Pointer) or is_uintptr(target)):
        return True
    if isinstance(under, Slice):
        array = target.elem.underlying if isinstance(target, Pointer) else target
        return isinstance(array, Array) and identical(under.elem, array.elem)
    return False


def convert_constant(value: Value, typ: Type, target: Type) -> Value | None:
    """Return the constant `target(value)`, or None if the conversion is not valid.

    Args:
        value: the constant.
        typ: its type, which may be untyped.
        target: what constants can have: not a type parameter, not an interface.
    """
    under = target.underlying
    if not isinstance(under, Basic):
        return None
    result = constants.representable(value, under)
    if result is None and is_integer(typ) and is_string(under):
        code, fits = constants.uint64_val(value)
        if not fits or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            code = 0xFFFD
        return chr(code).encode()
    return result
