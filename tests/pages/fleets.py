"""Made fleets to look at, in good and in bad days, with moments that stand still: the page shows what the localisation says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.times import utc
from agent.diagnosis.causes import Cause
from agent.fleet.localise.located import located
from agent.fleet.model.answer import Answer, Ended, Fault, Onset
from agent.fleet.model.attributes import Family
from agent.fleet.model.table import Table
from agent.fleet.page.page import page_of
from agent.fleet.reading.flaws import Flaw
from probes.ground.bilingual import same
from tests.fleet.made.faults import Injected
from tests.fleet.made.fleet import NOW, Made, made
from tests.pages.sample import Sample

DAY_S = 86400
SIX = (
    Injected(Family.INTERNET, {"isp": "isp-c", "region": "region-01"}, (Cause.INTERNET_DOWN,), 0.87, NOW - 9400),
    Injected(Family.GATEWAY, {"host": "pay3.example.com"}, (Cause.GATEWAY_DOWN, Cause.GATEWAY_ERROR), 0.82, NOW - 1500),
    Injected(Family.DEVICE, {"version": "1.5.0", "model": "POS-200"}, (Cause.DEVICE_NOT_RESPONDING,), 0.72, NOW - 26000),
    Injected(Family.CONFIGURATION, {"config": "5f37f48a"}, (Cause.GATEWAY_MISCONFIGURED,), 0.95, NOW - 14000),
    Injected(Family.NAMES, {"resolver": "203.0.113.5"}, (Cause.DNS_SLOW,), 0.76, NOW - 20000),
    Injected(Family.SILENCE, {"isp": "isp-j", "region": "region-03"}, (), 0.94, NOW - 13000),
)


class Fleet(Struct, frozen=True, kw_only=True):
    answer: Answer
    table: Table
    silent: bytearray
    victims: dict[str, list[int]]
    previous: Answer | None = None
    never: tuple[str, ...] = ()


def page(fleet: Fleet, languages: Sequence[str]) -> bytes:
    return page_of(
        fleet.answer,
        fleet.table,
        fleet.previous,
        languages[0],
        silent=fleet.silent,
        victims_of=fleet.victims,
        never=fleet.never,
    )


def fleet_of(found: Made, previous: Answer | None = None) -> Fleet:
    quality = {Flaw.TRUNCATED.value: 2, Flaw.FOREIGN.value: 1, Flaw.OLDER.value: 40}
    totals = replace(found.totals, never_reported=3, unreadable=3, clock_ahead=5, duplicate_ids=2)
    place = located(found.table, totals, found.now, previous, silent=found.silent, quality=quality)
    victims = {fault.id: place.failing(fault.id) for fault in place.answer.faults}
    never = ("T-9000001", "T-9000002", "T-9000003")
    return Fleet(answer=place.answer, table=found.table, silent=found.silent, victims=victims, previous=previous, never=never)


@cache
def large() -> Fleet:
    """100,000 with six faults, and the day before: the first was not yet there, the second smaller, one more is over."""
    today = made(100_000, 17, faults=SIX, noise=0.01, silent=0.004)
    fleet = fleet_of(today)
    before, answer = day_before(fleet.answer), fleet.answer
    over = Ended(fault=before.faults[-1], told_last=before.generated_at, over_by=utc(NOW - 4 * 3600))
    faults = (replace(answer.faults[0], first_told=answer.generated_at), *answer.faults[1:])
    return replace(fleet, answer=replace(answer, faults=faults, ended=(over,)), previous=before)


def day_before(answer: Answer) -> Answer:
    gone = Fault(
        id="0a1b2c3d",
        family=Family.GATEWAY.value,
        causes={Cause.GATEWAY_CERTIFICATE_EXPIRED.value: 812},
        where=({"host": "pay5.example.com"},),
        failing=812,
        of=3300,
        elsewhere_failing=9,
        elsewhere_of=96_000,
        cannot_pay=812,
        score=900.0,
        owner="acquirer",
    )
    now = answer.totals
    then = replace(
        now,
        terminals=now.terminals - 12,
        can_pay=now.can_pay + 900,
        cannot_pay=max(0, now.cannot_pay - 950),
        silent=max(0, now.silent - 100),
        never_reported=None if now.never_reported is None else now.never_reported + 2,
    )
    smaller = [replace(each, failing=each.failing * 2 // 3) for each in answer.faults[1:2]]
    return Answer(generated_at=utc(NOW - DAY_S), totals=then, faults=(*smaller, *answer.faults[2:], gone))


def beginning(answer: Answer) -> str:
    """Of its `fleet.json`: up to the first fault."""
    shown = msgspec.json.format(msgspec.json.encode(replace(answer, faults=answer.faults[:1])), indent=2).decode()
    return shown[: shown.index("    }\n  ],")] + "    },\n    …"


def everything_broken() -> Fleet:
    """All at once: no place has more of it than another."""
    return fleet_of(made(2000, 3, faults=(Injected(Family.INTERNET, {}, (Cause.INTERNET_DOWN,), 1.0, NOW - 5000),), silent=0.0))


def everything_silent() -> Fleet:
    return fleet_of(made(2000, 4, faults=(Injected(Family.SILENCE, {}, (), 1.0, NOW - 20000),), silent=0.0))


def many() -> Fleet:
    """More faults than have a place of their own on the page: shops, each with its line down."""
    known = made(6000, 5, faults=0)
    stores = known.people.attributes["store"]
    shops = [name for code, name in enumerate(stores.values) if code and (stores.codes == code).sum() >= 12][:60]
    faults = [Injected(Family.INTERNET, {"store": name}, (Cause.INTERNET_DOWN,), 1.0, NOW - 4000 - 60 * n) for n, name in enumerate(shops)]
    return fleet_of(made(6000, 5, faults=faults, noise=0.0, silent=0.0, known=known.people))


def small() -> Fleet:
    """24 terminals, of which those of one provider cannot pay."""
    known = made(24, 6, faults=0, noise=0.0, silent=0.0)
    fault = Injected(Family.INTERNET, {"isp": "isp-c"}, (Cause.INTERNET_DOWN,), 1.0, NOW - 7200)
    return fleet_of(made(24, 6, faults=(fault,), noise=0.0, silent=0.0, known=known.people))


def hostile(text: str) -> Fleet:
    """Whatever a terminal says of itself, and whatever an answer kept from elsewhere says, is this text; places stay apart by a number."""
    fault = Injected(Family.INTERNET, {"isp": "isp-a"}, (Cause.INTERNET_DOWN,), 0.9, NOW - 5000)
    quiet = Injected(Family.SILENCE, {"isp": "isp-b"}, (), 0.9, NOW - 30000)
    found = made(600, 9, faults=(fault, quiet))
    table = Table()
    for number, row in enumerate(found.table.rows()):
        labels = {name: f"{text}{value[-2:]}" for name, value in row.attributes.items()} | {f"label:{text}": f"{text}{number % 2}"}
        table.put(replace(row, id=f"{text}{number}", serial_number=text, machine_id=text, boot_id=text, subject=text, attributes=labels))
    fleet = fleet_of(replace(found, table=table))
    answer = fleet.answer
    odd = replace(
        answer.faults[0],
        id=text,
        family=text,
        causes={text: 5},
        where=({text: text, "isp": text}, {f"label:{text}": text}),
        owner=text,
        step=same(text),
        since=Onset(first=text, median=text, last=text),
        remnant_of=text,
        acknowledged=text,
        acknowledged_until=text,
        first_told=text,
        unplaced=text,
    )
    over = (Ended(fault=odd, told_last=text, over_by=text), Ended(fault=odd, told_last=None, over_by=text, unseen=True))
    said = replace(answer, faults=(*answer.faults, odd), ended=over, single={text: 3}, notices={text: 2}, quality={text: 1})
    previous = replace(said, generated_at=text, faults=(replace(odd, id=f"{text}2"),))
    return replace(fleet, answer=said, previous=previous, never=(text,) * 3)


def nothing() -> Fleet:
    totals = replace(made(24, 6, faults=0).totals, terminals=0, can_pay=0, cannot_pay=0, unknown=0, silent=0)
    return Fleet(answer=Answer(generated_at=utc(NOW), totals=totals), table=Table(), silent=bytearray(), victims={})


def large_sample() -> Sample:
    return Sample(paper="fleet", state="large", given=large(), made=page, sheets=(4, 9))


def fleets() -> list[Sample]:
    given = {
        "small": (small(), (1, 3)),
        "quiet": (fleet_of(made(5000, 8, faults=0)), (1, 2)),
        "broken": (everything_broken(), (1, 4)),
        "silent": (everything_silent(), (1, 3)),
        "many": (many(), (8, 30)),
        "nothing": (nothing(), (1, 1)),
    }
    others = [Sample(paper="fleet", state=state, given=each, made=page, sheets=sheets) for state, (each, sheets) in given.items()]
    return [large_sample(), *others]
