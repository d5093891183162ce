"""The Markdown extension: Go fences become highlighted code with badges and a panel.

Hooks into superfences as custom fences named `go`, `golang` and `Go`, the one hook that is right
everywhere a fence can stand (ecosystem notes, section a). The default highlighter does the code, so
titles, line numbers, annotations and copy buttons stay; the panel stands inside the code's element.

Traps minded here: superfences swallows exceptions and then eats the page, so nothing may escape;
it rejects a header whose validator leaves anything in `attrs`, so every key is taken; a formatter
is called for fences that are later thrown away or stand in an HTML comment. So a fence leaves a
mark in the text, and only what is found in the finished page is shown, counted and reported.
The fences of a group are one program, which is known when all of them have been found there: then
it is made, and its badges and panel take the places of the marks.

Imports neither MkDocs nor Zensical; nor the compiler, unless a fence is not in the cache.
"""

from __future__ import annotations

import bisect
import difflib
import hashlib
import re
from typing import TYPE_CHECKING, Any

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from pymdownx.superfences import SuperFencesCodeExtension, SuperFencesException

from mkdocs_gomem.hosts import headers
from mkdocs_gomem.hosts.assets import SCRIPT, STYLE, asset_text
from mkdocs_gomem.hosts.cache import Cache
from mkdocs_gomem.hosts.options import (
    ARCHIVE,
    HIGHLIGHT_KEYS,
    KEYS,
    LANGUAGES,
    Asked,
    Kind,
    Message,
    Rendered,
    Settings,
    ask,
)
from mkdocs_gomem.hosts.stock import GoFences, is_superfences
from mkdocs_gomem.lean import dataclass, field, override, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_OPTION = "gomem-asked"
_MARK = re.compile("\x02(gomem-[\\w-]+)(?:\\.(\\d+))?\x03")
"""Stands in the text where a panel will; characters that Markdown keeps for such purposes.

With a number it stands in a fence of a group, for the badges of that line; 0 is for its block.
"""
_SLOT = re.compile(r'<gomem-slot id="([\w-]+)"></gomem-slot>')
"""Stands in the page for a host that fills panels in when everybody else has read the page."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One fence of a group, in a finished page."""

    panel: str
    """Identity of the last fence, under which the panel stands."""
    block: int
    """Which one it is, from 1."""
    blocks: int
    """How many there are."""


