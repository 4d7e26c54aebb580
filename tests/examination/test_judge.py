"""Numbers against thresholds, at their edges; and the clock against the outside."""

from __future__ import annotations

from typing import Any

import pytest

from agent.contract.checks import facts_from
from agent.examination.judge import judge
from agent.settings.model import Settings
from probes.model import Check, Facts, Outcome, Symptom, kind_of
from probes.model.facts import PluginFacts
from probes.settings import Plugin

NOW = "2026-01-31T08:00:00.000Z"


def check(name: str, outcome: Outcome = Outcome.PASS, symptom: Symptom | None = None, **told: Any) -> Check[Facts]:
    kind = kind_of(name)
    facts = facts_from(kind, told)
    return Check(id=name, layer=kind.layer, target=name, outcome=outcome, symptom=symptom, observed_at=NOW, facts=facts)


def judged(*checks: Check[Facts]) -> dict[str, tuple[Outcome, Symptom | None]]:
    return {c.id: (c.outcome, c.symptom) for c in judge(checks, Settings())}


PORTAL = (Symptom.REWRITTEN, Symptom.REDIRECTED)
PASS, WARN, FAIL = Outcome.PASS, Outcome.WARN, Outcome.FAIL


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("system:disk:/", {"used_percent": 94.9, "named": False, "read_only": False}, (PASS, None)),
        ("system:disk:/", {"used_percent": 95, "named": False, "read_only": False}, (FAIL, Symptom.DISK_FULL)),
        ("system:disk:/", {"used_percent": 10, "inodes_used_percent": 99, "read_only": False}, (FAIL, Symptom.DISK_FULL)),
        ("system:disk:/", {"used_percent": 100, "named": False, "read_only": True}, (PASS, None)),
        ("system:disk:/d", {"used_percent": 10, "named": True, "read_only": True}, (FAIL, Symptom.READ_ONLY)),
        ("system:disk:/d", {"used_percent": 100, "named": True, "read_only": True, "by_design": True}, (PASS, None)),
        ("system:memory", {"available_percent": 5}, (PASS, None)),
        ("system:memory", {"available_percent": 4.9}, (FAIL, Symptom.MEMORY_LOW)),
        ("system:load", {"per_core": 4}, (PASS, None)),
        ("system:load", {"per_core": 4.1}, (WARN, Symptom.LOAD_HIGH)),
        ("system:temperature", {"hottest_c": 84.9}, (PASS, None)),
        ("system:temperature", {"hottest_c": 85}, (FAIL, Symptom.TEMPERATURE_HIGH)),
        ("system:battery", {"percent": 11, "charging": False}, (PASS, None)),
        ("system:battery", {"percent": 10, "charging": False}, (FAIL, Symptom.BATTERY_DISCHARGING_LOW)),
        ("system:battery", {"percent": 10, "charging": None}, (FAIL, Symptom.BATTERY_LOW)),
        ("system:battery", {"percent": 10, "charging": True}, (WARN, Symptom.BATTERY_CHARGING_LOW)),
        ("internet:loss:eth0", {"sent": 20, "lost": 6, "loss_percent": 30.0, "rtt_ms": 5}, (FAIL, Symptom.LOSS)),
        ("internet:loss:eth0", {"sent": 19, "lost": 10, "loss_percent": 52.6, "rtt_ms": 5}, (PASS, None)),
        ("internet:loss:eth0", {"sent": 40, "lost": 11, "loss_percent": 27.5, "rtt_ms": 5}, (PASS, None)),
        ("internet:loss:eth0", {"sent": 20, "lost": 0, "loss_percent": 0.0, "rtt_ms": 1000.1}, (WARN, Symptom.LATENCY)),
        ("gateway:a", {"chain_not_after": "2026-02-14T07:59:00Z"}, (WARN, Symptom.CERT_EXPIRING)),
        ("gateway:a", {"chain_not_after": "2026-02-14T08:01:00Z"}, (PASS, None)),
        ("gateway:a", {"chain_not_after": "no date"}, (PASS, None)),
    ],
)
def test_thresholds(name: str, facts: dict[str, Any], expected: tuple[Outcome, Symptom | None]) -> None:
    assert judged(check(name, **facts))[name] == expected


