"""The package that is being lowered: functions, variables, instances, initialisation.

A `Lowerer` knows which IR function stands for which declared one and makes what is missing:
functions of other packages (from the library, without body until `body_of`), shaped instances of
generic functions and their wrappers, dictionaries, promoted methods. There is one for the
package itself and, behind it, one for all of std, kept as long as its library.

Order of functions: as gc has them, `init` first, then declared functions in order of the files,
then instances as they come up while bodies are lowered (last one first).

Source: cmd/compile/internal/noder (unified.go, reader.go: pkgInit, pkgDecls, readBodies), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mkdocs_gomem import source
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.ir import nodes, typefmt
from mkdocs_gomem.compiler.ir.lower import (
    conversions,
    exprs,
    generics,
    reading,
    shapes,
    stmts,
    wrappers,
)
from mkdocs_gomem.compiler.ir.lower.body import NO_VALUE, Body, declare_params
from mkdocs_gomem.compiler.ir.lower.dictionaries import Layout, Owner
from mkdocs_gomem.compiler.ir.nodes import (
    Class,
    Dictionary,
    Expr,
    Func,
    Name,
    Op,
    Program,
    Stmt,
)
from mkdocs_gomem.gotypes import extent, identical, lookup, objects, spelling, types
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.compiler.checker.info import Info, Initializer
    from mkdocs_gomem.compiler.library import Library
    from mkdocs_gomem.gotypes.types import Type

_PRAGMA_BITS = ((1 << 7, "go:uintptrkeepalive"), (1 << 8, "go:uintptrescapes"))
"""What callers must know of a recorded function's pragmas (cmd/compile/internal/ir/node.go)."""


