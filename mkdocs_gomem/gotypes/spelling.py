"""How a type or object is written: in messages, at run time and in link names.

Four ways, each as gc has it:
- `type_string`: the checker's messages (types2), `main.T` or `T` as a `Qualifier` says;
- `go_string`: the compiler's remarks after checking, like `-m`: `T` of this package is bare;
- `runtime_string`: what `%T` and reflect print: `main.T`, packages by name;
- `link_string`: the name of a type's symbol: packages by path, identical exactly for identical
  types; `func_link_name` builds on it.

Source: cmd/compile/internal/types2 (typestring.go, object.go), cmd/compile/internal/types/fmt.go,
cmd/compile/internal/noder/reader.go (mangle, Shapify), go1.27.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import TypeAlias

from mkdocs_gomem import source
from mkdocs_gomem.gotypes import constants, objects, types, typesets
from mkdocs_gomem.gotypes.objects import UNIVERSE, Func, Object, Package, TypeName, is_exported
from mkdocs_gomem.gotypes.types import (
    Alias,
    Array,
    Basic,
    BasicKind,
    Chan,
    ChanDir,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
    TypeParam,
    Union,
)

SHAPE_PATH = "go.shape"
"""Path of gc's made-up package of shape types."""

Qualifier: TypeAlias = Callable[[Package], str]
"""Says what stands before the dot for a package; nothing, dot included, if empty."""


def relative_to(pkg: Package | None) -> Qualifier | None:
    """Return the qualifier that writes paths, but nothing for one package."""
    if pkg is None:
        return None
    return lambda other: "" if other is pkg else other.path


def type_string(typ: Type | None, qualifier: Qualifier | None = None) -> str:
    """Write a type as the checker's messages do; packages by path without a qualifier."""
    return _Writer(qualifier).type(typ)


def signature_string(signature: Signature, qualifier: Qualifier | None = None) -> str:
    """Write a signature without `func`."""
    return _Writer(qualifier).signature(signature)


def func_string(func: Func, qualifier: Qualifier | None = None, *, pkg_info: bool = False) -> str:
    """Write a method's name and signature as the lines `have` and `want` do.

    With `pkg_info` the qualifier is not used, and an unexported struct field tells its package.
    """
    writer = _Writer(None if pkg_info else qualifier, param_names=False, pkg_info=pkg_info)
    return func.name + writer.signature(func.signature)


def package_prefix(pkg: Package | None, qualifier: Qualifier | None) -> str:
    """Write what stands before a name of a package, dot included."""
    if pkg is None:
        return ""
    text = pkg.path if qualifier is None else qualifier(pkg)
    return f"{text}." if text else ""


