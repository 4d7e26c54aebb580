"""Documents in, table out: of several of one terminal the newest stands, and what shows that it is not one terminal is noted."""

from __future__ import annotations

import math
from collections.abc import Mapping

from agent.fleet.model.attributes import LABEL
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.freshness import AHEAD_S
from agent.fleet.reading.identity import Identities, Sighting
from agent.fleet.reading.rows import found_in

MOST_LABELS = 32  # names of them that a fleet is told apart by


class Intake:
    """`take` for bytes, `put` for a row. The table may be one that was kept from an earlier reading."""

    def __init__(
        self,
        table: Table | None = None,
        identities: Identities | None = None,
        retired: Mapping[str, float] | None = None,
        now: float = math.inf,
    ) -> None:
        """`retired`: terminals that are gone, with the moment up to which whatever came of them is of before that. `now`: nothing came in
        later than that."""
        self.table = Table() if table is None else table
        self.identities = Identities() if identities is None else identities
        self.retired = {} if retired is None else retired
        self.now = now
        self.repeats = True  # what comes again keeps the time at which it came first
        self.quality = Quality()
        self.touched: set[int] | None = set() if len(self.table) else None  # numbers of the rows that were put; None: all of them
        self.labels = {name for name in self.table.attributes if name.startswith(LABEL)}

    def take(self, content: bytes, received: int | None, where: str) -> Row | Flaw:
        """The row that was found in a document (which is not the one that stands, where a newer one was there), or why there is none."""
        found = found_in(content, received)
        if isinstance(found, Flaw):
            self.quality.note(found, where)
            return found
        row = found.row
        row.received = min(row.received, int(self.now)) if math.isfinite(self.now) else row.received
        if found.later:
            self.quality.note(Flaw.LATER_VERSION, where)
        if self.retired and row.received <= self.retired.get(row.id, -math.inf):
            self.quality.note(Flaw.RETIRED, where)
        elif not self.put(row):
            self.quality.note(Flaw.OLDER, where)
        return row

    def put(self, row: Row) -> bool:
        """Whether it is the newest of its terminal, and stands now."""
        table = self.table
        number = table.number_of.get(row.id)
        newer = True
        if number is not None:
            newer = self._is_newer(row, number)
            if row.id in self.identities.seen or not (newer and self._goes_on(row, number)):
                self.identities.arrived(row.id, _standing(table, number), _sighting(row))
            if newer and self.repeats and self._is_the_same(row, number):
                row.received = min(row.received, table.received[number])
        if newer:
            self._known_labels(row)
            number = table.put(row)
            if self.touched is not None:
                self.touched.add(number)
        return newer

    def _is_the_same(self, row: Row, number: int) -> bool:
        """The document that was there already: copied or delivered once more it is no sign of life."""
        table = self.table
        return (row.boot_id, row.sequence, row.generated) == (table.boot_ids[number], table.sequences[number], table.generated[number])

    def _goes_on(self, row: Row, number: int) -> bool:
        """The next document of the same boot of the same machine."""
        table = self.table
        return (
            row.boot_id == table.boot_ids[number]
            and row.sequence >= table.sequences[number]
            and row.machine_id == table.machine_ids[number]
            and row.serial_number == table.serial_numbers[number]
        )

    def _is_newer(self, row: Row, number: int) -> bool:
        """Within a boot the sequence decides, and where that begins anew all else together; else the receipt, and where that is the same
        the document's own time. Where one of the two is of the future, what arrives later is newer."""
        table = self.table
        generated, received = table.generated[number], table.received[number]
        if row.boot_id and row.boot_id == table.boot_ids[number] and row.machine_id == table.machine_ids[number]:
            if row.sequence == table.sequences[number]:
                return (row.generated, row.received) >= (generated, received)
            return row.sequence > table.sequences[number] or (row.generated > generated and row.received >= received)
        if max(row.generated, generated) > self.now + AHEAD_S:
            return True
        return (row.received, row.generated) >= (received, generated)

    def _known_labels(self, row: Row) -> None:
        new = [name for name in row.attributes if name not in self.labels and name.startswith(LABEL)]
        for name in new:
            if len(self.labels) < MOST_LABELS:
                self.labels.add(name)
            else:
                del row.attributes[name]
                self.quality.note(Flaw.LABELS_LEFT_OUT, f"{row.id}: {name.removeprefix(LABEL)}")


def _standing(table: Table, number: int) -> Sighting:
    generated = table.generated[number]
    return Sighting(
        table.serial_numbers[number],
        table.machine_ids[number],
        table.boot_ids[number],
        table.sequences[number],
        generated,
        generated,
        table.received[number],
    )


def _sighting(row: Row) -> Sighting:
    return Sighting(row.serial_number, row.machine_id, row.boot_id, row.sequence, row.generated, row.generated, row.received)
