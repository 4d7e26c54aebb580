"""The answer for a table in memory, and the terminals behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from agent.fleet.localise.answer import Judged, judged
from agent.fleet.localise.hours import Hours
from agent.fleet.localise.in_memory import InMemory
from agent.fleet.model.answer import Answer, Totals
from agent.fleet.model.attributes import Family
from agent.fleet.model.table import Table


class Located:
    """Numbers of rows are those of the table as it stood."""

    def __init__(self, counter: InMemory, result: Judged) -> None:
        self.counter = counter
        self.answer = result.answer
        self.found = result.found

    def failing(self, fault: str) -> list[int]:
        """Rows of a fault by its id: all of its victims."""
        found = self.found[fault]
        rows: list[int] = self.counter.failing(found.family, found.place, found.without).tolist()
        return rows

    def healthy(self, fault: str, most: int = 5) -> list[int]:
        """Counter-examples: terminals at the same place that are well, those first that were heard of last; at most so many."""
        found = self.found[fault]
        rows = self.counter.healthy(found.family, found.place, found.without)
        order = np.lexsort((rows, -self.counter.received[rows]))
        shown: list[int] = rows[order[:most]].tolist()
        return shown

    def onsets(self, fault: str) -> list[int]:
        """When it began for each of its victims, seconds since the epoch, earliest first; those that do not say are left out."""
        rows = self.failing(fault)
        silent = self.found[fault].family is Family.SILENCE
        moments = (self.counter.received if silent else self.counter.since)[rows]
        told: list[int] = np.sort(moments[(moments > 0) & (moments <= self.counter.now)]).tolist()
        return told


def located(
    table: Table,
    totals: Totals,
    now: int,
    previous: Answer | None = None,
    *,
    silent: Sequence[int],
    hours: Hours | None = None,
    quality: Mapping[str, int] | None = None,
) -> Located:
    """`silent`: for each terminal of the table, whether it is (`reading.freshness`). `hours`: when each shop is heard of; used where this
    hour of the week is known of it."""
    known = hours is not None and hours.known(now)
    counter = InMemory(table, now, silent, hours if known else None)
    return Located(counter, judged(counter, totals, now, previous=previous, hours_known=known, quality=quality))


def answer_of(
    table: Table,
    totals: Totals,
    now: int,
    previous: Answer | None = None,
    *,
    silent: Sequence[int],
    hours: Hours | None = None,
    quality: Mapping[str, int] | None = None,
) -> Answer:
    return located(table, totals, now, previous, silent=silent, hours=hours, quality=quality).answer
