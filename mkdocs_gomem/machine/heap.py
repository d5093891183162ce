"""How many bytes does an allocation take, and what was allocated so far?

Size classes, malloc headers and growth are the runtime's (runtime/msize.go, slice.go,
internal/runtime/gc/sizeclasses.go, internal/runtime/maps; go1.27). The log holds one entry for
each heap object of a run, as compact as can be: programs may allocate millions.

Counting follows yardstick/CONTRACT.md: an object counts with the bytes of its size class, one
without pointers below 16 bytes counts 16 (no sharing of tiny blocks), zero-size ones not at all.
Addresses are a model and not kept here. Not here: which expression allocates (`codegen`), what
an object holds (`memory`).
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Any, Final, cast

from mkdocs_gomem.machine.log import ALLOCATED

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine.executable import Site
    from mkdocs_gomem.machine.structs import Ops

SIZE_CLASSES = (
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352,
    384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048,
    2304, 2688, 3072, 3200, 3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240,
    10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
)  # fmt: skip
_MAX_SMALL = 32768
_HEADER = 8
_HEADER_FROM = 512
"""Objects with pointers above this carry a header with their type."""
_PAGE = 8192
_TINY = 16
_DOUBLE_BELOW = 256
"""Below this capacity `append` doubles."""

_LOGGED = 16
"""Bytes of our process for an entry in the log, with room for the list to grow, …"""
_OBJECT = 48
"""… and with the object that holds what is neither a struct nor an array."""
_CLOSURE = 320
_FUNCS = frozenset({"closure", "defer", "go"})
_ENTRY = 240
_STEP = 64
"""Bytes that a step may keep without charging them: a Python object in a local variable."""
_FILLED = 80
"""Bytes by which a step may fill what was made before."""
_FILLED_A_STEP = 11
"""Bytes that are filled or copied at once in the time of a step, as a power of two."""
_LARGE = 1 << _FILLED_A_STEP

DROPPED: Final = object()
"""In place of an object that was kept for a picture and let go."""
MAX_ALLOC = 1 << 48
"""Bytes of Go's address space."""
CHAN_HEADER = 112
MAP_HEADER = 48
_TABLE_HEADER = 32
GROUP_SLOTS = 8
_MAX_TABLE = 1024
INDIRECT_ABOVE = 128


