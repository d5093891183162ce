"""Splits the bytes of a Go file into tokens, semicolons inserted as Go inserts them.

In: the bytes. Out: `Tokens`, parallel lists of kind, text and position, and beside them what
has no token: lexical errors and compiler directives, each with the token before which it is
told, so that the parser tells them in gc's order.

Invariants:
  1. a column counts bytes, from 1; the text is read as latin-1, where one character is one byte;
  2. the last token is always `EOF`, and a `;` stands before it wherever gc inserts one.

How: one regular expression knows every *regular* token; whatever it does not know (a malformed
literal, a letter beyond ASCII, a rare form of number) is read by `irregular`, character by
character. A file with bytes that are not text is read so as a whole.

Kinds are gc's names of tokens: `name`, `literal`, `op`, `op=`, `opop` (`++`, `--`), `*`, `;`,
each other delimiter and keyword as itself, `EOF`.
Source: cmd/compile/internal/syntax/scanner.go, go1.27.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from mkdocs_gomem import source
from mkdocs_gomem.compiler.syntax import irregular
from mkdocs_gomem.compiler.syntax.nodes import Comment
from mkdocs_gomem.compiler.syntax.tokens import KEYWORDS, LitKind
from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ESCAPE = r"(?:[abfnrtv\\%s]|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})"

_REGULAR: Final = re.compile(
    r"([ \t\r\n]*+)("
    # A name; one that goes on beyond ASCII is irregular.
    r"[A-Za-z_][A-Za-z0-9_]*+(?![\x80-\xff])"
    r"|[()\[\]{},;~]"
    r"|\.(?:\.\.|(?![0-9.]))"
    r"|:=?|==?|!=?"
    r'|"[^"\\\n]*+(?:\\' + _ESCAPE % '"' + r'[^"\\\n]*+)*+"'
    r"|(?:0|[1-9](?:_?[0-9])*+|0[xX](?:_?[0-9a-fA-F])++|0[bB](?:_?[01])++|0[oO]?(?:_?[0-7])++"
    r"|[0-9]++\.[0-9]*+(?:[eE][+-]?[0-9]++)?|\.[0-9]++(?:[eE][+-]?[0-9]++)?"
    r"|[0-9]++[eE][+-]?[0-9]++)(?![0-9A-Za-z_.\x80-\xff])"
    r"|//[^\n]*+|/\*(?s:.*?)\*/"
    r"|\+[+=]?|-[-=]?|\*=?|/=?(?![/*])|%=?|&(?:&|\^=?|=)?|\|[|=]?|\^=?"
    r"|<(?:<=?|=|-)?|>(?:>=?|=)?"
    r"|`[^`]*+`"
    r"|'(?:[^'\\\n\x80-\xff]|\\" + _ESCAPE % "'" + r"|[\xc2-\xdf][\x80-\xbf]"
    r"|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})'"
    r"|)"
)
"""Blanks, then a regular token; an empty token is the end of the file or something irregular."""

NEWLINE_ENDS: Final = frozenset(
    ["name", "literal", "opop", ")", "]", "}", "break", "continue", "fallthrough", "return"]
)
"""A newline after one of these is a semicolon."""


def _words() -> dict[str, tuple[str, str, bool]]:
    """Make the table of all fixed spellings: kind, text for the parser, may end a statement."""
    words = {word: (word, word, word in NEWLINE_ENDS) for word in KEYWORDS}
    for delimiter in ("(", "[", "{", ")", "]", "}", ",", ":", ".", "...", "=", ":=", "<-", "*"):
        words[delimiter] = (delimiter, delimiter, delimiter in NEWLINE_ENDS)
    words[";"] = (";", "semicolon", False)
    for operator in ("+", "-", "|", "^", "*", "/", "%", "&", "&^", "<<", ">>"):
        if operator != "*":
            words[operator] = ("op", operator, False)
        words[operator + "="] = ("op=", operator, False)
    for operator in ("!", "~", "||", "&&", "==", "!=", "<", "<=", ">", ">="):
        words[operator] = ("op", operator, False)
    for operator in ("+", "-"):
        words[operator * 2] = ("opop", operator, True)
    return words


_WORDS: Final = _words()
_NAME_STARTS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_LONGEST_LINE: Final = 0xFFF0
"""Longer lines need more bits for their columns than a `Pos` has."""


class Event(NamedTuple):
    """Something told while the token number `at` is read."""

    at: int
    pos: Pos
    text: str
    """An error's message, or a comment that may be a directive, which starts with `/`."""
    blank: bool
    """True if nothing but blanks stands before it on its line."""


