"""Beside the call stands whose contract has the number: the line's or the SIM's, where it is known over which of them the terminal
sells."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from agent.contract.document import Call
from agent.diagnosis.causes import Cause, Owner
from agent.diagnosis.model import CanPay, Diagnosis, State
from agent.present.page import Page
from agent.present.report import Reader, render
from agent.remedy.calling import whom_to_call
from agent.settings.model import Settings
from probes.model import Outcome
from tests.support.documents import cause, check, status
from tests.support.remedy_facts import finding

CONTRACTS = {"zh": {"line": "宽带", "sim": "流量卡"}, "en": {"line": "the internet line", "sim": "the SIM"}}


def call(code: Cause) -> Call | None:
    """Where the configuration has no number."""
    return whom_to_call(Diagnosis(can_pay=CanPay.NO, state=State.OUTAGE, findings=(finding(code, "x"),)), Settings())


TO_THE_PROVIDER = [code for code in Cause if (whom := call(code)) is not None and whom.who is Owner.ISP]


def named(code: Cause, language: str, *kinds: str) -> list[str]:
    """The contracts that the screen names beside the call, where every interface of these kinds fails."""
    links = [check(f"link:if{number}", kind=kind, used=True) for number, kind in enumerate(kinds)]
    checks = (*links, *(check(f"address:if{number}", "fail") for number in range(len(kinds))))
    failed = tuple(each.id for each in checks if each.outcome is Outcome.FAIL)
    document = status(CanPay.NO, State.OUTAGE, checks, (cause(code, evidence=failed),))
    lines = render(replace(document, call=call(code)), Page(language=language, width=200), Reader())
    said = " ".join(lines)  # the sentence may go over several lines
    asked = re.search(r"还不行就打给.*?就说：|If that does not help, call.*?Say: ", said)
    assert asked, said
    return [contract for contract, words in CONTRACTS[language].items() if words in " ".join(asked[0].split())]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("kinds", "contracts"),
    [
        (("ethernet",), ["line"]),
        (("wifi",), ["line"]),
        (("ethernet", "wifi"), ["line"]),
        (("cellular",), ["sim"]),
        (("ethernet", "cellular"), ["line", "sim"]),
        ((), ["line", "sim"]),
    ],
)
@pytest.mark.parametrize("code", TO_THE_PROVIDER)
def test_the_number_is_on_the_contract_of_the_uplink_in_question(
    code: Cause, kinds: tuple[str, ...], contracts: list[str], language: str
) -> None:
    assert named(code, language, *kinds) == contracts


def test_there_are_such_causes() -> None:
    assert len(TO_THE_PROVIDER) >= 2
