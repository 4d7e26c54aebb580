"""What examinations of a terminal beside this machine remember of one another, kept over a restart."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.storage.atomic import StoreError, write
from probes.android_usb import ROLE, Printer
from probes.beside_lan import DEBUGGING_PORT, looked_for
from probes.ground.files import read_small
from probes.model import Check, Facts
from probes.model.facts import SerialFacts
from probes.settings import Beside

FILE = "memory.json"
EVERY_S = 600.0  # how often a port that may take one client alone is tried
DEBUGGING_EVERY_S = 3600.0
SEARCH_EVERY_S = 1800.0  # how often every address of its network is asked for one that is not at its own
DAY_S = 86400.0
FORGOTTEN_S = 7 * DAY_S  # after which a printer that is gone was taken away
SIZE_LIMIT = 16 * 1024  # bytes


class BesideMemory(Struct, frozen=True, kw_only=True):
    """`over_adb`, `on_lan`: it was there once. `uplink`: the kind over which it paid last. `mac`: its MAC address, as it was seen last;
    `searched_at`: when every address of its network was asked for it. `tried`: port → when (epoch); `said`: what it said then, which stands
    until it is tried again. `printers`: vendor and product → one that was plugged into it. `place`, `device`: the address or MAC address,
    and the adb name, that were configured when all this was learnt; of another one it is not true."""

    schema: Literal["posdiag.beside/1"] = "posdiag.beside/1"
    over_adb: bool = False
    on_lan: bool = False
    uplink: str = ""
    mac: str = ""
    searched_at: float = 0.0
    tried: dict[str, float] = {}
    said: dict[str, str] = {}
    printers: dict[str, Printer] = {}
    place: str = ""
    device: str = ""

    def meant_for(self, beside: Beside) -> BesideMemory:
        """What of it was learnt of this terminal: under a corrected address, or serial number, stands another machine than was seen."""
        on_lan = looked_for(beside)
        place = (on_lan.mac or on_lan.address).lower() if on_lan is not None else ""
        known = replace(self, place=place, device=beside.adb)
        named = on_lan is not None and on_lan.mac.lower() == self.mac != ""
        if self.place and self.place != place and not named:
            known = replace(known, on_lan=False, mac="", searched_at=0.0, tried={}, said={})
        return known if self.device in ("", beside.adb) else replace(known, over_adb=False, uplink="", printers={})

    def printers_of(self, checks: Iterable[Check[Facts]], now: float) -> dict[str, Printer]:
        """What is there now, and what was until lately; one that another took the place of is forgotten. By the day, so that nothing is
        written while nothing changes."""
        seen = {check.name: check for check in checks if isinstance(check.facts, SerialFacts) and check.facts.role == ROLE}
        if not seen:  # nobody could ask
            return self.printers
        today = now - now % DAY_S
        labels = {check.name: check.facts.label or "" for check in seen.values() if isinstance(check.facts, SerialFacts)}
        there = {name: Printer(today, labels[name]) for name, check in seen.items() if check.ok}
        gone = {name: known for name, known in self.printers.items() if name in seen and 0 <= now - known.at < FORGOTTEN_S}
        return gone | there

    def may_try(self, ports: Iterable[int], now: float) -> frozenset[int]:
        """A clock that was set back does not hold a port for ever."""
        due = dict.fromkeys(ports, EVERY_S) | {DEBUGGING_PORT: DEBUGGING_EVERY_S}
        return frozenset(port for port, every_s in due.items() if not 0 <= now - self.tried.get(str(port), -every_s) < every_s)

    def may_search(self, now: float) -> bool:
        return not 0 <= now - self.searched_at < SEARCH_EVERY_S

    def known_of(self, other: BesideMemory) -> BesideMemory:
        """With what another look learnt of the ports since, where it looked at the same terminal."""
        if self.place and other.place and self.place != other.place:
            return self
        newer = {port for port, at in other.tried.items() if at > self.tried.get(port, float("-inf"))}
        tried, said = ({port: value for port, value in table.items() if port in newer} for table in (other.tried, other.said))
        return replace(self, tried=self.tried | tried, said=self.said | said)

    def claiming(self, ports: Iterable[int], now: float) -> BesideMemory:
        """As if all that may be tried now had been."""
        return replace(self, tried=self.tried | dict.fromkeys(map(str, self.may_try(ports, now)), now))


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


def trying(place: Path, beside: Beside, now: float) -> BesideMemory:
    """The memory for a look that a person asks for: what it may try is written down as tried before it is, so that nobody tries it as
    well. Where it cannot be written nothing may be tried."""
    memory = recall(place).meant_for(beside)
    if looked_for(beside) is None:
        return memory
    claiming = memory.claiming(beside.ports, now)
    try:
        keep(place, claiming)
    except StoreError:
        return claiming
    return memory


def remembered(place: Path, memory: BesideMemory) -> None:
    """What came of it. A service that knows more of the terminal keeps that."""
    if memory.tried:
        with suppress(StoreError):
            keep(place, recall(place).known_of(memory))
