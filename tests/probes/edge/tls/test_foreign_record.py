"""An answer in a version of TLS, TLCP or SSL that OpenSSL does not know is the host's own word, and not plain text."""

from __future__ import annotations

import pytest

from probes.edge.failures import PeerFailed
from probes.edge.net import tcp
from probes.edge.tls import tls_client
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.patience import PATIENCE_S
from tests.support.servers.local import Local
from tests.support.world import behaviours

S = Symptom


def record(kind: int, version: tuple[int, int], body: bytes) -> bytes:
    return bytes([kind, *version]) + len(body).to_bytes(2, "big") + body


def greeting(version: tuple[int, int], cipher: bytes) -> bytes:
    """A server's: version, random, no session, cipher, no compression."""
    return bytes([2, 0, 0, 38, *version]) + bytes(range(32)) + b"\0" + cipher + b"\0"


SSL2_GREETING = bytes([0x80, 0x1E, 4, 0, 1, 0, 2, 0, 0, 0, 3, 0, 16, 7, 0, 0xC0]) + bytes(16)


@pytest.mark.parametrize(
    ("answer", "symptom", "said"),
    [
        (record(0x16, (1, 1), greeting((1, 1), b"\xe0\x53")), S.TLS_INCOMPATIBLE, "TLCP 1.1"),  # ECC_SM4_GCM_SM3
        (record(0x15, (1, 1), b"\x02\x46"), S.TLS_INCOMPATIBLE, "TLCP 1.1"),
        (record(0x15, (4, 0), b"\x02\x46"), S.TLS_INCOMPATIBLE, "4.0"),
        (bytes([0x80, 3, 0, 0, 1]), S.TLS_INCOMPATIBLE, "SSL 2.0"),  # no cipher
        (SSL2_GREETING, S.TLS_INCOMPATIBLE, "SSL 2.0"),
        (record(0x16, (3, 0), greeting((3, 0), b"\0\x0a")), S.TLS_INCOMPATIBLE, "UNSUPPORTED_PROTOCOL"),
        (record(0x15, (3, 0), b"\x02\x28"), S.TLS_INCOMPATIBLE, "HANDSHAKE_FAILURE"),
        (record(0x16, (3, 5), greeting((3, 5), b"\x13\x01")), S.TLS_INCOMPATIBLE, "UNSUPPORTED_PROTOCOL"),
        (record(0x15, (3, 5), b"\x02\x46"), S.TLS_INCOMPATIBLE, "PROTOCOL_VERSION"),
        (record(0x15, (1, 1), b"five!"), S.PLAIN_TEXT, None),  # no alert is as long
        (record(0x16, (1, 1), b""), S.PLAIN_TEXT, None),
        (record(0x16, (77, 1), greeting((1, 1), b"\xe0\x53")), S.PLAIN_TEXT, None),
        (bytes([0x80, 4, 0, 0, 1, 13, 10]), S.PLAIN_TEXT, None),
        (bytes([0x80, 0x30, 0x38, 0x10, 0]) + bytes(40), S.PLAIN_TEXT, None),
        (b"\0\x30" + bytes.fromhex("60000300006031003111000810") + bytes(35), S.PLAIN_TEXT, None),  # ISO 8583
        ("请求错误，请使用正确的端口\r\n".encode("gb18030"), S.PLAIN_TEXT, None),
        (b"SSH-2.0-OpenSSH_9.2\r\n", S.PLAIN_TEXT, None),
    ],
)
def test_what_comes_in_the_place_of_a_greeting(answer: bytes, symptom: Symptom, said: str | None) -> None:
    with Local(behaviours.say(answer)) as server:
        connection = tcp.connect(server.address, server.port, Deadline(PATIENCE_S))
        with connection, pytest.raises(PeerFailed) as failed:
            tls_client.handshake(connection, "gw.example", tls_client.context(verify=False), Deadline(PATIENCE_S))
    assert failed.value.symptom is symptom
    assert said is None or said in (failed.value.seen.text or "")
