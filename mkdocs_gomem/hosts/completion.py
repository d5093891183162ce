"""What the text of a fence is, and the file it makes once what authors leave out is supplied.

Text in, `Completed` out. What a fence holds is tried, not guessed: a file, declarations or
statements is what our parser says parses as one. What is missing (package clause, imports of std
packages, `main` around statements) is put before the author's first line, on that line, so that
line numbers stay the author's; columns of that line are moved back (`Completed.place`).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.source import Diagnostic, Pos, Rejected, SourceFile, column_of, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "main.go"
"""What a fence's text is called."""
_PACKAGE = re.compile(r"\s*(?:(?://[^\n]*\n|/\*.*?\*/)\s*)*package[ \t]+\w", re.DOTALL)
_DOTS = r"(?:\.\.\.|…)"
_ELISION = re.compile(
    rf"^[ \t]*(?://[ \t]*)?{_DOTS}[ \t]*$"
    rf"|[{{(][ \t]*(?:/\*[ \t]*)?{_DOTS}[ \t]*(?:\*/)?[ \t]*[}})]"
    rf"|=[ \t]*{_DOTS}[ \t]*$",
    re.MULTILINE,
)
"""Code left out: dots on a line of their own, as all of a body or arguments, or as a value."""


class Form(enum.Enum):
    """What the text of a fence is."""

    PROGRAM = "program"
    DECLARATIONS = "declarations"
    STATEMENTS = "statements"
    ELIDED = "elided"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Completed:
    """A fence's text as a file that can be compiled."""

    form: Form
    text: bytes
    lead: int = 0
    """Bytes put before the first line."""
    errors: tuple[Diagnostic, ...] = ()
    """Syntax errors of the text as it stands, when it is broken or elided."""

    def place(self, pos: Pos) -> tuple[int, int]:
        """Return line and column in the author's own text."""
        line, column = line_of(pos), column_of(pos)
        return line, max(1, column - self.lead) if line == 1 else column


def complete(text: str) -> Completed:
    """Make a file of a fence's text, supplying what authors leave out."""
    source = text.encode()
    if _PACKAGE.match(text):
        tree, errors = _parse(source)
        if tree is not None and not errors:
            form = Form.PROGRAM if _has_main(tree) else Form.DECLARATIONS
            return Completed(form, source)
        return Completed(_broken(text), source, errors=errors)
    for form, head, tail in (
        (Form.DECLARATIONS, "", "\n"),
        (Form.STATEMENTS, "func main() { ", "\n}\n"),
    ):
        tree, errors = _parse(f"package main; {head}{text}{tail}".encode())
        if tree is None or errors:
            continue
        whole = form is Form.DECLARATIONS and _has_main(tree)
        name = "fragment" if form is Form.DECLARATIONS and not whole else "main"
        imports = "".join(f'import "{path}"; ' for path in _missing_imports(tree))
        lead = f"package {name}; {imports}{head}"
        return Completed(
            Form.PROGRAM if whole else form, (lead + text + tail).encode(), len(lead.encode())
        )
    return _incomplete(text)


def _incomplete(text: str) -> Completed:
    """Report what is neither: by the errors of the reading that gets further."""
    readings = []
    for lead in ("package main; ", "package main; func main() { "):
        source = f"{lead}{text.rstrip()}".encode()
        readings.append(Completed(_broken(text), source, len(lead), _parse(source)[1]))
    return max(readings, key=lambda reading: reading.errors[0].pos if reading.errors else 0)


def _broken(text: str) -> Form:
    return Form.ELIDED if _ELISION.search(text) else Form.BROKEN


def _parse(source: bytes) -> tuple[syntax.File | None, tuple[Diagnostic, ...]]:
    try:
        tree, errors = syntax.parse_tolerant(SourceFile(FILE, source))
    except Rejected as rejected:
        return None, rejected.diagnostics
    return tree, tuple(errors)


def _has_main(tree: syntax.File) -> bool:
    return tree.pkg_name.value == "main" and any(
        isinstance(decl, syntax.FuncDecl) and decl.name.value == "main" and decl.recv is None
        for decl in tree.decl_list
    )


# --- which imports are missing


@cache
def _std_by_name() -> dict[str, str]:
    """Map a package's name to its import path, the shortest public one."""
    names: dict[str, str] = {}
    for path in sorted(pipeline.std_packages(), key=lambda path: (path.count("/"), path)):
        parts = path.split("/")
        if "internal" in parts or "vendor" in parts:
            continue
        # What math/rand/v2 ends in is a version; `rand` means the first one.
        if not re.fullmatch(r"v\d+", parts[-1]):
            names.setdefault(parts[-1], path)
    names.update({"rand": "math/rand", "template": "text/template"})
    return names


def _missing_imports(tree: syntax.File) -> list[str]:
    """Find the std packages that a file uses without importing them, by unresolved qualifiers."""
    declared: set[str] = set()
    qualifiers: dict[str, None] = {}
    for decl in tree.decl_list:
        if isinstance(decl, syntax.ImportDecl):
            path = decl.path.value.strip('"`') if decl.path is not None else ""
            local = decl.local_pkg_name
            declared.add(local.value if local is not None else path.rpartition("/")[2])
    for node in _walk(tree):
        match node:
            case syntax.SelectorExpr(x=syntax.Name() as name):
                qualifiers.setdefault(name.value)
            case syntax.FuncType(param_list=params, result_list=results):
                declared.update(f.name.value for f in (*params, *results) if f.name is not None)
            case syntax.VarDecl() | syntax.ConstDecl():
                declared.update(name.value for name in node.name_list)
            case syntax.TypeDecl():
                declared.add(node.name.value)
            case syntax.FuncDecl(recv=None):
                declared.add(node.name.value)
            case syntax.FuncDecl(recv=syntax.Field(name=syntax.Name() as name)):
                declared.add(name.value)
            case syntax.AssignStmt(lhs=lhs) if node.op == ":":
                declared.update(_names(lhs))
            case syntax.RangeClause(lhs=lhs) if node.def_ and lhs is not None:
                declared.update(_names(lhs))
            case syntax.TypeSwitchGuard(lhs=syntax.Name() as name):
                declared.add(name.value)
            case _:
                pass
    known = _std_by_name()
    return sorted(known[name] for name in qualifiers if name not in declared and name in known)


def _walk(node: syntax.Node) -> Iterator[syntax.Node]:
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(child for _, child in syntax.children(node))


def _names(lhs: syntax.Expr) -> list[str]:
    parts = lhs.elem_list if isinstance(lhs, syntax.ListExpr) else [lhs]
    return [part.value for part in parts if isinstance(part, syntax.Name)]
