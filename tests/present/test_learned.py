"""Why a step stands where it stands, in one clause."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec.structs import replace

from agent.contract.document import StepRecord
from agent.contract.trace import Trace
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.outputs.log_entry import entry
from agent.present.learned import in_one_clause
from agent.present.page import Page
from agent.present.report import Reader, render
from agent.settings.model import Language
from tests.support.documents import HEALTHY, cause, status, step


@pytest.mark.parametrize(
    ("tried", "helped", "source", "zh", "en"),
    [
        (4, 3, "here", "在这里 4 次有 3 次管用", "helped here 3 times of 4"),
        (1, 1, "here", "在这里 1 次有 1 次管用", "helped here 1 time of 1"),
        (5, 0, "here", "在这里试过 5 次，都没管用", "tried here 5 times, never helped"),
        (40, 31, "fleet", "在其他终端上 40 次有 31 次管用", "helped at other terminals 31 times of 40"),
        (1, 0, "fleet", "在其他终端上试过 1 次，都没管用", "tried at other terminals 1 time, never helped"),
    ],
)
def test_one_clause(tried: int, helped: int, source: Literal["here", "fleet"], zh: str, en: str) -> None:
    said = in_one_clause(StepRecord(tried=tried, helped=helped, source=source))
    assert (said.zh, said.en) == (zh, en)


def test_one_clause_about_several_steps_that_leave_one_trace() -> None:
    said = in_one_clause(StepRecord(tried=4, helped=3, source="here", trace=Trace.LINK_REPLUGGED))
    assert (said.zh, said.en) == ("这一步或同类步骤在这里 4 次有 3 次管用", "this or a step like it helped here 3 times of 4")
    said = in_one_clause(StepRecord(tried=2, helped=0, source="here", trace=Trace.LINK_REPLUGGED))
    assert (said.zh, said.en) == (
        "这一步或同类步骤在这里试过 2 次，都没管用",
        "this or a step like it was tried here 2 times, never helped",
    )


@pytest.mark.parametrize("details", [True, False])
def test_it_stands_behind_the_step_on_the_screen_and_in_the_log(details: bool) -> None:
    made = replace(step(Cause.CABLE_UNPLUGGED, 1, "插紧", "Push it in"), record=StepRecord(tried=4, helped=3, source="here"))
    other = step(Cause.CABLE_UNPLUGGED, 2, "换线", "Replace it")
    document = status(CanPay.NO, State.OUTAGE, HEALTHY, (cause(Cause.CABLE_UNPLUGGED),), steps=(made, other))
    lines = [line.strip() for line in render(document, Page(language="en"), Reader(details=details))]
    assert "1. [cashier] Push it in (helped here 3 times of 4)" in lines
    assert "2. [cashier] Replace it" in lines
    assert "插紧（在这里 4 次有 3 次管用）\n" in entry(document, None, Language.ZH)
