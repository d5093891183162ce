"""Language versions: which feature came when, and which version a file is written in.

A version is the minor number of `go1.N`, so that versions compare as numbers.

Source: cmd/compile/internal/types2/version.go, go1.27.
"""

from __future__ import annotations

import re
from typing import NewType

Version = NewType("Version", int)
"""The N of `go1.N`."""

GO1_9 = Version(9)
GO1_13 = Version(13)
GO1_14 = Version(14)
GO1_17 = Version(17)
GO1_18 = Version(18)
GO1_20 = Version(20)
GO1_21 = Version(21)
GO1_22 = Version(22)
GO1_23 = Version(23)
GO1_26 = Version(26)
GO1_27 = Version(27)
CURRENT = Version(27)
"""The language this checker knows."""

OLDEST_OF_FILE = GO1_21
"""A `//go:build` line can't lower a file below this."""


def parse_version(text: str) -> Version | None:
    """Read `go1.22` or `go1.22.3`; None for anything else."""
    found = re.fullmatch(r"go1(?:\.(\d+))?(?:\.\d+|rc\d+|beta\d+)?", text)
    return Version(int(found.group(1) or 0)) if found else None


def spell_version(version: Version) -> str:
    """Write a version as Go does."""
    return f"go1.{version}"
