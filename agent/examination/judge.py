"""Measured numbers against the configured thresholds: `pass` becomes `warn` or `fail` with its symptom. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from agent.settings.model import Settings
from probes.ground.median import median
from probes.model import Check, Layer, Outcome, Symptom

_EXPIRING = timedelta(days=14)
_ENOUGH_SOURCES = 2


def judge(checks: Sequence[Check], settings: Settings) -> tuple[Check, ...]:
    """The checks with every threshold applied."""
    late = any(check.symptom is Symptom.HUNG for check in checks)
    judged = [_judge_one(check, settings, late) if check.outcome is Outcome.PASS else check for check in checks]
    return tuple(_with_clock(judged, settings.system.clock_skew_s))


def _judge_one(check: Check, settings: Settings, late: bool) -> Check:
    facts = check.facts
    system, network = settings.system, settings.network
    if check.id.startswith("system:disk:"):
        return _disk(check, system.disk_used_percent)
    if check.id == "system:memory" and _number(facts, "available_percent", 100) < system.memory_available_percent:
        return _now(check, Outcome.FAIL, Symptom.MEMORY_LOW)
    if check.id == "system:load" and _number(facts, "per_core", 0) > system.load_per_core:
        return _now(check, Outcome.FAIL if late else Outcome.WARN, Symptom.LOAD_HIGH)
    if check.id == "system:temperature" and _number(facts, "hottest_c", 0) >= system.temperature_c:
        return _now(check, Outcome.FAIL, Symptom.TEMPERATURE_HIGH)
    if check.id == "system:battery" and _number(facts, "percent", 100) <= system.battery_percent:
        return _battery(check)
    if check.id.startswith("internet:loss:"):
        if _number(facts, "sent", 0) >= network.loss_samples and _number(facts, "loss_percent", 0) >= network.loss_percent:
            return _now(check, Outcome.FAIL, Symptom.LOSS)
        if _number(facts, "rtt_ms", 0) > network.latency_ms:
            return _now(check, Outcome.WARN, Symptom.LATENCY)
    if check.layer is Layer.GATEWAY and _expires_soon(check):
        return _now(check, Outcome.WARN, Symptom.CERT_EXPIRING)
    return check


def _disk(check: Check, limit: float) -> Check:
    """A path that the configuration does not name counts as full only while writable, and never as read-only."""
    facts = check.facts
    named, read_only = bool(facts.get("named")), bool(facts.get("read_only"))
    if named and read_only and not facts.get("by_design"):
        return _now(check, Outcome.FAIL, Symptom.READ_ONLY)
    fullest = max(_number(facts, "used_percent", 0), _number(facts, "inodes_used_percent", 0))
    if fullest >= limit and not read_only:
        return _now(check, Outcome.FAIL, Symptom.DISK_FULL)
    return check


def _battery(check: Check) -> Check:
    """Low and discharging is the charger's; low and charging mends itself, and is only remarked."""
    charging = check.facts.get("charging")
    if charging is False:
        return _now(check, Outcome.FAIL, Symptom.BATTERY_DISCHARGING_LOW)
    return _now(check, Outcome.WARN if charging else Outcome.FAIL, Symptom.BATTERY_LOW)


def _expires_soon(check: Check) -> bool:
    """The leaf or anything above it that was served: whichever ends first ends the trust."""
    try:
        end = datetime.fromisoformat(str(check.facts["chain_not_after"]))
        return end - datetime.fromisoformat(check.observed_at) < _EXPIRING
    except (KeyError, ValueError, TypeError):
        return False


def _with_clock(checks: Sequence[Check], limit: float) -> list[Check]:
    """The clock against the outside: NTP, or two sources on different hosts that agree with each other."""
    clock = next((check for check in checks if check.id == "system:clock"), None)
    if clock is None or clock.failed:
        return list(checks)
    ntp = {c.id: float(c.facts["skew_s"]) for c in checks if c.id.startswith("internet:ntp:") and c.ok and "skew_s" in c.facts}
    dated = _by_host(checks)
    off = {name: skew for name, skew in (ntp or dated).items() if abs(skew) > limit}
    told = clock.facts | {"sources": dated | ntp}
    # a time server of the shop may be wrong itself: then hosts of different operators agree with us, and not with it
    alone = len(dated) >= _ENOUGH_SOURCES and all(abs(skew) <= limit for skew in dated.values())
    agreed = bool(ntp) and len(off) == len(ntp) and not alone
    if not ntp and len(off) >= _ENOUGH_SOURCES:
        middle = median(off.values())
        agreeing = {name: skew for name, skew in off.items() if abs(skew - middle) <= max(60.0, limit / 2)}
        agreed = len(agreeing) >= _ENOUGH_SOURCES and len(agreeing) > len(dated) / 2
    if agreed:
        told |= {"skew_s": round(median(off.values()), 1)}
        judged = replace(clock, outcome=Outcome.FAIL, symptom=Symptom.CLOCK_SKEW, facts=told)
    elif off:
        judged = replace(clock, outcome=Outcome.WARN, symptom=Symptom.CLOCK_SKEW, facts=told)
    else:
        judged = replace(clock, facts=told) if told.get("sources") else clock
    return [judged if check is clock else check for check in checks]


def _by_host(checks: Sequence[Check]) -> dict[str, float]:
    """One Date header for each address that gave one; pages put in by a portal do not count."""
    seen: dict[str, tuple[str, float]] = {}
    for check in checks:
        rewritten = check.symptom in (Symptom.REDIRECTED, Symptom.REWRITTEN, Symptom.PROXY_AUTH, Symptom.PROXY_FAILED)
        if "date_skew_s" in check.facts and not (rewritten and check.layer is Layer.INTERNET):
            seen.setdefault(str(check.facts.get("address", check.target)), (check.id, float(check.facts["date_skew_s"])))
    return dict(seen.values())


def _number(facts: dict[str, Any], key: str, default: float) -> float:
    value = facts.get(key)
    return float(value) if isinstance(value, (int, float)) else default


def _now(check: Check, outcome: Outcome, symptom: Symptom) -> Check:
    return replace(check, outcome=outcome, symptom=symptom)
