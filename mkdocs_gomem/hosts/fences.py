"""A Go fence, or a group of them, in; what the page shows out: panel, box or nothing, and messages.

The same rules for every host. An unmarked fence never causes a warning, an error box or a changed
look unless it becomes a panel. Nothing raised by the rooms gets past `render`: our own bug must not
cost the author the page.

Not here: options (`options`), the files that the code makes (`programs`), Markdown (`markdown`),
MkDocs (`mkdocs`), caching (`cache`).
"""

from __future__ import annotations

import re
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

from mkdocs_gomem import hosts, pipeline
from mkdocs_gomem.hosts import programs
from mkdocs_gomem.hosts.completion import Form
from mkdocs_gomem.hosts.options import Asked, Kind, Message, Rendered, Settings, merge
from mkdocs_gomem.hosts.programs import Block, Complaint, Program
from mkdocs_gomem.lean import dataclass, replace
from mkdocs_gomem.lesson import claims as claims_room
from mkdocs_gomem.lesson import page as page_room
from mkdocs_gomem.machine.trace import Ending, stopped
from mkdocs_gomem.source import (
    NO_POS,
    Diagnostic,
    Fence,
    Pos,
    Rejected,
    file_index,
    file_of,
    line_of,
    make_pos,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mkdocs_gomem.lesson.scenes import Lesson
    from mkdocs_gomem.machine.trace import Outcome, Trace

_HEAD = '<i class="gomem-file"></i>'
"""Marks a line that names a file of an archive."""


def render(text: str, asked: Asked, settings: Settings, identity: str) -> Rendered:
    """Make what a page shows for a fence; never raises.

    Args:
        text: the code, dedented.
        asked: the fence's options.
        settings: the site's.
        identity: prefix of the panel's ids.
    """
    unknown = _unknown([asked])
    if asked.options.mode == "off":
        return Rendered(Kind.OFF, {}, messages=unknown)
    if settings.fences == "marked" and not asked.marked:
        return Rendered(Kind.FRAGMENT, {}, messages=unknown)
    rendered = _guarded([(text, asked)], asked, settings, identity)
    return replace(rendered, messages=(*unknown, *rendered.messages))


def render_group(
    members: Sequence[tuple[str, Asked]], settings: Settings, identity: str
) -> Rendered:
    """Make what a page shows for the fences of a group, which are one program; never raises.

    Args:
        members: code and options of each fence, in the order of the page.
        settings: the site's.
        identity: prefix of the panel's ids.
    """
    several = [asked for _, asked in members]
    asked, told = merge(several, settings)
    if len(members) == 1:
        text = (
            f'group="{asked.group}": no other fence of this page is in this group: leave it out, '
            "or give the program's other fences the same name"
        )
        told.append(Message(0, 1, text, "group"))
    rendered = _guarded(members, asked, settings, identity)
    return replace(rendered, messages=(*_unknown(several), *told, *rendered.messages))


def _unknown(several: Sequence[Asked]) -> tuple[Message, ...]:
    return tuple(
        Message(0, 1, sentence, "option", block)
        for block, asked in enumerate(several, 1)
        for sentence in asked.unknown
    )


def _guarded(
    members: Sequence[tuple[str, Asked]], asked: Asked, settings: Settings, identity: str
) -> Rendered:
    try:
        program = programs.make([Block(text, each.is_archive) for text, each in members])
        return _Rendering(program, members, asked, settings, identity).rendered()
    except Exception as error:  # noqa: BLE001 - our own bug must not cost the author the page
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({where.name}, {where.filename}:{where.lineno})"
        problem = (Message(0, 1, f"gomem failed here, please report it: {said}", "failed"),)
        return Rendered(Kind.FAILED, {}, messages=problem if asked.marked else ())


@dataclass(frozen=True, slots=True)
class _Rendering:
    """One program on its way to the page."""

    program: Program
    members: Sequence[tuple[str, Asked]]
    asked: Asked
    """The options of all its fences."""
    settings: Settings
    identity: str

    def rendered(self) -> Rendered:
        """Run the program if it is one; say what is wrong if it is not."""
        program = self.program
        if program.complaint is not None:
            return self.unfit(program.complaint)
        if program.form is Form.ELIDED:
            return self.problem(Kind.ELIDED, "Not analysed: code is left out here", program.errors)
        if program.form is Form.BROKEN:
            out = programs.KEEP_OUT if len(self.members) > 1 else ""
            return self.rejected(program.errors, out)
        if program.form is not Form.PROGRAM and not self.asked.marked:
            return Rendered(Kind.FRAGMENT, {})
        fence = Fence(program.files, self.asked.options, self.identity, program.places)
        try:
            if program.form is Form.DECLARATIONS:
                fragment, lesson = pipeline.declarations(fence)
                trace = None
            else:
                fragment, lesson, trace = pipeline.panel(fence)
        except Rejected as rejected:
            if rejected.unsupported or rejected.diagnostics[0].code == "import":
                return self.problem(Kind.UNSUPPORTED, "Not simulated", rejected.diagnostics)
            return self.rejected(rejected.diagnostics)
        messages: list[Message] = []
        if self.asked.marked and self.settings.claims != "off":
            messages += self.claims(lesson, trace)
        if self.asked.marked and trace is not None:
            messages += self.ending(trace)
        kind = Kind.FRAGMENT if program.form is Form.DECLARATIONS else Kind.PANEL
        below = fragment.panel if self.asked.options.mode == "panel" else ""
        return Rendered(kind, self.marked(fragment.badges), below, tuple(messages))

    def marked(self, badges: Mapping[int, Mapping[int, str]]) -> Mapping[int, Mapping[int, str]]:
        """Add to the badges what marks the lines that name a file."""
        found = {block: dict(lines) for block, lines in badges.items()}
        for block, line in self.program.heads:
            found.setdefault(block, {})[line] = _HEAD
        return found

    # --- what must be true of it

    def claims(self, lesson: Lesson, trace: Trace | None) -> list[Message]:
        """Hold `expect` of each fence against what is so."""
        messages: list[Message] = []
        for block, (_, asked) in enumerate(self.members, 1):
            try:
                claims = _parsed(asked)
            except ValueError as error:
                messages.append(Message(0, 1, f"expect: {error}", "claim", block))
                continue
            false = claims_room.check(claims, lesson.rows, trace, lesson.objects)
            if any(claim.subject == "error" for claim in claims):
                false.append("error: the program compiles")
            messages += [Message(0, 1, f"expect: {said}", "claim", block) for said in false]
        return messages

    def ending(self, trace: Trace) -> list[Message]:
        """Warn of an ending that is no plain exit, unless the author speaks of endings."""
        outcome = trace.outcome
        if outcome.ending is Ending.EXITED and not outcome.status:
            return []
        with suppress(ValueError):
            if any(c.subject in (*claims_room.OUTCOMES, "exit") for c in _parsed(self.asked)):
                return []
        return [self.message(outcome.pos, _outcome(outcome), "outcome")]

    def announced(self, errors: tuple[Diagnostic, ...]) -> tuple[Message, ...] | None:
        """Compare errors with `expect="error:…"`: none when not announced, else what is wrong."""
        wanted = False
        for block, (_, asked) in enumerate(self.members, 1):
            try:
                claims = [claim for claim in _parsed(asked) if claim.subject == "error"]
            except ValueError as error:
                return (Message(0, 1, f"expect: {error}", "claim", block),)
            for claim in claims:
                wanted = True
                if said := _unmet(claim, errors):
                    return (Message(0, 1, said, "claim", block),)
        return () if wanted else None

    # --- why there is no panel

    def rejected(self, errors: tuple[Diagnostic, ...], out: str = "") -> Rendered:
        """Show compile errors under a marked fence, unless its author announced them."""
        if not self.asked.marked:
            return Rendered(Kind.REJECTED, {})
        lines = self.spelled(errors)
        below = page_room.render_problem(self.identity, "What the compiler says", lines, out)
        announced = self.announced(errors)
        if announced is not None:
            return Rendered(Kind.REJECTED, {}, below, announced)
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        said = f"{self.said(first)}{more}{'. ' if out else ''}{out}"
        message = self.message(first.pos, said, first.code)
        return Rendered(Kind.REJECTED, {}, below, (message,))

    def problem(self, kind: Kind, title: str, errors: tuple[Diagnostic, ...]) -> Rendered:
        """Name, under a marked fence, what keeps it from having a panel."""
        if not self.asked.marked:
            return Rendered(kind, {})
        first = errors[0] if errors else Diagnostic("elided", NO_POS, "code is left out")
        lines = self.spelled(errors[:10])
        several = len(self.members) > 1
        out = first.help or (programs.KEEP_OUT if several else hosts.WAY_OUT)
        below = page_room.render_problem(self.identity, title, lines, out)
        said = self.said(first)
        if several:
            said = f"the group is {title[0].lower()}{title[1:]}: {said}. {out}"
        return Rendered(kind, {}, below, (self.message(first.pos, said, first.code),))

    def unfit(self, complaint: Complaint) -> Rendered:
        """Say, under a marked fence, why its parts are no program."""
        kind = Kind.UNSUPPORTED if complaint.refused else Kind.REJECTED
        if not self.asked.marked:
            return Rendered(kind, {})
        block, line, column = complaint.place
        where = f"block {block}, {line}:{column}" if len(self.members) > 1 else f"{line}:{column}"
        lines = (f"{where}: {complaint.message}",)
        title = "Not simulated" if complaint.refused else "Not one program"
        below = page_room.render_problem(self.identity, title, lines, complaint.help)
        code = "unsupported" if complaint.refused else "group"
        text = f"{complaint.message}. {complaint.help}"
        return Rendered(kind, {}, below, (Message(line, column, text, code, block),))

    # --- places

    def spelled(self, errors: tuple[Diagnostic, ...]) -> tuple[str, ...]:
        """Write errors as readers see them, with places of their own code."""
        lines = []
        for error in errors[:10]:
            ours = self.is_ours(error.pos)
            where = f"{self.program.places.prefix(error.pos)}: " if ours else ""
            lines.append(f"{where}{self.said(error)}")
            lines += [f"    {note}" for note in error.notes]
        if len(errors) > 10:
            lines.append("too many errors")
        return tuple(lines)

    def said(self, error: Diagnostic) -> str:
        """Word an error, with the places in it as readers know them.

        To what does not stand in the author's text, where in the library it is is added.
        """
        name = file_of(error.pos)
        text = error.message
        for file in self.program.files:
            text = re.sub(rf"(?<![\w/]){re.escape(file.name)}:(\d+):(\d+)", self.placed, text)
        if not name or self.is_ours(error.pos):
            return text
        return f"{text} ({name.removeprefix('$GOROOT/src/')}:{line_of(error.pos)})"

    def placed(self, spelled: re.Match[str]) -> str:
        """Write a place that a message names as readers know it."""
        file, line, column = spelled[0].rsplit(":", 2)
        return self.program.places.prefix(make_pos(file_index(file), int(line), int(column)))

    def message(self, pos: Pos, text: str, code: str) -> Message:
        """Make a message about a place; the first line of the last fence stands for others."""
        if not self.is_ours(pos):
            return Message(0, 1, text, code, len(self.members))
        stretch = self.program.places.stretch(pos)
        block, line, column = self.program.places.place(pos)
        if stretch is not None and stretch.name:
            text = f"{stretch.name}: {text}"
        return Message(line, column, text, code, block)

    def is_ours(self, pos: Pos) -> bool:
        """Say whether a place is in the author's code."""
        return self.program.places.stretch(pos) is not None


def _outcome(outcome: Outcome) -> str:
    """Word an ending that nobody announced, and how to announce it."""
    names = {ending: name for name, ending in claims_room.OUTCOMES.items()}
    word = names.get(outcome.ending, f"exit:{outcome.status}")
    if outcome.ending is Ending.STOPPED:
        said = f"the program was stopped ({outcome.message}): {stopped(outcome)}"
    else:
        said = f"the program ends with: {outcome.message or f'exit status {outcome.status}'}"
    return f'{said} (if that is meant, write expect="{word}")'


def _parsed(asked: Asked) -> list[claims_room.Claim]:
    return [claim for text in asked.options.expect for claim in claims_room.parse(text)]


def _unmet(claim: claims_room.Claim, errors: tuple[Diagnostic, ...]) -> str:
    """Say what is wrong with a claim about errors; empty when one matches."""
    try:
        found = any(re.search(claim.value, error.message) for error in errors)
    except re.error as problem:
        return f"expect: {claim.value} is no regular expression: {problem}"
    return "" if found else f"expect: {claim}: the errors are: {errors[0].message}"
