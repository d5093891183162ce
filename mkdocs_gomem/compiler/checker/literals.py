"""Literals: numbers and strings, functions, and composite ones.

Source: cmd/compile/internal/types2/literals.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignments, call, cycles, expr, stmt, typexpr
from mkdocs_gomem.compiler.checker import index as indexing
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import op_pos, overflow
from mkdocs_gomem.compiler.checker.operand import CONSTANT, INVALID, TYPEXPR, VALUE, Operand
from mkdocs_gomem.compiler.checker.version import GO1_13, GO1_27
from mkdocs_gomem.gotypes import constants, lookup, objects, types
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import is_non_type_param_interface, is_valid
from mkdocs_gomem.gotypes.types import unalias
from mkdocs_gomem.gotypes.typesets import common_under

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.checker import Checker

_LITERAL_TYPES = {
    "int": types.TYP[types.BasicKind.UNTYPED_INT],
    "float": types.TYP[types.BasicKind.UNTYPED_FLOAT],
    "imag": types.TYP[types.BasicKind.UNTYPED_COMPLEX],
    "rune": types.TYP[types.BasicKind.UNTYPED_RUNE],
    "string": types.TYP[types.BasicKind.UNTYPED_STRING],
}
_MAX_NUMBER = 10_000
"""Characters of a number literal."""


def basic_lit(check: Checker, x: Operand, e: syntax.BasicLit) -> None:
    """Check a number, rune or string."""
    if e.kind in ("int", "float", "imag"):
        if not check.allow_version(GO1_13):
            _lang_compat(check, e)
        if len(e.value) > _MAX_NUMBER:
            text = f"excessively long constant: {e.value[:10]}... ({len(e.value)} chars)"
            check.error(e, Code.INVALID_CONST_VAL, text)
            x.mode = INVALID
            return
    val = constants.make_from_literal(e.value, e.kind)
    if constants.kind(val) is constants.Kind.UNKNOWN:
        check.error(e, Code.INVALID_CONST_VAL, f"malformed constant: {e.value}")
        x.mode = INVALID
        return
    x.mode = CONSTANT
    x.typ = _LITERAL_TYPES[e.kind]
    x.val = val
    x.expr = e
    overflow(check, x, op_pos(e))


def _lang_compat(check: Checker, lit: syntax.BasicLit) -> None:
    text = lit.value
    if len(text) <= 2:
        return
    radix = text[1].lower()
    if "_" in text:
        check.version_error(lit, GO1_13, "underscore in numeric literal")
    elif text[0] != "0":
        return
    elif radix == "b":
        check.version_error(lit, GO1_13, "binary literal")
    elif radix == "o":
        check.version_error(lit, GO1_13, "0o/0O-style octal literal")
    elif lit.kind != "int" and radix == "x":
        check.version_error(lit, GO1_13, "hexadecimal floating-point literal")


def func_lit(check: Checker, x: Operand, e: syntax.FuncLit) -> None:
    """Check a function literal; its body is checked later, in the scopes around."""
    sig = typexpr.typ(check, e.type)
    assert isinstance(sig, types.Signature)
    check.info.func_lits.append(e)
    env = check.env
    decl, iota = env.decl, env.iota
    # The body belongs to an expression that is checked, so it is checked even where
    # the bodies of declared functions are left alone.
    check.later(lambda: stmt.func_body(check, decl, sig, e.body, iota))
    x.mode = VALUE
    x.typ = sig


def composite_lit(
    check: Checker, x: Operand, e: syntax.CompositeLit, hint: types.Type | None
) -> None:
    """Check `T{...}`, or `{...}` inside another composite literal."""
    is_elem = False
    typ: types.Type
    if e.type is not None:
        if isinstance(e.type, syntax.ArrayType) and e.type.len is None:
            typ = types.Array(typexpr.var_type(check, e.type.elem), -1)
        else:
            typ = typexpr.typ(check, e.type)
        base = typ
    elif hint is not None:
        typ = base = hint
        common, _ = common_under(base)
        pointer = unalias(common) if common is not None else None
        if isinstance(pointer, types.Pointer):
            base = pointer.elem
        is_elem = True
    else:
        check.error(e, Code.UNTYPED_LIT, "missing type in composite literal")
        typ = base = types.INVALID
    if not cycles.is_complete(check, base):
        x.mode = INVALID
        return
    under, _ = common_under(base)
    match under:
        case types.Struct():
            if e.elem_list:
                if isinstance(e.elem_list[0], syntax.KeyValueExpr):
                    _keyed_fields(check, x, e, under, base)
                else:
                    _listed_fields(check, x, e, under, base)
        case types.Array():
            count = _indexed_elems(check, e.elem_list, under.elem, under.len)
            if under.len < 0:
                under.len = count
                if e.type is not None:
                    check.record_type(e.type, TYPEXPR, under)
        case types.Slice():
            _indexed_elems(check, e.elem_list, under.elem, -1)
        case types.Map():
            _map_elems(check, x, e, under)
        case _:
            for elem in e.elem_list:
                call.use(check, elem.value if isinstance(elem, syntax.KeyValueExpr) else elem)
            if under is None or is_valid(under):
                qualifier = " element" if is_elem else ""
                cause = " (no common underlying type)" if under is None else ""
                spelled = check.type_string(typ)
                text = f"invalid composite literal{qualifier} type {spelled}{cause}"
                check.error(e, Code.INVALID_LIT, text)
                x.mode = INVALID
                return
    x.mode = VALUE
    x.typ = typ


class _Visited:
    """The fields set so far, by their paths: a path may not lead through another."""

    __slots__ = ("paths",)

    def __init__(self) -> None:
        self.paths: dict[tuple[int, ...], objects.Var] = {}

    def insert(self, path: tuple[int, ...], field: objects.Var) -> tuple[objects.Var | None, int]:
        """Add a path; return the field in its way and the length of that one's path, or None."""
        for n in range(1, len(path) + 1):
            other = self.paths.get(path[:n])
            if other is not None:
                return other, n
        for longer, other in self.paths.items():
            if longer[: len(path)] == path:
                return other, len(longer)
        self.paths[path] = field
        return None, 0