@dataclass(slots=True)
class Tokens:
    """The tokens of one file, in order."""

    kinds: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """A name, a literal as written, an operator; `semicolon`, `newline` or `EOF` of a `;`."""
    positions: list[Pos] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)
    """Numbers of literals with a lexical error."""
    comments: list[Comment] = field(default_factory=list)


def literal_kind(text: str) -> LitKind:
    """Tell the kind of a literal from its text."""
    match text[0]:
        case '"' | "`":
            return "string"
        case "'":
            return "rune"
        case _:
            pass
    if text[-1] == "i":
        return "imag"
    if text[:2] in ("0x", "0X"):
        return "float" if "." in text or "p" in text or "P" in text else "int"
    return "float" if any(mark in text for mark in ".eEpP") else "int"


def scan(text: bytes, name: str, line: int = 1, column: int = 1) -> Tokens:
    """Split a whole file into tokens; its first byte stands at `line` and `column`."""
    scanner = _Scanner(text, source.file_index(name), line, column)
    scanner.run()
    return scanner.tokens


class _Scanner:
    """The state of one scan: where it is, and the tokens so far."""

    __slots__ = (
        "clean", "file", "line", "line_start", "nlsemi", "offset", "text",
        "tokens", "unit",
    )  # fmt: skip

    def __init__(self, text: bytes, file: int, line: int, column: int) -> None:
        self.text = text
        self.tokens = Tokens()
        self.file = file
        self.line = line
        self.line_start = 1 - column
        """Offset at which the current line starts; negative when it starts before the text."""
        self.offset = 0
        self.nlsemi = False
        self.unit = 16
        """Bits of a column; more while scanning a file with very long lines."""
        self.clean = True
        """True if every byte is text that the regular expression may read."""

    def run(self) -> None:
        """Read everything."""
        text = self.text
        try:
            text.decode()
        except UnicodeDecodeError:
            self.clean = False
        if b"\0" in text or b"\xef\xbb\xbf" in text:
            self.clean = False
        if text.startswith(b"\xef\xbb\xbf"):
            # Allowed as the first character only; its bytes count in the column.
            self.offset = 3
            self.clean = b"\xef\xbb\xbf" not in text[3:] and b"\0" not in text
        if len(text) > _LONGEST_LINE and max(map(len, text.split(b"\n"))) > _LONGEST_LINE:
            self.unit = 40
        latin = text.decode("latin-1")
        done = self.clean and self._regular(_REGULAR.findall(latin, self.offset))
        while not done:
            done = self._irregular()
            if not done and self.clean:
                # Lazily from here on: the rest may be interrupted again.
                rest = (m.groups() for m in _REGULAR.finditer(latin, self.offset))
                done = self._regular(rest)
        if self.unit == 40:
            self._narrow()

    def _regular(self, pieces: Iterable[tuple[str, ...]]) -> bool:
        """Read tokens up to the end (then return True) or up to something irregular."""
        tokens = self.tokens
        kinds, texts, positions = tokens.kinds, tokens.texts, tokens.positions
        add_kind, add_text = kinds.append, texts.append
        # Calling `Pos` for each token would cost as much as finding it.
        add_position = cast("Callable[[int], None]", positions.append)
        words = _WORDS
        name_starts = _NAME_STARTS
        nlsemi = self.nlsemi
        offset = self.offset
        line = self.line
        line_start = self.line_start
        unit = self.unit
        base = self.file << 40 if unit == 16 else 0
        # A position is the offset plus this, as long as the line lasts.
        origin = base + (line << unit) + 1 - line_start
        for blank, text in pieces:
            fresh = offset == line_start
            if blank:
                if blank != " " and "\n" in blank:
                    fresh = True
                    if nlsemi:
                        nlsemi = False
                        add_kind(";")
                        add_text("newline")
                        add_position(origin + offset + blank.index("\n"))
                    line += blank.count("\n")
                    line_start = offset + blank.rindex("\n") + 1
                    origin = base + (line << unit) + 1 - line_start
                offset += len(blank)
            word = words.get(text)
            if word is not None:
                kind, text_for_parser, nlsemi = word
                add_kind(kind)
                add_text(text_for_parser)
                add_position(origin + offset)
                offset += len(text)
                continue
            if not text:
                break
            first = text[0]
            if first in name_starts:
                nlsemi = True
                add_kind("name")
                add_text(text)
                add_position(origin + offset)
                offset += len(text)
                continue
            decoded = text if text.isascii() else text.encode("latin-1").decode()
            if first != "/":
                nlsemi = True
                add_kind("literal")
                add_text(decoded)
                add_position(origin + offset)
                if first == "`" and "\n" in text:
                    line += text.count("\n")
                    line_start = offset + text.rindex("\n") + 1
                    origin = base + (line << unit) + 1 - line_start
                offset += len(text)
                continue
            pos = Pos(origin + offset)
            decoded = decoded.removesuffix("\r")
            tokens.comments.append(Comment(pos, decoded))
            if decoded.startswith(("//go:", "//line ", "/*line ")):
                tokens.events.append(Event(len(kinds), pos, decoded, fresh))
            if text[1] == "*" and "\n" in text:
                if nlsemi:
                    # A comment over several lines acts like a newline.
                    nlsemi = False
                    add_kind(";")
                    add_text("newline")
                    add_position(pos)
                line += text.count("\n")
                line_start = offset + text.rindex("\n") + 1
                origin = base + (line << unit) + 1 - line_start
            offset += len(text)
        self.nlsemi = nlsemi
        self.offset = offset
        self.line = line
        self.line_start = line_start
        if offset < len(self.text):
            return False
        self._end(nlsemi=nlsemi)
        return True

    def _end(self, *, nlsemi: bool) -> None:
        """Add the end of the file."""
        tokens = self.tokens
        pos = self._pos(self.line, self.offset - self.line_start + 1)
        if nlsemi:
            tokens.kinds.append(";")
            tokens.texts.append("EOF")
            tokens.positions.append(pos)
        tokens.kinds.append("EOF")
        tokens.texts.append("")
        tokens.positions.append(pos)

    def _irregular(self) -> bool:
        """Read one token character by character; return True at the end of the file."""
        tokens = self.tokens
        index = len(tokens.kinds)
        token = irregular.read(
            self.text,
            irregular.Place(self.offset, self.line, self.line_start),
            nlsemi=self.nlsemi,
        )
        for note in token.notes:
            pos = self._pos(note.line, note.column)
            if note.is_comment:
                tokens.comments.append(Comment(pos, note.text.removesuffix("\r")))
                if not note.text.startswith(("//go:", "//line ", "/*line ")):
                    continue
            tokens.events.append(Event(index, pos, note.text, note.blank))
        self.offset, self.line, self.line_start = token.end
        pos = self._pos(token.line, token.column)
        if token.kind == "EOF":
            self.offset = len(self.text)
            self._end(nlsemi=False)
            return True
        word = _WORDS.get(token.kind)
        if word is None:
            kind, text, self.nlsemi = token.kind, token.text, token.kind in NEWLINE_ENDS
        else:
            kind, text, self.nlsemi = word
        if kind == ";" and token.text:
            text = token.text
        tokens.kinds.append(kind)
        tokens.texts.append(text)
        tokens.positions.append(pos)
        if token.bad:
            tokens.bad.add(index)
        return False

    def _pos(self, line: int, column: int) -> Pos:
        if self.unit == 16:
            return source.make_pos(self.file, line, column)
        return Pos((line << self.unit) + column)

    def _narrow(self) -> None:
        """Cut the wide columns of a file with very long lines to what a `Pos` holds."""

        def narrow(wide: Pos) -> Pos:
            return source.make_pos(self.file, wide >> 40, wide & (1 << 40) - 1)

        tokens = self.tokens
        tokens.positions = list(map(narrow, tokens.positions))
        tokens.events = [event._replace(pos=narrow(event.pos)) for event in tokens.events]
        tokens.comments = [Comment(narrow(c.pos), c.text) for c in tokens.comments]