class _Writer:
    """One writing, as types2's typeWriter."""

    __slots__ = ("param_names", "pkg_info", "qualifier", "seen")

    def __init__(
        self, qualifier: Qualifier | None, *, param_names: bool = True, pkg_info: bool = False
    ) -> None:
        self.qualifier = qualifier
        self.param_names = param_names
        self.pkg_info = pkg_info
        self.seen: set[Type] = set()

    def type(self, typ: Type | None) -> str:
        if typ is None:
            return "<nil>"
        if typ in self.seen:
            return f"<cycle to {_go_type_name(typ)}>"
        self.seen.add(typ)
        try:
            return self._type(typ)
        finally:
            self.seen.discard(typ)

    def _type(self, typ: Type) -> str:
        match typ:
            case Basic(kind=BasicKind.UNSAFE_POINTER):
                return "unsafe.Pointer"
            case Basic(name=name):
                return name
            case Named():
                text = self.type_name(typ.obj)
                if typ.type_args:
                    return text + self.type_list(typ.type_args)
                if typ.type_params:
                    return text + self.type_param_list(typ.type_params)
                return text
            case Pointer(elem=elem):
                return f"*{self.type(elem)}"
            case Slice(elem=elem):
                return f"[]{self.type(elem)}"
            case Array(elem=elem):
                return f"[{typ.len}]{self.type(elem)}"
            case Map(key=key, elem=elem):
                return f"map[{self.type(key)}]{self.type(elem)}"
            case Chan(elem=elem):
                text = self.type(elem)
                if typ.dir is ChanDir.SEND_RECV:
                    inner = isinstance(elem, Chan) and elem.dir is ChanDir.RECV_ONLY
                    return f"chan ({text})" if inner else f"chan {text}"
                return f"{'chan<-' if typ.dir is ChanDir.SEND_ONLY else '<-chan'} {text}"
            case Struct():
                return self.struct(typ)
            case Tuple():
                return self.tuple(typ, variadic=False)
            case Signature():
                return "func" + self.signature(typ)
            case Union(terms=terms):
                return " | ".join(
                    f"{'~' if term.tilde else ''}{self.type(term.type)}" for term in terms
                )
            case Interface():
                return self.interface(typ)
            case TypeParam():
                name = typ.obj.name
                if UNIVERSE.lookup(name) is None:
                    return name
                return f"{name} /* with {name} declared at {source.spell(typ.obj.pos)} */"
            case Alias():
                text = self.type_name(typ.obj)
                if typ.type_args:
                    return text + self.type_list(typ.type_args)
                if typ.type_params:
                    return text + self.type_param_list(typ.type_params)
                return text
            case _:
                raise TypeError("unexpected kind of type")

    def struct(self, typ: Struct) -> str:
        parts = []
        for index, field in enumerate(typ.fields):
            annotate = self.qualifier is None and self.pkg_info and not is_exported(field.name)
            if annotate:
                self.pkg_info = False  # the outermost first field tells enough
            text = self.type(field.type)
            if not field.embedded:
                text = f"{field.name} {text}"
            if annotate and field.pkg is not None:
                text += f" /* package {field.pkg.path} */ "
            tag = typ.tag(index)
            parts.append(f"{text} {_quote(tag)}" if tag else text)
        return "struct{" + "; ".join(parts) + "}"

    def interface(self, typ: Interface) -> str:
        if typ.tset is not None and typ.tset.comparable and not (typ.methods or typ.embeddeds):
            return "interface{comparable}"
        prefix = ""
        if typ.implicit:
            if not typ.methods and len(typ.embeddeds) == 1:
                return self.type(typ.embeddeds[0])
            prefix = "/* implicit */ "
        parts = [method.name + self.signature(method.signature) for method in typ.methods]
        parts += [self.type(each) for each in typ.embeddeds]
        return f"{prefix}interface{{{'; '.join(parts)}}}"

    def type_list(self, items: Sequence[Type]) -> str:
        return "[" + ", ".join(map(self.type, items)) + "]"

    def type_param_list(self, params: Sequence[TypeParam]) -> str:
        text = ""
        previous: Type | None = None
        for index, param in enumerate(params):
            if index:
                if param.bound is not previous:
                    text += f" {self.type(previous)}"
                text += ", "
            previous = param.bound
            text += self.type(param)
        if previous is not None:
            text += f" {self.type(previous)}"
        return f"[{text}]"

    def type_name(self, obj: TypeName) -> str:
        return package_prefix(obj.pkg, self.qualifier) + obj.name

    def tuple(self, typ: Tuple, *, variadic: bool) -> str:
        parts = []
        last = len(typ.vars) - 1
        for index, var in enumerate(typ.vars):
            if variadic and index == last:
                if isinstance(var.type, Slice):
                    text = f"...{self.type(var.type.elem)}"
                else:
                    text = f"{self.type(var.type)}..."  # append([]byte, string...)
            else:
                text = self.type(var.type)
            parts.append(f"{var.name} {text}" if var.name and self.param_names else text)
        return f"({', '.join(parts)})"

    def signature(self, typ: Signature) -> str:
        text = self.type_param_list(typ.type_params) if typ.type_params else ""
        text += self.tuple(typ.params, variadic=typ.variadic)
        results = typ.results.vars
        if not results:
            return text
        if len(results) == 1 and not results[0].name:
            return f"{text} {self.type(results[0].type)}"
        return f"{text} {self.tuple(typ.results, variadic=False)}"


def _go_type_name(typ: Type) -> str:
    return type(typ).__name__


def _quote(text: str) -> str:
    return constants.quote(text.encode("utf-8", "surrogateescape"))


# Objects.


