"""Graphviz: DOT in, SVG out.

The engine is `graphviz-pure`, which the package installs with itself, so that no system package
is needed; `dot` is what else may be found. Several pictures go through one process, since starting
it costs more than drawing (ecosystem notes, section d).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT = 10.0
"""Seconds for one batch; our pictures are laid out already, so it takes milliseconds."""


class EngineError(Exception):
    """Graphviz is missing, or could not draw; the page then shows its table instead."""


@cache
def find(engine: str) -> str:
    """Return the path of the program that draws; empty when there is none.

    Args:
        engine: `auto` (ours, else the system's), `pure`, `dot` or `none`.
    """
    if engine == "none":
        return ""
    if engine in ("auto", "pure"):
        name = "graphviz-pure"
        ours = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
        if ours or engine == "pure":
            return ours or ""
    return shutil.which("dot") or ""


def draw(sources: Sequence[str], engine: str = "auto") -> list[str]:
    """Draw each DOT source; shapes stay where the source puts them.

    Raises:
        EngineError: when there is no engine, or it fails, or gives fewer pictures than sources.
    """
    program = find(engine)
    if not program:
        raise EngineError(f"no Graphviz engine ({engine}): see gomem doctor")
    try:
        done = subprocess.run(  # noqa: S603 - our own engine, no shell, no text of the author as argument
            [program, "-Kneato", "-n2", "-Tsvg"],
            input="\n".join(sources).encode(),
            capture_output=True,
            check=False,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"{program}: {error}") from error
    pictures = re.findall(r"<svg.*?</svg>", done.stdout.decode(), flags=re.DOTALL)
    if done.returncode != 0 or len(pictures) != len(sources):
        raise EngineError(f"{program}: {done.stderr.decode(errors='replace').strip()[:200]}")
    return pictures
