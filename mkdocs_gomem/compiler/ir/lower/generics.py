"""Generic code as gc compiles it: one function for each shape, with a dictionary.

For `F[int]` and `F[ID]` (`type ID int`) there is one function `F[go.shape.int]`, made from F's
syntax with the shape in place of the type parameter. What the shape can't tell comes in a
dictionary, the parameter `.dict` (after the receiver). For each list of real type arguments there
is also a wrapper `F[int]`, without dictionary, that calls the shaped function; it stands where
`F[int]` is a value. Calls go to the shaped function directly.

**For whoever runs this.** A `Dictionary` is a list of `words`. A shaped function, and each literal
inside it, has `Func.dict_param`, a `Name` whose value at run time is the `Dictionary`. It comes as

- `&.dict.F[int]`: an `AddrExpr` (ADDR) of an EXTERN `Name` whose `dictionary` is the
  `Dictionary`: that object is the value;
- `(conv) .dict[i]`: `dict_word(expr)` returns `(name, i)` for it; the value is
  `name.words[i]`, a `Dictionary` (passed to another shaped function), or a `Func` (a method of a
  type argument, called with the receiver first; the conversion is then to a function type);
- `rtype` of a conversion to an interface (ConvExpr CONVIFACE), of an assertion
  (DYNAMICDOTTYPE, DYNAMICDOTTYPE2) and of a case of a type switch (DYNAMICTYPE): the same form; the
  word is the real type, to be used in place of the node's static type. It is never nil there.

`words` is complete when `lower` returns. Inlined copies refer to the copied `Name`, so the
word is always looked up in the value of `dict_word(expr)[0]`.

The layout of a dictionary (`dictionaries`) grows as bodies are lowered, and every dictionary is
filled at the end.

Source: cmd/compile/internal/noder (reader.go: Shapify, objDictIdx, funcInst, methodExpr,
callShaped; writer.go: writerDict), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mkdocs_gomem import lean, source
from mkdocs_gomem.compiler.ir import nodes, typefmt
from mkdocs_gomem.compiler.ir.lower import conversions, dictionaries, shapes, wrappers
from mkdocs_gomem.compiler.ir.lower.body import declare_params
from mkdocs_gomem.compiler.ir.lower.dictionaries import Entry, Layout
from mkdocs_gomem.compiler.ir.nodes import Class, Dictionary, Expr, Func, Name, Op
from mkdocs_gomem.gotypes import (
    instantiate,
    lookup,
    objects,
    spelling,
    substitute,
    types,
    typesets,
)
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.ir.lower.body import Body
    from mkdocs_gomem.compiler.ir.lower.package import Lowerer
    from mkdocs_gomem.gotypes.types import Type, TypeParam

UINTPTR = TYP[BasicKind.UINTPTR]


class Environment:
    """The type arguments of a shaped function."""

    __slots__ = ("_canon", "_context", "_memo", "_params", "_smap", "layout", "needs", "targs")

    def __init__(
        self,
        layout: Layout,
        needs: dictionaries.Needs,
        params: Sequence[TypeParam],
        targs: Sequence[Type],
        context: instantiate.Context,
    ) -> None:
        self.layout = layout
        self.needs = needs
        self.targs = tuple(targs)
        """Shapes, for `params`."""
        self._params = params
        self._smap = substitute.make_subst_map(params, targs)
        self._canon = substitute.make_subst_map(params, layout.params)
        self._context = context
        self._memo: dict[Type, Type] = {}

    def declare(self, obj: objects.Object | None) -> None:
        """Give a type that the function declares its implicit type parameters."""
        if isinstance(obj, objects.TypeName) and isinstance(obj.type, types.Named):
            obj.type.implicits = self._params

    def subst(self, typ: Type) -> Type:
        """Return a type with shapes for type parameters."""
        found = self._memo.get(typ)
        if found is None:
            found = types.unalias(substitute.subst(typ, self._smap, self._context))
            self._memo[typ] = found
        return found

    def is_derived(self, typ: Type) -> bool:
        """Tell if a type of the generic code mentions a type parameter."""
        return instantiate.is_parameterized(self._params, typ)

    def note_rtype(self, typ: Type) -> None:
        """Note that the function needs a type at run time."""
        typ = dictionaries.written(typ)
        if typ not in self.needs.rtypes and self.is_derived(typ):
            self.needs.rtypes[typ] = None
            self.layout.note_type(self.canonical(typ))

    def canonical(self, typ: Type) -> Type:
        """Return a type of the generic code in terms of the layout's type parameters."""
        return substitute.subst(typ, self._canon, self._context)


# Words.


