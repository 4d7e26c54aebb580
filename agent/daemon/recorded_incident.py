"""The incident in the record: that it opened, what its cause became, and that it closed; each told once, over restarts too.

The record knows better than the status file what was told: a power cut between the two leaves the status behind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from agent.contract.checks import checks_from, entry_of
from agent.contract.document import Incident, Status, Watch
from agent.contract.event import AnyEvent, CauseEvent, ClosedEvent, Evidence, OpenedEvent, WatchedEvent
from agent.contract.times import parse, utc
from agent.contract.trace import Trace
from agent.daemon.confirm import Verdict
from agent.daemon.recorded_lines import lines_about
from agent.daemon.recorder import Recorder
from agent.diagnosis.causes import Cause
from agent.record.moments import Moment, back, began_of, elapsed_s, moment_of
from agent.record.words import judged
from agent.remedy import catalogue
from probes.model import Check, Facts

if TYPE_CHECKING:
    from agent.record.ended import Ending, Suspect

CALM_S = 3600.0  # where the record is sparing: after so long without it an incident is over
# facts that say why, which stand before those that say where
_TELLING = frozenset({"response_code", "http_status", "rcode", "verify_code", "alert", "errno", "mapped"})
_MOST_EVIDENCE, _MOST_FACTS, _LONGEST_FACT = 6, 6, 80
_MOST_SUSPECTS = 20
ONE_LOOK_S = 15.0  # checks of one examination are not further apart
_SAME_LOOK_S = 0.25  # a look is told by the moment of its verdict


Told = tuple[str, str, str | None, str]  # state, can_pay, cause, subject


class RecordedIncident:
    """Told what the daemon holds for open after every examination."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._open: OpenedEvent | None = None
        self._told: Told = ("", "", None, "")  # as the record has them
        self._watching = recorder.watching
        self._closing: Moment | None = None  # when it was first seen well, where that is not told yet
        self._ending: Ending | None = None  # of that moment
        self._suspects: list[tuple[Moment, str | None, str]] = []  # since when which cause led, and its subject
        self._times = 1
        self._opened: dict[str, OpenedEvent] = {}  # of the past, until it is resumed
        self._closed: set[str] = set()
        for event in recorder.past:
            self._replay(event)

    @property
    def incident(self) -> Incident | None:
        """The one that the record holds for open."""
        opened = self._open
        if opened is None:
            return None
        cause = Cause.of(self._told[2]) if self._told[2] else None
        return Incident(id=opened.incident, opened_at=opened.began_at, cause=cause, changes_before=opened.changes_before)

    def resumed(self, of_status: Incident | None) -> Incident | None:
        """What a daemon that starts goes on with, where the status file tells of `of_status`."""
        earlier = of_status.id if of_status is not None else self._recorder.open_incident
        if earlier and earlier not in self._opened:
            newer, told, self._open = self._open, self._told, None
            for event in lines_about(self._recorder.folder, earlier):
                self._replay(event)
            if newer is not None:
                self._open, self._told = newer, told
        known, gone = self.incident, self._closed
        self._opened, self._closed = {}, set()
        self._recorder.past = ()
        if of_status is None or of_status.id in gone:
            return known
        same = known is not None and known.id == of_status.id
        return replace(of_status, changes_before=of_status.changes_before or known.changes_before) if known and same else of_status

    def seen_before(self, status: Status | None) -> None:
        """What the last look before this start saw, by the status document that tells of it: what was done meanwhile is held against it."""
        entries = () if status is None or self._open is None else status.checks
        newest = max((parse(each.observed_at) or 0.0 for each in entries), default=0.0)
        now = self._recorder.now()
        if self._open is None or status is None or not 0.0 < newest <= now.at:
            return
        checks = checks_from(each for each in entries if (parse(each.observed_at) or 0.0) >= newest - ONE_LOOK_S)
        looked = Moment(at=newest, boot_id=status.boot_id, running_s=now.running_s - (now.at - newest), doubtful=now.doubtful)
        routers = [subject for what, subject in self._recorder.known if what == "router"]
        self._recorder.traces.resume(checks, _running(looked, now), self._causes(self._open, now), routers)

    def opening(self, incident: Incident, began_at: float) -> Incident:
        """The same with what changed before; where it comes back so often that the record is sparing, the one that it is again."""
        if self._closing is not None and self.incident is not None:
            return replace(self.incident, cause=incident.cause)
        return replace(incident, changes_before=self._recorder.changes_before(began_at))

    def follow(self, incident: Incident | None, verdict: Verdict, since: float, *, settled: bool) -> None:
        """`verdict`: what is reported, `since`: since when its state is; `settled`: no change of it waits for its confirmation."""
        now = self._recorder.now()
        self._watched(now)
        if self._open is not None and (incident is None or incident.id != self._open.incident):
            self._well(back(now, max(0.0, now.at - since)), now, another=incident is not None)
        if incident is None:
            return
        if self._open is None:
            self._opens(incident, verdict, now)
        elif self._closing is not None:
            self._closing, self._ending, self._times = None, None, self._times + 1
        elif settled and self._told != (told := _told(verdict, self._subject(verdict))):
            self._another_cause(told, verdict, now)

    def watch(self) -> Watch | None:
        """What ended last and is being watched, for the document."""
        now = self._recorder.now()
        latest = self._watching.latest(now)
        if latest is None:
            return None
        told, left_s = latest
        code, subject = told.causes[0]
        until = None if told.there else utc(60.0 * math.ceil((now.at + left_s) / 60.0))
        return Watch(incident=told.incident, since=told.since, until=until, recurred=told.recurred, cause=_known(code), subject=subject)

    def lately_ended(self) -> list[Cause | None]:
        """What ended within the first hour, and may come back. None for what nobody could tell."""
        return [_known(told.causes[0][0]) for told in self._watching.lately(self._recorder.now())]

    def _watched(self, now: Moment) -> None:
        for told in self._watching.over(now):
            hours = round(told.earlier_s / 3600.0, 2)
            self._tell(WatchedEvent(incident=told.incident, hours=hours, recurred=told.recurred, **self._recorder.stamp(now)))

    def _well(self, ended: Moment, now: Moment, *, another: bool) -> None:
        """All is well, since `ended`, or another incident is open."""
        opened = self._open
        assert opened is not None
        if self._closing is None:
            self._closing, self._ending = ended, self._ended_by(opened, ended, now)
        if not self._recorder.sparing or another or elapsed_s(self._closing, now) >= CALM_S:
            self._closes(opened, self._closing, now)

    def end(self) -> None:
        """The agent ends: what waited for calm is told."""
        if self._open is not None and self._closing is not None:
            self._closes(self._open, self._closing, self._recorder.now())

    def _ended_by(self, opened: OpenedEvent, ended: Moment, now: Moment) -> Ending:
        from agent.record.ended import ending  # once an incident

        traces, began, end = self._recorder.traces, _running(began_of(opened), now), _running(ended, now)
        causes = self._causes(opened, now)
        return ending(traces.since(began + _SAME_LOOK_S, end + _SAME_LOOK_S), causes, traces.look_before(end) or began, began, _step_of)

    def _causes(self, opened: OpenedEvent, now: Moment) -> list[Suspect]:
        from agent.record.ended import Suspect

        told = self._suspects or [(began_of(opened), opened.cause, opened.subject)]
        return [Suspect(at=_running(at, now), cause=_known(code), subject=subject) for at, code, subject in told]

    def _closes(self, opened: OpenedEvent, ended: Moment, now: Moment) -> None:
        found = self._ending or self._ended_by(opened, ended, now)
        self._closing = self._open = self._ending = None
        self._recorder.opened("")
        ended_by, tried = self._as_told(opened, found)
        closed = ClosedEvent(
            incident=opened.incident,
            ended_at=utc(ended.at),
            duration_s=round(elapsed_s(began_of(opened), ended), 1),
            times=self._times,
            ended_by=ended_by,
            tried=tried,
            **self._recorder.stamp(now),
        )
        self._tell(closed)

    def _as_told(self, opened: OpenedEvent, found: Ending) -> tuple[dict[str, Any], tuple[dict[str, Any], ...]]:
        """What ended it and what was tried in vain, where people said something of it as they have it."""
        said = self._recorder.standing.said(opened.incident)
        if not said:
            return found.ended_by, found.tried
        began = began_of(opened)
        return judged(
            found.ended_by, found.tried, said, (opened.cause, self._told[2]), _trace_of, lambda event: elapsed_s(began, moment_of(event))
        )

    def _opens(self, incident: Incident, verdict: Verdict, now: Moment) -> None:
        _, _, cause, subject = self._told = _told(verdict, self._subject(verdict))
        leading, sparing = verdict.diagnosis.leading, self._recorder.sparing
        self._times = 1
        self._open = OpenedEvent(
            incident=incident.id,
            chain=self._watching.chain_of(cause, subject) or incident.id,
            began_at=incident.opened_at,
            **_shown_of(self._told, verdict),
            evidence=() if sparing or leading is None else self._evidence(leading.evidence, verdict.checks),
            changes_before=incident.changes_before[:1] if sparing else incident.changes_before,
            **self._recorder.stamp(now),
        )
        self._suspects = [(began_of(self._open), cause, subject)]
        self._tell(self._open)
        self._recorder.opened(incident.id)

    def _another_cause(self, told: Told, verdict: Verdict, now: Moment) -> None:
        self._suspect(now, told[2], told[3])
        if self._recorder.sparing or self._open is None:
            return
        self._told = told
        self._tell(CauseEvent(incident=self._open.incident, **_shown_of(told, verdict), **self._recorder.stamp(now)))

    def _suspect(self, at: Moment, cause: str | None, subject: str) -> None:
        if self._suspects[-1:] and self._suspects[-1][1:] == (cause, subject):
            return
        self._suspects.append((at, cause, subject))
        del self._suspects[1:-_MOST_SUSPECTS]

    def _subject(self, verdict: Verdict) -> str:
        leading = verdict.diagnosis.leading
        return self._recorder.masked(leading.subject) if leading else ""

    def _evidence(self, ids: Sequence[str], checks: Sequence[Check[Facts]]) -> tuple[Evidence, ...]:
        found = [check for check in checks if check.id in ids][:_MOST_EVIDENCE]
        return tuple(self._shown(check) for check in found)

    def _shown(self, check: Check[Facts]) -> Evidence:
        entry, masked = entry_of(check), self._recorder.masked
        facts: dict[str, Any] = {
            name: masked(value) if isinstance(value, str) else value
            for name, value in entry.facts.items()
            if isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= _LONGEST_FACT)
        }
        symptom = check.symptom.value if check.symptom else None
        telling = sorted(facts.items(), key=lambda fact: fact[0] not in _TELLING)
        return Evidence(id=masked(check.id), symptom=symptom, facts=dict(telling[:_MOST_FACTS]))

    def _tell(self, event: AnyEvent) -> None:
        self._recorder.put(event)
        self._watching.take(event)

    def _replay(self, event: AnyEvent) -> None:
        match event:
            case OpenedEvent():
                self._opened[event.incident] = self._open = event
                self._told = event.state, event.can_pay, event.cause, event.subject
                self._suspects = [(began_of(event), event.cause, event.subject)]
            case CauseEvent() if self._open is not None and event.incident == self._open.incident:
                self._told = event.state, event.can_pay, event.cause, event.subject
                self._suspect(moment_of(event), event.cause, event.subject)
            case ClosedEvent():
                self._closed.add(event.incident)
                if self._open is not None and event.incident == self._open.incident:
                    self._open = None


