"""A made past: day by day into a store, with a truth that is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from msgspec import Struct

from agent.contract.summary import ClosedIncident
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.store.keep import keep

FIRST = 1_790_035_200  # 2026-09-22, at midnight (UTC)
DAY = 86400


class Past(Struct, kw_only=True):
    """`rate`: incidents a day, of a terminal (its number) on a day; `lasts_s`: how long one takes on average. `counts`: terminals send
    summaries and count for themselves; else scans alone see their states. `all_on`: days at whose noon everybody goes down for two hours.
    `replaced`: terminals that are another machine from a day on. `every_s`: between scans."""

    terminals: int
    days: int
    seed: int
    rate: Callable[[int, int], float]
    version: Callable[[int, int], str] = lambda number, day: "1.0"
    lasts_s: Callable[[int, int], float] = lambda number, day: 3600
    silent: Callable[[int, int], bool] = lambda number, day: False
    counts: bool = True
    all_on: tuple[int, ...] = ()
    replaced: Mapping[int, int] = {}
    every_s: int = DAY


class Terminal(Struct):
    """`fell`: its incidents, newest first; `counted_from`: since when this machine keeps a record."""

    machine: str
    counted_from: int
    fell: list[ClosedIncident] = []

    def down(self, moment: int) -> int:
        """Seconds, until then."""
        return sum(max(0, min(each.began + each.seconds, moment) - max(each.began, self.counted_from)) for each in self.fell)


def lived(directory: Path, past: Past) -> None:
    chance = np.random.default_rng(past.seed)
    fleet = [Terminal(f"m-{number}", FIRST - DAY) for number in range(past.terminals)]
    for day in range(past.days):
        for number, each in enumerate(fleet):
            if past.replaced.get(number) == day:
                fleet[number] = each = Terminal(f"m-{number}-new", FIRST + day * DAY)
            _fall(each, past, number, day, chance)
    _scan(directory, past, fleet)


def _fall(each: Terminal, past: Past, number: int, day: int, chance: np.random.Generator) -> None:
    midnight = FIRST + day * DAY
    starts = [midnight + int(second) for second in chance.integers(0, DAY, size=chance.poisson(past.rate(number, day)))]
    planned = [(start, max(60, int(chance.exponential(past.lasts_s(number, day)))), "network.unstable") for start in starts]
    if day in past.all_on:
        planned.append((midnight + DAY // 2 + int(chance.integers(0, 60)), 7200, "network.internet_down"))
    for start, lasts, cause in sorted(planned):
        if not each.fell or start > each.fell[0].began + each.fell[0].seconds:
            each.fell.insert(0, ClosedIncident(cause=cause, began=start, seconds=lasts))


def _scan(directory: Path, past: Past, fleet: list[Terminal]) -> None:
    old = {
        number: Terminal(f"m-{number}", FIRST - DAY, [one for one in each.fell if one.began < each.counted_from])
        for number, each in enumerate(fleet)
    }
    table = Table()
    for moment in range(FIRST, FIRST + past.days * DAY + 1, past.every_s):
        day = (moment - FIRST) // DAY
        quiet = bytearray(past.silent(number, day) for number in range(past.terminals))
        for number, each in enumerate(fleet):
            if not quiet[number]:
                now = each if moment > each.counted_from else old[number]
                table.put(_row(now, number, past.version(number, day), moment, past.counts))
        keep(directory, table, at=moment, silent=quiet)


def _row(each: Terminal, number: int, version: str, moment: int, counts: bool) -> Row:
    told = [one for one in each.fell if each.counted_from <= one.began < moment]
    over = [one for one in told if one.began + one.seconds <= moment]
    open_one = told[0] if told and told[0] not in over else None
    down = each.down(moment)
    return Row(
        id=f"T-{number}",
        machine_id=each.machine,
        generated=moment,
        valid_until=moment + 180,
        received=moment,
        sequence=moment % 100_000,
        since=open_one.began if open_one else over[0].began + over[0].seconds if over else each.counted_from,
        state=2 if open_one else 0,
        can_pay=0 if open_one else 1,
        cause=open_one.cause if open_one else "",
        causes=(open_one.cause,) if open_one else (),
        attributes={
            "version": version,
            "isp": f"isp-{number % 4}",
            "model": f"model-{number % 3}",
            "region": "north",
            "store": f"s-{number // 4}",
        },
        seconds_by_state={"ok": moment - each.counted_from - down, "degraded": 0, "outage": down, "unknown": 0} if counts else {},
        incidents_by_cause={"network.unstable": len(told)} if counts else {},
        closed=tuple(over[:8]) if counts else (),
    )
