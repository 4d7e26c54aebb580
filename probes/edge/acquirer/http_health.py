"""An HTTP health endpoint, and what it says. The body is looked at only as far as it must be."""

from __future__ import annotations

from socket import socket

from probes.edge.http import http_client
from probes.edge.net.proxy import Proxy
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model.facts import GatewayFacts
from probes.settings import Gateway

_ANSWER_S = 4.0


def ask(gateway: Gateway, sock: socket, proxy: Proxy | None, deadline: Deadline) -> GatewayFacts:
    """GET of the configured path over an open connection, which stays open where that is configured and the server agrees. Raises
    `PeerFailed` and `CannotTell` as `http_client.fetch` does.

    Known afterwards: http_status, answer_ms, date_skew_s, retry_after, and of a redirect location.
    """
    default = 443 if gateway.uses_tls else 80
    shown = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    host = shown if gateway.port == default else f"{shown}:{gateway.port}"
    headers = {"Host": host}
    plain_proxy = proxy if proxy is not None and not gateway.uses_tls else None
    if plain_proxy is not None and plain_proxy.authorization:
        headers["Proxy-Authorization"] = plain_proxy.authorization
    response = http_client.fetch(
        f"http://{host}{gateway.http.path}",
        lambda _host, _port: sock,
        deadline.within(_ANSWER_S),
        proxy=plain_proxy.url if plain_proxy else "",
        headers=headers,
        keep=gateway.keep_open and proxy is None,
    )
    busy_s = response.headers.get("retry-after")
    location = http_client.without_query(response.headers.get("location", ""))
    return GatewayFacts(
        http_status=response.status,
        answer_ms=response.took_ms,
        date_skew_s=response.skew_s,
        retry_after=None if busy_s is None else escape(busy_s, 40),
        location=location if 300 <= response.status < 400 else None,
    )