def round_up(size: int, *, noscan: bool) -> int:
    """Return the bytes that a caller may use of the block that `size` gets (`roundupsize`)."""
    if size <= _MAX_SMALL - _HEADER:
        extra = _HEADER if not noscan and size > _HEADER_FROM else 0
        wanted = size + extra
        if wanted <= 0:
            return SIZE_CLASSES[0]
        return SIZE_CLASSES[bisect.bisect_left(SIZE_CLASSES, wanted)] - extra
    return -(-size // _PAGE) * _PAGE


def class_size(size: int, *, noscan: bool) -> int:
    """Return the bytes that a heap object takes, as the contract counts them."""
    if size == 0:
        return 0
    if noscan and size < _TINY:
        return _TINY
    if size <= _MAX_SMALL - _HEADER:
        wanted = size + (_HEADER if not noscan and size > _HEADER_FROM else 0)
        return SIZE_CLASSES[bisect.bisect_left(SIZE_CLASSES, wanted)]
    return -(-size // _PAGE) * _PAGE


def grown_capacity(new_len: int, old_cap: int, elem_size: int, *, noscan: bool) -> int:
    """Return the capacity that `append` gives a slice that no longer fits (`growslice`)."""
    if elem_size == 0:
        return new_len
    capacity = old_cap
    if new_len > old_cap + old_cap:
        capacity = new_len
    elif old_cap < _DOUBLE_BELOW:
        capacity = old_cap + old_cap
    else:
        while True:
            capacity += (capacity + 3 * _DOUBLE_BELOW) >> 2
            if capacity >= new_len:
                break
    return round_up(capacity * elem_size, noscan=noscan) // elem_size


class Heap:
    """The objects of one run."""

    __slots__ = (
        "_bytes", "_costs", "_settled", "_sized", "_sizes", "budget", "collect", "cycle", "entries",
        "goal", "joined", "latent", "ledger", "objects", "objects_made", "sites", "spend", "told",
        "track",
    )  # fmt: skip

    def __init__(
        self,
        sites: list[Site],
        limit: int,
        collect: Callable[[int], int],
        spend: Callable[[int], None],
        told: Callable[[str], None] | None = None,
        *,
        track: bool = False,
    ) -> None:
        self.sites = sites
        self.entries: list[int | tuple[int | Site, int, bool]] = []
        """Site of each object, or (site, bytes, noscan) where only the run knows the size."""
        self.objects: list[Any] = []
        """The objects themselves, parallel to `entries`, if `track`."""
        self.joined: dict[int, list[tuple[int, Any]]] = {}
        """By number from 1: further variables in the same object, each with its site."""
        self.ledger: dict[int, tuple[Any, int, int]] | None = None
        """By id, for programs that ask how much is alive: object, class bytes, allocations."""
        self.track = track
        """Whether the objects themselves are kept, for a picture."""
        self.told = told
        """Called with `ALLOCATED` once for each object."""
        self._settled = 0
        """So many entries are in `bytes`."""
        self._bytes = 0
        self.budget = limit
        """Take up so much more of our process before what is live is counted (`footprint`)."""
        self.latent = 0
        """Bytes by which what was made may grow as it is filled."""
        self.objects_made = 0
        """Bytes of what may be part of a cycle, which only Python's own collector finds."""
        self.collect = collect
        """Count what is live; returns the next budget, or raises if there is no room for more."""
        self.spend = spend
        """Count steps for what takes long to make."""
        self.goal = 0
        self.cycle: Callable[[], int] = lambda: 0
        """With a ledger: after so many more bytes of Go's this is called, for a new goal."""
        self._costs: list[int] = []
        """What an object of each site takes up in our process, …"""
        self._sizes: list[int] = []
        """… and in Go's heap."""
        self._sized: dict[tuple[int | Site, int, bool], tuple[int | Site, int, bool]] = {}
        """Entries of the log that say a size: equal ones are the same."""

    def fixed(self, site: int, value: Any) -> Any:
        """Log an object whose size its site knows."""
        self.settle()
        self.entries.append(site)
        self._settled += 1
        if self.told is not None:
            self.told(ALLOCATED)
        if self.track:
            self.objects.append(value)
        self._learn_sites()
        size = self._sizes[site]
        if self.ledger is not None:
            self._note(self.ledger, value, size)
        self._bytes += size
        self.hold(self._costs[site])
        return value

    def light(self) -> Callable[[int, Any], Any]:
        """Return what logs small objects of known size as `fixed` does, but counts them later.

        Their bytes are counted every few thousand steps (`settle`), so large ones are not for it.
        """
        if self.track or self.ledger is not None:
            return self.fixed
        note = self._note_site()

        def allocate(site: int, value: Any) -> Any:
            note(site)
            return value

        return allocate

    def logged(self, ops: Ops) -> Callable[..., Any]:
        """Return what makes and logs small structs at once, from the site and all fields."""
        assert ops.logged is not None  # noqa: S101 - of structs
        if self.track or self.ledger is not None:
            fixed, make = self.fixed, ops.make
            return lambda site, *fields: fixed(site, make(*fields))
        return ops.logged(self._note_site())

    def _note_site(self) -> Callable[[int], None]:
        note, told = self.entries.append, self.told
        if told is None:
            return note

        def note_and_tell(site: int) -> None:
            note(site)
            told(ALLOCATED)

        return note_and_tell

    @property
    def bytes(self) -> int:
        """Class bytes allocated so far."""
        self.settle()
        return self._bytes

    def settle(self) -> None:
        """Count the bytes of what was logged lightly; all else was counted when it was made."""
        fresh = cast("list[int]", self.entries[self._settled :])
        if fresh:
            self._settled += len(fresh)
            self._learn_sites()
            self._bytes += sum(map(self._sizes.__getitem__, fresh))
            made = sum(map(self._costs.__getitem__, fresh))
            self.objects_made += made
            self.take(made)

    def _learn_sites(self) -> None:
        """Work out what an object of each site takes up."""
        costs, sites = self._costs, self.sites
        while len(costs) < len(sites):
            site = sites[len(costs)]
            self._sizes.append(site.class_size)
            if site.what in _FUNCS:
                costs.append(_CLOSURE)
            else:
                costs.append((_LOGGED if site.type.composite else _OBJECT) + site.type.host)

    def reserve(self, size: int, latent: int = 0) -> None:
        """Charge what is about to be made, or stop the run if there is no room for it.

        Args:
            size: bytes of our process; to fill many of them takes steps, too.
            latent: bytes by which it grows as it is filled.
        """
        self.take(size)
        self.latent += latent
        if size >= _LARGE:
            self.spend(size >> _FILLED_A_STEP)

    def take(self, size: int) -> None:
        """Charge what was made already, with its time."""
        if size > self.budget:
            self.budget = self.collect(size)
        self.budget -= size

    def hold(self, size: int, latent: int = 0) -> None:
        """Charge what may refer to other objects."""
        self.objects_made += size
        self.reserve(size, latent)

    def elapse(self, steps: int) -> None:
        """Charge what so many steps may have taken up without saying so."""
        self.settle()
        growth = min(self.latent, _FILLED * steps)
        self.latent -= growth
        self.take(_STEP * steps + growth)

    @property
    def log_bytes(self) -> int:
        """What the log takes up beside its entries."""
        return _ENTRY * len(self._sized)

    def join(self, site: int, value: Any) -> Any:
        """Note a small variable that shares the object logged last: gc allocates them as one."""
        if self.track:
            self.joined.setdefault(len(self.entries), []).append((site, value))
        return value

    def sized(self, site: int | Site, value: Any, size: int, *, noscan: bool) -> Any:
        """Log an object of so many bytes; zero bytes are no object."""
        taken = class_size(size, noscan=noscan)
        if taken:
            self.settle()
            if self.ledger is not None:
                self._note(self.ledger, value, taken)
            self._bytes += taken
            entry = site, size, noscan
            known = self._sized.get(entry)
            if known is None:
                known = self._sized[entry] = entry
                self.reserve(_ENTRY)
            self.entries.append(known)
            self._settled += 1
            if self.told is not None:
                self.told(ALLOCATED)
            if self.track:
                self.objects.append(value)
        return value

    def _note(self, ledger: dict[int, tuple[Any, int, int]], value: Any, taken: int) -> None:
        _, bytes_, objects = ledger.get(id(value), (None, 0, 0))
        ledger[id(value)] = (value, bytes_ + taken, objects + 1)
        self.goal -= taken
        if self.goal < 0:
            self.goal = self.cycle()


class MapGrowth:
    """The objects behind one map, as many as Go's Swiss map allocates.

    Tables of more than 1024 slots split one by one as hashes fall; here they split all at once,
    which is the mean of it (a model: Go seeds its hash anew for each map).
    """

    __slots__ = ("capacity", "groups", "left", "noscan", "slot", "tables")

    def __init__(
        self, key_size: int, elem_size: int, align: int, *, noscan: bool, elem_align: int = 1
    ) -> None:
        self.noscan = noscan
        if key_size > INDIRECT_ABOVE:
            key_size, align, self.noscan = 8, 8, False
        if elem_size > INDIRECT_ABOVE:
            elem_size, align, self.noscan = 8, 8, False
        align = min(align, 8) or 1
        slot = key_size
        if elem_size or key_size:
            # A struct that ends in nothing has a byte more, so that no address points behind it.
            slot = -(-key_size // elem_align) * elem_align + (elem_size or 1)
        self.slot = -(-slot // align) * align
        self.tables = 0
        self.capacity = 0
        self.left = 0
        self.groups = False

    def group_size(self, slots: int) -> int:
        """Return the bytes of groups for so many slots."""
        return slots // GROUP_SLOTS * (8 + (GROUP_SLOTS * self.slot or 8))

    def tables_for(self, hint: int) -> int:
        """Return how many tables `make(map, hint)` allocates: none if few entries, or too many."""
        if hint <= GROUP_SLOTS:
            return 0
        directory = 1
        while directory * _MAX_TABLE < hint * 8 // 7:
            directory *= 2
        is_too_much = directory * _MAX_TABLE * self.group_size(GROUP_SLOTS) > MAX_ALLOC
        return 0 if is_too_much else directory  # as Go counts it: it takes slots for groups

    def start(self, hint: int) -> list[tuple[int, bool]]:
        """Return what `make(map, hint)` allocates beside the header, as (bytes, noscan)."""
        directory = self.tables_for(hint)
        if not directory:
            return []
        target = hint * 8 // 7
        capacity = GROUP_SLOTS
        while capacity < target // directory:
            capacity *= 2
        self.tables = directory
        self.capacity = capacity
        self.left = directory * self._room(capacity)
        self.groups = True
        made = [(directory * 8, False)]
        for _ in range(directory):
            made.append((_TABLE_HEADER, False))
            made.append((self.group_size(capacity), self.noscan))
        return made

    def _room(self, capacity: int) -> int:
        if capacity <= GROUP_SLOTS:
            return capacity - 1
        return capacity * 7 // 8

    def insert(self, used: int) -> list[tuple[int, bool]]:
        """Return what one more entry beside `used` ones allocates."""
        made: list[tuple[int, bool]] = []
        if not self.groups:
            self.groups = True
            made.append((self.group_size(GROUP_SLOTS), self.noscan))
        if self.tables == 0:
            if used < GROUP_SLOTS:
                return made
            self.tables, self.capacity = 1, 2 * GROUP_SLOTS
            self.left = self._room(self.capacity) - used
            made.append((_TABLE_HEADER, False))
            made.append((self.group_size(self.capacity), self.noscan))
            made.append((8, False))
        if self.left <= 0:
            if self.capacity < _MAX_TABLE:
                self.capacity *= 2
                new = self.tables
            else:
                self.tables *= 2
                new = self.tables
                made.append((self.tables * 8, False))
            for _ in range(new):
                made.append((_TABLE_HEADER, False))
                made.append((self.group_size(self.capacity), self.noscan))
            self.left = self.tables * self._room(self.capacity) - used
        self.left -= 1
        return made

    def cloned(self) -> list[tuple[int, bool]]:
        """Return what a copy of the map allocates beside the header."""
        if self.tables:
            table = [(_TABLE_HEADER, False), (self.group_size(self.capacity), self.noscan)]
            return [(self.tables * 8, False), *table * self.tables]
        return [(self.group_size(GROUP_SLOTS), self.noscan)] if self.groups else []

    def remove(self) -> None:
        """Give back the room of one entry."""
        if self.tables:
            self.left += 1
