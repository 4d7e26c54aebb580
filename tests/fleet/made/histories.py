"""Made histories of a fleet: which step ends which cause how often is known, and what a terminal sees of it, and what people say, is as in
real shops. Written as collected: records, printed histories, bundles, summaries."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from agent.contract.event import AnyEvent, ClosedEvent, OpenedEvent, ToldEvent, line_of
from agent.contract.summary import ClosedIncident, Summary, encode
from agent.contract.times import utc
from agent.contract.trace import ELSEWHERE
from agent.diagnosis.causes import Cause
from agent.record.history import Asked, history
from agent.record.moments import Moment
from agent.record.past import past
from agent.remedy.catalogue import StepTemplate, entry
from agent.remedy.ordering import leaving

DAY_S = 86400
BEGIN = 1_788_000_000  # some day in 2026
BOOT = "11111111-2222-3333-4444-555555555555"
Shares = Mapping[str, float]  # of the steps of a cause, of those incidents that a step ends
FORMS = ("record", "printed", "bundle", "summary")


class Outage(Struct, frozen=True, kw_only=True):
    """A fault that all terminals with this attribute have at once; whoever restarts something just then is not what ends it."""

    cause: str
    name: str
    value: str
    at: int
    minutes: int = 60
    seems: str = "restart_modem_and_router"
    seems_share: float = 0.4


class Terms(Struct, frozen=True, kw_only=True):
    """`shares`: by cause; `otherwise`: by an attribute's value, instead of those. `itself`: of incidents, ended by nobody. `told`: of those
    that a step ended, by a person's word; else as the terminal sees it. `yearly`: incidents of each cause and terminal."""

    shares: Mapping[str, Shares]
    otherwise: Mapping[tuple[str, str], Mapping[str, Shares]] = {}
    terminals: int = 300
    days: int = 120
    yearly: float = 12.0
    itself: float = 0.3
    told: float = 0.4
    outages: tuple[Outage, ...] = ()
    forms: Sequence[str] = FORMS


class Lives(Struct):
    """`truth`: how often each step ended a single incident, by cause, model and step; `together`: incidents of faults that many shared."""

    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    incidents: int = 0
    together: int = 0
    truth: dict[tuple[str, str, str], int] = field(default_factory=dict)
    by_itself: dict[str, int] = field(default_factory=dict)


def lived(folder: Path, terms: Terms, seed: int = 1) -> Lives:
    """Writes what was collected into the directory."""
    chance, lives = random.Random(seed), Lives()
    summaries = []
    for number in range(terms.terminals):
        name = f"T-{number:05d}"
        labels = {
            "isp": f"isp-{'abcd'[number % 4]}",
            "region": chance.choice(("north", "south", "east")),
            "model": chance.choice(("A920", "P400", "X5")),
        }
        lives.attributes[name] = labels | {"store": f"S-{number // 5}"}
        life = _Life(name, lives, terms, chance)
        events = life.events()
        form = terms.forms[number % len(terms.forms)]
        _written(folder, form, name, events)
        summaries.append(_summary(name, lives.attributes[name], labels, life.closed if form == "summary" else ()))
    (folder / "summaries.ndjson").write_bytes(b"".join(summaries))
    return lives


