"""Reports and bundles of a made-up shop: nothing recorded, one incident, an ordinary month, hundreds of incidents."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.event import ToldEvent
from agent.papers import report
from agent.papers.bundle.contents import PAGE_FILE, bundle
from agent.papers.bundle.gather import Found, gather
from agent.papers.press import printed
from agent.record.compare import compared
from agent.record.incidents import Lived
from agent.settings.load import load
from tests.pages.sample import STORE, Sample
from tests.support.clocks import SetClock
from tests.support.lived import FIRST, HOST, Made, shop
from tests.support.planted import INCIDENT, NOW, checks, terminal

_LAST = FIRST + timedelta(days=30)
_HOURS = 31 * 24.0


class Told(Struct, frozen=True, kw_only=True):
    """What `posdiag report` has read; `compare`: before and after which day."""

    report: report.Report
    lived: list[Lived]
    compare: date | None = None


def reports() -> list[Sample]:
    def made(given: Told, languages: Sequence[str]) -> bytes:
        found = compared(given.report.told.days, given.lived, given.compare, None) if given.compare else None
        return printed("report.html", report.fields_of(replace(given.report, comparison=found)), languages, report.TITLE)

    month = shop(31, mended=16)
    month.called(24 * 8 + 20, who="李工", ticket="T-20260109-04", promised="2026-01-20", text="下周换线路板")
    month.called(24 * 26, who="样例宽带", ticket="77-1203", promised="2026-02-04", text="派人来查光猫")
    one = Made()
    for number in range(31):
        one.day(number, 5400 if number == 12 else 0)
    one.incident(24 * 12 + 11, 90, HOST, trace="host_recovered", subject="acquirer-a")
    many = shop(31)
    for number in range(600):
        many.incident(number * 1.2, 9, trace="line_recovered", subject="eth0")
    given = {
        "month": _report(month, compare=FIRST + timedelta(days=16)),
        "one": _report(one),
        "hundreds": _report(many),
        "nothing": _report(Made(), there=False),
    }
    sheets = {"month": (3, 6), "one": (1, 3), "hundreds": (5, 12), "nothing": (1, 1)}
    return [Sample(paper="report", state=state, given=each, made=made, sheets=sheets[state]) for state, each in given.items()]


def _report(made: Made, compare: date | None = None, **more: Any) -> Told:
    told, lived = made.told(made.first, _LAST, _HOURS)
    found = report.Report(
        told=told,
        first=made.first,
        last=_LAST,
        now=made.now(_HOURS).at,
        store=STORE,
        promises=tuple(each for each in made.events if isinstance(each, ToldEvent)),
        **more,
    )
    return Told(report=found, lived=lived, compare=compare)


def bundles() -> list[Sample]:
    def made(given: Found, languages: Sequence[str]) -> bytes:
        with zipfile.ZipFile(io.BytesIO(bundle(given, languages).content)) as packed:
            return packed.read(PAGE_FILE)

    def look(*_: Any) -> dict[str, Any]:
        return {"resolvers": {"servers": ["192.0.2.53"]}, "checks": checks("eth0")}

    with tempfile.TemporaryDirectory() as folder:
        written = terminal(Path(folder), "换了网线 cable changed")
        full = gather(load(str(written)), SetClock(NOW), INCIDENT, look=look)
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "agent.toml"
        empty.write_text(f'[terminal]\nid = "T-1"\n[agent]\nstate_dir = "{folder}/state"\nlog_dir = "{folder}/log"\n', "utf-8")
        bare = gather(load(str(empty)), SetClock(NOW), None, look=look)
    given = {"full": full, "bare": bare}
    return [Sample(paper="bundle", state=state, given=each, made=made, sheets=(1, 12)) for state, each in given.items()]
