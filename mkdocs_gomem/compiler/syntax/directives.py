"""Comments for the compiler: `//go:…` and `//line`, and what gc says about wrong ones.

In: the text of one directive. Out: whether the declaration after it takes it, and messages.

`//line` is checked but has no effect: an author must find an error where the page has it.
Not here: whether a declaration may carry its directives (`after_types`); what they do.
Sources: cmd/compile/internal/noder/noder.go and lex.go, go/build/constraint, go1.27.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from mkdocs_gomem.compiler.syntax import embed
from mkdocs_gomem.source import LineBase, Pos, file_of

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.syntax.nodes import Directive

FLAGS: Final = frozenset([
    "go:build", "go:cgo_unsafe_args", "go:nocheckptr", "go:noescape", "go:noinline", "go:norace",
    "go:nosplit", "go:nowritebarrier", "go:nowritebarrierrec", "go:registerparams",
    "go:systemstack", "go:uintptrescapes", "go:uintptrkeepalive", "go:yeswritebarrierrec",
])  # fmt: skip
"""Directives that set something, and so are wrong where no declaration takes them."""

_RUNTIME_ONLY: Final = frozenset(
    ["go:systemstack", "go:nowritebarrier", "go:nowritebarrierrec", "go:yeswritebarrierrec"]
)
_MAX_LINE: Final = 1 << 30
"""gc's largest line or column."""


class Verdict(NamedTuple):
    """What gc makes of a directive."""

    errors: tuple[str, ...] = ()
    is_pragma: bool = False
    """True if the next declaration takes it."""
    is_linkname: bool = False


def comment_text(comment: str) -> str:
    """Take the marks off a comment."""
    if comment.startswith("/*"):
        return comment[2:-2]
    return comment[2:].removesuffix("\r")


def judge(directive: Directive, *, blank: bool, std: bool) -> Verdict:
    """Tell what gc does with a directive that stands on a line of its own, or not (`blank`)."""
    text = directive.text
    if not blank:
        return Verdict(("misplaced compiler directive",))
    verb, _, arguments = text.partition(" ")
    fields = text.split()
    match verb:
        case "go:wasmimport" if arguments or text.endswith(" "):
            usage = "usage: //go:wasmimport importmodule importname"
            return Verdict(() if len(fields) == 3 else (usage,))
        case "go:wasmexport" if arguments or text.endswith(" "):
            return Verdict(() if len(fields) == 2 else ("usage: //go:wasmexport exportname",))
        case "go:linkname" | "go:linknamestd" if arguments or text.endswith(" "):
            if 2 <= len(fields) <= 3:
                return Verdict(is_linkname=True)
            return Verdict((f"usage: //{fields[0]} localname [linkname]",))
        case "go:embed":
            return _judge_embed(text.removeprefix("go:embed"))
        case _:
            pass
    errors: list[str] = []
    if not std:
        if verb.startswith("go:cgo_"):
            errors.append(f"//{text} only allowed in cgo-generated code")
        if verb in _RUNTIME_ONLY:
            errors.append(f"//{verb} only allowed in runtime")
        if verb == "go:uintptrkeepalive":
            errors.append(f"//{verb} is only allowed in the standard library")
    return Verdict(tuple(errors), is_pragma=True)


def _judge_embed(arguments: str) -> Verdict:
    usage = "usage: //go:embed pattern..."
    patterns, wrong = embed.arguments(arguments)
    if wrong:
        return Verdict((f"invalid quoted string in //go:embed: {wrong}", usage))
    return Verdict(is_pragma=True) if patterns else Verdict((usage,))


def misplaced(directive: Directive) -> str:
    """Return what gc says of a directive that no declaration took, if anything."""
    if directive.verb == "go:embed":
        return "misplaced go:embed directive"
    return "misplaced compiler directive" if directive.verb in FLAGS else ""