class Lowerer:
    """What was made so far for one package, or for std."""

    def __init__(
        self, pkg: objects.Package | None, library: Library, std: Lowerer | None = None
    ) -> None:
        self.pkg = pkg
        """The package itself; none for std."""
        self.library = library
        self.std = std
        """Who has functions and variables of other packages; none in std's own."""
        self.context = shapes.Context(library.context)
        self.context.of_program = std is not None
        self.funcs: list[Func] = []
        """To be analysed, in order; of std all instances, in the order in which they came up."""
        self.adopted = 0
        """So many of std's are known to be inlinable or not (`inline.decide`)."""
        self.remarks: list[nodes.Remark] = []
        """What gc says while it makes IR."""
        self.imported: dict[str, Func] = {}
        self.rewritten: dict[syntax.BlockStmt, syntax.BlockStmt] = {}
        """Bodies, and what `rangefunc` made of them."""
        self.range_bodies: set[syntax.BlockStmt] = set()
        """Bodies of literals that were loops over functions."""
        self.named_results: dict[objects.Var, bool] = {}
        """Results without name that such a loop's body assigns to."""
        self.defer_at: dict[syntax.CallStmt, syntax.Name] = {}
        """Deferred calls in such a body: the token of the function around it."""
        self._decls: dict[objects.Func, tuple[syntax.FuncDecl, Info]] = {}
        self._made: dict[objects.Func, Func] = {}
        self._globals: dict[objects.Var, Name] = {}
        self._shaped: dict[tuple[objects.Func, str], Func] = {}
        self._unshaped: dict[tuple[objects.Func, str], Func] = {}
        self._layouts: dict[Owner, Layout] = {}
        self._unsettled: dict[Layout, None] = {}
        """Those that have new functions."""
        self._dictionaries: dict[tuple[Owner, str], Dictionary] = {}
        self._dict_names: dict[int, Name] = {}
        self._grown: list[Layout] = []
        """Layouts that have got more, or another dictionary, since dictionaries were filled."""
        self._noted_types: dict[str, int] = {}
        self.initializers: dict[objects.Var, Func | None] = {}
        """What gives variables of std their initial values."""
        """How many of a layout's types a dictionary has led to."""
        self._wrappers: dict[tuple[str, str], Func] = {}
        self.method_values: dict[Func, tuple[Type, objects.Func]] = {}
        """Methods of which there is a value `x.M` somewhere, with the type of the receiver."""
        self._todo: list[Callable[[], None]] = []
        self.types: dict[Type, None] = {}
        """Types that came up, with those that they are made of."""
        self._reader: reading.Reader | None = None

    def read_everything(self) -> None:
        """From now on, make the methods of each instance that gc makes: see `reading`."""
        if self._reader is None:
            self._reader = reading.Reader(self)

    @property
    def reads(self) -> bool:
        """Whether all types are read that gc reads."""
        return self._reader is not None

    def has_read(self, typ: types.Named) -> bool:
        """Tell if gc read a declared type before it inlined anything; False if not known."""
        return self._reader is not None and self._reader.has_read(typ)

    def later(self, work: Callable[[], None]) -> None:
        """Put off what may need types that are not complete yet; `finish` does it."""
        self._todo.append(work)

    # Declared functions and variables.

    def declare(self, decl: syntax.FuncDecl, info: Info) -> Func | None:
        """Make the function of a declaration; none for generic ones."""
        obj = info.defs[decl.name]
        if not isinstance(obj, objects.Func):
            return None
        self._decls[obj] = (decl, info)
        signature = obj.signature
        if signature.type_params or signature.recv_type_params:
            return None
        return self.func_of(obj)

    def decl_of(self, func: objects.Func) -> tuple[syntax.FuncDecl, Info] | None:
        """Return a function's declaration, from the library for other packages; None if none."""
        found = self._decls.get(func)
        if found is None:
            found = self.library.body(func)
            if found is not None:
                self._decls[func] = found
        return found

    def decl_pos(self, func: objects.Func) -> Pos:
        """Return the position of a declaration: the token after `func`."""
        found = self.decl_of(func)
        return func.pos if found is None else found[0].pos

    def is_own(self, func: objects.Func) -> bool:
        """Tell if a function is declared in the package being lowered."""
        return self.pkg is not None and func.pkg is self.pkg

    def func_of(self, obj: objects.Func) -> Func:
        """Return the function that a declared one, not generic, is."""
        obj = obj.origin
        func = self._made.get(obj)
        if func is not None:
            return func
        if not self.is_own(obj) and self.std is not None:
            func = self.std.func_of(obj)
            self.imported[func.link_name] = func
            if self._reader is not None:
                self._reader.read(obj.signature)
        else:
            func = self._make(obj)
        self._made[obj] = func
        return func

    def _make(self, obj: objects.Func) -> Func:
        signature = obj.signature
        pkg = obj.pkg
        name = obj.name
        recv = signature.recv
        if recv is not None and recv.type is not None:
            typ = types.unalias(recv.type)
            text = typefmt.receiver_string(typ)
            name = f"({text}).{name}" if isinstance(typ, types.Pointer) else f"{text}.{name}"
        prefix = spelling.link_prefix(pkg.path) if pkg is not None else ""
        own = self.is_own(obj)
        decl = self._decls[obj][0] if own else None
        func = Func(
            obj.pos if decl is None else decl.pos, typefmt.qualified(pkg, name),
            f"{prefix}.{name}", signature, pkg,
            origin=obj, is_method=recv is not None, is_local=own,
            has_body=decl is None or decl.has_body,
        )  # fmt: skip
        func.nname = Name(obj.pos, signature, func.name, Class.FUNC, func=func, pkg=pkg, origin=obj)
        if decl is not None:
            func.pragmas = frozenset(item.verb for item in decl.pragma)
            func.source_line = source.line_of(decl.pos)
        else:
            self._add_facts(func, obj)
        return func

    def _add_facts(self, func: Func, obj: objects.Func) -> None:
        fact = self.library.fact(obj)
        if fact is None:
            return
        func.inline_cost = fact.cost
        func.can_delay_results = fact.can_delay_results
        func.tags = fact.tags
        func.pragmas = frozenset(verb for bit, verb in _PRAGMA_BITS if fact.pragma & bit)

    def global_name(self, var: objects.Var) -> Name:
        """Return the name of a package variable."""
        name = self._globals.get(var)
        if name is None:
            if self.std is not None and var.pkg is not self.pkg:
                name = self.std.global_name(var)
            else:
                text = typefmt.qualified(var.pkg, var.name)
                typ = types.unalias(var.type) if var.type is not None else NO_VALUE
                name = Name(var.pos, typ, text, Class.EXTERN, origin=var, pkg=var.pkg)
            if self._reader is not None:
                self._reader.read(name.type)
            self._globals[var] = name
        return name

    def lower_body(self, func: Func) -> None:
        """Fill the body of a declared function that is not generic."""
        func.is_lowered = True
        obj = cast("objects.Func", func.origin)
        signature = obj.signature
        found = self.decl_of(obj)
        if found is None:
            declare_params(func, signature, obj.pkg, recv=signature.recv)
            func.has_body = False
            return
        decl, info = found
        b = Body(self, func, info, obj.pkg, None)
        declare_params(func, signature, obj.pkg, recv=signature.recv, body=b)
        func.has_body = decl.body is not None
        if decl.body is not None:
            stmts.func_body(b, signature, decl.body)

    # Instances of generic functions.

    def _key(self, func: objects.Func, targs: Sequence[Type]) -> tuple[objects.Func, str]:
        return func, shapes.spell_targs(targs)

    def shaped(self, func: objects.Func, targs: Sequence[Type]) -> Func:
        """Return the instance of a generic function for the shapes of type arguments."""
        signature = func.signature
        params = (*signature.recv_type_params, *signature.type_params)
        if len(params) != len(targs):
            source.unsupported(func.pos, f"{func.name} with {len(targs)} type arguments")
        found = [self.context.shape(targ, param) for targ, param in zip(targs, params, strict=True)]
        return self.shaped_for(func, found)

    def shaped_for(self, func: objects.Func, targs: Sequence[Type]) -> Func:
        """Return the instance of a generic function for type arguments taken as they are."""
        signature = func.signature
        key = self._key(func, targs)
        made = self._shaped.get(key)
        if made is None:
            extent.check(func.pos, targs)
            made, env = generics.make_shaped(self, func, targs)
            self._shaped[key] = made
            self._unsettled[env.layout] = None
            found = self.decl_of(func)
            if found is None:
                source.unsupported(func.pos, f"generic function {func.name} without body")
            decl, info = found
            made.pragmas = frozenset(item.verb for item in decl.pragma)
            b = Body(self, made, info, func.pkg, env)
            declare_params(
                made, signature, func.pkg,
                recv=signature.recv, body=b, dictionary=env.layout.pointer,
            )  # fmt: skip
            self._todo.append(lambda: self._shaped_body(b, signature, decl))
        return made

    def _shaped_body(self, b: Body, signature: types.Signature, decl: syntax.FuncDecl) -> None:
        if decl.body is not None:
            stmts.func_body(b, signature, decl.body)
        self.funcs.append(b.func)

    def unshaped(self, func: objects.Func, targs: Sequence[Type]) -> Func:
        """Return the wrapper of a generic function for real type arguments."""
        key = self._key(func, targs)
        made = self._unshaped.get(key)
        if made is None:
            shaped = self.shaped(func, targs)
            made = self._unshaped[key] = generics.make_unshaped(self, func, targs, shaped)
            made.pragmas = shaped.pragmas
            self.funcs.append(made)
        return made

    def dict_owner(self, func: objects.Func) -> Owner:
        """Return whose dictionary a generic function takes: its type's, if that is generic."""
        signature = func.signature
        if signature.recv is not None and not signature.type_params:
            return generics.receiver_named(func).origin
        return func

    def layout(self, owner: Owner) -> Layout:
        """Return the layout of a declaration's dictionaries."""
        found = self._layouts.get(owner)
        if found is None:
            if isinstance(owner, types.Named):
                params = tuple(owner.type_params)
            else:
                signature = owner.signature
                params = (*signature.recv_type_params, *signature.type_params)
            found = self._layouts[owner] = Layout(owner, params, self._grown)
        return found

    def dictionary(self, owner: Owner, targs: Sequence[Type]) -> Dictionary:
        """Return the dictionary of a generic declaration for real type arguments."""
        text = shapes.spell_targs(targs)
        found = self._dictionaries.get((owner, text))
        if found is None:
            if self.context.of_program:
                at = owner.obj.pos if isinstance(owner, types.Named) else owner.pos
                extent.check_instances(at, len(self._dictionaries))
            if isinstance(owner, types.Named):
                pkg, own = owner.obj.pkg, f"{owner.obj.name}[{text}]"
            else:
                pkg, own = owner.pkg, generics.instance_name(owner, targs)
            prefix = spelling.link_prefix(pkg.path) if pkg is not None else ""
            name = f"{prefix}..dict.{own}"
            found = Dictionary(name, tuple(map(types.unalias, targs)), self.layout(owner).array)
            self._dictionaries[owner, text] = found
            self._grown.append(self.layout(owner))
        return found

    def dict_name(self, dictionary: Dictionary) -> Name:
        """Return the package variable that a dictionary is."""
        name = self._dict_names.get(id(dictionary))
        if name is None:
            path, _, own = dictionary.name.partition("..")
            text = typefmt.qualified_in(path, "." + own, self.pkg)
            name = Name(NO_POS, dictionary.type, text, Class.EXTERN, dictionary=dictionary)
            self._dict_names[id(dictionary)] = name
        return name

    def finish(self) -> None:
        """Lower what is still to be done, and fill dictionaries, until nothing is left."""
        while True:
            if self._todo:
                self._todo.pop()()
                continue
            if not self._fill_dictionaries():
                break
        for layout in self._unsettled:
            layout.settle()
        self._unsettled.clear()

    def _fill_dictionaries(self) -> bool:
        if not self._grown:
            return False
        self._grown.clear()
        changed = False
        for (owner, _), dictionary in list(self._dictionaries.items()):
            layout = self.layout(owner)
            while len(dictionary.words) < len(layout.entries):
                entry = layout.entries[len(dictionary.words)]
                generics.resolve(self, layout, dictionary, entry)
                changed = True
            start = self._noted_types.get(dictionary.name, 0)
            if start < len(layout.types):
                after = generics.note_types(self, layout, dictionary, start)
                self._noted_types[dictionary.name] = after
                changed = True
        return changed

    # Methods of types.

    def real_method(self, method: objects.Func, b: Body | None = None) -> Func:
        """Return the function of a concrete method, the wrapper for one of a generic type."""
        named = generics.receiver_named(method)
        if not named.type_args:
            return self.func_of(method)
        targs = named.type_args if b is None else [b.typ(targ) for targ in named.type_args]
        return self.unshaped(method.origin, list(targs))

    def method_of(self, typ: Type, name: str, pkg: objects.Package | None) -> Func:
        """Return the function that a type's method is, promoted ones included."""
        typ = types.unalias(typ)
        key = (spelling.link_string(typ), objects.object_id(pkg, name))
        made = self._wrappers.get(key)
        if made is not None:
            return made
        obj, index, _ = lookup.lookup_field_or_method(typ, addressable=False, pkg=pkg, name=name)
        if not isinstance(obj, objects.Func):
            source.unsupported(NO_POS, f"method {name} of {typefmt.type_string(typ)}")
        recv = obj.signature.recv
        if conversions.is_interface(typ):
            made = self.interface_method(typ, obj)
        elif (
            len(index) == 1
            and recv is not None
            and recv.type is not None
            and identical.identical(recv.type, typ)
        ):
            made = self.real_method(obj)
        else:
            made = wrappers.promoted(self, typ, obj, index[:-1])
        self._wrappers[key] = made
        return made

    def interface_method(self, recv: Type, method: objects.Func) -> Func:
        """Return the function `I.M` of an interface type."""
        key = (spelling.link_string(recv), method.id)
        made = self._wrappers.get(key)
        if made is None:
            made = self._wrappers[key] = wrappers.interface_method(self, recv, method)
        return made

    # Types.

    def note_type(self, typ: Type) -> None:
        """Make the methods of an instance of the package's own generic types."""
        if self._reader is not None:
            self._reader.read(typ)
            return
        if typ in self.types:
            return
        self.types[typ] = None
        if not isinstance(typ, types.Named):
            self._note_parts(typ)
            return
        for targ in typ.type_args:
            self.note_type(types.unalias(targ))
        if typ.obj.pkg is self.pkg and self.pkg is not None:
            if typ.type_args:
                self._todo.append(lambda: self._make_methods(typ))
            # The underlying type itself does not come up: it stands nowhere but in a declaration.
            self._note_parts(typ.underlying)

    def _note_parts(self, typ: Type) -> None:
        match typ:
            case types.Pointer() | types.Slice() | types.Array() | types.Chan():
                self.note_type(types.unalias(typ.elem))
            case types.Map():
                self.note_type(types.unalias(typ.key))
                self.note_type(types.unalias(typ.elem))
            case types.Struct():
                for var in typ.fields:
                    self.note_type(types.unalias(var.type or NO_VALUE))
            case types.Signature():
                for var in (*typ.params.vars, *typ.results.vars):
                    self.note_type(types.unalias(var.type or NO_VALUE))
            case types.Interface():
                for method in typ.methods:
                    self.note_type(method.signature)
                for embedded in typ.embeddeds:
                    self.note_type(types.unalias(embedded))
            case _:
                pass

    def _make_methods(self, typ: types.Named) -> None:
        origin = typ.origin
        targs = [types.unalias(targ) for targ in typ.type_args]
        if any(isinstance(targ, types.TypeParam) for targ in targs):
            return
        shaped = any(map(conversions.has_shape, targs))
        for method in origin.methods:
            if method.signature.type_params or method.name == "_":
                continue
            if shaped:
                self.shaped_for(method, targs)
            else:
                self.unshaped(method, targs)


