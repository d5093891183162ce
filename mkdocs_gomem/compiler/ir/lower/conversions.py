"""Which operation converts a value of one type into another, and whether it does anything.

Answers for types as IR has them: no type parameters, shapes instead (`generics`). The type
checker has said that the conversion is allowed; here only gc's op is chosen.

Source: cmd/compile/internal/typecheck/subr.go (assignOp, convertOp), types/identity.go, go1.27.
"""

from __future__ import annotations

from mkdocs_gomem.compiler.ir.nodes import Op
from mkdocs_gomem.gotypes import identical, predicates, spelling, types, typesets
from mkdocs_gomem.gotypes.types import BasicKind, ChanDir, Type


def is_shape(typ: Type) -> bool:
    """Tell if a type is a shape itself: `go.shape.int`."""
    return isinstance(typ, types.Named) and (
        typ.obj.pkg is not None and typ.obj.pkg.path == spelling.SHAPE_PATH
    )


def has_shape(typ: Type | None) -> bool:
    """Tell if a shape stands anywhere in a type's spelling: `map[string]go.shape.int`."""
    if typ is None or isinstance(typ, types.Basic):
        return False
    match typ:
        case types.Named():
            if typ.inst is not None:
                return any(map(has_shape, (*typ.type_args, *typ.inst.implicits)))
            return is_shape(typ)
        case types.Pointer() | types.Slice() | types.Array() | types.Chan():
            return has_shape(typ.elem)
        case types.Map():
            return has_shape(typ.key) or has_shape(typ.elem)
        case types.Alias():
            return has_shape(types.unalias(typ))
        case types.Signature():
            return has_shape(typ.params) or has_shape(typ.results)
        case types.Tuple():
            return any(has_shape(var.type) for var in typ.vars)
        case types.Struct():
            return any(has_shape(var.type) for var in typ.fields)
        case types.Interface():
            return any(has_shape(method.signature) for method in typesets.type_set(typ).methods)
        case _:
            return False


def same(first: Type, second: Type) -> bool:
    """Tell if two types are identical, a shape being so with each type that has it."""
    if first is second or identical.identical(first, second):
        return True
    if type(first.underlying) is not type(second.underlying):
        return False  # as nearly always; a search for shapes takes longer
    if not has_shape(first) and not has_shape(second):
        return False
    return _same_shape(first, second, frozenset())


def _same_shape(first: Type, second: Type, seen: frozenset[tuple[int, int]]) -> bool:
    first, second = types.unalias(first), types.unalias(second)
    if first is second or identical.identical(first, second):
        return True
    if not has_shape(first) and not has_shape(second):
        return False
    pair = (id(first), id(second))
    if pair in seen:
        return True
    seen |= {pair}
    match first.underlying, second.underlying:
        case types.Basic() as a, types.Basic() as b:
            return a.kind is b.kind
        case types.Pointer(), types.Pointer() if is_shape(first) or is_shape(second):
            return True  # the shape of all pointers
        case (types.Pointer() as a, types.Pointer() as b) | (
            types.Slice() as a,
            types.Slice() as b,
        ):
            return _same_shape(a.elem, b.elem, seen)
        case types.Array() as a, types.Array() as b:
            return a.len == b.len and _same_shape(a.elem, b.elem, seen)
        case types.Chan() as a, types.Chan() as b:
            return a.dir is b.dir and _same_shape(a.elem, b.elem, seen)
        case types.Map() as a, types.Map() as b:
            return _same_shape(a.key, b.key, seen) and _same_shape(a.elem, b.elem, seen)
        case types.Struct() as a, types.Struct() as b:
            return len(a.fields) == len(b.fields) and all(
                x.name == y.name and _same_shape(x.type or a, y.type or b, seen)
                for x, y in zip(a.fields, b.fields, strict=True)
            )
        case types.Signature() as a, types.Signature() as b:
            return a.variadic == b.variadic and all(
                len(x) == len(y)
                and all(
                    _same_shape(v.type or a, w.type or b, seen)
                    for v, w in zip(x.vars, y.vars, strict=True)
                )
                for x, y in ((a.params, b.params), (a.results, b.results))
            )
        case types.Interface() as a, types.Interface() as b:
            m, n = typesets.type_set(a).methods, typesets.type_set(b).methods
            return len(m) == len(n) and all(
                x.name == y.name and _same_shape(x.signature, y.signature, seen)
                for x, y in zip(m, n, strict=True)
            )
        case _:
            return False


