"""What a verdict rests on is told beside it: how deep, how old where it was not asked now, what prevents asking, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.document import Status
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.present.page import Page
from agent.present.report import Reader, render
from probes.model import Check, Facts
from tests.support.documents import HEALTHY, THEN, cause, check, status

LIMIT = "the last message was sent 39 s ago, and the acquirer allows one in 300 s"
AGAIN = "2026-01-31T08:04:21.000Z"
AT = f"{datetime.fromisoformat(AGAIN).astimezone():%H:%M:%S}"
OLD: dict[str, Any] = {
    "app_because": LIMIT,
    "app_answer_age_s": 39.0,
    "app_answered_at": "2026-01-31T07:59:21.000Z",
    "app_again_at": AGAIN,
}


def yes(*gateways: Check[Facts]) -> Status:
    return status(CanPay.YES, State.OK, (*HEALTHY[:4], *gateways))


def beneath(document: Status, language: str = "en", **reader: Any) -> str:
    """What stands under the answer, and the sentence after it."""
    text = "\n".join(render(document, Page(language=language, width=400), Reader(**reader))[1:])
    parts = text.split("\n\n")[:2]
    return "\n\n".join(part.replace("\n", " " if language == "en" else "") for part in parts) + "\n"


def a(outcome: str = "pass", symptom: str | None = None, **facts: Any) -> Check[Facts]:
    return check("gateway:a", outcome, symptom, **facts)


@pytest.mark.parametrize("depth", ["tcp", "tls"])
def test_a_host_that_was_only_reached(depth: str) -> None:
    assert beneath(yes(a(depth=depth))).startswith("The host was reached; the account was not asked.\n\n")


def test_one_asked_just_now_says_no_more() -> None:
    assert render(yes(a(depth="app")), Page(language="en"), Reader())[1] == ""


def test_a_web_service_tells_of_itself() -> None:
    assert beneath(yes(a(depth="http"))).startswith("The host's web service answers; that need not tell of the account.\n\n")


def test_of_two_hosts_the_one_that_was_only_reached_is_named() -> None:
    assert beneath(yes(a(depth="app"), check("gateway:b", depth="tls"))).startswith("b: only reached; the account was not asked.\n\n")


@pytest.mark.parametrize("depth", ["tcp", "tls", "app"])
def test_a_yes_by_an_earlier_answer_has_its_age_what_prevents_asking_and_until_when(depth: str) -> None:
    """The depth is of this look, in which nothing was asked."""
    said = beneath(yes(a(depth=depth, **OLD)))
    assert said == (
        f"By the host's answer of 39 s ago. Not asked anew: {LIMIT}. It may be asked again at {AT}.\n\n"
        "Nothing was found wrong; the host was not asked anew.\n"
    )
    assert beneath(yes(a(depth=depth, **OLD)), "zh").startswith(
        f"这是收单主机 39 秒前的应答。没有重新询问：上一条报文是 39 秒前发的，收单机构每 300 秒只允许一条。{AT} 起可以再问。\n\n"
    )


def test_a_no_by_an_earlier_refusal_may_be_out_of_date() -> None:
    failed = a("fail", "response_code", response_code="03", depth="tls", **OLD)
    causes = (cause(Cause.ACCOUNT_SUSPENDED, evidence=("gateway:a",)),)
    document = status(CanPay.NO, State.OUTAGE, (*HEALTHY[:4], failed), causes)
    assert beneath(document).startswith(
        f"By the host's answer of 39 s ago, which may be out of date. Not asked anew: {LIMIT}. It may be asked again at {AT}.\n\n"
    )
    assert "可能已经过时" in beneath(document, "zh")


def test_the_age_grows_with_that_of_the_document() -> None:
    said = beneath(yes(a(depth="tls", **OLD)), age_s=30.0)
    assert said.startswith("By the host's answer of 69 s ago. Not asked anew: the last message was sent 69 s ago, and")


def test_where_no_answer_stands_the_age_of_the_message_grows_too() -> None:
    unknown = replace(check("gateway:a", "unknown", because=LIMIT, app_because=LIMIT), observed_at="2026-01-31T07:59:55.000Z")
    said = beneath(status(CanPay.UNKNOWN, State.UNKNOWN, (*HEALTHY[:4], unknown)), age_s=60.0)
    assert said.startswith("The host was not asked: the last message was sent 104 s ago, and the acquirer allows one in 300 s")


def test_a_light_examination_that_only_reached_the_host_says_how_old_its_word_is() -> None:
    asked = replace(a(depth="app", reached_at=THEN), observed_at="2026-01-31T07:58:00.000Z")
    assert beneath(yes(asked)).startswith("By the host's answer of 2 min ago.\n\n")


def test_where_no_answer_stands_it_is_said_when_one_can_be_had() -> None:
    unknown = check("gateway:a", "unknown", because=LIMIT, app_because=LIMIT, app_again_at=AGAIN)
    said = beneath(status(CanPay.UNKNOWN, State.UNKNOWN, (*HEALTHY[:4], unknown)))
    assert said.startswith(f"The host was not asked: {LIMIT}. It may be asked again at {AT}.\n\n")
