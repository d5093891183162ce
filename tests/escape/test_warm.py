"""Is what we decide the same, whatever this process has decided and run before?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mkdocs_gomem import pipeline
from mkdocs_gomem.source import Limits, SourceFile
from tests import txtar

CASES = Path(__file__).resolve().parent.parent / "cases"
AFTER = """
import sys
from pathlib import Path
from mkdocs_gomem import pipeline
from mkdocs_gomem.source import Limits, SourceFile
from tests import txtar

def decided(path):
    sources = txtar.read(Path(path)).sources
    return pipeline.decide([SourceFile(name, text.encode()) for name, text in sources.items()])

first, second = sys.argv[1:]
pipeline.execute(decided(first), Limits(recorded=0))
print("\\n".join(sorted(pipeline.remarks(decided(second)))))
"""


def test_instances_of_std_that_a_run_has_made_can_be_inlined() -> None:
    """Running gob writes methods of sync.Map, and what they call; nothing is inlined there."""
    paths = [str(CASES / name) for name in ("std/gob.txtar", "escape/read_types.txtar")]
    command = [sys.executable, "-c", AFTER, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    wanted = txtar.read(Path(paths[1])).sections["go/escape"].splitlines()
    assert [line.removeprefix("main.go:") for line in done.stdout.splitlines()] == sorted(wanted)


FOLLOWED = b"""package main

import (
	"archive/tar"
	"io"
)

type T struct{}

func (T) Sys() any { return nil }

var sink any

func main() {
	sink = T{}
	tar.NewWriter(io.Discard).WriteHeader(&tar.Header{Name: "x", Mode: 0o600})
	tar.FileInfoHeader((&tar.Header{Name: "x"}).FileInfo(), "")
}
"""


def test_what_the_linker_keeps_does_not_hang_on_what_of_std_was_run() -> None:
    """Bodies of std that a run has made say nothing that only their table should say."""
    files = [SourceFile("main.go", FOLLOWED)]
    before = pipeline.decide(files).image.dump()
    pipeline.execute(pipeline.decide(files), Limits(recorded=0))
    assert pipeline.decide(files).image.dump() == before
