"""Type expressions, and identifiers, which may stand for types.

Every type that is written goes through `declared_type`, which records it; what can't be known
before the types around are complete (is an interface a constraint, is a map key comparable)
is put off.

Source: cmd/compile/internal/types2/typexpr.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import call, decl, expr, generics, interface, signature, struct
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import representable_const
from mkdocs_gomem.compiler.checker.operand import (
    BUILTIN,
    CONSTANT,
    INVALID,
    NILVALUE,
    NO_VALUE,
    TYPEXPR,
    VALUE,
    VARIABLE,
    Operand,
)
from mkdocs_gomem.compiler.checker.version import GO1_18
from mkdocs_gomem.gotypes import constants, extent, objects, spelling, types, universe
from mkdocs_gomem.gotypes.predicates import (
    comparable,
    is_generic,
    is_integer,
    is_type_param,
    is_untyped,
    is_valid,
)
from mkdocs_gomem.gotypes.typesets import is_method_set, type_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.checker.checker import Checker

_CHAN_DIRS = {
    "": types.ChanDir.SEND_RECV,
    "send": types.ChanDir.SEND_ONLY,
    "recv": types.ChanDir.RECV_ONLY,
}


def is_valid_name(name: str) -> bool:
    """Tell whether a name can be looked up; the parser invents others after errors."""
    return name.replace("_", "a").isalnum()


def ident(check: Checker, x: Operand, e: syntax.Name, *, want_type: bool) -> None:
    """Find out what a name stands for."""
    x.mode = INVALID
    x.expr = e
    scope, obj = check.lookup_scope(e.value)
    if obj is None:
        if e.value == "_":
            check.error(e, Code.INVALID_BLANK, "cannot use _ as value or type")
        elif is_valid_name(e.value):
            check.error(e, Code.UNDECLARED_NAME, f"undefined: {e.value}")
        return
    if (
        obj.pkg is None
        and e.value in ("any", "comparable")
        and (not check.verify_version(e, GO1_18, f"predeclared {e.value}"))
    ):
        return
    check.info.uses[e] = obj
    got_type = isinstance(obj, objects.TypeName)
    if want_type and not got_type:
        check.error(e, Code.NOT_A_TYPE, f"{obj.name} ({spelling.object_kind(obj)}) is not a type")
        if isinstance(obj, objects.Var) and obj.pkg is check.pkg:
            obj.used = True
        return
    typ = obj.type
    if typ is None or (got_type and want_type and obj.pkg is check.pkg):
        decl.obj_decl(check, obj)
        typ = obj.type
    if check.dot_imports and scope is not None:
        pkg_name = check.dot_imports.get((scope, obj.name))
        if pkg_name is not None:
            pkg_name.used = True
    match obj:
        case objects.Var():
            if obj.pkg is check.pkg:
                obj.used = True
            check.add_decl_dep(obj)
            if typ is types.INVALID:
                return
            x.mode = VARIABLE
        case objects.TypeName():
            x.mode = TYPEXPR
        case objects.Func():
            check.add_decl_dep(obj)
            x.mode = VALUE
        case objects.Const():
            check.add_decl_dep(obj)
            if typ is types.INVALID:
                return
            if obj is universe.UNIVERSE_IOTA:
                if check.env.iota is None:
                    text = "cannot use iota outside constant declaration"
                    check.error(e, Code.INVALID_IOTA, text)
                    return
                x.val = check.env.iota
            else:
                x.val = obj.val
            x.mode = CONSTANT
        case objects.Builtin():
            x.id = obj.builtin_id
            x.mode = BUILTIN
        case objects.Nil():
            x.mode = NILVALUE
        case objects.PkgName():
            text = f"use of package {obj.name} not in selector"
            check.error(e, Code.INVALID_PKG_USE, text)
            return
        case _:
            pass
    x.typ = typ


def typ(check: Checker, e: syntax.Expr) -> types.Type:
    """Return the type that an expression denotes."""
    return declared_type(check, e, None)


def var_type(check: Checker, e: syntax.Expr) -> types.Type:
    """Return the type of a variable: not one that is only a constraint."""
    t = declared_type(check, e, None)
    valid_var_type(check, e, t)
    return t


def valid_var_type(check: Checker, e: syntax.Expr, t: types.Type) -> None:
    """Later, report a type that may only constrain type parameters."""
    # Composite types and basic ones can't be constraints; only names may turn out to be.
    if isinstance(t, (types.Basic, types.Pointer, types.Slice, types.Signature, types.Map)):
        return
    if check.trusted or is_type_param(t):
        return

    def verify() -> None:
        u = t.underlying
        if not isinstance(u, types.Interface):
            return
        tset = type_set(u)
        if not is_method_set(tset):
            why = (
                "interface is (or embeds) comparable"
                if tset.comparable
                else "interface contains type constraints"
            )
            text = f"cannot use type {check.type_string(t)} outside a type constraint: {why}"
            check.error(e, Code.MISPLACED_CONSTRAINT_IFACE, text)

    check.verify_later(verify)


def declared_type(check: Checker, e: syntax.Expr, declaring: objects.TypeName | None) -> types.Type:
    """Return the type that an expression denotes, and record it.

    Args:
        check: the state.
        e: the expression.
        declaring: the type name whose right-hand side this is, for methods of interfaces.
    """
    t = _type_internal(check, e, declaring)
    if not isinstance(e, syntax.Name):
        extent.check(e.pos, (t,))
    if is_generic(t):
        text = f"cannot use generic type {check.type_string(t)} without instantiation"
        check.error(e, Code.WRONG_TYPE_ARG_COUNT, text)
        t = types.INVALID
    check.record_type(e, TYPEXPR, t)
    return t


def generic_type(check: Checker, e: syntax.Expr) -> tuple[types.Type, str]:
    """Return the generic type that an expression denotes, or why it is none."""
    t = _type_internal(check, e, None)
    cause = ""
    if is_valid(t) and not is_generic(t):
        cause = f"{check.type_string(t)} is not a generic type"
        t = types.INVALID
    check.record_type(e, TYPEXPR, t)
    return t, cause


def _type_internal(
    check: Checker, e: syntax.Expr, declaring: objects.TypeName | None
) -> types.Type:
    match e:
        case syntax.Name():
            x = Operand()
            ident(check, x, e, want_type=True)
            return _type_of_operand(check, x)
        case syntax.SelectorExpr():
            x = Operand()
            call.selector(check, x, e, want_type=True)
            return _type_of_operand(check, x)
        case syntax.Operation(op="*", y=None):
            pointer = types.Pointer(types.INVALID)
            pointer.elem = var_type(check, e.x)
            return pointer if is_valid(pointer.elem) else types.INVALID
        case syntax.SliceType():
            slice_type = types.Slice(types.INVALID)
            slice_type.elem = var_type(check, e.elem)
            return slice_type
        case syntax.ArrayType():
            array = types.Array(types.INVALID, -1)
            if e.len is not None:
                array.len = array_length(check, e.len)
            else:
                text = "invalid use of [...] array (outside a composite literal)"
                check.error(e, Code.BAD_DOT_DOT_DOT_SYNTAX, text)
            array.elem = var_type(check, e.elem)
            return array if array.len >= 0 else types.INVALID
        case syntax.StructType():
            struct_type = types.Struct()
            struct.struct_type(check, struct_type, e)
            return struct_type
        case syntax.FuncType():
            sig = types.Signature()
            signature.func_type(check, sig, None, (), e)
            return sig
        case syntax.MapType():
            return _map_type(check, e)
        case syntax.InterfaceType():
            iface = types.Interface(complete=False)
            interface.interface_type(check, iface, e, declaring)
            return iface
        case syntax.ChanType():
            chan = types.Chan(_CHAN_DIRS[e.dir], types.INVALID)
            chan.elem = var_type(check, e.elem)
            return chan
        case syntax.ParenExpr():
            return declared_type(check, e.x, declaring)
        case syntax.IndexExpr():
            check.verify_version(e, GO1_18, "type instantiation")
            return instantiated_type(check, e.x, syntax.unpack_list_expr(e.index))
        case syntax.DotsType():
            check.error(e, Code.INVALID_SYNTAX_TREE, "invalid use of ...")
        case syntax.BadExpr():
            pass
        case _:
            check.error(e, Code.NOT_A_TYPE, f"{syntax.spell(e)} is not a type")
            call.use(check, e)
    return types.INVALID


def _type_of_operand(check: Checker, x: Operand) -> types.Type:
    if x.mode is TYPEXPR:
        t: types.Type = x.typ
        return t
    if x.mode is NO_VALUE:
        check.error(x, Code.NOT_A_TYPE, f"{check.operand_string(x)} used as type")
    elif x.mode is not INVALID:
        check.error(x, Code.NOT_A_TYPE, f"{check.operand_string(x)} is not a type")
    return types.INVALID


def _map_type(check: Checker, e: syntax.MapType) -> types.Type:
    result = types.Map(types.INVALID, types.INVALID)
    key = result.key = var_type(check, e.key)
    result.elem = var_type(check, e.value)
    if isinstance(key, types.Basic):
        return result

    def verify() -> None:
        if not comparable(key):
            why = " (missing comparable constraint)" if is_type_param(key) else ""
            text = f"invalid map key type {check.type_string(key)}{why}"
            check.error(e.key, Code.INCOMPARABLE_MAP_KEY, text)

    check.verify_later(verify)
    return result


def instantiated_type(check: Checker, x: syntax.Expr, xlist: list[syntax.Expr]) -> types.Type:
    """Return the instance `x[xlist]` of a generic type."""
    gtyp, cause = generic_type(check, x)
    if cause:
        listed = "[" + ", ".join(map(syntax.spell, xlist)) + "]"
        text = f"invalid operation: {syntax.spell(x)}{listed} ({cause})"
        check.error(x, Code.NOT_A_GENERIC_TYPE, text)
    if not is_valid(gtyp):
        return gtyp
    targs = type_list(check, xlist)
    if targs is None:
        return types.INVALID
    inst = generics.instance(check, x.pos, gtyp, targs)
    if not isinstance(inst, types.Named | types.Alias):
        return types.INVALID
    if check.trusted:
        check.record_instance(x, targs, inst)
        return inst

    def verify() -> None:
        check.record_instance(x, targs, inst)
        tparams = inst.type_params
        name = inst.obj.name
        if not generics.validate_targ_len(check, x.pos, name, len(tparams), len(targs)):
            return
        i, why = generics.verify(check, tparams, targs)
        if why:
            check.error(xlist[i] if i < len(xlist) else x.pos, Code.INVALID_TYPE_ARG, why)
        else:
            check.mono.record_instance(check.pkg, x.pos, tparams, targs, xlist)

    check.verify_later(verify)
    return inst


def array_length(check: Checker, e: syntax.Expr) -> int:
    """Return the length of an array, or -1 after an error."""
    if isinstance(e, syntax.Name):
        obj = check.lookup(e.value)
        if obj is None:
            text = f"undefined array length {e.value} or missing type constraint"
            check.error(e, Code.INVALID_ARRAY_LEN, text)
            return -1
        if not isinstance(obj, objects.Const):
            check.error(e, Code.INVALID_ARRAY_LEN, f"invalid array length {e.value}")
            return -1
    x = Operand()
    expr.expr(check, None, x, e)
    if x.mode is not CONSTANT:
        if x.mode is not INVALID:
            text = f"array length {check.operand_string(x)} must be constant"
            check.error(x, Code.INVALID_ARRAY_LEN, text)
        return -1
    if is_untyped(x.typ) or is_integer(x.typ):
        val = constants.to_int(x.val)
        if constants.kind(val) is constants.Kind.INT and representable_const(
            val, types.TYP[types.BasicKind.INT]
        ):
            n, fits = constants.int64_val(val)
            if fits and n >= 0:
                return n
    what = check.operand_string(x)
    text = (
        f"invalid array length {what}"
        if is_integer(x.typ)
        else f"array length {what} must be integer"
    )
    check.error(x, Code.INVALID_ARRAY_LEN, text)
    return -1


def type_list(check: Checker, elist: Sequence[syntax.Expr]) -> list[types.Type] | None:
    """Return the types that expressions denote, or None if one is invalid."""
    found: list[types.Type] | None = []
    for e in elist:
        t = var_type(check, e)
        if not is_valid(t):
            found = None
        if found is not None:
            found.append(t)
    return found