def object_string(obj: Object, qualifier: Qualifier | None = None) -> str:
    """Write an object with its kind and type, like `var x int` (`ObjectString`)."""
    typ = obj.type
    match obj:
        case objects.PkgName():
            path = obj.imported.path
            extra = f" ({_quote(path)})" if path and path != obj.name else ""
            return f"package {obj.name}{extra}"
        case objects.Nil():
            return "nil"
        case Func():
            text = f"func {func_name(obj, qualifier)}"
            return text + signature_string(obj.signature, qualifier) if obj.type else text
        case objects.Const():
            word = "const"
        case TypeName():
            word = "type parameter" if isinstance(typ, TypeParam) else "type"
        case objects.Var():
            word = "field" if obj.is_field else "var"
        case objects.Label():
            word, typ = "label", None
        case objects.Builtin():
            word, typ = "builtin", None
        case _:
            raise TypeError("unexpected kind of object")
    name = obj.name
    if obj.pkg is not None and obj.parent is obj.pkg.scope:
        name = package_prefix(obj.pkg, qualifier) + name
    text = f"{word} {name}"
    if typ is None:
        return text
    if isinstance(obj, TypeName):
        if isinstance(typ, Basic):
            return text
        if isinstance(typ, Named | Alias) and typ.type_params:
            text += _Writer(qualifier).type_param_list(typ.type_params)
        if obj.is_alias:
            text += " ="
            if isinstance(typ, Alias):
                typ = typ.from_rhs
        elif isinstance(typ, TypeParam):
            typ = typ.bound
        else:
            typ = typ.underlying
    return f"{text} {type_string(typ, qualifier)}"


def func_name(func: Func, qualifier: Qualifier | None = None) -> str:
    """Write a function's name with its package or receiver (`FullName`)."""
    signature = func.type
    if signature is None:
        return func.name
    if signature.recv is not None:
        recv = signature.recv.type
        if isinstance(recv, Interface):
            return f"(interface).{func.name}"
        return f"({type_string(recv, qualifier)}).{func.name}"
    return package_prefix(func.pkg, qualifier) + func.name


def type_params_string(params: Sequence[TypeParam]) -> str:
    """Write names of type parameters as a sentence does: `P, Q, and R`."""
    names = [param.obj.name for param in params]
    if len(names) <= 2:
        return " and ".join(names)
    return ", ".join(names[:-1]) + f", and {names[-1]}"


def object_kind(obj: Object) -> str:
    """Name what an object is, like `package-level variable` (`objectKind`)."""
    match obj:
        case objects.PkgName():
            return "package name"
        case objects.Const():
            return "constant"
        case TypeName():
            if obj.is_alias:
                return "type alias"
            return "type parameter" if isinstance(obj.type, TypeParam) else "defined type"
        case objects.Var():
            return _VAR_KINDS[obj.kind]
        case Func():
            return "function" if obj.signature.recv is None else "method"
        case objects.Label():
            return "label"
        case objects.Builtin():
            return "built-in function"
        case objects.Nil():
            return "untyped nil"
        case _:
            return "unknown symbol"


_VAR_KINDS = {
    objects.VarKind.PACKAGE_VAR: "package-level variable",
    objects.VarKind.LOCAL_VAR: "local variable",
    objects.VarKind.RECV_VAR: "receiver",
    objects.VarKind.PARAM_VAR: "parameter",
    objects.VarKind.RESULT_VAR: "result variable",
    objects.VarKind.FIELD_VAR: "struct field",
}


# The back half of the compiler, and the runtime.


_SHAPE_MAX = 500
"""A shape whose name would be longer is named by a hash (`base.Debug.MaxShapeLen`)."""


class Mode(enum.Enum):
    """For whom cmd/compile writes a type."""

    GO = "go"
    """The reader of a remark."""
    NAME = "name"
    """The running program: `%T`."""
    LINK = "link"
    """The linker."""


def go_string(typ: Type, local: Package | None) -> str:
    """Write a type as remarks like `-m` do: names of the package being compiled are bare."""
    return _Compiled(Mode.GO, local).type(typ)


def runtime_string(typ: Type) -> str:
    """Write a type as `%T` and reflect do."""
    return _Compiled(Mode.NAME, None).type(typ)


def link_string(typ: Type) -> str:
    """Write a type as its symbol's name does; identical types have identical ones."""
    return _Compiled(Mode.LINK, None).type(typ)


