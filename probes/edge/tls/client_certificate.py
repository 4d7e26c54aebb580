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


class _Seen:
    """Apart from the context, which would else hold itself: up to 1 MB of authorities, until the collector of garbage finds it."""

    asked = False
    sent = False

    def note(self, _connection: Any, direction: str, _version: Any, content: Any, message: Any, data: bytes) -> None:
        if content != _HANDSHAKE:
            return
        if direction == "read" and message == _CERTIFICATE_REQUEST:
            self.asked = True
        elif direction == "write" and message == _CERTIFICATE:
            self.sent = len(data) > _EMPTY


class WatchedContext(SSLContext):
    """A context for one connection at a time, which notes the client certificate's part of the handshake."""

    watched = False
    _seen = _Seen()

    def watch(self) -> None:
        self._seen = _Seen()
        if hasattr(self, _HOOK):
            setattr(self, _HOOK, self._seen.note)
            self.watched = True

    @property
    def asked(self) -> bool:
        return self._seen.asked

    @property
    def sent(self) -> bool:
        return self._seen.sent


def narrowed(symptom: Symptom, reason: str, context: SSLContext | None) -> Symptom:
    """What an alert means, given what was asked and sent before it came."""
    if not isinstance(context, WatchedContext) or not context.watched:
        return symptom
    if not context.asked:
        return Symptom.TLS_FAILED if symptom in _ABOUT_OURS else symptom
    if symptom in _ABOUT_OURS or reason == "SSLV3_ALERT_HANDSHAKE_FAILURE":
        if not context.sent:
            return Symptom.CLIENT_CERT_MISSING
        return symptom if symptom in _ABOUT_OURS else Symptom.CLIENT_CERT_REFUSED
    return symptom
