"""One Go fence in, what its page shows out: panel, box or nothing, and what its author must know.

The same rules for every host. An unmarked fence never causes a warning, an error box or a changed
look unless it becomes a panel. Nothing raised by the rooms gets past `render`: our own bug must not
cost the author the page.

Not here: options (`options`), what is supplied to make a file (`completion`), Markdown
(`markdown`), MkDocs (`mkdocs`), caching (`cache`).
"""

from __future__ import annotations

import re
import traceback
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.hosts import completion
from mkdocs_gomem.hosts.completion import Completed, Form
from mkdocs_gomem.hosts.options import Asked, Kind, Message, Rendered, Settings
from mkdocs_gomem.lesson import claims as claims_room
from mkdocs_gomem.lesson import page as page_room
from mkdocs_gomem.machine.trace import Ending
from mkdocs_gomem.source import (
    NO_POS,
    Diagnostic,
    Fence,
    Pos,
    Rejected,
    SourceFile,
    file_of,
    line_of,
)

if TYPE_CHECKING:
    from mkdocs_gomem.lesson.scenes import Lesson
    from mkdocs_gomem.machine.trace import Outcome, Trace

_FILE = completion.FILE
_WAY_OUT = 'To show the block without a panel, write `gomem="off"` in its first line.'


def render(text: str, asked: Asked, settings: Settings, identity: str) -> Rendered:
    """Make what a page shows for a fence; never raises.

    Args:
        text: the code, dedented.
        asked: the fence's options.
        settings: the site's.
        identity: prefix of the panel's ids.
    """
    unknown = tuple(Message(0, 1, sentence, "option") for sentence in asked.unknown)
    if asked.options.mode == "off":
        return Rendered(Kind.OFF, {}, messages=unknown)
    if settings.fences == "marked" and not asked.marked:
        return Rendered(Kind.FRAGMENT, {}, messages=unknown)
    try:
        rendered = _render(text, asked, settings, identity)
    except Exception as error:  # noqa: BLE001 - our own bug must not cost the author the page
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({where.name}, {where.filename}:{where.lineno})"
        problem = (Message(0, 1, f"gomem failed here, please report it: {said}", "failed"),)
        rendered = Rendered(Kind.FAILED, {}, messages=problem if asked.marked else ())
    return replace(rendered, messages=(*unknown, *rendered.messages))


def _render(text: str, asked: Asked, settings: Settings, identity: str) -> Rendered:
    completed = completion.complete(text)
    if completed.form is Form.ELIDED:
        return _problem(
            Kind.ELIDED,
            asked,
            identity,
            completed,
            "Not analysed: code is left out here",
            completed.errors,
        )
    if completed.form is Form.BROKEN:
        return _rejected(asked, identity, completed, completed.errors)
    if completed.form is not Form.PROGRAM and not asked.marked:
        return Rendered(Kind.FRAGMENT, {})
    file = SourceFile(_FILE, completed.text)
    fence = Fence((file,), options=asked.options, identity=identity)
    try:
        if completed.form is Form.DECLARATIONS:
            fragment, lesson = pipeline.declarations(fence, completed.lead)
            trace = None
        else:
            fragment, lesson, trace = pipeline.panel(fence, completed.lead)
    except Rejected as rejected:
        if rejected.unsupported or rejected.diagnostics[0].code == "import":
            return _problem(
                Kind.UNSUPPORTED, asked, identity, completed, "Not simulated", rejected.diagnostics
            )
        return _rejected(asked, identity, completed, rejected.diagnostics)
    messages: list[Message] = []
    if asked.marked and settings.claims != "off":
        messages += _claims(asked, lesson, trace)
    if asked.marked and trace is not None:
        messages += _ending(asked, completed, trace)
    kind = Kind.FRAGMENT if completed.form is Form.DECLARATIONS else Kind.PANEL
    below = fragment.panel if asked.options.mode == "panel" else ""
    return Rendered(kind, fragment.badges, below, tuple(messages))


def _claims(asked: Asked, lesson: Lesson, trace: Trace | None) -> list[Message]:
    """Hold `expect` against what is so."""
    try:
        claims = _parsed(asked)
    except ValueError as error:
        return [Message(0, 1, f"expect: {error}", "claim")]
    false = claims_room.check(claims, lesson.rows, trace, lesson.objects)
    messages = [Message(0, 1, f"expect: {sentence}", "claim") for sentence in false]
    if any(claim.subject == "error" for claim in claims):
        messages.append(Message(0, 1, "expect: error: the program compiles", "claim"))
    return messages


