"""Commands about pages: a panel that stands alone, fences that are wrong, whether all works."""

from __future__ import annotations

import importlib.util
import json
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.hosts import fences, scan
from mkdocs_gomem.hosts.commands import sources
from mkdocs_gomem.hosts.options import Settings, ask
from mkdocs_gomem.lesson import page
from mkdocs_gomem.lesson.diagrams import engine
from mkdocs_gomem.source import Fence, Options, Places, Stretch

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def render(asked: argparse.Namespace) -> int:
    """Write one panel, or its picture alone."""
    target = Path(asked.output)
    if target.suffix not in (".html", ".svg", ".dot"):
        raise FileNotFoundError(f"{target}: what is written is a .html, .svg or .dot file")
    files = sources.read(asked.files)
    options = Options(open=("picture", "table"))
    names = [Path(file.name).name if len(files) > 1 else "" for file in files]
    places = Places(
        tuple(
            Stretch(file.name, block=block, name=name)
            for block, (file, name) in enumerate(zip(files, names, strict=True), 1)
        ),
        len(files),
    )
    fence = Fence(tuple(files), options=options, identity="gomem", places=places)
    fragment, lesson, _ = pipeline.panel(fence)
    if target.suffix == ".html":
        blocks = [(name, file.text.decode()) for name, file in zip(names, files, strict=True)]
        text = page.stand_alone(blocks, fragment)
    else:
        text = page.picture(lesson, options, as_svg=target.suffix == ".svg")
    target.write_text(text, encoding="utf-8")
    return 0


def check(asked: argparse.Namespace) -> int:
    """Print what is wrong in the Go fences of Markdown files."""
    settings = Settings("all" if asked.all else "marked")
    found = list(scan.check([Path(path) for path in asked.paths], settings))
    if asked.format == "json":
        print(
            json.dumps(
                [
                    {"page": f.page, "line": f.line, "column": f.column, "message": f.text}
                    for f in found
                ],
                indent=1,
            )
        )
    for finding in found:
        if asked.format == "text":
            print(f"{finding.page}:{finding.line}:{finding.column}: {finding.text}")
        elif asked.format == "github":
            print(
                f"::error file={finding.page},line={finding.line},col={finding.column}"
                f"::{finding.text}"
            )
    return 1 if found else 0


def doctor(asked: argparse.Namespace) -> int:
    """Try each part on something real."""
    del asked
    good = True
    print(f"mkdocs-gomem {metadata.version('mkdocs-gomem')}, Python {platform.python_version()}")
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("std pack", lambda: f"{len(pipeline.std_packages())} packages of {pipeline.go_version()}"),
        ("engine", _doctor_engine),
        ("a program", _doctor_program),
        (
            "MkDocs",
            lambda: (
                metadata.version("mkdocs")
                if importlib.util.find_spec("mkdocs")
                else "not installed"
            ),
        ),
    )
    for name, look in checks:
        try:
            print(f"  {name}: {look()}")
        except Exception as error:  # noqa: BLE001 - whatever is wrong is what this command is for
            good = False
            print(f"  {name}: FAILED: {error}")
    return 0 if good else 1


def _doctor_engine() -> str:
    picture = engine.draw(['digraph { a [pos="0,0"] b [pos="72,0"] a -> b }'])[0]
    return f"{engine.find('auto')} ({len(picture)} bytes of SVG)"


def _doctor_program() -> str:
    text = 'println("ok")'
    rendered = fences.render(text, ask({"gomem": ""}, Settings()), Settings(), "gomem-doctor")
    if rendered.messages:
        raise RuntimeError(rendered.messages[0].text)
    return f"panel of {len(rendered.below)} bytes"
