"""What the author of a fence asks for, what the site asks for, and what a fence became.

A fence's options in, `Asked` out. Plain data and the reading of it, importing nothing of the
compiler, so that a build in which every fence is known from before never loads it.

A fence is *marked* when its author asked for gomem; an unmarked fence never causes a warning, an
error box or a changed look unless it becomes a panel.
"""

from __future__ import annotations

import difflib
import enum
import re
from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass, field, replace
from mkdocs_gomem.source import PARTS, Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LANGUAGES = ("go", "golang", "Go")
"""Names of fences that hold Go."""
ARCHIVE = "txtar"
"""Name of fences that hold files, and Go only where one of our options says so."""
KEYS = ("gomem", "group", "show", "open", "step", "inlining", "questions", "expect")
"""Options of a fence that are ours."""
HIGHLIGHT_KEYS = ("title", "hl_lines", "linenums", "title_mode")
"""Options of pymdownx.highlight, handed on."""
MODES = ("off", "marks", "panel")
_BARE = ("", "gomem", "on", "true")
"""Values of `gomem` that say no more than that it is there."""


class Kind(enum.Enum):
    """What became of a fence, for the one line that ends a build."""

    PANEL = "panels"
    PART = "parts of groups"
    FRAGMENT = "fragments"
    REJECTED = "do not compile"
    UNSUPPORTED = "unsupported"
    ELIDED = "elided"
    FAILED = "failed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the site's configuration says of every fence."""

    fences: str = "programs"
    """`programs`: programs get panels; `marked`: only marked fences; `all`: all are marked."""
    options: Options = field(default_factory=Options)
    claims: str = "marked"
    """`off` checks no claims."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A fence's own options, over those of its page and site."""

    marked: bool
    options: Options
    unknown: tuple[str, ...] = ()
    """Sentences about options that nobody knows, or whose values nobody does."""
    group: str = ""
    """Fences of a page with the same one make one program; empty for a program of its own."""
    given: tuple[tuple[str, str], ...] = ()
    """What the fence itself says that may be said once for a whole group."""
    is_archive: bool = False
    """The text is a txtar archive."""


@dataclass(frozen=True, slots=True)
class Message:
    """One warning for the author: a place in the fence's code and what is wrong there."""

    line: int
    """Line of the fence's code; 0 stands for the fence's first line, where its options are."""
    column: int
    """Byte column, from 1."""
    text: str
    code: str
    block: int = 1
    """Which fence of its group, from 1."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a page shows for a fence."""

    kind: Kind
    badges: Mapping[int, Mapping[int, str]]
    """Fence of the group (1 for one that stands alone) → line of its code → its badges."""
    below: str = ""
    """HTML under the code, the last of a group: the panel, or why there is none."""
    messages: tuple[Message, ...] = ()


def ask(given: Mapping[str, str], settings: Settings, language: str = LANGUAGES[0]) -> Asked:
    """Read a fence's options; whatever is not ours and not the highlighter's is named."""
    options, unknown, shared = settings.options, list[str](), list[tuple[str, str]]()
    for key, value in given.items():
        try:
            options = _apply(options, key, value)
        except ValueError as error:
            unknown.append(str(error))
            continue
        # A bare `gomem` marks a fence and asks for nothing.
        if key in KEYS and key not in ("group", "expect") and value not in _BARE:
            shared.append((key, value))
    is_archive = language == ARCHIVE
    marked = any(key in KEYS for key in given) or (settings.fences == "all" and not is_archive)
    group = given.get("group", "").strip()
    return Asked(marked, options, tuple(unknown), group, tuple(shared), is_archive)


def merge(members: Sequence[Asked], settings: Settings) -> tuple[Asked, list[Message]]:
    """Make one of what the fences of a group ask for, and say where they contradict each other."""
    options, messages = settings.options, list[Message]()
    said: dict[str, tuple[str, int]] = {}
    for block, asked in enumerate(members, 1):
        for key, value in asked.given:
            first, where = said.setdefault(key, (value, block))
            if first != value:
                text = (
                    f'{key}="{value}", but block {where} of group="{asked.group}" has '
                    f'{key}="{first}": write it in one of them'
                )
                messages.append(Message(0, 1, text, "group", block))
            elif where == block:
                options = _apply(options, key, value)
                if value.startswith("line:"):
                    options = replace(options, step=f"{value}@{block}")
    expect = tuple(claims for asked in members for claims in asked.options.expect)
    first_one = members[0]
    return replace(first_one, marked=True, options=replace(options, expect=expect)), messages


def _apply(options: Options, key: str, value: str) -> Options:
    match key:
        case "gomem":
            mode = "panel" if value in _BARE else value
            return replace(options, mode=_one_of(key, mode, MODES))
        case "group":
            if not value.strip():
                raise ValueError('group="" has no name')
            return options
        case "show":
            return replace(options, show=_parts(key, value))
        case "open":
            return replace(options, open=_parts(key, value))
        case "step":
            if not re.fullmatch(r"last|\d+|line:\d+", value):
                raise ValueError(f'step="{value}" is not one of last, N, line:N')
            return replace(options, step=value)
        case "inlining":
            return replace(options, inlining=_one_of(key, value, ("gc", "off")))
        case "questions":
            if not (value.isascii() and value.isdigit()):
                raise ValueError(f'questions="{value}" is not a number')
            return replace(options, questions=int(value))
        case "expect":
            return replace(options, expect=(value,))
        case _ if key in HIGHLIGHT_KEYS or key.startswith("data-"):
            return options
        case _:
            near = difflib.get_close_matches(key, (*KEYS, *HIGHLIGHT_KEYS), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"option {key} is not known{hint}")


def _one_of(key: str, value: str, values: tuple[str, ...]) -> str:
    if value not in values:
        raise ValueError(f'{key}="{value}" is not one of {", ".join(values)}')
    return value


def _parts(key: str, value: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in value.split(",") if part.strip())
    for part in parts:
        if part not in PARTS:
            raise ValueError(f"{key}: no part {part}; parts are {', '.join(PARTS)}")
    return parts
