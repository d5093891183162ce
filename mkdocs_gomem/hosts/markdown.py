"""The Markdown extension: Go fences become highlighted code with badges and a panel.

Hooks into superfences as custom fences named `go`, `golang` and `Go`, the one hook that is right
everywhere a fence can stand (ecosystem notes, section a). The default highlighter does the code, so
titles, line numbers, annotations and copy buttons stay; the panel is appended inside its element.

Traps minded here: superfences swallows exceptions and then eats the page, so nothing may escape;
it rejects a header whose validator leaves anything in `attrs`, so every key is taken; a formatter
is called for fences that are later thrown away, so counting looks at the final HTML.

Imports neither MkDocs nor Zensical.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from pymdownx.superfences import SuperFencesException, highlight_validator

from typing_extensions import override

from mkdocs_gomem.hosts import fences
from mkdocs_gomem.hosts.cache import Cache
from mkdocs_gomem.hosts.fences import Asked, Kind, Message, Rendered, Settings
from mkdocs_gomem.lesson.page import asset_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPTION = "gomem-asked"


@dataclass(slots=True)
class Context:
    """What the fences of a page share; the MkDocs plugin keeps one for the whole site."""

    settings: Settings = field(default_factory=Settings)
    page: str = ""
    """Path of the page below docs_dir."""
    text: str = ""
    """The page's Markdown, to find the line of a fence."""
    first_line: int = 1
    """Line of the file on which `text` begins (after front matter)."""
    marked: bool = False
    """The page's front matter marks all its fences."""
    report: Callable[[str], None] = lambda _: None
    """Takes one warning, already with its place."""
    cache: Cache = field(default_factory=Cache)
    inline_assets: bool = True
    """Write style and script into each page that has a panel; off where the host adds files."""
    counts: dict[str, Kind] = field(default_factory=dict)
    """Identity of each fence of the site that was rendered → what became of it."""
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def begin(self, page: str, text: str, first_line: int, *, marked: bool) -> None:
        """Start a page: identities and places count from its top."""
        self.page, self.text, self.first_line, self.marked = page, text, first_line, marked
        self.seen = {key: count for key, count in self.seen.items() if key[0] != page}

    def identity(self, source: str) -> str:
        """Name a fence by its page and content, with a number when it stands there again."""
        digest = hashlib.blake2b(source.encode(), digest_size=4).hexdigest()
        slug = (
            re.sub(r"[^a-z0-9]+", "-", self.page.removesuffix(".md").lower()).strip("-") or "page"
        )
        count = self.seen[self.page, digest] = self.seen.get((self.page, digest), 0) + 1
        return f"gomem-{slug}-{digest}" + (f"-{count}" if count > 1 else "")

    def locate(self, source: str, identity: str) -> tuple[int, int]:
        """Find line and indentation of a fence's code in the page's file; (0, 0) when it is not there."""
        wanted = [line.strip() for line in source.strip("\n").split("\n")]
        lines = [line.strip(" \t>") for line in self.text.expandtabs(4).split("\n")]
        wanted = [line.strip(" \t>") for line in wanted]
        nth = int(identity.rpartition("-")[2]) if re.search(r"-[0-9a-f]{8}-\d+$", identity) else 1
        for number in range(len(lines) - len(wanted) + 1):
            if lines[number] == wanted[0] and lines[number : number + len(wanted)] == wanted:
                nth -= 1
                if nth == 0:
                    raw = self.text.split("\n")[number].expandtabs(4)
                    first = source.strip("\n").split("\n")[0]
                    indent = len(raw) - len(raw.lstrip(" >")) - (len(first) - len(first.lstrip()))
                    return self.first_line + number, max(indent, 0)
        return 0, 0


class GomemExtension(Extension):
    """`markdown_extensions: - gomem`; inside MkDocs the plugin of that name adds it by itself."""

    def __init__(self, context: Context | None = None, **options: Any) -> None:
        self.config = {
            "fences": ["programs", "which fences get a panel: programs, marked or all"],
        }
        super().__init__(**options)
        self.context = context or Context(settings=Settings(fences=self.getConfig("fences")))

    @override
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        """Register with superfences as late as possible, so that the order of extensions is free."""
        md.preprocessors.register(_Register(md, self.context), "gomem", 26)
        if self.context.inline_assets:
            md.postprocessors.register(_Assets(md), "gomem-assets", 0)


class _Register(Preprocessor):
    """Adds our fences to superfences once all extensions are loaded, before its own work begins."""

    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context
        self.done = False

    @override
    def run(self, lines: list[str]) -> list[str]:
        """Register, unless it is done; the text is left as it is."""
        if not self.done:
            self.done = True
            if "fenced_code_block" not in self.md.preprocessors:
                self.context.report("gomem needs the extension pymdownx.superfences")
                return lines
            block = self.md.preprocessors["fenced_code_block"]
            extension = getattr(block, "extension", None)
            if extension is None:
                self.context.report("gomem needs pymdownx.superfences in place of fenced_code")
                return lines
            fence = _Fence(self.context, extension, block)
            for name in fences.LANGUAGES:
                extension.extend_super_fences(name, fence.format, fence.validate, None)
        return lines


