"""Interface types and the unions in them.

A type set is computed when it is first asked for (`gotypes.typesets`); here it is asked for
once, after the types around are complete, so that errors are told in gc's order.

Source: cmd/compile/internal/types2/interface.go, union.go and typeset.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import decl, typexpr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.operand import TYPEXPR
from mkdocs_gomem.compiler.checker.version import GO1_14, GO1_18
from mkdocs_gomem.gotypes import objects, spelling, types, universe
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import is_interface, is_type_param, is_valid
from mkdocs_gomem.gotypes.types import as_named
from mkdocs_gomem.gotypes.typesets import term_disjoint, type_set

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.checker import Checker
    from mkdocs_gomem.source import Pos

MAX_TERM_COUNT = 100
"""A union larger than this is more than gc can handle."""


class TypeSetErrors:
    """Reports what is wrong with an interface while its type set is made."""

    __slots__ = ("check",)

    def __init__(self, check: Checker) -> None:
        self.check = check

    def duplicate_method(self, pos: Pos, method: objects.Func, other_pos: Pos) -> None:
        """Report a method declared twice in one interface."""
        report = self.check.new_report(Code.DUPLICATE_DECL)
        report.add(pos, f"duplicate method {method.name}")
        report.add(other_pos, f"other declaration of method {method.name}")
        report.report()

    def embedded_duplicate(
        self, pos: Pos, method: objects.Func, other: objects.Func, other_pos: Pos
    ) -> None:
        """Check, when types are complete, that methods of one name are identical."""

        def verify() -> None:
            assert method.type is not None
            assert other.type is not None
            old = bool(pos) and not self.check.allow_version(GO1_14)
            if old or not identical(method.type, other.type):
                self.duplicate_method(pos, method, other_pos)

        self.check.later(verify)

    def too_many_terms(self, pos: Pos, limit: int) -> None:
        """Report a union that is larger than gc can handle."""
        text = f"cannot handle more than {limit} union terms (implementation limitation)"
        self.check.error(pos, Code.INVALID_UNION, text)

    def allows_embedding(self, pos: Pos, typ: types.Type) -> bool:
        """Report an embedded element that the language version does not have."""
        if self.check.allow_version(GO1_18):
            return True
        match typ.underlying:
            case types.Interface():
                if not decl.is_imported_constraint(self.check, typ):
                    return True
                what = f"embedding constraint interface {self.check.type_string(typ)}"
            case types.Union():
                what = f"embedding interface element {self.check.type_string(typ)}"
            case _:
                what = f"embedding non-interface type {self.check.type_string(typ)}"
        return self.check.verify_version(pos, GO1_18, what)


def interface_type(
    check: Checker,
    ityp: types.Interface,
    iface: syntax.InterfaceType,
    declaring: objects.TypeName | None,
) -> None:
    """Fill an interface type from its syntax."""
    if iface.method_list and not check.trusted:
        ityp.check = TypeSetErrors(check)
        check.cleaners.append(ityp)
    for f in iface.method_list:
        if f.name is None:
            ityp.embeddeds.append(_parse_union(check, f.type))
            ityp.embed_pos.append(syntax.start_pos(f.type))
            continue
        name = f.name.value
        if name == "_":
            text = "methods must have a unique non-blank name"
            check.error(f.name, Code.BLANK_IFACE_METHOD, text)
            continue
        sig = typexpr.typ(check, f.type)
        if not isinstance(sig, types.Signature):
            if is_valid(sig):
                text = f"{check.type_string(sig)} is not a method signature"
                check.error(f.type, Code.INVALID_SYNTAX_TREE, text)
            continue
        recv_typ: types.Type = ityp
        if declaring is not None:
            named = as_named(declaring.type)
            if named is not None:
                recv_typ = named
        kind = objects.VarKind.RECV_VAR
        sig.recv = objects.Var(f.name.pos, check.pkg, "", recv_typ, kind)
        method = objects.Func(f.name.pos, check.pkg, name, sig)
        check.record_def(f.name, method)
        ityp.methods.append(method)
    ityp.complete = True
    if not ityp.methods and not ityp.embeddeds:
        ityp.tset = types.TOP_TYPE_SET
        return
    ityp.methods.sort(key=objects.method_order)
    check.verify_later(lambda: _compute_type_set(ityp))


def _compute_type_set(ityp: types.Interface) -> None:
    type_set(ityp)


def _parse_union(check: Checker, uexpr: syntax.Expr) -> types.Type:
    """Return the type of an embedded element: a type, `~T`, or a union of these."""
    operations, operands = _flatten_union(uexpr)
    terms: list[types.Term] = []
    union: types.Type = types.INVALID
    for i, x in enumerate(operands):
        term = _parse_tilde(check, x)
        assert term.type is not None
        if len(operands) == 1 and not term.tilde:
            return term.type
        if len(terms) >= MAX_TERM_COUNT:
            if is_valid(union):
                text = (
                    f"cannot handle more than {MAX_TERM_COUNT} union terms "
                    "(implementation limitation)"
                )
                check.error(x, Code.INVALID_UNION, text)
                union = types.INVALID
        else:
            terms.append(term)
            union = types.Union(list(terms))
        if i > 0:
            check.record_type(operations[i - 1], TYPEXPR, union)
    if is_valid(union):
        check.verify_later(lambda: _check_terms(check, terms, operands))
    return union


def _check_terms(check: Checker, terms: list[types.Term], operands: list[syntax.Expr]) -> None:
    for i, t in enumerate(terms):
        typ = t.type
        assert typ is not None
        if not is_valid(typ):
            continue
        u = typ.underlying
        spelled = check.type_string(typ)
        written = spelling.type_string(typ)
        at = operands[i]
        if t.tilde:
            if isinstance(u, types.Interface):
                text = f"invalid use of ~ ({spelled} is an interface)"
                check.error(at, Code.INVALID_UNION, text)
                continue
            if not identical(u, typ):
                under = check.type_string(u)
                text = f"invalid use of ~ (underlying type of {spelled} is {under})"
                check.error(at, Code.INVALID_UNION, text)
                continue
        if isinstance(u, types.Interface):
            tset = type_set(u)
            if tset.methods:
                text = f"cannot use {written} in union ({written} contains methods)"
                check.error(at, Code.INVALID_UNION, text)
            elif typ is universe.UNIVERSE_COMPARABLE:
                check.error(at, Code.INVALID_UNION, "cannot use comparable in union")
            elif tset.comparable:
                text = f"cannot use {written} in union ({written} embeds comparable)"
                check.error(at, Code.INVALID_UNION, text)
            continue
        other = _overlapping_term(terms[:i], t)
        if other is not None:
            text = f"overlapping terms {_term_string(t)} and {_term_string(other)}"
            check.error(at, Code.INVALID_UNION, text)


def _term_string(term: types.Term) -> str:
    # gc writes terms with the full paths of packages.
    return ("~" if term.tilde else "") + spelling.type_string(term.type)


def _parse_tilde(check: Checker, tx: syntax.Expr) -> types.Term:
    x = tx
    tilde = isinstance(x, syntax.Operation) and x.op == "~"
    if isinstance(x, syntax.Operation) and tilde:
        x = x.x
    typ = typexpr.typ(check, x)
    if is_type_param(typ):
        if tilde:
            text = f"type in term {syntax.spell(tx)} cannot be a type parameter"
        else:
            text = "term cannot be a type parameter"
        check.error(x, Code.MISPLACED_TYPE_PARAM, text)
        typ = types.INVALID
    term = types.Term(tilde, typ)
    if tilde:
        check.record_type(tx, TYPEXPR, types.Union([term]))
    return term


def _overlapping_term(terms: list[types.Term], y: types.Term) -> types.Term | None:
    for x in terms:
        assert x.type is not None
        if not is_interface(x.type) and not term_disjoint(x, y):
            return x
    return None


def _flatten_union(x: syntax.Expr) -> tuple[list[syntax.Expr], list[syntax.Expr]]:
    """Return the `|` operations from left to right, and their operands."""
    operations: list[syntax.Expr] = []
    operands: list[syntax.Expr] = []
    while isinstance(x, syntax.Operation) and x.op == "|":
        operations.append(x)
        assert x.y is not None
        operands.append(x.y)
        x = x.x
    operands.append(x)
    return operations[::-1], operands[::-1]
