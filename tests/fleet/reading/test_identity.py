"""Whose identity is doubtful: two machines under one id, one under several; and what is none: restarts, late deliveries, clocks."""

from __future__ import annotations

from typing import Any

import pytest

from agent.fleet.model.row import Row
from agent.fleet.model.table import Table
from agent.fleet.reading.files import Files
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.identity import BOOTS_S, REMEMBERED_S, Doubt, renamed, shared_machines
from agent.fleet.reading.intake import Intake
from agent.fleet.reading.scanned import Gathered, judged

NOW = 1_790_000_000


def row(name: str = "T-1", *, at: int = 0, boot: str = "A", sequence: int = 1, received: int | None = None, **more: Any) -> Row:
    """`at`: seconds after a moment; so is `received`."""
    return Row(
        id=name,
        boot_id=boot,
        sequence=sequence,
        generated=NOW + at,
        valid_until=NOW + at + 180,
        received=NOW + (at if received is None else received),
        state=0,
        can_pay=1,
        **more,
    )


def doubts(*rows: Row) -> dict[str, tuple[Doubt, ...]]:
    intake = Intake()
    for each in rows:
        intake.put(each)
    return intake.identities.doubtful()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((row(serial_number="S1"), row(at=60, boot="B", serial_number="S2")), {Doubt.SERIAL_NUMBERS}),
        ((row(serial_number="S1"), row(at=60, sequence=2, serial_number="S2")), {Doubt.SERIAL_NUMBERS}),
        ((row(machine_id="M1"), row(at=60, boot="B", machine_id="M2")), {Doubt.MACHINE_IDS}),
        ((row(at=0, boot="A"), row(at=60, boot="B"), row(at=120, boot="A", sequence=2)), {Doubt.BOOT_IDS}),
        ((row(at=0, sequence=9), row(at=60, sequence=3)), {Doubt.SEQUENCE}),
    ],
)
def test_two_machines_under_one_id_are_seen(rows: tuple[Row, ...], found: set[Doubt]) -> None:
    assert {each for named in doubts(*rows).values() for each in named} == found


@pytest.mark.parametrize(
    "rows",
    [
        (row(), row(at=60, sequence=2), row(at=120, sequence=3)),
        (row(), row(at=60, boot="B"), row(at=120, boot="C"), row(at=180, boot="D")),  # a restart, and another
        (row(serial_number=""), row(at=60, sequence=2, serial_number="S1")),  # it was told meanwhile
        (row(at=0, sequence=1), row(at=120, sequence=3), row(at=60, sequence=2)),  # delivered late
        (row(at=0), row(at=120, boot="B"), row(at=60, sequence=2)),  # of before the restart, delivered late
        (row(at=100, sequence=5, received=0), row(at=-50, sequence=6, received=60)),  # its clock was set back
        (row(at=100), row(at=-9_000_000, boot="B", received=110), row(at=160, boot="B", sequence=2)),  # starts without a clock
        (row("T-1", serial_number="S1"), row("T-2", serial_number="S2")),
    ],
)
def test_what_one_machine_does_is_no_doubt(rows: tuple[Row, ...]) -> None:
    assert doubts(*rows) == {}


def test_a_terminal_that_was_exchanged_is_no_clone_for_good() -> None:
    intake = Intake()
    intake.put(row(serial_number="S1"))
    intake.put(row(at=60, boot="B", serial_number="S2"))
    intake.identities.forget(NOW + 60 + REMEMBERED_S)
    assert intake.identities.doubtful() == {"T-1": (Doubt.SERIAL_NUMBERS,)}
    intake.put(row(at=REMEMBERED_S + 120, boot="B", sequence=2, serial_number="S2"))
    intake.identities.forget(NOW + 121 + REMEMBERED_S)
    assert intake.identities.doubtful() == {} == intake.identities.seen


def test_earlier_boots_of_a_machine_are_not_kept_for_long() -> None:
    intake = Intake()
    intake.put(row(boot="A"))
    intake.put(row(at=60, boot="B"))
    intake.identities.forget(NOW + BOOTS_S + 1)
    assert intake.identities.seen == {}


def test_a_machine_under_several_ids_is_seen() -> None:
    intake = Intake()
    for name, machine in (("T-1", "m1"), ("T-2", "m2"), ("T-3", "m1"), ("T-4", ""), ("T-5", "")):
        intake.put(row(name, machine_id=machine))
    assert shared_machines(intake.table) == {"m1": ("T-1", "T-3")}


@pytest.mark.parametrize(
    ("first", "then", "newest"),
    [
        (row(sequence=1), row(at=60, sequence=2), 1),
        (row(sequence=2, at=60), row(sequence=1), 0),
        (row(sequence=5, at=100), row(sequence=6, at=50), 1),  # within a boot the sequence decides, whatever the clock says
        (row(sequence=900, at=0), row(sequence=1, at=60), 1),  # begun anew, and all else is later
        (row(boot="A", at=0, received=100), row(boot="B", at=900, received=50), 0),  # the receipt decides between boots
        (row(boot="A", at=0), row(boot="B", at=60), 1),
        (row(boot="A", at=9_000_000, received=0), row(boot="B", at=60), 1),  # one of the future does not stand for ever
    ],
)
def test_the_newest_stands(first: Row, then: Row, newest: int) -> None:
    intake = Intake(now=NOW + 1000)
    intake.put(first)
    assert intake.put(then) is bool(newest)
    assert intake.table.generated[0] == (first, then)[newest].generated


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("old", 0, "m", "s"), ("new", 9000, "m", "s")], {"old": "new"}),
        ([("older", 0, "m", "s"), ("old", 3000, "m", "s"), ("new", 9000, "m", "s")], {"older": "new", "old": "new"}),
        ([("old", 0, "m", ""), ("new", 9000, "m", "")], {}),  # a copied system, perhaps
        ([("old", 0, "m", "s1"), ("new", 9000, "m", "s2")], {}),
        ([("old", 0, "m", "s"), ("one", 9000, "m", "s"), ("two", 9000, "m", "s")], {}),  # clones
        ([("old", 0, "m", "s"), ("new", 100, "m", "s")], {}),  # both are silent
    ],
)
def test_a_terminal_that_was_given_another_id_is_not_silent_under_its_earlier_one(
    rows: list[tuple[str, int, str, str]], found: dict[str, str]
) -> None:
    table = Table(row(name, at=at, machine_id=machine, serial_number=serial) for name, at, machine, serial in rows)
    silent = bytearray(at < 9000 for _, at, _, _ in rows)
    assert {table.ids[old]: table.ids[new] for old, new in renamed(table, silent).items()} == found


def test_the_earlier_id_is_left_out_and_named() -> None:
    intake = Intake()
    for each in (row("new", at=9000, machine_id="m", serial_number="s", received=9000), row("old", machine_id="m", serial_number="s")):
        intake.put(each)
    read = Gathered(table=intake.table, identities=intake.identities, quality=Quality(), files=Files(), touched=(0, 1), reread=2)
    seen = judged(read, NOW + 9100)
    assert (seen.table.ids, list(seen.silent), seen.touched, seen.totals.silent) == (["new"], [0], (0,), 0)
    assert seen.quality.examples == {Flaw.RENAMED: ["old → new"]} and read.table.ids == ["new", "old"]
