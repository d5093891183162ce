"""Which files of a package Go would build, and for which language version.

A `Context` is what the go command calls one: the set of tags that are true. A file is in a build
when its name's `_GOOS_GOARCH` suffix and its `//go:build` line agree with the tags.

Source of the rules: go/build (`goodOSArchFile`, `matchTag`), go/build/constraint (`GoVersion`),
types2's `initFiles` for the version, all go1.27. Of cgo only this is known: it is off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GO_MINOR = 27
"""Packed is the library of go1.27."""

TOOL_TAGS = (
    "goexperiment.regabiwrappers",
    "goexperiment.regabiargs",
    "goexperiment.dwarf5",
    "goexperiment.jsonv2",
    "goexperiment.greenteagc",
    "goexperiment.randomizedheapbase64",
    "goexperiment.sizespecializedmalloc",
    "amd64.v1",
)
"""Experiments that go1.27.3 turns on by default on linux/amd64 (internal/buildcfg/exp.go); a test
compares them with `go list`."""

RELEASE_TAGS = tuple(f"go1.{minor}" for minor in range(1, GO_MINOR + 1))


@dataclass(frozen=True)
class Context:
    """One way to build: what is true, and which words a file's suffix may name."""

    tags: frozenset[str]
    systems: frozenset[str]
    """All GOOS that Go knows of; a suffix is one only if it is among them."""
    architectures: frozenset[str]


def contexts(goroot: Path) -> tuple[Context, Context]:
    """Return the two builds of the pack: as gc decides, and as our machine runs.

    The machine is an architecture nobody wrote assembly for: `purego` and an unknown GOARCH
    choose the twins in plain Go of what amd64 has in assembly.
    """
    lists = (goroot / "src/internal/syslist/syslist.go").read_text("utf-8")
    known = {
        name: frozenset(re.findall(r'^\s*"(\w+)":', body, re.MULTILINE))
        for name, body in re.findall(
            r"^var (\w+) = map\[string\]bool\{(.*?)^\}", lists, re.M | re.S
        )
    }
    common = {"linux", "unix", "gc", *RELEASE_TAGS, *TOOL_TAGS}
    systems, architectures = known["KnownOS"], known["KnownArch"]
    deciding = Context(frozenset(common | {"amd64"}), systems, architectures)
    running = Context(frozenset(common | {"purego", "math_big_pure_go"}), systems, architectures)
    return deciding, running


Expression = tuple[str, "Expression", "Expression"] | tuple[str, "Expression"] | str
"""A parsed constraint: ("and", x, y), ("or", x, y), ("not", x) or a tag."""

_TOKEN = re.compile(r"\s*(\(|\)|&&|\|\||!|[\w.]+)")


def parse(line: str) -> Expression:
    """Parse what follows `//go:build`."""
    tokens = _TOKEN.findall(line)
    position = 0

    def peek() -> str:
        return tokens[position] if position < len(tokens) else ""

    def take() -> str:
        nonlocal position
        position += 1
        return str(tokens[position - 1])

    def disjunction() -> Expression:
        left = conjunction()
        while peek() == "||":
            take()
            left = ("or", left, conjunction())
        return left

    def conjunction() -> Expression:
        left = negation()
        while peek() == "&&":
            take()
            left = ("and", left, negation())
        return left

    def negation() -> Expression:
        if peek() == "!":
            take()
            return ("not", negation())
        if peek() == "(":
            take()
            inner = disjunction()
            take()
            return inner
        return take()

    expression = disjunction()
    if position != len(tokens):
        raise ValueError(f"not a build constraint: {line}")
    return expression


def holds(expression: Expression, tags: frozenset[str]) -> bool:
    """Evaluate a constraint."""
    match expression:
        case ("and", left, right):
            return holds(left, tags) and holds(right, tags)
        case ("or", left, right):
            return holds(left, tags) or holds(right, tags)
        case ("not", inner):
            return not holds(inner, tags)
        case str(tag):
            return tag in tags
        case _:
            raise ValueError(f"not a build constraint: {expression}")


def minimum_minor(expression: Expression, *, negated: bool = False) -> int:
    """Return the N of the lowest go1.N that a constraint implies; -1 when it implies none."""
    match expression:
        case (("and" | "or") as word, left, right):
            both = minimum_minor(left, negated=negated), minimum_minor(right, negated=negated)
            return max(both) if (word == "and") != negated else min(both)
        case ("not", inner):
            return minimum_minor(inner, negated=not negated)
        case _ if negated:
            return -1
        case "go1":
            return 0
        case str(tag):
            version = re.fullmatch(r"go1\.(\d+)", tag)
            return int(version[1]) if version else -1
        case _:
            raise ValueError(f"not a build constraint: {expression}")


def language_version(expression: Expression | None) -> str:
    """Return the language version of a file; a constraint below go1.21 means go1.21."""
    minor = -1 if expression is None else minimum_minor(expression)
    return f"go1.{GO_MINOR if minor < 0 else max(minor, 21)}"


def suffix_allows(file_name: str, context: Context) -> bool:
    """Tell whether the `_GOOS_GOARCH` part of a file name admits it to a build."""
    _, underscore, rest = file_name.partition(".")[0].partition("_")
    if not underscore:
        return True
    words = rest.split("_")
    last = words[-1]
    if last in context.architectures:
        before = words[-2] if len(words) > 1 else ""
        return last in context.tags and (before not in context.systems or before in context.tags)
    return last not in context.systems or last in context.tags
