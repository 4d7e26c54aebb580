"""One terminal beside this machine, as the daemon follows it: examined, confirmed, told of in its document, the log and its record.

Everything here waits for disks and devices; it is called in a thread of its own (`beside.py`), and costs the cycle nothing.
"""

from __future__ import annotations

import random
import secrets
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from agent.contract.document import Status
from agent.daemon import cause_starts, pace
from agent.daemon.confirm import Standing, Verdict, advance
from agent.daemon.examiner import Examiner, fault_of
from agent.daemon.incident import follow
from agent.daemon.learning import Learning
from agent.daemon.listener import Listener
from agent.daemon.own_faults import OwnFaults
from agent.daemon.recorded_incident import RecordedIncident
from agent.daemon.recorder import Recorder
from agent.diagnosis.model import CanPay, State
from agent.examination.adb_servers import AdbServers
from agent.examination.beside import examine_beside
from agent.examination.beside_memory import FILE, keep, recall
from agent.examination.off_duty import is_off_duty
from agent.examination.result import Examination, Memory
from agent.outputs.change import Change
from agent.outputs.file_troubles import FileTroubles
from agent.outputs.outputs import Outputs
from agent.outputs.seam import Undelivered
from agent.outputs.status_file import StatusFile
from agent.settings.beside import settings_of
from agent.settings.load import Loaded
from agent.status.beside import identity_of, report_on
from agent.status.build import Moment, Report
from agent.storage.expire import expire
from agent.storage.places import places
from probes.ground.clock import Clock
from probes.model import Check, Facts, Kind
from probes.model.facts import AddressFacts, ClockFacts, LinkFacts, OnLanFacts
from probes.settings import Beside

LONGEST_S = 15.0  # of one examination
HASTY = 3  # times `confirm`: verdicts that keep changing are not looked at in haste for ever
COMPLETE_EVERY = 5  # looks while all is well; in the others a terminal whose data costs money sends nothing
LISTEN_S = 0.2  # for what people said of it to be taken in, before the status that tells of it
_METERED = "cellular"


class BesideRecord(Recorder):
    """Of what this machine itself is, its clock and its starts among it, nothing happened to the terminal. A link of it is known by its
    kind: the interface has a name only while it is up, and over a SIM card another one each time."""

    def take(self, examination: Examination, *, by_event: bool = False) -> None:
        kinds = {check.name: check.facts.interface_kind for check in examination.checks if isinstance(check.facts, LinkFacts)}
        checks = tuple(_by_kind(check, kinds) for check in examination.checks if not isinstance(check.facts, ClockFacts))
        super().take(replace(examination, checks=checks), by_event=by_event)

    def _start(self) -> None:
        self._agent("started")


def _by_kind(check: Check[Facts], kinds: Mapping[str, str | None]) -> Check[Facts]:
    kind = kinds.get(check.name) if isinstance(check.facts, LinkFacts | AddressFacts) else None
    return replace(check, id=check.kind.id(kind)) if kind else check


def _only_seen(checks: Sequence[Check[Facts]]) -> bool:
    """It is on the shop's network as it should be, awake or not, and no way to ask it is configured."""
    ways = [check for check in checks if check.kind in (Kind.DEVICE, Kind.ON_LAN)]
    return bool(ways) and all(isinstance(check.facts, OnLanFacts) and check.facts.answered_by and not check.failed for check in ways)


