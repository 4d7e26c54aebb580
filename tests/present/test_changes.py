"""What changed before, as one line on the screen: every kind in both languages, and nothing that the cause says already."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.document import Incident
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.present.changes import in_words
from agent.present.page import Page
from agent.present.report import Reader, render
from tests.support.documented import rows, section, words
from tests.support.documents import cause, status

ROUTER = {"what": "router", "subject": "10.0.0.1", "before": "02:00:00:00:00:01", "after": "02:00:00:00:00:02", "seconds": 1200}
CABLE = {"what": "link", "subject": "eth0", "before": "up 1000/full", "after": "no_carrier", "seconds": 0}


def shown(language: str, *before: dict[str, Any], code: Cause = Cause.CABLE_UNPLUGGED, width: int = 80, details: bool = False) -> list[str]:
    document = status(CanPay.NO, State.OUTAGE, (), (replace(cause(code), subject="eth0"),))
    incident = Incident(id="I-1", opened_at=document.since, cause=code, changes_before=before)
    document = replace(document, incident=incident)
    return render(document, Page(language=language, width=width), Reader(details=details))


@pytest.mark.parametrize("details", [False, True])
def test_one_line_says_what_changed_before_and_how_long_before(*, details: bool) -> None:
    assert "20 min before: the router was replaced" in shown("en", ROUTER, details=details)
    assert "此前 20 分钟：路由器换了一台" in shown("zh", ROUTER, details=details)


def test_of_several_the_nearest_that_the_cause_does_not_say_already() -> None:
    lines = shown("en", CABLE, ROUTER, {**ROUTER, "seconds": 9000})
    assert [line for line in lines if " before: " in line] == ["20 min before: the router was replaced"]
    assert not [line for line in shown("en", CABLE) if "eth0 was cut off" in line]
    assert "At the same time: eth1 was cut off" in shown("en", {**CABLE, "subject": "eth1"})
    assert "50 s before: eth0 was cut off (3 times)" in shown("en", {**CABLE, "seconds": 50, "count": 3})


def test_it_is_one_line_on_a_narrow_screen_too() -> None:
    long = {**ROUTER, "what": "gateway_address", "subject": "acquirer-with-a-long-name-indeed"}
    [line] = [line for line in shown("en", long, width=40) if "before: " in line]
    assert len(line) <= 40


@pytest.mark.parametrize("row", rows(section("docs/record.md", "What changes")), ids=lambda row: row[0])
def test_every_kind_has_words_in_both_languages(row: list[str]) -> None:
    for what in words(row[0]):
        for before, after in (("a", "b"), ("", "b"), ("a", "")):
            change = {"what": what, "subject": "x", "before": before, "after": after}
            said = in_words(change, Page(language="en", width=80)), in_words(change, Page(language="zh", width=80))
            assert all(said), what
            assert said[0].isascii()
            assert "{" not in "".join(said)


LATER = [
    {"kind": "cell_changed", "from": 1},
    {"what": "moon", "subject": "x"},
    {**ROUTER, "seconds": "soon"},
    {"what": ["router"], "seconds": 5},
]


@pytest.mark.parametrize("change", LATER)
def test_what_only_a_later_version_knows_is_no_line(change: dict[str, Any]) -> None:
    assert shown("en", change) == shown("en")


def test_what_comes_from_outside_cannot_move_anything_on_the_screen() -> None:
    [line] = [line for line in shown("en", {**CABLE, "subject": "\x1b[2J\u202e", "seconds": 9}) if "before" in line]
    assert line.isprintable()