def is_interface(typ: Type) -> bool:
    """Tell if a type is an interface; a type parameter is none."""
    under = typ.underlying
    return isinstance(under, types.Interface) and not isinstance(
        types.unalias(typ), types.TypeParam
    )


def is_empty_interface(typ: Type) -> bool:
    """Tell if a type is an interface without methods."""
    under = typ.underlying
    return isinstance(under, types.Interface) and not typesets.type_set(under).methods


def is_named(typ: Type) -> bool:
    """Tell if gc has a symbol for the type: declared, or predeclared."""
    return isinstance(typ, types.Named | types.Basic) or typ is types.EMPTY_INTERFACE


def assign_op(src: Type, dst: Type) -> Op | None:
    """Return the conversion that an assignment makes; None if it may not be assigned."""
    if src is dst or same(src, dst):
        return Op.CONVNOP
    src_under, dst_under = src.underlying, dst.underlying
    if same(src_under, dst_under):
        if is_empty_interface(src):
            return Op.CONVNOP
        if not (is_named(src) and is_named(dst)) and not is_interface(src):
            return Op.CONVNOP
        if is_shape(src) or is_shape(dst):
            return Op.CONVNOP
    if isinstance(dst_under, types.Interface) and not _is_untyped_nil(src):
        return Op.CONVIFACE
    if isinstance(src_under, types.Interface):
        return None
    if (
        isinstance(src_under, types.Chan)
        and isinstance(dst_under, types.Chan)
        and src_under.dir is ChanDir.SEND_RECV
        and same(src_under.elem, dst_under.elem)
        and not (is_named(src) and is_named(dst))
    ):
        return Op.CONVNOP
    return Op.CONVNOP if _is_untyped_nil(src) else None


def _is_untyped_nil(typ: Type) -> bool:
    return isinstance(typ, types.Basic) and typ.kind is BasicKind.UNTYPED_NIL


def _kind(typ: Type) -> BasicKind | None:
    under = typ.underlying
    return under.kind if isinstance(under, types.Basic) else None


_SAME_REPRESENTATION = {BasicKind.INT: BasicKind.INT64, BasicKind.UINT: BasicKind.UINT64,
                        BasicKind.UINTPTR: BasicKind.UINT64}  # fmt: skip


def _simple(kind: BasicKind | None) -> BasicKind | None:
    return None if kind is None else _SAME_REPRESENTATION.get(kind, kind)


def convert_op(src: Type, dst: Type) -> Op:
    """Return the op of an explicit conversion."""
    op = assign_op(src, dst)
    if op is not None:
        return op
    src_under, dst_under = src.underlying, dst.underlying
    if identical.identical_ignore_tags(src_under, dst_under) or same(src_under, dst_under):
        return Op.CONVNOP
    if isinstance(src, types.Pointer) and isinstance(dst, types.Pointer):
        return Op.CONVNOP
    number = types.IS_INTEGER | types.IS_FLOAT | types.IS_COMPLEX
    match src_under, dst_under:
        case types.Basic() as a, types.Basic() as b if a.info & number and b.info & number:
            return Op.CONVNOP if _simple(a.kind) is _simple(b.kind) else Op.CONV
        case types.Basic() as a, types.Basic() as b if (
            a.info & types.IS_INTEGER and b.info & types.IS_STRING
        ):
            return Op.RUNESTR
        case types.Slice() as a, types.Basic() as b if b.info & types.IS_STRING:
            return Op.BYTES2STR if _kind(a.elem) is BasicKind.UINT8 else Op.RUNES2STR
        case types.Basic() as a, types.Slice() as b if a.info & types.IS_STRING:
            return Op.STR2BYTES if _kind(b.elem) is BasicKind.UINT8 else Op.STR2RUNES
        case types.Slice(), types.Array():
            return Op.SLICE2ARR
        case types.Slice(), types.Pointer():
            return Op.SLICE2ARRPTR
        case _:
            # unsafe.Pointer and back.
            return Op.CONVNOP


def rounds(typ: Type) -> bool:
    """Tell if a conversion to the type itself still rounds: floats and complex numbers."""
    under = typ.underlying
    return isinstance(under, types.Basic) and bool(under.info & (types.IS_FLOAT | types.IS_COMPLEX))


def is_string(typ: Type) -> bool:
    """Tell if a type is a string type."""
    return predicates.is_string(typ)
