"""Made fleets with everything that an engine could count otherwise than a table in memory: hostile names, labels, codes of later versions,
terminals that stopped or could not tell, and clocks that are ahead."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from agent.fleet.model.row import CANNOT_TELL, OK, UNKNOWN, Row
from agent.fleet.model.table import Table
from agent.fleet.reading import freshness
from agent.fleet.reading.freshness import Reporting
from tests.fleet.made.fleet import Made, made

HOSTILE = ("'; DROP TABLE terminals; --", '"', "\\", "\\N", "a\tb\nc", "中文 ☎", "{p0:String}", "$p0", "=1+1", "NULL", " ", "x'')")
LABELS = ("label:pos", "label:o'brien", "label:a.b[c]", "label:\\n\n", "label:中", "label:{}")


def odd(size: int, seed: int, *, faults: int = 4) -> Made:
    fleet = made(size, seed, faults=faults, missing=0.2, wrong=0.03, noise=0.04)
    chance = np.random.default_rng(seed)
    table = Table(_odd(row, number, chance, fleet.now) for number, row in enumerate(fleet.table.rows()))
    quiet = freshness.silent(table, fleet.now, Reporting())
    return Made(table, freshness.totals(table, quiet), quiet, fleet.now, fleet.people, fleet.truth)


def _odd(row: Row, number: int, chance: np.random.Generator, now: int) -> Row:
    attributes = dict(row.attributes)
    for name, value in list(attributes.items()):
        if value.endswith("1"):
            attributes[name] = HOSTILE[len(value) % len(HOSTILE)]
    attributes |= {name: HOSTILE[int(chance.integers(4))] for name in LABELS[: number % 7] if chance.random() < 0.3}
    if number % 50 == 0:
        attributes["label:chain"] = "every tenth"
        row = replace(row, cause="system.of_a_later_version", causes=("system.of_a_later_version", "system.paper_low"), state=2, can_pay=0)
    if number % 41 == 0:
        row = replace(row, state=UNKNOWN, can_pay=CANNOT_TELL, cause="", causes=())
    if number % 37 == 0:
        row = replace(row, stopped=True, valid_until=row.generated)
    if number % 31 == 0 and row.state == OK:
        row = replace(row, causes=("operator.date_due", "system.paper_low"))
    if number % 29 == 0:
        row = replace(row, generated=now + 60, valid_until=now + 240, since=now + 30)
    if number % 23 == 0:
        row = replace(row, machine_id="the same image everywhere")
    return replace(row, attributes=attributes)
