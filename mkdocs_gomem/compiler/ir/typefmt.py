"""How gc writes a type: for people (`%v`), and in link names.

For people a type of the package itself has no qualifier and one of another package has its
name; in link names every type has its path and `byte` is `uint8`. Both differ from what the type
checker's messages say (`interface {}`, `struct { x int }`).

Source: cmd/compile/internal/types/fmt.go (tconv2, modes fmtGo and fmtTypeID), go1.27.
"""

from __future__ import annotations

import re

from mkdocs_gomem.gotypes import constants, objects, spelling, types, typesets, universe
from mkdocs_gomem.gotypes.spelling import link_prefix, link_string
from mkdocs_gomem.gotypes.types import BasicKind, ChanDir, Type

_VARGEN = re.compile(r"·\d+$")
"""Which of several local types it is; at the end of a shape's name, as in `go.shape.[]main.T·1`."""


def is_local(pkg: objects.Package | None) -> bool:
    """Tell if names of a package are printed without qualifier: the universe's, or our own."""
    return pkg is None or not pkg.imported


def qualified_in(path: str, name: str, own: objects.Package | None) -> str:
    """Return a name as `%v` prints it, when only the path of its package is known.

    `own` is the package being compiled.
    """
    if own is not None and path == link_prefix(own.path):
        return name
    *before, last = path.split("/")
    is_version = last.startswith("v") and last[1:].isdigit()
    return f"{before[-1] if is_version and before else last}.{name}"


def qualified(pkg: objects.Package | None, name: str) -> str:
    """Return a name as `%v` prints it."""
    return name if pkg is None or is_local(pkg) else f"{pkg.name}.{name}"


def type_string(typ: Type | None) -> str:
    """Return a type as gc prints it in messages."""
    return _write(typ)


def receiver_string(typ: Type) -> str:
    """Return a receiver's type as it stands in a method's name: `%-S`, own package left out."""
    typ = types.unalias(typ)
    match typ:
        case types.Pointer():
            return "*" + receiver_string(typ.elem)
        case types.Named(obj=obj):
            suffix = f"·{obj.vargen}" if obj.vargen else ""
            return f"{obj.name}{spelling.type_args_string(typ)}{suffix}"
        case _:
            return link_string(typ)


def _write(typ: Type | None) -> str:
    if typ is None:
        return "<T>"
    typ = types.unalias(typ)
    match typ:
        case types.Basic():
            if typ.kind is BasicKind.UNSAFE_POINTER:
                return "unsafe.Pointer"
            return typ.name
        case types.Named():
            if typ is universe.UNIVERSE_ERROR:
                return "error"
            # Type arguments are part of the symbol's name, so they are spelled as in link names.
            name = typ.obj.name + spelling.type_args_string(typ)
            return qualified(typ.obj.pkg, _VARGEN.sub("", name))
        case types.TypeParam():
            return typ.obj.name
        case types.Pointer():
            return "*" + _write(typ.elem)
        case types.Array():
            return f"[{typ.len}]" + _write(typ.elem)
        case types.Slice():
            return "[]" + _write(typ.elem)
        case types.Map():
            key = _write(typ.key)
            return f"map[{key}]" + _write(typ.elem)
        case types.Chan():
            elem = _write(typ.elem)
            if typ.dir is ChanDir.RECV_ONLY:
                return f"<-chan {elem}"
            if typ.dir is ChanDir.SEND_ONLY:
                return f"chan<- {elem}"
            return f"chan ({elem})" if elem.startswith("<-chan ") else f"chan {elem}"
        case types.Signature():
            return "func" + _signature(typ)
        case types.Struct():
            if not typ.fields:
                return "struct {}"
            fields = [_field(typ, at) for at in range(len(typ.fields))]
            return f"struct {{ {'; '.join(fields)} }}"
        case types.Interface():
            return _interface(typ)
        case types.Tuple():
            return f"({', '.join(_write(v.type) for v in typ.vars)})"
        case _:
            return str(typ)


def _signature(typ: types.Signature) -> str:
    params = [_write(var.type) for var in typ.params.vars]
    if typ.variadic:
        last = typ.params.vars[-1].type
        elem = last.underlying.elem if last is not None else None  # type: ignore[attr-defined]
        params[-1] = "..." + _write(elem)
    text = f"({', '.join(params)})"
    results = [_write(var.type) for var in typ.results.vars]
    if len(results) == 1:
        return f"{text} {results[0]}"
    return f"{text} ({', '.join(results)})" if results else text


def _field(typ: types.Struct, index: int) -> str:
    var = typ.fields[index]
    text = _write(var.type)
    if not var.embedded:
        name = var.name
        if not objects.is_exported(name) and var.pkg is not None:
            name = qualified(var.pkg, name)
        text = f"{name} {text}"
    tag = typ.tag(index)
    if tag:
        text += " " + constants.quote(tag.encode("utf-8", "surrogateescape"))
    return text


def _interface(typ: types.Interface) -> str:
    if typ is types.EMPTY_INTERFACE:
        return "any"
    methods = typesets.type_set(typ).methods
    if not methods:
        return "interface {}"
    parts = []
    for method in methods:
        name = method.name
        if not method.exported and method.pkg is not None:
            name = f"{link_prefix(method.pkg.path)}.{name}"
        parts.append(name + _signature(method.signature))
    return f"interface {{ {'; '.join(parts)} }}"
