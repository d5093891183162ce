"""What gc says about a batch, and what we keep of it: remarks, tags, placements.

Remarks have gc's text and come in gc's order, duplicates kept: first what parameters leak, then
every location in the order in which it was made. Evidence is kept even where gc prints it only
at `-m=2`.

Source: cmd/compile/internal/escape/escape.go (finish, paramTag, reportLeaks), solve.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.escape import leaks, storage, type_facts
from mkdocs_gomem.compiler.escape.borrowed import borrowed
from mkdocs_gomem.compiler.escape.graph import (
    ESCAPES,
    MUTATES,
    PERSISTS,
    Batch,
    Location,
)
from mkdocs_gomem.compiler.escape.placements import Placement, Placements
from mkdocs_gomem.compiler.ir import fmt, nodes
from mkdocs_gomem.compiler.ir.nodes import Expr, Func, Name, Op
from mkdocs_gomem.compiler.ir.reassignment import is_blank

if TYPE_CHECKING:
    from mkdocs_gomem.source import Pos


def finish(batch: Batch, funcs: list[Func], placements: Placements) -> None:
    """Record and report the verdicts of a solved batch."""
    analysis = batch.analysis
    for func in funcs:
        tags = tuple(_param_tag(batch, func, param) for param in func.params)
        analysis.tags[func] = tags
        func.tags = tags
        placements.leaks[func] = tags
        analysis.pending.discard(func)
    unmade: set[Expr] = set()
    for func in funcs:
        unmade |= borrowed(analysis.bodies[func])
    for loc in batch.locations:
        if isinstance(loc.node, Expr) and loc.curfn is not None:
            _finish_location(
                batch, loc, loc.node, loc.curfn, placements, made=loc.node not in unmade
            )


def _finish_location(
    batch: Batch, loc: Location, node: Expr, func: Func, placements: Placements, *, made: bool
) -> None:
    escapes = bool(loc.attrs & ESCAPES)
    pos = nodes.outermost(node)
    text = fmt.node(node)
    _say_location(batch, node, pos, text, escapes=escapes)
    zero_copy = (
        isinstance(node, nodes.ConvExpr) and node.op is Op.STR2BYTES and not loc.attrs & MUTATES
    )
    if zero_copy:
        _say(batch, pos, "zero-copy string->[]byte conversion")
    kind = storage.kind(node, escapes=escapes, zero_copy=zero_copy)
    if not (made or escapes):
        kind = storage.Kind.BORROWED
    placements.by_node[node] = Placement(
        node=node,
        func=func,
        text=text,
        pos=pos,
        size=batch.analysis.sizes[node.type] if isinstance(node, Name) else storage.size(node),
        escapes=escapes,
        storage=storage.region_of(node, kind, escapes=escapes),
        kind=kind,
        transient=not escapes and not loc.attrs & PERSISTS,
        reason=loc.reason,
        ways=loc.ways,
        leaks=loc.leak_flows,
    )


def _say_location(batch: Batch, node: Expr, pos: Pos, text: str, *, escapes: bool) -> None:
    if isinstance(node, Name):
        if escapes:
            _say(batch, pos, f"moved to heap: {text}")
        return
    if isinstance(node, nodes.ClosureExpr) and node.func.is_wrapper:
        return  # made for a go or defer statement: not the author's
    what = "append" if node.op is Op.APPEND else text
    _say(batch, pos, f"{what} escapes to heap" if escapes else f"{what} does not escape")


def _say(batch: Batch, pos: Pos, text: str) -> None:
    batch.analysis.remarks.append(nodes.Remark(pos, text))


def _param_tag(batch: Batch, func: Func, param: Name) -> str:
    diagnose = not (func.is_wrapper or func.is_dupok)
    pos = nodes.outermost(param)
    named = param.name not in {"", "_"} and not param.name.startswith("~")
    if not func.body:
        return _bodyless_tag(batch, func, param, diagnose=diagnose, named=named)
    if "go:uintptrescapes" in func.pragmas:
        what = ""
        if type_facts.is_uintptr(param.type):
            what = "uintptr"
        elif (
            func.type.variadic
            and param is func.params[-1]
            and type_facts.is_uintptr(type_facts.elem(param.type))
        ):
            what = "...uintptr"
        if what:
            if diagnose:
                _say(batch, pos, f"marking {param.name} as escaping {what}")
            return ""
    if not batch.analysis.holds_pointers[param.type]:
        return ""
    if is_blank(param) or not named:
        return leaks.Leaks().encode()
    loc = batch.old_loc(param)
    loc.leaks.optimize()
    if diagnose and not loc.attrs & ESCAPES:
        _report_leaks(batch, func, pos, param.name, loc.leaks)
    return loc.leaks.encode()


def _bodyless_tag(batch: Batch, func: Func, param: Name, *, diagnose: bool, named: bool) -> str:
    """Return the tag of a function written in assembly: all leaks, unless it says otherwise."""
    pos = nodes.outermost(param)
    if type_facts.is_uintptr(param.type):
        if diagnose:
            _say(batch, pos, f"assuming {param.name} is unsafe uintptr")
        return ""
    if not type_facts.has_pointers(param.type):
        return ""
    tag = leaks.Leaks()
    if "go:noescape" in func.pragmas:
        if diagnose and named:
            _say(batch, pos, f"{param.name} does not escape")
        tag.add(leaks.MUTATOR, 0)
        tag.add(leaks.CALLEE, 0)
    else:
        if diagnose and named:
            _say(batch, pos, f"leaking param: {param.name}")
        tag.add(leaks.HEAP, 0)
    return tag.encode()


def _report_leaks(batch: Batch, func: Func, pos: Pos, name: str, tag: leaks.Leaks) -> None:
    warned = False
    if tag.heap >= 0:
        what = "param" if tag.heap == 0 else "param content"
        _say(batch, pos, f"leaking {what}: {name}")
        warned = True
    for index in range(leaks.RESULTS):
        derefs = tag.result(index)
        if derefs >= 0:
            result = func.results[index].name
            _say(batch, pos, f"leaking param: {name} to result {result} level={derefs}")
            warned = True
    if not warned:
        _say(batch, pos, f"{name} does not escape")