def lower_package(
    files: Sequence[syntax.File], info: Info, library: Library, *, everything: bool = False
) -> Program:
    """Lower a checked package."""
    _number_local_types(info)
    lowerer = Lowerer(info.pkg, library, std_lowerer(library))
    if everything:
        lowerer.read_everything()
        _note_declared(lowerer, info)
    program = Program(info.pkg.path, [], lowerer.imported, [], [], [], None, None)
    program.lowerer = lowerer
    program.remarks = lowerer.remarks
    package_init = _package_init(info)
    if package_init is not None:
        lowerer.funcs.append(package_init)
        program.package_init = package_init
        program.init_order = cast(
            "list[nodes.AssignStmt | nodes.AssignListStmt]", package_init.body
        )
    declared: list[Func] = []
    for file in files:
        for decl in file.decl_list:
            if isinstance(decl, syntax.FuncDecl) and decl.name.value != "_":
                func = lowerer.declare(decl, info)
                if func is None:
                    continue
                declared.append(func)
                lowerer.funcs.append(func)
                if decl.name.value == "init" and decl.recv is None:
                    _rename_init(func, len(program.inits))
                    program.inits.append(func)
                elif decl.name.value == "main" and decl.recv is None:
                    program.main = func
            elif isinstance(decl, syntax.VarDecl):
                for name in decl.name_list:
                    var = info.defs.get(name)
                    if name.value != "_" and isinstance(var, objects.Var):
                        program.globals.append(lowerer.global_name(var))
    if package_init is not None:
        _init_body(lowerer, package_init, info)
    for func in declared:
        lowerer.lower_body(func)
    _note_declared(lowerer, info)
    lowerer.finish()
    program.funcs = lowerer.funcs
    program.files = tuple(source.file_of(file.pos) for file in files)
    return program


