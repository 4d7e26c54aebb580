"""What a scan leaves in a store, and what it does not."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from agent.contract.summary import ClosedIncident
from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.store.duck import connected
from agent.fleet.store.files import CHANGES, INCIDENTS, SNAPSHOT, day_of, days, files
from agent.fleet.store.keep import keep
from agent.fleet.store.read import guarded, rows_of
from agent.fleet.store.schema import INCIDENT, TERMINAL
from agent.storage.atomic import StoreError

NOON = 1_795_003_200  # 2026-11-18 12:00 UTC
DAY = 86400


def row(name: str, moment: int = NOON, **more: Any) -> Row:
    told: dict[str, Any] = {
        "generated": moment,
        "valid_until": moment + 1800,
        "received": moment,
        "since": NOON - 500,
        "sequence": moment % 1000,
        "state": 0,
        "can_pay": 1,
        "attributes": {"isp": "isp-a", "store": "s-1"},
        **more,
    }
    return Row(id=name, **told)


def broken(name: str, moment: int = NOON, **more: Any) -> Row:
    return row(
        name, moment, **{"state": 2, "can_pay": 0, "cause": "network.dns_unreachable", "causes": ("network.dns_unreachable",), **more}
    )


def read(directory: Path, kind: str, columns: str = "id", order: str = "noted, id") -> list[tuple[Any, ...]]:
    """By plain SQL, as anybody would."""
    pattern = directory / "latest.parquet" if kind == "latest" else directory / kind / "day=*" / "*.parquet"
    return asked(f"SELECT {columns} FROM read_parquet('{pattern}') ORDER BY {order}")


def asked(query: str) -> list[tuple[Any, ...]]:
    return duckdb.connect().execute(query).fetchall()


def test_first_scan_is_the_snapshot_of_the_day(tmp_path: Path) -> None:
    kept = keep(tmp_path, Table([row("a"), broken("b")]), at=NOON, silent=b"\x01\x00")

    assert (kept.terminals, kept.changed, kept.snapshot) == (2, 0, True)
    assert read(tmp_path, SNAPSHOT, "noted, id, state, can_pay, cause, silent, isp, day") == [
        (NOON, "a", 0, 1, "", True, "isp-a", date(2026, 11, 18)),
        (NOON, "b", 2, 0, "network.dns_unreachable", False, "isp-a", date(2026, 11, 18)),
    ]
    assert read(tmp_path, "latest", "id, state") == [("a", 0), ("b", 2)]
    assert files(tmp_path, CHANGES) == []


def test_columns_are_those_that_are_documented(tmp_path: Path) -> None:
    keep(tmp_path, Table([row("a", closed=(ClosedIncident(cause="x.y", began=NOON - 100, seconds=50),))]), at=NOON)

    for kind, fields in (("latest.parquet", TERMINAL), (f"{INCIDENTS}/*/*.parquet", INCIDENT)):
        found = asked(f"DESCRIBE SELECT * FROM read_parquet('{tmp_path / kind}', hive_partitioning = false)")
        assert [(name, kind) for name, kind, *_ in found] == [(field.name, field.type) for field in fields]


def test_only_what_differs_is_a_change(tmp_path: Path) -> None:
    keep(tmp_path, Table([row("a"), row("b"), row("c"), row("d"), row("e")]), at=NOON)
    later = NOON + 300
    now = Table(
        [row("a", later), broken("b", later), row("c", later, attributes={"isp": "isp-b", "store": "s-1"}), row("d"), row("f", later)]
    )

    kept = keep(tmp_path, now, at=later, silent=b"\x00\x00\x00\x01\x00")

    assert not kept.snapshot
    assert read(tmp_path, CHANGES, "id, noted, state, isp, silent, gone") == [
        ("b", later, 2, "isp-a", False, False),
        ("c", later, 0, "isp-b", False, False),
        ("d", later, 0, "isp-a", True, False),
        ("e", later, 0, "isp-a", False, True),
        ("f", later, 0, "isp-a", False, False),
    ]
    assert read(tmp_path, "latest", "id, received", "id") == [("a", later), ("b", later), ("c", later), ("d", NOON), ("f", later)]


def test_counters_and_times_alone_are_no_change(tmp_path: Path) -> None:
    keep(tmp_path, Table([row("a", seconds_by_state={"ok": 5}, incidents_by_cause={"x.y": 1})]), at=NOON)
    kept = keep(tmp_path, Table([row("a", NOON + 60, seconds_by_state={"ok": 65}, incidents_by_cause={"x.y": 2})]), at=NOON + 60)

    assert kept.changed == 0
    assert read(tmp_path, "latest", "seconds_ok, incidents") == [(65, {"x.y": 2})]


def test_rows_that_were_touched_say_the_same_as_all_of_them(tmp_path: Path) -> None:
    first = Table([row(name) for name in "abcdef"])
    now = Table([row("a"), broken("b", NOON + 60), row("c"), row("d"), row("f", NOON + 60), row("g", NOON + 60)])
    quiet = bytes([0, 0, 1, 0, 0, 0])
    touched = [now.number_of[name] for name in "bfg"]
    for directory, chosen in ((tmp_path / "all", None), (tmp_path / "touched", touched)):
        keep(directory, first, at=NOON)
        keep(directory, now, at=NOON + 60, silent=quiet, touched=chosen)

    of_rows = "* EXCLUDE noted"
    for kind in (CHANGES, "latest"):
        assert read(tmp_path / "all", kind, of_rows, "id") == read(tmp_path / "touched", kind, of_rows, "id")
    assert [name for (name,) in read(tmp_path / "all", CHANGES)] == ["b", "c", "e", "g"]


def test_rows_that_the_file_does_not_know_are_taken_though_nobody_touched_them(tmp_path: Path) -> None:
    keep(tmp_path, Table([row("a")]), at=NOON)
    kept = keep(tmp_path, Table([row("a"), row("b"), row("c")]), at=NOON + 60, touched=[2])

    assert kept.changed == 2
    assert [name for (name,) in read(tmp_path, "latest", order="id")] == ["a", "b", "c"]


def test_one_snapshot_a_day(tmp_path: Path) -> None:
    for moment in (NOON, NOON + 60, NOON + DAY, NOON + DAY + 60):
        keep(tmp_path, Table([row("a", moment)]), at=moment)

    assert read(tmp_path, SNAPSHOT, "noted") == [(NOON,), (NOON + DAY,)]
    assert [day.isoformat() for day in days(tmp_path, SNAPSHOT)] == ["2026-11-18", "2026-11-19"]


@pytest.mark.parametrize("damage", ["cut", "empty", "foreign", "middle"])
def test_a_damaged_latest_file_is_named_and_nothing_is_lost(tmp_path: Path, damage: str) -> None:
    keep(tmp_path, Table([row(f"t{number}", machine_id=os.urandom(16).hex()) for number in range(500)]), at=NOON)
    latest = tmp_path / "latest.parquet"
    content = bytearray(latest.read_bytes())
    latest.unlink()  # the snapshot is the same file
    if damage == "middle":
        content[1000:9000] = bytes(8000)
    contents: dict[str, bytes] = {
        "cut": bytes(content[:-500]),
        "empty": b"",
        "foreign": b'{"schema": "posdiag.status/1"}',
        "middle": bytes(content),
    }
    latest.write_bytes(contents[damage])

    kept = keep(tmp_path, Table([row("t1"), broken("t2")]), at=NOON + 60)

    assert kept.damaged == (latest,)
    assert [name for (name,) in read(tmp_path, CHANGES)] == ["t1", "t2"]
    assert [name for (name,) in read(tmp_path, "latest")] == ["t1", "t2"]
    assert len(read(tmp_path, SNAPSHOT)) == 500
    assert keep(tmp_path, Table([row("t1"), row("t2")]), at=NOON + 120).damaged == ()


def test_an_incident_that_is_over_is_kept_once(tmp_path: Path) -> None:
    first, second = (
        ClosedIncident(cause="x.y", subject=f"s{n}", began=NOON - 1000 + 100 * n, seconds=50, step="plug_cable") for n in (0, 1)
    )
    keep(tmp_path, Table([row("a", closed=(first,))]), at=NOON)
    keep(tmp_path, Table([row("a", NOON + 60)]), at=NOON + 60)  # a summary without room
    kept = keep(tmp_path, Table([row("a", NOON + 120, closed=(second, first))]), at=NOON + 120)

    assert kept.incidents == 1
    assert read(tmp_path, INCIDENTS, "id, subject, began, seconds, step, isp", "began") == [
        ("a", "s0", NOON - 1000, 50, "plug_cable", "isp-a"),
        ("a", "s1", NOON - 900, 50, "plug_cable", "isp-a"),
    ]


def test_a_clock_that_was_set_back_hides_no_incident_for_ever(tmp_path: Path) -> None:
    ahead = NOON + 365 * DAY
    wrong, right = (ClosedIncident(cause="x.y", began=moment - 100, seconds=50) for moment in (ahead, NOON + 3600))
    keep(tmp_path, Table([row("a", generated=ahead, closed=(wrong,))]), at=NOON)
    keep(tmp_path, Table([row("a", NOON + 3600, closed=(right, wrong))]), at=NOON + 3600)
    kept = keep(tmp_path, Table([row("a", NOON + 3660, closed=(right, wrong))]), at=NOON + 3660)

    assert [began for (began,) in read(tmp_path, INCIDENTS, "began", "began")] == [right.began, wrong.began]
    assert kept.incidents == 0


def test_hostile_texts_are_kept_as_they_are(tmp_path: Path) -> None:
    texts = ["'; DROP TABLE old; --", '"', "\\", "a\nb", "中文 ☎", "{}", "=1+1", "day=1/../..", "x\x00y"]
    attributes = {"isp": texts[0], "store": texts[4], **{f"label:{text}": text for text in texts}}
    keep(tmp_path, Table([row(texts[0], subject=texts[1], attributes=attributes)]), at=NOON)

    assert read(tmp_path, "latest", "id, subject, isp, store, labels") == [
        (texts[0], texts[1], texts[0], texts[4], {text: text for text in texts})
    ]


def test_half_a_surrogate_pair_stops_nothing(tmp_path: Path) -> None:
    half = json.loads('"\\ud800"')
    keep(tmp_path, Table([row("a", subject=half, attributes={"isp": half, f"label:{half}": half})]), at=NOON)

    assert read(tmp_path, "latest", "subject, isp, labels") == [("?", "?", {"?": "?"})]


def test_drafts_of_a_scan_that_was_killed_are_nobodys_rows(tmp_path: Path) -> None:
    keep(tmp_path, Table([row("a")]), at=NOON)
    draft = tmp_path / f".latest.parquet.{2**22 + 7}.00000000.tmp"  # of a process that cannot be
    draft.write_bytes(b"PAR1")
    keep(tmp_path, Table([row("a")]), at=NOON + 60)

    assert [path.name for path in sorted(tmp_path.iterdir())] == [".lock", "latest.parquet", "snapshot"]


def test_where_it_cannot_be_written_a_person_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError) as failed:
        keep(tmp_path / "store", Table([row("a")]), at=NOON)

    assert str(tmp_path / "store") in failed.value.text.en and failed.value.text.zh


def test_days_are_kept_as_long_as_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    now = int((tmp_path / "file").stat().st_mtime)  # nothing is removed that is not old by the clock too
    for back in (12, 11, 10, 0):
        keep(tmp_path, Table([row("a", now - back * DAY)]), at=now - back * DAY, keep_days=10)

    assert [(day_of(now) - day).days for day in days(tmp_path, SNAPSHOT)] == [10, 0]


def test_a_scan_as_of_a_far_day_removes_nothing(tmp_path: Path) -> None:
    keep(tmp_path, Table([row("a")]), at=NOON, keep_days=10_000)
    kept = keep(tmp_path, Table([row("a")]), at=NOON + 40 * 365 * DAY, keep_days=10_000)

    assert kept.expired == 0
    assert len(days(tmp_path, SNAPSHOT)) == 2


def test_two_scans_at_once_write_one_after_the_other(tmp_path: Path) -> None:
    tables = [Table([row("a", NOON + n), broken("b", NOON + n, subject=str(n))]) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        kept = list(pool.map(lambda each: keep(tmp_path, each[1], at=NOON + each[0]), enumerate(tables)))

    assert sum(each.snapshot for each in kept) == 1
    assert [each.damaged for each in kept] == [()] * 6
    assert len(read(tmp_path, CHANGES)) == 5


def test_damaged_files_of_the_past_are_named_and_left_out(tmp_path: Path) -> None:
    for number in range(4):
        at = NOON + number * DAY
        keep(tmp_path, Table([row(f"t{each}", at, machine_id=os.urandom(16).hex()) for each in range(300)]), at=at)
    found = files(tmp_path, SNAPSHOT)
    cut, torn = found[1], found[2]
    cut.write_bytes(cut.read_bytes()[:-9])
    content = bytearray(torn.read_bytes())
    content[1000:6000] = bytes(5000)
    torn.write_bytes(content)

    database = connected()
    result, damaged = guarded(
        database,
        found,
        lambda good: database.execute(f"SELECT count(*), count(DISTINCT machine_id) FROM {rows_of(good, TERMINAL)}").fetchall(),
    )

    assert result == [(600, 600)]
    assert sorted(damaged) == [cut, torn]


def test_a_file_of_an_older_version_lacks_columns_and_is_read(tmp_path: Path) -> None:
    keep(tmp_path, Table([row("a"), row("b")]), at=NOON)
    latest = tmp_path / "latest.parquet"
    duckdb.sql(f"COPY (SELECT * EXCLUDE (firmware, closed_until) FROM '{latest}') TO '{tmp_path / 'older'}' (FORMAT parquet)")
    (tmp_path / "older").replace(latest)

    kept = keep(tmp_path, Table([row("a"), broken("b")]), at=NOON + 60)

    assert kept.damaged == ()
    assert read(tmp_path, CHANGES) == [("b",)]
