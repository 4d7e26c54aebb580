"""A whole document, as `posdiag --check --json` prints it, is a scenario too: checks out of it, verdict against it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.contract.encode import encode
from agent.diagnosis.diagnose import diagnose
from agent.examination.result import Examination, Memory
from agent.settings.load import Loaded
from agent.status.build import snapshot
from probes.ground.clock import Clock
from tests.support import scenario_files
from tests.support.remedy_facts import CONFIGURED
from tests.support.scenario_files import ExpectedCause, Scenario

NAMES = (
    "healthy",
    "network.dns_unreachable",
    "unknown.indeterminate",
    "rule--order_by_severity_then_layer",
    "rule--no_gateway_internet_down",
)


def printed(scenario: Scenario) -> bytes:
    checks = scenario.checks
    found = Examination(checks=checks, diagnosis=diagnose(checks), memory=Memory(), started_at=scenario_files.OBSERVED_AT, took_ms=1.0)
    return encode(snapshot(found, Loaded(CONFIGURED, None, frozenset(), "0" * 16), Clock()))


@pytest.mark.parametrize("name", NAMES)
def test_the_document_of_a_scenario_gives_the_same_verdict(tmp_path: Path, name: str) -> None:
    original = scenario_files.load(scenario_files.FOLDER / f"{name}.toml")
    path = tmp_path / "case.json"
    path.write_bytes(printed(original))
    case = scenario_files.load(path)
    found = diagnose(case.checks)
    assert (found.can_pay, found.state) == (case.expect.can_pay, case.expect.state) == (original.expect.can_pay, original.expect.state)
    assert [ExpectedCause(f.severity, f.code, f.subject) for f in found.findings] == case.expect.findings == original.expect.findings
    assert {code.value for f in found.findings[:1] for code in f.candidates} == set(case.expect.candidates)
    assert (case.expect.first_step is None) == (original.expect.first_step is None)


def test_a_verdict_corrected_by_hand_is_what_is_expected(tmp_path: Path) -> None:
    document = json.loads(printed(scenario_files.load(scenario_files.FOLDER / "network.dns_unreachable.toml")))
    document |= {"can_pay": "yes", "state": "ok", "cause": None, "category": None, "causes": [], "remediation": []}
    path = tmp_path / "case.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    expect = scenario_files.load(path).expect
    assert (expect.can_pay, expect.state, expect.findings, expect.first_step) == ("yes", "ok", [], None)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"schema": "posdiag.status/2"}', b"{"])
def test_what_is_no_status_document_says_why(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"case\.json: "):
        scenario_files.load(path)
