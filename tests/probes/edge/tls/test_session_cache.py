"""A gateway's TLS session that the next look goes on from: shorter, and never at the price of the certificate's word."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from probes.edge.acquirer.send_permit import Unlimited
from probes.edge.net.connection_pool import ConnectionPool
from probes.edge.tls.session_cache import WHOLE_EVERY_S
from probes.model import Outcome, Symptom
from probes.settings import GatewayProtocol
from tests.support.servers.local import Local
from tests.support.servers.session_host import Host
from tests.support.world import behaviours
from tests.support.world.ca import Authority

_CHAIN = 700  # bytes at least of two certificates, compressed too; what else a handshake costs is for the OpenSSL that is there
_PSK = 41  # the extension with which a client offers a session (RFC 8446 section 4.2)


def offers_session(hello: bytes) -> bool:
    """By the extensions of a ClientHello (RFC 8446 section 4.1.2): what is searched for among its keys is found there by chance."""
    body = BytesIO(hello)
    body.seek(5 + 4 + 2 + 32)  # the heads of record and message, version, random

    def listed(size: int) -> bytes:
        return body.read(int.from_bytes(body.read(size), "big"))

    _session_id, _ciphers, _compression, extensions = listed(1), listed(2), listed(1), BytesIO(listed(2))
    kinds = []
    while head := extensions.read(4):
        kinds.append(int.from_bytes(head[:2], "big"))
        extensions.seek(int.from_bytes(head[2:], "big"), 1)
    assert kinds, "a whole ClientHello"
    return _PSK in kinds


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("protocol", [GatewayProtocol.ISO8583, GatewayProtocol.TLS, GatewayProtocol.HTTPS])
def test_the_next_look_goes_on_from_the_session_and_costs_less(tmp_path: Path, version: ssl.TLSVersion, protocol: GatewayProtocol) -> None:
    host = Host(tmp_path, protocol)
    host.context.maximum_version = version
    cost, seen = [], []
    with Local(host.serve) as server:
        for _ in range(3):
            seen.append(host.asked(server))
            cost.append(sum(host.spent.drain().values()))
    assert [check.outcome for check in seen] == [Outcome.PASS] * 3, seen
    assert host.resumed == [False, True, True]
    assert cost[0] - max(cost[1:]) > _CHAIN, cost
    assert [check.facts.certificate for check in seen] == [seen[0].facts.certificate] * 3
    assert len(seen[0].facts.chain) == 3
    assert [check.facts.chain for check in seen] == [seen[0].facts.chain] * 3
    assert [check.facts.certificate_age_s is not None for check in seen] == [False, True, True]


def test_a_look_at_everything_sees_the_certificate_itself(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        assert all(host.asked(server, anew=True).ok for _ in range(3))
        assert host.asked(server).ok
    assert host.resumed == [False, False, False, True]


def test_a_host_with_another_certificate_is_seen_in_the_same_look(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        assert host.asked(server).ok
        host.context = host.authority.context(host.authority.leaf("localhost", days=-1))
        seen = host.asked(server)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.CERT_EXPIRED)
    assert seen.facts.certificate_age_s is None


def test_a_host_that_keeps_its_sessions_beyond_its_certificate_is_seen_by_the_next_look_at_everything(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        assert host.asked(server).ok
        host.context.load_cert_chain(host.authority.leaf("localhost", days=-1).write(tmp_path / "new.pem"))
        assert host.asked(server).ok, "it shows no certificate"
        assert host.asked(server, anew=True).symptom is Symptom.CERT_EXPIRED
        assert host.asked(server).symptom is Symptom.CERT_EXPIRED, "a session that saw the old one is not taken up again"


@pytest.mark.parametrize(("days", "later_s"), [(0.5, 86400.0), (365, -3600.0)], ids=["beyond the certificate", "set back"])
def test_a_clock_by_which_the_certificate_may_not_hold_asks_for_it_again(tmp_path: Path, days: float, later_s: float) -> None:
    host = Host(tmp_path)
    host.context = host.authority.context(host.authority.leaf("localhost", days=days))
    with Local(host.serve) as server:
        host.asked(server)
        host.clock.ahead = later_s
        host.asked(server)
    assert host.resumed == [False, False]


def test_after_an_hour_the_certificate_is_asked_for_again(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        host.asked(server)
        host.asked(server)
        host.clock.by_s = WHOLE_EVERY_S + 1
        host.asked(server)
    assert host.resumed == [False, True, False]


def test_other_authorities_to_trust_ask_for_the_certificate_again(tmp_path: Path) -> None:
    host = Host(tmp_path)
    other = Authority(tmp_path, "Other")
    with Local(host.serve) as server:
        assert host.asked(server).ok
        host.authority.root_file.write_bytes(other.root_file.read_bytes())
        assert host.asked(server).symptom is Symptom.CERT_UNTRUSTED


def test_a_host_that_cannot_stand_sessions_is_asked_once_more_without(tmp_path: Path) -> None:
    host = Host(tmp_path)
    hellos: list[bool] = []

    def picky(connection: socket.socket) -> None:
        hello = connection.recv(4096, socket.MSG_PEEK)
        hellos.append(offers_session(hello))
        if not hellos[-1]:
            host.serve(connection)

    with Local(picky) as server:
        seen = [host.asked(server) for _ in range(3)]
    assert [check.outcome for check in seen] == [Outcome.PASS] * 3, seen
    assert hellos == [False, True, False, True, False]
    assert host.acquirer.messages == 3


def test_a_host_that_falls_silent_in_the_handshake_is_not_waited_for_twice(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        assert host.asked(server).ok
        hellos: list[bytes] = []

        def falls_silent(connection: socket.socket) -> None:
            hellos.append(connection.recv(4096))
            behaviours.accept(connection)

        server.behaviour = falls_silent
        seen = host.asked(server)
        assert seen.symptom is Symptom.TLS_STALLED
        assert [offers_session(hello) for hello in hellos] == [True, False], "the second asks for small segments, beside the first"
        server.behaviour = host.serve
        assert host.asked(server).ok
    assert host.resumed == [False, False]


def test_a_session_after_a_fault_at_the_application_is_not_remembered(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        host.acquirer.answer = lambda _, connection: connection.close()
        assert host.asked(server).outcome is Outcome.FAIL
        with suppress(OSError):
            host.asked(server)
    assert host.resumed == [False, False]


def test_what_became_of_the_clients_certificate_is_remembered_too(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.context.verify_mode = ssl.CERT_REQUIRED
    host.context.load_verify_locations(host.authority.root_file)
    ours = host.authority.leaf("terminal").write(tmp_path / "terminal.pem")
    with Local(host.serve) as server:
        seen = [host.asked(server, client_cert_file=str(ours)) for _ in range(2)]
    assert [check.facts.client_certificate for check in seen] == ["sent", "sent"], seen
    assert host.resumed == [False, True]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("protocol", [GatewayProtocol.TLS, GatewayProtocol.HTTPS])
def test_a_host_that_agrees_to_go_on_and_then_ends_it_is_asked_once_more(
    tmp_path: Path, version: ssl.TLSVersion, protocol: GatewayProtocol
) -> None:
    host = Host(tmp_path, protocol)
    host.context.maximum_version = version

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), host.context.wrap_socket(connection, server_side=True) as secured:
            host.resumed.append(bool(secured.session_reused))
            if not secured.session_reused:
                (behaviours.http(200, b"ok") if protocol is GatewayProtocol.HTTPS else behaviours.accept)(secured)

    with Local(serve) as server:
        seen = [host.asked(server) for _ in range(8)]
    assert all(check.ok for check in seen), seen
    assert not any(check.facts.certificate_age_s is not None for check in seen)
    assert host.resumed == [False] + [True, False] * 3 + [False] * 4, "after three times it is left alone"


def test_a_connection_that_went_on_from_a_session_is_not_kept_beyond_the_certificates_hour(tmp_path: Path) -> None:
    host = Host(tmp_path)
    held = ConnectionPool(host.clock)
    with Local(host.serve) as server:
        assert host.asked(server).ok
        host.clock.by_s = 0.9 * WHOLE_EVERY_S
        assert host.asked(server, held=held, keep_open=True).facts.certificate_age_s == pytest.approx(host.clock.by_s, abs=60)
        kept = host.asked(server, held=held, keep_open=True).facts
        assert kept.connection_age_s is not None and kept.connection_age_s < 60
        assert kept.certificate_age_s == pytest.approx(host.clock.by_s, abs=60)
        host.clock.by_s = 1.5 * WHOLE_EVERY_S
        seen = host.asked(server, held=held, keep_open=True, anew=True)
        assert seen.ok and seen.facts.connection_age_s is None and seen.facts.certificate_age_s is None
        held.close()
    assert host.resumed == [False, True, False]


class Later(Unlimited):
    """No message may be sent now."""

    def take(self, traffic_s: float | None) -> str:
        return "asked 30 s ago"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_may_not_be_sent_is_not_sent_where_a_session_was_no_good_either(tmp_path: Path, version: ssl.TLSVersion) -> None:
    host, asked = Host(tmp_path, GatewayProtocol.HTTPS), []
    host.context.maximum_version = version

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), host.context.wrap_socket(connection, server_side=True) as secured:
            host.resumed.append(bool(secured.session_reused))
            if not secured.session_reused and (said := secured.recv(4096)):
                asked.append(said)
                secured.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with Local(serve) as server:
        assert host.asked(server).ok
        host.asked(server, turn=Later())
    assert host.resumed == [False, True, False]
    assert len(asked) == 1


def test_a_failure_over_a_session_says_how_old_the_certificate_is(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        assert host.asked(server).ok
        host.clock.by_s = 3000
        host.acquirer.answer = lambda _, connection: connection.close()
        seen = host.asked(server)
    assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.CLOSED)
    assert seen.facts.certificate_age_s == pytest.approx(3000, abs=60)


def test_nothing_of_the_session_is_told_where_the_whole_handshake_fails(tmp_path: Path) -> None:
    host = Host(tmp_path, GatewayProtocol.TLS)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), host.context.wrap_socket(connection, server_side=True) as secured:
            if secured.session_reused:
                host.context = host.authority.context(host.authority.leaf("localhost", days=-1))
            else:
                behaviours.accept(secured)

    with Local(serve) as server:
        assert host.asked(server).ok
        seen = host.asked(server)
    assert seen.symptom is Symptom.CERT_EXPIRED
    facts = seen.facts
    assert (facts.depth, facts.tls_version, facts.certificate_age_s, facts.client_certificate) == (None, None, None, None)
