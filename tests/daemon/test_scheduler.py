"""The scheduler of cycles: at its end, and on a clock that is not the one APScheduler reads."""

from __future__ import annotations

import threading

import pytest

from agent.daemon.scheduler import Scheduler
from probes.ground.clock import Clock
from tests.support.clocks import LaterClock
from tests.support.patience import PATIENCE_S, until


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


def test_a_cycle_that_lasts_longer_than_the_delay_it_asked_for_is_followed_by_the_next_when_it_ends() -> None:
    scheduler, cycles, beside = Scheduler(3600, Clock()), list[int](), list[bool]()
    alone = threading.Lock()

    def cycle() -> None:
        beside.append(not alone.acquire(blocking=False))
        cycles.append(len(cycles))
        if len(cycles) < 4:
            scheduler.sooner(0.01)
            assert scheduler.remaining() <= 0.01
            threading.Event().wait(0.3)  # APScheduler, told at once, would have found it running
        alone.release()

    scheduler.start(cycle)
    until(lambda: len(cycles) == 4)
    until(lambda: scheduler.remaining() > 3000)
    scheduler.stop()
    assert beside == [False] * 4


def test_what_comes_anyway_is_not_put_off() -> None:
    scheduler, cycles, asked = Scheduler(3600, Clock()), list[int](), threading.Event()

    def cycle() -> None:
        cycles.append(len(cycles))
        if len(cycles) == 1:
            for delay_s in (0.5, 0.0, 2000.0):
                scheduler.sooner(delay_s)
            asked.set()

    scheduler.start(cycle)
    assert asked.wait(PATIENCE_S)
    until(lambda: len(cycles) == 2)
    until(lambda: scheduler.remaining() > 3000)
    scheduler.stop()


def test_a_cycle_is_due_by_the_clock_that_was_handed_in() -> None:
    clock, cycles = LaterClock(), list[float]()
    clock.by_s, clock.ahead = 40 * 86400.0, -900 * 86400.0
    scheduler = Scheduler(3600, clock)
    scheduler.start(lambda: cycles.append(clock.running()))
    until(lambda: cycles)
    assert 3000 < scheduler.remaining() < 4000
    clock.by_s += 5000  # the machine slept
    scheduler.keep_time()
    until(lambda: len(cycles) == 2)
    until(lambda: 3000 < scheduler.remaining() < 4000)
    scheduler.stop()


def test_the_systems_time_zone_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """An Android terminal has none where Python looks for it."""

    def none() -> None:
        raise LookupError("no time zone found")

    for module in ("tzlocal", "apscheduler.schedulers.base", "apscheduler.triggers.interval"):
        monkeypatch.setattr(f"{module}.get_localzone", none)
    scheduler, ran = Scheduler(3600, Clock()), threading.Event()
    scheduler.start(ran.set)
    assert ran.wait(PATIENCE_S)
    scheduler.stop()