@dataclass(slots=True)
class Context:
    """What the fences of a page share; the MkDocs plugin keeps one for the whole site."""

    settings: Settings = field(default_factory=Settings)
    page: str = ""
    """Path of the page, as warnings name it."""
    text: str = ""
    """The page's Markdown, to find the line of a fence."""
    first_line: int = 1
    """Line of the file on which `text` begins (after front matter)."""
    marked: bool = False
    """The page's front matter marks all its fences."""
    report: Callable[[str], None] = lambda _: None
    """Takes one warning, already with its place."""
    note: Callable[[str], None] = lambda _: None
    """Takes what is worth knowing and no warning."""
    cache: Cache = field(default_factory=Cache)
    slots: bool = False
    """Leave slots for the panels; else panels, style and script are written into the text."""
    rendered: dict[str, Rendered] = field(default_factory=dict)
    """Identity of each fence → what became of it; of a group, its last fence has it all."""
    members: dict[str, tuple[str, Asked]] = field(default_factory=dict)
    """Identity of each fence of a group → its code and options."""
    parts: dict[str, Part] = field(default_factory=dict)
    """Identity of each fence of a group that stands in a finished page → its part in it."""
    beginnings: set[tuple[str, ...]] = field(default_factory=set)
    """The code of the first fences, but not all, of each group that has been seen."""
    counts: dict[str, Kind] = field(default_factory=dict)
    """Identity of each fence that stands in a finished page → what became of it."""
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    """Warnings given: a piece of a page may be rendered twice."""
    _waiting: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Identity → warnings that are given once the fence is seen in the page."""

    def begin_site(self) -> None:
        """Forget the build before, not what is in the cache."""
        for remembered in (self.rendered, self.members, self.parts, self.counts, self.seen):
            remembered.clear()
        self._waiting.clear()
        self.beginnings.clear()
        self.said.clear()

    def begin(self, page: str, text: str, first_line: int, *, marked: bool) -> None:
        """Start a page: identities and places count from its top."""
        self.page, self.text, self.first_line, self.marked = page, text, first_line, marked
        for key in [key for key in self.seen if key[0] == page]:
            del self.seen[key]

    def identity(self, source: str) -> str:
        """Name a fence by its page and content, with a number when it stands there again."""
        digest = hashlib.blake2b(source.encode(), digest_size=4).hexdigest()
        page = self.page.removesuffix(".md").lower()
        parts = [re.sub(r"[^a-z0-9]+", "-", part).strip("-") for part in page.split("/")]
        slug = "--".join(part for part in parts if part) or "page"
        if re.search(r"[^a-z0-9/.-]", page):
            slug += "-" + hashlib.blake2b(page.encode(), digest_size=2).hexdigest()
        count = self.seen[self.page, digest] = self.seen.get((self.page, digest), 0) + 1
        return f"gomem-{slug}-{digest}" + (f"-n{count}" if count > 1 else "")

    def render(self, source: str, asked: Asked) -> tuple[Rendered, str]:
        """Make what the page shows for a fence of its own, and its identity."""
        asked = self._marked(asked)
        identity = self.identity(source)
        member = (source, asked)
        found = self.cache.get([member], self.settings, identity)
        if found is None:
            # Loads the whole compiler, which a build without a new fence never needs.
            from mkdocs_gomem.hosts import fences  # noqa: PLC0415

            found = fences.render(source, asked, self.settings, identity)
            self.cache.put([member], self.settings, identity, found)
        self.rendered[identity] = found
        # The same code may have been in a group when this page was rendered before.
        self.members.pop(identity, None)
        self.parts.pop(identity, None)
        self._waiting[identity] = tuple(place(self, source, identity, m) for m in found.messages)
        return found, identity

    def join(self, source: str, asked: Asked) -> str:
        """Take note of a fence that may be one of a group, and return its identity."""
        identity = self.identity(source)
        self.members[identity] = (source, self._marked(asked))
        return identity

    def unite(self, identities: Sequence[str]) -> None:
        """Make the program of a group's fences, now that the page has them all in this order."""
        members = [self.members[identity] for identity in identities]
        last = identities[-1]
        if self._is_excerpt(identities):
            self.rendered.update(dict.fromkeys(identities, Rendered(Kind.PART, {})))
            self.parts.update(dict.fromkeys(identities, Part(last, 1, 1)))
            return
        code = tuple(source for source, _ in members)
        self.beginnings.update(code[:count] for count in range(1, len(code)))
        found = self.cache.get(members, self.settings, last)
        if found is None:
            from mkdocs_gomem.hosts import fences  # noqa: PLC0415 - as in `render`

            found = fences.render_group(members, self.settings, last)
            self.cache.put(members, self.settings, last, found)
        for block, identity in enumerate(identities, 1):
            self.parts[identity] = Part(last, block, len(identities))
            self.rendered[identity] = found if identity == last else Rendered(Kind.PART, {})
        self._waiting[last] = tuple(
            place(self, members[m.block - 1][0], identities[m.block - 1], m) for m in found.messages
        )

    def _is_excerpt(self, identities: Sequence[str]) -> bool:
        """Say whether these are the first fences of a known group, shown again by another page.

        A blog shows the beginning of each post in its list of posts.
        """
        code = tuple(self.members[identity][0] for identity in identities)
        return code in self.beginnings and not any(
            locate(self, self.members[identity][0], identity)[0] for identity in identities
        )

    def _marked(self, asked: Asked) -> Asked:
        marks = self.marked and not asked.is_archive
        return replace(asked, marked=True) if marks and not asked.marked else asked

    def shown(self, identity: str) -> Rendered:
        """Take note that a fence stands in a finished page."""
        rendered = self.rendered[identity]
        self.counts[identity] = rendered.kind
        for message in self._waiting.pop(identity, ()):
            self.warn(message)
        return rendered

    def warn(self, message: str) -> None:
        """Report a warning, once."""
        if message not in self.said:
            self.said.add(message)
            self.report(message)

    def fill(self, html: str) -> str:
        """Put the panels into their slots."""

        def panel(slot: re.Match[str]) -> str:
            rendered = self.rendered.get(slot[1])
            return rendered.below if rendered is not None else ""

        return _SLOT.sub(panel, html)


