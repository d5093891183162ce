"""Which first lines of Go fences can superfences not read, and how are they written right?

superfences leaves a fence alone whose header it cannot read (`go gomem=off`, `go,gomem`, keys with
hyphens); what closes that fence then opens another, which takes the text after it for code, and
nobody is told. So headers are looked at before superfences does, with its own expressions and its
own rules of what is inside a fence.

Lines of Markdown in, `Header`s out.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from pymdownx.superfences import NESTED_FENCE_END, RE_NESTED_FENCE_START, RE_OPTIONS

from mkdocs_gomem.hosts.options import ARCHIVE, HIGHLIGHT_KEYS, KEYS
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_GO = re.compile(
    r"(?P<fence>`{3,}|~{3,})[ \t]*\{?[ \t]*\.?(?P<lang>golang|go|Go|txtar)(?![\w#.+-])"
)
_ITEM = re.compile(
    r"""(?P<key>[A-Za-z][\w-]*)(?:[ \t]*=[ \t]*(?P<value>"[^"]*"|'[^']*'|[^\s,;{}]+))?"""
)
_OTHER_NAMES = {"linenos": "linenums", "file": "title", "filename": "title", "name": "title"}
"""What other highlighters call an option."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a fence that superfences cannot read."""

    line: int
    """Index of its line."""
    text: str
    repaired: str
    ours: bool
    """It has one of our options, so that its author means us."""


def unreadable(
    lines: Sequence[str],
    tab_length: int = 4,
    accepts: Callable[[str, Mapping[str, str]], bool] | None = None,
) -> Iterator[Header]:
    """Find headers of Go fences that superfences leaves alone, as it reads the lines.

    Args:
        lines: of a page.
        tab_length: columns of a tab.
        accepts: whether some validator takes a language with its options; all do, without it.
    """
    opened: _Open | None = None
    for number, raw in enumerate(lines):
        line = raw.rstrip("\r")
        if opened is not None:
            opened = opened.after(line, tab_length)
            continue
        prefix = line[: len(line) - len(line.lstrip("> \t"))]
        match = RE_NESTED_FENCE_START.match(line, len(prefix))
        if match is None:
            continue
        if match["unrecognized"]:
            header = line[len(prefix) :].rstrip()
            # With a backtick after the first ones it is a piece of code in a sentence.
            match = _GO.match(header)
            if match is None or "`" in header.lstrip("`"):
                continue
            ours = _is_ours(header[match.end() :])
            if ours or match["lang"] != ARCHIVE:
                yield Header(number, header, repaired(header), ours)
        elif (
            match["attrs"]
            or accepts is None
            or accepts(match["lang"] or "", _options(match["options"]))
        ):
            ws = prefix.expandtabs(tab_length)
            opened = _Open(match["fence"], len(prefix), len(ws), ws.count(">"))


def repaired(header: str) -> str:
    """Write a header as superfences reads it, with every option that somebody knows."""
    match = _GO.match(header)
    if match is None:
        return header
    rest = header[match.end() :]
    options: dict[str, str] = {}
    # `go:main.go` and `go {1,3-4}` are how others write a title and the lines to mark.
    if (
        title := re.match(r"[:,]?[ \t]*(?:title:)?[ \t]*([\w./-]+\.go)(?=[\s,;}]|$)", rest)
    ) is not None:
        options["title"] = title[1]
        rest = rest[title.end() :]
    if (marked := re.search(r"\{[ \t]*(\d[\d,\- ]*)\}", rest)) is not None:
        options["hl_lines"] = " ".join(re.findall(r"\d+(?:-\d+)?", marked[1]))
        rest = rest[: marked.start()] + rest[marked.end() :]
    for item in _ITEM.finditer(rest):
        key = _known(item["key"])
        value = item["value"] or ""
        value = value[1:-1] if value[:1] in ("'", '"') and value[-1:] == value[:1] else value
        if key == "linenums" and value in ("", "true"):
            value = "1"
        if key and (value or key == "gomem"):
            options.setdefault(key, value)
    words = [f"{match['fence']}{match['lang']}"]
    words += [_option(key, value) for key, value in options.items()]
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class _Open:
    """A fence that has begun and not ended."""

    fence: str
    length: int
    width: int
    quotes: int
    empty: int = 0
    """Empty lines just before."""

    def after(self, line: str, tab_length: int) -> _Open | None:
        """Return what is open after one more line."""
        prefix, content = self._split(line, tab_length)
        quotes = prefix.count(">")
        blank = _Open(self.fence, self.length, self.width, self.quotes, self.empty + 1)
        going_on = _Open(self.fence, self.length, self.width, self.quotes)
        ends = re.match(NESTED_FENCE_END % self.fence, content) is not None
        if self.quotes:
            if quotes > self.quotes:
                return None
            if not content:
                return blank
            if len(prefix) < self.length or (self.empty and quotes < self.quotes):
                return None
            return None if ends else going_on
        if quotes:
            return None
        if not (prefix + content).strip():
            return blank
        if len(prefix) != self.width:
            return None
        return None if ends else going_on

    def _split(self, line: str, tab_length: int) -> tuple[str, str]:
        """Part a line where the fence's own indentation ends."""
        prefix, width, at = "", 0, 0
        while width < self.width and at < len(line) and line[at] in "> \t":
            wide = tab_length - width % tab_length if line[at] == "\t" else 1
            prefix += " " * wide if line[at] == "\t" else line[at]
            width += wide
            at += 1
        return prefix, line[at:]


def _options(text: str | None) -> dict[str, str]:
    found = RE_OPTIONS.finditer(text or "")
    return {m["key"]: m["key"] if m["value"] is None else m["value"] for m in found}


def _is_ours(options: str) -> bool:
    return any(_known(item["key"]) in KEYS for item in _ITEM.finditer(options))


def _known(key: str) -> str:
    """Name the option that is meant; empty when none is."""
    plain = key.replace("-", "_").lower()
    plain = _OTHER_NAMES.get(plain, plain)
    near = difflib.get_close_matches(plain, (*KEYS, *HIGHLIGHT_KEYS), 1, cutoff=0.75)
    return near[0] if near else ""


def _option(key: str, value: str) -> str:
    if key == "gomem" and value in ("", "gomem"):
        return key
    quote = "'" if '"' in value else '"'
    return f"{key}={quote}{value}{quote}"
