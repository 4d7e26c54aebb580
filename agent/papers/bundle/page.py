"""The page of a bundle that shows all of it: first what is wrong, then what happened, then how things stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from agent.contract.decode import decode
from agent.contract.document import Status
from agent.contract.event import AnyEvent, Lines, WatchedEvent
from agent.contract.history import PastIncident
from agent.contract.legible import stored
from agent.contract.times import utc
from agent.papers.bundle.gather import Found, Lack
from agent.papers.press import printed
from agent.present import times
from agent.present.history import lasted, named
from agent.present.page import Page
from agent.present.timeline import timeline
from agent.present.verdicts import ANSWERS
from agent.present.words import OUTCOMES
from probes.ground.bilingual import Bilingual
from probes.model import Outcome

MOST_SHOWN = 256 * 1024  # bytes of a file on the page: of a longer one its end
_LONGEST = 4000  # characters of a line


class Row(Struct, frozen=True, kw_only=True):
    """A check: what it is, how it went, and what it knows."""

    name: str
    outcome: str
    wrong: bool
    facts: str


def page_of(found: Found, texts: Mapping[str, bytes], lacks: Sequence[Lack], files: Sequence[str], languages: Sequence[str]) -> bytes:
    """`texts`: record and log, by their file. Raises `NoPressError`."""
    status = _status(found)
    incident = _fit(found.told.told, found) if found.told is not None else None
    title = Bilingual(f"终端 {found.terminal}：诊断资料", f"Terminal {found.terminal}: for support")
    redact = found.redactor.text

    def fields(page: Page) -> dict[str, Any]:
        return {
            "title": page.words(title),
            "made": times.local(utc(found.made.at), page),
            "since": times.local(utc(found.span.since), page),
            "until": times.local(utc(min(found.span.until, found.made.at)), page),
            "terminal": status.terminal if status is not None else None,
            "light": _light(status, found),
            "answer": page.words(ANSWERS[status.can_pay].clause) if status is not None else "",
            "stale": redact(page.words(found.stale)) if found.stale is not None else "",
            "at": times.local(status.generated_at, page) if status is not None else "",
            "state_since": times.local(status.since, page) if status is not None else "",
            "causes": [(each.code.value, each.subject, f"{each.confidence:.0%}", page.words(each.summary)) for each in status.causes]
            if status is not None
            else [],
            "lacks": [(page.words(each.what), redact(page.words(each.why))) for each in lacks],
            "timeline": _timeline(incident, found, page) if incident is not None else [],
            "incident": incident.id if incident is not None else "",
            "incidents": _incidents(found, page),
            "checks": _rows(msgspec.to_builtins(status.checks), page) if status is not None else [],
            "now": _rows((found.machine or {}).get("checks"), page),
            "resolvers": _facts((found.machine or {}).get("resolvers")),
            "versions": sorted(found.versions.items()),
            "configuration": _shown(found.configuration.encode()),
            "texts": [(name, *_shown(content)) for name, content in sorted(texts.items())],
            "files": files,
        }

    return printed("bundle.html", fields, languages, title, about=found.about)


def _status(found: Found) -> Status | None:
    """None where what was redacted in it makes it another document."""
    with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
        return decode(msgspec.json.encode(found.status)) if found.status is not None else None
    return None


def _light(status: Status | None, found: Found) -> str:
    if status is None or found.stale is not None:
        return "yellow"
    return {"yes": "green" if status.state.value == "ok" else "yellow", "no": "red"}.get(status.can_pay.value, "yellow")


def _fit(incident: PastIncident, found: Found) -> PastIncident:
    try:
        fit: PastIncident = msgspec.convert(found.redactor.value(msgspec.to_builtins(incident)), PastIncident)
    except msgspec.ValidationError:  # a number of it was a secret
        fit = msgspec.structs.replace(incident, subject="", changes_before=(), ended_by={}, tried=(), told=())
    return fit


def _timeline(incident: PastIncident, found: Found, page: Page) -> list[str]:
    assert found.told is not None and found.past is not None
    one = found.told
    meanwhile = [each for each in found.past.events if each.sequence >= one.first and (one.last is None or each.sequence <= one.last)]
    meanwhile += [each for each in found.past.events if isinstance(each, WatchedEvent) and each.incident == one.told.chain]
    return timeline(incident, [fit for each in meanwhile if (fit := _event(each, found)) is not None], page)


def _event(event: AnyEvent, found: Found) -> AnyEvent | None:
    with suppress(ValueError):
        return Lines().read(stored(found.redactor.value(msgspec.to_builtins(event))))
    return None


def _incidents(found: Found, page: Page) -> list[tuple[str, str, str, str, str]]:
    """The latest first."""
    near = [each.told for each in found.lived if each.began.at <= found.span.until and each.ended.at >= found.span.since]
    fit = [_fit(each, found) for each in near[:-51:-1]]
    return [
        (times.local(each.began_at, page), lasted(each, page), named(each.cause, page) if each.cause else "", each.subject, each.id)
        for each in fit
    ]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list | tuple) else []


def _rows(checks: Any, page: Page) -> list[Row]:
    """What is wrong first."""
    return sorted((_row(each, page) for each in _dicts(checks)), key=lambda row: not row.wrong)


def _row(check: dict[str, Any], page: Page) -> Row:
    outcome = str(check.get("outcome", ""))
    told = page.words(OUTCOMES[Outcome(outcome)]) if outcome in tuple(Outcome) else outcome
    because = check.get("symptom") or check.get("because")
    said = f"{told}: {because}" if because else told
    return Row(name=str(check.get("id", "")), outcome=said, wrong=outcome in ("fail", "warn"), facts=_facts(check.get("facts")))


def _facts(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    return " · ".join(f"{name}={_brief(item)}" for name, item in value.items() if item not in (None, "", [], {}, ()))


def _brief(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _shown(content: bytes) -> tuple[bool, list[str]]:
    """Whether it is cut, and its lines."""
    end = content[-MOST_SHOWN:]
    cut = len(end) < len(content)
    lines = end.decode("utf-8", "replace").splitlines()
    return cut, [line if len(line) <= _LONGEST else line[:_LONGEST] + "…" for line in (lines[1:] if cut else lines)]
