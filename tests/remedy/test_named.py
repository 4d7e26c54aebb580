"""What the words of a step stand for is called once, by what was seen of it."""

from __future__ import annotations

import re

import pytest

from agent.diagnosis.causes import Cause
from agent.remedy.catalogue import PLACEHOLDER, entry
from agent.remedy.steps import summarise
from agent.remedy.values import UNKNOWN, fill
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.model import Outcome, Symptom
from tests.support.remedy_facts import check, finding


@pytest.mark.parametrize("code", Cause)
def test_what_is_not_known_repeats_no_noun(code: Cause) -> None:
    something = Bilingual("甲", "something")
    each = entry(code)
    steps = [part for step in each.steps for part in (Bilingual(step.zh, step.en), step.expect)]
    for text in (each.summary, *(Bilingual(other.zh, other.en) for other in each.others), *steps):
        said = fill(text, {name: UNKNOWN.get(name, something) for name in PLACEHOLDER.findall(text.zh + text.en)})
        assert not re.search(r"(接口|设备|程序|端口|路径) ?(?:网络|串口|收款)?\1", said.zh), said.zh
        assert not re.search(r"\b(interface|device|application|port|path) (?:network |serial |payment )?\1\b", said.en, re.I), said.en


def test_a_device_that_was_seen_to_be_well_is_not_said_to_have_the_fault() -> None:
    seen = [
        check("address:wwan0", symptom=Symptom.NO_ADDRESS),
        check("serial:modem", Outcome.PASS, label="modem", port="/dev/ttyUSB2", signal_dbm=-73),
    ]
    doubt = finding(
        Cause.INDETERMINATE,
        "address:wwan0",
        "serial:modem",
        subject="modem",
        candidates=(Cause.APN_MISCONFIGURED, Cause.DATA_PLAN_STOPPED),
    )
    said = summarise(doubt, seen, Settings())
    assert said.en.startswith("There is a fault in the network on wwan0;") and said.zh.startswith("wwan0 的网络有故障"), said
    broken = [seen[0], check("serial:modem", symptom=Symptom.NO_REPLY, label="modem")]
    assert summarise(doubt, broken, Settings()).en.startswith("There is a fault in modem;")


@pytest.mark.parametrize(
    ("subject", "said"),
    (
        (Bilingual("移动网络", "the mobile network"), "The mobile network finds no SIM card"),
        (Bilingual("gw", "gw-a.pay.example"), "gw-a.pay.example finds no SIM card"),
        (Bilingual("理", "theta"), "theta finds no SIM card"),
        (Bilingual("the till", "the till"), "the till finds no SIM card"),
    ),
)
def test_a_sentence_begins_with_a_capital_and_a_name_as_it_is_written(subject: Bilingual, said: str) -> None:
    assert fill(Bilingual("", "{device} finds no SIM card"), {"device": subject}).en == said
    assert fill(Bilingual("", "Ask {device}"), {"device": subject}).en == f"Ask {subject.en}"
