"""Is the Internet there, and is it the Internet that answers? HTTP checks, plain addresses, the proxy."""

from __future__ import annotations

from socket import socket
from typing import Any
from urllib.parse import SplitResult, urlsplit

from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import PeerFailed
from probes.edge.http import http_client
from probes.edge.kernel.route import route_facts
from probes.edge.net import tcp
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.edge.net.proxy import Proxy, tunnel
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Layer, Outcome, Symptom
from probes.settings import InternetCheck

_ANSWER_S = 3.0
_INFORM_S = 0.9  # in a closed network these checks only inform, and nobody waits for them


def check_url(number: int, wanted: InternetCheck, lookup: Lookup, expected: bool, proxy: Proxy | None, deadline: Deadline) -> Check:
    """One HTTP check. Redirected: sent to another host. Rewritten: a page where none belongs. `expected`: Internet is expected."""
    parts = urlsplit(wanted.url)
    host = parts.hostname or ""
    facts: dict[str, Any] = {"url": _shown(parts), "host": host, "expected": expected, "phase": "resolve"}
    deadline = deadline.within(CONNECT_S + _ANSWER_S if expected else _INFORM_S)
    try:
        response = _fetch(wanted.url, lookup, proxy, deadline, facts)
    except PeerFailed as failure:
        symptom = failure.symptom
        facts |= {key: value for key, value in failure.facts.items() if key != "tries"}
        return _check(number, host, Outcome.FAIL, symptom, facts)
    facts |= {"phase": "done", "http_status": response.status}
    if response.skew_s is not None:
        facts["date_skew_s"] = response.skew_s
    symptom_or_none = _judge(response, wanted, host, proxy, facts)
    return _check(number, host, Outcome.FAIL if symptom_or_none else Outcome.PASS, symptom_or_none, facts)


def _shown(parts: SplitResult) -> str:
    """The URL without a login, and without what stands behind its question mark: either may be a secret."""
    where = parts.netloc.rpartition("@")[2]
    return escape(f"{parts.scheme}://{where}{parts.path}{'?***' if parts.query else ''}")


def _judge(response: http_client.Response, wanted: InternetCheck, host: str, proxy: Proxy | None, facts: dict[str, Any]) -> Symptom | None:
    if response.status == 407:  # where no proxy is configured, one has put itself in between
        return Symptom.PROXY_AUTH if proxy is not None else Symptom.REWRITTEN
    if response.status == wanted.status and (wanted.status != 204 or not response.body):
        return None
    if proxy is not None and response.status in (403, 502, 503, 504):
        return Symptom.PROXY_FAILED
    if 300 <= response.status < 400:
        location = response.headers.get("location", "")
        facts["location"] = http_client.without_query(location)
        other = _host_of(location) not in ("", host)
        return Symptom.REDIRECTED if other else Symptom.WRONG_STATUS
    if response.status == 511 or (response.status == 200 and wanted.status != 200 and response.body):
        return Symptom.REWRITTEN  # 511: RFC 6585 section 6
    return Symptom.WRONG_STATUS


def _host_of(location: str) -> str:
    try:
        return urlsplit(location).hostname or ""
    except ValueError:
        return "unreadable"


def _fetch(url: str, lookup: Lookup, proxy: Proxy | None, deadline: Deadline, facts: dict[str, Any]) -> http_client.Response:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    try:
        port = parts.port or (443 if secure else 80)
    except ValueError as error:
        raise PeerFailed(Symptom.BAD_ANSWER, text="the port in the address is no number") from error
    headers: dict[str, str] = {"Host": parts.netloc.rpartition("@")[2]}
    if proxy is not None and not secure and proxy.authorization:
        headers["Proxy-Authorization"] = proxy.authorization

    def dial(_host: str, _port: int) -> socket:
        target, target_port = (proxy.host, proxy.port) if proxy else (host, port)
        found = names.find(target, lookup, deadline)
        facts.update({"phase": "tcp", **found.facts()})
        connection = connect_any(found.addresses, target_port, deadline.within(CONNECT_S), facts)
        facts["phase"] = "http"
        if proxy is not None and secure:
            tunnel(connection, proxy, host, port, deadline)
        if not secure:
            return connection.sock
        facts["phase"] = "tls"
        wrapped = tls_client.handshake(connection, host, tls_client.context(), deadline)
        facts["phase"] = "http"
        return wrapped

    plain = url.replace("https://", "http://", 1)
    return http_client.fetch(plain, dial, deadline, proxy=proxy.url if proxy and not secure else "", headers=headers)


def reach(address: str, port: int, expected: bool, deadline: Deadline) -> Check:
    """One address without a name. A refusal is an answer: somebody beyond the router lives."""
    shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    facts: dict[str, Any] = {"address": address, "port": port, "expected": expected, **route_facts(address)}

    def check(outcome: Outcome, symptom: Symptom | None = None) -> Check:
        return Check(id=f"internet:{shown}", layer=Layer.INTERNET, target=shown, outcome=outcome, symptom=symptom, facts=facts)

    try:
        with tcp.connect(address, port, deadline.within(CONNECT_S if expected else _INFORM_S)) as connection:
            facts.update({"answer": "accepted", "connect_ms": round(connection.connect_ms, 2), **connection.kernel()})
            return check(Outcome.PASS)
    except PeerFailed as failure:
        facts.update(failure.facts)
        if failure.symptom is Symptom.REFUSED:
            facts["answer"] = "refused"
            return check(Outcome.PASS)
        return check(Outcome.FAIL, failure.symptom)


def probe_proxy(proxy: Proxy, lookup: Lookup, deadline: Deadline) -> Check:
    """Whether the configured proxy accepts connections at all."""
    facts: dict[str, Any] = {"host": proxy.host, "port": proxy.port, "phase": "resolve"}
    target = f"{proxy.host}:{proxy.port}"
    try:
        found = names.find(proxy.host, lookup, deadline)
        facts |= {"phase": "tcp", **found.facts()}
        connect_any(found.addresses, proxy.port, deadline.within(CONNECT_S), facts).sock.close()
    except PeerFailed as failure:
        facts |= failure.facts
        symptom = {Symptom.REFUSED: Symptom.PROXY_REFUSED, Symptom.TIMEOUT: Symptom.PROXY_TIMEOUT}.get(failure.symptom, failure.symptom)
        return Check(id="internet:proxy", layer=Layer.INTERNET, target=target, outcome=Outcome.FAIL, symptom=symptom, facts=facts)
    return Check(id="internet:proxy", layer=Layer.INTERNET, target=target, outcome=Outcome.PASS, facts=facts)


def _check(number: int, host: str, outcome: Outcome, symptom: Symptom | None, facts: dict[str, Any]) -> Check:
    return Check(id=f"internet:check-{number}", layer=Layer.INTERNET, target=host, outcome=outcome, symptom=symptom, facts=facts)
