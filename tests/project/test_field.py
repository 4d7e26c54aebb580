"""The table of first contact: complete, scored as it says, and never written twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from tests.lab import grounds
from tests.lab.field import BATCHES, ERRATA, REPORTS, records, table
from tests.lab.field.entry import Report
from tests.lab.field.records import AlreadyMet, Record
from tests.lab.field.scoring import Outcome, Score
from tests.lab.play import Played, Said
from tests.lab.scenario import fault, healthy
from tests.support.documented import text

SOURCE = re.compile(r"^([\w.-]+/[\w.-]+#\d+( \(.+\))?|[^#]{3,}[:,] .{3,})$")  # a thread on GitHub, or a site with the title
CABLE, DOUBT = "operator.cable_unplugged", "unknown.indeterminate"


@pytest.mark.parametrize("batch", BATCHES)
def test_a_batch_is_eight_worlds_or_more_and_a_quarter_of_them_are_well(batch: int) -> None:
    assert len(BATCHES[batch]) >= 8
    assert 4 * sum(report.healthy for report in BATCHES[batch]) >= len(BATCHES[batch])


def test_every_world_has_a_name_of_its_own_and_a_source() -> None:
    names = [report.name for report in REPORTS]
    assert sorted(set(names)) == sorted(names)
    assert [report.source for report in REPORTS if not SOURCE.match(report.source)] == []


def test_every_expected_cause_exists() -> None:
    known = {cause.value for cause in Cause}
    assert {code for r in REPORTS for code in (*r.scenario.causes, *r.scenario.notices)} - known == set()


def test_every_batch_has_its_record_and_the_record_what_was_expected() -> None:
    assert [record.batch for record in records.all_first()] == sorted(BATCHES)
    for record in records.all_first():
        told = {o.name: (o.source, o.expected, o.doubtful, o.states, o.notices) for o in record.outcomes}
        now = {r.name: (r.source, r.scenario.causes, r.doubtful, r.scenario.states, r.scenario.notices) for r in BATCHES[record.batch]}
        assert set(told) == set(now)
        assert [name for name in told if told[name] != now[name] and name not in ERRATA] == []
        assert re.fullmatch(r"[0-9a-f]{40}", record.commit), "the code of a first contact can be found again"


def test_the_published_table_is_of_the_records() -> None:
    assert table.section(records.all_first(), records.today(), ERRATA) in text("docs/accuracy.md")
    assert grounds.section(records.all_first()) in text("docs/accuracy.md")


def test_there_is_no_second_first_contact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "FIRST", tmp_path)
    monkeypatch.setattr(records, "ROOT", tmp_path)
    record = Record(batch=7, commit="c", date="d", outcomes=())
    path = records.write_first(record)
    before = path.read_bytes()
    with pytest.raises(AlreadyMet, match="batch 7"):
        records.write_first(Record(batch=7, commit="another", date="d", outcomes=()))
    assert path.read_bytes() == before
    assert records.read(path) == record


def said(code: str, confidence: float, severity: str = "outage", candidates: tuple[str, ...] = ()) -> Said:
    return Said(code, severity, confidence, code.split(".")[0], candidates)


def outcome(report: Report, state: str, *causes: Said) -> Outcome:
    return Outcome.of(report, Played(name=report.name, state=state, causes=causes))


ONE = Report("a/b#1", fault("one", CABLE))
EITHER = Report("a/b#2", fault("either", CABLE), doubtful=True)
WELL = Report("a/b#3", healthy("well", notices=("network.internet_down",)))


@pytest.mark.parametrize(
    ("met", "right", "alarm", "sure"),
    [
        (outcome(ONE, "outage", said(CABLE, 0.9)), True, False, False),
        (outcome(ONE, "outage", said("system.gateway_down", 0.9), said(CABLE, 0.9)), False, False, True),
        (outcome(ONE, "outage", said("system.gateway_down", 0.7)), False, False, False),
        (outcome(ONE, "outage", said(DOUBT, 0.6, candidates=(CABLE,))), False, False, False),
        (outcome(ONE, "ok"), False, False, True),
        (outcome(EITHER, "outage", said(DOUBT, 0.6, candidates=("system.gateway_down", CABLE))), True, False, False),
        (outcome(EITHER, "outage", said(DOUBT, 0.6, candidates=("system.gateway_down",))), False, False, False),
        (outcome(EITHER, "outage", said(CABLE, 0.9)), True, False, False),
        (outcome(WELL, "ok"), True, False, False),
        (outcome(WELL, "ok", said("network.internet_down", 0.6, "notice")), True, False, False),
        (outcome(WELL, "ok", said(CABLE, 0.6, "notice")), False, False, False),
        (outcome(WELL, "degraded", said(CABLE, 0.9, "degraded")), False, True, True),
        (outcome(WELL, "unknown"), False, True, False),
    ],
)
def test_a_first_contact_is_scored(met: Outcome, right: bool, alarm: bool, sure: bool) -> None:
    assert (met.right, met.alarm, met.sure_and_wrong) == (right, alarm, sure)


def test_a_batch_in_numbers() -> None:
    met = [outcome(ONE, "outage", said(CABLE, 0.9)), outcome(EITHER, "ok"), outcome(WELL, "ok")]
    score = Score.of(met)
    assert (score.worlds, score.healthy, score.right, score.sure_and_wrong, score.false_alarms) == (3, 1, 2, 1, 0)
    assert score.brier == pytest.approx((0.01 + 1.0) / 2)  # the one that is well and of which nothing is said does not count
