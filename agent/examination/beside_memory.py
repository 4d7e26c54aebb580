"""What examinations of a terminal beside this machine remember of one another, kept over a restart."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from agent.storage.atomic import write
from probes.beside_lan import DEBUGGING_PORT
from probes.ground.files import read_small

FILE = "memory.json"
EVERY_S = 600.0  # how often a port that may take one client alone is tried
DEBUGGING_EVERY_S = 3600.0
SIZE_LIMIT = 16 * 1024  # bytes


class BesideMemory(Struct, frozen=True, kw_only=True):
    """`over_adb`, `on_lan`: it was there once. `uplink`: the kind over which it paid last. `tried`: port → when (epoch); `said`: what it
    said then, which stands until it is tried again."""

    schema: Literal["posdiag.beside/1"] = "posdiag.beside/1"
    over_adb: bool = False
    on_lan: bool = False
    uplink: str = ""
    tried: dict[str, float] = {}
    said: dict[str, str] = {}

    def may_try(self, ports: Iterable[int], now: float) -> frozenset[int]:
        """A clock that was set back does not hold a port for ever."""
        due = dict.fromkeys(ports, EVERY_S) | {DEBUGGING_PORT: DEBUGGING_EVERY_S}
        return frozenset(port for port, every_s in due.items() if not 0 <= now - self.tried.get(str(port), -every_s) < every_s)


def folder(state_dir: str | Path, name: str) -> Path:
    return Path(state_dir) / "beside" / name


def recall(place: Path) -> BesideMemory:
    """Whatever is missing, unreadable or garbage is an empty memory."""
    try:
        return msgspec.json.decode(read_small(place / FILE, SIZE_LIMIT, follow=False), type=BesideMemory)
    except (OSError, ValueError, RecursionError):
        return BesideMemory()


def keep(place: Path, memory: BesideMemory) -> None:
    """Writes only what differs from the file. Raises `agent.storage.atomic.StoreError`."""
    if recall(place) != memory:
        write(place / FILE, msgspec.json.encode(memory))