def _note_declared(lowerer: Lowerer, info: Info) -> None:
    """Note the types of what the package declares: gc reads all of it, used or not."""
    for obj in info.pkg.scope.objects():
        if not _is_generic(obj):
            lowerer.note_type(types.unalias(obj.type or NO_VALUE))


def _is_generic(obj: objects.Object) -> bool:
    """Tell if a type or function has type parameters: what it is made of comes with instances."""
    declared = types.Named | types.Alias if isinstance(obj, objects.TypeName) else types.Signature
    return isinstance(obj.type, declared) and bool(obj.type.type_params)


def _number_local_types(info: Info) -> None:
    """Number types that functions declare, in the order of the text, as link names do."""
    local = [
        obj
        for obj in info.defs.values()
        if isinstance(obj, objects.TypeName)
        and isinstance(obj.type, types.Named)
        and obj.type.obj is obj
        and obj.parent is not info.pkg.scope
    ]
    local.sort(key=lambda obj: obj.pos)
    for number, obj in enumerate(local, start=1):
        obj.vargen = number


def _rename_init(func: Func, number: int) -> None:
    func.name = f"{func.name}.{number}"
    func.link_name = f"{func.link_name}.{number}"
    func.nname.name = func.name


def _package_init(info: Info) -> Func | None:
    if not info.init_order:
        return None
    return _init_func(f"{spelling.link_prefix(info.pkg.path)}.init", info.pkg, is_local=True)