def shape_name(typ: Type, *, basic: bool) -> str:
    """Name the shape that a type argument is compiled as, like `go.shape.int`.

    Args:
        typ: the type argument.
        basic: the constraint is a basic interface, one of methods only; then all pointers
            have one shape.
    """
    under = typ.underlying
    if basic and isinstance(types.unalias(typ), Pointer | Named) and isinstance(under, Pointer):
        return "go.shape.*uint8"
    text = link_string(under)
    if len(text.encode()) > _SHAPE_MAX:
        import hashlib  # noqa: PLC0415 - loads OpenSSL, for a shape that few programs have

        digest = bytearray(hashlib.sha256(text.encode()).digest())
        digest[0] ^= 0xFF  # gc marks its hashes as not quite sha256
        text = digest.hex()
    return f"go.shape.{text}"


def func_link_name(
    func: Func, type_args: Sequence[str] = (), recv_args: Sequence[str] | None = None
) -> str:
    """Name a function as symbols do: `main.f`, `main.T.m`, `main.(*List[int]).push`.

    Args:
        func: the function or method.
        type_args: link strings of its own type arguments, or names of shapes.
        recv_args: those of its receiver's type; by default what the receiver is.
    """
    own = f"[{','.join(type_args)}]" if type_args else ""
    prefix = "" if func.pkg is None else link_prefix(func.pkg.path) + "."
    recv = func.signature.recv
    if recv is None or recv.type is None:
        return f"{prefix}{func.name}{own}"
    typ = types.unalias(recv.type)
    pointer = isinstance(typ, Pointer)
    named = types.as_named(typ.elem if isinstance(typ, Pointer) else typ)
    if named is None:
        return f"{prefix}{link_string(typ)}.{func.name}{own}"
    if recv_args is None:
        recv_args = [link_string(arg) for arg in named.type_args]
    base = named.obj.name
    if recv_args:
        base += f"[{','.join(recv_args)}]"
    if named.obj.vargen:
        base += f"·{named.obj.vargen}"
    return f"{prefix}(*{base}).{func.name}{own}" if pointer else f"{prefix}{base}.{func.name}{own}"


def link_prefix(path: str) -> str:
    """Escape an import path as symbols have it (`objabi.PathToPrefix`)."""
    if path == SHAPE_PATH:
        return path
    slash = path.rfind("/")
    out = []
    for index, byte in enumerate(path.encode()):
        char = chr(byte)
        dot = char == "." and index > slash
        if byte <= 0x20 or dot or char in '%"' or byte >= 0x7F:
            out.append(f"%{byte:02x}")
        else:
            out.append(char)
    return "".join(out)


def type_link_name(obj: TypeName) -> str:
    """Return a type's name as symbols have it, without package: with `·N` if it is local."""
    return f"{obj.name}·{obj.vargen}" if obj.vargen else obj.name


def type_args_string(typ: Named) -> str:
    """Return a type's arguments in brackets, as its name has them: `[int]`, `[string;int]`.

    Before the semicolon stand those of the generic function that declares the type.
    """
    own = ",".join(map(link_string, typ.type_args))
    implicits = ",".join(map(link_string, typ.inst.implicits)) if typ.inst is not None else ""
    if implicits:
        return f"[{implicits};{own}]" if own else f"[{implicits}]"
    return f"[{own}]" if own else ""


