"""What is audited: each item well, worse and worst, and what is left out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from agent.contract.event import DrillEvent, ToldEvent
from agent.readiness.audit import TABLE, audit, audited
from agent.readiness.known import Fleet, Known, LooseEnd
from agent.settings.model import Contact, ReadinessSettings, Settings, Support
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import BatteryFacts, ClockFacts, DefaultRouteFacts, DiskFacts, DueDateFacts, GatewayFacts, MemoryFacts
from probes.model.facts.local import DefaultRoute
from probes.model.rights import PROC
from probes.settings import DueDate, Gateway, GatewayProtocol, Role, Uplink

TODAY = date(2027, 1, 20)
STAMP: dict[str, Any] = {"boot_id": "b", "running_s": 1.0}
NUMBER = Contact(name="X", phone="400-1")
SUPPORT = Support(provider=NUMBER, acquirer=NUMBER, technician=NUMBER, isp=NUMBER)
GATEWAY = Gateway(name="a", host="gw.pay.test", port=1, protocol=GatewayProtocol.TLS)
SECOND = Gateway(name="b", host="gw2.pay.test", port=1, protocol=GatewayProtocol.TLS, role=Role.BACKUP)
UPLINKS = [Uplink(interface="eth0"), Uplink(interface="wwan0", role=Role.BACKUP)]
CONTRACT = DueDate(name="Contract", due=date(2027, 6, 30))


def drill(what: str, subject: str, result: str = "passed", days_ago: int = 3) -> DrillEvent:
    at = (TODAY - timedelta(days=days_ago)).isoformat() + "T08:00:00.000Z"
    return DrillEvent(what=what, subject=subject, result=result, at=at, **STAMP)


def drills(*events: DrillEvent) -> dict[tuple[str, str], DrillEvent]:
    return {(each.what, each.subject): each for each in events}


GOOD = drills(drill("uplink", "wwan0"), drill("gateway", "b"), drill("staff", "network.internet_down"))


def gateway(ends: str | None, name: str = "a") -> Check[Facts]:
    return check_of(GatewayFacts(chain_not_after=ends), Outcome.PASS, name=name)


CLOCK = check_of(ClockFacts(sources={"internet:check-1": 0.1}), Outcome.PASS, target="clock")
DISK = check_of(DiskFacts(used_percent=40.0), Outcome.PASS, name="/")
DATE = check_of(DueDateFacts(due="2027-06-30", days_left=161), Outcome.PASS, name="Contract")
CHECKS: tuple[Check[Facts], ...] = (CLOCK, DISK, DATE, gateway("2028-01-01T00:00:00Z"))
SETTINGS = Settings(support=SUPPORT, gateway=[GATEWAY, SECOND], uplink=UPLINKS, date=[CONTRACT])
KNOWN = Known(
    settings=SETTINGS,
    today=TODAY,
    version="1.2.0",
    config_hash="0" * 16,
    checks=CHECKS,
    drills=GOOD,
    loose_ends=(),
    promises=(),
    printed="0" * 16,
)


def outcome(known: Known, name: str) -> str | None:
    return next((item.outcome for item in audited(known) if item.id == name), None)


def with_checks(*checks: Check[Facts], without: type[Facts] = Facts) -> Known:
    kept = [each for each in CHECKS if without is Facts or not isinstance(each.facts, without)]
    return replace(KNOWN, checks=(*kept, *checks))


def with_settings(**changed: Any) -> Known:
    return replace(KNOWN, settings=replace(SETTINGS, **changed))


def test_all_is_well() -> None:
    found = audit(KNOWN, "t", 0.0)
    assert found.outcome == "pass"
    assert {item.outcome for item in found.items} == {"pass"}, [item for item in found.items if item.outcome != "pass"]


def phone(**changed: Contact) -> Known:
    return with_settings(support=replace(SUPPORT, **changed))


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("contacts", phone(isp=Contact(name="X")), "warn"),
        ("contacts", phone(isp=Contact(name="X", phone="0000-000")), "warn"),
        ("contacts", phone(acquirer=Contact(name="Bank")), "fail"),
        ("contacts", with_settings(support=Support()), "fail"),
        ("backup_uplink", with_settings(uplink=UPLINKS[:1]), "warn"),
        ("backup_uplink", replace(KNOWN, drills={}), "warn"),
        ("backup_uplink", replace(KNOWN, drills=drills(drill("uplink", "wwan0", "failed"))), "fail"),
        ("backup_uplink", replace(KNOWN, drills=drills(drill("uplink", "wwan0", days_ago=60))), "pass"),
        ("backup_uplink", replace(KNOWN, drills=drills(drill("uplink", "wwan0", days_ago=61))), "warn"),
        ("backup_uplink", replace(KNOWN, drills=None), "unknown"),
        ("backup_uplink", replace(with_settings(uplink=[]), checks=None), "unknown"),
        ("backup_uplink", with_settings(uplink=[]), "warn"),
        ("backup_gateway", with_settings(gateway=[]), "fail"),
        ("backup_gateway", with_settings(gateway=[GATEWAY]), "warn"),
        ("backup_gateway", with_settings(gateway=[GATEWAY, replace(SECOND, role=Role.PRIMARY)]), "pass"),
        ("backup_gateway", replace(KNOWN, drills=drills(drill("gateway", "b", "failed"))), "fail"),
        ("certificates", with_settings(gateway=[replace(GATEWAY, protocol=GatewayProtocol.TCP)]), None),
        ("certificates", with_checks(gateway("2027-04-20T00:00:00Z"), without=GatewayFacts), "warn"),
        ("certificates", with_checks(gateway("2027-04-21T00:00:00Z"), without=GatewayFacts), "pass"),
        ("certificates", with_checks(gateway("2027-02-03T00:00:00Z", "b")), "fail"),
        ("certificates", with_checks(gateway(None), without=GatewayFacts), "unknown"),
        ("dates", with_settings(date=[]), "warn"),
        ("dates", with_checks(check_of(DueDateFacts(), Outcome.WARN, Symptom.DATE_PASSED, name="Fee")), "fail"),
        ("dates", with_checks(check_of(DueDateFacts(), Outcome.WARN, Symptom.DATE_DUE, name="Fee")), "warn"),
        ("dates", with_checks(check_of(DueDateFacts(), Outcome.UNKNOWN, because="system:clock", name="Fee")), "unknown"),
        ("clock", with_checks(check_of(ClockFacts(), Outcome.PASS, target="clock"), without=ClockFacts), "warn"),
        ("clock", with_checks(check_of(ClockFacts(), Outcome.FAIL, Symptom.CLOCK_SKEW, target="clock"), without=ClockFacts), "fail"),
        ("disk", with_checks(check_of(DiskFacts(used_percent=85.0), Outcome.PASS, name="/var")), "warn"),
        ("disk", with_checks(check_of(DiskFacts(inodes_used_percent=99.0), Outcome.FAIL, Symptom.DISK_FULL, name="/var")), "fail"),
        ("disk", with_checks(check_of(DiskFacts(used_percent=100.0, by_design=True), Outcome.PASS, name="/rom")), "pass"),
        ("battery", with_checks(check_of(BatteryFacts(), Outcome.SKIP, because="no battery", target="battery")), None),
        ("battery", with_checks(check_of(BatteryFacts(health_percent=70.0), Outcome.PASS, target="battery")), "pass"),
        ("battery", with_checks(check_of(BatteryFacts(health_percent=69.9), Outcome.PASS, target="battery")), "warn"),
        ("battery", with_checks(check_of(BatteryFacts(health_percent=49.0), Outcome.PASS, target="battery")), "fail"),
        ("battery", with_checks(check_of(BatteryFacts(percent=90.0), Outcome.PASS, target="battery")), "unknown"),
        ("rights", with_checks(check_of(MemoryFacts(), Outcome.UNKNOWN, Symptom.DENIED, PROC.missing(), target="memory")), "warn"),
        ("configuration", replace(KNOWN, examples=2), "warn"),
        ("endings", replace(KNOWN, loose_ends=[LooseEnd(incident="I", ended_on=TODAY - timedelta(days=90))]), "warn"),
        ("endings", replace(KNOWN, loose_ends=[LooseEnd(incident="I", ended_on=TODAY - timedelta(days=91))]), "pass"),
        ("endings", replace(KNOWN, loose_ends=None), "unknown"),
        ("promises", replace(KNOWN, promises=[ToldEvent(what="called", word="w", promised="2027-01-20", at="", **STAMP)]), "warn"),
        ("promises", replace(KNOWN, promises=[ToldEvent(what="called", word="w", promised="2027-01-19", at="", **STAMP)]), "fail"),
        ("runbook", replace(KNOWN, printed=None), "warn"),
        ("runbook", replace(KNOWN, printed="1" * 16), "warn"),
        ("practice", replace(KNOWN, drills={}), "warn"),
        ("practice", replace(KNOWN, drills=drills(drill("staff", "x", "failed"))), "warn"),
        ("practice", replace(KNOWN, drills=drills(drill("staff", "x", days_ago=181))), "warn"),
        ("practice", replace(KNOWN, drills=drills(drill("staff", "x", "failed", 9), drill("staff", "y"))), "pass"),
        ("fleet", KNOWN, None),
        ("fleet", replace(KNOWN, fleet=Fleet(agent_version="1.2.0")), "pass"),
        ("fleet", replace(KNOWN, fleet=Fleet(agent_version="1.10.0")), "warn"),
        ("fleet", replace(KNOWN, fleet=Fleet(config_hash="1" * 16)), "warn"),
    ],
)
def test_each_item(name: str, known: Known, expected: str | None) -> None:
    assert outcome(known, name) == expected


def test_without_a_look_what_rests_on_it_is_unknown_and_the_rest_is_told() -> None:
    found = {item.id: item.outcome for item in audited(replace(KNOWN, checks=None))}
    assert [name for name, each in found.items() if each == "unknown"] == ["certificates", "dates", "clock", "disk", "rights"]
    assert audit(replace(KNOWN, checks=None), "t", 0.0).outcome == "warn"


def test_a_second_default_route_is_a_backup_where_no_uplink_is_configured() -> None:
    routes = (DefaultRoute(router="192.0.2.1", interface="eth0"), DefaultRoute(router="192.0.2.2", interface="wwan0", metric=700))
    check = check_of(DefaultRouteFacts(routers=routes), Outcome.PASS, target="default")
    assert outcome(replace(with_settings(uplink=[]), checks=(*CHECKS, check)), "backup_uplink") == "pass"
    assert outcome(replace(with_settings(uplink=[]), checks=(*CHECKS, check), drills={}), "backup_uplink") == "warn"


def test_no_drills_are_planned_and_one_is_old() -> None:
    never = replace(SETTINGS, readiness=ReadinessSettings(drill_days=0))
    for days, expected in ((90, "pass"), (91, "warn")):
        known = replace(KNOWN, settings=never, drills=drills(drill("uplink", "wwan0", days_ago=days)))
        assert outcome(known, "backup_uplink") == expected


def test_the_worst_come_first_and_everything_says_what_to_do_in_both_languages() -> None:
    found = audited(replace(Known(settings=Settings(), today=TODAY, version="1", config_hash=""), drills=None))
    order = ["fail", "warn", "unknown", "pass"]
    assert [item.outcome for item in found] == sorted((item.outcome for item in found), key=order.index)
    for item in found:
        for text in (item.called, item.found, item.why, *([item.do] if item.outcome != "pass" else [])):
            assert text.zh and text.en
        assert bool(item.do.en) is (item.outcome != "pass"), item.id


def test_why_it_matters_holds_whatever_was_found() -> None:
    """Of a backup that failed its drill nobody is told that it was never tried, nor of two hosts that there is one."""
    failed = replace(KNOWN, drills=drills(drill("gateway", "b", "failed"), drill("uplink", "wwan0", "failed")))
    why = {item.id: item.why for item in audited(failed)}
    assert "works" in why["backup_uplink"].en and "never tried" not in why["backup_uplink"].en and "没有试过" not in why["backup_uplink"].zh
    assert "works" in why["backup_gateway"].en and "one host" not in why["backup_gateway"].en and "只有一台" not in why["backup_gateway"].zh


def test_ids_differ() -> None:
    assert len({each.id for each in TABLE}) == len(TABLE)
