"""`localised TERMINALS FAULTS`: the cost of judging a made fleet that was read already, and of counting each attribute once."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage

import msgspec

from agent.fleet.localise.located import located
from tests.bench.fleet.measured import Cost
from tests.fleet.made.fleet import made

RUNS = 3


def cost(what: Callable[[], object]) -> Cost:
    began, spent = time.perf_counter(), time.process_time()
    what()
    return Cost(time.process_time() - spent, time.perf_counter() - began, getrusage(RUSAGE_SELF).ru_maxrss / 1024)


def main(terminals: int, faults: int) -> None:
    fleet = made(terminals, 1, faults=faults)

    def judge() -> object:
        return located(fleet.table, fleet.totals, fleet.now, silent=fleet.silent)

    def count() -> object:
        states = fleet.table.states
        return [Counter(zip(column.codes, states, strict=True)) for column in fleet.table.attributes.values()]

    found = [min((cost(what) for _ in range(RUNS)), key=lambda each: each.cpu_s) for what in (judge, count)]
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
