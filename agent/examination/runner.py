"""Runs probes side by side under one deadline: none holds up another, and none can take the agent down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.times import utc
from probes.edge.failures import CannotTell, cannot_tell_of, start
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom, kind_of
from probes.model.facts import FACTS, RemoteFacts

# Tasks beside one another: with the threads that each may take besides (two at most) and the service's own, no more than its unit allows.
MOST_AT_ONCE, LEAST_AT_ONCE = 64, 16
TOO_MANY = "there was no time left for it beside all else that is configured: configure fewer checks, or a longer --timeout"
# Between the deadline of a probe and the moment from which it counts as hung: one whose last wait ended at its deadline still has to say
# what it saw, and on a busy machine its thread may wait for some tenths of a second.
_TO_END_S = 0.5

Probe = Callable[[Deadline], Check[Facts] | Iterable[Check[Facts]]]
Progress = Callable[[str], None]


class Task(Struct, frozen=True):
    """One probe to run. `id` names it, and is the id of its check where it makes only one. `limit_s` bounds it."""

    id: str
    layer: Layer
    target: str
    probe: Probe
    limit_s: float = 15.0

    @classmethod
    def of(cls, kind: Kind, name: str, probe: Probe, limit_s: float, *, target: str | None = None) -> Task:
        """Of a kind of check that this version knows. `target` is what people are shown, the name unless it is given."""
        return cls(kind.id(name), kind.layer, name if target is None else target, probe, limit_s)

    @property
    def kind(self) -> Kind:
        return kind_of(self.id)

    def check(
        self, outcome: Outcome, symptom: Symptom | None = None, because: str | None = None, *, facts: Facts | None = None
    ) -> Check[Facts]:
        """What stands in the place of its checks where it was not run, or came to nothing. Nothing else is known unless `facts` say it."""
        known = FACTS[self.kind]() if facts is None else facts
        return Check(id=self.id, layer=self.layer, target=self.target, outcome=outcome, symptom=symptom, because=because, facts=known)


class Midway(Struct, frozen=True):
    """What a run that takes long starts beside the rest: from `after_s` seconds on, `tasks` is asked with what has been seen so
    far, at each new check, until it names some."""

    after_s: float
    tasks: Callable[[Sequence[Check[Facts]]], Sequence[Task]]


Hanging = dict[str, threading.Thread]  # probes that did not end, by task


def run(
    tasks: Sequence[Task],
    deadline: Deadline,
    progress: Progress | None = None,
    midway: Midway | None = None,
    hanging: Hanging | None = None,
) -> list[Check[Facts]]:
    """The checks of all tasks in their order, and of what `midway` added. A probe that hung in an earlier run and still does,
    as `hanging` tells, is not started again."""
    return begin(tasks, deadline, progress, hanging).ended(midway)


def begin(tasks: Sequence[Task], deadline: Deadline, progress: Progress | None = None, hanging: Hanging | None = None) -> Running:
    """The same without waiting for any."""
    running = Running(deadline, progress, {} if hanging is None else hanging)
    running.start(tasks)
    return running


class Running:
    """Tasks on their way, each in a thread, and what has come of them."""

    def __init__(self, deadline: Deadline, progress: Progress | None, hanging: Hanging) -> None:
        self._deadline, self._progress, self._hanging = deadline, progress, hanging
        self._began = time.monotonic()
        self._done = threading.Condition()
        self._results: dict[str, list[Check[Facts]]] = {}
        self._tasks: dict[str, Task] = {}
        self._ends: dict[str, float] = {}  # of those that still run, or wait for their turn
        self._waiting: list[Task] = []

    def start(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            self._tasks[task.id] = task
            earlier = self._hanging.get(task.id)
            if earlier is not None and earlier.is_alive():
                self._came(task, [_stamp(_hung(task, "still running since an earlier examination"), 0.0, self._deadline.clock)])
                continue
            with self._done:
                self._waiting.append(task)
                self._ends[task.id] = time.monotonic() + self._deadline.remaining()
        with self._done:
            self._waiting.sort(key=lambda task: task.layer is Layer.INTERNET)  # of which there are many, to say one thing
        begun = self._begin()
        with self._done:
            for task in begun:  # its time begins once all have been started
                if task.id in self._ends:
                    self._ends[task.id] = time.monotonic() + min(task.limit_s, self._deadline.remaining())

    def _begin(self) -> list[Task]:
        """Starts as many of those that wait as may run beside one another."""
        begun: list[Task] = []
        while (task := self._next()) is not None:
            begun.append(task)
            if self._progress:
                self._progress(task.id)
            thread = threading.Thread(target=self._work, args=(task,), name=task.id, daemon=True)
            self._hanging[task.id] = thread
            try:
                start(thread)
            except CannotTell as trouble:
                self._came(task, [_stamp(_not_looked(task, trouble), 0.0, self._deadline.clock)])
        return begun

    def _next(self) -> Task | None:
        with self._done:
            now = time.monotonic()
            waits = {task.id for task in self._waiting}
            running = sum(end > now for name, end in self._ends.items() if name not in waits)
            overdue = sum(thread.is_alive() for thread in list(self._hanging.values())) - running
            if not self._waiting or self._deadline.passed() or running >= max(LEAST_AT_ONCE, MOST_AT_ONCE - max(0, overdue)):
                return None
            task = self._waiting.pop(0)
            self._ends[task.id] = now + min(task.limit_s, self._deadline.remaining())
            return task

    @property
    def over(self) -> bool:
        """Whether each has ended or is overdue."""
        with self._done:
            now = time.monotonic()
            return not any(end > now for end in self._ends.values())

    def ended(self, midway: Midway | None = None) -> list[Check[Facts]]:
        """The checks of all, once each has ended or is overdue."""
        self.wait(midway)
        return self.checks()

    def wait(self, midway: Midway | None) -> None:
        """Until each has ended or is overdue."""
        known = 0  # results that have been looked at: one that comes while nobody waits is not waited for
        while True:
            with self._done:
                now = time.monotonic()
                ends = [end for end in self._ends.values() if end > now]
                if not ends:
                    return
                begins = self._began + midway.after_s if midway else now
                until = min(ends) if begins <= now else min(*ends, begins)
                if len(self._results) == known:
                    self._done.wait(until - now)
                known = len(self._results)
                seen = [check for checks in self._results.values() for check in checks]
            self._begin()
            if midway and time.monotonic() >= begins and (more := midway.tasks(seen)):
                self.start(more)
                midway = None

    def checks(self) -> list[Check[Facts]]:
        with self._done:
            collected = dict(self._results)
            waited, self._waiting = self._waiting, []
        took_ms = (time.monotonic() - self._began) * 1000
        for task in waited:
            collected[task.id] = [_stamp(_not_looked(task, CannotTell(TOO_MANY)), 0.0, self._deadline.clock)]
        for task_id, task in self._tasks.items():
            collected.setdefault(task_id, [_stamp(_hung(task, "no result before its deadline"), took_ms, self._deadline.clock)])
            if task_id in self._hanging and not self._hanging[task_id].is_alive():
                del self._hanging[task_id]
        return [check for task_id in self._tasks for check in collected[task_id]]

    def _work(self, task: Task) -> None:
        self._came(task, _one(task, self._deadline))
        self._begin()

    def _came(self, task: Task, checks: list[Check[Facts]]) -> None:
        with self._done:
            self._results[task.id] = checks
            self._ends.pop(task.id, None)
            self._done.notify()


def _one(task: Task, deadline: Deadline) -> list[Check[Facts]]:
    began = time.monotonic()
    try:
        granted_s = min(task.limit_s, deadline.remaining())
        checks = _checks_of(task.probe(deadline.within(granted_s - min(_TO_END_S, granted_s / 10))))
    except BaseException as error:  # noqa: BLE001 - the one place where anything may come, an exit too: it becomes a check
        checks = [_fallen(task, error)]
    return [_stamp(check, (time.monotonic() - began) * 1000, deadline.clock) for check in checks]


def _checks_of(made: object) -> list[Check[Facts]]:
    """Raises TypeError for what is neither a check nor a series of them."""
    checks: list[Check[Facts]] = []
    for check in made if isinstance(made, Iterable) else [made]:
        if not isinstance(check, Check):
            raise TypeError(f"the probe gave {type(check).__name__} where a check belongs")
        checks.append(check)
    return checks


def stamp(checks: Iterable[Check[Facts]], took_ms: float, clock: Clock) -> list[Check[Facts]]:
    """Checks that came about without a task, with their time."""
    return [_stamp(check, took_ms, clock) for check in checks]


def _stamp(check: Check[Facts], took_ms: float, clock: Clock) -> Check[Facts]:
    return replace(check, took_ms=round(took_ms, 2), observed_at=utc(clock.wall()))


def _hung(task: Task, text: str) -> Check[Facts]:
    return _untold(task, Symptom.HUNG, text)


def _fallen(task: Task, error: BaseException) -> Check[Facts]:
    """This machine lacked something, or the probe is at fault."""
    trouble = cannot_tell_of(error)
    return _crashed(task, error) if trouble is None else _not_looked(task, trouble)


def _crashed(task: Task, error: BaseException) -> Check[Facts]:
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be put into words
        said = ""
    name = type(error).__name__
    return _untold(task, Symptom.CRASHED, escape(f"{name}: {said}" if said else name))


def _not_looked(task: Task, trouble: CannotTell) -> Check[Facts]:
    facts = FACTS[task.kind]().learnt(RemoteFacts(errno=trouble.errno))
    return task.check(Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, facts=facts)


def _untold(task: Task, symptom: Symptom, text: str) -> Check[Facts]:
    return task.check(Outcome.UNKNOWN, symptom, text, facts=FACTS[task.kind](text=text))
