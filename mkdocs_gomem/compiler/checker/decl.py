"""Declarations: giving each object its type, in the order in which types are needed.

`obj_decl` declares one object and, on the way, whatever it mentions; objects on the way stand
in `Checker.obj_path`, so that a cycle is seen when it closes. Declarations inside functions
(`decl_stmt`) are the same rules with a scope that grows as it is read.

Source: cmd/compile/internal/types2/decl.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import (
    assignments,
    cycles,
    expr,
    resolver,
    signature,
    stmt,
    typexpr,
)
from mkdocs_gomem.compiler.checker.checker import Checker, DeclInfo, Environment
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.operand import Operand
from mkdocs_gomem.compiler.checker.version import GO1_9, GO1_18, GO1_23
from mkdocs_gomem.gotypes import constants, objects, types
from mkdocs_gomem.gotypes.predicates import is_const_type, is_type_param, is_valid
from mkdocs_gomem.gotypes.types import as_named
from mkdocs_gomem.gotypes.typesets import is_method_set, type_set
from mkdocs_gomem.source import NO_POS, Pos, spell

if TYPE_CHECKING:
    from collections.abc import Sequence


def declare(
    check: Checker,
    scope: objects.Scope,
    name: syntax.Name | None,
    obj: objects.Object,
    scope_pos: Pos,
) -> None:
    """Make an object visible in a scope from a place on."""
    if obj.name != "_":
        other = scope.insert(obj)
        if other is not None:
            report = check.new_report(Code.DUPLICATE_DECL)
            report.add(obj.pos, f"{obj.name} redeclared in this block")
            report.add_other(other)
            report.report()
            return
        obj.scope_pos = scope_pos
    if name is not None:
        check.record_def(name, obj)


def obj_decl(check: Checker, obj: objects.Object) -> None:
    """Give an object its type, unless it has one or is about to get it."""
    if obj in check.obj_path_index:
        valid = cycles.valid_cycle(check, obj)
        match obj:
            case objects.Const() | objects.Var():
                if not valid or obj.type is None:
                    obj.type = types.INVALID
            case objects.TypeName():
                if not valid:
                    obj.type = types.INVALID
            case _:
                pass
        return
    if obj.type is not None:
        return
    info = check.obj_map.get(obj)
    if info is None:
        check.importer.complete(obj)
        return
    check.push(obj)
    saved = check.env
    check.env = Environment(info.file, info.version)
    match obj:
        case objects.Const():
            check.env.decl = info
            const_decl(check, obj, info.vtyp, info.init, inherited=info.inherited)
        case objects.Var():
            check.env.decl = info
            var_decl(check, obj, info.lhs, info.vtyp, info.init)
        case objects.TypeName():
            assert info.tdecl is not None
            type_decl(check, obj, info.tdecl)
            collect_methods(check, obj)
        case objects.Func():
            func_decl(check, obj, info)
        case _:
            pass
    check.env = saved
    check.pop()


def const_decl(
    check: Checker,
    obj: objects.Const,
    typ: syntax.Expr | None,
    init: syntax.Expr | None,
    *,
    inherited: bool,
) -> None:
    """Declare one constant; its `val` holds iota until then."""
    env = check.env
    saved = env.iota, env.errpos
    env.iota = obj.val
    env.errpos = NO_POS
    obj.val = constants.make_unknown()
    declared = True
    if typ is not None:
        t = typexpr.typ(check, typ)
        if is_const_type(t):
            obj.type = t
        else:
            if is_valid(t.underlying):
                text = f"invalid constant type {check.type_string(t)}"
                check.error(typ, Code.INVALID_CONST_TYPE, text)
            obj.type = types.INVALID
            declared = False
    if declared:
        x = Operand()
        if init is not None:
            if inherited:
                env.errpos = obj.pos
            expr.expr(check, None, x, init)
        assignments.init_const(check, obj, x)
    env.iota, env.errpos = saved


def var_decl(
    check: Checker,
    obj: objects.Var,
    lhs: Sequence[objects.Var] | None,
    typ: syntax.Expr | None,
    init: syntax.Expr | None,
) -> None:
    """Declare one variable; `lhs` are all variables that share its initial value."""
    if typ is not None:
        obj.type = typexpr.var_type(check, typ)
    if init is None:
        if typ is None:
            obj.type = types.INVALID
        return
    if check.trusted and obj.kind is objects.VarKind.PACKAGE_VAR:
        # What else the initial value says is found out when somebody wants the value.
        if obj.type is None and (lhs is None or len(lhs) == 1):
            obj.type = _literal_type(check, init)
        if obj.type is not None:
            return
        assert check.env.decl is not None
        check.initialized.add(check.env.decl)
    if lhs is None or len(lhs) == 1:
        x = Operand()
        expr.expr(check, expr.new_target(obj.type, obj.name), x, init)
        assignments.init_var(check, obj, x, "variable declaration")
        return
    if typ is not None:
        for other in lhs:
            other.type = obj.type
    assignments.init_vars(check, lhs, [init], None)


def _literal_type(check: Checker, init: syntax.Expr) -> types.Type | None:
    """Return the type of `T{...}` or `&T{...}` by its first word; None for anything else."""
    pointer = isinstance(init, syntax.Operation) and init.op == "&" and init.y is None
    if isinstance(init, syntax.Operation) and pointer:
        init = syntax.unparen(init.x)
    if not isinstance(init, syntax.CompositeLit) or init.type is None:
        return None
    if isinstance(init.type, syntax.ArrayType) and init.type.len is None:
        return None
    typ = typexpr.typ(check, init.type)
    return types.Pointer(typ) if pointer else typ


def type_decl(check: Checker, obj: objects.TypeName, tdecl: syntax.TypeDecl) -> None:
    """Declare a defined type or an alias."""
    rhs: types.Type | None = None
    version_error = False

    def validate() -> None:
        named = as_named(obj.type)
        if named is not None:
            cycles.valid_type(check, named)
        if not version_error and rhs is not None and is_imported_constraint(check, rhs):
            what = f"using type constraint {check.type_string(rhs)}"
            check.verify_version(tdecl.type, GO1_18, what)

    check.verify_later(validate)
    tparam = tdecl.tparam_list[0] if tdecl.tparam_list else None
    if tdecl.alias:
        if tparam is not None and not check.verify_version(tparam, GO1_23, "generic type alias"):
            version_error = True
        if not version_error and not check.verify_version(tdecl, GO1_9, "type alias"):
            version_error = True
        alias = types.Alias(obj)
        if tparam is not None:
            check.open_scope(tdecl, "type parameters")
            alias.set_type_params(collect_type_params(check, tdecl.tparam_list, alias))
        rhs = typexpr.declared_type(check, tdecl.type, obj)
        alias.from_rhs = rhs
        if isinstance(rhs, types.TypeParam) and rhs in alias.type_params:
            text = "cannot use type parameter declared in alias declaration as RHS"
            check.error(tdecl.type, Code.MISPLACED_TYPE_PARAM, text)
            alias.from_rhs = types.INVALID
        if tparam is not None:
            check.close_scope()
        return
    if tparam is not None and not check.verify_version(tparam, GO1_18, "type parameter"):
        version_error = True
    named = types.Named(obj)
    rhs = define(check, named, tdecl)


def define(check: Checker, named: types.Named, tdecl: syntax.TypeDecl) -> types.Type:
    """Give a defined type its type parameters and its right-hand side, which is returned."""
    if tdecl.tparam_list:
        check.open_scope(tdecl, "type parameters")
        collect_type_params(check, tdecl.tparam_list, named)
    rhs = typexpr.declared_type(check, tdecl.type, named.obj)
    named.from_rhs = rhs
    if is_type_param(rhs):
        text = "cannot use a type parameter as RHS in type declaration"
        check.error(tdecl.type, Code.MISPLACED_TYPE_PARAM, text)
        named.from_rhs = types.INVALID
    if tdecl.tparam_list:
        check.close_scope()
    return rhs


def is_imported_constraint(check: Checker, typ: types.Type) -> bool:
    """Tell whether a type is a constraint that another package declares."""
    named = as_named(typ)
    if named is None or named.obj.pkg is check.pkg or named.obj.pkg is None:
        return False
    u = named.underlying
    return isinstance(u, types.Interface) and not is_method_set(type_set(u))


def collect_type_params(
    check: Checker,
    fields: Sequence[syntax.Field],
    owner: types.Named | types.Alias | types.Signature | None,
) -> Sequence[types.TypeParam]:
    """Declare a list of type parameters; the owner has them before their bounds are read."""
    scope_pos = fields[0].pos
    tparams = []
    for field in fields:
        assert field.name is not None
        tparams.append(declare_type_param(check, field.name, scope_pos))
    match owner:
        case types.Named() | types.Alias():
            owner.set_type_params(tparams)
        case types.Signature():
            owner.type_params = types.bind_type_params(tparams)
        case None:
            types.bind_type_params(tparams)
    env = check.env
    env.in_tparam_list = True
    bound: types.Type = types.INVALID
    previous: syntax.Expr | None = None
    for field, tparam in zip(fields, tparams, strict=True):
        if field.type is not previous:
            previous = field.type
            bound = _bound(check, field.type)
            if is_type_param(bound):
                text = "cannot use a type parameter as constraint"
                check.error(field.type, Code.MISPLACED_TYPE_PARAM, text)
                bound = types.INVALID
        tparam.bound = bound
    env.in_tparam_list = False
    return tparams


def _bound(check: Checker, x: syntax.Expr) -> types.Type:
    if isinstance(x, syntax.Operation) and x.op in ("~", "|"):
        wrapper = syntax.InterfaceType(x.pos, [syntax.Field(x.pos, None, x)])
        t = typexpr.typ(check, wrapper)
        if isinstance(t, types.Interface):
            t.implicit = True
        return t
    return typexpr.typ(check, x)


def declare_type_param(check: Checker, name: syntax.Name, scope_pos: Pos) -> types.TypeParam:
    """Declare one type parameter, without its bound."""
    tname = objects.TypeName(name.pos, check.pkg, name.value)
    tparam = types.TypeParam(tname, types.INVALID)
    tname.type = tparam
    declare(check, check.env.scope, name, tname, scope_pos)
    return tparam


def collect_methods(check: Checker, obj: objects.TypeName) -> None:
    """Attach the methods that the package declares for a type name."""
    methods = check.methods.pop(obj, None)
    if methods is None:
        return
    base = as_named(obj.type)
    seen: dict[str, objects.Object] = {}
    if base is not None:
        check.verify_later(lambda: _check_field_uniqueness(check, base))
        for m in base.methods:
            seen[m.id] = m
    for m in methods:
        other = seen.setdefault(m.id, m)
        if other is not m:
            text = f"method {obj.name}.{m.name} already declared"
            if other.pos:
                text += f" at {spell(other.pos)}"
            check.error(m, Code.DUPLICATE_METHOD, text)
            continue
        if base is not None:
            base.add_method(m)


def _check_field_uniqueness(check: Checker, base: types.Named) -> None:
    struct = base.underlying
    if not isinstance(struct, types.Struct):
        return
    methods = {m.id: m for m in base.methods}
    for field in struct.fields:
        if field.name == "_":
            continue
        other = methods.get(field.id)
        if other is not None:
            report = check.new_report(Code.DUPLICATE_FIELD_AND_METHOD)
            report.add(other.pos, f"field and method with the same name {field.name}")
            report.add_other(field)
            report.report()


def func_decl(check: Checker, obj: objects.Func, info: DeclInfo) -> None:
    """Declare a function or method; its body is checked later."""
    sig = types.Signature()
    obj.type = sig
    fdecl = info.fdecl
    assert fdecl is not None
    signature.func_type(check, sig, fdecl.recv, fdecl.tparam_list, fdecl.type)
    if fdecl.tparam_list and not fdecl.has_body:
        check.error(fdecl, Code.BAD_DECL, "generic function is missing function body")
    body = fdecl.body
    if body is not None:
        check.verify_later(lambda: stmt.func_body(check, info, sig, body, None))


def decl_stmt(check: Checker, decl_list: Sequence[syntax.Decl]) -> None:
    """Check declarations inside a function."""
    group = resolver.ConstGroup()
    for index, s in enumerate(decl_list):
        match s:
            case syntax.ConstDecl():
                _local_consts(check, group, index, s)
                continue
            case syntax.VarDecl():
                _local_vars(check, s)
            case syntax.TypeDecl():
                obj = objects.TypeName(s.name.pos, check.pkg, s.name.value)
                declare(check, check.env.scope, s.name, obj, s.name.pos)
                check.push(obj)
                type_decl(check, obj, s)
                check.pop()
            case _:
                check.error(s, Code.INVALID_SYNTAX_TREE, "unknown declaration")
        group.interrupt()


def _local_consts(
    check: Checker, group: resolver.ConstGroup, index: int, s: syntax.ConstDecl
) -> None:
    top = len(check.delayed)
    iota, typ, values, inherited = group.enter(index, s)
    lhs: list[objects.Const] = []
    for i, name in enumerate(s.name_list):
        obj = objects.Const(name.pos, check.pkg, name.value, None, constants.make_int(iota))
        lhs.append(obj)
        const_decl(check, obj, typ, values[i] if i < len(values) else None, inherited=inherited)
    resolver.arity(check, s.pos, s.name_list, values, const_decl=True, inherited=inherited)
    check.process_delayed(top)
    scope_pos = syntax.end_pos(s)
    for name, const in zip(s.name_list, lhs, strict=True):
        declare(check, check.env.scope, name, const, scope_pos)


def _local_vars(check: Checker, s: syntax.VarDecl) -> None:
    top = len(check.delayed)
    local = objects.VarKind.LOCAL_VAR
    lhs = [objects.Var(n.pos, check.pkg, n.value, None, local) for n in s.name_list]
    values = syntax.unpack_list_expr(s.values)
    for i, obj in enumerate(lhs):
        together: list[objects.Var] | None = None
        init: syntax.Expr | None = None
        if len(values) == len(s.name_list):
            init = values[i]
        elif len(values) == 1:
            together = lhs
            init = values[0]
        elif i < len(values):
            init = values[i]
        var_decl(check, obj, together, s.type, init)
        if len(values) == 1:
            break
    if s.type is None or values:
        resolver.arity(check, s.pos, s.name_list, values, const_decl=False, inherited=False)
    check.process_delayed(top)
    scope_pos = syntax.end_pos(s)
    for name, obj in zip(s.name_list, lhs, strict=True):
        declare(check, check.env.scope, name, obj, scope_pos)
