"""Reads the next token character by character, and words its lexical errors as gc does.

In: the bytes, and where to begin. Out: one token, and what was noted on the way: errors, and
comments. `scanner` calls this for what its regular expression does not know.

The reader sees one character ahead, as gc's does: an error of the encoding right after a token
is told with that token.
Source: cmd/compile/internal/syntax/source.go and scanner.go, go1.27.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from mkdocs_gomem.compiler.syntax.tokens import KEYWORDS

_END: Final = ""
_BOM: Final = "\ufeff"
_BASE_NAMES: Final = {2: "binary", 8: "octal", 10: "decimal", 16: "hexadecimal"}
_MAX_RUNE: Final = 0x10FFFF
_DECIMAL: Final = frozenset("0123456789")
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_OPERATORS: Final = (
    "...", "<<=", ">>=", "&^=",
    "||", "&&", "==", "!=", "<=", ">=", "+=", "-=", "|=", "^=", "*=", "/=", "%=", "&=", "&^",
    "<<", ">>", "++", "--", ":=", "<-",
    "+", "-", "|", "^", "*", "/", "%", "&", "<", ">", "=", "!", "~",
    "(", "[", "{", ")", "]", "}", ",", ";", ":", ".",
)  # fmt: skip
"""Longest first, so that the first that fits is the token."""


class Place(NamedTuple):
    """A point of the text."""

    offset: int
    line: int
    line_start: int
    """Offset at which the line starts."""


class Note(NamedTuple):
    """An error or a comment met on the way to a token."""

    line: int
    column: int
    text: str
    is_comment: bool = False
    blank: bool = False
    """Of a comment: nothing but blanks stands before it on its line."""


class Token(NamedTuple):
    """What was read: gc's kind of token or, for an operator, its spelling."""

    kind: str
    text: str
    line: int
    column: int
    end: Place
    notes: list[Note]
    bad: bool = False


def read(text: bytes, place: Place, *, nlsemi: bool) -> Token:
    """Read one token; `nlsemi` tells if a newline or the end stands for a semicolon."""
    return _Reader(text, place).next(nlsemi=nlsemi)


def _unicode(char: str) -> str:
    """Write a character as Go's `%#U` does: `U+00B7 '·'`."""
    code = f"U+{ord(char):04X}"
    return f"{code} '{char}'" if _is_print(char) else code


def _is_print(char: str) -> bool:
    """Tell if Go prints a character as itself: letters, marks, numbers, symbols, the blank."""
    return char == " " or unicodedata.category(char)[0] in "LMNPS"


def _quoted(char: str) -> str:
    """Write a character as Go's `%q` does."""
    short = {
        "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
        "\v": "\\v", "'": "\\'", "\\": "\\\\",
    }  # fmt: skip
    if char in short:
        return f"'{short[char]}'"
    if _is_print(char):
        return f"'{char}'"
    code = ord(char)
    if code < 0x80:
        return f"'\\x{code:02x}'"
    return f"'\\u{code:04x}'" if code < 0x10000 else f"'\\U{code:08x}'"


def _is_letter(char: str) -> bool:
    """Tell if a character is a letter for Go; the end of the text is none."""
    return char == "_" or (char != _END and unicodedata.category(char)[0] == "L")


