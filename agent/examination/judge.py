"""Measured numbers against the configured thresholds: `pass` becomes `warn` or `fail` with its symptom. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from agent.diagnosis.views import first_of, of_kind
from agent.settings.model import NetworkSettings, Settings
from probes.ground.median import median
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom
from probes.model.facts import (
    BatteryFacts,
    ClockFacts,
    DiskFacts,
    DueDateFacts,
    GatewayFacts,
    LoadFacts,
    LossFacts,
    MemoryFacts,
    NameCostFacts,
    NtpFacts,
    PageFacts,
    PluginFacts,
    RemoteFacts,
    TemperatureFacts,
)
from probes.settings import Plugin

_EXPIRING = timedelta(days=14)
_ENOUGH_SOURCES = 2
_JUST_S = 10.0  # since the application heard from its host: what it has open works
_NOT_TAKEN = (Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TIMEOUT, Symptom.TLS_STALLED)
_TROUBLE = 500  # and above: the status of a server that cannot (RFC 9110 section 15.6)
_SLOW_NAMES_S = 2.0  # what a program waits for a name before people notice
_HALF_A_DAY_S = 43200.0
_ENOUGH_MB = 500.0
_BATTERY_C = 60.0  # of a lithium battery, which nothing may charge or use above that; Android itself switches off at 68
Found = tuple[Outcome, Symptom]


def judge(checks: Sequence[Check[Facts]], settings: Settings) -> tuple[Check[Facts], ...]:
    """The checks with every threshold applied."""
    late = any(check.symptom is Symptom.HUNG for check in checks if check.kind is not Kind.PLUGIN)
    judged = [_judge_one(check, settings, late) if check.outcome is Outcome.PASS else _held_by_application(check) for check in checks]
    judged = _one_page(judged)
    for plugin in settings.plugin:
        judged = _held_to_limits(judged, plugin)
    return tuple(_by_a_sure_clock(_with_clock(judged, settings.system.clock_skew_s)))


def _judge_one(check: Check[Facts], settings: Settings, late: bool) -> Check[Facts]:
    facts, system = check.facts, settings.system
    match facts:
        case DiskFacts():
            found = _disk(facts, system.disk_used_percent)
        case MemoryFacts():
            found = (Outcome.FAIL, Symptom.MEMORY_LOW) if _or(facts.available_percent, 100) < system.memory_available_percent else None
        case LoadFacts():
            found = (Outcome.FAIL if late else Outcome.WARN, Symptom.LOAD_HIGH) if _or(facts.per_core, 0) > system.load_per_core else None
        case TemperatureFacts():
            limit = min(system.temperature_c, _BATTERY_C) if facts.part == "battery" else system.temperature_c
            found = (Outcome.FAIL, Symptom.TEMPERATURE_HIGH) if _or(facts.hottest_c, 0) >= limit else None
        case BatteryFacts():
            found = _battery(facts) if _or(facts.percent, 100) <= system.battery_percent else None
        case LossFacts():
            found = _loss(facts, settings.network)
        case NameCostFacts():
            found = (Outcome.WARN, Symptom.NAMES_SLOW) if _or(facts.costs_s, 0) >= _SLOW_NAMES_S else None
        case GatewayFacts():
            found = (Outcome.WARN, Symptom.CERT_EXPIRING) if _expires_soon(facts, check.observed_at) else None
        case _:
            found = None
    return check if found is None else replace(check, outcome=found[0], symptom=found[1])


def _one_page(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """Hosts that have nothing to do with each other show the same page: somebody shows it in their names. One that tells of a trouble is
    a proxy's rather than a portal's."""
    pages = Counter(c.facts.page for c in of_kind(checks, PageFacts) if c.ok and c.facts.page and (c.facts.http_status or 0) < _TROUBLE)
    shown = {page for page, times in pages.items() if times > 1}
    return [
        replace(c, outcome=Outcome.FAIL, symptom=Symptom.REWRITTEN) if isinstance(c.facts, PageFacts) and c.facts.page in shown else c
        for c in checks
    ]


def _held_by_application(check: Check[Facts]) -> Check[Facts]:
    """A host that does not take a connection of ours, while it answers the application on the one that it holds: payments pass. Some hosts
    and boxes take one connection for each terminal."""
    theirs = check.facts.app_connection if isinstance(check.facts, GatewayFacts) else None
    if not check.failed or check.symptom not in _NOT_TAKEN or theirs is None or theirs.unanswered or theirs.received_s_ago is None:
        return check
    return replace(check, outcome=Outcome.WARN) if theirs.received_s_ago <= _JUST_S else check


def _or(value: float | None, unknown: float) -> float:
    return unknown if value is None else value


def _disk(facts: DiskFacts, limit: float) -> Found | None:
    """A path that the configuration does not name counts as full only while writable, and never as read-only."""
    if facts.named and facts.read_only and not facts.by_design:
        return Outcome.FAIL, Symptom.READ_ONLY
    if facts.vantage == "device" and _or(facts.free_mb, 0) >= _ENOUGH_MB:
        return None  # Android calls its own storage low below that, however large it is (StorageManager)
    fullest = max(_or(facts.used_percent, 0), _or(facts.inodes_used_percent, 0))
    return (Outcome.FAIL, Symptom.DISK_FULL) if fullest >= limit and not facts.read_only else None


def _battery(facts: BatteryFacts) -> Found:
    """Low and discharging is the charger's; low and charging mends itself, and is only remarked."""
    if facts.charging is False:
        return Outcome.FAIL, Symptom.BATTERY_DISCHARGING_LOW
    return (Outcome.WARN, Symptom.BATTERY_CHARGING_LOW) if facts.charging else (Outcome.FAIL, Symptom.BATTERY_LOW)


