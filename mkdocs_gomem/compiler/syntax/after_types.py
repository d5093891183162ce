"""What gc says of declarations once all types are right: directives out of place, no body.

In: the files of one package, parsed and checked. Out: further errors, to be told with no other.
Nothing here needs types, but gc comes to it only when they are right.

Source: cmd/compile/internal/noder/writer.go (collectDecls, checkPragmas, funcExt) and noder.go
(checkEmbed), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler.syntax import directives
from mkdocs_gomem.compiler.syntax.diagnostics import told
from mkdocs_gomem.compiler.syntax.nodes import (
    BlockStmt,
    ConstDecl,
    Decl,
    File,
    FuncDecl,
    ImportDecl,
    Node,
    TypeDecl,
    VarDecl,
)
from mkdocs_gomem.compiler.syntax.printer import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mkdocs_gomem.compiler.syntax.nodes import Directive
    from mkdocs_gomem.source import Diagnostic, Pos

_Error = tuple["Pos", str]

_OF_FILES: Final = frozenset(["go:build"])
_OF_FUNCTIONS: Final = directives.FLAGS - _OF_FILES
_NONE: Final[frozenset[str]] = frozenset()


def check_declarations(files: Sequence[File], *, assembly: bool = False) -> tuple[Diagnostic, ...]:
    """Return what gc says of the declarations of a package whose types are right.

    Args:
        files: of the package.
        assembly: it may have files in assembly, which hold the bodies that are missing here.
    """
    errors: list[_Error] = []
    linked: set[str] = set()
    declared = {name for file in files for decl in file.decl_list for name in _names(decl)}
    for file in files:
        if any(comment.text.startswith("//go:") for comment in file.comments):
            errors += _directives(file)
            errors += _linknames(file, declared, linked)
    for file in files:
        for decl in file.decl_list:
            if isinstance(decl, FuncDecl):
                errors += _function(decl, linked, assembly=assembly)
    return told(errors)


def _names(decl: Decl) -> list[str]:
    """Return the functions and variables a declaration puts into the package's scope."""
    if isinstance(decl, FuncDecl):
        return [] if decl.recv else [decl.name.value]
    return [name.value for name in decl.name_list] if isinstance(decl, VarDecl) else []


def _imports(file: File) -> set[str]:
    return {
        decl.path.value[1:-1]
        for decl in file.decl_list
        if isinstance(decl, ImportDecl) and decl.path is not None
    }


def _directives(file: File) -> Iterator[_Error]:
    """Yield what is wrong with the directives that declarations took, in their order."""
    has_embed = "embed" in _imports(file)
    yield from _misplaced(file.pragma, _OF_FILES)
    stack: list[tuple[Node, bool]] = [(file, False)]
    while stack:
        node, in_function = stack.pop()
        match node:
            case FuncDecl():
                yield from _misplaced(node.pragma, _OF_FUNCTIONS)
            case VarDecl():
                yield from _misplaced(node.pragma, _NONE, may_embed=True)
                embeds = [d for d in node.pragma if d.verb == "go:embed"]
                if embeds:
                    message = _wrong_embed(node, has_embed=has_embed, in_function=in_function)
                    if message:
                        yield embeds[0].pos, message
            case ImportDecl() | ConstDecl() | TypeDecl():
                yield from _misplaced(node.pragma, _NONE)
            case _:
                pass
        inside = in_function or isinstance(node, BlockStmt)
        stack += reversed([(part, inside) for _, part in children(node)])


def _misplaced(
    pragma: Sequence[Directive], allowed: frozenset[str], *, may_embed: bool = False
) -> Iterator[_Error]:
    for directive in pragma:
        if directive.verb == "go:embed":
            if not may_embed:
                yield directive.pos, directives.misplaced(directive)
        elif directive.verb in directives.FLAGS - allowed:
            yield directive.pos, directives.misplaced(directive)


def _wrong_embed(decl: VarDecl, *, has_embed: bool, in_function: bool) -> str:
    if not has_embed:
        return 'go:embed requires import "embed" (or import _ "embed", if package is not used)'
    if len(decl.name_list) > 1:
        return "go:embed cannot apply to multiple vars"
    if decl.values is not None:
        return "go:embed cannot apply to var with initializer"
    return "go:embed cannot apply to var inside func" if in_function else ""


def _linknames(file: File, declared: set[str], linked: set[str]) -> Iterator[_Error]:
    """Yield what is wrong with a file's linknames; add the functions and variables they link."""
    has_unsafe = "unsafe" in _imports(file)
    for directive in file.linknames:
        verb, local, *remote = directive.text.split()
        if not has_unsafe:
            yield directive.pos, f'//{verb} only allowed in Go files that import "unsafe"'
        elif remote and "[" in remote[0] and "]" in remote[0]:
            yield directive.pos, f"//{verb} reference of an instantiation is not allowed"
        elif local not in declared:
            yield directive.pos, f"//{verb} must refer to declared function or variable"
        elif local in linked:
            yield directive.pos, f"duplicate //{verb} for {local}"
        else:
            linked.add(local)


def _function(decl: FuncDecl, linked: set[str], *, assembly: bool) -> Iterator[_Error]:
    """Yield what is wrong with a function's directives and body together."""
    verbs = {directive.verb for directive in decl.pragma}
    if {"go:systemstack", "go:nosplit"} <= verbs:
        yield decl.pos, "go:nosplit and go:systemstack cannot be combined"
    if decl.has_body:
        if "go:noescape" in verbs:
            message = "can only use //go:noescape with external func implementations"
            yield decl.pos, message
    elif not assembly and (decl.recv is not None or decl.name.value not in linked):
        yield decl.pos, "missing function body"
