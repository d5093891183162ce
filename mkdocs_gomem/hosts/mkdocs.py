"""The MkDocs plugin: configuration, the extension, assets, cache, strictness and one report.

Nothing else in the package imports MkDocs. The hooks are short and call plain functions. Warnings
go through MkDocs' plugin logger, so that `--strict` counts them; `-q` hides warnings from that
count, so an own count fails the build too.
"""

from __future__ import annotations

import fnmatch
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config import base, defaults
from mkdocs.config import config_options as c
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files

from typing_extensions import override

from mkdocs_gomem.hosts.cache import Cache
from mkdocs_gomem.hosts.fences import Kind, Settings
from mkdocs_gomem.hosts.markdown import Context, GomemExtension
from mkdocs_gomem.lesson.page import asset_text
from mkdocs_gomem.source import PARTS, Limits, Options

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

log = get_plugin_logger("gomem")

ASSETS = {"player.css": "assets/gomem/player.css", "player.js": "assets/gomem/player.js"}


class LimitsConfig(base.Config):  # type: ignore[no-untyped-call]
    """Bounds of a run: `limits:`."""

    steps = c.Type(int, default=2_000_000)
    recorded = c.Type(int, default=5_000)
    memory_mb = c.Type(int, default=64)
    goroutines = c.Type(int, default=10_000)
    output_kb = c.Type(int, default=64)


class GomemConfig(base.Config):  # type: ignore[no-untyped-call]
    """`plugins: - gomem:`."""

    enabled = c.Type(bool, default=True)
    fences = c.Choice(("programs", "marked", "all"), default="programs")
    exclude = c.ListOfItems(c.Type(str), default=[])
    show = c.ListOfItems(c.Choice(PARTS), default=list(PARTS))
    open = c.ListOfItems(c.Choice(PARTS), default=["picture"])
    inlining = c.Choice(("gc", "off"), default="gc")
    frames = c.Type(int, default=4)
    questions = c.Type(int, default=4)
    claims = c.Choice(("marked", "off"), default="marked")
    problems = c.Choice(("info", "warn", "error"), default="warn")
    limits = c.SubConfig(LimitsConfig)
    engine = c.Choice(("auto", "pure", "dot", "none"), default="auto")
    cache_dir = c.Type(str, default=".cache/plugin/gomem")


def settings_of(config: GomemConfig) -> Settings:
    """Turn the site's configuration into what the fences need."""
    limits = Limits(
        steps=config.limits.steps,
        recorded=config.limits.recorded,
        memory=config.limits.memory_mb << 20,
        goroutines=config.limits.goroutines,
        output=config.limits.output_kb << 10,
    )
    options = Options(
        show=tuple(config.show),
        open=tuple(config.open),
        inlining=config.inlining,
        frames=config.frames,
        questions=config.questions,
        engine=config.engine,
        limits=limits,
    )
    return Settings(config.fences, options, config.claims)


class GomemPlugin(BasePlugin[GomemConfig]):  # type: ignore[no-untyped-call]
    """Shows under a Go fence where every value lives and why."""

    def __init__(self) -> None:
        self.context = Context(inline_assets=False, report=self._report)
        self.problems = 0
        self.strict = False

    @override
    def on_config(self, config: defaults.MkDocsConfig) -> defaults.MkDocsConfig | None:
        """Add the Markdown extension and the assets."""
        if not self.config.enabled:
            return config
        self.strict = bool(config.strict)
        self.context.settings = settings_of(self.config)
        folder = self.config.cache_dir
        root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        self.context.cache.close()
        memory = self.context.cache.memory
        self.context.cache = Cache(root / folder if folder else "")
        self.context.cache.memory = memory
        extensions: list[Any] = config.markdown_extensions
        if "pymdownx.superfences" not in extensions:
            extensions.append("pymdownx.superfences")
        if "gomem" in extensions:
            extensions.remove("gomem")
        extensions.append(GomemExtension(self.context))
        config.extra_css.append(ASSETS["player.css"])
        config.extra_javascript.append(ASSETS["player.js"])
        return config

    @override
    def on_pre_build(self, *, config: defaults.MkDocsConfig) -> None:
        """Forget the build before."""
        self.problems = 0
        self.context.counts.clear()
        self.context.seen.clear()

    @override
    def on_files(self, files: Files, *, config: defaults.MkDocsConfig) -> Files:
        """Add style and script as files of the site, so that other plugins see them."""
        if self.config.enabled:
            for name, path in ASSETS.items():
                files.append(File.generated(config, path, content=asset_text(name)))
        return files

    @event_priority(-100)
    @override
    def on_page_markdown(
        self, markdown: str, *, page: Page, config: defaults.MkDocsConfig, files: Files
    ) -> str | None:
        """Remember which page is being rendered, as it is after macros and includes."""
        if not self.config.enabled:
            return None
        path = page.file.src_uri
        wish = page.meta.get("gomem")
        settings = settings_of(self.config)
        if wish is False or any(fnmatch.fnmatch(path, pattern) for pattern in self.config.exclude):
            settings = Settings("marked", settings.options, settings.claims)
        self.context.settings = settings
        raw = page.file.content_string
        first = raw[: len(raw) - len(markdown)].count("\n") + 1 if raw.endswith(markdown) else 1
        folder = Path(config.docs_dir).name
        self.context.begin(f"{folder}/{path}", markdown, first, marked=wish is True)
        return None

    @override
    def on_post_build(self, *, config: defaults.MkDocsConfig) -> None:
        """Say in one line what became of the site's Go fences; fail a strict build."""
        if not self.config.enabled:
            return
        self.context.cache.flush()
        if self.context.counts:
            log.info("%s", summary(self.context.counts))
        if self.problems and (self.strict or self.config.problems == "error"):
            raise PluginError(f"gomem: {self.problems} problems in marked Go fences, see above")

    def _report(self, message: str) -> None:
        if self.config.problems == "info":
            log.info("%s", message)
            return
        self.problems += 1
        log.warning("%s", message)


def summary(counts: dict[str, Kind]) -> str:
    """Count what became of the fences, in the order of `Kind`."""
    tally = Counter(counts.values())
    parts = ", ".join(f"{tally[kind]} {kind.value}" for kind in Kind if tally[kind])
    return f"{len(counts)} Go fences: {parts}; list: gomem check"