def line_base(pos: Pos, comment: str, last: LineBase | None) -> LineBase | tuple[Pos, str] | None:
    """Read a `line` directive, a comment that stands at `pos`.

    Returns:
        Where it says that the source after it stands; or what is wrong with it, and where; or
        nothing, if it is no such directive after all. `last` is the one before it.
    """
    text = comment_text(comment)
    if not text.startswith("line "):
        return None
    text = text.removeprefix("line ")
    base = pos + 2 + 5
    colon = text.rfind(":")
    if colon < 0:
        return None
    number = _number(text[colon + 1 :])
    if number is None:
        return Pos(base + colon + 1), f"invalid line number: {text[colon + 1 :]}"
    line, line_at, column = number, colon, 0
    before = text.rfind(":", 0, colon)
    earlier = _number(text[before + 1 : colon]) if before >= 0 else None
    if earlier is not None:
        if not 0 < number <= _MAX_LINE:
            return Pos(base + colon + 1), f"invalid column number: {text[colon + 1 :]}"
        line, line_at, column = earlier, before, number
        text = text[:colon]
    if not 0 < line <= _MAX_LINE:
        return Pos(base + line_at + 1), f"invalid line number: {text[line_at + 1 :]}"
    own = file_of(pos)
    name = text[:line_at]
    if name:
        folder = posixpath.dirname(posixpath.normpath(own))
        name = posixpath.normpath(posixpath.join(folder, name))
    elif column:
        name = last.file if last is not None else own
    # A comment to the end of the line includes the newline.
    after = (pos >> 16) + 1 << 16 | 1 if comment[1] == "/" else pos + len(comment.encode())
    return LineBase(Pos(after), name, line, column)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) < 1 << 64 else None


# Build lines

_BUILD_WORD: Final = r"\s*(?:(\|\||&&|!|\(|\))|([\w.]+))"


def go_version(comment: str) -> str | None:
    """Return the language version of a `//go:build` line, like `go1.21`.

    Empty if the line asks for none; None if it is no valid build line, and changes nothing.
    """
    text = comment.removeprefix("//go:build")
    if text == comment or (text and text[0] not in " \t"):
        return None
    tokens: list[str] = []
    offset = 0
    text = text.rstrip()
    words = re.compile(_BUILD_WORD)
    while offset < len(text):
        token = words.match(text, offset)
        if token is None:
            return None
        tokens.append(token.group(1) or token.group(2))
        offset = token.end()
    reader = _BuildLine(tokens)
    try:
        version = reader.either(sign=True)
    except ValueError:
        return None
    if reader.tokens:
        return None
    if version < 0:
        return ""
    return "go1" if version == 0 else f"go1.{version}"


class _BuildLine:
    """Reads a build constraint as the least minor version it implies, -1 for none."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def take(self, token: str) -> bool:
        """Step over a token if it stands here."""
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False

    def either(self, *, sign: bool) -> int:
        """Read x || y; with `sign` false, what its negation implies."""
        version = self.both(sign=sign)
        while self.take("||"):
            other = self.both(sign=sign)
            version = min(version, other) if sign else max(version, other)
        return version

    def both(self, *, sign: bool) -> int:
        """Read x && y."""
        version = self.not_(sign=sign)
        while self.take("&&"):
            other = self.not_(sign=sign)
            version = max(version, other) if sign else min(version, other)
        return version

    def not_(self, *, sign: bool) -> int:
        """Read !x, (x) or a tag."""
        if self.take("!"):
            if self.tokens and self.tokens[0] == "!":
                raise ValueError("double negation")
            return self.not_(sign=not sign)
        if self.take("("):
            version = self.either(sign=sign)
            if not self.take(")"):
                raise ValueError("missing close paren")
            return version
        if not self.tokens or self.tokens[0] in ("||", "&&", ")"):
            raise ValueError("missing tag")
        tag = self.tokens.pop(0)
        if not sign:
            return -1
        if tag == "go1":
            return 0
        minor = tag.removeprefix("go1.")
        return int(minor) if minor != tag and minor.isascii() and minor.isdigit() else -1