def test_a_full_processor_fails_only_where_examinations_come_late() -> None:
    late = check("internet:x", Outcome.UNKNOWN, Symptom.HUNG)
    assert judged(check("system:load", per_core=9), late)["system:load"] == (FAIL, Symptom.LOAD_HIGH)


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        (check("system:clock"), (WARN, Symptom.DATE_PASSED)),
        (check("system:clock", FAIL, Symptom.CLOCK_BEFORE_BUILD), (Outcome.UNKNOWN, None)),
        (check("system:clock", FAIL, Symptom.CLOCK_SKEW), (Outcome.UNKNOWN, None)),
        (check("system:clock", sources={"internet:check-1": 43200.0}), (Outcome.UNKNOWN, None)),
        (check("system:clock", WARN, Symptom.CLOCK_SKEW, sources={"internet:check-1": 3600.0}), (WARN, Symptom.DATE_PASSED)),
    ],
)
def test_no_day_is_told_as_over_by_a_clock_that_cannot_be_believed(clock: Check[Facts], told: tuple[Outcome, Symptom | None]) -> None:
    assert judged(clock, check("system:date:Fee", WARN, Symptom.DATE_PASSED, days_left=-1))["system:date:Fee"] == told


def test_a_plugin_that_hangs_makes_nothing_late() -> None:
    late = check("plugin:ups", Outcome.UNKNOWN, Symptom.HUNG)
    assert judged(check("system:load", per_core=9), late)["system:load"] == (WARN, Symptom.LOAD_HIGH)


UPS = Plugin(
    name="ups",
    warn_above={"load_percent": 80},
    warn_below={"charge_percent": 50},
    fail_above={"load_percent": 100},
    fail_below={"charge_percent": 20},
)


def plugged(outcome: Outcome = PASS, symptom: Symptom | None = None, name: str = "ups", **values: object) -> Check[Facts]:
    return check(f"plugin:{name}", outcome, symptom, plugin=name.partition(":")[0], values=values)


@pytest.mark.parametrize(
    ("seen", "expected", "beyond"),
    [
        (plugged(load_percent=80, charge_percent=50), (PASS, None), {}),
        (plugged(load_percent=80.1, charge_percent=50), (WARN, Symptom.PLUGIN_LIMIT), {"load_percent": 80}),
        (plugged(load_percent=101, charge_percent=49), (FAIL, Symptom.PLUGIN_LIMIT), {"load_percent": 100}),
        (plugged(load_percent=1, charge_percent=19.9), (FAIL, Symptom.PLUGIN_LIMIT), {"charge_percent": 20}),
        (plugged(load_percent=101, charge_percent=1), (FAIL, Symptom.PLUGIN_LIMIT), {"load_percent": 100, "charge_percent": 20}),
        # what it says itself stands, and can only become worse
        (plugged(WARN, Symptom.PLUGIN_FAILED, load_percent=90, charge_percent=90), (WARN, Symptom.PLUGIN_FAILED), {}),
        (plugged(WARN, Symptom.PLUGIN_FAILED, load_percent=101, charge_percent=90), (FAIL, Symptom.PLUGIN_LIMIT), {"load_percent": 100}),
        (plugged(FAIL, Symptom.PAPER_OUT, load_percent=101, charge_percent=90), (FAIL, Symptom.PAPER_OUT), {}),
        (plugged(Outcome.UNKNOWN, Symptom.HUNG, load_percent=101), (Outcome.UNKNOWN, Symptom.HUNG), {}),
        (plugged(Outcome.SKIP), (Outcome.SKIP, None), {}),
        # a limit of what is no number, or of what it does not give, cannot be judged
        (plugged(load_percent="101", charge_percent=90), (Outcome.UNKNOWN, None), {}),
        (plugged(load_percent=True, charge_percent=90), (Outcome.UNKNOWN, None), {}),
        (plugged(charge_percent=90), (Outcome.UNKNOWN, None), {}),
        (plugged(charge_percent=10), (FAIL, Symptom.PLUGIN_LIMIT), {"charge_percent": 20}),
        (plugged(name="other", load_percent=101), (PASS, None), {}),
    ],
)
def test_limits_of_a_plugin(seen: Check[Facts], expected: tuple[Outcome, Symptom | None], beyond: dict[str, float]) -> None:
    (found,) = judge([seen], Settings(plugin=[UPS]))
    assert (found.outcome, found.symptom) == expected
    assert isinstance(found.facts, PluginFacts) and found.facts.beyond == beyond
    assert found.outcome is not Outcome.UNKNOWN or found.symptom or "load_percent" in (found.because or "")


