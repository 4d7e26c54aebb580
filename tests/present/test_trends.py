"""Days side by side as small columns: incidents, time to connect and looks in vain, within the page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from agent.contract.event import GatewayDay
from agent.contract.history import DayTotal
from agent.present.page import Page
from agent.present.trends import trends

LAST = date(2026, 1, 31)
LINE = GatewayDay(n=100, p50_ms=20.0, p95_ms=40.0, loss_percent=0.0)
MEASURED = tuple(
    DayTotal(
        day=str(LAST - timedelta(days=number)),
        watched_s=86_400,
        can_pay_s=86_400,
        outage_s=0,
        incidents=int(number % 3 == 0),
        uplinks={"eth0": replace(LINE, loss_percent=10.0 * (number == 5))} if number != 2 else {},
        gateways={"acquirer-with-a-long-name-indeed": replace(LINE, p50_ms=200.0 if number == 3 else 50.0)},
    )
    for number in range(20)
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "ascii"])
def test_lines_and_hosts_are_shown_day_by_day_within_the_page(language: str, width: int, encoding: str) -> None:
    page = Page(language="en" if encoding == "ascii" else language, width=width, encoding=encoding)
    lines = trends(MEASURED, page)
    assert len(lines) == 4 and [line for line in lines if page.measure(line) > width] == []
    "".join(lines).encode(encoding)
    shown = [line.split()[-3:] for line in lines]
    assert {row[-1] for row in shown} >= {"%"} and lines[1].strip().startswith("eth0")


def test_a_day_that_stands_out_does_and_one_that_was_not_measured_is_a_gap() -> None:
    incidents, line, in_vain, host = trends(MEASURED, Page(language="en"))
    assert incidents.split() == ["incidents", incidents.split()[1], "7"]
    assert line[16:36] == "▅" * 17 + " " + "▅" * 2 and line.endswith("20 ms")
    assert in_vain[16:36] == "▁" * 14 + "█" + "▁" * 2 + " " + "▁" * 2 and in_vain.endswith("0.53 %")
    assert host[16:36] == "▃" * 16 + "█" + "▃" * 3 and host.endswith("50 ms")
    assert trends(MEASURED[:1], Page()) == trends((), Page()) == trends((replace(MEASURED[0], day="no day"), *MEASURED[:1]), Page()) == []
