"""Whether an identity is one machine: ids that several machines report under, and machines that report under several ids.

An id is doubtful where two serial numbers or two machine ids were seen under it, where boot ids alternate (A, B and A again, in the order
of arrival and by the documents' own times: neither a restart nor a late delivery does that), and where the sequence falls within a boot.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from agent.fleet.model.table import Table

REMEMBERED_S = 2 * 86400  # after which another machine under an id is its successor, and no clone
BOOTS_S = 6 * 3600  # after which an earlier boot of one machine is forgotten: a clone's is back with the next report
_BOOTS = 8  # of an id that are remembered


class Doubt(StrEnum):
    SERIAL_NUMBERS = "serial_numbers"
    MACHINE_IDS = "machine_ids"
    BOOT_IDS = "boot_ids"
    SEQUENCE = "sequence"
    SEVERAL_IDS = "several_ids"  # a machine's


class Sighting(Struct, frozen=True, gc=False):
    """One machine's appearance under an id, from document to document, by the documents' own times; `last`: the latest receipt."""

    serial_number: str
    machine_id: str
    boot_id: str
    sequence: int
    generated: int
    first: int
    received: int


class Identities:
    """Only of ids under which more than one machine or boot was seen is anything kept."""

    def __init__(self) -> None:
        self.seen: dict[str, list[Sighting]] = {}  # by id; the latest arrival last
        self.doubts: dict[str, dict[Doubt, int]] = {}  # by id, with the receipt of what raised it

    def arrived(self, name: str, before: Sighting, now: Sighting) -> None:
        """`before`: what the table has of this id. Called where the two are not plainly the next document of one boot."""
        sightings = self.seen.setdefault(name, [before])
        for each in sightings:
            if each.serial_number and now.serial_number and each.serial_number != now.serial_number:
                self._doubt(name, Doubt.SERIAL_NUMBERS, now, each)
            if each.machine_id and now.machine_id and each.machine_id != now.machine_id:
                self._doubt(name, Doubt.MACHINE_IDS, now, each)
        known = next((each for each in sightings if _same(each, now)), None)
        if known is None:
            sightings.append(now)
            del sightings[:-_BOOTS]
            return
        last = sightings[-1]
        if known is not last and now.boot_id and known.first < last.generated < now.generated:
            self._doubt(name, Doubt.BOOT_IDS, now, last)
        if now.boot_id and now.sequence < known.sequence and now.generated > known.generated and now.received >= known.received:
            self._doubt(name, Doubt.SEQUENCE, now, known)
        sightings.remove(known)
        sightings.append(
            replace(
                now,
                first=min(known.first, now.first),
                generated=max(known.generated, now.generated),
                sequence=max(known.sequence, now.sequence),
                received=max(known.received, now.received),
            )
        )

    def _doubt(self, name: str, doubt: Doubt, one: Sighting, other: Sighting) -> None:
        if abs(one.received - other.received) <= REMEMBERED_S:
            found = self.doubts.setdefault(name, {})
            found[doubt] = max(found.get(doubt, 0), one.received, other.received)

    def forget(self, now: int) -> None:
        """What is too long ago to be held against what comes."""
        before = now - REMEMBERED_S
        for name in list(self.seen):
            *earlier, last = self.seen[name]
            kept = [each for each in earlier if each.received >= (now - BOOTS_S if _one_machine(each, last) else before)]
            if kept:
                self.seen[name] = [*kept, last]
            else:
                del self.seen[name]
        for name in list(self.doubts):
            self.doubts[name] = {doubt: at for doubt, at in self.doubts[name].items() if at >= before}
            if not self.doubts[name]:
                del self.doubts[name]

    def doubtful(self) -> dict[str, tuple[Doubt, ...]]:
        return {name: tuple(sorted(doubts)) for name, doubts in sorted(self.doubts.items())}


def _one_machine(one: Sighting, other: Sighting) -> bool:
    return (one.machine_id, one.serial_number) == (other.machine_id, other.serial_number)


def _same(one: Sighting, other: Sighting) -> bool:
    return (one.boot_id, one.machine_id, one.serial_number) == (other.boot_id, other.machine_id, other.serial_number)


def renamed(table: Table, silent: Sequence[int]) -> dict[int, int]:
    """Numbers of terminals that are silent since their machine, by machine id and serial number, reports under another id, with that one's.
    Not where several are heard of under it: then they are clones, whatever their numbers say."""
    alive: dict[tuple[str, str], list[int]] = {}
    silenced: list[int] = []
    for number, (machine, serial) in enumerate(zip(table.machine_ids, table.serial_numbers, strict=True)):
        if machine and serial:
            if silent[number]:
                silenced.append(number)
            else:
                alive.setdefault((machine, serial), []).append(number)
    found = {}
    for number in silenced:
        others = alive.get((table.machine_ids[number], table.serial_numbers[number]), ())
        if len(others) == 1 and table.received[others[0]] > table.received[number]:
            found[number] = others[0]
    return found


def shared_machines(table: Table) -> dict[str, tuple[str, ...]]:
    """Machine ids that several terminals report, with their ids."""
    first: dict[str, int] = {}
    several: dict[str, list[str]] = {}
    for number, machine in enumerate(table.machine_ids):
        if not machine:
            continue
        found = first.setdefault(machine, number)
        if found != number:
            several.setdefault(machine, [table.ids[found]]).append(table.ids[number])
    return {machine: tuple(ids) for machine, ids in sorted(several.items())}
