"""Builds small sites with MkDocs, in this process, and listens to what is said."""

from __future__ import annotations

import logging
import logging.handlers
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from mkdocs.commands import build as mkdocs_build
from mkdocs.config import defaults, load_config
from mkdocs.exceptions import Abort, BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Built:
    """What a build left and said."""

    files: Mapping[str, bytes]
    said: tuple[logging.LogRecord, ...]
    failure: str
    """What ended the build; empty when it went through."""

    @property
    def warnings(self) -> list[str]:
        return [each.getMessage() for each in self.said if each.levelno == logging.WARNING]

    @property
    def summary(self) -> str:
        (line,) = [each.getMessage() for each in self.said if "Go fences" in each.getMessage()]
        return line

    def page(self, name: str = "index.html") -> str:
        return self.files[name].decode()

    def content(self, name: str = "index.html") -> str:
        """The page's own part, without the theme's."""
        text = self.page(name)
        start = re.search(r'<(?:article|div)[^>]*(?:md-content__inner|role="main"|col-md-9)', text)
        assert start
        end = re.search(r"</?(?:article|footer)\b|<script\b", text[start.end() :])
        assert end
        return text[start.start() : start.end() + end.start()]


def write(folder: Path, pages: Mapping[str, str], config: Mapping[str, Any]) -> Path:
    """Write a site's sources; returns its configuration file."""
    for name, text in pages.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = {"site_name": "test", "plugins": ["search", "gomem"], **config}
    path = folder / "mkdocs.yml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def build(folder: Path, pages: Mapping[str, str] | str, **config: Any) -> Built:
    """Write and build a site."""
    if isinstance(pages, str):
        pages = {"index.md": pages}
    return run(write(folder, pages, config))


def run(config_file: Path, *, strict: bool = False, command: str = "build") -> Built:
    """Build the site of a configuration file; `serve` keeps the plugins of the build before."""
    if command != "serve":
        kept: Any = defaults.MkDocsConfig.plugins
        kept.plugin_cache.clear()
    listener = logging.handlers.MemoryHandler(100_000, flushLevel=logging.CRITICAL + 1)
    logger = logging.getLogger("mkdocs")
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    failure = ""
    site = config_file.parent / "site"
    try:
        config = load_config(str(config_file), site_dir=str(site), strict=strict)
        config.plugins.on_startup(command=command, dirty=False)  # type: ignore[arg-type]
        try:
            mkdocs_build.build(config)
        except (Abort, BuildError) as error:
            failure = str(error) or "aborted"
        finally:
            config.plugins.on_shutdown()
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
    files = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }
    return Built(files, tuple(listener.buffer), failure)
