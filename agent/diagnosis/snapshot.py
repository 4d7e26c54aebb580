"""The observed checks, and the questions that rules ask of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agent.diagnosis.evidence import contacted, silent
from probes.model import Check, Layer, Outcome, Symptom

_SPECIAL = tuple(f"internet:{kind}" for kind in ("check-", "via:", "loss:", "ntp:", "proxy", "mtu:", "names:", "tls:"))
_PORTAL = (Symptom.REDIRECTED, Symptom.REWRITTEN)
_BAD_GATEWAY = (502, 503, 504)  # what a proxy says of a host that it does not reach (RFC 9110 section 15.6)
_NOT_MEANT = (*_PORTAL, Symptom.WRONG_STATUS)
_MUTE = (Symptom.SILENT, Symptom.CLOSED, Symptom.RESET, Symptom.TLS_STALLED)
_NO_FROM_SOMEBODY = (Symptom.REFUSED, Symptom.RESET)


class Snapshot:
    """All checks of one examination. Nothing is remembered between examinations."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self._by_id = {check.id: check for check in checks}

    def get(self, check_id: str | None) -> Check | None:
        return self._by_id.get(check_id) if check_id else None

    def of(self, layer: Layer) -> list[Check]:
        return [check for check in self.checks if check.layer is layer]

    def with_id(self, prefix: str) -> list[Check]:
        return [check for check in self.checks if check.id.startswith(prefix)]

    @property
    def gateways(self) -> list[Check]:
        return self.of(Layer.GATEWAY)

    @property
    def accepted(self) -> list[Check]:
        """Gateways that can be paid through."""
        return [check for check in self.gateways if check.ok]

    @property
    def http_checks(self) -> list[Check]:
        return self.with_id("internet:check-")

    @property
    def reached(self) -> list[Check]:
        """Plain addresses tried, of every outcome."""
        return [check for check in self.of(Layer.INTERNET) if not check.id.startswith(_SPECIAL)]

    @property
    def internet_tried(self) -> list[Check]:
        """Internet checks of both kinds that were really made."""
        return [c for c in (*self.reached, *self.http_checks) if c.outcome in (Outcome.PASS, Outcome.WARN, Outcome.FAIL)]

    @property
    def internet_expected(self) -> bool:
        return any(check.facts.get("expected") for check in (*self.reached, *self.http_checks))

    @property
    def portal(self) -> list[Check]:
        """HTTP checks that were answered by somebody else."""
        return [check for check in self.http_checks if check.failed and check.symptom in _PORTAL]

    @property
    def beyond_proxy(self) -> list[Check]:
        """Gateways that a proxy does not reach though it reaches others: what it reports lies behind it."""
        own = self.get("internet:proxy")
        if own is None or not own.ok or not any(check.ok for check in self.http_checks):
            return []
        return [c for c in self.gateways if c.failed and c.symptom is Symptom.PROXY_FAILED and c.facts.get("http_status") in _BAD_GATEWAY]

    @property
    def internet_clean(self) -> bool:
        """The Internet answers as itself: an HTTP check passed, or addresses answer and no HTTP check was rewritten."""
        return any(check.ok for check in self.http_checks) or (any(check.ok for check in self.reached) and not self.portal)

    @property
    def refused_by_all(self) -> list[Check]:
        """Every host refuses, web servers on their own port too: something on the way refuses in their names."""
        http = self.http_checks
        refused = [check for check in http if check.failed and check.symptom in _NO_FROM_SOMEBODY and check.facts.get("phase") == "tcp"]
        accepted = any(check.facts.get("answer") == "accepted" for check in self.reached) or bool(self.accepted)
        if len(http) < 2 or len(refused) < len(http) or accepted:
            return []
        gateways = [c for c in self.gateways if c.failed and c.symptom in _NO_FROM_SOMEBODY and c.facts.get("phase") == "tcp"]
        return [*refused, *gateways]

    @property
    def mute_to_all(self) -> list[Check]:
        """Hosts of different operators take every connection and say nothing, or hang up: something on the way accepts in their names."""
        hosts = [*self.http_checks, *self.gateways]
        if len(self.http_checks) < 2 or not self.gateways or self.get("internet:proxy") is not None:
            return []
        mute = [c for c in hosts if c.failed and c.symptom in _MUTE]
        # a reset that is seen while connecting came after the other side had accepted: before, it is a refusal
        accepted = [c for c in mute if c.facts.get("phase") not in ("resolve", "tcp") or c.symptom is Symptom.RESET]
        somebody = any(c.facts.get("phase") not in ("resolve", "tcp") for c in accepted)
        return accepted if somebody and len(accepted) == len(hosts) else []

    @property
    def no_proxy_there(self) -> list[Check]:
        """What the configured proxy answers itself, in the place of every host, while around it somebody answers: it is none."""
        own = self.get("internet:proxy")
        http = self.http_checks
        if own is None or not own.ok or len(http) < 2 or not all(c.failed and c.symptom in _NOT_MEANT for c in http):
            return []
        behind = [c for c in self.gateways if c.facts.get("protocol") in ("http", "https")]
        around = [*self.reached, *(c for c in self.gateways if c not in behind)]
        if not any(contacted(check) for check in around):
            return []
        return [*http, *(c for c in behind if c.failed and c.symptom in (*_NOT_MEANT, Symptom.HTTP_STATUS, Symptom.PLAIN_TEXT))]

    @property
    def beyond(self) -> list[Check]:
        """Checks that prove an answer from beyond the router, the backup uplinks aside."""
        network = [*self.reached, *(c for c in self.http_checks if c not in self.portal), *self.gateways]
        resolvers = [c for c in self.of(Layer.DNS) if c.facts.get("beyond_router")]
        return [check for check in (*network, *resolvers) if contacted(check)]

    @property
    def names_resolve(self) -> list[Check]:
        """Resolvers that gave an address for some name."""
        return [check for check in self.of(Layer.DNS) if check.ok and "NOERROR" in _values(check.facts.get("names"))]

    def because_chain(self, check: Check) -> list[Check]:
        """The checks that prevented this one, nearest first."""
        chain: list[Check] = []
        current = self.get(check.because)
        while current is not None and current not in chain:
            chain.append(current)
            current = self.get(current.because)
        return chain


def silent_all(checks: Iterable[Check]) -> bool:
    """There are checks, and nothing came back for any of them."""
    listed = list(checks)
    return bool(listed) and all(silent(check) for check in listed)


def _values(names: Any) -> list[Any]:
    return list(names.values()) if isinstance(names, dict) else []
