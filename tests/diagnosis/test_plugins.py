"""What a plug-in saw is evidence for the causes that the configuration names, and nothing else: no rule sees it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import CanPay, State
from agent.remedy.steps import advise
from agent.settings.model import Settings
from probes.model import Check, Facts, Layer, Outcome, Symptom, check_of
from probes.model.facts import BatteryFacts, LossFacts, PluginFacts
from probes.plugin import LAYERS
from tests.support.observations import observations

LOW = check_of(BatteryFacts(percent=4.0), Outcome.FAIL, Symptom.BATTERY_LOW, target="battery")


def plugged(outcome: Outcome = Outcome.FAIL, symptom: Symptom | None = Symptom.PLUGIN_FAILED, **more: Any) -> Check[PluginFacts]:
    return check_of(PluginFacts(plugin="ups", **more), outcome, symptom, name="ups", target="battery")


def test_a_failed_one_agrees_with_the_cause_that_it_supports() -> None:
    alone, beside = diagnose([LOW]).findings, diagnose([LOW, plugged(supports=("system.battery_low",))]).findings
    assert [found.code for found in beside] == [Cause.BATTERY_LOW]
    assert beside[0].evidence == ("system:battery", "plugin:ups")
    assert beside[0].confidence > alone[0].confidence
    assert beside[0].severity is alone[0].severity


@pytest.mark.parametrize(
    "other",
    [
        plugged(),
        plugged(supports=("system.disk_full",)),
        plugged(supports=("system.battery", "battery_low", "")),
        *(plugged(outcome, supports=("system.battery_low",)) for outcome in Outcome if outcome is not Outcome.FAIL),
    ],
    ids=lambda check: f"{check.outcome} {check.facts.supports}",
)
def test_any_other_changes_nothing(other: Check[Facts]) -> None:
    assert diagnose([LOW, other]) == diagnose([LOW])


def test_alone_it_makes_no_cause() -> None:
    found = diagnose([plugged(supports=tuple(cause.value for cause in Cause))])
    assert (found.findings, found.can_pay, found.state) == ((), CanPay.UNKNOWN, State.OK)


def test_a_cause_that_two_of_them_support_has_both_as_evidence() -> None:
    loss = check_of(LossFacts(sent=20, lost=10, loss_percent=50.0), Outcome.FAIL, Symptom.LOSS, name="eth0")
    two = [replace(plugged(supports=("network.unstable",)), id=f"plugin:line:{end}") for end in ("a", "b")]
    (found,) = [each for each in diagnose([loss, *two]).findings if each.code is Cause.UNSTABLE]
    assert found.evidence == ("internet:loss:eth0", "plugin:line:a", "plugin:line:b")


def test_the_steps_of_a_cause_are_filled_from_our_own_checks() -> None:
    supported = [LOW, replace(plugged(supports=("system.battery_low",), values={"percent": 99}), layer=Layer.SERIAL)]
    assert advise(diagnose(supported), supported, Settings()) == advise(diagnose([LOW]), [LOW], Settings())


@given(
    observations(),
    st.lists(st.tuples(st.sampled_from(Outcome), st.none() | st.sampled_from(Symptom), st.sampled_from(LAYERS)), max_size=4),
)
def test_whatever_they_see_no_verdict_is_another(checks: list[Check[Facts]], seen: list[tuple[Outcome, Symptom | None, Layer]]) -> None:
    extra = [
        replace(plugged(outcome, symptom), id=f"plugin:ups:{number}", layer=layer) for number, (outcome, symptom, layer) in enumerate(seen)
    ]
    assert diagnose([*extra, *checks]) == diagnose(checks)
