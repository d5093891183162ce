"""The build hook: makes the std pack when the package is built or installed."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackHook(BuildHookInterface[Any]):
    """Makes `mkdocs_gomem/std/pack.zip`."""
