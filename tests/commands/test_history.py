"""`posdiag history`: a reader of the record, for people and programs."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.contract.document import Incident
from agent.contract.event import AnyEvent, CarriedEvent, ClosedEvent, DayEvent
from agent.contract.history import PastIncident
from agent.record.baseline import Baseline, remember
from agent.record.days import Tally
from agent.storage.history_file import FILE, HistoryFile
from tests.support.command_line import configured, current, kept, posdiag
from tests.support.documented import rows, section, words
from tests.support.json_schema import faults
from tests.support.recorded import change, opened, stamped

BEFORE = ({"what": "router", "subject": "10.0.0.1", "before": "a", "after": "b", "seconds": 1200},)
CABLE, INTERNET = "operator.cable_unplugged", "network.internet_down"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


def closed(name: str, day: str, **more: Any) -> ClosedEvent:
    at = f"{day}T08:01:00.000Z"
    return ClosedEvent(incident=name, ended_at=at, duration_s=60.0, **stamped({"at": at, "running_s": 160.0} | more))


def recorded(config: Path, *more: AnyEvent) -> Path:
    """Three incidents, the last of them open. The path of the record."""
    ended = {"trace": "router_restarted", "step": "restart", "how": "seen", "confidence": 0.8}
    file = HistoryFile(config.parent / "state")
    file.append(
        [
            CarriedEvent(**stamped({})),
            change(),
            opened("I-1", CABLE, changes_before=BEFORE),
            closed("I-1", "2026-01-31", ended_by=ended, tried=(ended,)),
            opened("I-2", INTERNET, began_at="2026-02-03T08:00:00.000Z", **stamped({"at": "2026-02-03T08:00:00.000Z"})),
            closed("I-2", "2026-02-03"),
            DayEvent(day="2026-01-31", seconds={"ok": 800, "outage": 200}, can_pay=800, unwatched=0, **stamped({})),
            opened("I-3", INTERNET, subject="=cmd", began_at="2026-02-05T08:00:00.000Z", **stamped({"at": "2026-02-05T08:00:00.000Z"})),
            *more,
        ]
    )
    return file.path


def asked(config: Path, *args: str, **extra: str) -> Any:
    done = posdiag("history", "--config", str(config), "--json", *args, **extra)
    assert (done.returncode, done.stderr) == (0, b"")
    return json.loads(done.stdout)


def ids(found: dict[str, Any]) -> list[str]:
    return [each["id"] for each in found["incidents"]]


def test_what_is_printed_for_programs_is_as_the_schema_and_the_document_say(config: Path) -> None:
    schema = json.loads(posdiag("config", "schema", "history").stdout)
    empty = asked(config)
    recorded(config)
    full = asked(config)
    for found in (empty, full, asked(config, "I-1"), asked(config, "--cause", CABLE)):
        assert faults(found, schema, schema["$defs"]) == []
    told = section("docs/record.md", "Looking back").split("| key of an incident")
    assert [key for row in rows(told[0]) for key in words(row[0])] == list(full)
    keys = {key for row in rows("| key of an incident" + told[1]) for key in words(row[0])}
    assert keys == set(full["incidents"][0]) == set(PastIncident.__struct_fields__)
    assert full["schema"] == "posdiag.history/1" and ids(full) == ["I-1", "I-2", "I-3"]
    wanted = {"percent": 80.0, "watched_s": 1000, "can_pay_s": 800, "outage_s": 200, "planned_s": 0}
    assert full["availability"] == full["availability_all"] == wanted
    assert full["incidents"][0]["ended_by"]["trace"] == "router_restarted" and full["incidents"][2]["ended_at"] is None


def test_a_schema_that_something_does_not_fit_finds_it() -> None:
    schema = json.loads(posdiag("config", "schema", "history").stdout)
    assert len(faults({"schema": "posdiag.history/2", "more": 1}, schema, schema["$defs"])) > 5


def test_no_record_yet_is_no_failure(config: Path) -> None:
    for language, said in (("en", "Nothing is recorded yet"), ("zh", "还没有记录")):
        done = posdiag("history", "--config", str(config), "--lang", language)
        assert (done.returncode, done.stderr) == (0, b"") and done.stdout.decode().startswith(said)
    assert asked(config)["incidents"] == []
    done = posdiag("history", "--config", str(config), "--csv")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1


def test_a_span_of_days_and_a_cause(config: Path) -> None:
    recorded(config)
    assert ids(asked(config, "--since", "2026-02-01", TZ="UTC")) == ["I-2", "I-3"]
    assert ids(asked(config, "--until", "2026-02-03", TZ="UTC")) == ["I-1", "I-2"], "up to the end of that day"
    assert ids(asked(config, "--since", "2026-01-31T08:00:30Z", "--until", "2026-02-03T07:59+00:00")) == ["I-1"]
    assert ids(asked(config, "--until", "2026-02-03T07:59", TZ="Asia/Shanghai")) == ["I-1"], "in the time of this machine"
    for word in (CABLE, "cable_unplugged", "Cable-Unplugged", "operator"):
        assert ids(asked(config, "--cause", word)) == ["I-1"]
    assert ids(asked(config, "--cause", "network")) == ["I-2", "I-3"]
    assert ids(asked(config, "--cause", "network.cell_barred")) == [], "a later version may know it"


def test_a_day_is_the_same_in_every_way_that_it_is_written(config: Path) -> None:
    recorded(config)
    for day in ("2026-02-03", "20260203", "2026-W06-2"):
        assert ids(asked(config, "--since", day, "--until", day)) == ["I-2"]


def test_a_person_reads_it_and_one_incident_as_a_timeline(config: Path) -> None:
    recorded(config)
    text = posdiag("history", "--config", str(config), "--lang", "en").stdout.decode()
    assert "Payments were possible 80 %" in text and "Stopped 3 times" in text and "not over" in text
    one = posdiag("history", "i-1", "--config", str(config), "--lang", "en").stdout.decode()
    assert "the router was replaced" in one and "no signal on the cable" in one.splitlines()[0]
    assert "first seen" in one and one.rstrip().endswith("all was well again: the router was restarted")
    assert ids(asked(config, "I-1")) == ["I-1"]


def test_a_table_for_a_spreadsheet_holds_no_formula(config: Path) -> None:
    recorded(config)
    first, *lines = csv.reader(posdiag("history", "--config", str(config), "--csv").stdout.decode().splitlines())
    assert [row[first.index("subject")] for row in lines] == ["", "", "'=cmd"]


def test_torn_lines_are_counted(config: Path) -> None:
    with recorded(config).open("ab") as file:
        file.write(b'{"schema":"posdiag.event/1","sequ')
    assert asked(config)["unreadable_lines"] == 1
    assert b"1 line of the record cannot be read" in b" ".join(posdiag("history", "--config", str(config), "--lang", "en").stdout.split())


def test_it_writes_nothing(config: Path) -> None:
    path = recorded(config)
    before = {each: each.stat().st_mtime_ns for each in path.parent.iterdir()}
    posdiag("history", "--config", str(config))
    assert {each: each.stat().st_mtime_ns for each in path.parent.iterdir()} == before


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--since", "yesterday"], "Wrong option: --since needs a date such as 2026-01-31"),
        (["--since", ""], "Wrong option: --since needs a date"),
        (["--until", "2026-13-01"], "Wrong option: --until needs a date"),
        (["--until", "9999-12-31"], "Wrong option: --until needs a date"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], "Wrong option: --since has to be before --until"),
        (["--json", "--csv"], "Wrong option: --json and --csv cannot be combined"),
        (["--details"], "Wrong option: --details goes with check or status only"),
        (["--cause", "wrong"], "There is no cause “wrong”. All codes: posdiag explain"),
        (["I-9"], "There is no incident “I-9” in the record."),
    ],
    ids=str,
)
def test_what_cannot_be_understood_is_said(config: Path, args: list[str], said: str) -> None:
    recorded(config)
    done = posdiag("history", *args, "--config", str(config), "--lang", "en")
    assert (done.returncode, done.stdout) == (3, b"")
    assert " ".join(done.stderr.decode().split()).startswith(said) and b"Traceback" not in done.stderr


@pytest.mark.parametrize("made", ["pipe", "link", "directory"])
@pytest.mark.parametrize(("language", "said"), [("en", "is not a regular file; move it away"), ("zh", "不是普通文件，请把它移开")])
def test_a_record_that_is_none_is_told_in_a_sentence(config: Path, made: str, language: str, said: str) -> None:
    path = config.parent / "state" / FILE
    if made == "pipe":
        os.mkfifo(path)
    elif made == "link":
        path.symlink_to(config)
    else:
        path.mkdir()
    done = posdiag("history", "--config", str(config), "--lang", language)
    told = done.stderr.decode().replace("\n", "" if language == "zh" else " ")
    assert done.returncode == 3 and said in " ".join(told.split()), told


def test_the_day_that_is_not_over_is_part_of_it_where_the_service_keeps_it(config: Path) -> None:
    recorded(config)
    tally = Tally(day="2026-02-06", seconds={"ok": 900.0, "outage": 100.0}, can_pay_s=900.0)
    remember(config.parent / "state", Baseline(sequence=99, day=tally))
    found = asked(config)
    assert [(each["day"], each["over"], each["watched_s"]) for each in found["days"]] == [
        ("2026-01-31", True, 1000),
        ("2026-02-06", False, 1000),
    ]
    assert found["availability"]["percent"] == 85.0
    remember(config.parent / "state", Baseline(sequence=99, day=Tally(day="2026-01-31", seconds={"ok": 5.0})))
    (config.parent / "state" / "record-seen.json").chmod(0)
    assert posdiag("history", "--config", str(config)).returncode == 0


def test_no_incident_is_open_that_the_service_holds_for_over(config: Path) -> None:
    """Where it is sparing with lines, an end stands in the record an hour later."""
    recorded(config)
    kept(config, current(incident=None, since="2026-02-05T08:01:00.000Z"))
    assert asked(config)["incidents"][-1]["ended_at"] == "2026-02-05T08:01:00.000Z"
    assert "not over" not in posdiag("history", "--config", str(config), "--lang", "en").stdout.decode()
    name = "20260205T080000Z-0a1b2c"
    kept(config, current(incident=Incident(id=name, opened_at="2026-02-05T08:00:00.000Z"), since="2026-02-05T08:00:00.000Z"))
    assert asked(config)["incidents"][-1]["ended_at"] is None
    kept(config, current(incident=None, since="2026-02-04T08:00:00.000Z"))
    assert asked(config)["incidents"][-1]["ended_at"] is None
