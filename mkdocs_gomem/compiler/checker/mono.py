"""Instantiation loops: generic code that would need infinitely many instances.

A graph of type parameters; an edge says that one is instantiated with a type that another
occurs in, with weight 1 if it is wrapped in a larger type. A cycle of positive weight makes
larger and larger types for ever.

Source: cmd/compile/internal/types2/mono.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.gotypes import objects, spelling, types, typesets
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.source import Pos, order_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.checker.checker import Checker


@dataclass(slots=True)
class _Vertex:
    obj: objects.TypeName
    weight: int = 0
    """Of the heaviest known path that ends here."""
    previous: int = -1
    """Last edge of that path."""
    length: int = 0


@dataclass(slots=True)
class _Edge:
    dst: int
    src: int
    weight: int
    pos: Pos
    typ: types.Type


class MonoGraph:
    """Which type parameters flow into which."""

    __slots__ = ("_canon", "_edges", "_index", "_vertices")

    def __init__(self) -> None:
        self._vertices: list[_Vertex] = []
        self._edges: list[_Edge] = []
        self._canon: dict[types.TypeParam, types.TypeParam] = {}
        self._index: dict[objects.TypeName, int] = {}

    def record_canon(self, mine: types.TypeParam, canonical: types.TypeParam) -> None:
        """Note that a method's own type parameter stands for that of its type."""
        self._canon[mine] = canonical

    def record_instance(
        self,
        pkg: objects.Package,
        pos: Pos,
        tparams: Sequence[types.TypeParam],
        targs: Sequence[types.Type],
        xlist: Sequence[syntax.Expr],
    ) -> None:
        """Note an instantiation."""
        for i, tparam in enumerate(tparams):
            if tparam.obj.pkg is pkg:
                at = syntax.start_pos(xlist[i]) if i < len(xlist) else pos
                self._assign(pkg, at, tparam, targs[i])

    def _assign(
        self, pkg: objects.Package, pos: Pos, tparam: types.TypeParam, targ: types.Type
    ) -> None:
        def flow(src: int, typ: types.Type) -> None:
            weight = 0 if typ is targ else 1
            self._edges.append(_Edge(self._param_vertex(tparam), src, weight, pos, targ))

        def walk(typ: types.Type | None) -> None:
            if typ is None:
                return
            t = types.unalias(typ)
            match t:
                case types.TypeParam():
                    flow(self._param_vertex(t), t)
                case types.Named():
                    src = self._local_vertex(pkg, t.origin)
                    if src >= 0:
                        flow(src, t)
                    for each in t.type_args:
                        walk(each)
                case (
                    types.Array(elem=elem)
                    | types.Chan(elem=elem)
                    | types.Pointer(elem=elem)
                    | types.Slice(elem=elem)
                ):
                    walk(elem)
                case types.Map():
                    walk(t.key)
                    walk(t.elem)
                case types.Interface():
                    for method in typesets.type_set(t).methods:
                        walk(method.type)
                case types.Signature():
                    for var in (*t.params.vars, *t.results.vars):
                        walk(var.type)
                case types.Struct():
                    for field in t.fields:
                        walk(field.type)
                case _:
                    pass

        walk(targ)

    def _local_vertex(self, pkg: objects.Package, named: types.Named) -> int:
        """Return the vertex of a type declared in a generic function; -1 for others."""
        obj = named.obj
        if obj.pkg is not pkg or obj.parent is pkg.scope:
            return -1
        known = self._index.get(obj)
        if known is not None:
            return known
        index = -1
        scope = obj.parent
        while scope is not None and scope is not pkg.scope:
            for other in scope.objects():
                if (
                    isinstance(other, objects.TypeName)
                    and isinstance(other.type, types.TypeParam)
                    and not other.is_alias
                    and order_of(other.pos) < order_of(obj.pos)
                ):
                    if index < 0:
                        index = len(self._vertices)
                        self._vertices.append(_Vertex(obj))
                    src = self._param_vertex(other.type)
                    self._edges.append(_Edge(index, src, 1, obj.pos, other.type))
            scope = scope.parent
        self._index[obj] = index
        return index

    def _param_vertex(self, tparam: types.TypeParam) -> int:
        tparam = self._canon.get(tparam, tparam)
        index = self._index.get(tparam.obj)
        if index is None:
            index = self._index[tparam.obj] = len(self._vertices)
            self._vertices.append(_Vertex(tparam.obj))
        return index

    def report_loops(self, check: Checker) -> None:
        """Report the first cycle of positive weight."""
        again = True
        while again:
            again = False
            for i, edge in enumerate(self._edges):
                src, dst = self._vertices[edge.src], self._vertices[edge.dst]
                weight = src.weight + edge.weight
                if weight <= dst.weight:
                    continue
                dst.previous = i
                dst.length = src.length + 1
                if dst.length == len(self._vertices):
                    self._report(check, edge.dst)
                    return
                dst.weight = weight
                again = True

    def _report(self, check: Checker, vertex: int) -> None:
        stack: list[int] = []
        while vertex not in stack:
            stack.append(vertex)
            vertex = self._edges[self._vertices[vertex].previous].src
        stack = stack[stack.index(vertex) :]
        report = check.new_report(Code.INVALID_INSTANCE_CYCLE)
        report.add(self._vertices[vertex].obj.pos, "instantiation cycle:")
        qualifier = spelling.relative_to(check.pkg)
        for v in stack:
            edge = self._edges[self._vertices[v].previous]
            obj = self._vertices[edge.dst].obj
            how = (
                "implicitly parameterized by"
                if isinstance(obj.type, types.Named)
                else "instantiated as"
            )
            spelled = spelling.type_string(edge.typ, qualifier)
            report.add(edge.pos, f"{obj.name} {how} {spelled}")
        report.report()
