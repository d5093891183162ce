"""Records what gc's IR is for the cases in `tests/cases/ir`.

Run `.venv/bin/python -m tests.ir.record PATH_OF_GO` after a change of a case.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests import txtar
from tests.ir import gcdump

CASES = Path(__file__).parents[1] / "cases" / "ir"
PHASES = {"go/inline": "devirtualize-and-inline", "go/escape": "escape"}


def main(go: Path) -> None:
    for path in sorted(CASES.glob("*.txtar")):
        archive = txtar.read(path)
        source = archive.sections["main.go"]
        for section in sorted(PHASES.keys() & archive.sections.keys()):
            functions = gcdump.run_gc(go, source, PHASES[section])
            parts = []
            imported = re.findall(r'^\s*(?:import )?"(?:.*/)?(\w+)"$', source, re.MULTILINE)
            foreign = ("type..eq.", *(f"{name}." for name in imported))
            for name, lines in functions.items():
                if not name.startswith(foreign):
                    parts.append("\n".join([f"func {name}", *(f"\t{line}" for line in lines)]))
            archive.sections[section] = "\n".join(parts) + "\n"
        path.write_bytes(archive.text.encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
