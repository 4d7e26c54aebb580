"""The short name of a cause, which is read out on the telephone, says no more than what any of its symptoms shows."""

from __future__ import annotations

import re

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.remedy.catalogue import entry, name_of
from probes.model import Symptom
from tests.support import scenario_files

SCENARIOS = [scenario_files.load(path) for path in sorted(scenario_files.FOLDER.glob("*.toml"))]
# what a name may say only where these are all that the cause was ever seen by
CLAIMS: dict[str, tuple[Symptom, ...]] = {
    r"silent|没有应答": (Symptom.TIMEOUT, Symptom.SILENT, Symptom.ROUTER_SILENT, Symptom.TUNNEL_SILENT, Symptom.NO_REPLY),
    r"not running|没有运行": (Symptom.NOT_RUNNING, Symptom.STOPPED),
    r"unplugged|没插好": (),  # seen by nobody: no signal has other reasons too
    r"switched off|没开机$": (),
    r"disabled|被停用": (Symptom.ADMIN_DOWN,),
    r"serial|串口": (Symptom.GARBLED,),
    r"outdated|过时": (Symptom.TRUST_EXPIRED,),
    r"out of memory|full$|已满": (),  # a threshold was passed; something is left
    r"password|密码": (Symptom.WRONG_PASSWORD,),
}


def seen_by(code: Cause) -> set[Symptom]:
    """In the scenarios, and as the catalogue itself tells its sentences apart."""
    found = {symptom for other in entry(code).others for symptom in other.seen}
    for scenario in SCENARIOS:
        by_id = {check.id: check for check in scenario.checks}
        for finding in diagnose(scenario.checks).findings:
            if finding.code is code:
                found |= {s for name in finding.evidence if name in by_id and (s := by_id[name].symptom) is not None}
    return found


@pytest.mark.parametrize("code", Cause)
def test_a_short_name_claims_nothing_that_was_not_seen(code: Cause) -> None:
    name = name_of(code)
    for words, symptoms in CLAIMS.items():
        if re.search(words, f"{name.en}\n{name.zh}", re.MULTILINE) and not name.en.endswith("nearly full"):
            assert seen_by(code) <= set(symptoms), (name, words)