def _init_func(link_name: str, pkg: objects.Package | None, *, is_local: bool) -> Func:
    signature = types.Signature()
    func = Func(
        NO_POS, typefmt.qualified(pkg, "init"), link_name, signature, pkg,
        is_package_init=True, is_local=is_local, is_lowered=True,
    )  # fmt: skip
    func.nname = Name(NO_POS, signature, func.name, Class.FUNC, func=func, pkg=pkg)
    return func


def _init_body(lowerer: Lowerer, func: Func, info: Info) -> None:
    b = Body(lowerer, func, info, info.pkg, None)
    for initializer in info.init_order:
        _initialize(lowerer, b, initializer)


def _initialize(lowerer: Lowerer, b: Body, initializer: Initializer) -> None:
    names = [
        Name(var.pos, b.typ(var.type), "_", Class.EXTERN)
        if var.name == "_"
        else lowerer.global_name(var)
        for var in initializer.lhs
    ]
    value = exprs.expr(b, initializer.rhs)
    pos = names[0].pos
    node: Stmt
    if len(names) == 1:
        name = names[0]
        if not identical.identical(value.type, name.type):
            value = exprs.make_conv(b, pos, name.type, value, implicit=True)
        node = nodes.AssignStmt(pos, name, value, op=Op.AS)
    else:
        node = _assign_several(b, pos, names, value)
    for name in names:
        name.defn = node
    b.func.body.append(node)


