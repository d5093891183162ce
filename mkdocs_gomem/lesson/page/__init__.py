"""The panel as HTML: a `Lesson` in, a `Fragment` out; knows no host.

Door: `render`. The code itself is highlighted by the host, which puts `Fragment.badges` at the
ends of its lines and `Fragment.panel` below it.
"""

from __future__ import annotations

from mkdocs_gomem.lesson.page.fragment import (
    Fragment,
    asset_text,
    picture,
    render,
    render_problem,
    stand_alone,
)

__all__ = ["Fragment", "asset_text", "picture", "render", "render_problem", "stand_alone"]
