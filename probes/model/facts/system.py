"""Facts of the terminal itself: disk, memory, load, heat, battery, clock; and of an examination and a document as a whole."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from probes.model.facts.base import Facts
from probes.model.kinds import Kind


class DiskFacts(Facts, frozen=True, kw_only=True):
    """Percentages as `df` counts them for an ordinary user.

    named: by the configuration
    by_design: it can never be written
    writing_stopped: the file system takes no more after an error
    """

    KIND: ClassVar[Kind] = Kind.DISK

    path: str | None = None
    named: bool | None = None
    used_percent: float | None = None
    free_mb: float | None = None
    inodes_used_percent: float | None = None
    read_only: bool | None = None
    by_design: bool | None = None
    writing_stopped: bool | None = None
    filesystem: str | None = None


class MemoryFacts(Facts, frozen=True, kw_only=True):
    KIND: ClassVar[Kind] = Kind.MEMORY

    available_percent: float | None = None
    available_mb: float | None = None
    total_mb: float | None = None


class LoadFacts(Facts, frozen=True, kw_only=True):
    """per_core: mean number of runnable and blocked tasks for each core over the last minute
    per_core_5min: the same over the last five
    """

    KIND: ClassVar[Kind] = Kind.LOAD

    per_core: float | None = None
    per_core_5min: float | None = None
    cores: int | None = None


class DoubtfulSensor(Struct, frozen=True, kw_only=True):
    """A hot one that does not count, and why: other_part, stands_still, disagrees (with all others of its part), for_fans (the chip
    tells its own temperature beside)."""

    sensor: str = ""
    degrees_c: float = 0.0
    why: str = ""


class TemperatureFacts(Facts, frozen=True, kw_only=True):
    """hottest_c: of the sensors that count: they belong to the processor or the battery, and no other one speaks against them
    part: processor or battery
    doubtful: hot ones that do not count
    """

    KIND: ClassVar[Kind] = Kind.TEMPERATURE

    hottest_c: float | None = None
    sensor: str | None = None
    part: str | None = None
    doubtful: tuple[DoubtfulSensor, ...] = ()


class BatteryFacts(Facts, frozen=True, kw_only=True):
    """charging: not known where neither a charger nor the battery tells
    health_percent: what it holds when it is full, of what it held when it was new
    """

    KIND: ClassVar[Kind] = Kind.BATTERY

    percent: float | None = None
    charging: bool | None = None
    health_percent: float | None = None
    status: str | None = None


class ClockFacts(Facts, frozen=True, kw_only=True):
    """sources: id of a check → seconds that we differ from what it told
    skew_s: ours minus true, where they agree that we are wrong
    confirmed: of a terminal beside this machine, held against this machine's clock: that one was found right, or is kept by NTP
    """

    KIND: ClassVar[Kind] = Kind.CLOCK

    now: str | None = None
    build_date: str | None = None
    sources: dict[str, float] = {}
    skew_s: float | None = None
    confirmed: bool | None = None


class DeviceFacts(Facts, frozen=True, kw_only=True):
    """An Android terminal, over adb.

    state: the adb server's word
    over: usb, network
    android: its version
    seen_before: it was there at an earlier examination
    """

    KIND: ClassVar[Kind] = Kind.DEVICE

    state: str | None = None
    over: str | None = None
    model: str | None = None
    android: str | None = None
    required: bool | None = None
    seen_before: bool | None = None


class OnLanFacts(Facts, frozen=True, kw_only=True):
    """A terminal on the shop's network, seen from a machine beside it.

    answered_by: arp, icmp, port; neighbour: only this machine's own table says so, which may not ask by itself
    entry_age_s: since that entry was confirmed last; one that was switched off stands there for up to 45 s
    ports: port → open, busy (it accepts and hangs up at once: it serves another client), or the symptom
    debugging_open: port 5555 answers to anybody
    moved: another machine has its address, and it has this one now
    was_at: the address that is configured, where it is at another one now
    others: of the other machines of this network, whether any answers (1) or none (0); asked only where it does not
    seen_before: it was there at an earlier examination, or a DHCP server gave it a lease
    leased: the address that the configured lease file has for it
    lease_age_s: since that lease was given or renewed
    lease_runs: whether it still runs
    searched: every address of the network was asked for it
    """

    KIND: ClassVar[Kind] = Kind.ON_LAN

    address: str | None = None
    mac: str | None = None
    answered_by: str | None = None
    entry_age_s: int | None = None
    ports: dict[str, str] = {}
    debugging_open: bool | None = None
    moved: str | None = None
    was_at: str | None = None
    others: int | None = None
    seen_before: bool | None = None
    leased: str | None = None
    lease_age_s: int | None = None
    lease_runs: bool | None = None
    searched: bool | None = None


class ArrivalsFacts(Facts, frozen=True, kw_only=True):
    """What arrived at this machine while its questions went unanswered, by the kernel's own counters.

    asked: family → packets sent in vain, as far as they were counted
    dropped: family → packets that arrived for this machine and that it passed on to nobody
    kept_back: packets that did not leave this machine, as its IPsec policies kept them
    off_way: of the dropped, how many came over another interface than the one that leads to where they came from
    """

    KIND: ClassVar[Kind] = Kind.ARRIVALS

    asked: dict[str, int] = {}
    dropped: dict[str, int] = {}
    off_way: int | None = None
    kept_back: int | None = None


class DueDateFacts(Facts, frozen=True, kw_only=True):
    """sort: what is due (fee, contract, …), as the configuration says
    due: the day of the next time, or of the one that has passed
    days_left: until that day, less than 0 after it
    every: how often it comes again
    owner: who has to see to it
    done: the last time that somebody said is done
    """

    KIND: ClassVar[Kind] = Kind.DUE_DATE

    sort: str | None = None
    due: str | None = None
    days_left: int | None = None
    every: str | None = None
    owner: str | None = None
    done: str | None = None


class ExaminationFacts(Facts, frozen=True, kw_only=True):
    """A whole examination that hung or failed, told by the daemon: `text` says how."""

    KIND: ClassVar[Kind] = Kind.EXAMINATION


class DocumentFacts(Facts, frozen=True, kw_only=True):
    """A document that had to be made smaller.

    trimmed: what was left out
    """

    KIND: ClassVar[Kind] = Kind.DOCUMENT

    trimmed: tuple[str, ...] = ()
    dropped_checks: int | None = None
    limit_bytes: int | None = None
