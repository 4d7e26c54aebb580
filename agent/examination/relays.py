"""Hosts that are a program of this machine itself (a TLS wrapper, a forwarder): it accepts, whether or not its own way leads on. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agent.diagnosis.evidence import heard_outside, silent
from agent.diagnosis.views import OWN_INTERFACE, interface_of, knows, of_kind, own_way
from probes.model import Check, Facts, Kind, Outcome, Symptom
from probes.model.facts import GatewayFacts, InternetFacts

_GIVEN_UP = (Symptom.RESET, Symptom.CLOSED, Symptom.SILENT, Symptom.TLS_STALLED, Symptom.CUT_OFF)
_BAD_GATEWAY = (502, 503, 504)  # what such a program says itself of a host that it does not reach (RFC 9110 section 15.6)


def relayed(checks: Sequence[Check[Facts]]) -> tuple[Check[Facts], ...]:
    """Where nothing else comes back from outside, what such a program gives up is lost for the same reason. One that does not run at all
    (refused) is a fault of its own."""
    reason = _reason(checks)
    return tuple(replace(c, outcome=Outcome.SKIP, because=reason) if reason and _gives_up(c) else c for c in checks)


def _gives_up(check: Check[Facts]) -> bool:
    if not knows(check, GatewayFacts) or not check.failed or interface_of(check) != OWN_INTERFACE:
        return False
    return check.symptom in _GIVEN_UP or (check.symptom is Symptom.HTTP_STATUS and check.facts.http_status in _BAD_GATEWAY)


def _reason(checks: Sequence[Check[Facts]]) -> str:
    """The check because of which nothing comes back; empty where something does, or nobody else was tried."""
    own = own_way(checks)
    if any(heard_outside(check) for check in own):
        return ""
    tried = [c for c in of_kind(own, InternetFacts) if c.facts.expected is not False]
    plain_first = sorted(tried, key=lambda check: check.kind is Kind.HTTP_CHECK)
    known = {check.id for check in checks}
    told = [c.id if c.failed and silent(c) else c.because or "" for c in plain_first if c.failed or c.outcome is Outcome.SKIP]
    return next((each for each in told if each in known), "")
