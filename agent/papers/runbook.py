"""The shop's own emergency book: what to do first, how to go on selling, and a page for each cause that this terminal can meet, with the
shop's own names. What befell it most often stands first, then what befalls shops most often."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.experience import Experience
from agent.contract.history import CauseTotal
from agent.diagnosis.causes import Cause, Owner
from agent.papers.first_minutes import contacts, first_minutes, to_have_ready
from agent.papers.fitting import Amount, ems, fitting
from agent.papers.press import Fields
from agent.papers.within import within
from agent.present import brief, times
from agent.present.layout import shorten
from agent.present.learned import in_brackets
from agent.present.page import Page
from agent.present.words import LINKS, person
from agent.remedy.calling import call_about
from agent.remedy.catalogue import name_of
from agent.remedy.here import Here
from agent.remedy.possible import CELLULAR, WIFI, WIRED, Machine, Possible, backups, possible
from agent.remedy.prepared import Prepared, called, steps_of, summary_of
from agent.remedy.selling import prepared, warned
from agent.resources import data_path
from agent.settings.model import Settings
from agent.status.private import masker
from probes.ground.bilingual import Bilingual

TITLE = Bilingual("收款应急手册", "When payments stop")
FRONT = 2  # pages before the first cause
LINES_TO_WRITE = 20
_OTHER = "none"  # the sign of a cause that has none of its own
_BY_HAND = (Owner.CASHIER, Owner.MERCHANT)
_MOST_NAMED, _WHERE, _TERMINAL = 6, 48, 40  # things on one page; columns of where one is, and of the terminal
_CROWDED, _TIGHT = 40, 110  # entries of the first page; ems of the shop's own texts


# drawings of what is there with some kinds of uplink alone
_ONLY_WITH = {
    "lan_socket": frozenset({WIRED}),
    "router": frozenset({WIRED, WIFI}),
    "router_power": frozenset({WIRED, WIFI}),
    "wifi": frozenset({WIFI}),
    "sim": frozenset({CELLULAR}),
    "signal": frozenset({CELLULAR}),
}
_MOST_LOOKS = 2


class Sign(Struct, frozen=True):
    """What people see, under which causes stand on the first page."""

    id: str
    zh: str
    en: str


class Placed(Struct, frozen=True):
    """Of a cause: its sign, that where there is only a SIM, and the drawings of where to look."""

    code: str
    sign: str
    on_sim: str = ""
    look: tuple[str, ...] = ()

    def sign_over(self, kinds: frozenset[str]) -> str:
        return self.on_sim if self.on_sim and kinds == {CELLULAR} else self.sign

    def looks_over(self, kinds: frozenset[str]) -> tuple[str, ...]:
        """The places that there are with these kinds of uplink."""
        there = tuple(name for name in self.look if not kinds or name not in _ONLY_WITH or kinds & _ONLY_WITH[name])
        return there[:_MOST_LOOKS] or ("screen",)


class Book(Struct, frozen=True):
    """The causes in the order of how often they befall shops."""

    sign: tuple[Sign, ...]
    cause: tuple[Placed, ...]


class Known(Struct, frozen=True, kw_only=True):
    """What the book is made of. `totals`: of the record, empty where it may not be read; `hash`: of the configuration."""

    settings: Settings
    machine: Machine
    here: Here
    terminal: str
    hash: str
    experience: Experience = Experience()
    totals: tuple[CauseTotal, ...] = ()


class _Numbered(Struct, frozen=True):
    number: int
    case: Possible
    count: int
    placed: Placed


@cache
def book() -> Book:
    import msgspec

    found: Book = msgspec.convert(tomllib.loads(data_path("config", "papers", "runbook.toml").read_text("utf-8")), Book)
    return found


def cases(known: Known) -> list[_Numbered]:
    """In their order, with their pages."""
    placed = {each.code: (place, each) for place, each in enumerate(book().cause)}
    counts = {total.code: total.count for total in known.totals}
    last = len(placed), Placed("", _OTHER)

    def order(case: Possible) -> tuple[bool, int, int]:
        return case.cause is Cause.INDETERMINATE, -counts.get(case.cause.value, 0), placed.get(case.cause.value, last)[0]

    found = sorted(possible(known.settings, known.machine), key=order)
    return [
        _Numbered(FRONT + number, case, counts.get(case.cause.value, 0), placed.get(case.cause.value, last)[1])
        for number, case in enumerate(found, 1)
    ]


def fields_of(known: Known, today: datetime) -> Fields:
    """`today`: when it is printed."""
    mask = masker(known.settings)
    known = replace(known, settings=within(known.settings, mask), terminal=shorten(mask(known.terminal), _TERMINAL))
    settings, numbered = known.settings, cases(known)
    spare = [(uplink.interface, uplink.kind) for uplink in backups(settings, known.machine)]

    def fields(page: Page) -> dict[str, Any]:
        shown = {
            "title": page.words(TITLE),
            "store": settings.terminal.store,
            "terminal": known.terminal,
            "hash": known.hash,
            "today": times.day(today, page),
            "recorded": any(each.count for each in numbered),
            "signs": _signs(numbered, page),
            "crowded": len(numbered) > _CROWDED,
            "tight": ems("".join(_of_the_shop(settings, known.terminal))) > _TIGHT,
            "minutes": [page.words(each) for each in first_minutes(settings, known.machine)],
            "selling": [page.words(way.text) for way in prepared(settings, spare)],
            "contacts": contacts(settings, known.machine, page),
            "ready": to_have_ready(settings, known.terminal, page),
            "pages": [_page(each, known, page) for each in numbered],
            "last": FRONT + len(numbered) + 1,
            "lines": range(LINES_TO_WRITE),
        }
        return {name: _masked(value, mask) for name, value in shown.items()}

    return fields


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    """The acquirer's numbers and the secrets of the configuration stand in no text, whoever wrote them there."""
    match value:
        case str():
            return mask(value)
        case list() | tuple():
            return [_masked(each, mask) for each in value]
        case dict():
            return {name: _masked(each, mask) for name, each in value.items()}
    return value


