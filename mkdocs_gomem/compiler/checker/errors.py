"""Reporting: one way for every rule of this room to say what is wrong, and gc's order of telling.

A report is one message with a place; further lines start with a tab and may carry a place of
their own. gc's driver then drops an equal message on the same line, stops at ten, and sorts
what it kept by position (cmd/compile/internal/base/print.go); `format_errors` does the same.

Source: types2/errors.go, types2/format.go, noder/irgen.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.source import NO_POS, Diagnostic, Pos, Rejected, order_of, printed, spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mkdocs_gomem.compiler.checker.checker import Checker
    from mkdocs_gomem.compiler.checker.codes import Code
    from mkdocs_gomem.gotypes import objects

INVALID_ARG = "invalid argument: "
INVALID_OP = "invalid operation: "

ERROR_LIMIT = 10
"""gc gives up after so many errors, unless told otherwise (`-gcflags=-e`)."""


class Report:
    """One error under construction: a message and what belongs to it."""

    __slots__ = ("check", "code", "parts")

    def __init__(self, check: Checker, code: Code) -> None:
        self.check = check
        self.code = code
        self.parts: list[tuple[Pos, str]] = []

    def add(self, pos: Pos, message: str) -> None:
        """Append a line; the first one is the message."""
        self.parts.append((pos, message))

    def add_other(self, obj: objects.Object) -> None:
        """Name the other declaration, where it has a place."""
        if obj.pos:
            self.add(obj.pos, f"other declaration of {obj.name}")

    @property
    def empty(self) -> bool:
        """Nothing was added."""
        return not self.parts

    @property
    def pos(self) -> Pos:
        """Place of the first line."""
        return self.parts[0][0] if self.parts else NO_POS

    @property
    def message(self) -> str:
        """All lines, as gc joins them."""
        lines = [self.parts[0][1]]
        lines += [f"{spell(pos)}: {text}" if pos else text for pos, text in self.parts[1:]]
        return "\n\t".join(lines)

    def report(self) -> None:
        """Hand the error over, unless it is only an echo of an earlier one."""
        check = self.check
        if check.errors:
            first = self.parts[0][1]
            if first.find("invalid operand") > 0 or first.find("invalid type") > 0:
                return
        pos = check.env.errpos or self.pos
        check.handle_error(pos, self.code, self.message)


def drop_repeats(errors: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Drop what gc's driver never counts: one message twice in a row on one line.

    Errors of syntax are stricter: one to a line.
    """
    kept: list[Diagnostic] = []
    last_syntax = last_other = -1
    last_message = ""
    for error in errors:
        line = error.pos >> 16
        if error.message.startswith("syntax error"):
            if line == last_syntax:
                continue
            last_syntax = line
        else:
            if line == last_other and error.message == last_message:
                continue
            last_other, last_message = line, error.message
        kept.append(error)
    return kept


def flush_order(errors: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort by position, keep the order of reports at equal places, drop exact repetitions."""
    flushed: list[Diagnostic] = []
    for error in sorted(errors, key=lambda error: order_of(error.pos)):
        if not (flushed and same(flushed[-1], error)):
            flushed.append(error)
    return flushed


def same(a: Diagnostic, b: Diagnostic) -> bool:
    """Tell whether gc would print the same line for both."""
    return a.pos == b.pos and a.message == b.message


def format_errors(errors: Sequence[Diagnostic], *, limit: int = ERROR_LIMIT) -> list[str]:
    """Write errors as `go build` prints them: the first `limit` reported, sorted by place.

    Args:
        errors: in the order in which they were reported.
        limit: how many are told before `too many errors`; 0 for all (`-gcflags=-e`).
    """
    counted = drop_repeats(errors)
    cut = bool(limit) and len(counted) >= limit
    if cut:
        counted = counted[:limit]
    lines = [_line(error.pos, error.message) for error in flush_order(counted)]
    if cut:
        lines.append(_line(counted[-1].pos, "too many errors"))
    return lines


def _line(pos: Pos, message: str) -> str:
    """Write one error, after its place if it has one."""
    return f"{printed(pos)}: {message}" if pos else message


def reject(errors: Sequence[Diagnostic]) -> Rejected:
    """Make the exception that a room raises for errors, in the order they were reported."""
    return Rejected(tuple(drop_repeats(errors)))