class _Compiled:
    """One writing, as cmd/compile/internal/types' tconv2."""

    __slots__ = ("local", "mode", "out", "size", "visited")

    def __init__(self, mode: Mode, local: Package | None) -> None:
        self.mode = mode
        self.local = local
        """The package being compiled, for mode GO."""
        self.visited: dict[Type, int] = {}
        self.out: list[str] = []
        self.size = 0

    def type(self, typ: Type) -> str:
        self.write(typ)
        return "".join(self.out)

    def put(self, text: str) -> None:
        self.out.append(text)
        self.size += len(text.encode())

    def package(self, pkg: Package | None, *, link: bool = False) -> str:
        """Write what stands before a name, dot included."""
        if pkg is None:
            return ""
        if self.mode is Mode.LINK or link:
            return link_prefix(pkg.path) + "."
        if self.mode is Mode.GO and pkg is self.local:
            return ""
        return pkg.name + "."

    def named(self, typ: Named) -> str:
        obj = typ.obj
        name = obj.name
        name += type_args_string(typ)
        if self.mode is Mode.LINK and obj.vargen:
            name += f"·{obj.vargen}"
        return self.package(obj.pkg) + name

    def write(self, typ: Type, *, short: bool = False) -> None:
        typ = types.unalias(typ)
        offset = self.visited.get(typ)
        if offset is not None:
            self.put(f"@{offset}")
            return
        match typ:
            case Basic(kind=BasicKind.UNSAFE_POINTER):
                self.put("unsafe.Pointer")
                return
            case Basic():
                # byte and rune keep their names only for readers.
                self.put(typ.name if self.mode is Mode.GO else types.TYP[typ.kind].name)
                return
            case Named():
                self.put(self.named(typ))
                return
            case TypeParam():
                self.put(typ.obj.name)
                return
            case _:
                pass
        self.visited[typ] = self.size
        self.composite(typ, short=short)
        del self.visited[typ]

    def composite(self, typ: Type, *, short: bool) -> None:
        match typ:
            case Pointer(elem=elem):
                self.put("*")
                self.write(elem)
            case Slice(elem=elem):
                self.put("[]")
                self.write(elem)
            case Array(elem=elem):
                self.put(f"[{typ.len}]")
                self.write(elem)
            case Map(key=key, elem=elem):
                self.put("map[")
                self.write(key)
                self.put("]")
                self.write(elem)
            case Chan(elem=elem):
                self.chan(typ, types.unalias(elem))
            case Interface():
                self.interface(typ)
            case Signature():
                if not short:
                    self.put("func")
                self.params(typ.params, variadic=typ.variadic)
                results = typ.results.vars
                if len(results) == 1:
                    self.put(" ")
                    self.write(_type_of(results[0]))
                elif results:
                    self.put(" ")
                    self.params(typ.results, variadic=False)
            case Struct():
                self.struct(typ)
            case Tuple():
                self.params(typ, variadic=False)
            case _:
                raise TypeError(f"{typ} is no type of a compiled program")

    def chan(self, typ: Chan, elem: Type) -> None:
        word = {ChanDir.SEND_RECV: "chan ", ChanDir.SEND_ONLY: "chan<- "}
        self.put(word.get(typ.dir, "<-chan "))
        inner = (
            typ.dir is ChanDir.SEND_RECV
            and isinstance(elem, Chan)
            and elem.dir is ChanDir.RECV_ONLY
        )
        if inner:
            self.put("(")
        self.write(elem)
        if inner:
            self.put(")")

    def interface(self, typ: Interface) -> None:
        methods = typesets.methods(typ)
        self.put("interface {")
        for index, method in enumerate(methods):
            self.put("; " if index else " ")
            if not method.exported:
                self.put(self.package(method.pkg, link=self.mode is not Mode.NAME))
            self.put(method.name)
            self.write(method.signature, short=True)
        self.put(" }" if methods else "}")

    def params(self, typ: Tuple, *, variadic: bool) -> None:
        self.put("(")
        last = len(typ.vars) - 1
        for index, var in enumerate(typ.vars):
            if index:
                self.put(", ")
            var_type = _type_of(var)
            if variadic and index == last and isinstance(var_type, Slice):
                self.put("...")
                self.write(var_type.elem)
            else:
                self.write(var_type)
        self.put(")")

    def struct(self, typ: Struct) -> None:
        self.put("struct {")
        for index, field in enumerate(typ.fields):
            self.put("; " if index else " ")
            name, separator = self.field_name(field)
            if name:
                self.put(name + separator)
            self.write(_type_of(field))
            tag = typ.tag(index)
            if tag:
                self.put(f" {_quote(tag)}")
        self.put(" }" if typ.fields else "}")

    def field_name(self, field: objects.Var) -> tuple[str, str]:
        separator = " "
        if field.embedded:
            if self.mode is not Mode.LINK:
                return "", ""
            # A field embedded through an alias is named, since `struct{ int }` is another type.
            separator = " = "
            base = types.unalias(_type_of(field))
            if isinstance(base, Pointer):
                base = types.unalias(base.elem)
            if self.names(field, base):
                return "", ""
        name = field.name
        if self.mode is not Mode.NAME and not field.exported:
            name = self.package(field.pkg) + name
        return name, separator

    @staticmethod
    def names(field: objects.Var, base: Type) -> bool:
        """Report whether an embedded field has the name of its type."""
        match base:
            case Named() if not base.obj.vargen and base.inst is None:
                same = objects.same_pkg(field.pkg, base.obj.pkg) or field.exported
                # A predeclared type's symbol is the builtin package's, never the field's.
                return same and field.name == base.obj.name
            case _:
                return False


def _type_of(var: objects.Var) -> Type:
    return types.INVALID if var.type is None else var.type
