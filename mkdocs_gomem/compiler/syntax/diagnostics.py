"""Parses whole files, and chooses which errors are told, as gc chooses.

In: a `SourceFile`, or all of a package. Out: a `File` each, or the diagnostics.

Diagnostics stand in the order in which gc reports them, one syntax error a line and equal
messages on a line once. Whoever prints takes the first ten, sorts those by position and says
"too many errors", as gc does.

Errors of the grammar begin with `syntax error: `. Others (a literal with a bad escape, a label
that is not used, a misplaced directive) do not keep gc from checking types: `parse_package`
hands them on, to stand before the errors of types.

Sources: cmd/compile/internal/base/print.go (ErrorfAt), noder/noder.go (LoadPackage) and
noder/irgen.go (checkFiles), go1.27.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from mkdocs_gomem import source
from mkdocs_gomem.compiler.syntax import embed, header
from mkdocs_gomem.compiler.syntax.nodes import (
    AssertExpr,
    AssignStmt,
    CallExpr,
    CallStmt,
    CaseClause,
    CommClause,
    DeclStmt,
    ExprStmt,
    Field,
    File,
    ForStmt,
    FuncLit,
    IfStmt,
    IndexExpr,
    KeyValueExpr,
    ListExpr,
    Node,
    Operation,
    ReturnStmt,
    SelectorExpr,
    SendStmt,
    SliceExpr,
)
from mkdocs_gomem.compiler.syntax.parser import Parser
from mkdocs_gomem.compiler.syntax.printer import children
from mkdocs_gomem.compiler.syntax.scanner import Tokens, scan
from mkdocs_gomem.source import Diagnostic, Pos, Rejected, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_NESTING: Final = 1000
"""Levels of nesting in a file; a deeper one is refused, by name."""

MOST_TOKENS: Final = 100_000
"""Names, literals and signs of a program that is run or shown: 10,000 lines, and some seconds."""
MOST_BYTES: Final = 4 << 20

_TOO_DEEP: Final = f"source nested more than {MAX_NESTING} levels deep"
_FLATTER: Final = "Give the inner part a name of its own: a variable, a type or a function."

_FRAMES_PER_LEVEL: Final = 13
"""Calls the parser needs for one level: a function literal inside a call takes most."""

_SYNTAX_ERROR: Final = "syntax error"

_Result = TypeVar("_Result")


def parse(file: SourceFile, *, std: bool = False) -> File:
    """Parse a file, or refuse it with all syntax errors in it.

    Args:
        file: the bytes, and the name that positions carry.
        std: True for a file of the standard library, where gc allows more directives.
    """
    tree, diagnostics = parse_tolerant(file, std=std)
    if diagnostics or tree is None:
        raise Rejected(diagnostics)
    return tree


def parse_tolerant(
    file: SourceFile, *, std: bool = False, shown: bool = False
) -> tuple[File | None, tuple[Diagnostic, ...]]:
    """Parse as much of a file as can be read; no tree if its package clause is broken.

    Args:
        file: the bytes, and the name that positions carry.
        std: as for `parse`.
        shown: True for what stands on a page, which must not be too long.
    """
    scanned = _scanned((file,)) if shown else [scan(file.text, file.name)]
    tree, errors = run(Parser.file_or_none, scanned[0], std=std)
    return tree, told(errors)


def _scanned(files: Sequence[SourceFile]) -> list[Tokens]:
    """Scan a program that is to be run or shown; refuse one that is too long."""
    help_text = "Show the part that matters; or split the program."
    count = room = 0
    found: list[Tokens] = []
    for file in files:
        room += len(file.text)
        if room > MOST_BYTES:
            at = source.make_pos(source.file_index(file.name), 1, 1)
            what = f"a program of more than {MOST_BYTES >> 20} MB"
            source.unsupported(at, what, help=help_text)
        tokens = scan(file.text, file.name)
        count += len(tokens.kinds)
        if count > MOST_TOKENS:
            at = tokens.positions[MOST_TOKENS - count]
            what = f"a program of more than {MOST_TOKENS:,} tokens"
            source.unsupported(at, what, help=help_text)
        found.append(tokens)
    return found


def parse_package(
    files: Sequence[SourceFile], *, std: bool = False, shown: bool = False
) -> tuple[list[File], tuple[Diagnostic, ...]]:
    """Parse all files of a package, or refuse it with the errors in all of them.

    Args:
        files: the bytes, and the names that positions carry.
        std: True for a package of the standard library, where gc allows more directives.
        shown: True for one that is to be run or shown, which must not be too long.

    Returns:
        The trees, and errors after which gc checks types nonetheless: the program is wrong, and
        they are told before the errors of types.

    Raises:
        Rejected: with every error, if one is of the grammar; with the go command's own complaint
            alone, if it is not content with the head of a file.
    """
    trees: list[File] = []
    errors: list[tuple[Pos, str]] = []
    scanned = _scanned(files) if shown else [scan(file.text, file.name) for file in files]
    try:
        imported = [header.read(tokens) for tokens in scanned]
    except header.Complaint as listed:
        raise Rejected((Diagnostic("syntax", listed.pos, listed.message),)) from None
    unfilled = None if std else embed.complaint(scanned, imported)
    if unfilled is not None:
        raise Rejected((Diagnostic("import", *unfilled),))
    for tokens in scanned:
        tree, more = run(Parser.file_or_none, tokens, std=std)
        errors += more
        if tree is None:
            raise Rejected(told(errors))
        trees.append(tree)
    diagnostics = told(errors)
    if any(diagnostic.message.startswith(_SYNTAX_ERROR) for diagnostic in diagnostics):
        raise Rejected(diagnostics)
    return trees, diagnostics


def run(
    production: Callable[[Parser], _Result], tokens: Tokens, *, std: bool
) -> tuple[_Result, list[tuple[Pos, str]]]:
    """Parse tokens as a production; return its tree and all errors, in gc's order.

    Python's own limit of nested calls is met by some 100 levels of Go: only then it is raised,
    for as long as the second try lasts. Where it was raised before us, the levels are counted.
    """
    limit = sys.getrecursionlimit()
    parser = Parser(tokens, std=std)
    try:
        tree = production(parser)
        if limit <= MAX_NESTING or std:  # nothing in std is so deep
            return tree, parser.errors
    except RecursionError:
        parser = Parser(tokens, std=std)
        try:
            sys.setrecursionlimit(limit + MAX_NESTING * _FRAMES_PER_LEVEL)
            tree = production(parser)
        except RecursionError:
            source.unsupported(parser.pos(), _TOO_DEEP, help=_FLATTER)
        finally:
            sys.setrecursionlimit(limit)
    if isinstance(tree, Node):
        _check_nesting(tree)
    return tree, parser.errors


_INSIDE_A_LEVEL: Final = (
    FuncLit,
    ExprStmt,
    IfStmt,
    ForStmt,
    CaseClause,
    CommClause,
    AssignStmt,
    SendStmt,
    DeclStmt,
    ReturnStmt,
    CallStmt,
    ListExpr,
    KeyValueExpr,
    Field,
)
"""Nodes that come with a bracket counted already, or stand on the way to one."""


def _check_nesting(tree: Node) -> None:
    """Refuse a tree that is too deep; a chain like `a.b().c` or `a + b + c` is no nesting."""
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_NESTING:
            source.unsupported(node.pos, _TOO_DEEP, help=_FLATTER)
        chained: Node | None = None
        match node:
            case SelectorExpr() | IndexExpr() | SliceExpr() | AssertExpr():
                chained = node.x
            case CallExpr():
                chained = node.fun
            case Operation() if node.y is not None:
                chained = node.x
            case _:
                pass
        for label, part in children(node):
            is_level = not isinstance(part, _INSIDE_A_LEVEL) or label == "else_"
            stack.append((part, depth + (is_level and part is not chained)))


@contextmanager
def not_too_deep(trees: Sequence[Node]) -> Iterator[None]:
    """Refuse trees, by name and at their deepest place, on which a room uses Python's calls up."""
    try:
        yield
    except RecursionError:
        _refuse_deepest(trees)
        raise


def _refuse_deepest(trees: Sequence[Node]) -> None:
    """Do nothing if they are not deep: then that room alone is to blame."""
    deepest, most = trees[0], 0
    stack = [(tree, 0) for tree in trees]
    while stack:
        node, depth = stack.pop()
        if depth > most:
            deepest, most = node, depth
        stack += [(part, depth + 1) for _, part in children(node)]
    if most > MAX_NESTING:
        what = f"source nested {most:,} levels deep, each operator of a chain counted"
        source.unsupported(deepest.pos, what, help=_FLATTER)


def told(errors: list[tuple[Pos, str]]) -> tuple[Diagnostic, ...]:
    """Choose the errors that gc counts, of one file or several, in the order given."""
    kept: list[Diagnostic] = []
    last_syntax_line = last_line = -1
    last_message = ""
    for pos, message in errors:
        line = pos >> 16
        if message.startswith(_SYNTAX_ERROR):
            if line == last_syntax_line:
                continue
            last_syntax_line = line
        else:
            if line == last_line and message == last_message:
                continue
            last_line, last_message = line, message
        kept.append(Diagnostic("syntax", pos, message))
    return tuple(kept)