def _running(moment: Moment, now: Moment) -> float:
    """On the clock of this boot."""
    return now.running_s - elapsed_s(moment, now)


def _known(code: str | None) -> Cause | None:
    """None for one of a later version."""
    return next((cause for cause in Cause if cause.value == code), None)


def _step_of(cause: Cause | None, trace: Trace) -> str | None:
    """The step against the cause that leaves this trace, where it is the only one that does."""
    steps = () if cause is None else catalogue.entry(cause).steps
    found = [step.id for step in steps if step.trace == trace]
    return found[0] if len(found) == 1 else None


def _trace_of(code: str | None, step: str) -> str | None:
    """What the step leaves to be seen, where it leaves anything."""
    cause = _known(code)
    steps = () if cause is None else catalogue.entry(cause).steps
    return next((each.trace for each in steps if each.id == step and each.trace), None)


def _told(verdict: Verdict, subject: str) -> Told:
    diagnosis = verdict.diagnosis
    return diagnosis.state.value, diagnosis.can_pay.value, diagnosis.leading.code.value if diagnosis.leading else None, subject


def _shown_of(told: Told, verdict: Verdict) -> dict[str, Any]:
    """What the lines of an incident say of its verdict."""
    leading = verdict.diagnosis.leading
    category, confidence = (leading.category.value, round(leading.confidence, 2)) if leading else (None, 0.0)
    return dict(zip(("state", "can_pay", "cause", "subject"), told, strict=True)) | {"category": category, "confidence": confidence}