def _keyed_fields(
    check: Checker, x: Operand, e: syntax.CompositeLit, struct: types.Struct, base: types.Type
) -> None:
    visited = _Visited()
    for kv in e.elem_list:
        if not isinstance(kv, syntax.KeyValueExpr):
            text = "mixture of field:value and value elements in struct literal"
            check.error(kv, Code.MIXED_STRUCT_LIT, text)
            continue
        expr.generic_expr(check, x, kv.value, None)
        key = kv.key
        if not isinstance(key, syntax.Name):
            text = f"invalid field name {syntax.spell(key)} in struct literal"
            check.error(kv, Code.INVALID_LIT_FIELD, text)
            continue
        field, path, indirect = lookup.lookup_field_or_method(
            struct, addressable=False, pkg=check.pkg, name=key.value
        )
        if field is None:
            other = lookup.lookup_field_or_method(
                struct, addressable=False, pkg=check.pkg, name=key.value, fold_case=True
            )
            text = call.lookup_error(check, base, key.value, other[0], struct_lit=True)
            check.error(key, Code.MISSING_LIT_FIELD, text)
            continue
        if not isinstance(field, objects.Var):
            check.error(key, Code.MISSING_LIT_FIELD, f"{key.value} is not a field")
            continue
        if len(path) > 1:
            spelled = lookup.field_path(struct, path)
            what = (
                f"use of promoted field {spelled} in struct literal "
                f"of type {check.type_string(base)}"
            )
            if not check.verify_version(key, GO1_27, what):
                continue
        if indirect:
            text = f"invalid implicit pointer indirection to reach {key.value}"
            check.error(key, Code.INVALID_LIT_FIELD, text)
            continue
        check.record_use(key, field)
        assert field.type is not None
        assignments.assignment(check, x, field.type, "struct literal")
        other_field, length = visited.insert(path, field)
        if other_field is None:
            continue
        if other_field is field:
            text = f"duplicate field name {field.name} in struct literal"
        elif length < len(path):
            text = (
                f"cannot specify promoted field {field.name} "
                f"and enclosing embedded field {other_field.name}"
            )
        else:
            text = (
                f"cannot specify embedded field {field.name} "
                f"and enclosed promoted field {other_field.name}"
            )
        check.error(kv, Code.DUPLICATE_LIT_FIELD, text)


