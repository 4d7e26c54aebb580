"""When the next cycle comes. APScheduler counts on the wall clock; here it is corrected by a clock that nobody sets."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from agent.daemon.pace import cycle_after_s
from probes.ground.clock import Clock
from probes.ground.moments import utc_at

TOLERANCE_S = 1.0
_JOB = "cycle"


class Every(BaseTrigger):  # type: ignore[misc]
    """The next time is always counted from now: missed ones are never made up, however far the wall clock was set."""

    def __init__(self, interval_s: float, clock: Clock) -> None:
        self._interval_s, self._clock = interval_s, clock
        self._answered: tuple[datetime | None, datetime] | None = None
        self.due = clock.running()  # on the running clock

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The scheduler asks twice after each run, and gets the same answer."""
        if self._answered is None or previous_fire_time is None or self._answered[0] != previous_fire_time:
            delay = 0.0 if previous_fire_time is None else cycle_after_s(self._interval_s, random.random())  # noqa: S311
            self.due = self._clock.running() + delay
            self._answered = previous_fire_time, _on_its_clock() + timedelta(seconds=delay)
        return self._answered[1]


class Scheduler:
    """One job, never beside itself: where the next one is asked for while one runs, it is planned when that has ended. APScheduler would
    drop it, and the next would come an interval later."""

    def __init__(self, interval_s: float, clock: Clock) -> None:
        self._clock = clock
        logging.getLogger("apscheduler").addHandler(logging.NullHandler())
        logging.getLogger("apscheduler").propagate = False
        self._trigger = Every(interval_s, clock)
        self._scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(2)}, daemon=True)
        self._lock = threading.Lock()
        self._runs = False
        self._asked_for: float | None = None  # on the running clock: when the next cycle is to come, asked for while one runs

    def start(self, cycle: Callable[[], None]) -> None:
        """The first cycle begins at once."""

        def run() -> None:
            with self._lock:
                if self._runs:
                    return
                self._runs = True
            try:
                cycle()
            finally:
                self._ended()

        # two: one that has ended counts for APScheduler until its thread has said so
        self._scheduler.add_job(run, self._trigger, id=_JOB, max_instances=2, coalesce=True, misfire_grace_time=None)
        self._scheduler.start()

    def stop(self) -> None:
        """Waits for nothing that runs."""
        self._scheduler.shutdown(wait=False)

    def remaining(self) -> float:
        """Seconds to the next cycle."""
        asked_for = self._asked_for
        return max(0.0, (self._trigger.due if asked_for is None else min(asked_for, self._trigger.due)) - self._clock.running())

    def sooner(self, delay_s: float) -> None:
        """The next cycle in `delay_s` seconds, or when the one that runs has ended, unless it comes earlier anyway."""
        with self._lock:
            if delay_s >= self.remaining():
                return
            if self._runs:
                self._asked_for = self._clock.running() + delay_s
                return
        self._come_in(delay_s)

    def _ended(self) -> None:
        with self._lock:
            self._runs, asked_for, self._asked_for = False, self._asked_for, None
        if asked_for is not None:
            self._come_in(max(0.0, asked_for - self._clock.running()))

    def _come_in(self, delay_s: float) -> None:
        self._plan(delay_s)
        self._trigger.due = self._clock.running() + delay_s

    def keep_time(self) -> None:
        """Puts the scheduler right where its clock and ours no longer agree on when the next cycle is."""
        job = self._scheduler.get_job(_JOB)
        if job is None or job.next_run_time is None:
            return
        thinks = (job.next_run_time - _on_its_clock()).total_seconds()
        if abs(thinks - (self._trigger.due - self._clock.running())) > TOLERANCE_S:
            self._plan(self.remaining())

    def _plan(self, delay_s: float) -> None:
        with suppress(JobLookupError):  # it was stopped meanwhile: no cycle follows the one that asks
            self._scheduler.modify_job(_JOB, next_run_time=_on_its_clock() + timedelta(seconds=delay_s))


def _on_its_clock() -> datetime:
    """What APScheduler goes by: the machine's wall clock, whatever clock the daemon was given."""
    return utc_at(Clock().wall())
