"""Every Go fence of Markdown files, without building a site: what `gomem check` reads.

Rendered through Markdown with the extensions that most sites use, so that a fence is found where
superfences would find it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from markdown import Markdown

from mkdocs_gomem.hosts.markdown import Context, GomemExtension
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mkdocs_gomem.hosts.options import Settings

_EXTENSIONS = (
    "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables",
    "pymdownx.details", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.snippets",
)  # fmt: skip
_PLACE = re.compile(r"^(.*?):(\d+):(\d+): (.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in one fence."""

    page: str
    line: int
    column: int
    text: str


def pages(paths: Iterable[Path]) -> Iterator[Path]:
    """List Markdown files: those named, and those below folders."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.md"))
        else:
            yield path


def check(paths: Iterable[Path], settings: Settings) -> Iterator[Finding]:
    """Check each fence; yields what is wrong, page by page."""
    for path in pages(paths):
        said: list[str] = []
        context = Context(settings=settings, report=said.append)
        text = path.read_text(encoding="utf-8-sig")
        meta = re.match(r"---\n(.*?)\n---\n", text, flags=re.DOTALL)
        body = text[meta.end() :] if meta else text
        marked = bool(meta and re.search(r"^gomem:\s*true\s*$", meta[1], flags=re.MULTILINE))
        context.begin(str(path), body, text.count("\n") - body.count("\n") + 1, marked=marked)
        base = [str(Path.cwd()), str(path.parent)]
        markdown = Markdown(
            extensions=[*_EXTENSIONS, GomemExtension(context)],
            extension_configs={"pymdownx.snippets": {"base_path": base}},
        )
        markdown.convert(body)
        for message in said:
            match = _PLACE.match(message)
            if match:
                yield Finding(match[1], int(match[2]), int(match[3]), match[4])
            else:
                yield Finding(str(path), 1, 1, message)
