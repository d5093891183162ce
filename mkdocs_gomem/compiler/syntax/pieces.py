"""Parses one top-level declaration of a file whose text is kept in pieces.

The standard library is read so: a declaration when it is first asked for, its body only when
the body is asked for. A piece is text that gc accepts, as gofmt writes it.
"""

from __future__ import annotations

import re
from typing import Final

from mkdocs_gomem import source
from mkdocs_gomem.compiler.syntax.diagnostics import run, told
from mkdocs_gomem.compiler.syntax.nodes import BlockStmt, Decl, FuncDecl, LazyBody
from mkdocs_gomem.compiler.syntax.parser import Parser
from mkdocs_gomem.compiler.syntax.scanner import scan
from mkdocs_gomem.source import Rejected

_BRACE: Final = re.compile(
    rb'//[^\n]*|/\*(?s:.*?)\*/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|\b(?:struct|interface)\s*(\{)|([{}])'
)


def parse_declaration(text: bytes, file_name: str, line: int, *, bodies: bool = True) -> list[Decl]:
    """Parse one top-level declaration, a group being one, whose first byte stands at `line`.

    Args:
        text: the declaration, from its keyword or the directives before it.
        file_name: the name that positions carry.
        line: where the text starts in that file.
        bodies: False leaves a function's body to `parse_body`.
    """
    body = -1 if bodies else body_start(text)
    tokens = scan(text if body < 0 else text[:body], file_name, line)
    decls, errors = run(_declarations, tokens, std=True)
    if errors:
        raise Rejected(told(errors))
    decl = decls[0] if decls else None
    if body >= 0 and isinstance(decl, FuncDecl):
        line += text.count(b"\n", 0, body)
        column = body - text.rfind(b"\n", 0, body)
        pos = source.make_pos(source.file_index(file_name), line, column)
        decl.lazy_body = LazyBody(text[body:], pos)
    return decls


def _declarations(parser: Parser) -> list[Decl]:
    parser.top = False
    decls = parser.top_level_decls()
    # A linkname belongs to the file; here the declaration after it is all there is of one.
    if parser.linknames and len(decls) == 1:
        decls[0].pragma.extend(parser.linknames)
    return decls


def parse_body(decl: FuncDecl) -> BlockStmt | None:
    """Return the body of a function, parsing it if that was put off; None if it has none."""
    lazy = decl.lazy_body
    if lazy is None:
        return decl.body
    line, column = source.line_of(lazy.pos), source.column_of(lazy.pos)
    tokens = scan(lazy.text, source.file_of(lazy.pos), line, column)
    decl.body, errors = run(Parser.func_body, tokens, std=True)
    decl.lazy_body = None
    if errors:
        raise Rejected(told(errors))
    return decl.body


def body_start(text: bytes) -> int:
    """Return the offset of the `{` that opens a function's body; -1 if there is none.

    Before it, in a signature, braces belong to `struct` and `interface` types only.
    """
    if not re.match(rb"(?:\s|//[^\n]*)*func\b", text):
        return -1
    depth = 0
    for brace in _BRACE.finditer(text):
        if brace[1] or (depth and brace[2] == b"{"):
            depth += 1
        elif brace[2] == b"}":
            depth -= 1
        elif brace[2] == b"{":
            return brace.start()
    return -1
