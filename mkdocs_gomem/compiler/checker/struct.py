"""Struct types.

Source: cmd/compile/internal/types2/struct.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import typexpr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.gotypes import constants, objects, types
from mkdocs_gomem.gotypes.predicates import is_type_param
from mkdocs_gomem.gotypes.types import unalias

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.checker import Checker
    from mkdocs_gomem.source import Pos


def struct_type(check: Checker, styp: types.Struct, e: syntax.StructType) -> None:
    """Fill a struct type from its syntax."""
    if not e.field_list:
        return
    fields: list[objects.Var] = []
    tags: list[str] = []
    seen: dict[str, objects.Var] = {}

    def add(name: syntax.Name, *, embedded: bool) -> None:
        field = objects.new_field(name.pos, check.pkg, name.value, typ, embedded=embedded)
        other = seen.setdefault(field.id, field) if name.value != "_" else field
        if tag and not tags:
            tags.extend([""] * len(fields))
        if other is field:
            if tag or tags:
                tags.append(tag)
            fields.append(field)
            check.record_def(name, field)
            return
        report = check.new_report(Code.DUPLICATE_DECL)
        report.add(name.pos, f"{name.value} redeclared")
        report.add_other(other)
        report.report()

    typ: types.Type = types.INVALID
    previous: syntax.Expr | None = None
    for i, f in enumerate(e.field_list):
        if f.type is not previous:
            typ = typexpr.var_type(check, f.type)
            previous = f.type
        literal = e.tag_list[i] if i < len(e.tag_list) else None
        tag = _tag(check, literal) if literal is not None else ""
        if f.name is not None:
            add(f.name, embedded=False)
            continue
        pos = syntax.start_pos(f.type)
        ident = _embedded_field_ident(f.type)
        if ident is None:
            text = f"invalid embedded field type {syntax.spell(f.type)}"
            check.error(pos, Code.INVALID_SYNTAX_TREE, text)
            typ = types.INVALID
            tag = ""
            add(syntax.Name(pos, "_"), embedded=True)
            continue
        add(ident, embedded=True)
        _check_embedded_later(check, pos, typ)
    styp.fields = fields
    styp.tags = tags


def _check_embedded_later(check: Checker, pos: Pos, embedded: types.Type) -> None:
    def verify() -> None:
        pointer = unalias(embedded)
        is_pointer = isinstance(pointer, types.Pointer)
        t = pointer.elem if isinstance(pointer, types.Pointer) else embedded
        match t.underlying:
            case types.Basic(kind=types.BasicKind.UNSAFE_POINTER):
                text = "embedded field type cannot be unsafe.Pointer"
                check.error(pos, Code.INVALID_PTR_EMBED, text)
            case types.Pointer():
                text = "embedded field type cannot be a pointer"
                check.error(pos, Code.INVALID_PTR_EMBED, text)
            case types.Interface():
                if is_type_param(t):
                    text = "embedded field type cannot be a (pointer to a) type parameter"
                    check.error(pos, Code.MISPLACED_TYPE_PARAM, text)
                elif is_pointer:
                    text = "embedded field type cannot be a pointer to an interface"
                    check.error(pos, Code.INVALID_PTR_EMBED, text)
            case _:
                pass

    check.verify_later(verify)


def _embedded_field_ident(e: syntax.Expr) -> syntax.Name | None:
    match e:
        case syntax.Name():
            return e
        case syntax.Operation(op="*", y=None):
            if not (isinstance(e.x, syntax.Operation) and e.x.op == "*" and e.x.y is None):
                return _embedded_field_ident(e.x)
        case syntax.SelectorExpr():
            return e.sel
        case syntax.IndexExpr():
            return _embedded_field_ident(e.x)
        case _:
            pass
    return None


def _tag(check: Checker, t: syntax.BasicLit) -> str:
    if t.bad:
        return ""
    if t.kind == "string":
        return (constants.unquote(t.value) or b"").decode("utf-8", "surrogateescape")
    check.error(t, Code.INVALID_SYNTAX_TREE, f"incorrect tag syntax: {t.value}")
    return ""
