"""Who is silent, whose clock is ahead, and what the totals say of whom."""

from __future__ import annotations

from typing import Any

import pytest

from agent.fleet.model.row import CAN_PAY, CANNOT_PAY, CANNOT_TELL, Row
from agent.fleet.model.table import Table
from agent.fleet.reading import freshness
from agent.fleet.reading.freshness import Reporting

NOW = 1_790_000_000


def row(name: str = "T-1", *, ago: int = 0, valid_s: int = 180, skew: int = 0, can_pay: int = CAN_PAY, **more: Any) -> Row:
    """`ago`: seconds since it came in; `skew`: by how much its clock is ahead."""
    generated = NOW - ago + skew
    return Row(id=name, generated=generated, valid_until=generated + valid_s, received=NOW - ago, state=0, can_pay=can_pay, **more)


@pytest.mark.parametrize(
    ("terminal", "silent"),
    [
        (row(ago=0), False),
        (row(ago=2700), False),
        (row(ago=2701), True),
        (row(ago=2701, valid_s=7200), False),  # it writes less often itself
        (row(ago=7201, valid_s=7200), True),
        (row(ago=2701, skew=90_000), True),  # its own clock does not matter
        (row(ago=10, skew=-90_000), False),
        (row(ago=-600), False),
        (row(ago=3000, attributes={"uplink": "cellular"}), False),  # reports hourly
        (row(ago=10801, attributes={"uplink": "cellular"}), True),
        (row(ago=2701, attributes={"uplink": "ethernet"}), True),
    ],
)
def test_silence_is_past_its_time_and_three_reports(terminal: Row, silent: bool) -> None:
    assert bool(freshness.silent(Table([terminal]), NOW, Reporting())[0]) is silent


def test_how_often_terminals_are_heard_of_is_a_setting() -> None:
    assert freshness.silent(Table([row(ago=301)]), NOW, Reporting(every_s=100, cellular_s=100))[0]


@pytest.mark.parametrize(("terminal", "ahead"), [(row(skew=5), []), (row(skew=6), [0]), (row(ago=-60, skew=0), [0]), (row(skew=-900), [])])
def test_a_clock_is_ahead_of_the_receipt_which_is_never_later_than_now(terminal: Row, ahead: list[int]) -> None:
    assert freshness.ahead(Table([terminal]), NOW) == ahead


def test_the_totals_add_up() -> None:
    table = Table(
        [
            row("1"),
            row("2", can_pay=CANNOT_PAY),
            row("3", can_pay=CANNOT_TELL),
            row("4", can_pay=CANNOT_PAY, ago=9000),
            row("5", stopped=True),
            row("6", stopped=True, ago=9000),
        ]
    )
    found = freshness.totals(table, freshness.silent(table, NOW, Reporting()))
    assert (found.terminals, found.can_pay, found.cannot_pay, found.unknown, found.silent) == (6, 1, 1, 2, 2)
