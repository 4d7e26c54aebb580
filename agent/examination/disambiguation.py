"""Second looks that separate two causes: the same name asked elsewhere, a host tried at the address that others give, TLS where a plain
connection failed, and the time where names are lost by the clock alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from agent.diagnosis.evidence import failed_there, heard_outside, silent
from agent.diagnosis.views import OWN_INTERFACE, knows, of_kind
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import internet, other_address, tls_spoken
from probes import names_elsewhere as elsewhere
from probes.edge.dns.lookup import Lookup
from probes.edge.dns.resolver import fixed_addresses
from probes.edge.tls.session_cache import TlsSessionCache
from probes.ground.addresses import is_address
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Outcome, Symptom, check_of
from probes.model.facts import DateFacts, GatewayFacts, NamesElsewhereFacts, Phase, ReachFacts, ResolverFacts, TlsSpokenFacts
from probes.settings import Gateway, GatewayProtocol, InternetCheck

_NAMES_S, _TLS_S, _ADDRESS_S, _DATE_S = 3.8, 2.0, 8.0, 6.0
_MOST_DATES = 3
_BEFORE_IT_SPEAKS = (Phase.TCP, Phase.TLS, Phase.AFTER_TCP)
_PROXIED = (GatewayProtocol.HTTP, GatewayProtocol.HTTPS)
_MOST_SERVERS = 2
_NOT_AS_MEANT = (Symptom.CLOSED, Symptom.RESET, Symptom.BAD_ANSWER, Symptom.CUT_OFF)
_UNTOLD = (
    Symptom.NXDOMAIN,
    Symptom.SERVFAIL,
    Symptom.DNS_REFUSED,
    Symptom.TIMEOUT,
    Symptom.NO_USABLE_ANSWER,
    Symptom.BAD_ANSWER,
    Symptom.REFUSED,
)


def names_elsewhere(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """Where other names are found and a gateway's is not: name servers among the plain addresses that answered are asked for it."""
    others = _servers_elsewhere(checks, scene)
    if _only_that_port(checks):
        hosts = scene.wanted_names()
        asked = partial(elsewhere.nobody_answers, hosts[0], hosts[0], tuple(others)) if hosts and others else None
        return [Task.of(Kind.NAMES_ELSEWHERE, hosts[0], asked, _NAMES_S)] if asked else []
    lost = [c for c in of_kind(checks, GatewayFacts) if c.failed and c.facts.phase is Phase.RESOLVE and c.symptom in _UNTOLD]
    if not others:
        return []
    return [
        Task.of(Kind.NAMES_ELSEWHERE, c.name, probe, _NAMES_S)
        for c in lost
        for own in [(c.facts.resolver or "") if c.symptom is Symptom.TIMEOUT else ""]
        for probe in [partial(_ask, c.name, c.facts.host or "", tuple(others), own, scene.lookup)]
    ]


def _only_that_port(checks: Sequence[Check[Facts]]) -> bool:
    """The own name servers are silent, and of all others only those were heard who accept on the port of name servers: a router that takes
    all questions for itself accepts there in everybody's name, whether or not its line is dead."""
    own = of_kind(checks, ResolverFacts)
    heard = [c for c in checks if heard_outside(c) and c.kind is not Kind.LOSS]
    return bool(own) and all(silent(c) for c in own) and all(knows(c, ReachFacts) and c.facts.port == 53 for c in heard)


def _servers_elsewhere(checks: Sequence[Check[Facts]], scene: Scene) -> list[str]:
    reached = [c.facts for c in of_kind(checks, ReachFacts) if c.ok and c.facts.port == 53 and c.facts.expected and c.facts.answer]
    servers = [facts.address for facts in reached if facts.address]
    return [server for server in dict.fromkeys(servers) if server not in scene.lookup.servers][:_MOST_SERVERS]


