"""The scheduler of cycles at its end."""

from __future__ import annotations

import threading

from agent.daemon.scheduler import Scheduler
from probes.ground.clock import Clock
from tests.support.patience import PATIENCE_S


def test_a_cycle_that_outlives_the_service_may_still_ask_for_a_sooner_one() -> None:
    scheduler, began, ended, trouble = Scheduler(3600, Clock()), threading.Event(), threading.Event(), list[Exception]()
    stopped = threading.Event()

    def cycle() -> None:
        began.set()
        assert stopped.wait(PATIENCE_S)
        try:
            scheduler.sooner(1)
        except Exception as error:
            trouble.append(error)
        ended.set()

    scheduler.start(cycle)
    assert began.wait(PATIENCE_S)
    scheduler.stop()
    stopped.set()
    assert ended.wait(PATIENCE_S)
    assert not trouble
