"""gc's dumps of its IR (`-W=2`) and ours, brought to one form.

Both become flat lists of lines, one for each node: op, name or value, flags that decide, place.
Left out: what gc holds for its back end (run-time types, offsets), and places that gc itself
gives by accident (of shared names, and of what it wraps around a temporary).
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

_HIDDEN = re.compile(
    r"^[A-Z0-9]+-(RType|TypeWord|SrcRType|ITab|RTypes|Dcl|KeyTypeWord|KeySrcRType|"
    r"ValueTypeWord|ValueSrcRType)$"
)
_FLAGS = frozenset({"Def", "Implicit", "Assigned", "IsDDD", "DistinctVars"})
_NOISE = re.compile(
    r" (?:tc\(\d\)|esc\([^)]*\)|Offset:-?\d+|DictIndex:\d+|OnStack|Used|AutoTemp|IsClosureVar|"
    r"l\(\d+\)|x\(\d+\))(?= |$)"
)
_OWN_PLACE = ("NAME-", "TYPE", "NIL", "KEY-", "CALLFUNC-Fun", "CONVNOP #")


def run_gc(go: Path, source: str, phase: str) -> dict[str, list[str]]:
    """Compile a program without inlining; return each function as it is before `phase`."""
    with tempfile.TemporaryDirectory(prefix="gcdump-") as name:
        folder = Path(name)
        (folder / "main.go").write_text(source, encoding="utf-8")
        (folder / "go.mod").write_text("module main\n\ngo 1.27\n", encoding="utf-8")
        listed = subprocess.run(  # noqa: S603 - the toolchain under test
            [go, "list", "-deps", "-export", "-f",
             "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", "."],
            cwd=folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
        (folder / "importcfg").write_text(listed.stdout, encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - the toolchain under test
            [go, "tool", "compile", "-p", "main", "-importcfg", "importcfg", "-W=2", "-l",
             "-o", "main.o", "main.go"],
            cwd=folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return _functions((done.stdout + done.stderr).splitlines(), f"before {phase} ")


def _functions(lines: list[str], head: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lines:
        if line.startswith(head):
            current = found.setdefault(line.removeprefix(head), [])
        elif line.startswith(".   "):
            if current is not None:
                current.append(line)
        elif line:
            current = None
    return {name: _reduce(_visible(body)) for name, body in found.items()}


def _split(line: str) -> tuple[int, str]:
    depth = 0
    while line.startswith(".   ", depth * 4):
        depth += 1
    return depth, line[depth * 4 :]


def _visible(lines: list[str]) -> list[str]:
    """Drop hidden parts, with all that is inside them."""
    kept: list[str] = []
    hidden: int | None = None
    for line in lines:
        depth, text = _split(line)
        if hidden is not None and depth > hidden:
            continue
        hidden = None
        if _HIDDEN.match(text):
            hidden = depth
            continue
        kept.append(text)
    return kept


def _reduce(lines: list[str]) -> list[str]:
    result: list[str] = []
    for line in lines:
        text, place = line, ""
        match = re.search(r" # (?:\S*?:)?(\d+:\d+)(?: .*)?$", line)
        if match:
            text, place = line[: match.start()], f" # {match[1]}"
        else:
            text = re.sub(r" #.*$", "", line)
        reduced = _node(_NOISE.sub("", text.removeprefix("captures ")))
        if reduced is None:
            continue
        shown = f"{reduced}{place}"
        result.append(reduced if shown.startswith(_OWN_PLACE) else shown)
    return _without_accidents(result)


def _node(text: str) -> str | None:
    head = re.split(r"[ -]", text, maxsplit=1)[0]
    match head:
        case "NAME":
            return _name(text)
        case "LITERAL":
            found = re.match(r'LITERAL-("(?:[^"\\]|\\.)*"|\'.*?\'|\S+)', text)
            return found[0] if found else text
        case "CLOSURE" if text.startswith("CLOSURE "):
            found = re.search(r"(?:fnName\(|CLOSURE )([^ ].*?)\)? FUNC-", text)
            name = found[1].removeprefix("fnName(") if found else text
            return "CLOSURE " + name.rpartition(".")[2]
        case "DCLFUNC" | "NONAME" | "BLOCK" | "ITAB":
            return None
        case "TYPE" | "NIL" | "DYNAMICTYPE" | "STRUCTKEY":
            return head
        case "LABEL" | "GOTO" | "BREAK" | "CONTINUE":
            return head
        case "ASOP":
            return text.split(" ", maxsplit=1)[0]
        case "METHEXPR" | "METHVALUE" | "DOT" | "DOTPTR" | "DOTINTER" | "DOTMETH":
            sel = text.split(" ")[1].partition("[")[0]
            return f"{head} {sel.rpartition('.')[2]}"
        case "TYPESW" | "CLOSURE":
            if text.startswith(("TYPESW-", "CLOSURE-Func")):
                return None
            return text.split(" ", maxsplit=1)[0]
        case "DEFER" if text == "DEFER-DeferAt":
            return None
        case _ if re.match(r"[A-Z0-9]+-", text):
            return text.split(" ", maxsplit=1)[0]
        case _:
            words = text.split(" ")
            flags = [word for word in words[1:] if word in _FLAGS or word.startswith("Len:")]
            return " ".join([words[0], *(flag for flag in flags if flag != "Len:0")])


def _name(text: str) -> str:
    found = re.match(r"NAME-(.*?)(?: (?:Class:)?(P[A-Z]+))?( Addrtaken)?(?: .*)?$", text)
    if found is None:
        return text
    name = re.sub(r"^[\w/]+\.(?=[^\]]*(?:\[|$))", "", found[1])
    if name == "_":
        return "NAME-_"
    if name.startswith(".dict"):
        return f"NAME-{name}"
    return f"NAME-{name} {found[2] or ''}{found[3] or ''}".rstrip()


def _without_accidents(lines: list[str]) -> list[str]:
    """Drop what gc's rewriting of range-over-func loops leaves without a place."""
    result: list[str] = []
    for line, following in zip(lines, [*lines, ""][1:], strict=True):
        if line.startswith("CONVNOP Implicit") and following.startswith(
            ("LITERAL-true", "LITERAL-false")
        ):
            continue
        shown = line
        if line.startswith(("LITERAL-true", "LITERAL-false")) or following.startswith(
            ("NAME-#", "NAME-.autotmp")
        ):
            shown = line.partition(" # ")[0]
        result.append(shown)
    return result


def reduce_ours(text: str) -> list[str]:
    """Bring the dump of one function of ours to the common form."""
    return _reduce([_split(line)[1] for line in text.splitlines()[1:]])
