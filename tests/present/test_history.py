"""The history on a screen: in both languages, on narrow ones too, in characters that the console has, and nothing moves a cursor."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.event import AgentEvent, AnyEvent, CauseEvent, ChangeEvent, ClosedEvent, Evidence, WatchedEvent
from agent.contract.history import Availability, CauseTotal, DayTotal, Failures, History, OpeningTotal, PastIncident
from agent.contract.trace import Trace
from agent.diagnosis.causes import Cause
from agent.present.days import marks_of, strip
from agent.present.endings import TRACES, in_words
from agent.present.history import render
from agent.present.history_csv import COLUMNS, cell, incidents
from agent.present.page import Page
from agent.present.timeline import MOST, timeline
from tests.support.recorded import opened, stamped

BEFORE = ({"what": "router", "subject": "10.0.0.1", "before": "02:00:00:00:00:01", "after": "02:00:00:00:00:02", "seconds": 1200},)
HOSTILE = "e\x1b[2Jth\u202e0"
LAST = date(2026, 1, 31)


def incident(number: int = 1, **more: Any) -> PastIncident:
    known: dict[str, Any] = {
        "id": f"20260131T08{number:02}00Z-ab12cd",
        "began_at": f"2026-01-31T08:{number:02}:00.000Z",
        "ended_at": f"2026-01-31T09:{number:02}:00.000Z",
        "duration_s": 3600.0,
        "state": "outage",
        "can_pay": "no",
        "cause": "network.gateway_unreachable",
        "causes": ("network.gateway_unreachable",),
        "subject": "acquirer-with-a-long-name-indeed",
        "category": "network",
        "changes_before": BEFORE,
        "ended_by": {"trace": "router_restarted", "how": "seen", "confidence": 0.8},
    } | more
    return PastIncident(**({"chain": known["id"]} | known))


def day(number: int, without: float = 0.0) -> DayTotal:
    lost = round(86_400 * without)
    return DayTotal(day=str(LAST - timedelta(days=number)), watched_s=86_400, can_pay_s=86_400 - lost, outage_s=lost)


ALL = Availability(percent=99.123, watched_s=33_000_000, can_pay_s=32_710_590, outage_s=250_000)


def lived(*told: PastIncident, days: tuple[DayTotal, ...] = (), unreadable: int = 0, **more: Any) -> History:
    causes = [CauseTotal(code=code.value, count=12, mean_s=1234.0, longest_s=99_999.0) for code in list(Cause)[:6]]
    return History(
        terminal="terminal-12",
        from_="2025-01-01T00:00:00.000Z",
        to="2026-01-31T10:00:00.000Z",
        complete_from="2025-01-01T00:00:00.000Z",
        **({"availability": ALL, "availability_all": ALL} | more),
        failures=Failures(count=len(told), mean_between_s=90_000.0, mean_repair_s=1800.0),
        incidents=told,
        causes=tuple(causes),
        steps=(),
        days=days,
        unreadable_lines=unreadable,
    )


FULL = lived(*(incident(number) for number in range(50)), days=tuple(day(number, number % 5 / 8) for number in range(400)), unreadable=2)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 20)])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "ascii"])
def test_one_screen_holds_how_often_how_long_and_the_last_incident(language: str, width: int, height: int, encoding: str) -> None:
    page = Page(language="en" if encoding == "ascii" else language, width=width, encoding=encoding)
    lines = render(FULL, page)
    assert len(lines) < height, "\n".join(lines)
    assert [line for line in lines if page.measure(line) > width] == []
    text = "\n".join(lines)
    text.encode(encoding)
    assert "terminal-12" in text and "99.123" in text and "20260131T084900Z-ab12cd" in text
    assert "--since" in text, "how to see the others"


def test_whoever_asks_for_a_span_gets_all_of_it_with_what_came_before_and_what_ended_it() -> None:
    lines = render(FULL, Page(language="en"), everything=True)
    assert sum("20260131T08" in line for line in lines) == 50
    assert sum(line.strip() == "20 min before: the router was replaced" for line in lines) == 50
    assert sum(line.strip() == "ended by: the router was restarted" for line in lines) == 50
    assert "more: add" not in "\n".join(lines)


def at_day(number: int, **more: Any) -> DayTotal:
    return replace(day(number), **more)


def test_opening_hours_and_all_hours_are_told_apart_and_planned_work_with_them() -> None:
    of_hours = Availability(percent=98.5, watched_s=360_000, can_pay_s=354_600, outage_s=5_400, planned_s=0)
    both: dict[str, Any] = {"availability": of_hours, "availability_all": replace(ALL, planned_s=7_300), "hours": "Mo-Sa 08:00-20:00"}
    text = "\n".join(render(lived(**both), Page(language="en", width=100)))
    assert "Payments were possible 98.5 % of 4 days watched in opening hours" in text
    assert "of all 382 days 99.123 %" in text and "planned work for 2 h, not counted" in text
    text = "\n".join(render(lived(**both), Page(width=100)))
    assert "营业时间内监测了 4 天，98.5% 的时间能收款" in text and "计划维护 2 小时，不计在内" in text
    closed = both | {"availability": Availability(percent=None, watched_s=0, can_pay_s=0, outage_s=0)}
    text = "\n".join(render(lived(**closed), Page(language="en", width=100)))
    assert "Nothing was watched in opening hours yet" in text and "99.123 %" in text
    assert "opening" not in "\n".join(render(lived(), Page(language="en"))), "where none are configured nothing is said of them"


def test_a_day_on_which_the_shop_was_closed_is_none_on_which_nobody_watched() -> None:
    half = OpeningTotal(watched_s=100, can_pay_s=80, outage_s=20)
    days = [
        at_day(0, opening=half),
        at_day(1, opening=OpeningTotal()),
        at_day(2, opening=OpeningTotal(planned_s=100)),
        DayTotal(day=str(LAST - timedelta(days=3)), watched_s=0, can_pay_s=0, outage_s=0, opening=OpeningTotal()),
        at_day(4),
    ]
    row, *legend = strip(days, LAST, Page(language="en"))
    assert row.endswith(" ·?=_▓")
    assert " ".join(legend).count("  ") and "_ closed" in legend[0] and "= planned work" in " ".join(legend)


def test_what_is_missing_is_said() -> None:
    assert "2 lines of the record cannot be read." in " ".join(render(FULL, Page(language="en")))
    assert "有 2 行读不出来" in "".join(render(FULL, Page()))
    unseen = Availability(percent=None, watched_s=0, can_pay_s=0, outage_s=0)
    nothing = replace(lived(), availability=unseen, availability_all=unseen)
    text = "\n".join(render(nothing, Page(language="en")))
    assert "Nothing was watched yet." in text and "No incident is recorded" in text and "Days" not in text


def test_an_open_one_is_said_to_be_and_one_that_nobody_could_explain() -> None:
    told = lived(incident(ended_at=None, cause=None, causes=(), times=4))
    text = "\n".join(render(told, Page(language="en")))
    assert "not over, for 60 min (4 times)" in text and "no cause was found" in text
    later = lived(incident(cause="network.cell_barred"))
    assert "network.cell_barred" in "\n".join(render(later, Page(language="en"))), "a later version's"


@pytest.mark.parametrize("everything", [False, True])
def test_nothing_from_outside_moves_the_cursor(*, everything: bool) -> None:
    change = {**BEFORE[0], "what": "link", "subject": HOSTILE, "after": HOSTILE}
    ended = {"trace": HOSTILE, "how": "seen"}
    one = incident(id=HOSTILE, chain="x", subject=HOSTILE, cause=HOSTILE, changes_before=(change,), ended_by=ended, tried=(ended,))
    meanwhile: list[AnyEvent] = [
        opened(HOSTILE, cause=HOSTILE, subject=HOSTILE, evidence=(Evidence(id=f"link:{HOSTILE}", symptom=HOSTILE),)),
        ChangeEvent(what="link", subject=HOSTILE, before="a", after=HOSTILE, **stamped({"at": HOSTILE})),
    ]
    told = replace(lived(one), terminal=HOSTILE)
    text = "".join([*render(told, Page(), everything=everything), *timeline(one, meanwhile, Page())])
    assert "\x1b" not in text and "\u202e" not in text and "\\x1b[2J" in text
    assert "\x1b" not in incidents(told) and "\u202e" not in incidents(told)


def test_each_day_is_a_character_by_how_much_of_it_was_lost() -> None:
    days = (day(6), day(5, 0.005), day(4, 0.05), day(3, 0.3), day(2, 0.8), day(0))
    assert strip(days, LAST, Page(language="en"))[0] == "  2026-01-25 ·░▒▓█?·"
    assert strip(days, LAST, Page(language="en", encoding="ascii"))[0] == "  2026-01-25 .-+x#?."
    said = " ".join(strip(days, LAST, Page(language="en")))
    assert "· all the time" in said and "█ half or more" in said and "? not watched" in said
    assert strip((), LAST, Page()) == []


def test_a_few_days_are_said_with_no_more_than_what_they_show() -> None:
    assert strip((day(0),), LAST, Page(language="en")) == ["  2026-01-31 ·", "  · all the time"]


def test_days_of_a_clock_that_was_wrong_push_nothing_off_the_screen() -> None:
    wrong = tuple(replace(day(0), day=name) for name in ("1970-01-01", "0001-01-01", "2099-12-31", "9999-12-31", "no day"))
    lines = strip((*wrong, day(0)), LAST, Page(language="en"))
    assert len(lines) <= 4 and lines[1].endswith("·")


@pytest.mark.parametrize(("encoding", "plain"), [("utf-8", False), ("cp437", False), ("gbk", True), ("latin-1", True), ("ascii", True)])
def test_the_marks_are_those_that_the_console_has_one_column_wide(encoding: str, *, plain: bool) -> None:
    page = Page(encoding=encoding)
    assert marks_of(page).isascii() == plain and page.measure(marks_of(page)) == 5 == len(set(marks_of(page)))


def test_every_trace_has_its_words_in_both_languages() -> None:
    assert set(TRACES) == set(Trace)
    for said in TRACES.values():
        assert not said.zh.isascii() and said.en.isascii() and len(said.en) <= 60
    assert in_words({"trace": "paper_loaded", "how": "told"}, Page(language="en")) == "paper was loaded (somebody said so)"
    assert [in_words(each, Page()) for each in ({}, {"trace": None}, {"trace": 3}, {"trace": ""})] == [""] * 4
    assert in_words({"trace": "sung_to"}, Page()) == "sung_to", "a later version's"


def test_a_timeline_tells_what_came_before_meanwhile_and_what_ended_it() -> None:
    name = incident().id
    tried = ({"trace": "link_replugged", "seconds": 600},)
    one = incident(tried=tried, chain="20260101T000000Z-first", recurred=2)

    def later(minutes: int) -> dict[str, Any]:
        return stamped({"at": f"2026-01-31T08:{minutes:02}:30.000Z"})

    about: dict[str, Any] = {"state": "outage", "can_pay": "no", "category": "network", "confidence": 0.6}
    events: list[AnyEvent] = [
        opened(name, "network.internet_down", **later(2)),
        ChangeEvent(what="link", subject="eth0", before="up", after="no_carrier", clock="doubtful", **later(5)),
        CauseEvent(incident=name, cause="network.gateway_unreachable", subject="acquirer-a", **about, **later(20)),
        AgentEvent(what="started", version="1", config_hash="0", count=12, **later(30)),
        ClosedEvent(incident=name, ended_at="2026-01-31T09:01:00.000Z", duration_s=3600.0, **stamped({"at": "2026-01-31T09:02:00.000Z"})),
    ]
    lines = timeline(one, events, Page(language="en", width=100))
    said = [line.partition("  ")[2] for line in lines[lines.index("") + 1 :]]
    assert [text.partition(":")[0].partition(",")[0] for text in said] == [
        "the router was replaced",
        "first seen",
        "found",
        "eth0 was cut off (the clock may be wrong)",
        "the cable was unplugged and plugged in again",
        "found",
        "posdiag was started (12 times)",
        "all was well again",
    ]
    assert said[-1].endswith("the router was restarted") and "60% sure" in said[5] and said[4].endswith("it did not help")
    head = " ".join(lines[: lines.index("")])
    assert "came back 2 times" in head and "20260101T000000Z-first" in head
    narrow = timeline(one, events, Page(width=40))
    assert [line for line in narrow if Page().measure(line) > 40] == []


@pytest.mark.parametrize(("language", "width"), [("zh", 80), ("en", 80), ("zh", 40), ("en", 40)])
def test_a_timeline_lists_its_chain_and_the_list_says_which_time_it_was(language: str, width: int) -> None:
    first = incident(0)
    chain = [first, *(replace(incident(n), chain=first.id, number=n + 1, within_s=3600.0 * n) for n in range(1, 20))]
    page = Page(language=language, width=width)
    lines = timeline(chain[-1], [WatchedEvent(incident=first.id, hours=43.0, recurred=19, **stamped({}))], page, chain)
    text, unwrapped = "\n".join(lines), "".join("".join(lines).split())
    assert max(map(page.measure, lines)) <= width
    for told in (page.say("第 20 次", "20th time in 19 h"), page.say("又出现了 19 次", "came back 19 times")):
        assert told.replace(" ", "") in unwrapped
    assert text.count(page.say("这一次", "this one")) == 1 and page.say("更早的 8 次", "8 earlier") in text
    assert chain[8].id in text and chain[7].id not in text
    listed = "\n".join(render(lived(*chain), page, everything=True))
    assert page.say("第 3 次", "3rd time in 2 h") in listed and page.say("第 1 次", "1st") not in listed


def test_a_long_timeline_is_cut_in_its_middle() -> None:
    events: list[AnyEvent] = [
        ChangeEvent(what="link", subject=f"eth{n}", before="up", after="no_carrier", **stamped({})) for n in range(5000)
    ]
    text = "\n".join(timeline(incident(), events, Page(language="en")))
    assert len(text.splitlines()) < MOST + 10 and "lines left out" in text and "all was well again" in text


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋", "－", "＠", "|", "%"])
def test_no_cell_is_a_formula(begins: str) -> None:
    made = cell(f"{begins}cmd")
    assert isinstance(made, str) and not made.lstrip().startswith(begins.strip() or begins)
    told = lived(incident(subject=f'{begins}HYPERLINK(1),"x"', ended_by={"trace": f"{begins}1"}))
    for row in csv.reader(incidents(told).splitlines()):
        assert len(row) == len(COLUMNS)
        assert [value for value in row if value.lstrip()[:1] in "=+-@＝＋－＠|%" and value] == []


def test_an_end_that_nobody_can_explain_is_left_empty() -> None:
    one = incident(ended_by={"trace": None, "step": None, "how": "unknown", "confidence": 0.0}, tried=({"trace": None},))
    [row] = csv.DictReader(incidents(lived(one)).splitlines())
    assert row["ended_by"] == row["tried"] == ""
    assert "ended by" not in "\n".join(render(lived(one), Page(language="en"), everything=True))


def test_a_table_has_a_heading_and_a_line_for_each_the_oldest_first() -> None:
    first, *rows = csv.reader(incidents(FULL).splitlines())
    assert tuple(first) == COLUMNS and len(rows) == 50
    assert dict(zip(first, rows[0], strict=True)) | {"changes_before": ""} == {
        "id": incident(0).id,
        "chain": incident(0).id,
        "began_at": "2026-01-31T08:00:00.000Z",
        "ended_at": "2026-01-31T09:00:00.000Z",
        "duration_s": "3600.0",
        "state": "outage",
        "can_pay": "no",
        "subject": "acquirer-with-a-long-name-indeed",
        "cause": "network.gateway_unreachable",
        "causes": "network.gateway_unreachable",
        "category": "network",
        "times": "1",
        "recurred": "0",
        "ended_by": "router_restarted",
        "tried": "",
        "changes_before": "",
        "told": "",
    }
