"""gc's explanations in a reader's words.

A placement's flow (`-m=2`: from `&num` (address-of), from `return &num` (return)) becomes a
sentence: "line 7 takes its address and returns it". Compiler temporaries and steps that only
repeat the one before are left out; every line number is one of the author's.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from mkdocs_gomem.compiler import escape
    from mkdocs_gomem.source import Places, Pos

_VERBS = {
    "address-of": "takes its address",
    "return": "returns it",
    "captured by a closure": "captures it in a function literal",
    "interface-converted": "puts it into an interface",
    "send": "sends it on a channel",
    "slice": "takes a slice of it",
    "slice-literal-element": "makes it an element of a slice",
    "array literal element": "makes it an element of an array",
    "struct literal element": "makes it a field of a struct",
    "map literal key": "makes it a key of a map",
    "map literal value": "stores it in a map",
    "key of map put": "makes it a key of a map",
    "appendee slice": "appends to it",
    "appended to slice": "appends it to a slice",
    "appended slice...": "appends its elements to a slice",
    "defer": "defers it",
    "go": "starts a goroutine with it",
    "range": "ranges over it",
    "panic": "panics with it",
}
"""gc's word for an assignment → what the line does with the value."""

_SILENT = frozenset({"spill", "reference", "range-deref", "dot", "dot of pointer", "indirection"})
"""Steps that say nothing to a reader beside their neighbours."""


def sentence(placement: escape.Placement, places: Places) -> str:
    """Tell in one sentence why a value must be on the heap; empty when gc gives no flow."""
    told: dict[tuple[str, str], Pos] = {}
    for flow in placement.because:
        for step in flow.steps:
            if verb := _verb(step):
                told.setdefault((places.words(step.pos), verb), step.pos)
    if not told:
        return _reason(placement.reason)
    parts: list[str] = []
    line, at = "", NO_POS
    for (where, verb), pos in told.items():
        parts.append(verb if where == line else f"{places.words(pos, near=at)} {verb}")
        line, at = where, pos
    if len(parts) > 5:
        parts = [*parts[:4], "and so on, until it", parts[-1]]
    text = parts[0]
    for before, part in itertools.pairwise(parts):
        text += f" and {part}" if before == parts[-2] else f", {part}"
    return f"{text[0].upper()}{text[1:]}."


def _verb(step: escape.FlowStep) -> str:
    if step.reason in _SILENT or "... argument" in step.text:
        return ""
    if step.reason in ("assign", "assign-pair"):
        target = step.text.partition(" = ")[0].partition(" := ")[0].strip()
        hidden = target.startswith(("~", ".", "{")) or "~r" in target or target.count(".") > 1
        return "" if hidden or not target or ".autotmp" in target else f"stores it in `{target}`"
    if step.reason == "call parameter":
        callee = step.text.partition("(")[0]
        if step.text.startswith("("):
            callee = step.text[: step.text.find("(", 1)]
        if step.text.startswith("append("):
            return "appends it to a slice"
        if not callee or callee.startswith("."):
            return "passes it to a call"
        return f"passes it to `{callee}`, which may keep it"
    return _VERBS.get(step.reason, f"uses it ({step.reason})")


def _reason(reason: str) -> str:
    """Word what needs no flow: sizes."""
    known = {
        "too large for stack": "It is too large for a frame: 128 KiB for a variable, 64 KiB for "
        "`new`, `make` and literals are the limits.",
        "non-constant size": "Its size is known only at run time.",
        "zero-sized element": "Its elements have no size, so it needs no room of its own.",
        "too aligned for stack": "It needs an alignment that frames do not give.",
    }
    if not reason:
        return ""
    return known.get(reason, f"gc says: {reason}.")
