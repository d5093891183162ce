"""One Markdown fence in, what its page shows out: options, kind of code, completion, outcome.

The same rules for every host. A fence is *marked* when its author asked for gomem; an unmarked
fence never causes a warning, an error box or a changed look unless it becomes a panel.

What a fence holds is tried, not guessed: a file, declarations or statements is what our parser
says parses as one. What is missing (package clause, imports of std packages, `main` around
statements) is put before the author's first line, on that line, so that line numbers stay the
author's; columns of that line are moved back.

Not here: Markdown (`markdown`), MkDocs (`mkdocs`), caching (`cache`).
"""

from __future__ import annotations

import difflib
import enum
import re
import traceback
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.lesson import claims as claims_room
from mkdocs_gomem.lesson import page as page_room
from mkdocs_gomem.machine.trace import Ending, Trace
from mkdocs_gomem.source import (
    PARTS,
    Diagnostic,
    Fence,
    Options,
    Pos,
    Rejected,
    SourceFile,
    column_of,
    line_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mkdocs_gomem.lesson.scenes import Lesson

LANGUAGES = ("go", "golang", "Go")
"""Names of fences that hold Go."""
KEYS = ("gomem", "show", "open", "step", "inlining", "questions", "expect")
"""Options of a fence that are ours."""
HIGHLIGHT_KEYS = ("title", "hl_lines", "linenums", "title_mode")
"""Options of pymdownx.highlight, handed on."""


class Kind(enum.Enum):
    """What became of a fence, for the one line that ends a build."""

    PANEL = "panels"
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
    """`programs`: whole programs get panels; `marked`: only marked fences; `all`: all are marked."""
    options: Options = Options()
    claims: str = "marked"
    """`off` checks no claims."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A fence's own options."""

    marked: bool
    options: Options
    unknown: tuple[str, ...] = ()
    """Sentences about options that nobody knows."""


@dataclass(frozen=True, slots=True)
class Message:
    """One warning for the author: a place in the fence's code and what is wrong there."""

    line: int
    """Line of the fence's code; 0 stands for the fence's first line."""
    column: int
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a page shows for a fence."""

    kind: Kind
    badges: Mapping[int, str]
    below: str = ""
    """HTML under the code: the panel, or the box that says why there is none."""
    messages: tuple[Message, ...] = ()


PLAIN = Rendered(Kind.FRAGMENT, {})


def ask(given: Mapping[str, str], settings: Settings) -> Asked:
    """Read a fence's options; whatever is not ours and not the highlighter's is named."""
    options, unknown = settings.options, []
    known = (*KEYS, *HIGHLIGHT_KEYS)
    for key, value in given.items():
        if key in HIGHLIGHT_KEYS or key.startswith("data-"):
            continue
        match key:
            case "gomem":
                mode = "panel" if value in ("", "gomem", "panel", "on", "true") else value
                if mode not in ("off", "marks", "panel"):
                    unknown.append(f'gomem="{value}" is not one of off, marks, panel')
                    continue
                options = replace(options, mode=mode)
            case "show" | "open":
                parts = tuple(part.strip() for part in value.split(",") if part.strip())
                wrong = [part for part in parts if part not in PARTS]
                if wrong:
                    unknown.append(f"{key}: no part {wrong[0]}; parts are {', '.join(PARTS)}")
                    continue
                options = (
                    replace(options, show=parts) if key == "show" else replace(options, open=parts)
                )
            case "step":
                options = replace(options, step=value)
            case "inlining":
                if value not in ("gc", "off"):
                    unknown.append(f'inlining="{value}" is not one of gc, off')
                    continue
                options = replace(options, inlining=value)
            case "questions":
                if not value.isdigit():
                    unknown.append(f'questions="{value}" is not a number')
                    continue
                options = replace(options, questions=int(value))
            case "expect":
                options = replace(options, expect=(value,))
            case _:
                near = difflib.get_close_matches(key, known, 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                unknown.append(f"option {key} is not known{hint}")
    marked = any(key in KEYS for key in given) or settings.fences == "all"
    return Asked(marked, options, tuple(unknown))


# --- kinds of code


class Form(enum.Enum):
    """What the text of a fence is."""

    PROGRAM = "program"
    DECLARATIONS = "declarations"
    STATEMENTS = "statements"
    ELIDED = "elided"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Completed:
    """A fence's text as a file that can be compiled."""

    form: Form
    text: bytes
    lead: int = 0
    """Bytes put before the first line."""
    errors: tuple[Diagnostic, ...] = ()
    """Syntax errors of the text as it stands, when it is broken."""


@cache
def _std_by_name() -> dict[str, str]:
    """Map a package's name to its import path, the shortest public one."""
    names: dict[str, str] = {}
    for path in sorted(pipeline.std_packages(), key=lambda path: (path.count("/"), path)):
        if not re.search(r"(^|/)(internal|vendor)(/|$)", path):
            names.setdefault(path.rpartition("/")[2], path)
    names.update({"rand": "math/rand", "template": "text/template"})
    return names


def complete(text: str) -> Completed:
    """Make a file of a fence's text, supplying what authors leave out."""
    source = text.encode()
    if re.search(r"^[ \t]*(//[^\n]*\n\s*|/\*.*?\*/\s*)*package[ \t]+\w", text, flags=re.DOTALL):
        tree, errors = _parse(source)
        if tree is not None and not errors:
            form = Form.PROGRAM if _has_main(tree) else Form.DECLARATIONS
            return Completed(form, source)
        return Completed(_broken(text), source, errors=errors)
    for form, head, tail in (
        (Form.DECLARATIONS, "", ""),
        (Form.STATEMENTS, "func main() { ", "\n}\n"),
    ):
        tree, errors = _parse(f"package main; {head}{text}{tail}".encode())
        if tree is None or errors:
            continue
        program = form is Form.STATEMENTS or _has_main(tree)
        name = "main" if program else "fragment"
        imports = "".join(f'import "{path}"; ' for path in _missing_imports(tree))
        lead = f"package {name}; {imports}{head}"
        if form is Form.DECLARATIONS and program:
            form = Form.PROGRAM
        return Completed(form, (lead + text + tail).encode(), len(lead.encode()))
    _, errors = _parse(f"package main; {text}".encode())
    return Completed(_broken(text), source, errors=errors)


def _broken(text: str) -> Form:
    elided = re.search(r"^\s*(//\s*)?(\.\.\.|…)\s*$|\{\s*(\.\.\.|…)\s*\}", text, flags=re.MULTILINE)
    return Form.ELIDED if elided else Form.BROKEN


def _parse(source: bytes) -> tuple[syntax.File | None, tuple[Diagnostic, ...]]:
    try:
        tree, errors = syntax.parse_tolerant(SourceFile("main.go", source))
    except Rejected as rejected:
        return None, rejected.diagnostics
    return tree, tuple(errors)


def _has_main(tree: syntax.File) -> bool:
    return tree.pkg_name.value == "main" and any(
        isinstance(decl, syntax.FuncDecl) and decl.name.value == "main" and decl.recv is None
        for decl in tree.decl_list
    )


def _missing_imports(tree: syntax.File) -> list[str]:
    """Find the std packages that a file uses without importing them, by unresolved qualifiers."""
    declared: set[str] = set()
    qualifiers: dict[str, None] = {}
    for decl in tree.decl_list:
        if isinstance(decl, syntax.ImportDecl):
            path = decl.path.value.strip('"`') if decl.path is not None else ""
            declared.add(
                decl.local_pkg_name.value if decl.local_pkg_name else path.rpartition("/")[2]
            )
    for node in _walk(tree):
        match node:
            case syntax.SelectorExpr(x=syntax.Name() as name):
                qualifiers.setdefault(name.value)
            case syntax.Field(name=syntax.Name() as name):
                declared.add(name.value)
            case syntax.VarDecl() | syntax.ConstDecl():
                declared.update(name.value for name in node.name_list)
            case syntax.TypeDecl() | syntax.FuncDecl():
                declared.add(node.name.value)
            case syntax.AssignStmt(lhs=lhs) if node.op == ":":
                declared.update(_names(lhs))
            case syntax.RangeClause(lhs=lhs) if node.def_ and lhs is not None:
                declared.update(_names(lhs))
            case syntax.TypeSwitchGuard(lhs=syntax.Name() as name):
                declared.add(name.value)
            case _:
                pass
    known = _std_by_name()
    return sorted(known[name] for name in qualifiers if name not in declared and name in known)


def _walk(node: syntax.Node) -> Iterator[syntax.Node]:
    yield node
    for _, child in syntax.children(node):
        yield from _walk(child)


def _names(lhs: syntax.Expr) -> list[str]:
    parts = lhs.elem_list if isinstance(lhs, syntax.ListExpr) else [lhs]
    return [part.value for part in parts if isinstance(part, syntax.Name)]


# --- rendering


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
    completed = complete(text)
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
        return PLAIN
    file = SourceFile("main.go", completed.text)
    fence = Fence((file,), options=asked.options, identity=identity)
    try:
        if completed.form is Form.DECLARATIONS:
            fragment, lesson = pipeline.declarations(fence, completed.lead)
            trace = None
        else:
            fragment, lesson, trace = pipeline.panel(fence, completed.lead)
    except Rejected as rejected:
        if rejected.unsupported:
            return _problem(
                Kind.UNSUPPORTED, asked, identity, completed, "Not simulated", rejected.diagnostics
            )
        return _rejected(asked, identity, completed, rejected.diagnostics)
    messages: list[Message] = []
    if asked.marked and settings.claims != "off":
        messages += _claims(asked, lesson, trace)
    kind = Kind.FRAGMENT if completed.form is Form.DECLARATIONS else Kind.PANEL
    below = fragment.panel if asked.options.mode == "panel" else ""
    return Rendered(kind, fragment.badges, below, tuple(messages))


def _claims(asked: Asked, lesson: Lesson, trace: Trace | None) -> list[Message]:
    """Hold `expect` against the run; an outcome that nobody announced is a warning too."""
    try:
        claims = [c for text in asked.options.expect for c in claims_room.parse(text)]
    except ValueError as error:
        return [Message(0, 1, f"expect: {error}", "claim")]
    false = claims_room.check(claims, lesson.rows, trace)
    messages = [Message(0, 1, f"expect: {sentence}", "claim") for sentence in false]
    if any(claim.subject == "error" for claim in claims):
        messages.append(Message(0, 1, "expect: error: the program compiles", "claim"))
    if trace is None:
        return messages
    outcome = trace.outcome
    plain = outcome.ending is Ending.EXITED and outcome.status == 0
    if not plain and not claims_room.names_outcome(claims, outcome.ending, outcome.status):
        name = {Ending.PANICKED: "panic", Ending.DEADLOCKED: "deadlock", Ending.STOPPED: "stopped"}
        word = name.get(outcome.ending, f"exit:{outcome.status}")
        said = f"the program ends with: {outcome.message or f'exit status {outcome.status}'}"
        messages.append(
            Message(
                line_of(outcome.pos),
                1,
                f'{said} (if that is meant, write expect="{word}")',
                "outcome",
            )
        )
    return messages


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
        line, column = _place(first.pos, completed)
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        message = Message(line, column, f"{first.message}{more}", first.code)
        return Rendered(Kind.REJECTED, {}, below, (message,))
    problems = (Message(0, 1, announced, "claim"),) if announced else ()
    return Rendered(Kind.REJECTED, {}, below, problems)


def _announced(asked: Asked, errors: tuple[Diagnostic, ...]) -> str | None:
    """Compare with `expect="error:…"`: none when not announced, else what is wrong with it."""
    try:
        claims = [c for text in asked.options.expect for c in claims_room.parse(text)]
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
    first = errors[0] if errors else Diagnostic("elided", Pos(0), "code is left out")
    out = first.help or 'To show the block without a panel, write `gomem="off"` in its first line.'
    below = page_room.render_problem(identity, title, _spelled(errors[:10], completed), out)
    line, column = _place(first.pos, completed)
    return Rendered(kind, {}, below, (Message(line, column, first.message, first.code),))


def _spelled(errors: tuple[Diagnostic, ...], completed: Completed) -> tuple[str, ...]:
    lines = []
    for error in errors[:10]:
        line, column = _place(error.pos, completed)
        lines.append(f"{line}:{column}: {error.message}")
        lines += [f"    {note}" for note in error.notes]
    if len(errors) > 10:
        lines.append("too many errors")
    return tuple(lines)


def _place(pos: Pos, completed: Completed) -> tuple[int, int]:
    """Return line and column in the author's own text."""
    line, column = line_of(pos), column_of(pos)
    return line, max(1, column - completed.lead) if line == 1 else column
