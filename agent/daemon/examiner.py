"""An examination that cannot hold up or bring down the daemon: a crash or a hang becomes a verdict of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from agent.contract.times import utc
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.examination.carried import Carried
from agent.examination.light_examination import LightExamination
from agent.examination.result import Examination, Memory
from agent.record.said_dates import SaidDates
from agent.settings.load import Loaded
from probes.ground.clock import Clock
from probes.ground.text import escape
from probes.model import Outcome, Symptom, check_of
from probes.model.facts import ExaminationFacts

GRACE_S = 5.0  # beyond its own limit, before an examination is given up
MOST_HANGING = 3


class Examine(Protocol):
    def __call__(
        self,
        loaded: Loaded,
        *,
        carried: Carried,
        timeout_s: float = ...,
        memory: Memory = ...,
        progress: Callable[[str], None] | None = ...,
        light: LightExamination | None = ...,
    ) -> Examination: ...


class Examiner:
    """Runs examinations in threads that nothing waits for at the end. While too many hang, no other is started. `carried` is what each
    leaves to the next in memory. `passes_on`: exceptions that are whoever asked's own, and are raised to them. `said`: what people said
    of dates, where no service is to put it there."""

    def __init__(
        self,
        examine: Examine,
        loaded: Loaded,
        timeout_s: float,
        clock: Clock,
        grace_s: float = GRACE_S,
        *,
        gateways_from_s: float = float("-inf"),
        passes_on: tuple[type[Exception], ...] = (),
        said: SaidDates | None = None,
    ) -> None:
        self._examine, self._passes_on = examine, passes_on
        self._loaded = loaded
        self._timeout_s, self._clock = timeout_s, clock
        self._limit_s = timeout_s + grace_s
        self.carried = Carried.of(clock, gateways_from_s, said)
        self._hanging: list[threading.Thread] = []

    @property
    def limit_s(self) -> float:
        """Seconds after which `run` has returned for certain."""
        return self._limit_s

    def run(self, memory: Memory, light: LightExamination | None = None) -> Examination:
        started, began = self._clock.wall(), self._clock.monotonic()
        self._hanging = [thread for thread in self._hanging if thread.is_alive()]
        if len(self._hanging) >= MOST_HANGING:
            return self._failed(Symptom.HUNG, f"{len(self._hanging)} earlier examinations still hang", memory, started, began)
        results: list[Examination] = []
        errors: list[Exception] = []

        def work() -> None:
            try:
                results.append(self._examine(self._loaded, carried=self.carried, timeout_s=self._timeout_s, memory=memory, light=light))
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a verdict
                errors.append(error)

        thread = threading.Thread(target=work, name="examination", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread is left: its probes will say so, and none of them can hang
            work()
        else:
            thread.join(self._limit_s)
        if results:
            return results[0]
        if errors and isinstance(errors[0], self._passes_on):
            raise errors[0]
        if errors:
            return self._failed(Symptom.CRASHED, _said(errors[0]), memory, started, began)
        if thread.is_alive():
            self._hanging.append(thread)
        return self._failed(Symptom.HUNG, f"no result after {self._limit_s:g} s", memory, started, began)

    def _failed(self, symptom: Symptom, text: str, memory: Memory, started: float, began: float) -> Examination:
        took_ms = (self._clock.monotonic() - began) * 1000
        check = check_of(ExaminationFacts(text=escape(text)), Outcome.UNKNOWN, symptom, "the agent's own fault", target="examination")
        check = replace(check, took_ms=took_ms, observed_at=utc(started))
        nothing = Diagnosis(can_pay=CanPay.UNKNOWN, state=State.UNKNOWN, findings=())
        return Examination(checks=(check,), diagnosis=nothing, memory=memory, started_at=utc(started), took_ms=took_ms)


def fault_of(examination: Examination) -> str | None:
    """What went wrong with the examination as a whole, if something did."""
    return next((check.facts.text or "" for check in examination.checks if isinstance(check.facts, ExaminationFacts)), None)


def _said(error: Exception) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