class BesideTerminal:
    """`due`: on the running clock, when it is to be looked at next. Made where a disk may be waited for."""

    def __init__(
        self, loaded: Loaded, outputs: Outputs, clock: Clock, timeout_s: float, beside: Beside, *, once: bool, adb: AdbServers | None = None
    ) -> None:
        self._own = settings_of(loaded, beside)
        self._beside, self._outputs, self._clock, self._adb = beside, outputs, clock, adb
        self._agent = self._own.settings.agent
        self._folder = Path(self._agent.state_dir)
        self._own_faults, self._files = OwnFaults(outputs.notifier, beside.name), FileTroubles(outputs.notifier, clock)
        self._memory, self._earlier, self._light = recall(self._folder), tuple[Check[Facts], ...](), 0
        self._examiner = Examiner(self._examine, self._own, min(timeout_s, LONGEST_S), clock)
        self._started = clock.wall()
        self._moved: deque[float] = deque()
        self._lock, self._closed = threading.Lock(), False
        self._status_file = StatusFile(self._agent, self._files)
        self._identity = identity_of(self._own, beside, ())
        reading = self._status_file.last(self._started, self._identity.boot_id)
        past = cause_starts.past_of(reading, self._started)
        today = None if reading.status is None else reading.status.today
        self._recorder = BesideRecord(self._own, self._identity, self._files, clock, once=once, today=today)
        self._recorded = RecordedIncident(self._recorder)
        self._status_file.first = self._recorder.flush
        self._listener = Listener(self._own.settings, self._recorder, outputs.notifier, clock)
        self._learning = Learning(self._own.settings, outputs.notifier)
        self._recorder.heard = self._learning.take
        self._past, self._cause_starts, self._incident = past, past.causes, self._recorded.resumed(past.incident)
        self._recorded.seen_before(reading.status)
        self._standing: Standing | None = None
        self._quick, self._away = 0, False  # `_away`: what was told last is that it is not there, as the shop is closed
        self.took_s, self.due = 0.0, clock.running()

    @property
    def limit_s(self) -> float:
        return self._examiner.limit_s

    def look(self, round_s: float) -> None:
        """Takes at most `limit_s`, and what its disk takes. Never raises. `round_s`: what a look at all of them took last."""
        began = self._clock.running()
        self.due = began + max(round_s, pace.cycle_after_s(self._agent.interval_s, random.random()))  # noqa: S311
        with self._own_faults.said():
            examination = self._examiner.run(Memory())
            self.took_s = self._clock.running() - began
            self.listen()
            self._listener.wait(LISTEN_S)
            with self._lock:
                if not self._closed:
                    self._take(examination, began, round_s)

    def listen(self) -> None:
        """What people say of it is taken into its record. To be called on and on; returns at once."""
        if not self._closed:
            self._listener.look()

    @property
    def wakers(self) -> tuple[int, ...]:
        """Descriptors that become readable when there is something to be listened to."""
        return self._listener.wakers

    def clock_moved(self, by: float) -> None:
        """Returns at once."""
        self._moved.append(by)
        self.due = min(self.due, self._clock.running() + self._agent.retry_s)

    def close(self, *, write: bool, stopped: bool) -> None:
        """Nothing is written afterwards. `stopped`: whoever reads its document is told so."""
        with self._lock, self._own_faults.said():
            self._closed = True
            if not write:
                return
            self._recorded.end()
            self._recorder.stop()
            self._recorder.keep(closing=True)
            lying_at = places(self._agent)
            for path in dict.fromkeys((lying_at.document, lying_at.copy)) if stopped else ():
                expire(path, now=self._clock.wall(), boot_id=self._identity.boot_id, stopped=True)

    def _examine(self, loaded: Loaded, *, timeout_s: float = LONGEST_S, **given: Any) -> Examination:
        carried, earlier = given["carried"], self._earlier
        known = self._memory.known_of(recall(self._folder))  # somebody may have looked by hand
        found, self._memory = examine_beside(
            loaded, self._beside, known, carried=carried, timeout_s=timeout_s, earlier=earlier if self._light else (), adb=self._adb
        )
        return found

    def _take(self, examination: Examination, began: float, round_s: float) -> None:
        self._own_faults.of(examination)
        while self._moved:
            self._shift(self._moved.popleft())
        verdict = Verdict(diagnosis=examination.diagnosis, checks=examination.checks, at=self._clock.wall())
        if self._standing is None:
            standing = cause_starts.resume(verdict, self._past)
        else:
            standing = advance(self._standing, verdict, self._agent.confirm)
        self._standing = standing
        self._cause_starts = cause_starts.enter(self._cause_starts, standing, verdict)
        self._plan(examination, standing, began)
        with self._own_faults.said("record"):
            self._record(examination, standing)
        status_due = max(self.due - self._clock.running(), 0.0) + max(round_s, self.took_s, 1.0)
        status = self._report(examination, standing, status_due)
        self._outputs.document_beside(status)
        if standing.changed and not self._between_shifts(standing):
            self._outputs.change_beside(Change(status=status, before=standing.before))
        with suppress(Undelivered):  # it has said why
            self._status_file.document(status)
            self._files.tried(self._folder / FILE, partial(keep, self._folder, self._memory))
            if self._recorder.keep_due:
                self._recorder.keep()

    def _between_shifts(self, standing: Standing) -> bool:
        """It was switched off as the shop had closed, or is there again and well: nobody is to be told, at night least of all."""
        away, self._away = self._away, is_off_duty(standing.reported.checks)
        return self._away or (away and standing.reported.state is State.OK)

    def _shift(self, by: float) -> None:
        """What began keeps its age."""
        self._started += by
        self._cause_starts, self._incident = (
            cause_starts.shift_starts(self._cause_starts, by),
            cause_starts.shift_incident(self._incident, by),
        )
        if self._standing:
            self._standing = cause_starts.shift(self._standing, by)

    def _plan(self, examination: Examination, standing: Standing, began: float) -> None:
        """The next look: soon where something is to be confirmed, and whether it may spare what the terminal reached."""
        self._quick = 0 if standing.settled else self._quick + 1
        if 0 < self._quick <= HASTY * self._agent.confirm:
            roll, stalled = random.random(), pace.stalls(examination.checks)  # noqa: S311
            retry_s = pace.retry_after_s(self._agent.retry_s, self._quick, self._agent.confirm, roll, stalled=stalled)
            self.due = min(self.due, max(began + retry_s, self._clock.running()))
        well = standing.settled and standing.reported.state is State.OK and fault_of(examination) is None
        spare = well and self._memory.uplink == _METERED
        self._light = (self._light + 1) % COMPLETE_EVERY if spare else 0
        self._earlier = examination.seen if spare else ()

    def _record(self, examination: Examination, standing: Standing) -> None:
        self._recorder.take(examination)
        diagnosis = standing.reported.diagnosis
        only_seen = _only_seen(standing.reported.checks)
        away = is_off_duty(standing.reported.checks)
        mark = secrets.token_hex(3)
        incident = follow(self._incident, diagnosis, since=standing.since, mark=mark, only_seen=only_seen, off_duty=away)
        if incident is not None and self._incident is None:
            incident = self._recorded.opening(incident, standing.since)
        self._recorded.follow(incident, standing.reported, standing.since, settled=standing.settled)
        can_pay = diagnosis.can_pay is CanPay.YES
        if not away:  # else that time is of no state: nobody watches it
            self._recorder.look(diagnosis.state.value, can_pay=can_pay, checks=examination.checks)
        self._incident = incident

    def _report(self, examination: Examination, standing: Standing, next_write_s: float) -> Status:
        identity = identity_of(self._own, self._beside, examination.checks)
        moment = Moment(
            now=self._clock.wall(),
            started=self._started,
            sequence=self._status_file.sequence + 1,
            next_write_s=next_write_s,
            next_check_s=max(0.0, self.due - self._clock.running()),
        )
        report = Report(
            diagnosis=standing.reported.diagnosis,
            checks=standing.reported.checks,
            since=standing.since,
            causes_since=self._cause_starts,
            pending=standing.pending,
            incident=self._incident,
            watch=self._recorded.watch(),
            promises=self._recorder.standing.promises,
            planned=self._recorder.standing.planned(moment.now),
            experience=self._learning.experience(),
            today=self._recorder.today,
            record=self._learning.record(self._recorder.today, self._recorder.known),
        )
        return report_on(examination, self._own, self._beside, identity=identity, moment=moment, report=report)
