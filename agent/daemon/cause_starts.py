"""Since when each cause has been there, and what of that survives a restart or a clock that was set."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.document import Incident
from agent.contract.times import parse, utc
from agent.daemon.confirm import Standing, Verdict, begin
from agent.diagnosis.causes import Severity
from agent.outputs.change import Announced
from agent.status.build import Subject
from agent.storage.status_file import Flaw, StatusReading

RESUMED_S = 300.0  # after a stop, a state is taken to have gone on meanwhile

CauseStarts = dict[Subject, float]  # seconds since the epoch


class Past(Struct, frozen=True, kw_only=True):
    """What the last status file tells of the time before this start."""

    sequence: int = 0
    announced: Announced | None = None
    since: float | None = None
    causes: CauseStarts = {}
    incident: Incident | None = None


def past_of(reading: StatusReading, now: float) -> Past:
    """A stale file still tells the sequence, what was announced and the open incident, but not that a state went on; one that was
    stopped in an orderly way a moment ago (an upgrade) does."""
    status = reading.status
    if status is None:
        return Past()
    causes = {(cause.code, cause.subject): parse(cause.since) for cause in status.causes}
    went_on = not reading.stale or _stopped_just_now(reading, now)
    lasting = tuple((cause.code, cause.subject) for cause in status.causes if cause.severity is not Severity.NOTICE)
    opened = parse(status.incident.opened_at) if status.incident else None
    return Past(
        sequence=max(status.sequence, 0),
        announced=Announced(status.state, lasting),
        since=None if not went_on else _no_later(parse(status.since), now),
        causes={} if not went_on else {key: since for key, since in causes.items() if since is not None and since <= now},
        incident=status.incident if opened is not None and opened <= now else None,
    )


def _stopped_just_now(reading: StatusReading, now: float) -> bool:
    stopped = parse(reading.status.valid_until) if reading.status is not None and reading.flaw is Flaw.STOPPED else None
    return stopped is not None and 0 <= now - stopped <= RESUMED_S


def resume(verdict: Verdict, past: Past) -> Standing:
    same = past.announced is not None and past.announced.state is verdict.state
    return begin(verdict, since=past.since if same else None, announced=past.announced)


def enter(starts: CauseStarts, standing: Standing, latest: Verdict) -> CauseStarts:
    """Causes that are reported or were just seen, each since it was first seen; the others are forgotten."""
    present = [*standing.reported.diagnosis.findings, *latest.diagnosis.findings]
    return {(f.code, f.subject): starts.get((f.code, f.subject), latest.at) for f in present}


def shift(standing: Standing, by: float) -> Standing:
    """The same moments on a clock that was set `by` seconds forward."""
    return replace(standing, since=standing.since + by, coming_since=standing.coming_since + by)


def shift_starts(starts: CauseStarts, by: float) -> CauseStarts:
    return {key: since + by for key, since in starts.items()}


def shift_incident(incident: Incident | None, by: float) -> Incident | None:
    """The id stays: it is a name by now."""
    opened = parse(incident.opened_at) if incident else None
    return replace(incident, opened_at=utc(opened + by)) if incident and opened is not None else incident


def _no_later(moment: float | None, now: float) -> float | None:
    return None if moment is None or moment > now else moment
