"""Which cause explains which: an upstream fault speaks for what follows from it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate
from agent.diagnosis.causes import Cause
from probes.model import Layer

_DNS = frozenset({Cause.DNS_UNREACHABLE, Cause.DNS_FAILING})
_TLS_BY_STRANGER = frozenset({Cause.TLS_INTERCEPTED, Cause.GATEWAY_MISCONFIGURED, Cause.GATEWAY_BLOCKED, Cause.GATEWAY_DOWN})
_PATH_SILENT = frozenset({Cause.ROUTER_UNREACHABLE, Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, *_DNS})

# The first column explains the second; a candidate marked `silence` may also be explained by `_OUTRANK_SILENCE`.
_EXPLAINS: dict[Cause, frozenset[Cause]] = {
    Cause.ADDRESS_CONFLICT: _PATH_SILENT | {Cause.UNSTABLE, Cause.SLOW, Cause.GATEWAY_DOWN},
    Cause.ROUTER_UNREACHABLE: frozenset({Cause.INTERNET_DOWN, Cause.GATEWAY_BLOCKED, *_DNS}),
    Cause.NETWORK_MISCONFIGURED: frozenset({Cause.INTERNET_DOWN, Cause.ROUTER_UNREACHABLE, *_DNS}),
    Cause.INTERNET_DOWN: _DNS | {Cause.GATEWAY_BLOCKED, Cause.PROXY_MISCONFIGURED},
    Cause.CAPTIVE_PORTAL: _TLS_BY_STRANGER | _DNS | {Cause.INTERNET_DOWN, Cause.GATEWAY_PROTOCOL_ERROR},
    Cause.MTU_BLACKHOLE: frozenset({Cause.GATEWAY_DOWN}),
    Cause.UNSTABLE: frozenset({Cause.MTU_BLACKHOLE}),  # where packets of any size are lost, one stalled handshake proves nothing
}
_LAYERS = tuple(Layer)
_OUTRANK_SILENCE = (Cause.UNSTABLE, Cause.ADDRESS_CONFLICT, Cause.SLOW)
_LOCAL = frozenset(
    {
        Cause.CABLE_UNPLUGGED, Cause.INTERFACE_DISABLED, Cause.RADIO_OFF, Cause.WIFI_NOT_JOINED, Cause.WIFI_PASSWORD,
        Cause.SIM_MISSING, Cause.SIM_LOCKED, Cause.DATA_PLAN_STOPPED, Cause.DHCP_FAILED,
    }
)  # fmt: skip


def suppress(candidates: Sequence[Candidate]) -> list[Candidate]:
    """What is left, each with the evidence of what it explains. Notices explain notices alone; causes never explain themselves."""
    left = list(candidates)
    for upstream in sorted(candidates, key=lambda c: c.code in (Cause.CAPTIVE_PORTAL, Cause.UNSTABLE)):
        if upstream not in left:
            continue
        explained = [c for c in left if c is not upstream and (c.notice or not upstream.notice) and _explains(upstream, c)]
        if explained:
            left = [c for c in left if not any(c is e for e in explained)]
            gathered = tuple(dict.fromkeys(i for c in explained for i in (*c.evidence, *c.explains)))
            left[left.index(upstream)] = replace(upstream, explains=(*upstream.explains, *gathered))
    return left


def _explains(upstream: Candidate, other: Candidate) -> bool:
    if other.code in _EXPLAINS.get(upstream.code, ()):
        return not (other.code is Cause.GATEWAY_DOWN and upstream.code is not Cause.CAPTIVE_PORTAL and not other.silence)
    if upstream.code is other.code is Cause.NETWORK_MISCONFIGURED and upstream.subject == "default":
        return all(each.startswith("dns:") for each in other.evidence)  # no way to the name servers, for want of any
    if upstream.code is Cause.DATA_PLAN_STOPPED and other.code in _PATH_SILENT:
        return set(other.evidence) <= {*upstream.evidence, *upstream.explains}
    if upstream.code in _OUTRANK_SILENCE and other.silence:
        return True
    if upstream.code is Cause.INDETERMINATE:
        return other.code is Cause.INDETERMINATE and _doubt_explains(upstream, other)
    if other.code is Cause.INDETERMINATE:
        named = set(other.candidates)
        local = other.silence and upstream.code in _LOCAL
        return local or upstream.code in named or bool(named & _EXPLAINS.get(upstream.code, frozenset()))
    return False


def _doubt_explains(upstream: Candidate, other: Candidate) -> bool:
    """Two doubts about the same silence: the one nearer to the terminal stands, if each cause it names speaks for the other."""
    if not (upstream.silence and other.silence) or _depth(upstream) >= _depth(other):
        return False
    spoken = {code for named in upstream.candidates for code in (named, *_EXPLAINS.get(named, ()))}
    return set(other.candidates) <= spoken


def _depth(candidate: Candidate) -> int:
    return min(_LAYERS.index(cause.layer) for cause in candidate.candidates)
