"""Is the Internet there, and is it the Internet that answers? HTTP checks, plain addresses, the proxy."""

from __future__ import annotations

from socket import socket
from typing import Any
from urllib.parse import SplitResult, urlsplit

from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import CannotTell, PeerFailed, not_looked
from probes.edge.http import http_client
from probes.edge.net import tcp
from probes.edge.net.dial import CONNECT_S, connect_any, way_facts
from probes.edge.net.proxy import Proxy, tunnel
from probes.edge.net.tcp import Connection
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.ground.masking import HIDDEN, mask_address
from probes.ground.text import escape
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import HttpCheckFacts, Phase, ProxyFacts, ReachFacts, RemoteFacts
from probes.settings import InternetCheck

_ANSWER_S = 3.0
_INFORM_S = 0.9  # in a closed network these checks only inform, and nobody waits for them


def check_url(
    number: int, wanted: InternetCheck, lookup: Lookup, expected: bool, proxy: Proxy | None, deadline: Deadline
) -> Check[HttpCheckFacts]:
    """One HTTP check. Redirected: sent to another host. Rewritten: a page where none belongs. `expected`: Internet is expected."""
    host = urlsplit(wanted.url).hostname or ""
    fetch = _Fetch(wanted.url, lookup, expected, proxy, deadline.within(CONNECT_S + _ANSWER_S if expected else _INFORM_S))
    symptom: Symptom | None
    try:
        response = fetch.run()
    except PeerFailed as failure:
        symptom = failure.symptom
        fetch.learn(failure.seen, tries=None)
    except CannotTell as trouble:
        return not_looked(fetch.facts, trouble, name=str(number), target=host)
    else:
        symptom = _judge(response, wanted, host, proxied=proxy is not None)
        fetch.learn(phase=Phase.DONE, http_status=response.status, date_skew_s=response.skew_s, location=_location(response, symptom))
    return check_of(fetch.facts, Outcome.FAIL if symptom else Outcome.PASS, symptom, name=str(number), target=host)


def _shown(parts: SplitResult) -> str:
    """The URL without a login, and without what stands behind its question mark: either may be a secret."""
    return escape(mask_address(parts.geturl()).replace(f"{HIDDEN}:{HIDDEN}@", ""))


def _judge(response: http_client.Response, wanted: InternetCheck, host: str, *, proxied: bool) -> Symptom | None:
    if response.status == 407:  # where no proxy is configured, one has put itself in between
        return Symptom.PROXY_AUTH if proxied else Symptom.REWRITTEN
    if response.status == wanted.status and (wanted.status != 204 or not response.body):
        return None
    if proxied and response.status in (403, 502, 503, 504):
        return Symptom.PROXY_FAILED
    if 300 <= response.status < 400:
        other = _host_of(response.headers.get("location", "")) not in ("", host)
        return Symptom.REDIRECTED if other else Symptom.WRONG_STATUS
    if response.status == 511 or (response.status == 200 and wanted.status != 200 and response.body):
        return Symptom.REWRITTEN  # 511: RFC 6585 section 6
    return Symptom.WRONG_STATUS


def _location(response: http_client.Response, symptom: Symptom | None) -> str | None:
    """Where it leads instead of giving what was asked for."""
    astray = symptom in (Symptom.REDIRECTED, Symptom.WRONG_STATUS) and 300 <= response.status < 400
    return http_client.without_query(response.headers.get("location", "")) if astray else None


def _host_of(location: str) -> str:
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return "unreadable"