def _listed_fields(
    check: Checker, x: Operand, e: syntax.CompositeLit, struct: types.Struct, base: types.Type
) -> None:
    fields = struct.fields
    for i, elem in enumerate(e.elem_list):
        if isinstance(elem, syntax.KeyValueExpr):
            text = "mixture of field:value and value elements in struct literal"
            check.error(elem, Code.MIXED_STRUCT_LIT, text)
            continue
        expr.generic_expr(check, x, elem, None)
        if i >= len(fields):
            text = f"too many values in struct literal of type {check.type_string(base)}"
            check.error(x, Code.INVALID_STRUCT_LIT, text)
            break
        field = fields[i]
        if not field.exported and field.pkg is not check.pkg:
            text = (
                f"implicit assignment to unexported field {field.name} "
                f"in struct literal of type {check.type_string(base)}"
            )
            check.error(x, Code.UNEXPORTED_LIT_FIELD, text)
            continue
        assert field.type is not None
        assignments.assignment(check, x, field.type, "struct literal")
    if len(e.elem_list) < len(fields):
        hidden = any(not f.exported and f.pkg is not check.pkg for f in fields)
        hint = " (type has unexported fields - use key:value pairs)" if hidden else ""
        text = f"too few values in struct literal of type {check.type_string(base)}{hint}"
        check.error(e.rbrace, Code.INVALID_STRUCT_LIT, text)


def _map_elems(check: Checker, x: Operand, e: syntax.CompositeLit, under: types.Map) -> None:
    key_is_interface = is_non_type_param_interface(under.key)
    visited: dict[object, list[types.Type]] = {}
    for kv in e.elem_list:
        if not isinstance(kv, syntax.KeyValueExpr):
            check.error(kv, Code.MISSING_LIT_KEY, "missing key in map literal")
            continue
        expr.generic_expr(check, x, kv.key, under.key)
        assignments.assignment(check, x, under.key, "map literal")
        if x.mode is INVALID:
            continue
        if x.mode is CONSTANT:
            key = stmt.case_key(x.val)
            known = visited.setdefault(key, [])
            duplicate = any(identical(t, x.typ) for t in known) if key_is_interface else bool(known)
            known.append(x.typ)
            if duplicate:
                text = f"duplicate key {constants.string(x.val)} in map literal"
                check.error(x, Code.DUPLICATE_LIT_KEY, text)
                continue
        expr.generic_expr(check, x, kv.value, under.elem)
        assignments.assignment(check, x, under.elem, "map literal")


def _indexed_elems(check: Checker, elems: list[syntax.Expr], typ: types.Type, length: int) -> int:
    """Check the elements of an array or slice; return how long it must be."""
    visited: set[int] = set()
    i = longest = 0
    for e in elems:
        valid = False
        value = e
        if isinstance(e, syntax.KeyValueExpr):
            index_type, at = indexing.index(check, e.key, length)
            if is_valid(index_type):
                if at >= 0:
                    i = at
                    valid = True
                else:
                    text = f"index {syntax.spell(e.key)} must be integer constant"
                    check.error(e, Code.INVALID_LIT_INDEX, text)
            value = e.value
        elif 0 <= length <= i:
            text = f"index {i} is out of bounds (>= {length})"
            check.error(e, Code.OVERSIZE_ARRAY_LIT, text)
        else:
            valid = True
        if valid:
            if i in visited:
                text = f"duplicate index {i} in array or slice literal"
                check.error(e, Code.DUPLICATE_LIT_KEY, text)
            visited.add(i)
        i += 1
        longest = max(longest, i)
        x = Operand()
        expr.generic_expr(check, x, value, typ)
        assignments.assignment(check, x, typ, "array or slice literal")
    return longest