def test_a_limit_may_be_of_one_of_several_results_alone() -> None:
    seen = [plugged(name="ups:battery", charge_percent=90), plugged(name="ups:inverter", load_percent=50), plugged(name="ups:lamp")]
    assert {found.outcome for found in judge(seen, Settings(plugin=[UPS]))} == {PASS}


def source(number: int, skew: float, address: str = "", outcome: Outcome = PASS, symptom: Symptom | None = None) -> Check[Facts]:
    return check(f"internet:check-{number}", outcome, symptom, date_skew_s=skew, address=address or f"192.0.2.{number}")


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([], (PASS, None)),
        ([source(1, 299), source(2, 299)], (PASS, None)),
        ([source(1, 301), source(2, 302)], (FAIL, Symptom.CLOCK_SKEW)),
        ([source(1, -90000), source(2, -90010)], (FAIL, Symptom.CLOCK_SKEW)),
        ([source(1, 5000)], (WARN, Symptom.CLOCK_SKEW)),
        ([source(1, 5000), source(2, 0)], (WARN, Symptom.CLOCK_SKEW)),
        ([source(1, 5000), source(2, -5000)], (WARN, Symptom.CLOCK_SKEW)),
        # one host behind two names is one source
        ([source(1, 5000, "192.0.2.9"), source(2, 5000, "192.0.2.9")], (WARN, Symptom.CLOCK_SKEW)),
        # a portal's pages prove nothing about the time
        (
            [source(1, 5000, outcome=FAIL, symptom=Symptom.REWRITTEN), source(2, 5000, outcome=FAIL, symptom=Symptom.REDIRECTED)],
            (PASS, None),
        ),
        ([check("internet:ntp:t", skew_s=4000.0)], (FAIL, Symptom.CLOCK_SKEW)),
        # a time server that everybody else contradicts is wrong itself; one page does not outweigh it
        ([check("internet:ntp:t", skew_s=4000.0), source(1, 0.2), source(2, 0.3)], (WARN, Symptom.CLOCK_SKEW)),
        ([check("internet:ntp:t", skew_s=4000.0), source(1, 0.2)], (FAIL, Symptom.CLOCK_SKEW)),
        # NTP outweighs pages that agree with each other
        ([check("internet:ntp:t", skew_s=0.1), source(1, 5000), source(2, 5000)], (PASS, None)),
    ],
)
def test_the_clock(sources: list[Check[Facts]], expected: tuple[Outcome, Symptom | None]) -> None:
    assert judged(check("system:clock"), *sources)["system:clock"] == expected


def test_what_failed_already_is_not_judged_again() -> None:
    assert judged(check("system:memory", FAIL, Symptom.DENIED, available_percent=1))["system:memory"] == (FAIL, Symptom.DENIED)


@pytest.mark.parametrize("symptom", [Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TIMEOUT, Symptom.TLS_STALLED])
def test_a_host_that_has_just_answered_the_application_takes_payments(symptom: Symptom) -> None:
    def of(**connection: Any) -> tuple[Outcome, Symptom | None]:
        return judged(check("gateway:a", FAIL, symptom, app_connection={"count": 1, **connection}))["gateway:a"]

    assert of(received_s_ago=9.9) == (WARN, symptom)
    assert of(received_s_ago=10.1) == of(received_s_ago=None) == of(received_s_ago=0.1, unanswered=1) == (FAIL, symptom)
    assert judged(check("gateway:a", FAIL, symptom))["gateway:a"] == (FAIL, symptom)


@pytest.mark.parametrize("symptom", [Symptom.CERT_UNTRUSTED, Symptom.RESPONSE_CODE, Symptom.REFUSED_LOCALLY])
def test_what_a_host_says_is_not_outweighed_by_what_the_application_hears(symptom: Symptom) -> None:
    told = {"app_connection": {"count": 1, "received_s_ago": 0.1}}
    assert judged(check("gateway:a", FAIL, symptom, **told))["gateway:a"] == (FAIL, symptom)