class GomemExtension(Extension):
    """`markdown_extensions: - gomem`; inside MkDocs the plugin of that name adds it by itself."""

    def __init__(self, context: Context | None = None, **options: Any) -> None:
        self.config = {
            "fences": ["programs", "which fences get a panel: programs, marked or all"],
        }
        super().__init__(**options)
        self.context = context or Context(settings=Settings(fences=self.getConfig("fences")))

    @override
    def extendMarkdown(self, md: Markdown) -> None:
        """Register with superfences as late as possible: the order of extensions is free."""
        md.preprocessors.register(_Register(md, self.context), "gomem", 26)
        md.postprocessors.register(_Finish(md, self.context), "gomem", 0)


class _Register(Preprocessor):
    """Adds our fences to superfences once all extensions are loaded, before its own work begins."""

    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context
        self.fence: _Fence | None = None
        self.stock: GoFences | None = None
        self.alone = False

    @override
    def run(self, lines: list[str]) -> list[str]:
        """Register, unless that is done; look at headers that superfences would not read."""
        first = self.fence is None
        if self.fence is None:
            self.fence = self._register()
        if not self.context.page:
            self.context.begin("", "\n".join(lines), 1, marked=False)
        self._check_headers(lines, self.fence)
        if self.stock is not None or (first and self.alone):
            lines = list(self.fence.block.run(lines))
        return lines

    def _register(self) -> _Fence:
        registered = self.md.preprocessors
        if "fenced_code_block" not in registered:
            # Nothing reads fences here: whoever asks for gomem wants them read. Markdown has begun
            # with its list of preprocessors, so the first page needs a push.
            self.alone = True
            SuperFencesCodeExtension().extendMarkdown(self.md)
        block: Any = registered["fenced_code_block"]
        if not is_superfences(block):
            self.stock = GoFences(self.md, block)
            block = self.stock.block
        fence = _Fence(self.context, block.extension, block, self.stock)
        for name in (*LANGUAGES, ARCHIVE):
            block.extension.extend_super_fences(name, fence.format, fence.validate, None)
        return fence

    def _check_headers(self, lines: list[str], fence: _Fence) -> None:
        """Name headers that superfences cannot read; to a site that never asked, quietly."""
        context = self.context
        for header in headers.unreadable(lines, self.md.tab_length, fence.accepts):
            at = header_place(context, header)
            said = (
                f"{at}: superfences cannot read this first line, and takes what follows the block "
                f"for code: write {header.repaired} [gomem-header]"
            )
            if header.ours or context.marked or context.settings.fences == "all":
                context.warn(said)
            else:
                context.note(said)


