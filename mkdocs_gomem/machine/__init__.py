"""The pretend computer: memory, goroutines, time, and a record of what happened."""

from __future__ import annotations

from mkdocs_gomem.machine.bounds import SECONDS
from mkdocs_gomem.machine.executable import Before, Executable
from mkdocs_gomem.machine.image import Image, Region
from mkdocs_gomem.machine.run import Machine, run
from mkdocs_gomem.machine.trace import Trace

__all__ = ["SECONDS", "Before", "Executable", "Image", "Machine", "Region", "Trace", "run"]
