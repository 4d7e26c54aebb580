"""A fault that is over is told for a day, whether a scan saw it or terminals tell of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.contract.summary import ClosedIncident
from agent.contract.times import utc
from agent.fleet.commands.run import run
from agent.fleet.model.answer import Answer
from agent.fleet.model.row import Row
from agent.fleet.survey.survey import Asked, Survey, surveyed
from tests.fleet.made.written import summary

NOW, HOUR, DAY = 1_795_003_200, 3600, 86400
DOWN = "network.internet_down"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fleet.toml").write_text("")
    monkeypatch.setenv("POSDIAG_FLEET_CONFIG", str(tmp_path / "fleet.toml"))


def lines(at: int, *, ill: Callable[[int], bool], sequence: int, since: int = 0, closed: Callable[[int], bool] | None = None) -> bytes:
    """200 terminals of two providers. `closed`: who had an outage of 40 minutes that was over half an hour ago."""
    rows = []
    for number in range(200):
        down = ill(number)
        over = ClosedIncident(cause=DOWN, began=at - 4200, seconds=2400)
        rows.append(
            Row(
                id=f"T-{number:03}",
                boot_id="b",
                sequence=sequence,
                generated=at,
                valid_until=at + 180,
                received=at,
                since=since or at - 600,
                state=2 if down else 0,
                can_pay=0 if down else 1,
                cause=DOWN if down else "",
                causes=(DOWN,) if down else (),
                attributes={"isp": "isp-a" if number < 40 else "isp-b", "region": f"r{number % 7}"},
                closed=(over,) if closed is not None and closed(number) else (),
            )
        )
    return b"".join(map(summary, rows))


def scan(folder: Path, at: int, content: bytes) -> Survey:
    (folder / "fleet.ndjson").write_bytes(content)
    asked = Asked(sources=[str(folder / "fleet.ndjson")], now=at, as_of=True, store=folder / "store", history=False)
    return surveyed(asked)


def on_a(number: int) -> bool:
    return number < 38


def nobody(_: int) -> bool:
    return False


def places(answer: Answer) -> list[dict[str, str]]:
    return [each.fault.where[0] for each in answer.ended]


def test_what_the_scan_before_told_and_this_one_does_not_is_over_for_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = scan(tmp_path, NOW, lines(NOW, ill=on_a, sequence=1)).answer
    (fault,) = first.faults
    assert fault.first_told is None, "nobody knows what was before"
    second = scan(tmp_path, NOW + HOUR, lines(NOW + HOUR, ill=nobody, sequence=2)).answer
    (over,) = second.ended
    assert (over.fault.id, over.told_last, over.over_by, over.unseen) == (fault.id, utc(NOW), utc(NOW + HOUR), False)
    assert scan(tmp_path, NOW + 2 * HOUR, lines(NOW + 2 * HOUR, ill=nobody, sequence=3)).answer.ended == (over,)
    assert run(["show", fault.id, "--store", str(tmp_path / "store"), "--lang", "en"]) == 0
    assert "38 of 40 on provider isp-a; elsewhere none of 160; from 11-18 " in " ".join(capsys.readouterr().out.split())
    run(["scan", str(tmp_path / "fleet.ndjson"), "--now", utc(NOW + 2 * HOUR), "--store", str(tmp_path / "store"), "--lang", "en"])
    assert "Over within 24 hours\n  internet down: 38 of 40" in capsys.readouterr().out
    assert scan(tmp_path, NOW + HOUR + DAY, lines(NOW + HOUR + DAY, ill=nobody, sequence=4)).answer.ended == ()


def test_one_that_is_back_is_not_over_and_is_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, ill in enumerate((on_a, nobody, on_a)):
        at = NOW + number * HOUR
        answer = scan(tmp_path, at, lines(at, ill=ill, sequence=number + 1)).answer
    assert [each.first_told for each in answer.faults] == [utc(NOW + 2 * HOUR)]
    for later, new in ((0, True), (30, False)):
        moment = utc(at + later)
        run(["scan", str(tmp_path / "fleet.ndjson"), "--now", moment, "--store", str(tmp_path / "store"), "--lang", "en"])
        assert ("new: it was not there at the last look" in capsys.readouterr().out) == new
    after = scan(tmp_path, at + 60, lines(at + 60, ill=on_a, sequence=9)).answer
    assert [each.first_told for each in after.faults] == [utc(NOW + 2 * HOUR)]


def test_of_one_whose_terminals_fell_silent_nobody_knows(tmp_path: Path) -> None:
    scan(tmp_path, NOW, lines(NOW, ill=on_a, sequence=1))
    at = NOW + 3 * HOUR
    heard = b"".join(each + b"\n" for each in lines(at, ill=nobody, sequence=2).splitlines()[40:])
    (over,) = scan(tmp_path, at, heard).answer.ended
    assert over.unseen


def test_what_began_and_was_over_between_two_scans_is_told_by_terminals(tmp_path: Path) -> None:
    scan(tmp_path, NOW, lines(NOW, ill=nobody, sequence=1))
    at = NOW + 3 * HOUR
    answer = scan(tmp_path, at, lines(at, ill=nobody, sequence=2, closed=on_a)).answer
    (over,) = answer.ended
    assert (over.fault.where[0], over.fault.failing, over.told_last) == ({"isp": "isp-a"}, 38, None)
    assert over.fault.since is not None and (over.fault.since.median, over.over_by) == (utc(at - 4200), utc(at - 1800))
    again = scan(tmp_path, at + 60, lines(at + 60, ill=nobody, sequence=3, closed=on_a)).answer
    assert places(again) == [{"isp": "isp-a"}], "once"


def test_what_a_scan_saw_is_not_told_twice(tmp_path: Path) -> None:
    """Its terminals tell of it afterwards as well."""
    scan(tmp_path, NOW, lines(NOW, ill=on_a, sequence=1))
    at = NOW + HOUR
    answer = scan(tmp_path, at, lines(at, ill=nobody, sequence=2, closed=on_a)).answer
    assert len(answer.ended) == 1 and answer.ended[0].told_last == utc(NOW)


def test_everyday_incidents_that_are_over_are_no_fault(tmp_path: Path) -> None:
    answer = scan(tmp_path, NOW, lines(NOW, ill=nobody, sequence=1, closed=lambda number: number % 20 == 0)).answer
    assert answer.ended == ()