@dataclass(slots=True)
class _Fence:
    """Validator and formatter of our custom fences."""

    context: Context
    extension: Any
    block: Any
    stock: GoFences | None
    braces: bool = False
    """The header at hand is `{...}`, where every key is an attribute of the page."""

    def __post_init__(self) -> None:
        handle_attrs = self.block.handle_attrs

        def handle(match: re.Match[str]) -> bool:
            self.braces = True
            try:
                return bool(handle_attrs(match))
            finally:
                self.braces = False

        self.block.handle_attrs = handle

    def accepts(self, language: str, options: Mapping[str, str]) -> bool:
        """Say whether superfences takes a header that it can read."""
        if language in LANGUAGES or (language == ARCHIVE and not options.keys().isdisjoint(KEYS)):
            return True
        return any(_takes(entry, language, options, self.block.md) for entry in self._entries())

    def validate(
        self,
        language: str,
        inputs: Mapping[str, str],
        options: dict[str, Any],
        attrs: dict[str, str],
        md: Markdown,
    ) -> bool:
        """Take every key of the header, so that no typo makes superfences eat the page."""
        self.block.get_hl_settings()
        given = {key: str(value) for key, value in inputs.items()}
        foreign = {k: v for k, v in given.items() if self.braces and not _is_known(k)}
        own = {k: v for k, v in given.items() if k not in foreign}
        asked = ask(own, self.context.settings, language)
        if asked.is_archive and not asked.marked:
            return False
        if (not asked.marked or asked.unknown) and self._someone_else(language, inputs, md):
            return False
        shown = {k: v for k, v in given.items() if k in HIGHLIGHT_KEYS}
        unusable: dict[str, str] = {}
        if self.stock is None:
            self.extension.superfences[0]["validator"](language, shown, options, unusable, md)
        else:
            options.update(shown)
        if unusable and self.block.use_pygments:
            said = (
                f'{key}="{value}" says nothing to the highlighter'
                for key, value in unusable.items()
            )
            asked = replace(asked, unknown=(*asked.unknown, *said))
        if self.braces:
            attrs.update(foreign)
        options[_OPTION] = asked
        return True

    def _entries(self) -> list[dict[str, Any]]:
        return [e for e in self.extension.superfences if e["formatter"] != self.format]

    def _someone_else(self, language: str, inputs: Mapping[str, str], md: Markdown) -> bool:
        """Say whether another extension's custom fence accepts this header."""
        return any(
            _takes(entry, language, inputs, md, braces=self.braces)
            for entry in self._entries()
            if entry is not self.extension.superfences[0]
        )

    def format(
        self,
        src: str = "",
        language: str = "",
        options: dict[str, Any] | None = None,
        md: Markdown | None = None,
        **kwargs: Any,
    ) -> str | None:
        """Highlight the code as it would be without us, and add badges and panel."""
        options = dict(options or {})
        asked: Asked = options.pop(_OPTION)
        classes = list(kwargs.get("classes") or ())
        if "gomem" in classes:
            # `{ .go .gomem }`: the mark as a class; ours is the panel's.
            kwargs["classes"] = [name for name in classes if name != "gomem"]
            asked = replace(asked, marked=True)
        language = LANGUAGES[0] if asked.is_archive else language

        def highlighted() -> str:
            if self.stock is not None:
                return self.stock.highlight(src, language, options, **kwargs)
            formatter = self.extension.superfences[0]["formatter"]
            code: str = formatter(src=src, language=language, options=options, md=md, **kwargs)
            return code

        if asked.group and asked.options.mode != "off":
            return assemble_part(highlighted(), self.context.join(src, asked), src.count("\n") + 1)
        rendered, identity = self.context.render(src, asked)
        if self.stock is not None and not (rendered.badges or rendered.below):
            self.context.shown(identity)  # it leaves no mark to be found by
            return None
        return assemble(highlighted(), rendered, f"\x02{identity}\x03")


def _takes(
    entry: Mapping[str, Any],
    language: str,
    inputs: Mapping[str, str],
    md: Markdown,
    *,
    braces: bool = False,
) -> bool:
    """Say whether a fence of superfences accepts a header, as superfences finds out."""
    if not entry["test"](language):
        return False
    attrs: dict[str, str] = {}
    try:
        taken = entry["validator"](language, dict(inputs), {}, attrs, md)
    except SuperFencesException:
        raise
    except Exception:  # noqa: BLE001 - as superfences itself does with validators
        return False
    return bool(taken) and (braces or not attrs)


def _is_known(key: str) -> bool:
    """Say whether an attribute is one of ours, or a slip for one."""
    return bool(difflib.get_close_matches(key, (*KEYS, *HIGHLIGHT_KEYS), 1, cutoff=0.8))


# --- places


