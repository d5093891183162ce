"""What does the go command say of files to embed, before gc sees anything?

In: the tokens of a package's files. Out: its complaint about the first pattern of a `//go:embed`
that it can't fill, in the order of the patterns. Beside the files of a package there is nothing
here that a pattern could match; one that matches the files themselves is refused by name.

Not here: whether such a directive may stand where it does (`after_types`).
Sources: go/build/read.go, cmd/go/internal/load/pkg.go (resolveEmbed), path/match.go, go1.27.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mkdocs_gomem.source import Pos, file_of, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mkdocs_gomem.compiler.syntax.scanner import Tokens

_DIRECTIVE: Final = "//go:embed"
# Compiled when a program embeds something: few do.
_QUOTED: Final = r'`[^`]*`|"(?:[^"\\]|\\.)*"'
_PIECES: Final = (
    r"(?s)(?P<any>\*)|(?P<one>\?)|(?P<set>\[\^?(?:\\?.(?:-\\?.)?)+?\])|\\(?P<escaped>.)"
    r"|(?P<plain>[^\\\[])"
)


def arguments(text: str) -> tuple[list[tuple[int, str]], str]:
    """Split what follows `//go:embed` into patterns.

    Returns:
        Offset and pattern of each, unquoted; and the rest that is no quoted string, if any.
    """
    found: list[tuple[int, str]] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        if text[at] in '`"':
            quoted = re.compile(_QUOTED).match(text, at)
            if quoted is None:
                return found, text[at:].strip()
            end = quoted.end()
            if end < len(text) and not text[end].isspace():
                return found, text[end:].strip()
            found.append((at, _unquoted(quoted[0])))
        else:
            end = at + len(text[at:].split(maxsplit=1)[0])
            found.append((at, text[at:end]))
        at = end
    return found, ""


def _unquoted(literal: str) -> str:
    if literal[0] == "`" or "\\" not in literal:
        return literal[1:-1]
    import ast  # noqa: PLC0415 - as slow to load as a file is to parse, and seldom asked

    text: str = ast.literal_eval(literal)
    return text


def complaint(files: Sequence[Tokens], paths: Iterable[Iterable[str]]) -> tuple[Pos, str] | None:
    """Return the go command's complaint about the patterns of a package, and where.

    Args:
        files: of the package.
        paths: what each of them imports; without `embed`, its patterns are not looked at.

    Raises:
        Rejected: when a file of the package is to be embedded in it.
    """
    patterns: dict[str, Pos] = {}
    for tokens, imported in zip(files, paths, strict=True):
        if "embed" in imported:
            for pos, pattern in _patterns(tokens):
                patterns.setdefault(pattern, pos)
    own = [file_of(tokens.positions[0]).rpartition("/")[2] for tokens in files]
    for pattern, pos in sorted(patterns.items()):
        glob = pattern.removeprefix("all:")
        matcher = _matcher(glob)
        if matcher is None or not _is_path(glob):
            return pos, f"pattern {pattern}: invalid pattern syntax"
        if any(map(matcher.fullmatch, own)):
            unsupported(pos, "a program that embeds its own source")
        return pos, f"pattern {pattern}: no matching files found"
    return None


def _patterns(tokens: Tokens) -> list[tuple[Pos, str]]:
    found: list[tuple[Pos, str]] = []
    for event in tokens.events:
        text = event.text.removeprefix(_DIRECTIVE)
        if text != event.text and (not text or text[0].isspace()):
            given, wrong = arguments(text)
            start = event.pos + len(_DIRECTIVE)
            if not wrong:  # else gc tells
                found += [(Pos(start + at), pattern) for at, pattern in given]
    return found


def _is_path(glob: str) -> bool:
    return all(element not in ("", ".", "..") for element in glob.split("/"))


def _matcher(glob: str) -> re.Pattern[str] | None:
    """Return what a pattern of path.Match matches; nothing for a malformed one."""
    parts: list[str] = []
    at = 0
    while at < len(glob):
        piece = re.compile(_PIECES).match(glob, at)
        if piece is None:
            return None
        at = piece.end()
        match piece.lastgroup:
            case "any":
                parts.append("[^/]*")
            case "one":
                parts.append("[^/]")
            case "set":
                parts.append(piece[0])
            case name:
                parts.append(re.escape(piece[name or "plain"]))
    try:
        return re.compile("".join(parts))
    except re.error:
        return None
