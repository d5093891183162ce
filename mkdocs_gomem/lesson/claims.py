"""What the author asserts about a program, held against what is so.

Claims come from the fence's `expect` option, a comma list:
`num:heap@createPointer`, `num:stack@main`, `allocs:0`, `output:"42"`, `panic`, `panic:"text"`,
`error`, `error:"regexp"`, `deadlock`, `stopped`, `exit:N`. A false claim becomes a diagnostic that
says what is true. Prose comments are never claims.

Not here: the fence's option parsing (`hosts`), and compile errors themselves (`error` is checked
by the pipeline, which has them).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass, override
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.trace import Ending, Trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mkdocs_gomem.lesson.why import Row


OUTCOMES = {
    "panic": Ending.PANICKED,
    "deadlock": Ending.DEADLOCKED,
    "stopped": Ending.STOPPED,
}
_ITEM = re.compile(
    r'\s*([\w.*()~-]+)(?::("(?:[^"\\]|\\.)*"|[\w-]+)(?:@([\w.*()\[\]-]+))?)?\s*(?:,|$)'
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One assertion."""

    subject: str
    """A variable's name, or `allocs output panic error deadlock stopped exit`."""
    value: str = ""
    where: str = ""
    """The function meant: `createPointer`, `main`."""

    @override
    def __str__(self) -> str:
        value = f":{self.value}" if self.value else ""
        return f"{self.subject}{value}{'@' + self.where if self.where else ''}"


def parse(text: str) -> tuple[Claim, ...]:
    """Read a comma list of claims.

    Raises:
        ValueError: with the part that is no claim.
    """
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _ITEM.match(text, at)
        if match is None or match.end() == at:
            raise ValueError(f"not a claim: {text[at:].strip()}")
        value = match[2] or ""
        if value.startswith('"'):
            value = value[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
        found.append(Claim(match[1], value, match[3] or ""))
        at = match.end()
    return tuple(found)


def names_outcome(claims: Iterable[Claim], ending: Ending, status: int) -> bool:
    """Say whether the claims announce how the run ended, so that it needs no warning."""
    for claim in claims:
        if OUTCOMES.get(claim.subject) is ending:
            return True
        if claim.subject == "exit" and claim.value == str(status):
            return True
    return False


def check(
    claims: Iterable[Claim], rows: Sequence[Row], trace: Trace | None, objects: int
) -> list[str]:
    """Return one sentence for each claim that is false; `error` claims are not looked at.

    Args:
        claims: what the author says.
        rows: where each value lives.
        trace: the run; none when nothing was run.
        objects: heap objects that lines of the author's code made in it.
    """
    return [said for claim in claims if (said := _check(claim, rows, trace, objects))]


def _check(claim: Claim, rows: Sequence[Row], trace: Trace | None, objects: int) -> str:
    if claim.subject == "error":
        return ""
    if claim.subject in ("allocs", "output", "exit", *OUTCOMES):
        return _check_run(claim, trace, objects)
    return _check_place(claim, rows)


def _check_run(claim: Claim, trace: Trace | None, objects: int) -> str:
    if trace is None:
        return f"{claim}: the program was not run"
    outcome = trace.outcome
    if claim.subject == "allocs":
        return "" if claim.value == str(objects) else f"{claim}: this code allocates {objects}"
    if claim.subject == "output":
        said = trace.stdout.decode(errors="replace").rstrip("\n")
        return "" if claim.value.rstrip("\n") == said else f"{claim}: the output is {said!r}"
    if claim.subject == "exit":
        same = claim.value == str(outcome.status)
        return "" if same else f"{claim}: the exit status is {outcome.status}"
    if OUTCOMES[claim.subject] is not outcome.ending:
        ended = f"{outcome.ending.value} {outcome.message}".strip()
        return f"{claim}: the program {ended}"
    if claim.value and claim.value not in outcome.message:
        return f"{claim}: it ended with {outcome.message!r}"
    return ""


def _check_place(claim: Claim, rows: Sequence[Row]) -> str:
    try:
        wanted = Region(claim.value)
    except ValueError:
        names = ", ".join(region.value for region in Region)
        return f"{claim}: not a place; places are {names}"
    named = [row for row in rows if claim.subject in (row.name, row.key)]
    if not named:
        return f"{claim}: no value of that name"
    truths = []
    for row in named:
        for verdict in row.verdicts:
            func = (
                verdict.where.removeprefix("in ") if verdict.where.startswith("in ") else row.func
            )
            if claim.where not in ("", func):
                continue
            if verdict.region is wanted:
                return ""
            truths.append(f"{verdict.region.value} {verdict.where}".strip())
    if not truths:
        return f"{claim}: no {claim.subject} in {claim.where}"
    return f"{claim}: {claim.subject} is elsewhere ({', '.join(dict.fromkeys(truths))})"
