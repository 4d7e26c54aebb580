"""The report: its numbers are those of the record, it says what it does not know, and no text gets out of its place."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.contract.day import DayPart
from agent.contract.event import GatewayDay, ToldEvent
from agent.contract.times import parse
from agent.papers.plain import text_of
from agent.papers.press import printed
from agent.papers.report import MOST_LISTED, TITLE, Report, fields_of
from agent.record.compare import compared
from tests.support.browser import browser, colours_in, complaints, pages_in
from tests.support.lived import CABLE, DAY_S, FIRST, HOST, INTERNET, Made, quality, shop

HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>\u202eabc\x1b[31m=cmd|'/c calc'!A0"
JANUARY = date(2026, 1, 31)


def report(made: Made, last: date = JANUARY, compare: date | None = None, **more: Any) -> Report:
    hour = ((last - made.first).days + 1) * 24.0
    told, lived = made.told(made.first, last, hour, hours=more.pop("hours", ""))
    known: dict[str, Any] = {
        "told": told,
        "first": made.first,
        "last": last,
        "now": made.now(hour).at,
        "store": "老王面馆",
        "promises": tuple(each for each in made.events if isinstance(each, ToldEvent)),
        "comparison": compared(told.days, lived, compare, None) if compare else None,
    }
    return Report(**(known | more))


def page(found: Report, languages: tuple[str, ...] = ("en",)) -> str:
    made = printed("report.html", fields_of(found), languages, TITLE)
    assert complaints(made) == ""
    return made.decode()


def said(found: Report, language: str = "en") -> str:
    """As people read it, on one line."""
    return re.sub(r"\s+", " ", text_of(page(found, (language,)).encode()).decode())


def whole_month(without: dict[int, int] | None = None) -> Made:
    made = Made()
    for number in range(31):
        made.day(number, (without or {}).get(number, 0))
    return made


def test_the_one_number_the_outages_and_the_mean_time_to_repair() -> None:
    made = whole_month({3: 3600, 10: 7200})
    made.incident(24 * 3 + 9, 60, trace="router_restarted")
    made.incident(24 * 10 + 9, 120, trace="router_restarted")
    made.incident(24 * 20 + 9, 30, CABLE, state="degraded", can_pay="yes")
    text = said(report(made))
    assert "99.59% of the time payments were possible" in text, "3 of 744 hours are missing, rounded down"
    assert "2 times without payments together 3 h" in text
    assert "90 min mean time to repair" in text, "of the two that stopped payments"
    assert "internet down: 2 of 3 incidents; who can end it: internet provider" in text
    assert "2 of 2 ended so: the router was restarted." in text
    assert "Hand the table of times below to the internet provider" in text
    assert "Watched all the time (31 days)." in text


def test_opening_hours_come_first_and_all_hours_beside_them() -> None:
    made = Made()
    for number in range(31):
        lost = 36 * 10 if number == 1 else 0
        made.day(number, 24 * lost, opening=DayPart(seconds={"ok": 36000 - lost, "outage": lost}, can_pay=36000 - lost))
    text = said(report(made, hours="Mo-Su 08:00-18:00"))
    assert "99.96% of opening hours payments were possible of all hours 99.67%" in text


def test_what_nobody_watched_is_neither_available_nor_not() -> None:
    made = Made()
    for number in range(10):
        made.day(number)
    text, html = said(report(made)), page(report(made))
    assert "100% of the time payments were possible" in text
    assert "Watched for 10 days (32%); for 21 days nobody watched, which counts neither as possible nor as not." in text
    assert len(re.findall(r"<title>2026-01-\d\d: not watched</title>", html)) == 2 * 21, "in the calendar and day by day"


def test_a_month_without_data() -> None:
    for there, words in ((True, "Nothing was watched in this time"), (False, "Nothing is recorded yet")):
        found = report(Made(), there=there)
        assert words in said(found) and "<svg" not in page(found) and "100%" not in said(found)
    assert "这段时间没有监测" in said(report(Made()), "zh")


def test_a_month_without_an_incident() -> None:
    found = report(whole_month())
    assert "No incident is recorded for this time." in said(found) and "100% of the time" in said(found)
    assert "What to do" not in said(found) and "Times of the incidents" not in said(found)


def test_one_incident_that_is_not_over_has_no_time_to_repair() -> None:
    made = whole_month({30: 3600})
    made.incident(24 * 30 + 23, None, HOST)
    text = said(report(made))
    assert "1 time without payments" in text and "– mean time to repair" in text and "one incident is not over yet" in text
    assert "How long until repaired" not in text and "What ended them" not in text


def test_a_number_that_stands_for_little_says_so_in_bold() -> None:
    made = Made()
    for number in range(31):
        made.day(number, watched_s=3600)
    html = page(report(made))
    assert "<strong>Watched for 31 h (4%)" in html and "along the foot: how much of the day nobody watched" in html
    assert "<strong>Watched" not in page(report(whole_month()))


@pytest.mark.parametrize("bad", [-1.0, 1e308, -1e308])
def test_a_damaged_line_draws_nothing_impossible(bad: float) -> None:
    made = Made()
    wrong = GatewayDay(n=10**18, p50_ms=bad, p95_ms=bad, loss_percent=bad)
    made.day(0, 10**12, 10**12, uplinks={"eth0": wrong})
    made.day(1, -5, -5, gateways={"a": wrong})
    made.day(2, uplinks={"eth0": quality()})
    html = page(report(made, compare=FIRST + timedelta(days=2)))
    assert not re.search(r'[ML"= (]-?(nan|inf)\b', html) and "24 ms" in html


def test_only_what_changed_shortly_before_stands_in_the_list() -> None:
    made = whole_month()
    for seconds in (60, 40_000):
        change = {"what": "router", "subject": "10.0.0.1", "before": "a", "after": "b", "seconds": seconds}
        made.incident(24 + seconds / 3600, 5, changes_before=(change,))
    text = said(report(made))
    assert text.count("the router was replaced") + text.count("the router's address changed") == 1


def test_planned_work_is_shown_and_counts_for_nothing() -> None:
    made = whole_month()
    made.day(31, watched_s=DAY_S - 7200, planned=7200)
    text = said(report(made, date(2026, 2, 1)))
    assert "Planned work for 2 h is not counted." in text and "100% of the time" in text
    assert "Watched all the time" in text


def test_causes_by_count_with_who_can_end_them() -> None:
    made = whole_month()
    for number in range(3):
        made.incident(24 * number + 9, 20, CABLE, trace="link_replugged")
    made.incident(24 * 9, 600, HOST, trace="host_recovered")
    made.incident(24 * 11, 10, "later.unheard_of")
    made.incident(24 * 12, 10, None)
    text = said(report(made))
    assert text.index("no signal on the cable cashier 3 3 60 min 20 min") < text.index("host out of service acquirer 1 1 10 h 10 h")
    assert "later.unheard_of" in text and "no cause was found" in text
    assert "the cable was unplugged and plugged in again 3 nobody knows 2" in text


def test_hours_are_those_of_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    made = whole_month()
    made.incident(24 * 3 + 4, 20)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        html = page(report(made))
        assert "12:00 to 12:59: 1" in html and "which begin at 08:00 local time" in re.sub(r"\s+", " ", html)
        assert "2026-01-04 12:00" in html
    finally:
        monkeypatch.undo()
        time.tzset()


def test_promises_that_are_open_and_overdue() -> None:
    made = whole_month()
    made.called(5 * 24, who="acquirer", promised="2026-03-01")
    made.called(9 * 24, who="李工", ticket="T-9", promised="2026-01-20", text="换光猫")
    text = said(report(made))
    assert text.index("李工 T-9 2026-01-20 overdue") < text.index("2026-03-01") and "2026-03-01 overdue" not in text


def test_lines_and_hosts_with_gaps_where_nobody_watched() -> None:
    made = Made()
    for number in (*range(10), *range(20, 31)):
        made.day(number, uplinks={"eth0": quality(lost=2.0)}, gateways={"acquirer-a": quality(p50=31.0, p95=300.0)})
    text, html = said(report(made)), page(report(made))
    assert "Line eth0 usually 24 ms, on the slowest day 60 ms (p95); in vain 2%; looked at 30240 times" in text
    assert "Host acquirer-a usually 31 ms, on the slowest day 300 ms (p95); in vain 0%" in text
    assert html.count('<path class="first"') == 2 * 2 + 1, "two runs of each, and one in the legend"


def test_before_and_after_say_how_sure_that_is() -> None:
    found = report(shop(61, mended=30), date(2026, 3, 2), compare=FIRST + timedelta(days=30))
    text = said(found)
    assert "Before and after 2026-01-31 Fewer than before, and chance alone does not explain it" in text
    ratio = found.comparison.incidents.ratio if found.comparison else None
    assert ratio is not None and f"{ratio.value:.2f} times ({ratio.low:.2f} to {ratio.high:.2f})" in text
    few = whole_month()
    few.incident(30, 20)
    text = said(report(few, compare=FIRST + timedelta(days=15)))
    assert "Not enough cases to tell" in text and "0.00 times (0.00 to" in text and "it got" not in text
    assert "没有可比的" in said(report(whole_month(), compare=FIRST + timedelta(days=15)), "zh")


def test_both_languages_show_the_same_pictures_and_numbers() -> None:
    found = report(shop(31))
    both = page(found, ("zh", "en"))
    zh, en = both.split('<article lang="en">')
    for tag in ("<svg", "<tr>", "<rect", "<path", "<h2>"):
        assert zh.count(tag) == en.count(tag) > 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_from_outside_gets_out_of_its_place(language: str) -> None:
    made = Made()
    made.day(0, 600, uplinks={HOSTILE: quality()}, gateways={HOSTILE: quality()})
    before = ({"what": HOSTILE, "subject": HOSTILE, "before": HOSTILE, "after": HOSTILE, "seconds": 60},)
    made.incident(1, 5, HOSTILE, subject=HOSTILE, changes_before=before, trace=HOSTILE)
    made.incident(2, None, HOSTILE, subject=HOSTILE)
    made.called(3, who=HOSTILE, ticket=HOSTILE, promised=HOSTILE, text=HOSTILE)
    html = page(report(made, store=HOSTILE), (language,))
    assert not re.search(r"<script|<img|onerror=\w+\(1\)>|\bstyle=", html)
    assert not {"\u202e", "\x1b"} & set(html)
    assert "&lt;script&gt;" in html


def test_a_thousand_incidents_in_four_hundred_days_stay_small_and_say_what_is_left_out() -> None:
    made = Made(date(2025, 1, 1))
    for number in range(400):
        made.day(number, 1200, uplinks={f"line-{n}": quality() for n in range(4)}, gateways={f"host-{n}": quality() for n in range(8)})
        for hour in (9, 13, 18)[: 3 if number % 2 else 2]:
            made.incident(24 * number + hour, 7 if hour == 9 else 5, trace="router_restarted", subject="x" * 64)
    last = made.first + timedelta(days=399)
    html = page(report(made, last, compare=made.first + timedelta(days=200)), ("zh", "en"))
    assert len(html.encode()) < 1_000_000
    assert f"{1000 - MOST_LISTED} shorter ones are left out" in html and "4 more are not drawn" in html
    assert html.count('<tr><td class="whole">') == 2 * MOST_LISTED


def test_as_it_is_seen_and_printed(tmp_path: Path) -> None:
    """One page and language; `make test-pages` looks at all of them."""
    file = tmp_path / "report.html"
    file.write_text(page(report(shop(31), compare=FIRST + timedelta(days=15)), ("zh",)), "utf-8")
    with browser() as shown:
        for width in (1000, 500):
            shown.open(file, width)
            assert shown.cut_off() == []
            assert colours_in(shown.picture()) > 20
        assert "怎么办" in shown.text() and "最常见的原因" in shown.text()
        assert pages_in(shown.printed()) in (4, 5)


def test_days_are_told_up_to_now() -> None:
    """Of the day that is not over, what is still to come is not called unwatched."""
    made = whole_month()
    told, _ = made.told(FIRST, date(2026, 2, 1), 24 * 31 + 6.0)
    noon = parse("2026-02-01T06:00:00.000Z") or 0.0
    assert Report(told=told, first=FIRST, last=date(2026, 2, 1), now=noon, store="").asked_s == 31.25 * DAY_S


def test_every_cause_has_somebody_who_can_end_it_and_what_to_do() -> None:
    made = whole_month()
    made.incident(5, 5, INTERNET)
    for language in ("zh", "en"):
        assert ("怎么办" if language == "zh" else "What to do about it") in said(report(made), language)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (INTERNET, "internet provider"),
        (HOST, "posdiag letter"),
        ("operator.paper_out", "agree with the staff"),
        ("system.payment_app_down", "does not keep it from coming back"),
        ("network.dns_failing", "have a technician find out why"),
        ("operator.account_suspended", "when fees, licences and contracts are due"),
        ("system.printer_fault", "the equipment's vendor"),
        ("later.unheard_of", "another version of posdiag"),
        (None, "no cause was found"),
    ],
)
def test_what_to_do_goes_with_who_can_end_it_and_with_its_kind(cause: str | None, words: str) -> None:
    made = whole_month()
    made.incident(5, 5, cause)
    assert words in said(report(made)).lower()
