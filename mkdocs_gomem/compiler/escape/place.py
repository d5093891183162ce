"""The order of the work: batch by batch, callees first, as gc does it.

For each batch: locations for all variables, edges from the bodies, what literals capture, what
must be on the heap because of its size, the walk, and then tags and remarks.

Source: cmd/compile/internal/escape/escape.go, go1.27.
"""

from __future__ import annotations

from mkdocs_gomem.compiler.escape import bounds, limits, literals, report, solve, stmt, type_facts
from mkdocs_gomem.compiler.escape.graph import Analysis, Batch, Escape, Hole
from mkdocs_gomem.compiler.escape.placements import Placements
from mkdocs_gomem.compiler.ir import nodes, scc, visit
from mkdocs_gomem.compiler.ir.nodes import Func, Op, Program

_JUMPING = frozenset({nodes.LabelStmt, nodes.BranchStmt})


def place(program: Program, bodies: visit.Bodies) -> Placements:
    """Decide for each variable and allocating expression of a program where it lives.

    The program's initializers are those in the body of `package_init`: what the linker lays out
    has to be taken out of it before. Writes tags into functions and `by_value` into captured
    variables; puts literals where an expression was found to be one.

    Args:
        program: what to decide about.
        bodies: the nodes of its functions, those that are known already.
    """
    analysis = Analysis([], bodies)
    placements = Placements({}, analysis.remarks)
    funcs = scc.all_funcs(program)
    scc.visit_funcs_bottom_up(funcs, lambda batch, _: _batch(analysis, placements, batch), bodies)
    placements.remarks.extend(bounds.remarks(funcs, bodies))
    return placements


def place_alone(func: Func, placements: Placements) -> None:
    """Decide about a function whose callees have been decided about, and the literals inside."""
    _batch(Analysis([], visit.Bodies()), placements, scc.with_literals(func))


def _batch(analysis: Analysis, placements: Placements, funcs: list[Func]) -> None:
    batch = Batch(analysis)
    analysis.pending.update(funcs)
    for func in funcs:
        _init_func(batch, func)
    for func in funcs:
        if not func.is_closure:
            walk_func(batch, func)

    # All assignments have been seen: captured variables that never change again are copied.
    for hole, literal in batch.closures:
        _flow_closure(batch, hole, literal)

    for loc in batch.locations:
        literals.rewrite_with_literals(batch, loc.node, loc.curfn)
        reason = limits.heap_alloc_reason(loc.node)
        if reason and loc.node is not None:
            if not loc.ways:
                loc.reason = reason
            batch.flow(batch.heap.as_hole().addr(loc.node, reason), loc)

    solve.walk_all(batch)
    report.finish(batch, funcs, placements)
    batch.dissolve()


def _init_func(batch: Batch, func: Func) -> None:
    e = Escape(batch, func)
    for name in func.dcl:
        e.new_loc(name, persists=True)
    if func.closure is None:  # hidden parameters, like the receiver of a method value's wrapper
        for name in func.closure_vars:
            e.new_loc(name.canonical, persists=True)
    for index, result in enumerate(func.results):
        batch.old_loc(result).result_index = 1 + index


def walk_func(batch: Batch, func: Func) -> None:
    """Make the edges of a function's body; a literal's when the literal is reached."""
    e = Escape(batch, func)
    body = batch.analysis.bodies[func]
    if visit.any_of(nodes.LabelStmt, body):
        for node in visit.of(_JUMPING, body):
            if type(node) is nodes.LabelStmt:
                if node.label != "_":
                    e.labels[node.label] = False
            elif type(node) is nodes.BranchStmt and node.label in e.labels and node.op is Op.GOTO:
                e.labels[node.label] = True
    stmt.block(e, func.body)


def _flow_closure(batch: Batch, hole: Hole, literal: nodes.ClosureExpr) -> None:
    """Let what a literal captures flow into its record: a copy, or the address."""
    for captured in literal.func.closure_vars:
        name = captured.canonical
        loc = batch.old_loc(captured)
        name.by_value = (
            not loc.addrtaken
            and not loc.reassigned
            and type_facts.size_of(name.type) <= limits.BY_VALUE_MAX
        )
        captured.by_value = name.by_value
        if name.by_value:
            target = hole
        else:
            name.addrtaken = True
            target = hole.addr(captured, "reference")
        batch.flow(target.note(captured, "captured by a closure"), loc)
