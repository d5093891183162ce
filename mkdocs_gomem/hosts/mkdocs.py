"""The MkDocs plugin: configuration, the extension, assets, cache, strictness and one report.

Nothing else in the package imports MkDocs. The hooks are short and call plain functions. Warnings
go through MkDocs' plugin logger, so that `--strict` counts them; `-q` hides warnings from that
count, so an own count fails the build too. Panels are filled in when the page is finished, after
the search plugin has read it.
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

from mkdocs_gomem.hosts.assets import SCRIPT, STYLE, asset_text
from mkdocs_gomem.hosts.cache import Cache
from mkdocs_gomem.hosts.markdown import Context, GomemExtension
from mkdocs_gomem.hosts.options import Kind, Settings
from mkdocs_gomem.lean import override
from mkdocs_gomem.source import PARTS, Limits, Options

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

log = get_plugin_logger("gomem")

ASSETS = {STYLE: "assets/gomem/player.css", SCRIPT: "assets/gomem/player.js"}


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


def settings_of_page(config: GomemConfig, path: str, wish: object) -> tuple[Settings, list[str]]:
    """Turn configuration and a page's `gomem:` into what its fences need, and what is wrong there.

    Args:
        config: the site's.
        path: of the page, below docs_dir.
        wish: the front matter: nothing, true, false, or keys as in the configuration.
    """
    problems: list[str] = []
    if isinstance(wish, dict):
        page = GomemConfig()
        page.load_dict(dict(config) | {"limits": dict(config.limits)} | wish)
        errors, warnings = page.validate()
        problems = [f"gomem: {key}: {said}" for key, said in (*errors, *warnings)]
        config = config if errors else page
    elif wish is not None and not isinstance(wish, bool):
        problems = [f"gomem: {wish!r} is not one of true, false, or options"]
    settings = settings_of(config)
    off = wish is False or not config.enabled
    if off or any(fnmatch.fnmatch(path, pattern) for pattern in config.exclude):
        settings = Settings("marked", settings.options, settings.claims)
    return settings, problems


class GomemPlugin(BasePlugin[GomemConfig]):  # type: ignore[no-untyped-call]
    """Shows under a Go fence where every value lives and why."""

    def __init__(self) -> None:
        self.context = Context(slots=True, report=self._report, note=self._note)
        self.problems = 0
        self.strict = False

    @override
    def on_config(self, config: defaults.MkDocsConfig) -> defaults.MkDocsConfig | None:
        """Add the Markdown extension and the assets."""
        if not self.config.enabled:
            return config
        self.strict = bool(config.strict)
        self._open_cache(config)
        extensions: list[Any] = config.markdown_extensions
        if "gomem" in extensions:
            extensions.remove("gomem")
        extensions.append(GomemExtension(self.context))
        config.extra_css.append(ASSETS[STYLE])
        config.extra_javascript.append(ASSETS[SCRIPT])
        return config

    def _open_cache(self, config: defaults.MkDocsConfig) -> None:
        """Open the file of this site; what is in memory survives from build to build."""
        folder = self.config.cache_dir
        root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        memory = self.context.cache.memory
        self.context.cache.close()
        self.context.cache = Cache(root / folder if folder else "")
        self.context.cache.memory = memory

    @override
    def on_pre_build(self, *, config: defaults.MkDocsConfig) -> None:
        """Forget the build before."""
        self.problems = 0
        self.context.begin_site()

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
        self.context.settings, problems = settings_of_page(self.config, path, wish)
        source = f"{Path(config.docs_dir).name}/{path}"
        raw = page.file.content_string
        first = raw[: len(raw) - len(markdown)].count("\n") + 1 if raw.endswith(markdown) else 1
        self.context.begin(source, markdown, first, marked=wish is True)
        for problem in problems:
            self.context.warn(f"{source}:1:1: {problem} [gomem-option]")
        return None

    @event_priority(100)
    @override
    def on_post_page(self, output: str, *, page: Page, config: defaults.MkDocsConfig) -> str | None:
        """Put the panels in, now that search and other plugins have read the page."""
        return self.context.fill(output) if self.config.enabled else None

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

    @override
    def on_shutdown(self) -> None:
        """Let go of the cache's file."""
        self.context.cache.close()

    def _report(self, message: str) -> None:
        if self.config.problems == "info":
            log.info("%s", message)
            return
        self.problems += 1
        log.warning("%s", message)

    @staticmethod
    def _note(message: str) -> None:
        log.info("%s", message)


def summary(counts: dict[str, Kind]) -> str:
    """Count what became of the fences, in the order of `Kind`."""
    tally = Counter(counts.values())
    parts = ", ".join(f"{tally[kind]} {kind.value}" for kind in Kind if tally[kind])
    return f"{len(counts)} Go fences: {parts}; list: gomem check --all"
