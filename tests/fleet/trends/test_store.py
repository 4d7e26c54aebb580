"""Trends of made pasts whose truth is known: from what terminals counted, and from what scans alone saw."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec import Struct

from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.store.duck import Connection, connected
from agent.fleet.store.files import SNAPSHOT, files
from agent.fleet.store.keep import keep
from agent.fleet.trends.answer import BeforeAfter, trends
from agent.fleet.trends.compared import MORE, TOO_FEW
from agent.fleet.trends.periods import load
from tests.fleet.made.history import DAY, FIRST, Past, lived

BEGAN = date(2026, 9, 22)
TURN = 8  # the day from which the new versions run
RATE = 0.12


class Kept(Struct):
    directory: Path
    past: Past


def turned(number: int, day: int) -> str:
    """A third gets a bad version, a third a harmless one, a third stays."""
    return "1.0" if day < TURN else ("2.0-bad", "2.1-harmless", "1.0")[number % 3]


def worse(number: int, day: int) -> float:
    return RATE * (3 if turned(number, day) == "2.0-bad" else 1)


@pytest.fixture(scope="module", params=["counted", "seen"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    directory = tmp_path_factory.mktemp("store")
    counts = request.param == "counted"
    past = Past(
        terminals=120,
        days=17,
        seed=1,
        rate=worse,
        version=turned,
        lasts_s=lambda number, day: 30_000,  # so long that scans twice a day see most of them
        counts=counts,
        all_on=(5, 12),
        every_s=DAY if counts else DAY // 2,
    )
    lived(directory, past)
    return Kept(directory, past)


def changes(directory: Path, by: str | None = "version") -> dict[str, BeforeAfter]:
    return {each.name: each for each in trends(directory, by, BEGAN + timedelta(days=TURN - 1)).changes}


def test_a_bad_version_is_found_and_a_harmless_one_is_not(kept: Kept) -> None:
    found = changes(kept.directory)

    bad, harmless, old = (found[name] for name in ("2.0-bad", "2.1-harmless", "1.0"))
    assert bad.cases.verdict == MORE and not bad.cases.elsewhere
    assert bad.cases.ratio is not None and bad.cases.ratio.low > 1.5
    assert harmless.cases.verdict != MORE and old.cases.verdict != MORE
    assert bad.gain is not None and bad.gain.high < 0
    assert harmless.gain is None or harmless.gain.high >= 0


def test_an_attribute_that_has_nothing_to_do_with_it_is_not_blamed(kept: Kept) -> None:
    """Every provider has as many terminals of the bad version: all of them got worse, and none more than the others."""
    for by in ("isp", "region"):
        assert not any(
            each.cases.verdict == MORE and not each.cases.elsewhere for each in changes(kept.directory, by).values() if by == "isp"
        )


def test_days_and_groups_add_up(kept: Kept) -> None:
    whole = trends(kept.directory, None, None)
    (everything,) = whole.groups
    by_version = trends(kept.directory, "version", None).groups

    assert whole.days == kept.past.days == len(everything.days)
    assert sum(each.incidents for each in by_version) == everything.incidents
    assert sum(each.terminal_days for each in by_version) == pytest.approx(everything.terminal_days, abs=0.1)
    assert everything.terminal_days == pytest.approx(kept.past.terminals * kept.past.days, rel=0.001)
    assert everything.repair_s is not None and 10_000 < everything.repair_s.value < 60_000


def test_an_outage_of_all_is_one_case(kept: Kept) -> None:
    if not kept.past.counts:
        pytest.skip("two hours at noon lie between two scans: nothing saw them")
    (everything,) = trends(kept.directory, None, None).groups
    day = everything.days[5]

    assert day.incidents > 100 and day.cases < day.incidents - 80
    assert day.availability is not None and day.availability < 0.95


def test_availability_is_what_terminals_counted(tmp_path: Path) -> None:
    past = Past(terminals=3, days=3, seed=1, rate=lambda number, day: 0.0, all_on=(1,))
    lived(tmp_path, past)
    (everything,) = trends(tmp_path, None, None).groups

    assert [each.availability for each in everything.days] == [1.0, pytest.approx(1 - 7200 / DAY), 1.0]


def test_a_short_time_tells_nothing(tmp_path: Path) -> None:
    lived(tmp_path, Past(terminals=30, days=8, seed=1, rate=lambda number, day: 2.0 if day > 4 else 0.5))
    found = trends(tmp_path, None, BEGAN + timedelta(days=4)).changes[0]

    assert (found.cases.verdict, found.gain) == (TOO_FEW, None)


def periods(directory: Path) -> list[tuple[object, ...]]:
    database = connected()
    load(database, directory)
    return asked(database, "SELECT id, watched, paying FROM periods ORDER BY id, day")


def asked(database: Connection, query: str) -> list[tuple[object, ...]]:
    return database.execute(query).fetchall()


def counted(name: str, moment: int, machine: str, ok: int, outage: int = 0) -> Row:
    seconds = {"ok": ok, "degraded": 0, "outage": outage, "unknown": 0}
    return Row(
        id=name, machine_id=machine, generated=moment, valid_until=moment, received=moment, state=0, can_pay=1, seconds_by_state=seconds
    )


def test_counters_that_begin_anew_are_what_they_have_counted_since(tmp_path: Path) -> None:
    noon, next_noon = FIRST + DAY // 2, FIRST + DAY * 3 // 2
    keep(
        tmp_path,
        Table(
            [
                counted("a goes on", noon, "1", 1000, 200),
                counted("b is another machine", noon, "2", 1000),
                counted("c lost its record", noon, "3", 900_000),
                counted("d came from another shop", noon, "4", 1000),
                counted("e runs too fast", noon, "5", 1000),
                counted("f was not heard of", noon, "6", 1000),
            ]
        ),
        at=noon,
    )
    silent = counted("f was not heard of", noon, "6", 1000)
    keep(
        tmp_path,
        Table(
            [
                counted("a goes on", next_noon, "1", 80_000, 600),
                counted("b is another machine", next_noon, "2 new", 5000, 70),
                counted("c lost its record", next_noon, "3", 40_000),
                counted("d came from another shop", next_noon, "4 with a past", 9_000_000),
                counted("e runs too fast", next_noon, "5", 300_000),
                silent,
            ]
        ),
        at=next_noon,
    )

    assert periods(tmp_path) == [
        ("a goes on", 79_400, 79_000),
        ("b is another machine", 5070, 5000),
        ("c lost its record", 40_000, 40_000),
    ]


def test_a_silent_terminal_is_not_watched(tmp_path: Path) -> None:
    """Of one that counts nothing: heard of until the second scan, silent at the third, heard of again at the fifth."""
    hour = 3600
    for scan in range(9):
        moment = FIRST + scan * 3 * hour
        heard = moment if scan <= 1 or scan >= 5 else FIRST + 3 * hour
        row = Row(
            id="a", generated=heard, valid_until=heard + 180, received=heard, since=FIRST if scan < 5 else moment - hour, state=0, can_pay=1
        )
        keep(tmp_path, Table([row]), at=moment, silent=bytes([heard != moment]))

    assert periods(tmp_path) == [("a", 3 * hour + (24 - 14) * hour, 3 * hour + (24 - 14) * hour)]


def test_damaged_days_are_named_and_the_others_told(tmp_path: Path) -> None:
    lived(tmp_path, Past(terminals=5, days=4, seed=1, rate=lambda number, day: 1.0))
    damaged = files(tmp_path, SNAPSHOT)[1]
    damaged.unlink()
    damaged.write_bytes(b"PAR1 no more")

    found = trends(tmp_path, None, None)
    assert found.damaged == (str(damaged),)
    assert len(found.groups[0].days) == 3