def note_rtype(b: Body, typ: Type | None) -> None:
    """Note that the function needs a type at run time; one that depends on type arguments."""
    if b.env is not None and typ is not None:
        b.env.note_rtype(typ)
        b.typ(typ)  # nothing else may be of it, as of the elements in `append(s, t...)`


def note_itab(b: Body, typ: Type | None, interface: Type | None) -> None:
    """Note that the function converts a type to another, or tells if an interface holds it."""
    env = b.env
    if env is None or typ is None or interface is None:
        return
    note_rtype(b, typ)
    note_rtype(b, interface)
    pair = dictionaries.written(typ), dictionaries.written(interface)
    if any(map(env.is_derived, pair)):
        env.needs.itabs[pair] = None


def note_type_expr(b: Body, typ: Type | None, interface: Type | None = None) -> None:
    """Note a type that stands where a value could, perhaps asked of an interface (exprType)."""
    if interface is not None and not conversions.is_empty_interface(interface):
        note_itab(b, typ, interface)
    else:
        note_rtype(b, typ)


def is_dynamic(b: Body, typ: Type, interface: Type | None) -> bool:
    """Tell if only a dictionary knows the type that is asked for, or its place in an interface."""
    env = b.env
    if env is None:
        return False
    return env.is_derived(typ) or (
        interface is not None
        and not conversions.is_empty_interface(interface)
        and not conversions.is_interface(typ)
        and env.is_derived(interface)
    )


def _index(
    b: Body, pos: Pos, entry: Entry, key: dictionaries.Method | dictionaries.Subdict | None = None
) -> nodes.IndexExpr:
    env = b.env
    if env is None:
        raise ValueError("no dictionary outside of generic code")
    return dictionaries.index(pos, env.layout, env.needs, b.dict_param(), entry, key)


def type_word(b: Body, pos: Pos, typ: Type) -> Expr:
    """Return the dictionary word that holds a type of the generic code."""
    env = b.env
    if env is None:
        raise ValueError("no dictionary outside of generic code")
    return _index(b, pos, Entry(type=types.unalias(env.canonical(types.unalias(typ)))))


def type_param_method(b: Body, pos: Pos, param: TypeParam, method: objects.Func) -> Expr:
    """Return the method of a type parameter's argument, as a function of the receiver first."""
    env = cast("Environment", b.env)
    canonical = cast("TypeParam", env.canonical(param))
    key = (canonical, method.id)
    env.needs.methods[key] = None
    word = _index(b, pos, Entry(type_param=canonical, method=method), key)
    typ = wrappers.method_type(
        cast("types.Signature", env.subst(method.signature)), env.subst(param)
    )
    address = nodes.AddrExpr(pos, types.Pointer(UINTPTR), word, op=Op.ADDR)
    return nodes.ConvExpr(pos, typ, address, op=Op.CONVNOP)


def _dict_pointer(b: Body, pos: Pos, owner: dictionaries.Owner, targs: Sequence[Type]) -> Expr:
    """Return the dictionary of a generic declaration for type arguments of this code."""
    env = b.env
    if env is not None and any(map(env.is_derived, targs)):
        canonical = tuple(env.canonical(types.unalias(targ)) for targ in targs)
        key = (owner, tuple(map(dictionaries.written, targs)))
        env.needs.subdicts[key] = None
        word = _index(b, pos, Entry(owner=owner, targs=canonical), key)
        pointer = b.lowerer.layout(owner).pointer
        return nodes.ConvExpr(pos, pointer, word, op=Op.CONVNOP)
    return _dict_address(b.lowerer, pos, owner, targs)


def _dict_address(
    lowerer: Lowerer, pos: Pos, owner: dictionaries.Owner, targs: Sequence[Type]
) -> Expr:
    name = lowerer.dict_name(lowerer.dictionary(owner, targs))
    return nodes.AddrExpr(pos, lowerer.layout(owner).pointer, name, op=Op.ADDR)


# Functions.


def instance(b: Body, pos: Pos, func: objects.Func, targs: Sequence[Type]) -> tuple[Func, Expr]:
    """Return the shaped function for type arguments of this code, and its dictionary."""
    func = func.origin
    local = [b.typ(targ) for targ in targs]
    shaped = b.lowerer.shaped(func, local)
    if b.env is None or not any(map(b.env.is_derived, targs)):
        b.lowerer.unshaped(func, targs)
    return shaped, _dict_pointer(b, pos, func, targs)


