"""The letter to the acquirer: about an account that was stopped, or a claim for an outage of its host; with the list of documents for each
possible reason and a sheet for calls. What the agent cannot know is left blank."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from agent.contract.event import AnyEvent, OpenedEvent
from agent.contract.history import PastIncident
from agent.diagnosis.causes import Cause, Owner
from agent.papers.press import Fields
from agent.present import endings, times
from agent.present.history import named
from agent.present.page import Page
from agent.record.incidents import is_called
from agent.remedy.catalogue import response_codes
from agent.resources import data_path
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual

ACCOUNT = (Cause.ACCOUNT_SUSPENDED, Cause.TERMINAL_NOT_REGISTERED)
HOST = tuple(cause for cause in Cause if cause.owner is Owner.ACQUIRER and cause is not Cause.GATEWAY_CERTIFICATE_EXPIRING)
TITLES = {
    True: Bilingual("关于恢复商户收单服务的申请", "Request to restore our card acceptance"),
    False: Bilingual("关于收单主机服务中断的情况说明及核查申请", "Outage of your host: statement and request for clarification"),
}
LINES_FOR_CALLS = 14
_SHOWN = 4  # digits of a number


class Number(Struct, frozen=True):
    """One by which the acquirer knows us: boxes to be filled in by hand, and its end."""

    boxes: int
    end: str


class Reason(Struct, frozen=True):
    name: Bilingual
    documents: tuple[Bilingual, ...]


class NotTheirsError(Exception):
    """What led the longest in it was neither the account nor the acquirer's host."""

    def __init__(self, incident: PastIncident) -> None:
        self.incident = incident
        super().__init__(incident.id)


class Case(Struct, frozen=True, kw_only=True):
    """`opened`: the line that opened it, where it is still told; `again`: how often the same was there in the record."""

    incident: PastIncident
    opened: OpenedEvent | None
    again: int

    @property
    def account(self) -> bool:
        return self.incident.cause in ACCOUNT


def case_of(incidents: Sequence[PastIncident], events: Iterable[AnyEvent], name: str | None) -> Case | None:
    """The incident of that name, or else the last about the account or the host. None where there is none. Raises `NotTheirsError` where
    that of the name is none that an acquirer can answer for."""
    about = [each for each in incidents if name is not None or each.cause in (*ACCOUNT, *HOST)]
    found = next((each for each in reversed(about) if name is None or is_called(each, name)), None)
    if found is None:
        return None
    if found.cause not in (*ACCOUNT, *HOST):
        raise NotTheirsError(found)
    opened = next((each for each in events if isinstance(each, OpenedEvent) and each.incident == found.id), None)
    same = sum(1 for each in incidents if each.cause == found.cause and each.subject == found.subject)
    return Case(incident=found, opened=opened, again=same)


def number_of(text: str) -> Number:
    shown = _SHOWN if len(text) > _SHOWN else 0
    return Number(len(text) - shown, text[len(text) - shown :])


def fields_of(case: Case, settings: Settings, today: datetime, *, beside: bool = False) -> Fields:
    """`today`: what stands under the letter; nothing does where it lies before the incident, as where the clock is lost."""
    incident, terminal = case.incident, settings.terminal
    gateway = next((each for each in settings.gateway if each.name == incident.subject), None) or next(iter(settings.gateway), None)
    merchant = gateway.iso8583.merchant_id if gateway and gateway.iso8583.merchant_id else terminal.merchant_id
    number = gateway.iso8583.terminal_id if gateway and not beside else ""
    latest = times.parse(incident.ended_at or incident.began_at)

    def fields(page: Page) -> dict[str, Any]:
        return {
            "account": case.account,
            "title": page.words(TITLES[case.account]),
            "acquirer": settings.support.acquirer.name,
            "acquirer_phone": settings.support.acquirer.phone,
            "store": terminal.store,
            "called": terminal.id if beside else "",
            "merchant": number_of(merchant) if merchant else None,
            "terminal_number": number_of(number) if number else None,
            "serial_number": terminal.serial_number,
            "host": incident.subject,
            "what": named(incident.cause, page) if incident.cause else "",
            "code": _code(case, page),
            "began": times.written(incident.began_at, page),
            "ended": times.written(incident.ended_at, page) if incident.ended_at else "",
            "lasted": times.span(incident.duration_s, page),
            "stopped": incident.can_pay == "no",
            "again": case.again,
            "done": _done(incident, page),
            "calls": [_call(each, page) for each in incident.told if each.get("what") == "called"],
            "incident": incident.id,
            "reasons": [(page.words(each.name), [page.words(one) for one in each.documents]) for each in reasons()] if case.account else [],
            "lines": range(LINES_FOR_CALLS),
            "today": times.day(today, page) if latest is None or today >= latest else "",
        }

    return fields


def reasons() -> tuple[Reason, ...]:
    found = tomllib.loads(data_path("config", "papers", "account_reasons.toml").read_text("utf-8"))
    return tuple(
        Reason(
            Bilingual(each["name"]["zh"], each["name"]["en"]),
            tuple(Bilingual(zh, en) for zh, en in zip(each["documents"]["zh"], each["documents"]["en"], strict=True)),
        )
        for each in found["reason"]
    )


def _call(told: Mapping[str, Any], page: Page) -> dict[str, str]:
    said = {name: str(told.get(name, "")) for name in ("who", "ticket", "promised", "text")}
    return {**said, "at": times.written(str(told.get("at", "")), page) if told.get("at") else ""}


def _code(case: Case, page: Page) -> str:
    """The response code or the HTTP status that the host answered, with what it means."""
    for evidence in case.opened.evidence if case.opened else ():
        code = evidence.facts.get("response_code")
        if isinstance(code, str) and code:
            meaning = response_codes().get(code)
            return code + (page.say("：", ": ") + page.words(meaning.meaning) if meaning else "")
        status = evidence.facts.get("http_status")
        if isinstance(status, int):
            return f"HTTP {status}"
    return ""


def _done(incident: PastIncident, page: Page) -> list[str]:
    """What was seen and said to be done since it began, without what ended it elsewhere."""
    found = [endings.in_words(each, page) for each in incident.tried]
    found += [str(each.get("text", "")) for each in incident.told if each.get("what") in ("did", "note")]
    return [each for each in dict.fromkeys(found) if each]
