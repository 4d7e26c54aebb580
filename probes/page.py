"""A host asked for a web page in plain, though nothing says that it has one: who answers in its name? One request, no redirect followed."""

from __future__ import annotations

from urllib.parse import urlsplit
from zlib import crc32

from probes.edge.dns import lookup as names
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import CannotTell, PeerFailed, not_looked
from probes.edge.http import http_client
from probes.edge.net.dial import CONNECT_S, connect_any
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import PageFacts, Phase

_PORT = 80
_SAID = (407, 511)  # by a proxy or a portal of itself, never by a host (RFC 9110 section 15.5.8, RFC 6585 section 6)


def probe(name: str, host: str, lookup: Lookup, deadline: Deadline) -> list[Check[PageFacts]]:
    """Nothing where nobody answers. Fails where it leads to another host or somebody says who he is, passes where it may be the host's."""
    facts = PageFacts(host=host, port=_PORT, phase=Phase.RESOLVE)
    within = f"[{host}]" if ":" in host else host
    try:
        found = names.find(host, lookup, deadline)
        facts = facts.learnt(found.seen()).with_(phase=Phase.TCP)
        connection, seen = connect_any(found.addresses, _PORT, deadline.within(CONNECT_S))
        facts = facts.learnt(seen).with_(phase=Phase.HTTP)
        with connection:
            response = http_client.fetch(f"http://{within}/", lambda *_: connection.sock, deadline, headers={"Host": within})
    except (PeerFailed, ValueError):
        return []
    except CannotTell as trouble:
        return [not_looked(facts, trouble, name=name, target=host)]
    symptom, elsewhere = _judge(response, host)
    facts = facts.with_(phase=Phase.DONE, http_status=response.status, elsewhere=elsewhere or None)
    if response.body:
        facts = facts.with_(page=f"{crc32(response.body):08x}")
    return [check_of(facts, Outcome.FAIL if symptom else Outcome.PASS, symptom, name=name, target=host)]


def _judge(response: http_client.Response, host: str) -> tuple[Symptom | None, str]:
    """Also where it leads to, if that is another host."""
    if 300 <= response.status < 400:
        try:
            other = urlsplit(http_client.without_query(response.headers.get("location", ""))).hostname or ""
        except ValueError:
            other = "unreadable"
        return (Symptom.REDIRECTED, other) if other not in ("", host) else (None, "")
    return (Symptom.REWRITTEN if response.status in _SAID else None), ""
