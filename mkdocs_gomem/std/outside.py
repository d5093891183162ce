"""Packages of std that reach out of the program: network, processes, users, devices.

A simulator has none of these, so a program that imports one is refused by name before anything of
it is compiled. Decisions about such a program (`gomem escape`) are taken all the same.

Not here: packages that are simulated in part (`os` prints and exits; its files are refused when a
run asks for one).
"""

from __future__ import annotations

OUTSIDE = frozenset({
    "crypto/tls", "database/sql", "debug/buildinfo", "expvar", "log/syslog", "net",
    "os/exec", "os/signal", "os/user", "plugin", "runtime/cgo", "syscall",
})  # fmt: skip
"""Import paths; what stands below `net/` and `database/sql/` belongs to them too."""


def reaches_outside(path: str) -> bool:
    """Say whether a package of std needs what a simulated program has not."""
    if path in ("net/netip", "net/url", "net/mail", "net/textproto"):
        return False  # text about networks, not networks
    return path in OUTSIDE or path.startswith(("net/", "database/sql/"))
