"""Whether a client certificate went out, in whichever message the OpenSSL that is there sends it."""

from __future__ import annotations

import ssl

import pytest

from probes.edge.tls.client_certificate import Watched, narrowed, watch
from probes.model import Symptom

_HANDSHAKE, _CERTIFICATE, _REQUEST, _COMPRESSED = 22, 11, 13, 25
_NONE = bytes.fromhex("0b00000400000000")  # a Certificate message of TLS 1.3 without one
_ONE = bytes.fromhex("0b00033f0000033b") + bytes(827)
_ONE_COMPRESSED = bytes.fromhex("19000296000100033f00028e") + bytes(654)  # zlib, of 0x33f bytes (RFC 8879 section 4)
_NONE_COMPRESSED = bytes.fromhex("19000012000100000400000a") + bytes(10)


@pytest.mark.parametrize(
    ("message", "data", "sent"),
    [
        (_CERTIFICATE, _NONE, False),
        (_CERTIFICATE, _ONE, True),
        (_COMPRESSED, _NONE_COMPRESSED, False),
        (_COMPRESSED, _ONE_COMPRESSED, True),
    ],
)
def test_what_a_refusal_means_depends_on_it(message: int, data: bytes, sent: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    watch(context)
    note = vars(type(context))["_msg_callback"].__get__(context)
    connection = Watched()
    connection.context = context
    for direction, kind, content in (("read", _REQUEST, bytes(60)), ("write", message, data)):
        note(connection, direction, ssl.TLSVersion.TLSv1_3, _HANDSHAKE, kind, content)
    assert (connection.asked, connection.sent) == (True, sent)
    meant = narrowed(Symptom.TLS_INCOMPATIBLE, True, connection)
    assert meant is (Symptom.CLIENT_CERT_REFUSED if sent else Symptom.CLIENT_CERT_MISSING)
