"""The graph of a batch of functions: what holds values, and which value may flow where.

A `Location` is a variable or an allocating expression. An `Edge` into it is an assignment from
another one; its weight, `derefs`, counts dereferences minus address-takings: `p = &q` is -1,
`p = q` 0, `p = *q` 1. It never falls below -1, as `&x` has no address.

A `Hole` is where the value of an expression goes while the tree is walked: a location, what is
done on the way, and the notes from which `report` makes an explanation.

Invariants:
  1. a variable has one location in its batch, that of its canonical name;
  2. holes never change; each step makes a new one;
  3. the order of `Batch.locations` is the order of remarks.

Not here: making edges from the tree (`expr stmt assign call`), walking them (`solve`).
Source: cmd/compile/internal/escape/graph.go, escape.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler.escape import explain, type_facts
from mkdocs_gomem.compiler.escape.leaks import HEAP, NO_LEAKS, RESULTS, Leaks
from mkdocs_gomem.compiler.escape.placements import Way
from mkdocs_gomem.compiler.ir.nodes import Class, Func, Name, Node
from mkdocs_gomem.compiler.ir.reassignment import ReassignOracle
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.escape.placements import Leak
    from mkdocs_gomem.compiler.ir import nodes, visit
    from mkdocs_gomem.gotypes import types

ESCAPES: Final = 1
"""Must be in the heap."""
PERSISTS: Final = 2
"""Its address outlives the statement, so its storage can't be used again at once."""
MUTATES: Final = 4
"""What it points to may be written through it."""
CALLS: Final = 8
"""Functions that it leads to may be called without their results being followed."""
EVERYTHING: Final = ESCAPES | PERSISTS | MUTATES | CALLS


_PARAM: Final = Class.PARAM
_PARAMOUT: Final = Class.PARAMOUT


class Note:
    """Why a value goes on: the expression or statement, and gc's word for what it does."""

    __slots__ = ("next", "where", "why")

    def __init__(self, next_: Note | None, where: Node, why: str) -> None:
        self.next = next_
        self.where = where
        self.why = why


class Edge:
    """An assignment into a location from `src`."""

    __slots__ = ("derefs", "notes", "src")

    def __init__(self, src: Location, derefs: int, notes: Note | None) -> None:
        self.src = src
        self.derefs = derefs
        self.notes = notes


class Location:
    """A variable, an allocating expression, or a place that only the analysis has."""

    __slots__ = (
        "addrtaken",
        "attrs",
        "captured",
        "curfn",
        "derefs",
        "dst",
        "dst_edge",
        "edges",
        "is_param",
        "is_result",
        "leak_flows",
        "leaks",
        "loop_depth",
        "node",
        "queued_walk_all",
        "queued_walk_one",
        "reason",
        "reassigned",
        "result_index",
        "walkgen",
        "ways",
    )

    def __init__(self, node: Node | None, curfn: Func | None, loop_depth: int) -> None:
        self.node = node
        self.curfn = curfn
        self.loop_depth = loop_depth
        """At its declaration; 1 is the body of the function."""
        self.edges: list[Edge] = []
        self.attrs = 0
        self.captured = False
        self.reassigned = False
        self.addrtaken = False
        cls = node.cls if isinstance(node, Name) else None
        self.is_param = cls is _PARAM
        self.is_result = cls is _PARAMOUT
        self.result_index = 0
        """From 1, for a result."""
        self.leaks = Leaks() if cls is _PARAM else NO_LEAKS
        # State of `solve`.
        self.derefs = 0
        self.walkgen = 0
        self.dst: Location | None = None
        self.dst_edge: Edge | None = None
        self.queued_walk_all = False
        self.queued_walk_one = 0
        # Evidence.
        self.ways: tuple[Way, ...] = ()
        """How its address gets where it must not; none if it does not."""
        self.leak_flows: tuple[Leak, ...] = ()
        """How a parameter's value leaves the function."""
        self.reason = ""
        """The size limit that puts it on the heap, when nothing did before."""

    def as_hole(self) -> Hole:
        """Return the hole that stores into this location."""
        return Hole(self, 0, None)

    def leak_to(self, sink: Location, derefs: int) -> None:
        """Record that this parameter's value reaches `sink`, which outlives the call."""
        if not sink.attrs & ESCAPES and sink.is_result and sink.curfn is self.curfn:
            index = sink.result_index - 1
            if index < RESULTS:
                self.leaks.add_result(index, derefs)
                return
        self.leaks.add(HEAP, derefs)