class _Life:
    def __init__(self, name: str, lives: Lives, terms: Terms, chance: random.Random) -> None:
        self._name, self._lives, self._terms, self._chance = name, lives, terms, chance
        self._attributes = lives.attributes[name]
        self.closed: tuple[ClosedIncident, ...] = ()

    def events(self) -> list[AnyEvent]:
        chance, terms = self._chance, self._terms
        plan: list[tuple[int, str, Outage | None]] = []
        for cause in terms.shares:
            at = BEGIN + chance.expovariate(terms.yearly / (365 * DAY_S))
            while at < BEGIN + terms.days * DAY_S:
                plan.append((int(at), cause, None))
                at += chance.expovariate(terms.yearly / (365 * DAY_S))
        for shared in terms.outages:
            if self._attributes[shared.name] == shared.value:
                plan.append((shared.at + chance.randrange(120), shared.cause, shared))
        found: list[AnyEvent] = []
        free = 0
        for number, (at, cause, outage) in enumerate(sorted(plan, key=lambda each: each[0])):
            if at < free:
                continue
            events, free = self._incident(f"I-{number}", at, cause, outage)
            found += events
        return found

    def _incident(self, name: str, at: int, cause: str, outage: Outage | None) -> tuple[list[AnyEvent], int]:
        chance = self._chance
        self._lives.incidents += 1
        opened = OpenedEvent(
            incident=name,
            chain=name,
            state="outage",
            can_pay="no",
            cause=cause,
            subject="",
            category=cause.partition(".")[0],
            confidence=0.9,
            began_at=utc(at),
            **_stamp(at + 60),
        )
        steps = entry(Cause.of(cause)).steps
        seconds = outage.minutes * 60 if outage else int(chance.uniform(120, 5400))
        if outage is not None:
            self._lives.together += 1
            by = _seen(outage.seems, steps) if chance.random() < outage.seems_share else _itself("line_recovered")
            return self._ended(opened, name, at, seconds, by, (), None, cause)
        if chance.random() < self._terms.itself:
            self._lives.by_itself[cause] = self._lives.by_itself.get(cause, 0) + 1
            host = "host_recovered" if cause.startswith("system.gateway") else "line_recovered"
            by = _itself(host) if chance.random() < 0.5 else _UNKNOWN
            return self._ended(opened, name, at, seconds, by, self._in_vain(cause, "", steps), None, cause)
        step = self._drawn(cause)
        key = cause, self._attributes["model"], step
        self._lives.truth[key] = self._lives.truth.get(key, 0) + 1
        word = step if chance.random() < self._terms.told else None
        return self._ended(opened, name, at, seconds, _seen(step, steps), self._in_vain(cause, step, steps), word, cause)

    def _drawn(self, cause: str) -> str:
        shares = self._terms.shares[cause]
        for (name, value), otherwise in self._terms.otherwise.items():
            if self._attributes[name] == value and cause in otherwise:
                shares = otherwise[cause]
        return self._chance.choices(list(shares), weights=list(shares.values()))[0]

    def _in_vain(self, cause: str, step: str, steps: Sequence[StepTemplate]) -> tuple[dict[str, object], ...]:
        others = [each for each in self._terms.shares[cause] if each != step and self._chance.random() < 0.3]
        return tuple(seen | {"seconds": 60} for each in others if (seen := _seen(each, steps))["trace"])

    def _ended(
        self,
        opened: OpenedEvent,
        name: str,
        at: int,
        seconds: int,
        by: dict[str, object],
        tried: tuple[dict[str, object], ...],
        word: str | None,
        cause: str,
    ) -> tuple[list[AnyEvent], int]:
        end = at + seconds
        closed = ClosedEvent(incident=name, ended_at=utc(end), duration_s=seconds, ended_by=by, tried=tried, **_stamp(end))
        told = [ToldEvent(what="did", word=f"W-{name}", incident=name, step=word, helped="yes", **_stamp(end + 60))] if word else []
        known = word or str(by.get("step") or "")
        self.closed = (*self.closed, ClosedIncident(cause=cause, began=at, seconds=seconds, step=known))[-8:]
        return [opened, closed, *told], end + 600


_UNKNOWN: dict[str, object] = {"trace": None, "step": None, "how": "unknown", "confidence": 0.0}


def _itself(trace: str) -> dict[str, object]:
    return {"trace": trace, "step": None, "how": "seen", "confidence": 0.8}


def _seen(step: str, steps: Sequence[StepTemplate]) -> dict[str, object]:
    """What the terminal makes of it by itself."""
    template = next(each for each in steps if each.id == step)
    if template.trace is None:
        return _UNKNOWN
    if template.trace in ELSEWHERE:
        return _itself(template.trace.value)
    alone = len(leaving(template.trace.value, steps)) == 1
    return {"trace": template.trace.value, "step": step if alone else None, "how": "seen", "confidence": 0.8}


def _stamp(at: float) -> dict[str, Any]:
    return {"at": utc(at), "boot_id": BOOT, "running_s": at - BEGIN + 1000.0}


def _summary(name: str, attributes: dict[str, str], labels: dict[str, str], closed: tuple[ClosedIncident, ...]) -> bytes:
    made = Summary(
        id=name,
        version="0.1.0",
        config_hash="c" * 16,
        sequence=1,
        generated_at=BEGIN + 200 * DAY_S,
        valid_until=BEGIN + 200 * DAY_S + 180,
        state=0,
        can_pay=1,
        since=BEGIN,
        attributes=attributes,
        labels=labels,
        closed=closed,
    )
    return encode(made, 4096)


def _written(folder: Path, form: str, name: str, events: Sequence[AnyEvent]) -> None:
    lines = b"".join(line_of(event, number) for number, event in enumerate(events, 1))
    match form:
        case "record":
            (folder / name).mkdir()
            (folder / name / "history.ndjson").write_bytes(lines)
        case "printed":
            home = folder / f".{name}"
            home.mkdir()
            (home / "history.ndjson").write_bytes(lines)
            told, _ = history(past(home), Asked(), Moment(at=BEGIN + 200 * DAY_S, boot_id=BOOT, running_s=1e8), name)
            (folder / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=2))
            (home / "history.ndjson").unlink()
            home.rmdir()
        case "bundle":
            whole = io.BytesIO()
            status = _status(name)
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("history.ndjson", lines)
                archive.writestr("status.json", status)
            (folder / f"posdiag-{name}.zip").write_bytes(whole.getvalue())
        case _:
            return


def _status(name: str) -> bytes:
    document = {
        "schema": "posdiag.status/1",
        "terminal": {"id": name, "machine_id": "", "agent_version": "0.1.0", "config_hash": "c" * 16},
        "generated_at": utc(BEGIN),
        "valid_until": utc(BEGIN + 180),
        "state": "ok",
        "can_pay": "yes",
    }
    return msgspec.json.encode(document)
