"""Every alert of TLS has its meaning, whatever Python calls it: who is at fault, and with which number."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from probes.edge.failures import PeerFailed
from probes.edge.net import tcp
from probes.edge.tls import alerts, tls_client
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.servers.local import Local
from tests.support.world import behaviours
from tests.support.world.ca import Authority

S = Symptom
FATAL, WARNING = 2, 1
COMMON = (10, 30, 40, 47, 50, 60, 70, 71, 86, 100, 109, 110, 120, 121)
ABOUT_OURS = (41, 42, 43, 44, 45, 46, 48, 49, 51, 111, 114, 116)  # and none was asked for
EXPECTED = {
    **dict.fromkeys(COMMON, S.TLS_INCOMPATIBLE),
    **dict.fromkeys(ABOUT_OURS, S.TLS_FAILED),
    **dict.fromkeys((20, 21, 22, 113, 115, 255), S.TLS_FAILED),
    **dict.fromkeys((80, 117), S.TLS_HOST_FAULT),
    90: S.CLOSED,
    112: S.CERT_WRONG_NAME,
}


def told(server: Local, context: ssl.SSLContext) -> PeerFailed:
    connection = tcp.connect(server.address, server.port, Deadline(5))
    with connection, pytest.raises(PeerFailed) as failed:
        sock = tls_client.handshake(connection, "gw.example", context, Deadline(5))
        try:
            sock.recv(1)
        except ssl.SSLError as error:
            raise tls_client.failure_of_tls(error, sock) from error
    return failed.value


@pytest.mark.parametrize("number", EXPECTED)
def test_an_alert_in_the_place_of_a_greeting(tmp_path: Path, number: int) -> None:
    with Local(behaviours.say(bytes([0x15, 3, 3, 0, 2, FATAL, number]))) as server:
        failure = told(server, tls_client.context(str(Authority(tmp_path).root_file)))
    assert (failure.symptom, failure.seen.alert) == (EXPECTED[number], number)
    assert "_ssl.c" not in (failure.seen.text or "")


def test_all_that_are_registered_are_known() -> None:
    assert set(EXPECTED) - {255} == set(alerts.ALERTS) - {alerts.CLOSE_NOTIFY}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_one_about_the_certificate_that_was_asked_for(tmp_path: Path, version: ssl.TLSVersion) -> None:
    authority = Authority(tmp_path)
    asks = authority.context(authority.leaf("gw.example"))
    asks.verify_mode, asks.maximum_version = ssl.CERT_REQUIRED, version
    asks.load_verify_locations(authority.root_file)
    stranger = Authority(tmp_path, "Stranger").leaf("T-1001").write(tmp_path / "own.pem")
    with Local(behaviours.tls(asks)) as server:
        none = told(server, tls_client.context(str(authority.root_file)))
        other = told(server, tls_client.context(str(authority.root_file), str(stranger)))
    assert none.symptom is S.CLIENT_CERT_MISSING
    assert (other.symptom, other.seen.alert) == (S.CLIENT_CERT_REFUSED, 48)


def test_a_warning_ends_nothing(tmp_path: Path) -> None:
    """Older hosts warn of a name that they do not know, and go on (RFC 6066 section 3)."""
    with Local(behaviours.say(bytes([0x15, 3, 3, 0, 2, WARNING, 112]))) as server:
        failure = told(server, tls_client.context(str(Authority(tmp_path).root_file)))
    assert (failure.symptom, failure.seen.alert) == (S.CLOSED, None)
