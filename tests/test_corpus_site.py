"""An old site of a hundred unmarked Go fences: does gomem stay a good guest?

`corpus_site/` is a handbook that has never heard of us: programs, declarations, fragments,
elisions, servers, imports that nobody has, cgo, code that never compiled, in every kind of fence
header that superfences takes. Built with and without the plugin, it must say nothing new, and
every page must look as before except where a panel appears.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mkdocs.commands import build
from mkdocs.config import load_config

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = Path(__file__).parent / "corpus_site"
FENCE = re.compile(r"^[ >]*(?:```|~~~) *(?:\{ *\.)?(?:go|golang|Go)\b", re.MULTILINE)
CODE = re.compile(r'<div class="(?:annotate )?highlight".*?</div>', re.DOTALL)
COPY_IDS = re.compile(r"__(?:span|codelineno)-\d+")


@dataclass(frozen=True, slots=True)
class Built:
    pages: dict[str, str]
    said: list[logging.LogRecord]

    def warnings(self) -> list[str]:
        return [each.getMessage() for each in self.said if each.levelno >= logging.WARNING]


def built(folder: Path, plugins: list[str | dict[str, dict[str, str]]]) -> Built:
    """Build the site as `mkdocs build --strict` does, and listen."""
    config = load_config(
        str(SITE / "mkdocs.yml"), site_dir=str(folder), plugins=plugins, strict=True
    )
    listener = logging.handlers.MemoryHandler(100_000, flushLevel=logging.CRITICAL)
    listener.setLevel(logging.INFO)
    logger = logging.getLogger("mkdocs")
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    try:
        config.plugins.on_startup(command="build", dirty=False)
        build.build(config)
    finally:
        config.plugins.on_shutdown()
        logger.removeHandler(listener)
        logger.setLevel(level)
    pages = {str(each.relative_to(folder)): each.read_text() for each in folder.rglob("*.html")}
    return Built(pages, list(listener.buffer))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Built, Built]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        before = built(tmp_path_factory.mktemp("before"), ["search"])
        ours: dict[str, dict[str, str]] = {"gomem": {"cache_dir": ""}}
        after = built(tmp_path_factory.mktemp("after"), ["search", ours])
        yield before, after


def fences() -> int:
    return sum(len(FENCE.findall(path.read_text())) for path in SITE.rglob("*.md"))


def test_there_are_a_hundred_fences() -> None:
    assert fences() >= 100
    assert "gomem" not in "".join(path.read_text() for path in SITE.rglob("*.md"))


def test_nothing_new_is_said(sites: tuple[Built, Built]) -> None:
    before, after = sites
    assert before.warnings() == []
    assert after.warnings() == []


def test_every_fence_is_counted(sites: tuple[Built, Built]) -> None:
    lines = [each.getMessage() for each in sites[1].said if "Go fences" in each.getMessage()]
    assert len(lines) == 1
    found = re.search(r"(\d+) Go fences: (.*?); list: gomem check", lines[0])
    assert found
    counts = {kind: int(n) for n, kind in re.findall(r"(\d+) ([a-z ]+)", found[2])}
    # an empty fence and one that quotes a terminal are Go to us as well
    assert int(found[1]) == sum(counts.values()) == fences()
    assert "failed" not in counts, "our own bugs"
    assert counts["panels"] >= 20


def test_code_without_a_panel_looks_as_before(sites: tuple[Built, Built]) -> None:
    before, after = sites
    assert before.pages.keys() == after.pages.keys()
    for name, page in before.pages.items():
        shown = [COPY_IDS.sub("", block) for block in CODE.findall(page)]
        now = {COPY_IDS.sub("", block) for block in CODE.findall(after.pages[name])}
        lost = [block for block in shown if block not in now]
        assert len(lost) <= after.pages[name].count('class="gomem'), f"{name}: {lost}"
