"""One cycle after another: examine, confirm, report. Knows when a document has to be renewed, and when it must not be."""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from agent.contract.document import Status
from agent.daemon import cause_starts, pace
from agent.daemon.confirm import Standing, Verdict, advance
from agent.daemon.depth_policy import DepthPolicy
from agent.daemon.drills import Drills
from agent.daemon.examiner import Examiner, fault_of
from agent.daemon.incident import follow
from agent.daemon.learning import Learning
from agent.daemon.listener import Listener
from agent.daemon.own_faults import OwnFaults
from agent.daemon.readiness import ReadinessWatch
from agent.daemon.recorded_incident import RecordedIncident
from agent.daemon.recorder import Recorder
from agent.daemon.stores import Stores
from agent.diagnosis.model import CanPay, State
from agent.examination.result import Examination
from agent.outputs.change import Change
from agent.outputs.outputs import Outputs
from agent.outputs.seam import Health
from agent.present.headline import headline
from agent.remedy.here import look_around
from agent.settings.load import Loaded
from agent.status.build import Moment, Report, build
from agent.storage.identity import identify
from probes.ground.clock import Clock

SLACK_S = 2.0
_SOON_S = 0.05
APART = 0.9  # of the time planned between two looks: sooner than that, they count as one
QUICK_ROUNDS = 3  # times `confirm`: verdicts that keep changing are not looked at in haste for ever
LISTEN_S = 0.2  # for what people said to be taken in, before the status that tells of it
ONCE_PATIENCE_S = 5.0  # with what reads the record, where there is no later document
STATUS_PATIENCE_S = 5.0  # with the status, before what the daemon keeps for itself is not written this time


