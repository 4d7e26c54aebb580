"""The status as a page: what it says, that it is valid and self-contained, that no text gets out of its place, and how it looks."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.history import DayTotal
from agent.papers.status_page import DAYS, page_of
from probes.ground.bilingual import Bilingual, same
from tests.support.browser import browser, colours_in, complaints, pages_in
from tests.support.documented import ROOT

DOCUMENTS = sorted((ROOT / "tests/screens/documents").glob("*.json"))
HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>\u202eabc\x1b[31m=cmd|'/c calc'!A0"


def document(name: str = "router") -> Status:
    found: Status = msgspec.json.decode((ROOT / f"tests/screens/documents/{name}.json").read_bytes(), type=Status)
    return found


def days(until: str = "2026-01-31") -> list[DayTotal]:
    last = datetime.date.fromisoformat(until)
    watched = [(0, 0), (86400, 86400), (86400, 86000), (86400, 40000)]
    return [
        DayTotal(day=(last - datetime.timedelta(days=n)).isoformat(), watched_s=watched[n % 4][0], can_pay_s=watched[n % 4][1], outage_s=0)
        for n in range(40)
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_first_screen_is_a_valid_page_with_the_same_answer(path: Path, language: str) -> None:
    status = msgspec.json.decode(path.read_bytes(), type=Status)
    html = page_of(status, days(), (language,))
    assert complaints(html) == ""
    text = html.decode()
    assert all(getattr(step.text, language).split("<")[0][:20] in text.replace("&#39;", "'") for step in status.remediation[:1])
    assert (
        f'class="light {"green" if status.can_pay == "yes" and status.state == "ok" else "red" if status.can_pay == "no" else "yellow"}"'
        in text
    )


def test_nothing_is_loaded_and_nothing_runs() -> None:
    html = page_of(document(), days(), ("zh", "en")).decode()
    assert not re.search(r"<script|\bstyle=|\son\w+=|\bsrc=|href=|url\(|@import", html)
    assert html.index("Content-Security-Policy") < html.index("<style>")
    assert "default-src 'none'" in html.replace("&#39;", "'")


def test_no_text_from_outside_gets_out_of_its_place() -> None:
    status = document()
    hostile = replace(
        status,
        terminal=replace(status.terminal, id=HOSTILE, store=HOSTILE),
        causes=tuple(replace(cause, summary=Bilingual(HOSTILE, HOSTILE)) for cause in status.causes),
        remediation=tuple(replace(step, text=same(HOSTILE), expect=same(HOSTILE)) for step in status.remediation),
        generated_at=status.generated_at,
        since=HOSTILE,
    )
    html = page_of(hostile, days(), ("zh", "en"), stale=same(HOSTILE)).decode()
    assert complaints(html.encode()) == ""
    assert not re.search(r"<script|<img|onerror=\w+\(1\)>", html)
    assert not {"\u202e", "\x1b"} & set(html)
    assert "&lt;script&gt;" in html


def test_each_of_the_last_days_has_its_place_and_says_what_it_was() -> None:
    html = page_of(document(), days(), ("en",)).decode()
    titles = re.findall(r"<title>(\d{4}-\d\d-\d\d: [^<]+)</title>", html)
    assert len(titles) == DAYS and titles == sorted(titles)
    assert titles[-1] == "2026-01-31: not watched" and titles[-2] == "2026-01-30: payments all the time"
    assert titles[-4] == "2026-01-28: 13 h without payments"


def test_a_stale_status_is_neither_red_nor_green() -> None:
    html = page_of(document(), (), ("en",), stale=Bilingual("服务停了", "the service has stopped")).decode()
    assert 'class="light yellow"' in html and "the service has stopped" in html


def test_the_page_as_it_is_seen_and_printed(tmp_path: Path) -> None:
    """One page and language; `make test-pages` looks at all of them."""
    file = tmp_path / "page.html"
    file.write_bytes(page_of(document(), days(), ("zh",)))
    with browser() as shown:
        for width in (1000, 500):
            shown.open(file, width)
            assert shown.cut_off() == []
            assert colours_in(shown.picture()) > 20
        assert "怎么办" in shown.text()
        assert pages_in(shown.printed()) in (1, 2)
