"""What is collected of a fleet's histories, in whatever form, each incident once; and what of it is damaged, foreign or hostile."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.fleet.lessons.gathering import SourceMissingError, gather
from agent.fleet.reading.flaws import Flaw
from tests.fleet.made.histories import FORMS, Terms, lived

CABLE = "operator.cable_unplugged"
SHARES = {CABLE: {"plug_cable": 0.5, "plug_other_end": 0.5}}


def told(name: str = "T-1", **incident: Any) -> dict[str, Any]:
    known = {
        "began_at": "2026-01-31T08:00:00.250Z",
        "ended_at": "2026-01-31T08:10:00Z",
        "cause": CABLE,
        "causes": [CABLE],
        "ended_by": {"trace": None, "step": "plug_cable", "how": "told"},
        "tried": [],
        "told": [],
    }
    return {"schema": "posdiag.history/1", "terminal": name, "incidents": [known | incident]}


def summary(name: str = "T-1", **more: Any) -> dict[str, Any]:
    known = {
        "schema": "posdiag.summary/1",
        "id": name,
        "version": "0.1.0",
        "config_hash": "c",
        "sequence": 1,
        "generated_at": 1_788_000_000,
        "valid_until": 1_788_000_180,
        "state": 0,
        "can_pay": 1,
        "since": 0,
        "attributes": {"store": "S-1", "model": "A920", "host": "gw"},
        "labels": {"team": "blue"},
    }
    return known | more


def written(folder: Path, name: str, *documents: Any) -> Path:
    path = folder / name
    path.write_text("".join(each if isinstance(each, str) else json.dumps(each) + "\n" for each in documents), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same_incidents(tmp_path: Path, form: str) -> None:
    lives = lived(tmp_path, Terms(shares=SHARES, terminals=6, days=60, yearly=40, forms=(form,)))
    found = gather([str(tmp_path)])
    assert found.quality.counts == {}
    if form == "summary":  # the last eight of each
        assert 0 < len(found.cases) <= 6 * 8
    else:
        assert (len(found.cases), found.records) == (lives.incidents, 6)
    assert found.attributes == lives.attributes


def test_an_incident_that_several_tell_of_is_one_as_the_fullest_tells_it(tmp_path: Path) -> None:
    closed = [{"cause": CABLE, "began": 1769846400, "seconds": 600, "step": "plug_other_end"}]
    written(tmp_path, "a.json", told())
    written(tmp_path, "b.json", told())
    written(tmp_path, "c.ndjson", summary(closed=closed), told())
    found = gather([str(tmp_path), str(tmp_path / "a.json")])
    assert [(case.terminal, case.done[0].step) for case in found.cases] == [("T-1", "plug_cable")]
    assert found.attributes == {"T-1": {"store": "S-1", "model": "A920", "team": "blue"}}
    assert found.known["T-1"]["host"] == "gw"


def test_a_record_is_of_the_terminal_beside_whose_status_it_lies(tmp_path: Path) -> None:
    lived(tmp_path, Terms(shares=SHARES, terminals=1, yearly=60, forms=("record",)))
    (tmp_path / "T-00000").rename(tmp_path / "somewhere")
    status = {"schema": "posdiag.status/1", "terminal": {"id": "T-9", "store": "S-9"}, "generated_at": "2026-01-31T08:00:00Z"}
    more = {"valid_until": "2026-01-31T08:03:00Z", "state": "ok", "can_pay": "yes"}
    assert {case.terminal for case in gather([str(tmp_path / "somewhere")]).cases} == {"somewhere"}
    written(tmp_path / "somewhere", "status.json", status | more)
    assert {case.terminal for case in gather([str(tmp_path)]).cases} == {"T-9"}


def test_a_status_document_tells_of_its_last_incidents_too(tmp_path: Path) -> None:
    closed = [{"cause": CABLE, "began_at": "2026-01-31T08:00:00Z", "duration_s": 600, "step": "plug_other_end"}]
    status = {"schema": "posdiag.status/1", "terminal": {"id": "T-9"}, "generated_at": "2026-01-31T08:00:00Z", "record": {"closed": closed}}
    written(tmp_path, "status.json", status | {"valid_until": "2026-01-31T08:03:00Z", "state": "ok", "can_pay": "yes"})
    (case,) = gather([str(tmp_path)]).cases
    assert (case.terminal, case.until - case.began, case.done[0].step) == ("T-9", 600, "plug_other_end")


def test_what_is_open_or_was_planned_is_no_case(tmp_path: Path) -> None:
    written(tmp_path, "a.json", told("T-1", ended_at=None))
    written(tmp_path, "b.json", told("T-2", planned=True))
    assert gather([str(tmp_path)]).cases == []


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (b"{", Flaw.DAMAGED),
        (b"\xff\xfe\x00", Flaw.DAMAGED),
        (b'{"a":1}', Flaw.FOREIGN),
        (b'{"schema":"posdiag.history/1"}', Flaw.UNFIT),
        (b'{"schema":"posdiag.history/1","terminal":"","incidents":[]}', Flaw.UNFIT),
        (b'{"schema":"posdiag.history/1","terminal":"T","incidents":7}', Flaw.UNFIT),
        (b"[" * 100_000, Flaw.FOREIGN),
        (b"PK\x03\x04nonsense", Flaw.BAD_ARCHIVE),
    ],
)
def test_what_cannot_be_read_is_counted_and_stops_nothing(tmp_path: Path, content: bytes, flaw: Flaw) -> None:
    (tmp_path / "x.json").write_bytes(content)
    written(tmp_path, "good.json", told())
    found = gather([str(tmp_path)])
    assert found.quality.counts == {flaw: 1}
    assert len(found.cases) == 1


def test_lines_that_are_none_and_archives_that_are_cut_off(tmp_path: Path) -> None:
    written(tmp_path, "a.ndjson", told("T-1"), "{\n", told("T-2"), '{"schema": "else/1"}\n')
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(json.dumps(told("T-3")).encode())[:-9])
    (tmp_path / "c.ndjson.zst").write_bytes(b"\x28\xb5\x2f\xfd\xff\xff")
    os.mkfifo(tmp_path / "d.json")
    (tmp_path / "e.json").symlink_to("nowhere")
    found = gather([str(tmp_path)])
    assert sorted(case.terminal for case in found.cases) == ["T-1", "T-2"]
    assert found.quality.counts == {
        Flaw.DAMAGED: 1,
        Flaw.FOREIGN: 1,
        Flaw.BAD_ARCHIVE: 2,
        Flaw.NOT_A_FILE: 1,
        Flaw.DANGLING_LINK: 1,
    }


@pytest.mark.parametrize(
    "incident",
    [
        {"began_at": 7},
        {"causes": ["\u202e" * 50]},
        {"causes": [], "cause": None},
        {"ended_by": {"how": ["seen"], "trace": {}, "step": 9}},
        {"tried": [{"step": "x" * 5000}, {"trace": []}]},
        {"told": [{"what": "did", "step": "a:b:c", "helped": {}}]},
        {"ended_at": "1969-01-01T00:00:00Z"},
    ],
)
def test_hostile_values_are_no_lesson_and_no_end(tmp_path: Path, incident: dict[str, Any]) -> None:
    written(tmp_path, "a.json", told("T-1", **incident))
    written(tmp_path, "b.json", told("T-2"))
    assert "T-2" in {case.terminal for case in gather([str(tmp_path)]).cases}


def test_a_source_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceMissingError):
        gather([str(tmp_path / "nowhere")])
