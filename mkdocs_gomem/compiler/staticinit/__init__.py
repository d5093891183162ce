"""Static initialisation: which package variables the linker lays out, which `init` fills.

Reads `Program.package_init` after inlining; leaves in it only what must run, and returns the rest
as a `Plan` that link and codegen share, so that the file's sections and the run never disagree.

Door: `schedule`.
"""

from __future__ import annotations

from mkdocs_gomem.compiler.staticinit.schedule import Plan, schedule

__all__ = ["Plan", "schedule"]