def place(context: Context, source: str, identity: str, message: Message) -> str:
    """Write a message with page, line and column, as the author's editor counts them."""
    page = context.page or "fence"
    line, indent = locate(context, source, identity)
    text = message.text.replace("\n\t", " ")
    if not line:
        at = f"{page}: in a Go fence, line {max(message.line, 1)}"
    elif message.line:
        number = line + message.line - 1
        column = _column(context, number, indent, source, message)
        at = f"{page}:{number}:{column}"
    else:
        raw = context.text.split("\n")[line - 1 - context.first_line]
        header = raw.lstrip("> \t")
        at = f"{page}:{line - 1}:{len(raw) - len(header) + 1}"
        if message.code == "option":
            text += f": write {headers.repaired(header.rstrip())}"
    return f"{at}: {text} [gomem-{message.code}]"


def locate(context: Context, source: str, identity: str) -> tuple[int, int]:
    """Find where a fence's code begins: line of the file, columns before it.

    (0, 0) where the page does not hold it: it came from a snippet or a docstring. The same code may
    stand on a page again; the identity tells which one is meant.
    """
    lines = [line.strip(" \t>") for line in context.text.expandtabs(4).split("\n")]
    wanted = [line.strip(" \t>") for line in source.split("\n")]
    again = re.search(r"-n(\d+)$", identity)
    nth = int(again[1]) if again else 1
    for number in range(1, len(lines) - len(wanted) + 1):
        if lines[number] != wanted[0] or lines[number : number + len(wanted)] != wanted:
            continue
        if not lines[number - 1].startswith(("```", "~~~")):
            continue
        nth -= 1
        if nth == 0:
            header = context.text.split("\n")[number - 1].expandtabs(4)
            return context.first_line + number, len(header) - len(header.lstrip("> "))
    return 0, 0


def header_place(context: Context, header: headers.Header) -> str:
    """Find a header in the page's file: the line that reads so, nearest to where it was met."""
    lines = context.text.split("\n")
    found = [k for k, line in enumerate(lines) if line.strip("> \t\r") == header.text]
    page = context.page or "page"
    if not found:
        return f"{page}: {header.text}"
    index = min(found, key=lambda k: abs(k - header.line))
    column = lines[index].index(header.text) + 1
    return f"{page}:{context.first_line + index}:{column}: {header.text}"


def _column(context: Context, number: int, indent: int, source: str, message: Message) -> int:
    """Return the byte column in the page's own line; superfences has made tabs into spaces."""
    code = source.split("\n")[message.line - 1] if message.line <= source.count("\n") + 1 else ""
    before = code.encode()[: message.column - 1].decode(errors="ignore")
    raw = context.text.split("\n")[number - context.first_line]
    wide = [len(raw[:k].expandtabs(4)) for k in range(len(raw) + 1)]
    at = min(bisect.bisect_left(wide, indent + len(before)), len(raw))
    return len(raw[:at].encode()) + 1


# --- the code's element


def assemble(code: str, rendered: Rendered, mark: str) -> str:
    """Put badges at the ends of lines, and the panel's mark into the code's element."""
    if not rendered.badges and not rendered.below:
        return code + mark
    return _framed(_mark_lines(code, rendered.badges.get(1, {})), mark)


def assemble_part(code: str, identity: str, lines: int) -> str:
    """Put marks where badges, panel and all else of a group's fence will stand."""
    badges = {line: f"\x02{identity}.{line}\x03" for line in range(1, lines + 1)}
    block = f' data-gomem="\x02{identity}.0\x03"'
    return _framed(_mark_lines(code, badges), f"\x02{identity}\x03", block)


def _framed(marked: str, mark: str, attribute: str = "") -> str:
    opened = re.sub(
        r'^(\s*<div [^>]*?class="[^"]*highlight)([^"]*")',
        rf"\1 gomem-fence\2{attribute}",
        marked,
        count=1,
    )
    if opened == marked:
        return f'<div class="gomem-fence"{attribute}>{marked}{mark}</div>'
    end = opened.rstrip().rfind("</div>")
    return f"{opened[:end]}{mark}{opened[end:]}"