class Hole:
    """Where the value of an expression goes: `dst = **value` has derefs 2."""

    __slots__ = ("addrtaken", "derefs", "dst", "notes")

    def __init__(
        self, dst: Location, derefs: int, notes: Note | None, *, addrtaken: bool = False
    ) -> None:
        self.dst = dst
        self.derefs = derefs
        self.notes = notes
        self.addrtaken = addrtaken
        """The address of the value is taken here, whether or not it is stored."""

    def note(self, where: Node, why: str) -> Hole:
        """Return the hole with one more note."""
        return Hole(self.dst, self.derefs, Note(self.notes, where, why), addrtaken=self.addrtaken)

    def shift(self, delta: int) -> Hole:
        """Return the hole after so many dereferences."""
        derefs = self.derefs + delta
        if derefs < -1:
            raise ValueError("the address of an address")
        return Hole(self.dst, derefs, self.notes, addrtaken=delta < 0)

    def deref(self, where: Node, why: str) -> Hole:
        """Return the hole for a pointer whose target goes here."""
        return Hole(self.dst, self.derefs + 1, Note(self.notes, where, why))

    def addr(self, where: Node, why: str) -> Hole:
        """Return the hole for a value whose address goes here."""
        if self.derefs < 0:
            raise ValueError("the address of an address")
        return Hole(self.dst, self.derefs - 1, Note(self.notes, where, why), addrtaken=True)

    def dot_type(self, typ: types.Type, where: Node, why: str) -> Hole:
        """Return the hole for an interface whose value, of type `typ`, goes here."""
        if not type_facts.is_interface(typ) and not type_facts.is_direct_iface(typ):
            return self.shift(1).note(where, why)
        return self.note(where, why)


@dataclass(slots=True)
class Analysis:
    """What is known over the batches of one program."""

    remarks: list[nodes.Remark]
    bodies: visit.Bodies
    """Of all functions; literals that are found put leaves into them, and nothing else changes."""
    tags: dict[Func, tuple[str, ...]] = field(default_factory=dict)
    """Of the functions that are done."""
    pending: set[Func] = field(default_factory=set)
    """The functions of the batch at work, which have no tags yet."""
    results_lost: set[Func] = field(default_factory=set)
    """Literals that may be called where their results can't be followed."""
    oracles: dict[Func, ReassignOracle] = field(default_factory=dict)
    holds_pointers: type_facts.HoldPointers = field(default_factory=type_facts.HoldPointers)
    sizes: type_facts.Sizes = field(default_factory=type_facts.Sizes)

    def oracle(self, func: Func) -> ReassignOracle:
        """Return what the assignments of a function say; a literal's are in the outermost one."""
        oracle = self.oracles.get(func)
        if oracle is None:
            outermost = func
            while outermost.outer is not None and not outermost.outer.is_package_init:
                outermost = outermost.outer
            oracle = self.oracles.get(outermost)
            if oracle is None:
                oracle = self.oracles[outermost] = ReassignOracle(
                    outermost, self.bodies.with_closures(outermost)
                )
            self.oracles[func] = oracle
        return oracle

    def tag(self, func: Func, index: int) -> str:
        """Return the tag of a parameter of a function that is done, or of another package's."""
        tags = self.tags.get(func, func.tags)
        return tags[index] if tags is not None and index < len(tags) else ""