def func_value(b: Body, pos: Pos, func: objects.Func, targs: Sequence[Type]) -> Expr:
    """Return a generic function with type arguments as a value."""
    func = func.origin
    shaped, dictionary = instance(b, pos, func, targs)
    if b.env is None or not any(map(b.env.is_derived, targs)):
        return b.lowerer.unshaped(func, targs).nname
    env = b.env
    signature = substitute.subst(
        func.signature,
        substitute.make_subst_map(func.signature.type_params, targs),
        b.lowerer.context,
    )
    signature = lean.replace(cast("types.Signature", signature), type_params=())
    return wrappers.curry(b, pos, shaped.nname, [dictionary], env.subst(signature))


def receiver_named(method: objects.Func) -> types.Named:
    """Return the declared type that a concrete method belongs to."""
    recv = method.signature.recv
    typ = types.unalias(recv.type) if recv is not None and recv.type is not None else None
    if isinstance(typ, types.Pointer):
        typ = types.unalias(typ.elem)
    if not isinstance(typ, types.Named):
        raise TypeError(f"{method.name} is no method of a declared type")
    return typ


def method_callee(
    b: Body, pos: Pos, method: objects.Func, method_targs: Sequence[Type]
) -> tuple[Expr, Expr | None]:
    """Return the METHEXPR of a concrete method, and the dictionary if it is generic."""
    named = receiver_named(method)
    if not named.type_args and not method_targs:
        func = b.lowerer.func_of(method)
        recv = b.typ(cast("objects.Var", method.signature.recv).type)
        return wrappers.method_expr_node(pos, recv, method.name, method, func), None
    origin = method.origin
    targs = (*named.type_args, *method_targs)
    shaped = b.lowerer.shaped(origin, [b.typ(targ) for targ in targs])
    owner: dictionaries.Owner = origin if method_targs else named.origin
    dictionary = _dict_pointer(b, pos, owner, targs)
    recv = shaped.params[0].type
    params = types.Tuple(tuple(wrappers.param("", name.type) for name in shaped.params))
    typ = lean.replace(shaped.type, recv=None, params=params)
    sel = method.name
    if method_targs:
        # gc looks the instance up under its whole name.
        sel = shaped.name[shaped.name.rindex(f".{method.name}[") + 1 :]
    node = nodes.SelectorExpr(
        pos, typ, nodes.TypeExpr(pos, recv, op=Op.TYPE), sel, method, shaped,
        op=Op.METHEXPR,
    )  # fmt: skip
    return node, dictionary


def implements(typ: Type, interface: Type) -> bool:
    """Tell if values of an interface type also have the methods of another."""
    under, mine = interface.underlying, typ.underlying
    if not (conversions.is_interface(interface) and conversions.is_interface(typ)):
        return False
    assert isinstance(under, types.Interface)  # noqa: S101 - for the type checker
    assert isinstance(mine, types.Interface)  # noqa: S101
    have = {method.id for method in typesets.type_set(mine).methods}
    return all(method.id in have for method in typesets.type_set(under).methods)


def field_path(typ: types.Struct, name: str, pkg: objects.Package | None) -> list[objects.Var]:
    """Return the field of a name, after the embedded fields that lead to it."""
    _, indexes, _ = lookup.lookup_field_or_method(typ, addressable=False, pkg=pkg, name=name)
    path: list[objects.Var] = []
    within: Type | None = typ
    for index in indexes:
        struct = types.unalias(within).underlying if within is not None else None
        if not isinstance(struct, types.Struct):
            raise TypeError(f"{name} is reached through a pointer")
        path.append(struct.fields[index])
        within = path[-1].type
    return path


def note_types(lowerer: Lowerer, layout: Layout, dictionary: Dictionary, start: int) -> int:
    """Make methods of the types that a dictionary holds, from a number on; return the next."""
    smap = substitute.make_subst_map(layout.params, dictionary.targs)
    for typ in layout.types[start:]:
        lowerer.note_type(types.unalias(substitute.subst(typ, smap, lowerer.context)))
    return len(layout.types)


def resolve(lowerer: Lowerer, layout: Layout, dictionary: Dictionary, entry: Entry) -> None:
    """Put the next word into a dictionary."""
    smap = substitute.make_subst_map(layout.params, dictionary.targs)
    if entry.type is not None:
        typ = types.unalias(substitute.subst(entry.type, smap, lowerer.context))
        lowerer.note_type(typ)
        dictionary.words.append(typ)
    elif entry.owner is not None:
        targs = [
            types.unalias(substitute.subst(targ, smap, lowerer.context)) for targ in entry.targs
        ]
        if isinstance(entry.owner, types.Named):
            lowerer.note_type(lowerer.context.instance(entry.owner, targs))
        dictionary.words.append(lowerer.dictionary(entry.owner, targs))
    elif entry.type_param is not None and entry.method is not None:
        typ = types.unalias(smap.get(entry.type_param) or entry.type_param)
        method = entry.method
        dictionary.words.append(lowerer.method_of(typ, method.name, method.pkg))
    else:
        source.unsupported(NO_POS, "an empty dictionary word")