def _assign_several(b: Body, pos: Pos, names: list[Name], value: Expr) -> Stmt:
    """Assign several results to package variables, through temporaries if types differ."""
    op = exprs.comma_ok_op(value)
    lhs: list[Expr] = list(names)
    node = nodes.AssignListStmt(pos, lhs, [value], op=op)
    if op is not Op.AS2FUNC:
        return node
    results = cast("types.Tuple", value.type).vars
    given = [b.typ(var.type) for var in results]
    if all(identical.identical(name.type, typ) for name, typ in zip(names, given, strict=True)):
        return node
    temps: list[Expr] = []
    first = nodes.AssignListStmt(pos, temps, [value], op=Op.AS2FUNC)
    values: list[Expr] = []
    for name, typ in zip(names, given, strict=True):
        temp = b.temp(pos, typ)
        nodes.add_init(first, nodes.Decl(pos, temp, op=Op.DCL))
        temps.append(temp)
        same = identical.identical(name.type, typ) or name.name == "_"
        values.append(temp if same else exprs.make_conv(b, pos, name.type, temp, implicit=True))
    return nodes.AssignListStmt(pos, lhs, values, init=[first], op=Op.AS2)


# Std.

_STD: dict[int, Lowerer] = {}
"""One for each library, by its id: functions of std are the same objects for every program."""


def std_lowerer(library: Library) -> Lowerer:
    """Return who makes functions of std."""
    found = _STD.get(id(library))
    if found is None:
        found = _STD[id(library)] = Lowerer(None, library)
    return found


def body_of(func: Func, library: Library) -> Func:
    """Make sure that a function of std has parameters and body; they must not be changed."""
    if not func.is_lowered:
        lowerer = std_lowerer(library)
        lowerer.lower_body(func)
        lowerer.finish()
    return func


def behind(func: Func, library: Library) -> tuple[str, Func | None]:
    """Say what runs where a std function has no body (see `Library.behind`)."""
    if not isinstance(func.origin, objects.Func):
        return "", None
    remote, found = library.behind(func.origin)
    if found is None:
        return remote, None
    return remote, body_of(std_lowerer(library).func_of(found), library)


def inits_of(name: Name, library: Library, importing: Sequence[objects.Package] = ()) -> list[Func]:
    """Return the functions `init` of std that set a std variable (see `Library.inits`)."""
    var = name.origin
    if not isinstance(var, objects.Var):
        return []
    lowerer = std_lowerer(library)
    return [lowerer.func_of(func) for func in library.inits(var, importing)]


def in_order(pkg: objects.Package, library: Library) -> tuple[list[Name], list[Func]]:
    """Return all variables and functions `init` of a package of std, as they stand."""
    lowerer = std_lowerer(library)
    variables, inits = library.in_order(pkg)
    names = [lowerer.global_name(var) for var in variables]
    return names, [lowerer.func_of(func) for func in inits]


def has_initializer(name: Name, library: Library) -> bool:
    """Tell if a std variable has an initial value, which need not be looked at for it."""
    var = name.origin
    return isinstance(var, objects.Var) and library.has_initializer(var)


def initializer_of(name: Name, library: Library) -> Func | None:
    """Return a function that gives a std variable its initial value; None if it has none.

    It is the same one for every program, and must not be changed.
    """
    var = name.origin
    lowerer = std_lowerer(library)
    if not isinstance(var, objects.Var):
        return None
    known = lowerer.initializers.get(var)
    if known is None:
        known = lowerer.initializers[var] = _initializer(lowerer, var)
    return known


def _initializer(lowerer: Lowerer, var: objects.Var) -> Func | None:
    found = lowerer.library.initializer(var)
    if found is None:
        return None
    initializer, info = found
    prefix = spelling.link_prefix(var.pkg.path) if var.pkg is not None else ""
    func = _init_func(f"{prefix}.init.{var.name}", var.pkg, is_local=False)
    b = Body(lowerer, func, info, var.pkg, None)
    _initialize(lowerer, b, initializer)
    lowerer.finish()
    return func
