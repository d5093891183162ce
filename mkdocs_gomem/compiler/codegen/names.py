"""Names for Python, made by us: nothing the author wrote is pasted as it is.

A name is made of the ASCII letters and digits of the Go name, so that people can read the text,
and always ends in `_` and a number of ours: it can't be a keyword, a builtin, one of the
runtime's names (none ends so) or have two leading underscores.
"""

from __future__ import annotations

import functools
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 40


def mangle(name: str, number: int) -> str:
    """Make a Python name of a Go name."""
    return f"{_plain(name)}_{number}"


@functools.lru_cache(10_000)
def _plain(name: str) -> str:
    plain = _UNSAFE.sub("_", name).strip("_")[:_LONGEST]
    if not plain or plain[0].isdigit():
        plain = "v" + plain
    return plain
