"""What gc still refuses after types are checked, before it compiles.

Interfaces without a name that contain themselves, types that are too large. Directives out of
place and functions without a body need no types: `syntax.check_declarations`.

Source: cmd/compile/internal/noder/irgen.go, types/size.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.gotypes import layout, objects, spelling, types, typesets
from mkdocs_gomem.source import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mkdocs_gomem.compiler.checker.info import Info

_CHAN_ELEM_MAX = 1 << 16
_CYCLE = (
    "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)"
)


def check_after(info: Info, files: Sequence[syntax.File]) -> list[Diagnostic]:
    """Return the errors of a package that types are fine in."""
    return _interface_cycles(info, files) or _Sizes(info).errors()


class _Sizes:
    """Looks for types that gc has no room for, in what a package declares."""

    __slots__ = ("_found", "_info", "_seen")

    def __init__(self, info: Info) -> None:
        self._info = info
        self._found: list[Diagnostic] = []
        self._seen: set[types.Type] = set()

    def errors(self) -> list[Diagnostic]:
        """Return an error for each, at the name of what was declared with it first."""
        for obj in self._info.defs.values():
            if isinstance(obj, objects.Var) and obj.is_field:
                continue
            if isinstance(obj, (objects.Var, objects.TypeName)) and obj.type is not None:
                self._visit(obj.type, obj)
        return self._found

    def _visit(self, typ: types.Type, obj: objects.Object) -> None:
        typ = types.unalias(typ)
        if isinstance(typ, types.Basic) or typ in self._seen:
            return
        self._seen.add(typ)
        match typ:
            case types.Named():
                # Other packages have been compiled; what is generic has no size.
                if typ.obj.pkg is self._info.pkg and not typ.type_params:
                    self._visit(typ.underlying, obj)
            case types.Pointer(elem=elem) | types.Slice(elem=elem):
                self._visit(elem, obj)
            case types.Array(elem=elem, len=count):
                self._visit(elem, obj)
                size = _size(elem)
                if size and count > (layout.MAX_WIDTH - 1) // size:
                    spelled = spelling.type_string(typ)
                    self._tell(obj, f"type {spelled} larger than address space")
            case types.Map(key=key, elem=elem):
                self._visit(key, obj)
                self._visit(elem, obj)
            case types.Chan(elem=elem):
                self._visit(elem, obj)
                if (_size(elem) or 0) >= _CHAN_ELEM_MAX:
                    self._tell(obj, "channel element type too large (>64kB)")
            case types.Struct(fields=fields):
                for field in fields:
                    if field.type is not None:
                        self._visit(field.type, obj)
            case _:
                pass

    def _tell(self, obj: objects.Object, message: str) -> None:
        self._found.append(Diagnostic(Code.TYPE_TOO_LARGE.value, obj.pos, message))


def _size(typ: types.Type) -> int | None:
    """Return the bytes of a value, if the type is not generic."""
    try:
        return layout.sizeof(typ)
    except ValueError:
        return None


def _interface_cycles(info: Info, files: Sequence[syntax.File]) -> list[Diagnostic]:
    if syntax.InterfaceType not in map(type, info.types):
        return []
    finder = _CycleFinder()
    errors = []
    for file in files:
        for node in _interface_nodes(file):
            known = info.types.get(node)
            if known is None or known.type is None:
                continue
            typ = types.unalias(known.type)
            if isinstance(typ, types.Interface) and finder.has_cycle(typ):
                errors.append(Diagnostic("InvalidTypeCycle", node.pos, _CYCLE))
                finder.forget()
    return errors


def _interface_nodes(node: syntax.Node) -> Iterator[syntax.InterfaceType]:
    """Walk the outermost interface types of a file, in the order of the source."""
    if isinstance(node, syntax.InterfaceType):
        yield node
        return
    for _, child in syntax.children(node):
        yield from _interface_nodes(child)


class _CycleFinder:
    """Looks for an interface inside itself, reached through types without a name."""

    __slots__ = ("_cyclic",)

    def __init__(self) -> None:
        self._cyclic: dict[types.Interface, bool] = {}

    def forget(self) -> None:
        """Do not report what was found a second time."""
        for typ in self._cyclic:
            self._cyclic[typ] = False

    def has_cycle(self, typ: types.Interface) -> bool:
        """Tell whether a method of an interface leads back to an interface on the way."""
        return any(self._visit(m.type) for m in typesets.type_set(typ).methods)

    def _visit(self, typ: types.Type | None) -> bool:
        t = types.unalias(typ) if typ is not None else None
        match t:
            case (
                types.Pointer(elem=elem)
                | types.Array(elem=elem)
                | types.Chan(elem=elem)
                | types.Slice(elem=elem)
            ):
                return self._visit(elem)
            case types.Map():
                return self._visit(t.key) or self._visit(t.elem)
            case types.Struct():
                return any(self._visit(field.type) for field in t.fields)
            case types.Signature():
                return any(self._visit(v.type) for v in (*t.params.vars, *t.results.vars))
            case types.Interface():
                if not t.methods and not t.embeddeds:
                    return False
                known = self._cyclic.get(t)
                if known is not None:
                    return known
                self._cyclic[t] = True
                if self.has_cycle(t):
                    return True
                self._cyclic[t] = False
            case _:
                pass
        return False
