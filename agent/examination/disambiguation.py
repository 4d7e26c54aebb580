"""Second looks that separate two causes: the same name asked elsewhere, plain HTTP where only HTTPS checks are configured, and TLS
where a plain connection failed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from agent.diagnosis.evidence import contacted
from agent.diagnosis.views import of_kind
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import internet, tls_spoken
from probes import names_elsewhere as elsewhere
from probes.edge.dns.lookup import Lookup
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom
from probes.model.facts import GatewayFacts, HttpCheckFacts, NamesElsewhereFacts, Phase, ReachFacts
from probes.settings import InternetCheck

_NAMES_S, _PORTAL_S, _TLS_S = 3.8, 3.0, 2.0
_MOST_SERVERS = 2
_NOT_AS_MEANT = (Symptom.CLOSED, Symptom.RESET, Symptom.BAD_ANSWER, Symptom.CUT_OFF)
_UNTOLD = (Symptom.SERVFAIL, Symptom.DNS_REFUSED, Symptom.TIMEOUT, Symptom.NO_USABLE_ANSWER, Symptom.BAD_ANSWER, Symptom.REFUSED)


def names_elsewhere(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """Where other names are found and a gateway's is not: name servers among the plain addresses that answered are asked for it."""
    reached = [c.facts for c in of_kind(checks, ReachFacts) if c.ok and c.facts.port == 53 and c.facts.expected and c.facts.answer]
    servers = [facts.address for facts in reached if facts.address]
    others = [server for server in dict.fromkeys(servers) if server not in scene.lookup.servers][:_MOST_SERVERS]
    lost = [c for c in of_kind(checks, GatewayFacts) if c.failed and c.facts.phase is Phase.RESOLVE and c.symptom in _UNTOLD]
    if not others:
        return []
    return [
        Task.of(Kind.NAMES_ELSEWHERE, c.name, probe, _NAMES_S)
        for c in lost
        for own in [(c.facts.resolver or "") if c.symptom is Symptom.TIMEOUT else ""]
        for probe in [partial(_ask, c.name, c.facts.host or "", tuple(others), own, not scene.lookup.ipv4)]
    ]


def _ask(
    gateway: str, host: str, servers: tuple[str, ...], silent: str, ipv6_only: bool, deadline: Deadline
) -> list[Check[NamesElsewhereFacts]]:
    return elsewhere.probe(gateway, host, servers, deadline, silent=silent, ipv6_only=ipv6_only)


def portal(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """A portal shows itself over plain HTTP alone: to HTTPS it is a line that is dead, or a host that refuses."""
    network = scene.loaded.settings.network
    own = of_kind(checks, HttpCheckFacts)
    accepted = any(c.ok for c in of_kind(checks, GatewayFacts))
    secure = all(each.url.startswith("https:") for each in network.internet_checks)
    if not own or not secure or network.proxy or not network.expect_internet or accepted or not all(c.failed for c in own):
        return []
    alone = not any(contacted(c) and c.symptom not in (Symptom.REFUSED, Symptom.RESET) for c in checks if c.layer is Layer.INTERNET)
    host = urlsplit(network.internet_checks[0].url).hostname or ""
    probe = partial(_over_http, len(own) + 1, host, scene.lookup, alone)
    return [Task.of(Kind.HTTP_CHECK, str(len(own) + 1), probe, _PORTAL_S, target=host)]


def _over_http(number: int, host: str, lookup: Lookup, alone: bool, deadline: Deadline) -> list[Check[HttpCheckFacts]]:
    """Nothing where no portal shows itself; a page counts as one only where nothing else was heard of the Internet."""
    check = internet.check_url(number, InternetCheck(url=f"http://{host}/"), lookup, True, None, deadline)
    shown = check.symptom is Symptom.REDIRECTED or (check.symptom is Symptom.REWRITTEN and (alone or check.facts.http_status == 511))
    return [check] if check.outcome is Outcome.FAIL and shown else []


def tls_with_plain_hosts(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """A host that ends a plain connection, or answers what nobody understands: perhaps it expects TLS."""
    settings = scene.loaded.settings
    if settings.network.proxy:
        return []
    failed = {c.name: c.facts.address for c in of_kind(checks, GatewayFacts) if c.failed and c.symptom in _NOT_AS_MEANT}
    return [
        Task.of(Kind.TLS_SPOKEN, each.name, partial(tls_spoken.probe, each, address), _TLS_S)
        for each in settings.gateway
        if not each.uses_tls and (address := failed.get(each.name))
    ]
