"""Index and slice expressions, and the constant indices in them.

Source: cmd/compile/internal/types2/index.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignments, call, cycles, expr, typexpr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import convert_untyped
from mkdocs_gomem.compiler.checker.errors import INVALID_ARG, INVALID_OP
from mkdocs_gomem.compiler.checker.operand import (
    CONSTANT,
    INVALID,
    MAPINDEX,
    TYPEXPR,
    VALUE,
    VARIABLE,
    Mode,
    Operand,
)
from mkdocs_gomem.gotypes import constants, types, universe
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import (
    all_integer,
    is_string,
    is_type_param,
    is_untyped,
    is_valid,
)
from mkdocs_gomem.gotypes.typesets import typeset, under_is

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.checker import Checker

_INT = types.TYP[types.BasicKind.INT]
_STRING = types.TYP[types.BasicKind.STRING]


def index_expr(check: Checker, x: Operand, e: syntax.IndexExpr) -> bool:
    """Check `x[i]`; return True if it is a generic function with type arguments instead."""
    expr.expr_or_type(check, x, e.x, allow_generic=True)
    if x.mode is INVALID:
        call.use(check, e.index)
        return False
    if x.mode is TYPEXPR:
        x.mode = INVALID
        x.typ = typexpr.var_type(check, e)
        if is_valid(x.typ):
            x.mode = TYPEXPR
        return False
    under = x.typ.underlying
    if x.mode is VALUE and isinstance(under, types.Signature) and under.type_params:
        return True
    expr.non_generic(check, None, x)
    if x.mode is INVALID:
        return False
    if not cycles.is_complete(check, x.typ) or (
        isinstance(under, types.Pointer | types.Map) and not cycles.is_complete(check, under.elem)
    ):
        x.mode = INVALID
        return False
    length = -1
    match under:
        case types.Slice():
            x.mode = VARIABLE
            x.typ = under.elem
        case types.Map():
            _map_index(check, x, e, under.key, under.elem)
            return False
        case types.Array():
            length = under.len
            if x.mode is not VARIABLE:
                x.mode = VALUE
            x.typ = under.elem
        case types.Basic() if under.info & types.IS_STRING:
            if x.mode is CONSTANT:
                length = len(constants.string_val(x.val))
            x.mode = VALUE
            x.typ = universe.UNIVERSE_BYTE
        case types.Pointer() if isinstance(under.elem.underlying, types.Array):
            array = under.elem.underlying
            length = array.len
            x.mode = VARIABLE
            x.typ = array.elem
        case types.Interface() if is_type_param(x.typ):
            common = _CommonIndex(x.mode)
            if not under_is(x.typ, common.add) or common.elem is None:
                return _not_indexable(check, x, e)
            if common.key is not None:
                _map_index(check, x, e, common.key, common.elem)
                return False
            x.mode = common.mode
            x.typ = common.elem
            length = common.length
        case _:
            return _not_indexable(check, x, e)
    single = _single_index(check, e)
    if single is None:
        x.mode = INVALID
        return False
    index(check, single, length)
    return False


def _not_indexable(check: Checker, x: Operand, e: syntax.IndexExpr) -> bool:
    text = f"cannot index {check.operand_string(x)}"
    check.error(e.pos, Code.NON_SLICEABLE_OPERAND, text)
    call.use(check, e.index)
    x.mode = INVALID
    return False


def _map_index(
    check: Checker, x: Operand, e: syntax.IndexExpr, key_type: types.Type, elem: types.Type
) -> None:
    single = _single_index(check, e)
    if single is None:
        x.mode = INVALID
        return
    key = Operand()
    expr.generic_expr(check, key, single, None)
    assignments.assignment(check, key, key_type, "map index")
    x.mode = MAPINDEX
    x.typ = elem
    x.expr = e


class _CommonIndex:
    """What the types of a type parameter's type set have in common when indexed."""

    __slots__ = ("addressable", "elem", "key", "length", "mode")

    def __init__(self, mode: Mode) -> None:
        self.addressable = mode is VARIABLE
        self.mode: Mode = VARIABLE
        self.key: types.Type | None = None
        self.elem: types.Type | None = None
        self.length = -1

    def add(self, u: types.Type | None) -> bool:
        """Add one type; False if it can't be indexed as those before."""
        length = -1
        key: types.Type | None = None
        elem: types.Type | None = None
        match u:
            case types.Basic() if u.info & types.IS_STRING:
                elem = universe.UNIVERSE_BYTE
                self.mode = VALUE
            case types.Array():
                length, elem = u.len, u.elem
                if not self.addressable:
                    self.mode = VALUE
            case types.Pointer():
                array = u.elem.underlying
                if isinstance(array, types.Array):
                    length, elem = array.len, array.elem
            case types.Slice():
                elem = u.elem
            case types.Map():
                key, elem = u.key, u.elem
            case _:
                pass
        if elem is None:
            return False
        if self.elem is None:
            self.length, self.key, self.elem = length, key, elem
            return True
        if (key is None) != (self.key is None):
            return False
        if key is not None and self.key is not None and not identical(self.key, key):
            return False
        if not identical(self.elem, elem):
            return False
        if 0 <= length < self.length:
            self.length = length
        return True


