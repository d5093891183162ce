"""What the text of a fence is, and the file it makes once what authors leave out is supplied.

Text in, `Completed` out. What a fence holds is tried, not guessed: a file, declarations or
statements is what our parser says parses as one. What is missing (package clause, imports of std
packages, `main` around statements) is put before the author's first line, on that line, so that
line numbers stay the author's, and only columns of that line are moved (`Completed.lead`).

Not here: several fences or files that make one program (`programs`).
"""

from __future__ import annotations

import enum
import re
from functools import cache
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import Diagnostic, Rejected, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = "main.go"
"""What a fence's text is called."""
MAIN, END = "func main() { ", "\n}\n"
"""What is put around statements."""
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
    tree: syntax.File | None = field(default=None, compare=False, repr=False)
    """What the parser made of it, before imports were supplied; none when it is broken."""

    @property
    def is_whole(self) -> bool:
        """Say whether it is fit to be compiled."""
        return self.form not in (Form.ELIDED, Form.BROKEN)


def complete(text: str, file: str = FILE) -> Completed:
    """Make a file of a fence's text, supplying what authors leave out.

    Args:
        text: the author's own.
        file: what positions of errors say of where they are.
    """
    if _PACKAGE.match(text):
        source = text.encode()
        tree, errors = _parse(source, file)
        if tree is not None and not errors:
            form = Form.PROGRAM if has_main(tree) else Form.DECLARATIONS
            return Completed(form, source, tree=tree)
        return Completed(_broken(text), source, errors=errors)
    return declarations(text, file) or statements(text, file) or _incomplete(text, file)


def declarations(text: str, file: str) -> Completed | None:
    """Read a text without package clause as declarations, if that is what it is."""
    tree, errors = _parse(f"package main; {text}\n".encode(), file)
    if tree is None or errors:
        return None
    whole = has_main(tree)
    lead = clause("main" if whole else "fragment", _missing_imports(tree))
    form = Form.PROGRAM if whole else Form.DECLARATIONS
    return Completed(form, f"{lead}{text}\n".encode(), len(lead.encode()), tree=tree)


def statements(text: str, file: str) -> Completed | None:
    """Read a text as statements, if that is what it is; `main` is put around them."""
    tree, errors = _parse(f"package main; {MAIN}{text}{END}".encode(), file)
    if tree is None or errors:
        return None
    lead = clause("main", _missing_imports(tree)) + MAIN
    return Completed(Form.STATEMENTS, f"{lead}{text}{END}".encode(), len(lead.encode()), tree=tree)


def clause(package: str, imports: Iterable[str]) -> str:
    """Write what stands before a text: its package clause, and imports as Go has them."""
    return f"package {package}; " + "".join(f"import {spec}; " for spec in imports)


def _incomplete(text: str, file: str) -> Completed:
    """Report what is neither: by the errors of the reading that gets further."""
    readings = []
    for lead in ("package main; ", f"package main; {MAIN}"):
        source = f"{lead}{text.rstrip()}".encode()
        readings.append(Completed(_broken(text), source, len(lead), _parse(source, file)[1]))
    return max(readings, key=lambda reading: reading.errors[0].pos if reading.errors else 0)


def _broken(text: str) -> Form:
    return Form.ELIDED if _ELISION.search(text) else Form.BROKEN


def _parse(source: bytes, file: str) -> tuple[syntax.File | None, tuple[Diagnostic, ...]]:
    try:
        tree, errors = syntax.parse_tolerant(SourceFile(file, source), shown=True)
    except Rejected as rejected:
        return None, rejected.diagnostics
    return tree, tuple(errors)


def has_main(tree: syntax.File) -> bool:
    """Say whether a file has the function where a program begins."""
    return tree.pkg_name.value == "main" and main_of(tree) is not None


def main_of(tree: syntax.File) -> syntax.FuncDecl | None:
    """Find the function `main` of a file."""
    for decl in tree.decl_list:
        if isinstance(decl, syntax.FuncDecl) and decl.name.value == "main" and decl.recv is None:
            return decl
    return None


# --- which names are used, and which imports are missing


@dataclass(frozen=True, slots=True)
class Names:
    """What a file calls things."""

    qualifiers: tuple[str, ...]
    """What stands before a dot, and may so be a package."""
    declared: frozenset[str]
    """Whatever is declared somewhere in it, imports included."""
    imports: dict[str, syntax.ImportDecl]
    """What an import is called in the file → the import."""

    def unknown(self) -> list[str]:
        """List qualifiers that nothing in the file explains."""
        return [name for name in self.qualifiers if name not in self.declared]


def names(tree: syntax.File) -> Names:
    """Collect the names of a file, without regard to scopes."""
    imports: dict[str, syntax.ImportDecl] = {}
    for decl in tree.decl_list:
        if isinstance(decl, syntax.ImportDecl):
            local = decl.local_pkg_name
            imports.setdefault(local.value if local is not None else _last(path_of(decl)), decl)
    declared = set(imports)
    qualifiers: dict[str, None] = {}
    for node in walk(tree):
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
    return Names(tuple(qualifiers), frozenset(declared), imports)


def declared_by(nodes: Iterable[syntax.Node]) -> set[str]:
    """Collect what statements or declarations declare in the scope in which they stand."""
    found: set[str] = set()
    for node in nodes:
        match node:
            case syntax.DeclStmt(decl_list=inner):
                found |= declared_by(inner)
            case syntax.VarDecl() | syntax.ConstDecl():
                found.update(name.value for name in node.name_list)
            case syntax.TypeDecl() | syntax.FuncDecl(recv=None):
                found.add(node.name.value)
            case syntax.AssignStmt(lhs=lhs) if node.op == ":":
                found.update(_names(lhs))
            case _:
                pass
    return found


def std_import(name: str) -> str:
    """Find the std package of a name: its path; empty when there is none."""
    return _std_by_name().get(name, "")


def path_of(decl: syntax.ImportDecl) -> str:
    """Return the path of an import."""
    return decl.path.value.strip('"`') if decl.path is not None else ""


def _missing_imports(tree: syntax.File) -> list[str]:
    """Find the std packages that a file uses without importing them, by unresolved qualifiers."""
    return sorted(f'"{path}"' for name in names(tree).unknown() if (path := std_import(name)))


def _last(path: str) -> str:
    """Return what a package is called if nobody renames it; `rand` for math/rand/v2."""
    parts = path.split("/")
    return parts[-2] if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]) else parts[-1]


@cache
def _std_by_name() -> dict[str, str]:
    """Map a package's name to its import path, the shortest public one."""
    found: dict[str, str] = {}
    for path in sorted(pipeline.std_packages(), key=lambda path: (path.count("/"), path)):
        parts = path.split("/")
        if "internal" in parts or "vendor" in parts:
            continue
        # What math/rand/v2 ends in is a version; `rand` means the first one.
        if not re.fullmatch(r"v\d+", parts[-1]):
            found.setdefault(parts[-1], path)
    found.update({"rand": "math/rand", "template": "text/template"})
    return found


def walk(node: syntax.Node) -> Iterator[syntax.Node]:
    """Yield a node and all below it, in no order that matters."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(child for _, child in syntax.children(node))


def _names(lhs: syntax.Expr) -> list[str]:
    parts = lhs.elem_list if isinstance(lhs, syntax.ListExpr) else [lhs]
    return [part.value for part in parts if isinstance(part, syntax.Name)]