class _Reader:
    """gc's `source` and `scanner` in one, for one token."""

    __slots__ = ("char", "line", "line_start", "notes", "offset", "text", "token", "width")

    def __init__(self, text: bytes, place: Place) -> None:
        self.text = text
        self.offset, self.line, self.line_start = place
        self.notes: list[Note] = []
        self.width = 0
        self.char = " "
        self.token = place
        self._look()

    # The character

    def _look(self) -> None:
        """Set `char` to the character at `offset`; step over what is no text, with an error."""
        while True:
            text, offset = self.text, self.offset
            if offset >= len(text):
                self.char, self.width = _END, 0
                return
            byte = text[offset]
            if byte < 0x80:
                self.char, self.width = chr(byte), 1
                # The first byte of a file gc takes as a character whatever it is.
                if byte or offset == 0:
                    return
                self._error("invalid NUL character")
            else:
                self.char, self.width = self._decode()
                if self.char == "\ufffd" and self.width == 1:
                    self._error("invalid UTF-8 encoding")
                elif self.char == _BOM:
                    if offset > 0:
                        self._error("invalid BOM in the middle of the file")
                else:
                    return
            self.offset += self.width

    def _decode(self) -> tuple[str, int]:
        for width in (2, 3, 4):
            try:
                return self.text[self.offset : self.offset + width].decode(), width
            except UnicodeDecodeError:
                continue
        return "\ufffd", 1

    def _step(self) -> None:
        """Go on to the next character."""
        self.offset += self.width
        if self.char == "\n":
            self.line += 1
            self.line_start = self.offset
        self._look()

    def _here(self) -> Place:
        return Place(self.offset, self.line, self.line_start)

    def _error(self, message: str) -> None:
        """Note an error at the current character."""
        self.notes.append(Note(self.line, self.offset - self.line_start + 1, message))

    def _error_in_token(self, message: str, skip: int = 0) -> None:
        """Note an error `skip` bytes after the start of the token."""
        token = self.token
        self.notes.append(Note(token.line, token.offset - token.line_start + 1 + skip, message))

    def _segment(self) -> str:
        return self.text[self.token.offset : self.offset].decode(errors="replace")

    # The token

    def _made(self, kind: str, text: str = "", *, bad: bool = False) -> Token:
        token = self.token
        column = token.offset - token.line_start + 1
        return Token(kind, text, token.line, column, self._here(), self.notes, bad)

    def next(self, *, nlsemi: bool) -> Token:
        """Read one token."""
        while True:
            before = self._here()
            while self.char in (" ", "\t", "\r") or (self.char == "\n" and not nlsemi):
                self._step()
            self.token = self._here()
            blank = self.line > before.line or before.offset == before.line_start
            char = self.char
            if char == _END:
                return self._made(";", "EOF") if nlsemi else self._made("EOF")
            if char == "\n":
                self._step()
                return self._made(";", "newline")
            if char.isascii():
                if char.isalpha() or char == "_":
                    return self._name()
                if char in _DECIMAL:
                    return self._number(seen_point=False)
            elif self._at_name_char(first=True):
                self._step()
                return self._name()
            if char == '"':
                return self._string()
            if char == "`":
                return self._raw_string()
            if char == "'":
                return self._rune()
            following = self.text[self.offset + 1 : self.offset + 2]
            if char == "." and following.isdigit():
                self._step()
                return self._number(seen_point=True)
            if char == "/" and following in (b"/", b"*"):
                if self._comment(blank=blank, nlsemi=nlsemi):
                    return self._made(";", "newline")
                continue
            for operator in _OPERATORS:
                if self.text.startswith(operator.encode(), self.offset):
                    for _ in operator:
                        self._step()
                    return self._made(operator)
            self._error(f"invalid character {_unicode(char)}")
            self._step()

    def _name(self) -> Token:
        while True:
            while self.char.isascii() and (self.char.isalnum() or self.char == "_"):
                self._step()
            if self.char == _END or self.char.isascii() or not self._at_name_char(first=False):
                break
            self._step()
        text = self._segment()
        return self._made(text) if text in KEYWORDS else self._made("name", text)

    def _at_name_char(self, *, first: bool) -> bool:
        """Tell if a character beyond ASCII is read as part of a name; most are, with an error."""
        if _is_letter(self.char):
            return True
        if unicodedata.category(self.char) == "Nd":
            if first:
                self._error(f"identifier cannot begin with digit {_unicode(self.char)}")
        else:
            self._error(f"invalid character {_unicode(self.char)} in identifier")
        return True

    def _comment(self, *, blank: bool, nlsemi: bool) -> bool:
        """Read a comment; return True if it stands for a newline."""
        start = self.token
        self._step()
        if self.char == "/":
            while self.char not in (_END, "\n"):
                self._step()
            self._note_comment(blank=blank)
            return False
        self._step()
        while self.char != _END:
            while self.char == "*":
                self._step()
                if self.char == "/":
                    self._step()
                    self._note_comment(blank=blank)
                    return nlsemi and self.line > start.line
            self._step()
        self._error_in_token("comment not terminated")
        return nlsemi and self.line > start.line

    def _note_comment(self, *, blank: bool) -> None:
        token = self.token
        column = token.offset - token.line_start + 1
        text = self._segment()
        self.notes.append(Note(token.line, column, text, is_comment=True, blank=blank))

    # Literals

    def _digits(self, base: int) -> tuple[bool, bool, int]:
        """Read digits and `_`; tell if each was seen, and where the first too large one is."""
        digits = _DECIMAL if base <= 10 else _HEX
        seen = separated = False
        invalid = -1
        while self.char in digits or self.char == "_":
            if self.char == "_":
                separated = True
            else:
                seen = True
                if base <= 10 and invalid < 0 and int(self.char) >= base:
                    invalid = self.offset - self.token.offset
            self._step()
        return seen, separated, invalid

    def _number(self, *, seen_point: bool) -> Token:
        good = True
        is_int = True
        base = 10
        prefix = ""
        seen = separated = False
        invalid = -1
        if not seen_point:
            if self.char == "0":
                self._step()
                prefix = self.char.lower()
                if prefix in ("x", "o", "b"):
                    self._step()
                    base = {"x": 16, "o": 8, "b": 2}[prefix]
                else:
                    base, prefix, seen = 8, "0", True
            more, separated, invalid = self._digits(base)
            seen |= more
            if self.char == ".":
                if prefix in ("o", "b"):
                    self._error(f"invalid radix point in {_BASE_NAMES[base]} literal")
                    good = False
                self._step()
                seen_point = True
        if seen_point:
            is_int = False
            more, more_separated, more_invalid = self._digits(base)
            seen |= more
            separated |= more_separated
            invalid = invalid if invalid >= 0 else more_invalid
        if not seen and good:
            self._error(f"{_BASE_NAMES[base]} literal has no digits")
            good = False
        exponent = self.char.lower()
        if exponent in ("e", "p"):
            if good and exponent == "e" and prefix not in ("", "0"):
                self._error(f"{_quoted(self.char)} exponent requires decimal mantissa")
                good = False
            elif good and exponent == "p" and prefix != "x":
                self._error(f"{_quoted(self.char)} exponent requires hexadecimal mantissa")
                good = False
            self._step()
            is_int = False
            if self.char in ("+", "-"):
                self._step()
            # Digits of an exponent are never too large.
            seen, more_separated, _ = self._digits(10)
            separated |= more_separated
            if not seen and good:
                self._error("exponent has no digits")
                good = False
        elif prefix == "x" and not is_int and good:
            self._error("hexadecimal mantissa requires a 'p' exponent")
            good = False
        if self.char == "i":
            is_int = False
            self._step()
        text = self._segment()
        if is_int and invalid >= 0 and good:
            digit = _quoted(text[invalid])
            self._error_in_token(f"invalid digit {digit} in {_BASE_NAMES[base]} literal", invalid)
            good = False
        if separated and good:
            wrong = _invalid_separator(text)
            if wrong >= 0:
                self._error_in_token("'_' must separate successive digits", wrong)
                good = False
        return self._made("literal", text, bad=not good)

    def _rune(self) -> Token:
        good = True
        self._step()
        count = 0
        while True:
            if self.char == "'":
                if good and count == 0:
                    self._error("empty rune literal or unescaped '")
                    good = False
                elif good and count != 1:
                    self._error_in_token("more than one character in rune literal")
                    good = False
                self._step()
                break
            if self.char == "\\":
                self._step()
                good &= self._escape("'")
            elif self.char == "\n":
                if good:
                    self._error("newline in rune literal")
                    good = False
                break
            elif self.char == _END:
                if good:
                    self._error_in_token("rune literal not terminated")
                    good = False
                break
            else:
                self._step()
            count += 1
        return self._made("literal", self._segment(), bad=not good)

    def _string(self) -> Token:
        good = True
        self._step()
        while True:
            if self.char == '"':
                self._step()
                break
            if self.char == "\\":
                self._step()
                good &= self._escape('"')
            elif self.char == "\n":
                self._error("newline in string")
                good = False
                break
            elif self.char == _END:
                self._error_in_token("string not terminated")
                good = False
                break
            else:
                self._step()
        return self._made("literal", self._segment(), bad=not good)

    def _raw_string(self) -> Token:
        good = True
        self._step()
        while self.char != "`":
            if self.char == _END:
                self._error_in_token("string not terminated")
                good = False
                break
            self._step()
        self._step()
        return self._made("literal", self._segment(), bad=not good)

    def _escape(self, quote: str) -> bool:
        """Read what follows a backslash; at the end of the text the caller complains."""
        char = self.char
        if char == _END:
            return True
        if char == quote or char in "abfnrtv\\":
            self._step()
            return True
        if char in "01234567":
            count, base, largest = 3, 8, 255
        elif char in "xuU":
            self._step()
            count, base = {"x": 2, "u": 4, "U": 8}[char], 16
            largest = 255 if char == "x" else _MAX_RUNE
        else:
            self._error("unknown escape")
            return False
        value = 0
        for _ in range(count):
            if self.char == _END:
                return True
            digit = int(self.char, 16) if self.char in _HEX else base
            if digit >= base:
                name = _BASE_NAMES[base]
                self._error(f"invalid character {_quoted(self.char)} in {name} escape")
                return False
            value = value * base + digit
            self._step()
        if value > largest and base == 8:
            self._error(f"octal escape value {value} > 255")
            return False
        if value > largest or 0xD800 <= value < 0xE000:
            self._error(f"escape is invalid Unicode code point U+{value:04X}")
            return False
        return True


def _invalid_separator(text: str) -> int:
    """Return the index of the first `_` that does not stand between digits, or -1."""
    prefix = text[1].lower() if len(text) >= 2 and text[0] == "0" else ""
    index = 0
    # What the previous character was: `_`, `0` (a digit or prefix) or `.` (anything else).
    previous = "."
    if prefix in ("x", "o", "b"):
        previous, index = "0", 2
    for index in range(index, len(text)):  # noqa: B020 - counts on from the prefix
        char = text[index]
        if char == "_":
            if previous != "0":
                return index
            previous = "_"
        elif char in _DECIMAL or (prefix == "x" and char in _HEX):
            previous = "0"
        else:
            if previous == "_":
                return index - 1
            previous = "."
    return len(text) - 1 if previous == "_" else -1