def _ending(asked: Asked, completed: Completed, trace: Trace) -> list[Message]:
    """Warn of an ending that is no plain exit, unless the author speaks of endings."""
    outcome = trace.outcome
    if outcome.ending is Ending.EXITED and not outcome.status:
        return []
    with suppress(ValueError):
        if any(claim.subject in (*claims_room.OUTCOMES, "exit") for claim in _parsed(asked)):
            return []
    return [_outcome(outcome, completed)]


def _outcome(outcome: Outcome, completed: Completed) -> Message:
    """Word an ending that nobody announced, and how to announce it."""
    names = {ending: name for name, ending in claims_room.OUTCOMES.items()}
    word = names.get(outcome.ending, f"exit:{outcome.status}")
    if outcome.ending is Ending.STOPPED:
        said = f"the program was stopped at the limit of {outcome.message}"
    else:
        said = f"the program ends with: {outcome.message or f'exit status {outcome.status}'}"
    line, column = _at(outcome.pos, completed)
    text = f'{said} (if that is meant, write expect="{word}")'
    return Message(line, column, text, "outcome")


def _parsed(asked: Asked) -> list[claims_room.Claim]:
    return [claim for text in asked.options.expect for claim in claims_room.parse(text)]


def _rejected(
    asked: Asked, identity: str, completed: Completed, errors: tuple[Diagnostic, ...]
) -> Rendered:
    """Show compile errors under a marked fence, unless its author announced them."""
    if not asked.marked:
        return Rendered(Kind.REJECTED, {})
    lines = _spelled(errors, completed)
    below = page_room.render_problem(identity, "What the compiler says", lines, "")
    announced = _announced(asked, errors)
    if announced is None:
        first = errors[0]
        line, column = _at(first.pos, completed)
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        message = Message(line, column, f"{first.message}{more}", first.code)
        return Rendered(Kind.REJECTED, {}, below, (message,))
    problems = (Message(0, 1, announced, "claim"),) if announced else ()
    return Rendered(Kind.REJECTED, {}, below, problems)


def _announced(asked: Asked, errors: tuple[Diagnostic, ...]) -> str | None:
    """Compare with `expect="error:…"`: none when not announced, else what is wrong with it."""
    try:
        claims = _parsed(asked)
    except ValueError as error:
        return f"expect: {error}"
    wanted = [claim for claim in claims if claim.subject == "error"]
    if not wanted:
        return None
    try:
        found = any(re.search(wanted[0].value, error.message) for error in errors)
    except re.error as problem:
        return f"expect: {wanted[0].value} is no regular expression: {problem}"
    return "" if found else f"expect: {wanted[0]}: the errors are: {errors[0].message}"


def _problem(
    kind: Kind,
    asked: Asked,
    identity: str,
    completed: Completed,
    title: str,
    errors: tuple[Diagnostic, ...],
) -> Rendered:
    """Name, under a marked fence, what keeps it from having a panel."""
    if not asked.marked:
        return Rendered(kind, {})
    first = errors[0] if errors else Diagnostic("elided", NO_POS, "code is left out")
    out = first.help or _WAY_OUT
    below = page_room.render_problem(identity, title, _spelled(errors[:10], completed), out)
    line, column = _at(first.pos, completed)
    return Rendered(kind, {}, below, (Message(line, column, _said(first), first.code),))


def _spelled(errors: tuple[Diagnostic, ...], completed: Completed) -> tuple[str, ...]:
    lines = []
    for error in errors[:10]:
        line, column = _at(error.pos, completed)
        lines.append(f"{line}:{column}: {error.message}" if line else _said(error))
        lines += [f"    {note}" for note in error.notes]
    if len(errors) > 10:
        lines.append("too many errors")
    return tuple(lines)


def _said(error: Diagnostic) -> str:
    """Add where in the library it is, to what does not stand in the author's text."""
    name = file_of(error.pos)
    if name in ("", _FILE):
        return error.message
    return f"{error.message} ({name.removeprefix('$GOROOT/src/')}:{line_of(error.pos)})"


def _at(pos: Pos, completed: Completed) -> tuple[int, int]:
    """Return line and column in the author's text; the fence's first line for places elsewhere."""
    return completed.place(pos) if file_of(pos) == _FILE else (0, 1)
