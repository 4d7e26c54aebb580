"""What a live look takes for the same, and how it differs from an examination: one connection to a gateway, and few messages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.checks import CheckEntry, check_from, entry_of
from agent.diagnosis.views import phase_of
from agent.examination.light_examination import of_link
from agent.examination.scene import Scene
from agent.settings.load import Loaded
from probes.model import Check, Facts, Kind, Outcome


class Origin(StrEnum):
    """Who looked."""

    HERE = "here"
    SERVICE = "service"
    NOBODY = "nobody"  # it could not even be tried, or is known without a packet


class Seen(Struct, frozen=True):
    """What came of one task, and when it was looked at, on the clock that nobody sets."""

    checks: tuple[Check[Facts], ...]
    at_s: float
    origin: Origin


def alike(before: Sequence[Check[Facts]], now: Sequence[Check[Facts]]) -> bool:
    """Nothing of it is a reason to look at the rest of the path again."""

    def told(checks: Sequence[Check[Facts]]) -> list[tuple[object, ...]]:
        return [(c.id, c.outcome, c.symptom, c.because if c.outcome is Outcome.SKIP else None, of_link(c.facts)) for c in checks]

    return told(before) == told(now)


def fuller(before: Seen | None, now: Seen) -> Seen:
    """What is to stand of a look here beside one of the service's, which may try more and may do more: where it saw why a host fails, that
    is why, as long as it fails in the same way; what cannot be told here is as the service saw it."""
    if before is None or before.origin is not Origin.SERVICE or now.origin is not Origin.HERE or len(now.checks) != 1:
        return now
    check, then = now.checks[0], before.checks[0]
    if check.id != then.id or not then.made:
        return now
    if check.outcome is Outcome.UNKNOWN:
        return before
    same = check.failed and then.failed and check.kind is Kind.GATEWAY and phase_of(check) is phase_of(then)
    return Seen((replace(then, observed_at=check.observed_at),), now.at_s, Origin.SERVICE) if same else now


def of_settings(loaded: Loaded) -> Loaded:
    """A host without a limit of messages gets no more of them than the service sends, which is one a cycle."""
    settings = loaded.settings
    least_s = settings.agent.interval_s
    gateways = [each if each.app_interval_s else replace(each, app_interval_s=least_s) for each in settings.gateway]
    return replace(loaded, settings=replace(settings, gateway=gateways))


class _Visit(Struct, frozen=True):
    """What one process tells the others. `at_s`: on the clock that nobody sets."""

    entry: CheckEntry
    at_s: float


def told_to_others(seen: Iterable[Seen]) -> bytes:
    """Of gateways that were looked at here."""
    return msgspec.json.encode([_Visit(entry_of(each.checks[0]), each.at_s) for each in seen if len(each.checks) == 1])


def told_by_others(found: bytes, now_s: float) -> list[Seen]:
    """Nothing where it is not what it should be: half written, or of another version."""
    try:
        visits = msgspec.json.decode(found, type=list[_Visit]) if found else []
        return [Seen((check_from(each.entry),), each.at_s, Origin.HERE) for each in visits if each.at_s <= now_s]
    except (ValueError, RecursionError):
        return []


def reached_only(stage: Scene) -> Scene:
    """Of each gateway what one connection shows."""
    return replace(stage, reuse=replace(stage.reuse, single=True))
