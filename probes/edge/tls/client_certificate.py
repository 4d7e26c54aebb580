"""Whether the host asked for a client certificate and whether it got one. In TLS 1.2 the alert alone does not tell: it is the
same `handshake_failure` as where no cipher is common (RFC 5246 section 7.4.6)."""

from __future__ import annotations

from ssl import SSLContext
from typing import Any

from probes.model import Symptom

_HOOK = "_msg_callback"  # CPython's, without a promise: where it is missing, the alert is all we go by
_HANDSHAKE, _CERTIFICATE, _CERTIFICATE_REQUEST = 22, 11, 13
_EMPTY = 8  # bytes of a Certificate message without a certificate: 7 in TLS 1.2 (RFC 5246 7.4.2), 8 in 1.3 (RFC 8446 4.4.2)
_ABOUT_OURS = (Symptom.CLIENT_CERT_MISSING, Symptom.CLIENT_CERT_EXPIRED, Symptom.CLIENT_CERT_REFUSED)


class Watched:
    """A TLS socket that notes the client certificate's part of its handshake. `watched`: whether that can be seen at all."""

    context: SSLContext
    asked = sent = False

    @property
    def watched(self) -> bool:
        return hasattr(self.context, _HOOK)


def watch(context: SSLContext) -> None:
    """Has the connections of this context note it."""
    if hasattr(context, _HOOK):
        setattr(context, _HOOK, _note)


def _note(connection: Any, direction: str, _version: Any, content: Any, message: Any, data: bytes) -> None:
    if content != _HANDSHAKE:
        return
    if direction == "read" and message == _CERTIFICATE_REQUEST:
        connection.asked = True
    elif direction == "write" and message == _CERTIFICATE:
        connection.sent = len(data) > _EMPTY


def narrowed(symptom: Symptom, reason: str, connection: object) -> Symptom:
    """What an alert means, given what was asked and sent before it came over the `connection`."""
    if not isinstance(connection, Watched) or not connection.watched:
        return symptom
    if not connection.asked:
        return Symptom.TLS_FAILED if symptom in _ABOUT_OURS else symptom
    if symptom in _ABOUT_OURS or reason == "SSLV3_ALERT_HANDSHAKE_FAILURE":
        if not connection.sent:
            return Symptom.CLIENT_CERT_MISSING
        return symptom if symptom in _ABOUT_OURS else Symptom.CLIENT_CERT_REFUSED
    return symptom
