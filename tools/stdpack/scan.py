r"""One Go file without its comments, and where each of its top-level declarations stands.

Bytes of a file in, `GoFile` out. The text keeps every line break and every column: a comment
inside a line becomes blanks, one at its end goes away. Directives (`//go:…` at the start of a
line) stay where they are, as gc gives them to the declaration that follows; `//go:generate` and
`//go:build` speak to the go command, not to the compiler, and go.

It relies on gofmt, which all of std obeys: a declaration starts at column 1 with its keyword, and
no other line does, but inside raw strings. A test compares every file with go/parser's view.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tools.stdpack import constraints

_TOKENS = re.compile(
    rb"""
    (?P<line>//[^\n]*)
  | (?P<block>/\*.*?\*/)
  | "(?:[^"\\\n]|\\.)*"
  | `[^`]*`
  | '(?:[^'\\\n]|\\.)+'
    """,
    re.VERBOSE | re.DOTALL,
)
_KEPT = re.compile(rb"//go:(?!generate\b|build\b)[a-z]")
_CONSTRAINT = re.compile(rb"^//go:build[ \t]+(.*)$", re.MULTILINE)
_TRAILING = re.compile(rb"[ \t]+$", re.MULTILINE)
_STARTS = re.compile(
    rb"""
    "(?:[^"\\\n]|\\.)*"
  | `[^`]*`
  | '(?:[^'\\\n]|\\.)+'
  | ^(?P<keyword>package|import|func|type|var|const)\b
    """,
    re.VERBOSE | re.MULTILINE,
)
_WORD = rb"[\w\x80-\xff]+"
_FUNCTION = re.compile(
    rb"func (?:\((?:%b )?\*?(?P<receiver>%b)[^)]*\) )?(?P<name>%b)" % (_WORD, _WORD, _WORD)
)
_NAMES = re.compile(rb"\s*(%b(?:\s*,\s*%b)*)" % (_WORD, _WORD))
_GROUP_TOKENS = re.compile(
    rb'"(?:[^"\\\n]|\\.)*"|`[^`]*`|\'(?:[^\'\\\n]|\\.)+\'|[([{]|[)\]}]|//[^\n]*|[\n;]|[\w\x80-\xff]+|\+\+|--|[^\s\w]'
)
_IMPORT = re.compile(rb'(?:([\w.]+)[ \t]+)?("(?:[^"\\\n]|\\.)*"|`[^`]*`)')
_LINKNAME = re.compile(rb"^//go:linkname[ \t]+(\S+)(?:[ \t]+(\S+))?[ \t]*$", re.MULTILINE)
_UNFINISHED = b"+-*/%&|^<>=!,.:([{~"
"""First bytes of tokens after which a line break ends nothing."""


@dataclass(slots=True)
class Declaration:
    """A top-level declaration; a group in parentheses is one."""

    kind: str
    """`func`, `method`, `type`, `var` or `const`."""
    names: list[str]
    """What it declares, in order; a method is `Receiver.Name`. `_` and `init` are among them."""
    line: int
    """1-based line of `start`."""
    start: int
    """Offset in the text of the keyword, or of the first directive above it."""
    end: int


@dataclass(slots=True)
class GoFile:
    """One file, stripped."""

    name: str
    package: str
    text: bytes
    constraint: constraints.Expression | None
    imports: list[tuple[str, str]] = field(default_factory=list)
    """Name or "" (or `.` or `_`), then path as written."""
    declarations: list[Declaration] = field(default_factory=list)
    linknames: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, local name, and the linker's name for it ("" in the one-argument form)."""