def make_shaped(
    lowerer: Lowerer, func: objects.Func, targs: Sequence[Type]
) -> tuple[Func, Environment]:
    """Make the shaped function for shapes, without body."""
    signature = func.signature
    owner = lowerer.dict_owner(func)
    layout = lowerer.layout(owner)
    params = (*signature.recv_type_params, *signature.type_params)
    env = Environment(layout, layout.needs(func), params, targs, lowerer.context)
    result = lean.replace(cast("types.Signature", env.subst(_stripped(signature))), scope=None)
    dictionary = wrappers.param(".dict", layout.pointer)
    recv = None
    if signature.recv is not None:
        recv = signature.recv.clone(env.subst(signature.recv.type or UINTPTR))
    shaped_type = lean.replace(
        result, recv=recv, params=types.Tuple((dictionary, *result.params.vars))
    )
    name = instance_name(func, targs)
    pkg = func.pkg
    prefix = spelling.link_prefix(pkg.path) if pkg is not None else ""
    made = Func(
        lowerer.decl_pos(func), typefmt.qualified(pkg, name), f"{prefix}.{name}", shaped_type,
        pkg, origin=func, is_dupok=True, is_shaped=True, is_local=True, is_lowered=True,
        is_method=recv is not None,
    )  # fmt: skip
    made.nname = Name(func.pos, shaped_type, made.name, Class.FUNC, func=made, pkg=pkg)
    return made, env


def _stripped(signature: types.Signature) -> types.Signature:
    return lean.replace(signature, recv=None, recv_type_params=(), type_params=(), scope=None)


def instance_name(func: objects.Func, targs: Sequence[Type]) -> str:
    """Return an instance's name in its package: `F[int]`, `(*Stack[int]).Push`."""
    signature = func.signature
    if signature.recv is None:
        return f"{func.name}[{shapes.spell_targs(targs)}]"
    named = receiver_named(func)
    count = len(signature.recv_type_params)
    base = named.obj.name
    if count:
        base = f"{base}[{shapes.spell_targs(targs[:count])}]"
    if func.has_ptr_recv:
        base = f"(*{base})"
    own = f"[{shapes.spell_targs(targs[count:])}]" if signature.type_params else ""
    return f"{base}.{func.name}{own}"


def make_unshaped(
    lowerer: Lowerer, func: objects.Func, targs: Sequence[Type], shaped: Func
) -> Func:
    """Make the wrapper for real type arguments: it calls the shaped function."""
    signature = func.signature
    params = (*signature.recv_type_params, *signature.type_params)
    smap = substitute.make_subst_map(params, targs)
    plain = cast("types.Signature", substitute.subst(_stripped(signature), smap, lowerer.context))
    recv = None
    if signature.recv is not None:
        recv = signature.recv.clone(
            substitute.subst(signature.recv.type or UINTPTR, smap, lowerer.context)
        )
    typ = lean.replace(plain, recv=recv)
    name = instance_name(func, targs)
    pkg = func.pkg
    prefix = spelling.link_prefix(pkg.path) if pkg is not None else ""
    pos = lowerer.decl_pos(func)
    made = Func(
        pos, typefmt.qualified(pkg, name), f"{prefix}.{name}", typ, pkg,
        origin=func, is_dupok=True, is_local=True, is_wrapper=True, is_lowered=True,
        is_method=recv is not None, shaped=shaped,
    )  # fmt: skip
    made.nname = Name(func.pos, typ, made.name, Class.FUNC, func=made, pkg=pkg)
    declare_params(made, typ, pkg, recv=recv)
    owner = lowerer.dict_owner(func)
    made.dictionary = lowerer.dictionary(owner, targs)
    address = _dict_address(lowerer, pos, owner, targs)
    params_ = list(made.params)
    fun: Expr
    args: list[Expr]
    if recv is None:
        fun = shaped.nname
        args = [address, *params_]
    else:
        types_ = types.Tuple(tuple(wrappers.param("", item.type) for item in shaped.params))
        fun = nodes.SelectorExpr(
            pos, lean.replace(shaped.type, recv=None, params=types_),
            nodes.TypeExpr(pos, shaped.params[0].type, op=Op.TYPE), func.name, func, shaped,
            op=Op.METHEXPR,
        )  # fmt: skip
        args = [params_[0], address, *params_[1:]]
    wrappers.tail_call(made, pos, fun, args, is_ddd=typ.variadic)
    return made
