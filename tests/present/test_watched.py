"""What people are told in the time after an incident."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.document import Status, Watch
from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.model import CanPay, State
from agent.present import watched
from agent.present.page import Page
from agent.present.report import Reader, render
from tests.support.documents import broken_names, cause, status

BROKEN = broken_names()
WELL = status(state=State.OK, can_pay=CanPay.YES)


def watch(recurred: int = 0, code: Cause | None = Cause.DNS_UNREACHABLE, **more: Any) -> Watch:
    known: dict[str, Any] = {"since": "2026-01-31T08:00:00.000Z", "until": "2026-02-01T08:00:00.000Z"}
    return Watch(incident="A", recurred=recurred, cause=code, **known | more)


def said(document: Status, found: Watch, language: str = "en", width: int = 200) -> list[str]:
    return watched.lines(replace(document, watch=found), Page(language=language, width=width))


def test_that_it_is_watched_and_how_often_it_came_back() -> None:
    assert ["technician" in " ".join(said(WELL, watch(times))) for times in (0, 1, 2)] == [False, False, True]
    never, once, twice = (" ".join(said(WELL, watch(times))) for times in (0, 1, 2))
    assert never.startswith("Watched since ") and "did not come back" in never
    assert "came back once" in once and "came back twice" in twice
    assert "又出现了 2 次" in "".join(said(WELL, watch(2), "zh"))


def test_while_it_is_there_again_and_while_something_else_is() -> None:
    again = replace(watch(1), until=None)
    assert "came back once" in said(BROKEN, again)[0] and len(said(BROKEN, again)) == 1
    assert said(BROKEN, watch(0)) == [], "not confirmed yet"
    assert said(BROKEN, watch(2, Cause.CABLE_UNPLUGGED)) == [], "another one is of no use now"
    assert watched.lines(BROKEN, Page(language="en")) == []


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (Cause.INTERNET_DOWN, "网络运营商", "internet provider"),
        (Cause.GATEWAY_DOWN, "收单机构", "acquirer"),
        (Cause.PRINTER_FAULT, "服务商", "service provider"),
        (Cause.ACCOUNT_SUSPENDED, "谁停的", "who stopped it"),
        (Cause.CABLE_UNPLUGGED, "技术人员", "technician"),
        (None, "技术人员", "technician"),
    ],
)
def test_what_keeps_coming_back_is_told_to_whom_it_concerns(code: Cause | None, zh: str, en: str) -> None:
    for paper in (Cause.PAPER_OUT, Cause.SIGN_IN_REQUIRED):
        assert "posdiag" not in " ".join(said(WELL, watch(9, paper))), "that is how it is"
    assert zh in "".join(said(WELL, watch(2, code), "zh")) and en in " ".join(said(WELL, watch(2, code)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 20)])
def test_it_fits_on_the_screen(language: str, width: int, height: int) -> None:
    page = Page(language=language, width=width)
    of_line = status(CanPay.NO, State.OUTAGE, causes=(cause(Cause.INTERNET_DOWN, Severity.OUTAGE),))
    for document in (WELL, of_line):
        lines = render(replace(document, watch=watch(12, Cause.INTERNET_DOWN)), page, Reader(command="posdiag status"))
        assert max(map(page.measure, lines)) <= width
        assert len(lines) <= height, "\n".join(lines)


def test_english_ordinals() -> None:
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 113, 123)
    assert " ".join(map(watched.ordinal, numbers)) == "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th 113th 123rd"
