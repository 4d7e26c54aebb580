"""Path, evidence and summary of every stored scenario agree: one check has one mark, and silence is claimed only of what was silent."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest

from agent.contract.document import CauseEntry
from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.evidence import silent
from agent.diagnosis.model import CanPay, State
from agent.examination.result import Examination, Memory
from agent.present import path
from agent.present.document import Document
from agent.present.page import Page
from agent.present.report import Reader, render
from agent.present.sections import in_short
from agent.remedy.steps import summarise
from agent.settings.load import Loaded
from agent.status.build import snapshot
from probes.ground.clock import Clock
from probes.model import Check, Facts, Symptom
from tests.support import scenario_files
from tests.support.documents import HEALTHY, cause, check, status
from tests.support.remedy_facts import CONFIGURED

NAMES = sorted(path.stem for path in scenario_files.FOLDER.glob("*.toml"))
PAGES = {language: Page(language=language, width=2000) for language in ("zh", "en")}
MARKED = re.compile(r"^ +([✓!✗?]) (.*)$")
SILENT = re.compile(r"does not answer|is silent|does not respond|nothing comes back|没有应答|没有回应|没有反应|不回话")
# what was asked and said nothing; a way that is forbidden, or a door that is shut, has spoken
MUTE = {Symptom.TIMEOUT, Symptom.ROUTER_SILENT, Symptom.SILENT, Symptom.TLS_STALLED, Symptom.TUNNEL_SILENT, Symptom.PROXY_TIMEOUT}
MUTE |= {Symptom.NO_REPLY, Symptom.NO_REPLY_LINES_LOW, Symptom.UNANSWERED, Symptom.NO_DATA}


@lru_cache(maxsize=4)
def document(name: str) -> Document:
    checks = scenario_files.load(scenario_files.FOLDER / f"{name}.toml").checks
    found = Examination(checks=checks, diagnosis=diagnose(checks), memory=Memory(), started_at=scenario_files.OBSERVED_AT, took_ms=1.0)
    return Document(snapshot(found, Loaded(CONFIGURED, None, frozenset(), "0" * 16), Clock()))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", PAGES)
def test_a_check_has_one_mark_wherever_it_stands(name: str, language: str) -> None:
    page, found = PAGES[language], document(name)
    marks = {in_short(check, page): path.MARKS[check.outcome] for check in found.checks}
    lines = render(found.status, page, Reader(details=True))
    listed = [(match[2], match[1]) for match in map(MARKED.match, lines) if match]
    assert [(said, mark) for said, mark in listed if said in marks and marks[said] != mark] == []
    drawn = "\n".join(path.draw(found, page))
    stages = [stage for part in path.stages(found, page) for stage in part if stage.check is not None]
    for stage in stages:
        assert stage.check is not None
        assert f"──{path.MARKS[stage.check.outcome]} {stage.name}" in drawn


def _claims(summary: CauseEntry, evidence: list[Check[Facts]]) -> str:
    """What is claimed of silence without any having been seen."""
    said = next((text for text in (summary.summary.zh, summary.summary.en) if SILENT.search(text)), "")
    return "" if any(each.symptom in MUTE for each in evidence) else said


@pytest.mark.parametrize("name", NAMES)
def test_silence_is_claimed_only_of_what_was_silent(name: str) -> None:
    found = document(name)
    single = [cause for cause in found.status.causes if not cause.candidates]  # a doubt names what may be
    assert [said for each in single if (said := _claims(each, [found.by_id[one] for one in each.evidence]))] == []


@pytest.mark.parametrize("symptom", [Symptom.REFUSED, Symptom.UNREACHABLE, Symptom.PROHIBITED, Symptom.TIMEOUT])
@pytest.mark.parametrize("code", [Cause.DNS_UNREACHABLE, Cause.GATEWAY_BLOCKED])
def test_a_door_that_is_shut_is_not_called_silent(code: Cause, symptom: Symptom) -> None:
    broken = check("dns:192.168.1.1" if code is Cause.DNS_UNREACHABLE else "gateway:acquirer-a", "fail", symptom.value)
    checks = [*(each for each in HEALTHY if each.id != broken.id), broken]
    told = [each for each in diagnose(checks).findings if each.code is code]
    if not told:  # a gateway that refuses is down, not blocked
        assert symptom is Symptom.REFUSED
        return
    said = summarise(told[0], checks, CONFIGURED)
    assert bool(SILENT.search(said.en)) == bool(SILENT.search(said.zh)) == (symptom is Symptom.TIMEOUT)
    assert silent(broken) or symptom is Symptom.REFUSED


def test_the_place_of_the_fault_is_named_only_where_several_fail() -> None:
    alone = (check("link:eth0", "fail", "no_carrier", kind="ethernet", used=True), *HEALTHY[1:])
    entry = cause(Cause.CABLE_UNPLUGGED, evidence=("link:eth0",))
    drawn = path.draw(Document(status(CanPay.NO, State.OUTAGE, alone, (entry,))), PAGES["en"])
    assert "the fault is here" not in "\n".join(drawn)