class Cycle:
    """`remaining` tells the seconds to the next cycle; `sooner` is asked for one earlier than that. `once`: there will be no other."""

    def __init__(
        self,
        loaded: Loaded,
        examiner: Examiner,
        outputs: Outputs,
        clock: Clock,
        *,
        remaining: Callable[[], float],
        sooner: Callable[[float], None],
        once: bool = False,
    ) -> None:
        self._loaded, self._agent, self._clock, self._once = loaded, loaded.settings.agent, clock, once
        self._examiner, self._remaining, self._sooner = examiner, remaining, sooner
        self._outputs, self._notifier, self._status_file = outputs, outputs.notifier, outputs.status_file
        self._own_faults = OwnFaults(outputs.notifier)
        self._here = look_around(loaded.settings, writes_log=True)
        self._identity = identify(loaded.settings.terminal, Path(self._agent.state_dir), keep=True)
        self._lock = threading.Lock()
        self._examining = threading.Lock()
        self._started = clock.wall()
        reading = self._status_file.last(self._started, self._identity.boot_id)
        past, today = cause_starts.past_of(reading, self._started), None if reading.status is None else reading.status.today
        self._recorder = Recorder(loaded, self._identity, outputs.files, clock, once=once, today=today)
        self._recorded = RecordedIncident(self._recorder)
        examiner.carried.said.told = lambda: self._recorder.standing.dates
        self._status_file.first = self._recorder.flush
        self._past, self._cause_starts, self._incident = past, past.causes, self._recorded.resumed(past.incident)
        self._recorded.seen_before(reading.status)
        delivered = partial(outputs.status_delivered, STATUS_PATIENCE_S)
        self._stores = Stores(self._agent.state_dir, outputs.files, clock, self._recorder, delivered)
        self._memory = self._stores.memory
        self._listener = Listener(loaded.settings, self._recorder, outputs.notifier, clock)
        self._listener.look()
        self._drills = Drills(loaded, self._identity, self._recorder, self._stores.data_budget, self._notifier, clock, self._lock)
        self._learning = Learning(loaded.settings, outputs.notifier)
        self._recorder.heard = self._learning.take
        self._readiness = ReadinessWatch(loaded, self._recorder, outputs.notifier, clock, lambda: self._learning.fleet)
        self._depth_policy = DepthPolicy(loaded.settings, self._stores.data_budget, clock)
        self._standing: Standing | None = None
        self._latest: Examination | None = None
        self._headline = ""
        self._quick = 0
        self._retry_at = float("-inf")  # on the running clock: when the next look in haste is to begin
        self._provisional = False  # what stands was found without a look at gateways, and tells nothing
        self._counted_at = float("-inf")  # on the running clock: when the last look that counted began
        self._trusted_until = 0.0  # on the running clock: until then the next cycle ends, or something is stuck
        self._renew_at = float("inf")  # on the running clock

    @property
    def state(self) -> State:
        return self._standing.reported.state if self._standing else State.UNKNOWN

    @property
    def health(self) -> Health:
        return Health(
            completing=self._latest is not None and fault_of(self._latest) is None and self._clock.running() <= self._trusted_until,
            delivered=self._status_file.delivered,
            text="; ".join(filter(None, (self._headline, self._notifier.standing()))),
        )

    @property
    def wakers(self) -> tuple[int, ...]:
        """Descriptors that can be read when `renew` has something to look at, which it has within `within_s` anyway."""
        return self._listener.wakers

    @property
    def within_s(self) -> float:
        return self._listener.within_s

    def examine_once(self, happened: Callable[[], bool] = lambda: False) -> None:
        """One at a time; another waits. Never raises: whatever goes wrong is said, and the next examination comes.

        `happened` is asked right before it begins, whether something has happened to the way out and it is not only time for it: over
        a metered uplink only that is worth packets before anything is found changed.
        """
        with self._examining, self._own_faults.said():
            by_event = happened()
            began = self._clock.running()
            settled = self._standing is not None and self._standing.settled
            examination = self._examiner.run(self._memory, self._depth_policy.next(settled=settled, by_event=by_event))
            self._listener.look()
            self._listener.wait(LISTEN_S)
            with self._lock:
                self._take(examination, began, by_event=by_event)

    def renew(self) -> None:
        """Renews the document where that is due and cycles go on as planned; a stuck one is left to run out. Never raises."""
        self._listener.look()
        self._readiness.look()
        news = self._listener.news() or self._readiness.news()
        self._drills.look(self._standing, self._memory)
        if (self._clock.running() < self._renew_at and not news) or not self._lock.acquire(timeout=0.2):
            return
        try:
            if self._clock.running() <= self._trusted_until:
                with self._own_faults.said():
                    self._report()
            else:
                self._renew_at = float("inf")
        finally:
            self._lock.release()

    def clock_moved(self, by: float) -> None:
        """The wall clock was set: what began keeps its age, and a fresh look replaces what was dated by the old clock."""
        with self._lock:
            self._started += by
            self._cause_starts, self._incident = (
                cause_starts.shift_starts(self._cause_starts, by),
                cause_starts.shift_incident(self._incident, by),
            )
            self._depth_policy.clock_moved(by)
            with self._own_faults.said("record"):
                self._recorder.clock_moved(by)
            if self._standing:
                self._standing = cause_starts.shift(self._standing, by)
        self._sooner(max(self._agent.retry_s, self._depth_policy.anew_in()))

    def wait(self, patience_s: float) -> bool:
        """Whether all that was found has been delivered and written, now or within the time."""
        end = self._clock.monotonic() + patience_s
        delivered = self._outputs.wait(patience_s)
        return self._stores.wait(max(0.0, end - self._clock.monotonic())) and delivered

    def close(self, patience_s: float, *, write: bool = True) -> None:
        """What is not yet delivered is tried once more within the time, or not at all; afterwards nothing is."""
        end = self._clock.monotonic() + patience_s
        if self._lock.acquire(timeout=patience_s) and write:
            with self._own_faults.said("record"):
                self._recorded.end()
                self._recorder.stop()
            self._outputs.retry()
            self._stores.close()
            self.wait(max(0.0, end - self._clock.monotonic()))
        self._outputs.close()

    def _take(self, examination: Examination, began: float, *, by_event: bool) -> None:
        self._own_faults.of(examination)
        self._latest, self._memory = examination, examination.memory
        self._depth_policy.took(examination)
        self._on_the_line(examination)
        verdict = Verdict(diagnosis=examination.diagnosis, checks=examination.checks, at=self._clock.wall())
        known = None if self._provisional else self._standing
        self._provisional = examination.held and verdict.state is State.UNKNOWN
        too_soon = began - self._counted_at < APART * min(self._agent.retry_s, self._agent.interval_s)
        if known is None:
            standing = cause_starts.resume(verdict, self._past)
            if self._provisional:
                standing = replace(standing, changed=False)
        else:
            standing = advance(known, verdict, self._agent.confirm, one_more=not too_soon)
        self._standing = standing
        counted = not too_soon or standing.begun  # the first look of a row always counts
        self._counted_at = began if counted else self._counted_at
        self._cause_starts = cause_starts.enter(self._cause_starts, standing, verdict)
        self._follow(examination, standing, by_event=by_event)
        self._quick = 0 if standing.settled else self._quick + counted
        if counted:
            roll, stalled = random.random(), pace.stalls(examination.checks)  # noqa: S311
            self._retry_at = began + pace.retry_after_s(self._agent.retry_s, self._quick, self._agent.confirm, roll, stalled=stalled)
        if 0 < self._quick <= QUICK_ROUNDS * self._agent.confirm:
            self._sooner(max(min(1.0, self._agent.retry_s), self._retry_at - self._clock.running()))
        if examination.held:
            self._depth_policy.forget()
            self._sooner(max(_SOON_S, self._examiner.carried.held_s()))
        self._depth_policy.watch(self._recorded.lately_ended())
        due = self._depth_policy.sooner()
        if due is not None:
            self._sooner(due)
        self._trusted_until = self._clock.running() + self._remaining() + self._examiner.limit_s + SLACK_S
        self._readiness.took(examination, ONCE_PATIENCE_S if self._once else 0.0)
        status = self._report()
        if status and standing.changed:
            self._outputs.change(Change(status=status, before=standing.before))
        self._stores.save(self._memory)

    def _on_the_line(self, examination: Examination) -> None:
        """What outputs have spent is counted, and they are told which way leads out now."""
        line, budget = self._outputs.line, self._stores.data_budget
        budget.spend(line.drain(), examination.budgets, by_outputs=True)
        uplink, budget_mb = examination.uplink, examination.budget_mb
        line.told(uplink, partial(budget.affords_output, uplink, budget_mb), metered=budget_mb > 0)

    def _follow(self, examination: Examination, standing: Standing, *, by_event: bool) -> None:
        """The incident, and what the record tells of it and of what changed. A provisional verdict opens none and closes none."""
        with self._own_faults.said("record"):
            self._recorder.take(examination, by_event=by_event)
        if self._provisional:
            return
        incident = follow(self._incident, standing.reported.diagnosis, since=standing.since, mark=secrets.token_hex(3))
        with self._own_faults.said("record"):
            if incident is not None and self._incident is None:
                incident = self._recorded.opening(incident, standing.since)
            self._recorded.follow(incident, standing.reported, standing.since, settled=standing.settled)
            diagnosis = standing.reported.diagnosis
            can_pay = diagnosis.can_pay is CanPay.YES
            self._recorder.look(diagnosis.state.value, can_pay=can_pay, checks=examination.checks, uplink=examination.uplink)
        self._incident = incident

    def _report(self) -> Status | None:
        standing, latest = self._standing, self._latest
        if standing is None or latest is None:
            return None
        to_next = self._remaining()
        moment = Moment(
            now=self._clock.wall(),
            started=self._started,
            sequence=self._status_file.sequence + 1,
            next_write_s=pace.next_write_s(to_next, latest.took_ms / 1000, self._agent.heartbeat_s),
            next_check_s=to_next,
        )
        report = Report(
            diagnosis=standing.reported.diagnosis,
            checks=standing.reported.checks,
            since=standing.since,
            causes_since=self._cause_starts,
            pending=standing.pending,
            incident=self._incident,
            watch=self._recorded.watch(),
            data=self._stores.data_budget.entries(),
            promises=self._recorder.standing.promises,
            planned=self._recorder.standing.planned(moment.now),
            experience=self._learning.experience(),
            today=self._recorder.today,
            readiness=self._readiness.latest,
            record=self._learning.record(self._recorder.today, self._recorder.known),
        )
        status = build(latest, self._loaded, identity=self._identity, moment=moment, here=self._here, report=report)
        self._headline = headline(status, self._loaded.settings.terminal.language)
        self._outputs.document(status)
        by_heartbeat = moment.next_write_s == self._agent.heartbeat_s
        self._renew_at = self._clock.running() + moment.next_write_s * (1 if by_heartbeat else 2)
        return status
