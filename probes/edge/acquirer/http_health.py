"""An HTTP health endpoint: what its status means for a payment. The body is looked at only as far as it must be."""

from __future__ import annotations

from socket import socket
from typing import Any

from probes.edge.http import http_client
from probes.edge.net.proxy import Proxy
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Outcome, Symptom
from probes.settings import Gateway

_ANSWER_S = 4.0
_ABOUT_OUR_CERTIFICATE = (400, 495, 496)  # what nginx says over a complete handshake where it wants another certificate


def ask(gateway: Gateway, sock: socket, proxy: Proxy | None, deadline: Deadline, facts: dict[str, Any]) -> tuple[Outcome, Symptom | None]:
    """GET of the configured path over an open connection, which stays open where that is configured and the server agrees. Raises
    `Failed` as `http.fetch` does.

    The expected status passes; 429 means alive and busy (RFC 6585 section 4): accepted with a remark.
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
    facts["http_status"] = response.status
    facts["answer_ms"] = response.took_ms
    if response.skew_s is not None:
        facts["date_skew_s"] = response.skew_s
    if "retry-after" in response.headers:
        facts["retry_after"] = escape(response.headers["retry-after"], 40)
    mapped = gateway.http.codes.get(str(response.status))
    if mapped is not None:
        facts["mapped"] = mapped
        return (Outcome.PASS, None) if mapped == "ok" else (Outcome.FAIL, Symptom.HTTP_STATUS)
    if response.status in gateway.http.status:
        return Outcome.PASS, None
    if response.status in _ABOUT_OUR_CERTIFICATE and "client_certificate" in facts:
        return Outcome.FAIL, Symptom.CLIENT_CERT_REFUSED if facts["client_certificate"] == "sent" else Symptom.CLIENT_CERT_MISSING
    if response.status == 429:
        return Outcome.WARN, Symptom.HTTP_STATUS
    if response.status == 407 and proxy is not None:
        return Outcome.FAIL, Symptom.PROXY_AUTH
    if 300 <= response.status < 400:
        facts["location"] = http_client.without_query(response.headers.get("location", ""))
        return Outcome.FAIL, Symptom.REDIRECTED
    return Outcome.FAIL, Symptom.HTTP_STATUS