def _held_to_limits(checks: Sequence[Check[Facts]], plugin: Plugin) -> list[Check[Facts]]:
    """Of a plug-in's checks, those that passed or warn. A limit of a number that none of them gave cannot be judged."""
    own = [check for check in of_kind(checks, PluginFacts) if check.facts.plugin == plugin.name and check.made]
    limited = {name for limits in (plugin.fail_above, plugin.fail_below, plugin.warn_above, plugin.warn_below) for name in limits}
    missing = sorted(limited - {name for check in own for name in _numbers(check.facts)})
    judged = {check.id: _held(check, plugin, missing) for check in own}
    return [judged.get(check.id, check) for check in checks]


def _held(check: Check[PluginFacts], plugin: Plugin, missing: Sequence[str]) -> Check[Facts]:
    numbers = _numbers(check.facts)
    failing = _beyond(numbers, plugin.fail_above, plugin.fail_below)
    if failing and check.ok:
        return replace(check, outcome=Outcome.FAIL, symptom=Symptom.PLUGIN_LIMIT, facts=check.facts.with_(beyond=failing))
    warning = _beyond(numbers, plugin.warn_above, plugin.warn_below)
    if check.outcome is not Outcome.PASS:
        return check
    if warning:
        return replace(check, outcome=Outcome.WARN, symptom=Symptom.PLUGIN_LIMIT, facts=check.facts.with_(beyond=warning))
    return replace(check, outcome=Outcome.UNKNOWN, because=f"it gave no number {missing[0]}, which has a limit") if missing else check


def _beyond(numbers: dict[str, float], above: dict[str, float], below: dict[str, float]) -> dict[str, float]:
    high = {name: limit for name, limit in above.items() if name in numbers and numbers[name] > limit}
    return high | {name: limit for name, limit in below.items() if name in numbers and numbers[name] < limit}


def _numbers(facts: PluginFacts) -> dict[str, float]:
    return {name: value for name, value in facts.values.items() if isinstance(value, int | float) and not isinstance(value, bool)}


def _loss(facts: LossFacts, network: NetworkSettings) -> Found | None:
    if _or(facts.sent, 0) >= network.loss_samples and _or(facts.loss_percent, 0) >= network.loss_percent:
        return Outcome.FAIL, Symptom.LOSS
    return (Outcome.WARN, Symptom.LATENCY) if _or(facts.rtt_ms, 0) > network.latency_ms else None


def _expires_soon(facts: GatewayFacts, observed_at: str) -> bool:
    """The leaf or anything above it that was served: whichever ends first ends the trust."""
    try:
        return datetime.fromisoformat(facts.chain_not_after or "") - datetime.fromisoformat(observed_at) < _EXPIRING
    except (ValueError, TypeError):
        return False


def _with_clock(checks: Sequence[Check[Facts]], limit: float) -> list[Check[Facts]]:
    """The clock against the outside: NTP, or two sources on different hosts that agree with each other."""
    clock = first_of(checks, ClockFacts)
    if clock is None or clock.failed:
        return list(checks)
    ntp = {c.id: c.facts.skew_s for c in of_kind(checks, NtpFacts) if c.ok and c.facts.skew_s is not None}
    dated = _by_host(checks)
    off = {name: skew for name, skew in (ntp or dated).items() if abs(skew) > limit}
    told = clock.facts.with_(sources=dated | ntp)
    # a time server of the shop may be wrong itself: then hosts of different operators agree with us, and not with it
    alone = len(dated) >= _ENOUGH_SOURCES and all(abs(skew) <= limit for skew in dated.values())
    agreed = bool(ntp) and len(off) == len(ntp) and not alone
    if not ntp and len(off) >= _ENOUGH_SOURCES:
        middle = median(off.values())
        agreeing = {name: skew for name, skew in off.items() if abs(skew - middle) <= max(60.0, limit / 2)}
        agreed = len(agreeing) >= _ENOUGH_SOURCES and len(agreeing) > len(dated) / 2
    if agreed:
        told = told.with_(skew_s=round(median(off.values()), 1))
        judged = replace(clock, outcome=Outcome.FAIL, symptom=Symptom.CLOCK_SKEW, facts=told)
    elif off:
        judged = replace(clock, outcome=Outcome.WARN, symptom=Symptom.CLOCK_SKEW, facts=told)
    else:
        judged = replace(clock, facts=told) if told.sources else clock
    return [judged if check is clock else check for check in checks]


def _by_a_sure_clock(checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """No day is told as near or over by a clock that is wrong, or that anybody contradicts by half a day."""
    clock = first_of(checks, ClockFacts)
    if clock is None or (clock.ok and all(abs(skew) < _HALF_A_DAY_S for skew in clock.facts.sources.values())):
        return list(checks)
    return [
        replace(check, outcome=Outcome.UNKNOWN, symptom=None, because=clock.id) if isinstance(check.facts, DueDateFacts) else check
        for check in checks
    ]


def _by_host(checks: Sequence[Check[Facts]]) -> dict[str, float]:
    """One Date header for each address that gave one; pages put in by a portal do not count."""
    seen: dict[str, tuple[str, float]] = {}
    for check in of_kind(checks, RemoteFacts):
        rewritten = check.symptom in (Symptom.REDIRECTED, Symptom.REWRITTEN, Symptom.PROXY_AUTH, Symptom.PROXY_FAILED)
        skew = check.facts.date_skew_s
        if skew is not None and not (rewritten and check.layer is Layer.INTERNET):
            seen.setdefault(check.facts.address or check.target, (check.id, skew))
    return dict(seen.values())