def other_addresses(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """Where a gateway fails at the address that this terminal has for its name: perhaps it lives at another one by now."""
    lost = {c.name for c in of_kind(checks, GatewayFacts) if failed_there(c) and c.facts.address and c.facts.phase in _BEFORE_IT_SPEAKS}
    elsewhere = _servers_elsewhere(checks, scene)
    return [
        Task.of(Kind.OTHER_ADDRESS, each.name, partial(other_address.probe, each, scene.lookup, tuple(elsewhere)), _ADDRESS_S)
        for each in scene.loaded.settings.gateway
        if each.name in lost and not is_address(each.host) and not (scene.proxy is not None and each.protocol in _PROXIED)
        if elsewhere or fixed_addresses(each.host)
    ]


def dates(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """A name server of this terminal that finds names only where it checks no signature: is it the clock? The hosts of the Internet checks
    tell the time, found in that way."""
    unchecked = [c for c in of_kind(checks, ResolverFacts) if c.failed and c.facts.found_unchecked and c.facts.interface == OWN_INTERFACE]
    network = scene.loaded.settings.network
    if not unchecked or scene.proxy is not None:
        return []
    lookup = replace(scene.lookup, servers=(unchecked[0].target,), unchecked=True)
    plain = [(number, each) for number, each in enumerate(network.internet_checks, 1) if each.url.startswith("http:")]
    return [Task.of(Kind.DATE, str(number), partial(_date, number, each, lookup), _DATE_S) for number, each in plain[:_MOST_DATES]]


def _date(number: int, wanted: InternetCheck, lookup: Lookup, deadline: Deadline) -> list[Check[DateFacts]]:
    """Nothing where the host does not answer as itself."""
    check = internet.check_url(number, wanted, lookup, True, None, deadline)
    facts = DateFacts().learnt(check.facts)
    told = check.ok and facts.date_skew_s is not None
    return [check_of(facts, Outcome.PASS, name=str(number), target=check.target)] if told else []


def _ask(
    gateway: str, host: str, servers: tuple[str, ...], silent: str, lookup: Lookup, deadline: Deadline
) -> list[Check[NamesElsewhereFacts]]:
    how = replace(lookup, servers=servers)
    return elsewhere.probe(gateway, host, how, deadline, silent=silent)


def tls_tried(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """A host that ends a plain connection, or answers what nobody understands: perhaps it expects TLS. And one that ends every
    handshake."""
    settings = scene.loaded.settings
    if settings.network.proxy:
        return []
    failed = {c.name: c.facts.address for c in of_kind(checks, GatewayFacts) if c.failed and c.symptom in _NOT_AS_MEANT}
    return [
        *_without_names(checks, scene),
        *(
            Task.of(Kind.TLS_SPOKEN, each.name, partial(tls_spoken.probe, each, address), _TLS_S)
            for each in settings.gateway
            if not each.uses_tls and (address := failed.get(each.name))
        ),
    ]


def _without_names(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """A host that takes the connection and ends every handshake: perhaps for the name that it begins with. One that stands still is given
    no more to do."""
    ended = {
        c.name: c.facts.address
        for c in of_kind(checks, GatewayFacts)
        if c.failed and c.facts.tls and c.facts.phase is Phase.TLS and c.symptom in tls_spoken.ENDED
    }
    sessions = scene.reuse.sessions
    return [
        Task.of(Kind.TLS_SPOKEN, each.name, partial(_nameless, each, address, sessions), _TLS_S)
        for each in scene.loaded.settings.gateway
        if not is_address(each.host) and (address := ended.get(each.name)) and not sessions.name_told_nothing_lately(each)
    ]


def _nameless(gateway: Gateway, address: str, sessions: TlsSessionCache, deadline: Deadline) -> list[Check[TlsSpokenFacts]]:
    found = tls_spoken.without_name(gateway, address, deadline)
    if not any(check.ok for check in found):
        sessions.name_told_nothing(gateway)
    return found
