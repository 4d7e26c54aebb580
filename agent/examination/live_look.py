"""The path, looked at again every few seconds for as long as somebody watches: by the probes, the judgment and the diagnosis of an
examination, each check at a pace of its own, and nothing that another has just looked at.

What the service has seen lately stands as if it had been seen here. A verdict changes only once the whole path was looked at after
whatever made it change; until then `Live.settled` is false and the verdict before it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from agent.contract.checks import checks_from
from agent.contract.document import Status
from agent.contract.times import parse, utc
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.examination import live_pace, local, runner
from agent.examination.carried import Carried
from agent.examination.judged import judged, receive_errors
from agent.examination.light_examination import SENDING
from agent.examination.live_checks import Origin, Seen, alike, fuller, of_settings, reached_only, told_by_others, told_to_others
from agent.examination.plan import Plan, plan
from agent.examination.registry import FOLLOWING
from agent.examination.result import Examination, Memory
from agent.examination.runner import Running, Task
from agent.examination.scene import Scene, scene
from agent.messages.limiter import SendLimiter
from agent.messages.visits import Visits
from agent.record.said_dates import SaidDates
from agent.settings.load import Loaded
from agent.storage.identity import boot_id
from agent.storage.places import places
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Layer

_PATH = frozenset([Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY])
_LIMIT_S = 10.0  # for one probe
_UNSETTLED_S, _METERED_UNSETTLED_S = 25.0, 60.0  # after which a path that keeps changing is judged as it is
_AT_ONCE_S = 0.3  # what was begun within this was begun at once
_NOT_TAKEN = (Kind.EXAMINATION, Kind.DOCUMENT, Kind.OTHER, Kind.PLUGIN)
_NOT_TOLD = Diagnosis(can_pay=CanPay.UNKNOWN, state=State.UNKNOWN, findings=())


class Live(Struct, frozen=True, kw_only=True):
    """`checks` in the order of the path, `ages`: seconds since each was looked at, `awaited`: ids of those that nobody has looked at yet.

    `settled`: the diagnosis rests on nothing that was seen before the last change; else it is the one before that. `service`: what the
    service says, where that may be believed. `metered`: packets are paid for, and few are sent.
    """

    checks: tuple[Check[Facts], ...] = ()
    diagnosis: Diagnosis = _NOT_TOLD
    settled: bool = False
    ages: dict[str, float] = {}
    awaited: tuple[str, ...] = ()
    service: Status | None = None
    metered: bool = False
    at: float = 0.0  # seconds since the epoch

    def of(self, *words: str) -> list[Check[Facts]]:
        """The checks that the words name: ids, patterns over ids, layers."""
        return [check for check in self.checks if named(check, words)]

    @property
    def examination(self) -> Examination:
        """The same as one examination, from which a status document can be made."""
        return Examination(
            checks=self.checks, diagnosis=self.diagnosis, memory=Memory(), started_at=utc(self.at), took_ms=0.0, complete=False
        )


class _Asked(Struct, frozen=True, kw_only=True):
    """`served`: the service looks by itself; `sends`: there is something left of what may be sent."""

    words: tuple[str, ...]
    served: bool
    metered: bool
    sends: bool


def named(check: Check[Facts] | Task, words: Collection[str]) -> bool:
    return any(word == check.layer or fnmatchcase(check.id, word) for word in words)


class LiveLook:
    """Asked again and again (`look`), it never waits for a probe: each runs in its own thread and is seen at the next look.

    `names`: turns ids as they are into those that documents show. Never to be called by two threads at once.
    """

    def __init__(self, loaded: Loaded, clock: Clock, *, memory: Memory, names: Callable[[str], str] = str) -> None:
        self._loaded, self._clock, self._memory, self._names = of_settings(loaded), clock, memory, names
        agent = loaded.settings.agent
        self._places, self._boot = places(agent), boot_id()
        self._carried = Carried.of(clock, said=SaidDates.beside(loaded.settings, clock))
        self._visits = Visits(agent.state_dir, self._boot, clock, memory_dir=agent.status_home)
        self._seen: dict[str, Seen] = {}
        self._running: dict[str, tuple[Task, Running, float]] = {}
        self._started: dict[str, float] = {}  # when each task was last begun
        self._anew_s = clock.running()  # what was seen of the path before that stands no longer
        self._unsettled_s: float | None = self._anew_s  # since when
        self._spent = 0.0
        self._verdict = _NOT_TOLD
        self._sequence = -1

    def look(self, *wanted: str) -> Live:
        """What is known now. `wanted`: of which kinds or ids more is to be known soon; the whole path where nothing is named."""
        now, wall = self._clock.running(), self._clock.wall()
        self._collect(now)
        service = self._service(wall, now)
        here = local.examine(self._loaded.settings, self._memory)
        budget_mb = here.budget_mb(here.current(), self._loaded.settings)
        stage = self._stage(here)
        planned = plan(stage)
        for check in planned.checks:
            self._take(Seen((check,), now, Origin.NOBODY), check.id)
        self._spent += sum(here.by_interface(self._carried.spent.drain()).values())
        sends = self._spent < live_pace.allowance(budget_mb)
        asked = _Asked(words=wanted, served=service is not None, metered=budget_mb > 0, sends=sends)
        self._begin([*planned.tasks, *planned.aside], asked)
        self._forget(planned, service)
        return self._live(stage, planned, service, now, wall, budget_mb > 0)

    def _stage(self, here: local.Local) -> Scene:
        agent = self._loaded.settings.agent
        limiter = SendLimiter(
            agent.state_dir,
            self._boot,
            agent.retry_s,
            self._clock,
            by_check=False,
            memory_dir=agent.status_home,
            unwritten=self._carried.unwritten,
        )
        stage = scene(self._loaded, here, limiter, self._carried)
        return reached_only(stage)

    def _begin(self, tasks: Sequence[Task], asked: _Asked) -> None:
        due = [task for task in tasks if self._due(task, asked)]
        gateways = [task for task in due if task.kind is Kind.GATEWAY]
        if gateways and not self._visits.take(served=asked.served):
            due = [task for task in due if task not in gateways]
        elif gateways:
            self._carried.names.forget()
        now = self._clock.running()
        for task in due:
            deadline = Deadline(_LIMIT_S, self._clock, self._carried.spent)
            self._started[task.id] = now
            self._running[task.id] = task, runner.begin([task], deadline, hanging=self._carried.hanging), now

    def _due(self, task: Task, asked: _Asked) -> bool:
        if task.id in self._running or (task.layer in SENDING and not asked.sends):
            return False
        seen = self._seen.get(task.id)
        outdated = self._outdated(task)
        wanted = named(task, asked.words)
        if asked.words and not (wanted or outdated):
            return False
        if asked.served and task.kind is Kind.SERIAL and not wanted:
            return False  # two that open one port are in each other's way
        awaited = wanted or outdated or seen is None or any(not check.ok for check in seen.checks)
        last_s = self._started.get(task.id, float("-inf"))
        if seen is not None and seen.origin is not Origin.NOBODY:
            last_s = max(last_s, seen.at_s)
        return self._clock.running() - last_s >= live_pace.again_s(task, awaited=awaited, metered=asked.metered)

    def _outdated(self, task: Task) -> bool:
        seen = self._seen.get(task.id)
        return task.layer in _PATH and (seen is None or seen.at_s < self._anew_s)

    def _collect(self, now: float) -> None:
        """What has ended here, and what others have seen of the gateways."""
        visited = []
        for name, (task, running, began_s) in list(self._running.items()):
            if running.over:
                del self._running[name]
                seen = Seen(tuple(running.checks()), began_s, Origin.HERE)
                self._take(seen, task.id)
                if task.kind is Kind.GATEWAY:
                    visited.append(seen)
        if visited:
            self._visits.tell(told_to_others(visited))
        for seen in told_by_others(self._visits.told(), now):
            known = self._seen.get(seen.checks[0].id)
            if known is None or known.at_s < seen.at_s:
                self._take(seen, seen.checks[0].id)

    def _take(self, seen: Seen, task: str) -> None:
        """What is not as it was makes all that was seen of the path before it stand no longer."""
        before = self._seen.get(task)
        if before is not None and before.at_s > seen.at_s:
            return
        self._seen[task] = seen = fuller(before, seen)
        if before is not None and any(check.layer in _PATH for check in seen.checks) and not alike(before.checks, seen.checks):
            self._anew_s = max(self._anew_s, seen.at_s - _AT_ONCE_S)

    def _service(self, wall: float, now: float) -> Status | None:
        """What it has seen since stands as if it had been seen here."""
        reading = self._places.shown(wall, self._boot)
        status = reading.status
        if status is None or reading.stale:
            return None
        if status.sequence == self._sequence:
            return status
        self._sequence = status.sequence
        own = {self._names(name): name for name in [*self._seen, *self._started]}
        found: dict[str, list[Check[Facts]]] = {}
        for check in checks_from(status.checks):
            if check.kind not in _NOT_TAKEN and check.layer not in (Layer.LINK, Layer.ADDRESS):
                found.setdefault(own.get(check.id, check.id), []).append(check)
        for name, checks in found.items():
            at = parse(checks[0].observed_at)
            if at is not None and at <= wall:
                self._take(Seen(tuple(checks), now - (wall - at), Origin.SERVICE), name)
        return status

    def _forget(self, planned: Plan, service: Status | None) -> None:
        """What is no longer looked at: an interface that went, a router that is another. Follow-ups are the service's."""
        there = {task.id for task in (*planned.tasks, *planned.aside)} | {check.id for check in planned.checks}
        told = {check.id for check in service.checks} if service else set()
        for name in list(self._seen):
            follows = all(check.kind in FOLLOWING for check in self._seen[name].checks)
            if name not in there and not (follows and self._names(name) in told):
                del self._seen[name]

    def _live(self, stage: Scene, planned: Plan, service: Status | None, now: float, wall: float, metered: bool) -> Live:
        tasks = planned.tasks
        awaited = tuple(task.id for task in tasks if task.id not in self._seen)
        if not any(map(self._outdated, tasks)):
            self._unsettled_s = None
        elif self._unsettled_s is None:
            self._unsettled_s = now
        settled = self._unsettled_s is None or now - self._unsettled_s > (_METERED_UNSETTLED_S if metered else _UNSETTLED_S)
        there = {task.id for task in (*tasks, *planned.aside)} | {check.id for check in planned.checks}
        follow_ups_of_before = {name for name, each in self._seen.items() if name not in there and each.at_s < self._anew_s}
        standing = [each for name, each in self._seen.items() if name not in follow_ups_of_before]
        checks, diagnosis = judged([c for each in standing for c in each.checks], tasks, stage, self._memory, receive_errors())
        if settled:
            self._verdict = diagnosis
        ages = {check.id: max(0.0, now - each.at_s) for each in self._seen.values() for check in each.checks}
        return Live(
            checks=checks,
            diagnosis=self._verdict,
            settled=settled,
            ages=ages,
            awaited=awaited,
            service=service,
            metered=metered,
            at=wall,
        )