def _of_the_shop(settings: Settings, terminal: str) -> Iterator[str]:
    """Texts on the first two pages that may be of any length."""
    support = settings.support
    yield from (terminal, settings.terminal.store, settings.terminal.store, settings.terminal.serial_number)
    for contact in (support.provider, support.acquirer, support.technician, support.isp):
        yield from (contact.name, contact.phone)


def _signs(numbered: list[_Numbered], page: Page) -> list[dict[str, Any]]:
    found = []
    for sign in book().sign:
        under = [
            (page.words(name_of(each.case.cause)), each.number) for each in numbered if each.placed.sign_over(each.case.kinds) == sign.id
        ]
        if under:
            found.append({"says": page.say(sign.zh, sign.en), "causes": under})
    return found


def _page(each: _Numbered, known: Known, page: Page) -> dict[str, Any]:
    case, settings = each.case, known.settings
    steps = steps_of(case, settings, known.here, known.experience)
    own, others = (_told([step for step in steps if (step.who in _BY_HAND) is by_hand], page) for by_hand in (True, False))
    whom, looks = call_about(case.cause, settings), each.placed.looks_over(case.kinds)
    summary, about = page.words(summary_of(case, settings, known.here)), _about(case, known, page)
    warning = page.words(way.text) if (way := warned(case.cause)) else ""
    whom_said = (f"{whom.name} {whom.phone * 2}", page.words(brief.called(whom.who)), known.terminal)
    said = (*whom_said, summary, " ".join(about) + case.cause.value, warning, page.words(name_of(case.cause)))
    amount = Amount(own=_texts(own), others=_texts(others), rest=said, looks=True)
    return {
        "number": each.number,
        "code": case.cause.value,
        "name": page.words(name_of(case.cause)),
        "summary": summary,
        "about": about,
        "count": each.count,
        "look": looks,
        "own": own,
        "others": others,
        "warning": warning,
        "call": page.words(brief.called(whom.who)),
        "contact": {"name": whom.name, "phone": whom.phone},
        "where": page.words(brief.where_the_number_stands(whom.who, case.kinds)),
        "type": fitting(amount),
    }


def _about(case: Possible, known: Known, page: Page) -> list[str]:
    """The shop's own names of what it can befall, with where they are."""
    devices = {device.name: device for device in known.settings.serial}
    gateways = {gateway.name: gateway for gateway in known.settings.gateway}
    kinds = {uplink.interface: LINKS[uplink.kind] for uplink in known.machine.uplinks if uplink.kind in LINKS}
    found = []
    for name in case.about:
        if name in devices:
            device = devices[name]
            where = device.port or device.usb or device.usb_serial
            found.append(f"{called(device)} ({page.shorten(where, _WHERE)})" if where else called(device))
        elif name in gateways:
            found.append(f"{name} ({page.shorten(f'{gateways[name].host}:{gateways[name].port}', _WHERE)})")
        else:
            found.append(f"{page.words(kinds[name])} ({name})" if name in kinds else name)
    more = len(found) - _MOST_NAMED
    return found if more <= 0 else [*found[:_MOST_NAMED], page.say(f"另有 {more} 个", f"{more} more")]


def _told(steps: list[Prepared], page: Page) -> list[Mapping[str, Any]]:
    return [
        {
            "who": "" if step.who in (Owner.CASHIER, Owner.TECHNICIAN) else page.words(person(step.who)),
            "text": page.words(step.text) + page.words(in_brackets(step.record)),
            "expect": page.words(step.expect),
            "interrupts": step.interrupts_payment,
        }
        for step in steps
    ]


def _texts(told: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(f"{each['who']}{each['text']}" + "·" * (13 if each["interrupts"] else 0), each["expect"]) for each in told]
