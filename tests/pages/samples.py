"""A made-up shop and what its papers are made of, in good and in bad days, with moments that stand still. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agent.contract.document import Status
from agent.contract.event import Evidence, OpenedEvent
from agent.contract.history import CauseTotal, DayTotal, PastIncident
from agent.diagnosis.model import CanPay, State
from agent.papers import letter, runbook, status_page
from agent.papers.press import printed
from agent.remedy.here import Here, Platform
from agent.remedy.possible import Machine, OwnUplink
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from tests.pages.looked_back import bundles, reports
from tests.pages.sample import STORE, Sample

ROOT = Path(__file__).parents[2]
TODAY = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
SHOP = {
    "terminal": {
        "id": "T-1001",
        "store": STORE,
        "serial_number": "SN-20417",
        "merchant_id": "898110154110007",
        "hours": "Mo-Su 10:00-22:00",
    },
    "support": {
        "acquirer": {"name": "样例支付", "phone": "95000"},
        "provider": {"name": "样例服务商", "phone": "400-800-1234"},
        "technician": {"name": "小王", "phone": "138-0000-0002"},
        "isp": {"name": "样例宽带", "phone": "10000"},
    },
    "gateway": [
        {
            "name": "acquirer-a",
            "host": "gw-a.pay.example",
            "port": 8583,
            "protocol": "iso8583",
            "iso8583": {"merchant_id": "898110154110007", "terminal_id": "01001234"},
        },
        {"name": "acquirer-b", "host": "gw-b.pay.example", "port": 443, "protocol": "https"},
    ],
    "serial": [
        {"name": "printer", "label": "小票打印机", "role": "printer", "port": "/dev/ttyUSB0", "protocol": "escpos"},
        {"name": "pinpad", "label": "密码键盘", "role": "pinpad", "port": "/dev/ttyACM0", "protocol": "enq"},
    ],
    "app": [{"name": "payapp", "process": "payapp"}],
}
EVERYTHING = Machine(
    uplinks=(OwnUplink("eth0", "ethernet"), OwnUplink("wlan0", "wifi", backup=True), OwnUplink("wwan0", "cellular", backup=True)),
    tunnels=("wg0",),
    battery=True,
)


class Shown(Struct, frozen=True, kw_only=True):
    status: Status
    days: tuple[DayTotal, ...]
    stale: Bilingual | None = None


class Written(Struct, frozen=True, kw_only=True):
    case: letter.Case
    settings: Settings


def settings() -> Settings:
    return msgspec.convert(SHOP, Settings)


def samples() -> list[Sample]:
    return [*_statuses(), *_letters(), *_books(), *reports(), *bundles()]


def _statuses() -> list[Sample]:
    def made(given: Shown, languages: Sequence[str]) -> bytes:
        return status_page.page_of(given.status, given.days, languages, given.stale)

    red = document("account")
    shop = msgspec.structs.replace(red.terminal, id="T-1001", store=STORE)
    well = msgspec.structs.replace(
        document("paper"), terminal=shop, can_pay=CanPay.YES, state=State.OK, causes=(), remediation=(), selling=(), cause=None
    )
    stopped = Bilingual("posdiag 服务已经停了 3 小时", "the posdiag service stopped 3 h ago")
    given = {
        "red": Shown(status=msgspec.structs.replace(red, terminal=shop), days=days()),
        "cable": Shown(status=msgspec.structs.replace(document("cable"), terminal=shop), days=days()),
        "yellow": Shown(status=msgspec.structs.replace(document("paper"), terminal=shop), days=days()),
        "green": Shown(status=well, days=days()),
        "stale": Shown(status=msgspec.structs.replace(red, terminal=shop), days=(), stale=stopped),
    }
    return [Sample(paper="status", state=state, given=each, made=made, sheets=(1, 2)) for state, each in given.items()]


def document(name: str) -> Status:
    """One of those that docs/screens.md shows."""
    return msgspec.json.decode((ROOT / f"tests/screens/documents/{name}.json").read_bytes(), type=Status)


def days() -> tuple[DayTotal, ...]:
    """A month: mostly well, some short outages, a day that was bad, two without the service."""
    short, bad, unwatched = (3, 11, 17), (8, 0), (20, 21)
    found = []
    for back in range(30):
        day = (date(2026, 1, 31) - timedelta(days=back)).isoformat()
        lost = 1500 if back in short else 14400 if back in bad else 0
        watched = 0 if back in unwatched else 86400
        found.append(DayTotal(day=day, watched_s=watched, can_pay_s=watched - lost if watched else 0, outage_s=lost))
    return tuple(found)


def _letters() -> list[Sample]:
    def made(given: Written, languages: Sequence[str]) -> bytes:
        return printed("letter.html", letter.fields_of(given.case, given.settings, TODAY), languages, letter.TITLES[given.case.account])

    calls = ("李工", "T-20260130-17", "2026-02-02", "说是风控，要补门头照片", "2026-01-30T10:05:00.000Z")
    called = {"what": "called", **dict(zip(("who", "ticket", "promised", "text", "at"), calls, strict=True))}
    tried = ({"trace": "app_restarted", "step": None, "seconds": 60.0}, {"trace": "router_restarted", "step": None, "seconds": 300.0})
    stopped = incident("I-20260130-0712", told=(called,), tried=tried)
    outage = incident("I-20260129-0801", "system.gateway_down", ended_at="2026-01-29T11:15:00.000Z", duration_s=7300.0)
    given = {
        "account": Written(case=letter.Case(incident=stopped, opened=opened("03"), again=2), settings=settings()),
        "host": Written(case=letter.Case(incident=outage, opened=None, again=1), settings=settings()),
        "blank": Written(case=letter.Case(incident=incident("I-1", subject=""), opened=None, again=1), settings=Settings()),
        "long": Written(
            case=letter.Case(incident=incident("I-2", told=(called,) * 40, tried=tried), opened=opened("03"), again=800),
            settings=settings(),
        ),
    }
    sheets = {"host": (2, 2), "long": (4, 6)}
    return [Sample(paper="letter", state=state, given=each, made=made, sheets=sheets.get(state, (3, 4))) for state, each in given.items()]


def incident(name: str, cause: str = "operator.account_suspended", **more: Any) -> PastIncident:
    told = {
        "id": name,
        "chain": name,
        "began_at": "2026-01-29T09:12:00.000Z",
        "ended_at": None,
        "duration_s": 174000.0,
        "state": "outage",
        "can_pay": "no",
        "cause": cause,
        "causes": (cause,),
        "subject": "acquirer-a",
        "category": cause.split(".")[0],
        **more,
    }
    return msgspec.convert(told, PastIncident)


def opened(code: str) -> OpenedEvent:
    return OpenedEvent(
        at="2026-01-29T09:12:10.000Z",
        boot_id="b",
        running_s=10.0,
        incident="I-20260130-0712",
        chain="I-20260130-0712",
        began_at="2026-01-29T09:12:00.000Z",
        state="outage",
        can_pay="no",
        cause="operator.account_suspended",
        subject="acquirer-a",
        category="operator",
        confidence=0.9,
        evidence=(Evidence(id="gateway:acquirer-a", symptom=None, facts={"response_code": code}),),
    )


def _books() -> list[Sample]:
    def made(given: runbook.Known, languages: Sequence[str]) -> bytes:
        return printed("runbook.html", runbook.fields_of(given, TODAY), languages, runbook.TITLE)

    befallen = tuple(
        CauseTotal(code=code, count=count, mean_s=600.0, longest_s=4000.0)
        for code, count in (("operator.paper_out", 7), ("network.internet_down", 3), ("operator.cable_unplugged", 1))
    )
    here = Here(platform=Platform.LINUX, log="/var/log/posdiag/posdiag.log")
    wired = Machine(uplinks=(OwnUplink("eth0", "ethernet"),), heat=False)
    given = {
        "everything": runbook.Known(
            settings=settings(), machine=EVERYTHING, here=here, terminal="T-1001", hash="0123456789abcdef", totals=befallen
        ),
        "bare": runbook.Known(settings=Settings(), machine=wired, here=here, terminal="T-1", hash="0123456789abcdef"),
    }
    return [
        Sample(paper="runbook", state=state, given=each, made=made, sheets=(_leaves(each), _leaves(each))) for state, each in given.items()
    ]


def _leaves(known: runbook.Known) -> int:
    return runbook.FRONT + len(runbook.cases(known)) + 1