class _Fetch:
    """One request, and what is known of its way by now (`facts`)."""

    def __init__(self, url: str, lookup: Lookup, expected: bool, proxy: Proxy | None, deadline: Deadline) -> None:
        self._url, self._lookup, self._proxy, self._deadline = url, lookup, proxy, deadline
        self._parts = urlsplit(url)
        self._host, self._secure = self._parts.hostname or "", self._parts.scheme == "https"
        self.facts = HttpCheckFacts(url=_shown(self._parts), host=self._host, expected=expected, phase=Phase.RESOLVE)

    def learn(self, seen: Facts | None = None, **known: Any) -> None:
        self.facts = self.facts.learnt(seen).with_(**known)

    def run(self) -> http_client.Response:
        """Raises `PeerFailed` and `CannotTell`."""
        try:
            port = self._parts.port or (443 if self._secure else 80)
        except ValueError as error:
            raise PeerFailed(Symptom.BAD_ANSWER, RemoteFacts(text="the port in the address is no number")) from error
        plain = self._proxy if not self._secure else None
        headers: dict[str, str] = {"Host": self._parts.netloc.rpartition("@")[2]}
        if plain is not None and plain.authorization:
            headers["Proxy-Authorization"] = plain.authorization
        url = self._url.replace("https://", "http://", 1)
        return http_client.fetch(url, lambda *_: self._dial(port), self._deadline, proxy=plain.url if plain else "", headers=headers)

    def _dial(self, port: int) -> socket:
        proxy = self._proxy
        target, target_port = (proxy.host, proxy.port) if proxy else (self._host, port)
        found = names.find(target, self._lookup, self._deadline)
        self.learn(found.seen(), phase=Phase.TCP)
        connection, seen = connect_any(found.addresses, target_port, self._deadline.within(CONNECT_S))
        self.learn(seen, phase=Phase.HTTP)
        try:
            return self._through(connection, port)
        except (PeerFailed, CannotTell):
            connection.sock.close()
            raise

    def _through(self, connection: Connection, port: int) -> socket:
        """What the request goes over: past the proxy, and encrypted where the address wants it."""
        if not self._secure:
            return connection.sock
        if self._proxy is not None:
            tunnel(connection, self._proxy, self._host, port, self._deadline)
        self.learn(phase=Phase.TLS)
        wrapped = tls_client.handshake(connection, self._host, tls_client.context(), self._deadline)
        self.learn(phase=Phase.HTTP)
        return wrapped


def reach(address: str, port: int, expected: bool, deadline: Deadline, interface: str = "") -> Check[ReachFacts]:
    """One address without a name, over one interface where that is named. A refusal is an answer: somebody beyond the router lives."""
    shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    facts = ReachFacts(port=port, expected=expected).learnt(way_facts(address, interface))
    try:
        with tcp.connect(address, port, deadline.within(CONNECT_S if expected else _INFORM_S), interface) as connection:
            facts = facts.learnt(connection.seen()).with_(answer="accepted", connect_ms=round(connection.connect_ms, 2))
    except PeerFailed as failure:
        facts = facts.learnt(failure.seen)
        if failure.symptom is not Symptom.REFUSED:
            return check_of(facts, Outcome.FAIL, failure.symptom, name=shown)
        facts = facts.with_(answer="refused")
    except CannotTell as trouble:
        return not_looked(facts, trouble, name=shown)
    return check_of(facts, Outcome.PASS, name=shown)


_PROXY_SYMPTOMS = {Symptom.REFUSED: Symptom.PROXY_REFUSED, Symptom.TIMEOUT: Symptom.PROXY_TIMEOUT}


def probe_proxy(proxy: Proxy, lookup: Lookup, deadline: Deadline) -> Check[ProxyFacts]:
    """Whether the configured proxy accepts connections at all."""
    facts = ProxyFacts(host=proxy.host, port=proxy.port, phase=Phase.RESOLVE)
    target = f"{proxy.host}:{proxy.port}"
    try:
        found = names.find(proxy.host, lookup, deadline)
        facts = facts.learnt(found.seen()).with_(phase=Phase.TCP)
        connection, seen = connect_any(found.addresses, proxy.port, deadline.within(CONNECT_S))
        connection.sock.close()
        facts = facts.learnt(seen)
    except PeerFailed as failure:
        facts = facts.learnt(failure.seen)
        return check_of(facts, Outcome.FAIL, _PROXY_SYMPTOMS.get(failure.symptom, failure.symptom), target=target)
    except CannotTell as trouble:
        return not_looked(facts, trouble, target=target)
    return check_of(facts, Outcome.PASS, target=target)
