"""Style and script of the panel, as text that a host puts into its site.

Read from the page room's folder without importing the room, which would load the compiler.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

STYLE, SCRIPT = "player.css", "player.js"


@cache
def asset_text(name: str) -> str:
    """Read `player.css` or `player.js`."""
    folder = resources.files("mkdocs_gomem") / "lesson" / "page" / "assets"
    return (folder / name).read_text(encoding="utf-8")
