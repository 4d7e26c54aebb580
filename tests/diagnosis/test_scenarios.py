"""Observed checks in, diagnosis and steps out (the files: `tests/scenarios`, explained in `tests/support/scenario_files.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause, Severity
from agent.diagnosis.diagnose import diagnose
from agent.examination.dependencies import settle
from agent.remedy.here import Here, Platform
from agent.remedy.steps import advise, summarise
from tests.support import scenario_files
from tests.support.remedy_facts import CONFIGURED
from tests.support.scenario_files import ExpectedCause, Scenario

SCENARIOS = scenario_files.every()


@pytest.fixture(params=SCENARIOS, ids=lambda scenario: scenario.name)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    found: Scenario = request.param
    return found


def test_the_verdict(scenario: Scenario) -> None:
    verdict = diagnose(scenario.checks)
    assert [ExpectedCause(f.severity, f.code, f.subject) for f in verdict.findings] == scenario.expect.findings
    assert (verdict.can_pay, verdict.state) == (scenario.expect.can_pay, scenario.expect.state)


def test_the_first_cause(scenario: Scenario) -> None:
    expect = scenario.expect
    verdict = diagnose(scenario.checks)
    first = verdict.leading or next(iter(verdict.findings), None)
    if first is None:
        assert not expect.findings
        return
    assert {each.code.value: each.by for each in first.ruled_out}.items() >= expect.ruled_out.items()
    assert set(first.evidence) >= set(expect.evidence)
    assert expect.category in (None, first.category)
    assert {code.value for code in first.candidates} == set(expect.candidates)
    sure = {f.code.value: f.confidence for f in verdict.findings}
    assert {code: sure[code] for code, most in expect.confidence_at_most.items() if sure[code] > most} == {}
    if expect.summary:
        said = summarise(first, scenario.checks, CONFIGURED)
        assert expect.summary.zh in said.zh
        assert expect.summary.en in said.en


def test_the_steps(scenario: Scenario) -> None:
    verdict = diagnose(scenario.checks)
    steps = advise(verdict, scenario.checks, CONFIGURED, Here(platform=Platform.ANDROID))
    assert {step.cause for step in steps} == {finding.code for finding in verdict.findings}
    assert {step.verify for step in steps} <= {check.id for check in scenario.checks}
    expected = scenario.expect.first_step
    assert (expected is None) == (not steps), "every scenario with a cause says what its first step is about"
    if expected is not None:
        assert expected.zh in steps[0].text.zh
        assert expected.en in steps[0].text.en


def test_it_could_be_observed(scenario: Scenario) -> None:
    """Settling the premises changes nothing more: what is listed is what an examination would hand on."""
    assert settle(scenario.checks) == scenario.checks


def test_every_cause_has_its_scenario_and_every_scenario_its_cause() -> None:
    named = {each.name.partition("--")[0]: each for each in SCENARIOS if "." in each.name}
    assert set(named) == {cause.value for cause in Cause}
    missed = [each.name for each in SCENARIOS if "." in each.name and each.name.partition("--")[0] not in str(each.expect.causes)]
    assert missed == []


def test_severities_of_every_kind_occur() -> None:
    assert {expected.severity for each in SCENARIOS for expected in each.expect.findings} == set(Severity)


HEAD = 'title = { zh = "", en = "" }\nexpect = { can_pay = "no", state = "ok"'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "title"),
        ('title = { zh = "", en = "" }\nexpect = { can_pay = "maybe", state = "ok" }', "can_pay"),
        (HEAD + ', cause = "" }', "cause"),
        (HEAD + ' }\nchecks = { "wire:eth0" = "pass" }', "wire"),
        (HEAD + ' }\nchecks = { "link:eth0" = "fail broken" }', "broken"),
        (HEAD + ' }\nchecks = { "link:wlan*" = "pass" }', "fits no check"),
        (HEAD + ' }\nchecks = { "link:eth0" = { is = "pass", carriers = 1 } }', "no fact named carriers"),
        (HEAD + ' }\nchecks = { "link:eth0" = { is = "pass", port = 53, kind = "wifi" } }', "no fact named port"),
        (HEAD + ' }\nchecks = { "link:eth0" = { is = "pass", carrier = "so" } }', "carrier: not of its type"),
    ],
)
def test_a_file_that_is_no_scenario_says_why(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"wrong.toml: .*{complaint}"):
        scenario_files.load(path)
