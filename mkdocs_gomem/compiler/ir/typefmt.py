"""How gc writes a type: for people (`%v`), and in link names.

For people a type of the package itself has no qualifier and one of another package has its
name; in link names every type has its path and `byte` is `uint8`. Both differ from what the type
checker's messages say (`interface {}`, `struct { x int }`).

Source: cmd/compile/internal/types/fmt.go (tconv2, modes fmtGo and fmtTypeID), go1.27.
"""

from __future__ import annotations

from mkdocs_gomem.gotypes import constants, objects, types, typesets, universe
from mkdocs_gomem.gotypes.types import BasicKind, ChanDir, Type

SHAPE_PATH = "go.shape"
"""Path of gc's made-up package of shape types."""


def is_local(pkg: objects.Package | None) -> bool:
    """Tell if names of a package are printed without qualifier: the universe's, or our own."""
    return pkg is None or not pkg.imported


def qualified_in(path: str, name: str, own: objects.Package | None) -> str:
    """Return a name as `%v` prints it, when only the path of its package is known.

    `own` is the package being compiled.
    """
    if own is not None and path == path_prefix(own.path):
        return name
    *before, last = path.split("/")
    is_version = last.startswith("v") and last[1:].isdigit()
    return f"{before[-1] if is_version and before else last}.{name}"


def qualified(pkg: objects.Package | None, name: str) -> str:
    """Return a name as `%v` prints it."""
    return name if pkg is None or is_local(pkg) else f"{pkg.name}.{name}"


def type_string(typ: Type | None) -> str:
    """Return a type as gc prints it in messages."""
    return _write(typ, link=False, short=False)


def link_string(typ: Type) -> str:
    """Return a type as it stands in link names: equal exactly for identical types."""
    return _write(typ, link=True, short=False)


def receiver_string(typ: Type) -> str:
    """Return a receiver's type as it stands in a method's name: `%-S`, own package left out."""
    return _write(typ, link=True, short=True)


def path_prefix(path: str) -> str:
    """Return an import path as link names spell it (objabi.PathToPrefix)."""
    if path == SHAPE_PATH:
        return path
    slash = path.rfind("/")
    out = []
    for at, char in enumerate(path):
        if char <= " " or (char == "." and at > slash) or char in '%"' or char >= "\x7f":
            out.append("".join(f"%{byte:02x}" for byte in char.encode()))
        else:
            out.append(char)
    return "".join(out)


def _named(typ: types.Named, *, link: bool, short: bool) -> str:
    obj = typ.obj
    name = obj.name
    if link:
        generation = typ.origin.generation
        if generation:
            name = f"{name}·{generation}"
    if typ.type_args:
        # Type arguments are part of the symbol's name, so they are spelled as in link names.
        name += f"[{','.join(map(link_string, typ.type_args))}]"
    pkg = obj.pkg
    if pkg is None or short:
        return name
    if link:
        return f"{path_prefix(pkg.path)}.{name}"
    return qualified(pkg, name)


def _write(typ: Type | None, *, link: bool, short: bool) -> str:
    if typ is None:
        return "<T>"
    typ = types.unalias(typ)
    match typ:
        case types.Basic():
            if typ.kind is BasicKind.UNSAFE_POINTER:
                return "unsafe.Pointer"
            if link and typ is types.BYTE:
                return "uint8"
            if link and typ is types.RUNE:
                return "int32"
            return typ.name
        case types.Named():
            if typ is universe.UNIVERSE_ERROR:
                return "error"
            return _named(typ, link=link, short=short)
        case types.TypeParam():
            return typ.obj.name
        case types.Pointer():
            return "*" + _write(typ.elem, link=link, short=link and short)
        case types.Array():
            return f"[{typ.len}]" + _write(typ.elem, link=link, short=False)
        case types.Slice():
            return "[]" + _write(typ.elem, link=link, short=False)
        case types.Map():
            key = _write(typ.key, link=link, short=False)
            return f"map[{key}]" + _write(typ.elem, link=link, short=False)
        case types.Chan():
            elem = _write(typ.elem, link=link, short=False)
            if typ.dir is ChanDir.RECV_ONLY:
                return f"<-chan {elem}"
            if typ.dir is ChanDir.SEND_ONLY:
                return f"chan<- {elem}"
            return f"chan ({elem})" if elem.startswith("<-chan ") else f"chan {elem}"
        case types.Signature():
            return "func" + _signature(typ, link=link)
        case types.Struct():
            if not typ.fields:
                return "struct {}"
            fields = [_field(typ, at, link=link) for at in range(len(typ.fields))]
            return f"struct {{ {'; '.join(fields)} }}"
        case types.Interface():
            return _interface(typ, link=link)
        case types.Tuple():
            return f"({', '.join(_write(v.type, link=link, short=False) for v in typ.vars)})"
        case _:
            return str(typ)


def _signature(typ: types.Signature, *, link: bool) -> str:
    params = [_write(var.type, link=link, short=False) for var in typ.params.vars]
    if typ.variadic:
        last = typ.params.vars[-1].type
        elem = last.underlying.elem if last is not None else None  # type: ignore[attr-defined]
        params[-1] = "..." + _write(elem, link=link, short=False)
    text = f"({', '.join(params)})"
    results = [_write(var.type, link=link, short=False) for var in typ.results.vars]
    if len(results) == 1:
        return f"{text} {results[0]}"
    return f"{text} ({', '.join(results)})" if results else text


def _field(typ: types.Struct, index: int, *, link: bool) -> str:
    var = typ.fields[index]
    text = _write(var.type, link=link, short=False)
    if not var.embedded or (link and not _named_alike(var)):
        name = var.name
        if not objects.is_exported(name) and var.pkg is not None:
            prefix = path_prefix(var.pkg.path)
            name = f"{prefix}.{name}" if link else qualified(var.pkg, name)
        text = f"{name} = {text}" if var.embedded else f"{name} {text}"
    tag = typ.tag(index)
    if tag:
        text += " " + constants.quote(tag.encode("utf-8", "surrogateescape"))
    return text


def _named_alike(var: objects.Var) -> bool:
    """Tell if an embedded field has the name that its type's symbol has.

    An alias has not, nor an instance, a local type or a predeclared one: a struct that embeds it
    could not be told from others by its type alone.
    """
    typ = types.unalias(var.type) if var.type is not None else None
    if isinstance(typ, types.Pointer):
        typ = types.unalias(typ.elem)
    if not isinstance(typ, types.Named) or typ.type_args or typ.origin.generation:
        return False
    obj = typ.obj
    return obj.name == var.name and (objects.is_exported(obj.name) or obj.pkg is var.pkg)


def _interface(typ: types.Interface, *, link: bool) -> str:
    if typ is types.EMPTY_INTERFACE and not link:
        return "any"
    methods = typesets.type_set(typ).methods
    if not methods:
        return "interface {}"
    parts = []
    for method in methods:
        name = method.name
        if not method.exported and method.pkg is not None:
            name = f"{path_prefix(method.pkg.path)}.{name}"
        parts.append(name + _signature(method.signature, link=link))
    return f"interface {{ {'; '.join(parts)} }}"