class Batch:
    """The graph of one strongly connected component and its function literals."""

    __slots__ = (
        "analysis",
        "blank",
        "callee",
        "closures",
        "heap",
        "into_blank",
        "into_callee",
        "into_heap",
        "into_mutator",
        "locations",
        "locs",
        "mutator",
        "trails",
    )

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.trails: list[explain.Trail] = []
        """Explanations that are not put into words yet."""
        self.locations: list[Location] = []
        self.locs: dict[Name, Location] = {}
        self.closures: list[tuple[Hole, nodes.ClosureExpr]] = []
        """Function literals met so far, with the hole of what they capture."""
        self.heap = Location(None, None, 0)
        self.heap.attrs = EVERYTHING
        self.mutator = Location(None, None, 0)
        self.mutator.attrs = MUTATES
        self.callee = Location(None, None, 0)
        self.callee.attrs = CALLS
        self.blank = Location(None, None, 0)
        self.into_heap = self.heap.as_hole()
        self.into_mutator = self.mutator.as_hole()
        self.into_callee = self.callee.as_hole()
        self.into_blank = self.blank.as_hole()

    def old_loc(self, name: Name) -> Location:
        """Return the location of a variable."""
        return self.locs[name.canonical if name.is_closure_var else name]

    def trail(self, hops: list[explain.Hop]) -> explain.Trail:
        """Return an explanation, to be put into words later."""
        trail = explain.Trail(hops)
        self.trails.append(trail)
        return trail

    def settle(self) -> None:
        """Put explanations into words, as the tree will be changed."""
        for trail in self.trails:
            trail.settle()
        self.trails.clear()

    def dissolve(self) -> None:
        """Undo the graph: its circles would be left for Python's collector, at twice the price."""
        for loc in self.locations:
            loc.edges = []
            loc.dst = loc.dst_edge = None

    def in_mutual_batch(self, func: Func) -> bool:
        """Tell if a function is analysed in this batch, so that its parameters are in the graph."""
        return func in self.analysis.pending

    def flow(self, hole: Hole, src: Location) -> None:
        """Let the value of `src` go into a hole."""
        if hole.addrtaken:
            src.addrtaken = True
        dst = hole.dst
        if dst is self.blank or (dst is src and hole.derefs >= 0):
            return
        if dst.attrs & ESCAPES and hole.derefs < 0:  # dst = &src
            way = Way(explain.step(self, dst, src, hole.derefs, hole.notes))
            src.ways = (*src.ways, way)
            src.attrs |= EVERYTHING
            return
        dst.edges.append(Edge(src, hole.derefs, hole.notes))


class Escape:
    """State of the walk through one function."""

    __slots__ = ("batch", "curfn", "labels", "loop_depth")

    def __init__(self, batch: Batch, curfn: Func) -> None:
        self.batch = batch
        self.curfn = curfn
        self.labels: dict[str, bool] = {}
        """Labels not reached yet; True for one that a later goto jumps back to."""
        self.loop_depth = 1

    def heap_hole(self) -> Hole:
        """Return the hole into the heap."""
        return self.batch.into_heap

    def mutator_hole(self) -> Hole:
        """Return the hole of a pointer that is written through."""
        return self.batch.into_mutator

    def callee_hole(self) -> Hole:
        """Return the hole of a function that is called."""
        return self.batch.into_callee

    def discard_hole(self) -> Hole:
        """Return the hole of what is not used."""
        return self.batch.into_blank

    def new_loc(self, node: Node | None, *, persists: bool) -> Location:
        """Make a location in the function."""
        loc = Location(node, self.curfn, self.loop_depth)
        if persists:
            loc.attrs |= PERSISTS
        self.batch.locations.append(loc)
        if isinstance(node, Name):
            self.batch.locs[node] = loc
        return loc

    def tee_hole(self, holes: list[Hole]) -> Hole:
        """Return a hole that flows into each of the holes."""
        if not holes:
            return self.discard_hole()
        if len(holes) == 1:
            return holes[0]
        loc = self.new_loc(None, persists=False)
        for hole in holes:
            if hole.derefs < 0:
                raise ValueError("an address can't be split")
            self.batch.flow(hole, loc)
        return loc.as_hole()

    def later(self, hole: Hole) -> Hole:
        """Return a hole that flows into another one, some time later."""
        loc = self.new_loc(None, persists=True)
        self.batch.flow(hole, loc)
        return loc.as_hole()

    def spill(self, hole: Hole, node: Node) -> Hole:
        """Make a location for an allocating expression, whose address goes into the hole."""
        loc = self.new_loc(node, persists=False)
        self.batch.flow(hole.addr(node, "spill"), loc)
        return loc.as_hole()