def _handle(part: Part) -> str:
    """Write, at a fence's foot, which part of a program it is; the words are CSS's."""
    which = f"{part.block} of {part.blocks}"
    words = f"block {which}"
    if part.block < part.blocks:
        words += f", drawn below block {part.blocks}"
    return (
        f'<a class="gomem-part" href="#{part.panel}" data-w="{words}"'
        f' aria-label="Block {which} of one program: to its panel"></a>'
    )


def _mark_lines(code: str, badges: Mapping[int, str]) -> str:
    """Wrap each line of the code in an element, with its badges before the line's end."""
    match = re.search(r"<code([^>]*)>(.*?)</code>", code, flags=re.DOTALL)
    if match is None:
        return code
    body = match[2]
    ended = body.endswith("\n")
    # A highlighter that spans lines closes its span after the line's end: move the end inside.
    body = re.sub(r"\n((?:</span>)+)", r"\1\n", body)
    out = [
        f'<span class="gomem-l" data-l="{number}">{line}{badges.get(number, "")}\n</span>'
        for number, line in enumerate(_lines(body.removesuffix("\n")), 1)
    ]
    text = "".join(out)
    if not ended:
        text = text.removesuffix("\n</span>") + "</span>"
    # highlight.js, which stock themes run over all code, would take the badges away.
    attributes = re.sub(r'\s*class="language-[^"]*"', "", match[1])
    attributes = attributes if "class=" in attributes else f'{attributes} class="nohighlight"'
    return f"{code[: match.start()]}<code{attributes}>{text}</code>{code[match.end() :]}"


def _lines(body: str) -> Sequence[str]:
    """Split highlighted code into lines; a span over several lines is closed and opened again."""
    lines, open_tags = [], list[str]()
    for line in body.split("\n"):
        whole = "".join(open_tags) + line
        for tag in re.finditer(r"<(/?)span[^>]*>", line):
            if tag[1]:
                del open_tags[-1:]
            else:
                open_tags.append(tag[0])
        lines.append(whole + "</span>" * len(open_tags))
    return lines


class _Finish(Postprocessor):
    """Puts panels, or slots for them, where fences have left their marks in the finished text."""

    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context

    @override
    def run(self, text: str) -> str:
        """Fill in; a fence inside an HTML comment is none."""
        if "\x02gomem-" not in text:
            return text
        comments = [match.span() for match in _COMMENT.finditer(text)]
        marks = [
            mark
            for mark in _MARK.finditer(text)
            if not any(start < mark.start() < end for start, end in comments)
        ]
        self._unite(marks)
        present = {mark.start() for mark in marks}
        panels = 0

        def finished(mark: re.Match[str]) -> str:
            nonlocal panels
            if mark.start() not in present:
                return ""
            identity, line = mark[1], mark[2]
            part = self.context.parts.get(identity)
            if part is not None and line:
                badges = self.context.rendered[part.panel].badges.get(part.block, {})
                return badges.get(int(line), "") if line != "0" else f"{part.panel} {part.block}"
            rendered = self.context.shown(identity)
            panels += bool(rendered.badges or rendered.below)
            below = rendered.below
            if self.context.slots and below:
                below = f'<gomem-slot id="{identity}"></gomem-slot>'
            several = part is not None and part.blocks > 1
            if part is not None and several and self.context.rendered[part.panel].below:
                return _handle(part) + below
            return below

        text = _MARK.sub(finished, text)
        if not panels or self.context.slots:
            return text
        style, script = asset_text(STYLE), asset_text(SCRIPT)
        return f"{text}\n<style>{style}</style>\n<script>{script}</script>"

    def _unite(self, marks: Sequence[re.Match[str]]) -> None:
        """Find the groups of the page, and make their programs."""
        groups: dict[str, dict[str, None]] = {}
        for mark in marks:
            member = self.context.members.get(mark[1])
            if member is not None:
                groups.setdefault(member[1].group, {}).setdefault(mark[1])
        for identities in groups.values():
            self.context.unite(list(identities))


def makeExtension(**options: Any) -> GomemExtension:  # noqa: N802 - Markdown's own signature
    """Make the extension, for Markdown's look-up by name."""
    return GomemExtension(**options)
