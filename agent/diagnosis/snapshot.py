"""The observed checks, and the questions that rules ask of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.diagnosis.evidence import contacted, heard_outside, ours, silent
from agent.diagnosis.views import F, knows, of_kind, phase_of
from probes.model import Check, Facts, Layer, Symptom
from probes.model.facts import (
    AddressFacts,
    ArrivalsFacts,
    ClockFacts,
    DefaultRouteFacts,
    GatewayFacts,
    HttpCheckFacts,
    InternetFacts,
    LinkFacts,
    PageFacts,
    Phase,
    PluginFacts,
    ProxyFacts,
    ReachFacts,
    RemoteFacts,
    ResolverFacts,
    RouterFacts,
    SerialFacts,
)

_PORTAL = (Symptom.REDIRECTED, Symptom.REWRITTEN)
_BAD_GATEWAY = (502, 503, 504)  # what a proxy says of a host that it does not reach (RFC 9110 section 15.6)
_NOT_MEANT = (*_PORTAL, Symptom.WRONG_STATUS)
_MUTE = (Symptom.SILENT, Symptom.CLOSED, Symptom.RESET, Symptom.TLS_STALLED)
_NO_FROM_SOMEBODY = (Symptom.REFUSED, Symptom.RESET)
_BEFORE_TCP_ENDS = (Phase.RESOLVE, Phase.TCP)
_PROXIED = ("http", "https")


class Snapshot:
    """All checks of one examination, those of plug-ins aside: no rule sees them. Nothing is remembered between examinations."""

    def __init__(self, checks: Sequence[Check[Facts]]) -> None:
        self.checks = tuple(check for check in checks if not knows(check, PluginFacts))
        self.plugins = of_kind(checks, PluginFacts)
        self._by_id = {check.id: check for check in checks}

    def get(self, check_id: str | None) -> Check[Facts] | None:
        return self._by_id.get(check_id) if check_id else None

    def failed(self, check_id: str) -> bool:
        check = self.get(check_id)
        return check is not None and check.failed

    def of(self, layer: Layer) -> list[Check[Facts]]:
        return [check for check in self.checks if check.layer is layer]

    def of_kind(self, shape: type[F]) -> list[Check[F]]:
        return of_kind(self.checks, shape)

    def named(self, shape: type[F], name: str | None) -> Check[F] | None:
        """The check of that kind about `name`; of kinds whose shape is one kind's alone."""
        check = self.get(shape.KIND.id(name or ""))
        return check if check is not None and knows(check, shape) else None

    @property
    def links(self) -> list[Check[LinkFacts]]:
        return self.of_kind(LinkFacts)

    @property
    def addresses(self) -> list[Check[AddressFacts]]:
        return self.of_kind(AddressFacts)

    @property
    def default_route(self) -> Check[DefaultRouteFacts] | None:
        return self.named(DefaultRouteFacts, None)

    @property
    def routers(self) -> list[Check[RouterFacts]]:
        return self.of_kind(RouterFacts)

    @property
    def resolvers(self) -> list[Check[ResolverFacts]]:
        return self.of_kind(ResolverFacts)

    @property
    def clock(self) -> Check[ClockFacts] | None:
        return self.named(ClockFacts, None)

    @property
    def proxy(self) -> Check[ProxyFacts] | None:
        return self.named(ProxyFacts, None)

    @property
    def modems(self) -> list[Check[SerialFacts]]:
        return [check for check in self.of_kind(SerialFacts) if check.facts.role == "modem"]

    @property
    def gateways(self) -> list[Check[GatewayFacts]]:
        return self.of_kind(GatewayFacts)

    @property
    def accepted(self) -> list[Check[GatewayFacts]]:
        """Gateways that can be paid through."""
        return [check for check in self.gateways if check.ok]

    @property
    def http_checks(self) -> list[Check[HttpCheckFacts]]:
        return self.of_kind(HttpCheckFacts)

    @property
    def reached(self) -> list[Check[ReachFacts]]:
        """Plain addresses tried, of every outcome."""
        return self.of_kind(ReachFacts)

    @property
    def internet(self) -> list[Check[InternetFacts]]:
        """Internet checks of both kinds."""
        return [*self.reached, *self.http_checks]

    @property
    def internet_tried(self) -> list[Check[InternetFacts]]:
        """Internet checks of both kinds that were really made."""
        return [check for check in self.internet if check.made]

    @property
    def internet_expected(self) -> bool:
        return any(check.facts.expected for check in self.internet)

    @property
    def hosts(self) -> list[Check[RemoteFacts]]:
        """Internet checks that were really made, and the gateways."""
        return [*self.internet_tried, *self.gateways]

    @property
    def ours(self) -> list[Check[Facts]]:
        """What failed on this machine, before anything was sent."""
        return [check for check in self.checks if ours(check)]

    @property
    def arrivals(self) -> Check[ArrivalsFacts] | None:
        return self.named(ArrivalsFacts, None)

    @property
    def put_in(self) -> list[Check[PageFacts]]:
        """Hosts that are no check's, in whose name somebody else showed a page."""
        return [check for check in self.of_kind(PageFacts) if check.failed]

    @property
    def one_for_all(self) -> list[Check[HttpCheckFacts]]:
        """HTTP checks of different hosts that all fail with one and the same status, while every plain address is silent: one box on the
        way answers port 80 in everybody's name, and nothing beyond it was heard."""
        http, reached = [c for c in self.http_checks if c.made], [c for c in self.reached if c.made]
        alike = {(check.symptom, check.facts.http_status) for check in http}
        if len({c.facts.host for c in http}) < 2 or len(alike) != 1 or not silent_all(reached) or self.proxy is not None:
            return []
        return http if all(c.failed and c.symptom is Symptom.WRONG_STATUS for c in http) else []

    @property
    def portal(self) -> list[Check[HttpCheckFacts]]:
        """HTTP checks that were answered by somebody else."""
        return [check for check in self.http_checks if check.failed and check.symptom in _PORTAL]

    @property
    def beyond_proxy(self) -> list[Check[GatewayFacts]]:
        """Gateways that a proxy does not reach though it reaches others: what it reports lies behind it."""
        own = self.proxy
        if own is None or not own.ok or not any(check.ok for check in self.http_checks):
            return []
        return [c for c in self.gateways if c.failed and c.symptom is Symptom.PROXY_FAILED and c.facts.http_status in _BAD_GATEWAY]

    @property
    def internet_clean(self) -> bool:
        """The Internet answers as itself: an HTTP check passed, or addresses answer and no HTTP check was rewritten."""
        return any(check.ok for check in self.http_checks) or (any(check.ok for check in self.reached) and not self.portal)

    @property
    def refused_by_all(self) -> list[Check[RemoteFacts]]:
        """Every host refuses, web servers on their own port too: something on the way refuses in their names."""
        http = self.http_checks
        refused = [check for check in http if _refused(check)]
        accepted = any(check.facts.answer == "accepted" for check in self.reached) or bool(self.accepted)
        if len(http) < 2 or len(refused) < len(http) or accepted:
            return []
        return [*refused, *(check for check in self.gateways if _refused(check))]

    @property
    def mute_to_all(self) -> list[Check[RemoteFacts]]:
        """Hosts of different operators take every connection and say nothing, or hang up: something on the way accepts in their names."""
        hosts = [*self.http_checks, *self.gateways]
        if len(self.http_checks) < 2 or not self.gateways or self.proxy is not None:
            return []
        mute = [c for c in hosts if c.failed and c.symptom in _MUTE]
        # a reset that is seen while connecting came after the other side had accepted: before, it is a refusal
        accepted = [c for c in mute if phase_of(c) not in _BEFORE_TCP_ENDS or c.symptom is Symptom.RESET]
        somebody = any(phase_of(c) not in _BEFORE_TCP_ENDS for c in accepted) or any(c.facts.answer == "accepted" for c in self.reached)
        return accepted if somebody and len(accepted) == len(hosts) else []

    @property
    def no_proxy_there(self) -> list[Check[RemoteFacts]]:
        """What the configured proxy answers itself, in the place of every host, while around it somebody answers: it is none."""
        own = self.proxy
        http = self.http_checks
        if own is None or not own.ok or len(http) < 2 or not all(c.failed and c.symptom in _NOT_MEANT for c in http):
            return []
        behind = [c for c in self.gateways if c.facts.protocol in _PROXIED]
        around = [*self.reached, *(c for c in self.gateways if c not in behind)]
        if not any(contacted(check) for check in around):
            return []
        return [*http, *(c for c in behind if c.failed and c.symptom in (*_NOT_MEANT, Symptom.HTTP_STATUS, Symptom.PLAIN_TEXT))]

    @property
    def beyond(self) -> list[Check[Facts]]:
        """Checks that prove an answer from beyond the router, the backup uplinks aside."""
        others = [*self.portal, *self.one_for_all]
        network = [*self.reached, *(c for c in self.http_checks if c not in others), *self.gateways]
        resolvers = [c for c in self.resolvers if c.facts.beyond_router]
        return [check for check in (*network, *resolvers) if heard_outside(check)]

    @property
    def names_resolve(self) -> list[Check[ResolverFacts]]:
        """Resolvers that gave an address for some name."""
        return [check for check in self.resolvers if check.ok and "NOERROR" in check.facts.names.values()]

    def behind(self, check: Check[Facts]) -> tuple[str, ...]:
        """Ids of what this check prevented."""
        return tuple(other.id for other in self.checks if other.because == check.id)

    def because_chain(self, check: Check[Facts]) -> list[Check[Facts]]:
        """The checks that prevented this one, nearest first."""
        chain: list[Check[Facts]] = []
        current = self.get(check.because)
        while current is not None and current not in chain:
            chain.append(current)
            current = self.get(current.because)
        return chain


def _refused(check: Check[RemoteFacts]) -> bool:
    return check.failed and check.symptom in _NO_FROM_SOMEBODY and check.facts.phase is Phase.TCP


def silent_all(checks: Iterable[Check[Facts]]) -> bool:
    """There are checks, and nothing came back for any of them."""
    listed = list(checks)
    return bool(listed) and all(silent(check) for check in listed)