@dataclass(slots=True)
class _Fence:
    """Validator and formatter of our custom fences."""

    context: Context
    extension: Any
    block: Any

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
        settings = self.context.settings
        asked = fences.ask(given, settings)
        if asked.unknown and self._someone_else(language, inputs, md):
            return False
        shown = {
            k: v for k, v in given.items() if k in fences.HIGHLIGHT_KEYS or k.startswith("data-")
        }
        unusable: dict[str, str] = {}
        highlight_validator(language, shown, options, unusable, md)
        attrs.update({k: v for k, v in unusable.items() if k.startswith("data-")})
        options[_OPTION] = asked
        return True

    def _someone_else(self, language: str, inputs: Mapping[str, str], md: Markdown) -> bool:
        """Say whether another extension's custom fence accepts this header."""
        for entry in self.extension.superfences[1:]:
            if entry["formatter"] == self.format or not entry["test"](language):
                continue
            attrs: dict[str, str] = {}
            try:
                if entry["validator"](language, dict(inputs), {}, attrs, md) and not attrs:
                    return True
            except SuperFencesException:
                raise
            except Exception:  # noqa: BLE001, S112 - as superfences itself does with validators
                continue
        return False

    def format(
        self,
        src: str = "",
        language: str = "",
        options: dict[str, Any] | None = None,
        md: Markdown | None = None,
        **kwargs: Any,
    ) -> str:
        """Highlight the code as it would be without us, and add badges and panel."""
        options = dict(options or {})
        asked: Asked = options.pop(_OPTION)
        code: str = self.extension.superfences[0]["formatter"](
            src=src, language=language, options=options, md=md, **kwargs
        )
        context = self.context
        if context.marked and not asked.marked:
            asked = replace(asked, marked=True)
        identity = context.identity(src)
        rendered = context.cache.get(src, asked, context.settings, identity)
        if rendered is None:
            rendered = fences.render(src, asked, context.settings, identity)
            context.cache.put(src, asked, context.settings, identity, rendered)
        context.counts[identity] = rendered.kind
        for message in rendered.messages:
            context.report(place(context, src, identity, message))
        return assemble(code, rendered, identity)


def place(context: Context, source: str, identity: str, message: Message) -> str:
    """Write a message with page, line and column, as the author's editor counts them."""
    line, indent = context.locate(source, identity)
    page = context.page or "fence"
    if not line:
        at = f"{page}: in a Go fence, line {max(message.line, 1)}"
    elif message.line:
        at = f"{page}:{line + message.line - 1}:{message.column + indent}"
    else:
        at = f"{page}:{line - 1}:{indent + 1}"
    return f"{at}: {message.text} [gomem-{message.code}]"


def assemble(code: str, rendered: Rendered, identity: str) -> str:
    """Put badges at the ends of the highlighted lines and the panel inside the code's element."""
    if not rendered.badges and not rendered.below:
        return code
    marked = _mark_lines(code, rendered.badges)
    opened = re.sub(r'^(\s*<div class="[^"]*highlight)', r"\1 gomem-fence", marked, count=1)
    if opened == marked:
        return f'<div class="highlight gomem-fence">{marked}{rendered.below}</div>'
    end = opened.rstrip().rfind("</div>")
    return f"{opened[:end]}{rendered.below}{opened[end:]}"


def _mark_lines(code: str, badges: Mapping[int, str]) -> str:
    """Wrap each line of the code in an element of its own, with its badges before the line's end."""
    match = re.search(r"(<code[^>]*>)(.*?)(</code>)", code, flags=re.DOTALL)
    if match is None:
        return code
    body = match[2]
    tail = "\n" if body.endswith("\n") else ""
    # A highlighter that spans lines closes its span after the line's end: move the end inside.
    body = re.sub(r"\n((?:</span>)+)", r"\1\n", body)
    lines = body.removesuffix("\n").split("\n")
    out = [
        f'<span class="gomem-l" data-l="{number}">{line}{badges.get(number, "")}\n</span>'
        for number, line in enumerate(lines, 1)
    ]
    text = "".join(out)
    if not tail and text.endswith("\n</span>"):
        text = text.removesuffix("\n</span>") + "</span>"
    return code[: match.start(2)] + text + code[match.end(2) :]


class _Assets(Postprocessor):
    """Writes style and script once into a page that has a panel, for hosts that add no files."""

    @override
    def run(self, text: str) -> str:
        """Add them at the page's end."""
        if 'class="gomem' not in text:
            return text
        style, script = asset_text("player.css"), asset_text("player.js")
        return f"{text}\n<style>{style}</style>\n<script>{script}</script>"


def makeExtension(**options: Any) -> GomemExtension:  # noqa: N802 - Markdown's own signature
    """Make the extension, for Markdown's look-up by name."""
    return GomemExtension(**options)