def strip_comments(source: bytes) -> bytes:
    """Remove comments, keep directives, line breaks and columns."""

    def replace(found: re.Match[bytes]) -> bytes:
        text = found[0]
        if found["line"] is not None:
            start = found.start()
            at_line_start = start == 0 or source[start - 1] == 0x0A
            return text.rstrip() if at_line_start and _KEPT.match(text) else b""
        if found["block"] is not None:
            return re.sub(rb"[^\n]", b" ", text)
        return text

    stripped = _TOKENS.sub(replace, source)
    # Blanks at a line's end may also stand in a raw string, where they count.
    pieces: list[bytes] = []
    last = 0
    for found in _TOKENS.finditer(stripped):
        if found[0].startswith(b"`"):
            pieces += _TRAILING.sub(b"", stripped[last : found.start()] + b"`")[:-1], found[0]
            last = found.end()
    pieces.append(_TRAILING.sub(b"", stripped[last:]))
    return b"".join(pieces).rstrip() + b"\n"


def scan(name: str, source: bytes) -> GoFile:
    """Strip one file and find its declarations."""
    head = re.search(rb"^package\b", source, re.MULTILINE)
    found = _CONSTRAINT.search(source[: head.start()] if head else source)
    constraint = constraints.parse(found[1].decode()) if found else None
    text = strip_comments(source)
    starts = [match for match in _STARTS.finditer(text) if match["keyword"]]
    file = GoFile(name, "", text, constraint)
    file.linknames = [
        (text.count(b"\n", 0, match.start()) + 1, match[1].decode(), (match[2] or b"").decode())
        for match in _LINKNAME.finditer(text)
    ]
    line, counted, previous = 1, 0, 0
    for index, match in enumerate(starts):
        keyword = match["keyword"].decode()
        end = starts[index + 1].start() if index + 1 < len(starts) else len(text)
        body = text[match.start() : end]
        if keyword == "package":
            file.package = body.split(None, 2)[1].decode()
            previous = match.start() + len(body.split(b"\n", 1)[0])
            continue
        length = _length_without_directives(body)
        if keyword == "import":
            file.imports += [
                ((alias or b"").decode(), path[1:-1].decode())
                for alias, path in _IMPORT.findall(body[:length].removeprefix(b"import"))
            ]
        else:
            gap = text[previous : match.start()]
            start = previous + len(gap) - len(gap.lstrip())
            line += text.count(b"\n", counted, start)
            counted = start
            names = names_of(keyword, body[:length])
            kind = "method" if keyword == "func" and "." in names[0] else keyword
            file.declarations.append(Declaration(kind, names, line, start, match.start() + length))
        previous = match.start() + length
    return file


def _length_without_directives(body: bytes) -> int:
    """Return the length of a declaration, less the directives above the next one."""
    lines = body.rstrip().split(b"\n")
    while lines and (not lines[-1].strip() or _KEPT.match(lines[-1])):
        lines.pop()
    return len(b"\n".join(lines))


def names_of(keyword: str, declaration: bytes) -> list[str]:
    """List what a declaration declares."""
    if keyword == "func":
        found = _FUNCTION.match(declaration)
        if found is None:
            raise ValueError(f"not a function: {declaration[:80]!r}")
        name = found["name"].decode()
        return [f"{found['receiver'].decode()}.{name}" if found["receiver"] else name]
    rest = declaration[len(keyword) :].lstrip()
    if not rest.startswith(b"("):
        return _identifiers(rest)
    names: list[str] = []
    depth, fresh, complete = 0, False, False
    for found in _GROUP_TOKENS.finditer(rest):
        token = found[0]
        if token in b"([{":
            depth += 1
            fresh = depth == 1
        elif token in b")]}":
            depth -= 1
        elif token in b"\n;":
            # A line that ends in an operator or a comma goes on in the next.
            fresh = fresh or (depth == 1 and complete)
            continue
        elif depth == 1 and fresh and not token.startswith(b"//"):
            names += _identifiers(rest[found.start() :])
            fresh = False
        complete = token[:1] not in _UNFINISHED
    return names


def _identifiers(text: bytes) -> list[str]:
    found = _NAMES.match(text)
    return [] if found is None else [name.strip() for name in found[1].decode().split(",")]
