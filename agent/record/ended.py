"""What ended an incident, and what was tried before: the last trace before the recovery that can explain it, or "unknown". Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from agent.contract.trace import ELSEWHERE, Trace
from agent.diagnosis.causes import Cause
from agent.record.endings import CAN_END, NAMES, SAID_BY_THE_HOST, settles_s, takes_s
from agent.record.way import WAY, Left
from probes.model import Layer

_OF_A_DEVICE = (Trace.PAPER_LOADED, Trace.COVER_CLOSED, Trace.DEVICE_REPLUGGED, Trace.DEVICE_RESTARTED)
_GUESSED = (Trace.LINK_REPLUGGED, Trace.ROUTER_RESTARTED, Trace.WIFI_JOINED, Trace.ADDRESS_RENEWED, Trace.DEVICE_REPLUGGED)
_TOGETHER_S = 2.0
_NEAR = [ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10")]
_OWN = {Trace.APP_RESTARTED: (Cause.PAYMENT_APP_DOWN,), Trace.DISK_FREED: (Cause.DISK_FULL,)}  # of one thing among several
UNKNOWN: dict[str, Any] = {"trace": None, "step": None, "how": "unknown", "confidence": 0.0}


class Suspect(Struct, frozen=True, kw_only=True):
    """The leading cause, from that second on the running clock on."""

    at: float
    cause: Cause | None
    subject: str


class Ending(Struct, frozen=True, kw_only=True):
    ended_by: dict[str, Any]
    tried: tuple[dict[str, Any], ...]


StepOf = Callable[[Cause | None, Trace], str | None]


def no_step(_cause: Cause | None, _trace: Trace) -> str | None:
    """Nobody says which step it was."""
    return None


def ending(left: Sequence[Left], causes: Sequence[Suspect], bad_until: float, began: float, step_of: StepOf = no_step) -> Ending:
    """`left`: what was done since the incident began, until it was first seen well, in its order. `causes`: the incident's, in their order.
    `bad_until`: the last look before that one; the recovery lies between them. `step_of`: which step against a cause leaves that trace."""
    last = causes[-1]
    late = [each for each in left if any(each.at + takes_s(trace) >= bad_until for trace in each.traces)]
    able = [each for each in late if any(_could_end(trace, each, causes, bad_until) for trace in each.traces)]
    moved = [each for each in late if each.traces[0] in WAY or len(each.traces) > 1]
    if able:
        found = _of_those(able, bad_until)
    elif last.cause in SAID_BY_THE_HOST or all(_in_vain(each, last, bad_until) for each in moved):
        found = _elsewhere(last, moved=bool(moved) and last.cause not in SAID_BY_THE_HOST)
        late = [each for each in late if found is UNKNOWN or not _in_vain(each, last, bad_until)]
    else:
        found = UNKNOWN
    ended_it = able[-1] if able and found is not UNKNOWN else None
    if found["trace"] is not None:
        suspect = _at(causes, able[-1].began) if able else last
        found = found | {"step": step_of(suspect.cause, Trace(found["trace"]))} | _another(suspect, causes)
    tried = (each for each in left if each not in late or (ended_it is not None and _before(each, ended_it, able)))
    return Ending(
        ended_by=found,
        tried=tuple(_tried(each, began, causes, step_of) for each in tried if len(each.traces) == 1),
    )


def _could_end(trace: Trace, left: Left, causes: Sequence[Suspect], bad_until: float) -> bool:
    """Against the cause that stood when it was begun. Where another one led afterwards that it cannot end, its work was done by then."""
    last = causes[-1]
    outlived = last.at > left.at and trace not in CAN_END.get(last.cause, ()) and _in_vain(left, last, bad_until) if last.cause else False
    return not outlived and _can_end(trace, left, _at(causes, left.began))


def _before(left: Left, ended_it: Left, able: Sequence[Left]) -> bool:
    """Over by when what ended it was begun, or, of what cannot end the cause, by when that was complete: a cable is out for long."""
    return left.at < ended_it.began or (left not in able and left.at < ended_it.at - _TOGETHER_S)


def _in_vain(left: Left, last: Suspect, bad_until: float) -> bool:
    """Of what cannot end the cause: whether a look found it as bad as before, once the way stood again."""
    return last.cause is not None and all(left.at + settles_s(trace, last.cause) < bad_until for trace in left.traces)


def _tried(left: Left, began: float, causes: Sequence[Suspect], step_of: StepOf) -> dict[str, Any]:
    trace, suspect = left.traces[0], _at(causes, left.began)
    told = {"trace": trace.value, "step": step_of(suspect.cause, trace), "seconds": round(left.at - began)}
    return told | _another(suspect, causes)


def _another(suspect: Suspect, causes: Sequence[Suspect]) -> dict[str, Any]:
    """The cause that something was done against, where it is not the one that the incident began with."""
    return {} if suspect.cause in (None, causes[0].cause) else {"cause": suspect.cause.value}


def _of_those(able: Sequence[Left], bad_until: float) -> dict[str, Any]:
    """The last one; none where the one before it came with it."""
    chosen = able[-1]
    others = [each for each in able[:-1] if each.traces != chosen.traces and chosen.at - each.at < _TOGETHER_S]
    if len(chosen.traces) > 1 or others:
        return UNKNOWN
    trace = chosen.traces[0]
    confidence = 0.75 if trace in _GUESSED else 0.9
    if len(able) > 1:  # an earlier one may have taken so long
        confidence -= 0.15
    if bad_until - chosen.at > takes_s(trace) / 2:
        confidence -= 0.15
    return _seen(trace, confidence)


def _elsewhere(last: Suspect, *, moved: bool) -> dict[str, Any]:
    """Nothing moved here that could have ended it; `moved`: but something did."""
    if last.cause is None or (last.cause in NAMES and not _far(last.subject)):
        return UNKNOWN
    traces = [each for each in CAN_END.get(last.cause, ()) if each in ELSEWHERE]
    return _seen(traces[0], 0.8 if last.cause in SAID_BY_THE_HOST else 0.55 if moved else 0.7) if len(traces) == 1 else UNKNOWN


def _far(address: str) -> bool:
    """Of a name server: whether it stands with the provider, and not in the shop."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return not any(found in network for network in _NEAR if network.version == found.version)


def _seen(trace: Trace, confidence: float) -> dict[str, Any]:
    return {"trace": trace.value, "step": None, "how": "seen", "confidence": round(confidence, 2)}


def _at(causes: Sequence[Suspect], at: float) -> Suspect:
    """The cause that stood when something was begun; the first one, where that was before the incident was told."""
    return next((each for each in reversed(causes) if each.at <= at), causes[0])


def _can_end(trace: Trace, left: Left, suspect: Suspect) -> bool:
    if suspect.cause is None or trace not in CAN_END.get(suspect.cause, ()):
        return False
    own = suspect.cause.layer is Layer.SERIAL if trace in _OF_A_DEVICE else suspect.cause in _OWN.get(trace, ())
    return not own or left.subject == suspect.subject
