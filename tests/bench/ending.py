"""From SIGTERM to the end of the service, in the middle of an examination: of a gateway that accepts and stays silent."""

from __future__ import annotations

import signal
import time

from tests.bench.check import Timed
from tests.support.patience import PATIENCE_S
from tests.support.world import behaviours, host_faults
from tests.support.world.daemon import daemon
from tests.support.world.world import World

GOAL_S = 2.0


def measure(runs: int) -> Timed:
    seconds = []
    with World() as w:
        host_faults.gateway_does(w, behaviours.accept)
        for number in range(1, runs + 1):
            with daemon(w) as running:
                w.servers["gateway_a"].reached(number)
                began = time.monotonic()
                running.process.send_signal(signal.SIGTERM)
                running.process.wait(PATIENCE_S)
                seconds.append(time.monotonic() - began)
    return Timed("SIGTERM", tuple(seconds), frozenset())
