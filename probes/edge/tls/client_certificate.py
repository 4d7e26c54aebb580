"""Whether the host asked for a client certificate and whether it got one, and the alert with which it ended. In TLS 1.2 that one alone
does not tell: it is the same `handshake_failure` as where no cipher is common (RFC 5246 section 7.4.6). And how its first word began."""

from __future__ import annotations

import ssl
from ssl import SSLContext
from typing import Any

from probes.edge.tls import alerts
from probes.model import Symptom

_HOOK = "_msg_callback"  # CPython's, without a promise: where it is missing, the alert is all we go by
_ALERT, _HANDSHAKE, _CERTIFICATE, _CERTIFICATE_REQUEST = 21, 22, 11, 13
_COMPRESSED = 25  # a Certificate message made smaller, as OpenSSL does from 3.2 on where both sides can (RFC 8879)
_HEADER = 256  # what OpenSSL calls the head of a record, of whatever version, before it looks at it (SSL3_RT_HEADER)
_FATAL = 2  # and in TLS 1.3, where the level means nothing (RFC 8446 section 6), all but those that announce an end
_EMPTY = 8  # bytes of a Certificate message without a certificate: 7 in TLS 1.2 (RFC 5246 7.4.2), 8 in 1.3 (RFC 8446 4.4.2)
_HEAD = 4  # bytes of any handshake message: its kind and length
_ABOUT_OURS = (Symptom.CLIENT_CERT_MISSING, Symptom.CLIENT_CERT_EXPIRED, Symptom.CLIENT_CERT_REFUSED)


class Watched:
    """A TLS socket that notes the client certificate's part of its handshake. `watched`: whether that can be seen at all."""

    context: SSLContext
    asked = sent = False
    alert: int | None = None  # the number that the other side ended with
    first = b""  # the five bytes that its first answer began with: the head of a record, if it is one

    @property
    def watched(self) -> bool:
        return hasattr(self.context, _HOOK)


def watch(context: SSLContext) -> None:
    """Has the connections of this context note it."""
    if hasattr(context, _HOOK):
        setattr(context, _HOOK, _note)


def _note(connection: Any, direction: str, version: Any, content: Any, message: Any, data: bytes) -> None:
    if content == _ALERT and direction == "read" and len(data) == 2:
        level, number = data
        if level == _FATAL or (version == ssl.TLSVersion.TLSv1_3 and number not in (alerts.CLOSE_NOTIFY, alerts.USER_CANCELED)):
            connection.alert = number
    if content == _HEADER and direction == "read" and not connection.first:
        connection.first = bytes(data)
    if content != _HANDSHAKE:
        return
    if direction == "read" and message == _CERTIFICATE_REQUEST:
        connection.asked = True
    elif direction == "write" and message == _CERTIFICATE:
        connection.sent = len(data) > _EMPTY
    elif direction == "write" and message == _COMPRESSED:
        connection.sent = _HEAD + int.from_bytes(data[6:9], "big") > _EMPTY  # how long it was, without its head


def narrowed(symptom: Symptom, handshake_failure: bool, connection: object) -> Symptom:
    """What an alert means, given what was asked and sent before it came over the `connection`."""
    if not isinstance(connection, Watched) or not connection.watched:
        return symptom
    if not connection.asked:
        return Symptom.TLS_FAILED if symptom in _ABOUT_OURS else symptom
    if symptom in _ABOUT_OURS or handshake_failure:
        if not connection.sent:
            return Symptom.CLIENT_CERT_MISSING
        return symptom if symptom in _ABOUT_OURS else Symptom.CLIENT_CERT_REFUSED
    return symptom
