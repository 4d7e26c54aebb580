"""Opening hours: what is written, what is refused and why, and how long a shop is open, held against a look at the clock every minute."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.contract.times import parse as moment_of
from agent.settings.hours import DAY, DAYS, WEEK, Hours, HoursError, parse
from agent.settings.load import SettingsError, load
from tests.support.clocks import in_zone

ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")


def at(text: str) -> float:
    found = moment_of(text)
    assert found is not None
    return found


def by_day(text: str) -> dict[str, list[str]]:
    """The hours of each day as a table that people can check."""
    found: dict[str, list[str]] = {}
    for since, until in parse(text).spans:
        for number, day in enumerate(DAYS):
            low, high = max(since, number * DAY) - number * DAY, min(until, (number + 1) * DAY) - number * DAY
            if low < high:
                found.setdefault(day, []).append(f"{low // 60:02}:{low % 60:02}-{high // 60:02}:{high % 60:02}")
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mo 08:00-20:00", {"Mo": ["08:00-20:00"]}),
        ("Mo-We,Su 8:00-20:00", {day: ["08:00-20:00"] for day in ("Mo", "Tu", "We", "Su")}),
        ("Mo, We 08:00-12:00 , 14:00-20:00", {day: ["08:00-12:00", "14:00-20:00"] for day in ("Mo", "We")}),
        ("Sa-Mo 09:00-13:00", {day: ["09:00-13:00"] for day in ("Sa", "Su", "Mo")}),
        ("mo-fr 09:00-13:00; we off;", {day: ["09:00-13:00"] for day in ("Mo", "Tu", "Th", "Fr")}),
        ("08:00-20:00; Su closed", {day: ["08:00-20:00"] for day in DAYS[:6]}),
        ("08:00-20:00; We 12:00-20:00", {day: ["12:00-20:00" if day == "We" else "08:00-20:00"] for day in DAYS}),
        ("Fr 18:00-02:00; Sa off", {"Fr": ["18:00-24:00"], "Sa": ["00:00-02:00"]}),
        ("Fr 18:00-26:00", {"Fr": ["18:00-24:00"], "Sa": ["00:00-02:00"]}),
        ("Su 22:00-06:00", {"Su": ["22:00-24:00"], "Mo": ["00:00-06:00"]}),
        ("off; Mo 08:00-09:00,08:30-10:00", {"Mo": ["08:00-10:00"]}),
        ("Mo－Sa 08：00–20：00；Su off", {day: ["08:00-20:00"] for day in DAYS[:6]}),
    ],
)
def test_what_is_written_in_one_way_or_another(text: str, wanted: dict[str, list[str]]) -> None:
    assert by_day(text) == wanted


@pytest.mark.parametrize("text", ["", "  ", "24/7", "Mo-Su 00:00-24:00", "00:00-24:00", "Mo-Fr 00:00-24:00; Sa-Su 00:00-12:00,12:00-24:00"])
def test_always(text: str) -> None:
    assert parse(text).always


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("Mo-Fr", "Mo-Fr", "times are missing"),
        ("Mo-Fr 8-20", "8-20", "times belong"),
        ("Mo-Fr 08:00", "08:00", "times belong"),
        ("Mon-Fri 08:00-20:00", "Mon", "none of"),
        ("PH off", "PH", "none of"),
        ("Mo-Sa 08:00-20:00; Dec 24 08:00-12:00", "Dec", "none of"),
        ("Mo-Fr 00:30-25:00", "00:30-25:00", "no time"),
        ("Mo-Fr 25:00-26:00", "25:00-26:00", "no time"),
        ("Mo-Fr 08:00-12:00 14:00-20:00", "08:00-12:00 14:00-20:00", "commas between"),
        ("Mo-Fr 08:60-12:00", "08:60-12:00", "no time"),
        ("08:00-08:00", "08:00-08:00", "a whole day is 00:00-24:00"),
        ("24:00-00:00", "24:00-00:00", "a whole day is 00:00-24:00"),
        ("Mo-Sa off", "", "never open"),
        (";", "", "never open"),
        ("Mo-Fr 08:00-12:00, Sa 09:00-13:00", "Sa 09:00-13:00", "times belong"),
        ("08:00-20:00 Mo-Fr", "08:00-20:00 Mo-Fr", "times belong"),
        ("周一到周五 08:00-20:00", "周一到周五 08:00-20:00", "times belong"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_place(text: str, place: str, why: str) -> None:
    with pytest.raises(HoursError) as caught:
        parse(text)
    assert caught.value.place == place and why in caught.value.why.en


def test_the_configuration_names_the_key_and_the_part_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text('[terminal]\nhours = "Mo-Fr 08:00-20:00; Sa 9-13"\n')
    with pytest.raises(SettingsError) as caught:
        load(str(path))
    [problem] = caught.value.problems
    assert (problem.key, problem.line) == ("terminal.hours", 2)
    assert '"9-13"' in problem.found.en and '"9-13"' in problem.found.zh
    path.write_text('[terminal]\nhours = "Mo-Fr 08:00-20:00; Sa 09:00-13:00"\n')
    assert load(str(path)).settings.terminal.hours == "Mo-Fr 08:00-20:00; Sa 09:00-13:00"


MINUTES = st.integers(0, DAY)
SPANS = st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] != pair[1] and pair != (DAY, 0))
RULES = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS), st.lists(SPANS, max_size=3))


def written(rules: list[tuple[str, str, list[tuple[int, int]]]]) -> str:
    def of(minute: int) -> str:
        return f"{minute // 60:02}:{minute % 60:02}"

    return "; ".join(f"{a}-{b} " + (",".join(f"{of(c)}-{of(d)}" for c, d in spans) or "off") for a, b, spans in rules)


def slowly_open(rules: list[tuple[str, str, list[tuple[int, int]]]], moment: float) -> bool:
    """By the rules as they are written, of that day and of the day before."""
    local = time.localtime(moment)
    minute = local.tm_hour * 60 + local.tm_min

    def of(day: int) -> list[tuple[int, int]]:
        hours: list[tuple[int, int]] = []
        for first, last, spans in rules:
            begin, end = DAYS.index(first), DAYS.index(last)
            if day in (range(begin, end + 1) if begin <= end else (*range(begin, 7), *range(end + 1))):
                hours = spans
        return hours

    today = any(a <= minute < b if a < b else minute >= a for a, b in of(local.tm_wday))
    return today or any(b < a and minute < b for a, b in of((local.tm_wday - 1) % 7))


@given(
    rules=st.lists(RULES, min_size=1, max_size=4),
    zone=st.sampled_from(ZONES),
    # around the days on which clocks are set, the ends of months and of years
    day=st.sampled_from(["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-02-28", "2024-02-29", "2026-12-31"]),
    begin=st.integers(-30 * 60, 30 * 60),
    length=st.integers(0, 30 * 60),
    seconds=st.tuples(st.floats(0, 59.9), st.floats(0, 59.9)),
)
def test_how_long_it_is_open_is_what_a_look_every_minute_says(
    rules: list[tuple[str, str, list[tuple[int, int]]]], zone: str, day: str, begin: int, length: int, seconds: tuple[float, float]
) -> None:
    try:
        hours = parse(written(rules))
    except HoursError as error:
        assert "never open" in error.why.en
        return
    first = at(f"{day}T00:00:00Z") + 60 * begin
    with in_zone(zone):
        slowly = 60.0 * sum(slowly_open(rules, first + 60 * minute) for minute in range(length))
        assert hours.open_s(first, first + 60 * length) == pytest.approx(slowly, abs=1e-3)
        assert hours.open_at(first) == slowly_open(rules, first)
        a, b = first + seconds[0], first + 60 * length + seconds[1]
        around = hours.open_s(first, a) + hours.open_s(a, b)
        assert around == pytest.approx(hours.open_s(first, max(a, b)), abs=1e-3)


@given(st.text(max_size=60) | st.from_regex(r"[MoTuSa0-9:;, off/-]{0,30}", fullmatch=True))
def test_any_text_is_hours_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except HoursError as error:
        assert error.found().zh and error.found().en.isprintable()
        return
    ends = [minute for span in found.spans for minute in span]
    assert ends == sorted(set(ends)) and ends[0] >= 0 and ends[-1] <= WEEK


@pytest.mark.parametrize(
    ("day", "written_hours", "hours"),
    [
        ("2026-03-29", "01:00-04:00", 2.0),  # Berlin goes from 02:00 to 03:00
        ("2026-10-25", "01:00-04:00", 4.0),  # and back from 03:00 to 02:00
        ("2026-10-25", "02:00-03:00", 2.0),
        ("2026-03-29", "02:00-03:00", 0.0),
        ("2026-06-01", "01:00-04:00", 3.0),
    ],
)
def test_a_day_on_which_the_clock_is_set_has_the_hours_that_it_shows(day: str, written_hours: str, hours: float) -> None:
    with in_zone("Europe/Berlin"):
        midnight = time.mktime(time.strptime(day, "%Y-%m-%d"))
        assert parse(written_hours).open_s(midnight, midnight + 12 * 3600) == hours * 3600


def test_nothing_is_asked_of_the_clock_where_it_is_always_open() -> None:
    assert list(Hours().within(5.0, 1e12)) == [(5.0, 1e12)] and list(Hours().within(5.0, 5.0)) == []
