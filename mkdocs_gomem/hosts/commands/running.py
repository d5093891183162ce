"""Commands that run a program: what it prints, what it allocates."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.hosts import commands
from mkdocs_gomem.hosts.commands import sources
from mkdocs_gomem.machine.trace import Ending, Outcome, stopped
from mkdocs_gomem.source import Limits, spell

if TYPE_CHECKING:
    import argparse

STEPS = 50_000_000
"""Bound of a run on the command line, where somebody waits; a page has the site's."""
MEMORY = 112 << 20
"""So the process stays below 300 MB, whatever the program does."""
GOROUTINES = 20_000
"""At one time; they may take up as much again, outside what is simulated."""
OUTPUT = 16 << 20
SECONDS = 8.5
_MEANT = 'help: if that is meant, write expect="stopped" in the first line of its block.'


def _limits() -> Limits:
    return Limits(
        steps=STEPS, recorded=0, memory=MEMORY, goroutines=GOROUTINES, output=OUTPUT,
        seconds=SECONDS,
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    """Name the bound that was reached, with its value, and what is known beside."""
    if outcome.period:
        return f"{outcome.message}: {stopped(outcome)}"
    bounds = {
        "steps": f"{STEPS:,} turns of loops and calls",
        "memory": f"{MEMORY >> 20} MB of this process",
        "goroutines": f"{GOROUTINES:,} at one time",
        "output": f"{OUTPUT >> 20} MB",
        "time": f"{SECONDS} seconds of the processor's time",
        "depth": (
            f"{_limits().depth:,} nested calls; Go's own limit is a stack of 1,000,000,000 bytes"
        ),
    }
    return f"{outcome.message} ({bounds[outcome.message]})"


def run(asked: argparse.Namespace) -> int:
    """Run a program: its output and its exit status are ours."""
    files = sources.read(asked.files)
    limits = _limits()
    trace = pipeline.execute(pipeline.decide_to_run(files), limits)
    sys.stdout.buffer.write(trace.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(trace.stderr)
    if trace.outcome.ending is Ending.STOPPED:
        # What linking alone takes up is stopped before any line of the program.
        place = f"{spell(trace.outcome.pos)}: " if trace.outcome.pos else ""
        print(f"{place}stopped: {_why(trace.outcome)}", file=sys.stderr)
        print(_MEANT, file=sys.stderr)
        return commands.REFUSED
    return trace.outcome.status


def allocs(asked: argparse.Namespace) -> int:
    """Print heap allocations by line; the lines of several files with their names."""
    files = sources.read(asked.files)
    trace = pipeline.execute(pipeline.decide_to_run(files), _limits())
    lines = pipeline.allocated(trace)
    for file in files:
        prefix = f"{file.name}:" if len(files) > 1 else ""
        for (name, line), sizes in sorted(lines.items()):
            if name == file.name:
                print(f"{prefix}{line} {len(sizes)} {sum(sizes)}")
    return 0
