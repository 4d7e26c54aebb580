"""From an examination to the status document. Pure but for `snapshot`, which looks at a clock and the machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from agent import __version__
from agent.contract import short_code
from agent.contract.checks import entry_of
from agent.contract.day import Today
from agent.contract.document import (
    CauseEntry,
    DataUse,
    Incident,
    Pending,
    PlannedWork,
    Promise,
    Readiness,
    Recorded,
    RuledOutEntry,
    Status,
    Terminal,
    Watch,
)
from agent.contract.event import ToldEvent
from agent.contract.experience import Experience
from agent.contract.legible import in_full
from agent.contract.times import parse, utc
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import Diagnosis, Finding
from agent.examination.result import Examination
from agent.record.words import Standing
from agent.remedy.calling import whom_to_call
from agent.remedy.here import SOMEWHERE, Here, look_around
from agent.remedy.selling import ways
from agent.remedy.steps import advise, summarise
from agent.settings.load import Loaded
from agent.settings.model import Settings
from agent.settings.named import names_of
from agent.status.private import hide, hide_names
from agent.status.trim import trim
from agent.storage.identity import Identity, identify
from probes.ground.clock import Clock
from probes.ground.masking import mask_number
from probes.model import Check, Facts, Kind

Subject = tuple[Cause, str]


class Moment(Struct, frozen=True, kw_only=True):
    """When a document is written: seconds since the epoch, and seconds from then."""

    now: float
    started: float
    sequence: int
    next_write_s: float
    next_check_s: float


class Report(Struct, frozen=True, kw_only=True):
    """The verdict to be reported, with the checks it was made of: while a change is not confirmed, not the latest ones."""

    diagnosis: Diagnosis
    checks: tuple[Check[Facts], ...]
    since: float
    causes_since: dict[Subject, float] = {}
    pending: Pending | None = None
    incident: Incident | None = None
    watch: Watch | None = None
    data: tuple[DataUse, ...] = ()
    today: Today | None = None
    readiness: Readiness | None = None
    record: Recorded | None = None
    promises: tuple[ToldEvent, ...] = ()
    planned: ToldEvent | None = None
    experience: Experience = Experience()


def build(
    examination: Examination, loaded: Loaded, *, identity: Identity, moment: Moment, here: Here = SOMEWHERE, report: Report | None = None
) -> Status:
    """Without a report, the verdict is the examination's own. Validity ends after three times the time to the next write."""
    checks = hide(examination.checks, loaded.settings)
    if report is None:
        report = Report(diagnosis=examination.diagnosis, checks=checks, since=parse(examination.started_at) or moment.now)
    else:
        report = replace(report, checks=hide(report.checks, loaded.settings))
    diagnosis, leading = report.diagnosis, report.diagnosis.leading
    present = frozenset(check.id for check in checks)
    status = Status(
        terminal=_terminal(loaded, identity, moment),
        generated_at=utc(moment.now),
        valid_until=utc(moment.now + 3 * moment.next_write_s),
        boot_id=identity.boot_id,
        sequence=moment.sequence,
        can_pay=diagnosis.can_pay,
        state=diagnosis.state,
        since=utc(report.since),
        pending=report.pending,
        category=leading.category if leading else None,
        cause=leading.code if leading else None,
        causes=tuple(_cause(finding, report, loaded, present) for finding in diagnosis.findings),
        remediation=advise(diagnosis, report.checks, loaded.settings, here, report.experience),
        selling=ways(diagnosis, report.checks, loaded.settings),
        call=whom_to_call(diagnosis, loaded.settings),
        checks=tuple(map(entry_of, checks)),
        incident=report.incident,
        watch=report.watch,
        promises=_promised(report.promises, moment.now),
        planned_work=_planned(report.planned),
        next_check_at=utc(moment.now + moment.next_check_s),
        data=report.data,
        today=report.today,
        readiness=report.readiness,
        record=report.record,
    )
    return trim(in_full(hide_names(status, loaded.settings)))


def _promised(told: Sequence[ToldEvent], now: float) -> tuple[Promise, ...]:
    """Where there are none, as nearly always, it costs nothing."""
    if not told:
        return ()
    from agent.status.promises import promised

    return promised(told, now)


def _planned(told: ToldEvent | None) -> PlannedWork | None:
    if told is None:
        return None
    from agent.status.promises import planned_work

    return planned_work(told)


def snapshot(
    examination: Examination, loaded: Loaded, clock: Clock, experience: Experience | None = None, standing: Standing | None = None
) -> Status:
    """The document of one examination that stands by itself, now, on this machine. Writes nothing. `standing`: what people said."""
    now, agent = clock.wall(), loaded.settings.agent
    identity = identify(loaded.settings.terminal, Path(agent.state_dir), keep=False)
    started = parse(examination.started_at) or now
    moment = Moment(now=now, started=started, sequence=1, next_write_s=agent.interval_s, next_check_s=agent.interval_s)
    here = look_around(loaded.settings, writes_log=False)
    standing = standing or Standing()
    found = Report(
        diagnosis=examination.diagnosis,
        checks=examination.checks,
        since=started,
        promises=standing.promises,
        planned=standing.planned(now),
        experience=experience or Experience(),
    )
    return build(examination, loaded, identity=identity, moment=moment, here=here, report=found)


def _terminal(loaded: Loaded, identity: Identity, moment: Moment) -> Terminal:
    terminal = loaded.settings.terminal
    return Terminal(
        id=identity.terminal_id,
        merchant=mask_number(terminal.merchant_id),
        serial_number=identity.serial_number,
        store=terminal.store,
        labels=terminal.labels,
        machine_id=identity.machine_id,
        agent_version=__version__,
        agent_started_at=utc(moment.started),
        config_hash=loaded.hash,
        model=terminal.labels.get("model") or identity.model,
        firmware=terminal.labels.get("firmware") or identity.firmware,
    )


def _cause(finding: Finding, report: Report, loaded: Loaded, present: frozenset[str]) -> CauseEntry:
    """Evidence names checks of this document only."""
    return CauseEntry(
        code=finding.code,
        category=finding.category,
        owner=finding.code.owner,
        severity=finding.severity,
        subject=finding.subject,
        confidence=finding.confidence,
        since=utc(report.causes_since.get((finding.code, finding.subject), report.since)),
        summary=summarise(finding, report.checks, loaded.settings),
        evidence=tuple(name for name in finding.evidence if name in present),
        candidates=finding.candidates,
        ruled_out=tuple(RuledOutEntry(entry.code, entry.by) for entry in finding.ruled_out if entry.by in present),
        short=short_code.written(finding.code.value, *_place(finding, report.checks, loaded.settings)),
    )


def _place(finding: Finding, checks: Sequence[Check[Facts]], settings: Settings) -> tuple[Kind, int]:
    """The sort of the subject, and where it stands among what is configured of that sort, from 1; 0 where it stands nowhere."""
    by_id = {check.id: check for check in checks}
    first = next((by_id[name] for name in finding.evidence if name in by_id), None)
    if first is None:
        return Kind.OTHER, 0
    names = names_of(settings, first.layer)
    name = next((each for each in (first.name, first.target) if each in names), None)
    return first.kind, 0 if name is None else names.index(name) + 1
