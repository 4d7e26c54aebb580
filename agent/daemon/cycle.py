"""One cycle after another: examine, confirm, publish. Knows when a document has to be renewed, and when it must not be."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from agent.contract.document import Status
from agent.daemon import cause_starts
from agent.daemon.confirm import Standing, Verdict, advance
from agent.daemon.data_budget import DataBudget
from agent.daemon.depth_policy import DepthPolicy
from agent.daemon.examiner import Examiner, fault_of
from agent.daemon.incident import follow
from agent.daemon.publisher import Publisher
from agent.diagnosis.model import State
from agent.examination.memory import recall
from agent.examination.result import Examination
from agent.outputs.notifier import Notifier
from agent.outputs.systemd import Pulse
from agent.present.headline import headline
from agent.settings.load import Loaded
from agent.status.build import Moment, Report, build
from agent.storage.identity import identify
from probes.ground.bilingual import Bilingual
from probes.ground.clock import running, wall
from probes.ground.text import escape

SLACK_S = 2.0
APART = 0.9  # of the time planned between two looks: sooner than that, they count as one
QUICK_ROUNDS = 3  # times `confirm`: verdicts that keep changing are not looked at in haste for ever


class Cycle:
    """`remaining` tells the seconds to the next cycle; `sooner` is asked for one earlier than that."""

    def __init__(self, loaded: Loaded, examiner: Examiner, remaining: Callable[[], float], sooner: Callable[[float], None]) -> None:
        self._loaded, self._agent = loaded, loaded.settings.agent
        self._examiner, self._remaining, self._sooner = examiner, remaining, sooner
        self._notifier = Notifier(loaded.settings.terminal.language)
        self._publisher = Publisher(loaded, self._notifier)
        self._identity = identify(loaded.settings.terminal, Path(self._agent.state_dir), keep=True)
        self._lock = threading.Lock()
        self._examining = threading.Lock()
        self._started = wall()
        past = cause_starts.past_of(self._publisher.last(self._started, self._identity.boot_id), self._started)
        self._past, self._sequence, self._cause_starts, self._incident = past, past.sequence, past.causes, past.incident
        self._memory = recall(self._agent.state_dir)
        self._data_budget = DataBudget(self._agent.state_dir)
        self._depth_policy = DepthPolicy(loaded.settings, self._data_budget)
        self._standing: Standing | None = None
        self._latest: Examination | None = None
        self._headline = ""
        self._quick = 0
        self._counted_at = float("-inf")  # on the running clock: when the last look that counted began
        self._trusted_until = 0.0  # on the running clock: until then the next cycle ends, or something is stuck
        self._beat_at = float("inf")

    @property
    def state(self) -> State:
        return self._standing.reported.state if self._standing else State.UNKNOWN

    @property
    def pulse(self) -> Pulse:
        latest = self._latest
        return Pulse(
            completing=latest is not None and fault_of(latest) is None and running() <= self._trusted_until,
            delivered=self._sequence > self._past.sequence,
            text="; ".join(filter(None, (self._headline, self._notifier.standing()))),
        )

    @property
    def barred_s(self) -> float:
        return self._publisher.barred_s

    def turn(self, just_before: Callable[[], None] = lambda: None, *, called: bool = False) -> None:
        """One at a time; another waits. Never raises: whatever goes wrong is said, and the next turn comes.

        `called`: something has happened to the way out, it is not only time for it; over a metered uplink only that
        is worth packets before anything is found changed.
        """
        with self._examining:
            self._turn(just_before, called)

    def _turn(self, just_before: Callable[[], None], called: bool) -> None:
        try:
            just_before()
            began = running()
            examination = self._examiner.run(
                self._memory, self._depth_policy.next(settled=self._standing is not None and self._standing.settled, called=called)
            )
            with self._lock:
                self._take(examination, began)
        except Exception as error:  # noqa: BLE001 - a daemon that ends is worth less than one that complains
            kind = type(error).__name__
            self._notifier.trouble("turn", kind, _trouble(f"{kind}: {error}"))
        else:
            self._notifier.over("turn", Bilingual("报告又正常了", "reporting works again"))

    def beat(self) -> None:
        """Renews the document where that is due and cycles go on as planned; a stuck one is left to run out."""
        if running() < self._beat_at or not self._lock.acquire(timeout=0.2):
            return
        try:
            if running() <= self._trusted_until:
                self._publish()
                self._publisher.flush_log()
            else:
                self._beat_at = float("inf")
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
            self._depth_policy.forget()
            if self._standing:
                self._standing = cause_starts.shift(self._standing, by)
        self._sooner(self._agent.retry_s)

    def close(self, *, write: bool = True) -> None:
        """What is not yet written is tried once more, or not at all; afterwards nothing is."""
        if self._lock.acquire(timeout=1.0) and write:
            self._publisher.flush_status()
            self._publisher.flush_log()
            self._publisher.data_use(self._data_budget, at_once=True)

    def _take(self, examination: Examination, began: float) -> None:
        self._notify(examination)
        self._latest, self._memory = examination, examination.memory
        self._depth_policy.took(examination)
        verdict = Verdict(diagnosis=examination.diagnosis, checks=examination.checks, at=wall())
        known = self._standing
        too_soon = began - self._counted_at < APART * min(self._agent.retry_s, self._agent.interval_s)
        if known is None:
            standing = cause_starts.resume(verdict, self._past)
        else:
            standing = advance(known, verdict, self._agent.confirm, one_more=not too_soon)
        self._standing = standing
        counted = not too_soon or standing.begun  # the first look of a row always counts
        self._counted_at = began if counted else self._counted_at
        self._cause_starts = cause_starts.enter(self._cause_starts, standing, verdict)
        self._incident = follow(self._incident, standing.reported.diagnosis, since=standing.since, mark=secrets.token_hex(3))
        self._quick = 0 if standing.settled else self._quick + counted
        if 0 < self._quick <= QUICK_ROUNDS * self._agent.confirm:
            self._sooner(max(min(1.0, self._agent.retry_s), self._counted_at + self._agent.retry_s - running()))
        due = self._depth_policy.sooner()
        if due is not None:
            self._sooner(due)
        self._trusted_until = running() + self._remaining() + self._examiner.limit_s + SLACK_S
        status = self._publish()
        if status and standing.changed:
            self._publisher.change(status, standing.before)
            self._publisher.keep(status)
        self._publisher.flush_log()
        self._publisher.memory(self._memory)
        self._publisher.data_use(self._data_budget)

    def _publish(self) -> Status | None:
        standing, latest = self._standing, self._latest
        if standing is None or latest is None:
            return None
        to_next = self._remaining()
        moment = Moment(
            now=wall(), started=self._started, sequence=self._sequence + 1, next_write_s=self._next_write(to_next), next_check_s=to_next
        )
        report = Report(
            diagnosis=standing.reported.diagnosis,
            checks=standing.reported.checks,
            since=standing.since,
            causes_since=self._cause_starts,
            pending=standing.pending,
            incident=self._incident,
            data=self._data_budget.entries(),
        )
        status = build(latest, self._loaded, identity=self._identity, moment=moment, report=report)
        self._headline = headline(status, self._loaded.settings.terminal.language)
        if self._publisher.status(status):
            self._sequence += 1
        beats = moment.next_write_s == self._agent.heartbeat_s
        self._beat_at = running() + moment.next_write_s * (1 if beats else 2)
        return status

    def _next_write(self, to_next: float) -> float:
        """The next cycle's end where it comes about as soon as a heartbeat; the heartbeat then only covers a slow one."""
        took = max(0.5, self._latest.took_ms / 1000) if self._latest else 0.5
        return to_next + took if to_next + took <= 1.1 * self._agent.heartbeat_s else self._agent.heartbeat_s

    def _notify(self, examination: Examination) -> None:
        fault = fault_of(examination)
        if fault is None:
            self._notifier.over("examination", Bilingual("检查又正常了", "the examination works again"))
        else:
            self._notifier.trouble("examination", fault.split(":", 1)[0], _trouble(fault))


def _trouble(text: str) -> Bilingual:
    return Bilingual(f"诊断程序自身出错，稍后重试：{escape(text)}", f"a fault of the agent itself, it goes on trying: {escape(text)}")