def slice_expr(check: Checker, x: Operand, e: syntax.SliceExpr) -> None:
    """Check `x[i:j]` or `x[i:j:k]`."""
    expr.expr(check, None, x, e.x)
    if x.mode is INVALID:
        for bound in e.index:
            if bound is not None:
                call.use(check, bound)
        return
    u = _common_sliceable(check, x)
    if u is None:
        x.mode = INVALID
        return
    own = x.typ.underlying
    if isinstance(own, types.Pointer) and not cycles.is_complete(check, own.elem):
        x.mode = INVALID
        return
    length = -1
    match u:
        case types.Slice():
            pass
        case types.Basic() if u.info & types.IS_STRING:
            if e.full:
                text = f"{INVALID_OP}3-index slice of string"
                check.error(e.index[2] or e, Code.INVALID_SLICE_EXPR, text)
                x.mode = INVALID
                return
            if x.mode is CONSTANT:
                length = len(constants.string_val(x.val))
            if is_untyped(x.typ):
                x.typ = _STRING
        case types.Array():
            length = u.len
            if x.mode is not VARIABLE:
                text = f"cannot slice unaddressable value {check.operand_string(x)}"
                check.error(x, Code.NON_SLICEABLE_OPERAND, text)
                x.mode = INVALID
                return
            x.typ = types.Slice(u.elem)
        case types.Pointer() if isinstance(u.elem.underlying, types.Array):
            array = u.elem.underlying
            length = array.len
            x.typ = types.Slice(array.elem)
        case _:
            text = f"cannot slice {check.operand_string(x)}"
            check.error(x, Code.NON_SLICEABLE_OPERAND, text)
            x.mode = INVALID
            return
    x.mode = VALUE
    if e.full and (e.index[1] is None or e.index[2] is None):
        text = "2nd and 3rd index required in 3-index slice"
        check.error(e, Code.INVALID_SYNTAX_TREE, text)
        x.mode = INVALID
        return
    _check_bounds(check, e, length)


def _common_sliceable(check: Checker, x: Operand) -> types.Type | None:
    """Return what to slice `x` as: strings in a type set count as bytes, and win."""
    ct: types.Type | None = None
    cu: types.Type | None = None
    has_string = False
    for t, under in typeset(x.typ):
        u = under
        if u is None:
            what = check.operand_string(x)
            text = f"cannot slice {what}: no specific type in {check.type_string(x.typ)}"
            check.error(x, Code.NON_SLICEABLE_OPERAND, text)
            return None
        if is_string(u):
            u = types.Slice(universe.UNIVERSE_BYTE)
            has_string = True
        if cu is None:
            ct, cu = t, u
        elif not identical(cu, u):
            what = check.operand_string(x)
            text = (
                f"cannot slice {what}: {check.type_string(ct)} and {check.type_string(t)} "
                "have different underlying types"
            )
            check.error(x, Code.NON_SLICEABLE_OPERAND, text)
            return None
    if has_string:
        return _STRING if is_type_param(x.typ) else x.typ.underlying
    return cu


def _check_bounds(check: Checker, e: syntax.SliceExpr, length: int) -> None:
    bounds: list[int] = []
    for i, bound in enumerate(e.index):
        value = -1
        if bound is not None:
            value = index(check, bound, length + 1 if length >= 0 else -1)[1]
        elif i == 0:
            value = 0
        elif length >= 0:
            value = length
        bounds.append(value)
    for i, low in enumerate(bounds[:-1]):
        if low <= 0:
            continue
        for j in range(i + 1, len(bounds)):
            high = bounds[j]
            if 0 <= high < low:
                at = e.index[j]
                assert at is not None
                text = f"invalid slice indices: {high} < {low}"
                check.error(at, Code.SWAPPED_SLICE_INDICES, text)
                return


def _single_index(check: Checker, e: syntax.IndexExpr) -> syntax.Expr | None:
    if isinstance(e.index, syntax.ListExpr):
        elems = e.index.elem_list
        check.error(elems[1], Code.INVALID_INDEX, f"{INVALID_OP}more than one index")
        return elems[0]
    return e.index


def index(check: Checker, e: syntax.Expr, limit: int) -> tuple[types.Type, int]:
    """Check an index; return its type, and its value if it is a constant below `limit`.

    A negative limit allows every constant; the value is -1 for what is not constant.
    """
    x = Operand()
    expr.expr(check, None, x, e)
    if not is_valid_index(check, x, Code.INVALID_INDEX, "index", allow_negative=False):
        return types.INVALID, -1
    if x.mode is not CONSTANT:
        return x.typ, -1
    if constants.kind(x.val) is constants.Kind.UNKNOWN:
        return types.INVALID, -1
    value, _ = constants.int64_val(x.val)
    if 0 <= limit <= value:
        text = f"{INVALID_ARG}index {constants.string(x.val)} out of bounds [0:{limit}]"
        check.error(x, Code.INVALID_INDEX, text)
        return types.INVALID, -1
    return x.typ, value


def is_valid_index(
    check: Checker, x: Operand, code: Code, what: str, *, allow_negative: bool
) -> bool:
    """Report an operand that is no index, length or capacity."""
    if x.mode is INVALID:
        return False
    convert_untyped(check, x, _INT)
    if x.mode is INVALID:
        return False
    if not all_integer(x.typ):
        text = f"{INVALID_ARG}{what} {check.operand_string(x)} must be integer"
        check.error(x, code, text)
        return False
    if x.mode is CONSTANT:
        if not allow_negative and constants.sign(x.val) < 0:
            text = f"{INVALID_ARG}{what} {check.operand_string(x)} must not be negative"
            check.error(x, code, text)
            return False
        val = constants.representable(x.val, _INT)
        if val is None:
            text = f"{INVALID_ARG}{what} {check.operand_string(x)} overflows int"
            check.error(x, code, text)
            return False
        x.val = val
    return True
