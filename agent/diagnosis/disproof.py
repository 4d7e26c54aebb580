"""Checks that disprove a cause. Each function names the check, or gives None where nothing speaks against the cause. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from agent.diagnosis.evidence import contacted
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Facts, Layer, Outcome, Symptom

_ANYBODY = frozenset({Symptom.REFUSED, Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TLS_STALLED})


class Disproof(Struct, frozen=True):
    """`place` in the order in which an engineer would ask, the lowest layer first. `itself`: only what the accused host said counts,
    else only what others said."""

    place: int
    by: Callable[[Snapshot], Check[Facts] | None]
    itself: bool = False


def passed(shape: type[Facts]) -> Callable[[Snapshot], Check[Facts] | None]:
    """The first check of that kind that passed without a remark."""
    return lambda snapshot: _first([check for check in snapshot.of_kind(shape) if check.outcome is Outcome.PASS])


def cable_has_signal(snapshot: Snapshot) -> Check[Facts] | None:
    """No cable ends at what goes by radio."""
    return _first([c for c in snapshot.links if c.outcome is Outcome.PASS and c.facts.interface_kind not in ("wifi", "cellular")])


def all_routers_answer(snapshot: Snapshot) -> Check[Facts] | None:
    """Every default router answers: one of several proves nothing about the others."""
    tried = [check for check in snapshot.routers if check.outcome is not Outcome.SKIP]
    return _first(tried) if all(check.ok for check in tried) else None


def has_address(snapshot: Snapshot) -> Check[Facts] | None:
    return _first([check for check in snapshot.addresses if check.ok and check.facts.addresses])


def clock_agrees(snapshot: Snapshot) -> Check[Facts] | None:
    clock = snapshot.clock
    return clock if clock is not None and clock.outcome is Outcome.PASS and clock.facts.sources else None


def name_found(snapshot: Snapshot) -> Check[Facts] | None:
    return _first(snapshot.names_resolve)


def heard_from_beyond(snapshot: Snapshot) -> Check[Facts] | None:
    return _first([check for check in snapshot.beyond if check.layer in (Layer.INTERNET, Layer.GATEWAY)])


def gateway_heard(snapshot: Snapshot) -> Check[Facts] | None:
    """Somebody spoke as the host does; a bare refusal or a reset may come from a filter on the way."""
    return _first([check for check in snapshot.gateways if contacted(check) and check.symptom not in _ANYBODY])


def _first(checks: Sequence[Check[Facts]]) -> Check[Facts] | None:
    return next(iter(checks), None)
