"""A gateway's TLS session that the next look goes on from: shorter, and never at the price of the certificate's word."""

from __future__ import annotations

import gc
import socket
import ssl
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import certifi
import psutil
import pytest

from probes import gateway
from probes.deadline import Deadline
from probes.edge import meter
from probes.edge.held import Held
from probes.edge.names import Lookup
from probes.edge.sessions import WHOLE_EVERY_S, Sessions, readings
from probes.edge.turn import Free
from probes.gateway import Reuse
from probes.model import Check, Outcome, Symptom
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol
from tests.servers.acquirer import Acquirer
from tests.servers.local import Local
from tests.world import behaviours
from tests.world.ca import Authority

LOOKUP = Lookup(servers=())
ECHO = GatewayIso8583(terminal_id="00000001", merchant_id="123456789012345")
_PSK = b"\x00\x29"  # the extension with which a client offers a session (RFC 8446 section 4.2)


class Host:
    """An acquirer behind TLS; `resumed` says of each connection whether it went on from an earlier one."""

    def __init__(self, folder: Path, protocol: GatewayProtocol = GatewayProtocol.ISO8583) -> None:
        self.authority = Authority(folder)
        self.context = self.authority.context(self.authority.leaf("localhost"))
        self.acquirer = Acquirer()
        self.resumed: list[bool] = []
        self.sessions = Sessions()
        self._protocol = protocol

    def serve(self, connection: socket.socket) -> None:
        with self.context.wrap_socket(connection, server_side=True) as secured:
            self.resumed.append(bool(secured.session_reused))
            inside = {GatewayProtocol.ISO8583: self.acquirer.serve, GatewayProtocol.HTTPS: behaviours.http(200, b"ok")}
            inside.get(self._protocol, behaviours.accept)(secured)

    def asked(self, server: Local, *, anew: bool = False, held: Held | None = None, **more: object) -> Check:
        settings = {"name": "a", "host": "localhost", "port": server.port, "protocol": self._protocol, "iso8583": ECHO,
                    "tls": True, "ca_file": str(self.authority.root_file)} | more  # fmt: skip
        reuse = Reuse(held=held or Held(), sessions=self.sessions, anew=anew)
        return gateway.probe(Gateway(**settings), LOOKUP, None, Free(), Deadline(3), reuse)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("protocol", [GatewayProtocol.ISO8583, GatewayProtocol.TLS, GatewayProtocol.HTTPS])
def test_the_next_look_goes_on_from_the_session_and_costs_less(tmp_path: Path, version: ssl.TLSVersion, protocol: GatewayProtocol) -> None:
    host = Host(tmp_path, protocol)
    host.context.maximum_version = version
    cost, seen = [], []
    with Local(host.serve) as server:
        for _ in range(3):
            meter.drain()
            seen.append(host.asked(server))
            cost.append(sum(meter.drain().values()))
    assert [check.outcome for check in seen] == [Outcome.PASS] * 3, seen
    assert host.resumed == [False, True, True]
    assert max(cost[1:]) < 0.8 * cost[0], cost
    assert [check.facts["certificate"] for check in seen] == [seen[0].facts["certificate"]] * 3
    assert len(seen[0].facts["chain"]) == 3
    assert [check.facts["chain"] for check in seen] == [seen[0].facts["chain"]] * 3
    assert ["certificate_age_s" in check.facts for check in seen] == [False, True, True]


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
    assert "certificate_age_s" not in seen.facts


def test_a_host_that_keeps_its_sessions_beyond_its_certificate_is_seen_by_the_next_look_at_everything(tmp_path: Path) -> None:
    host = Host(tmp_path)
    with Local(host.serve) as server:
        assert host.asked(server).ok
        host.context.load_cert_chain(host.authority.leaf("localhost", days=-1).write(tmp_path / "new.pem"))
        assert host.asked(server).ok, "it shows no certificate"
        assert host.asked(server, anew=True).symptom is Symptom.CERT_EXPIRED
        assert host.asked(server).symptom is Symptom.CERT_EXPIRED, "a session that saw the old one is not taken up again"


def _forward(seconds: float) -> Callable[[], float]:
    moments = iter([0.0])
    return lambda: time.time() + next(moments, seconds)


@pytest.mark.parametrize(("days", "later_s"), [(0.5, 86400.0), (365, -3600.0)], ids=["beyond the certificate", "set back"])
def test_a_clock_by_which_the_certificate_may_not_hold_asks_for_it_again(tmp_path: Path, days: float, later_s: float) -> None:
    host = Host(tmp_path)
    host.context = host.authority.context(host.authority.leaf("localhost", days=days))
    host.sessions = Sessions(clock=_forward(later_s))
    with Local(host.serve) as server:
        host.asked(server)
        host.asked(server)
    assert host.resumed == [False, False]


def test_after_an_hour_the_certificate_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(tmp_path)
    real = time.monotonic
    with Local(host.serve) as server:
        host.asked(server)
        host.asked(server)
        monkeypatch.setattr(time, "monotonic", lambda: real() + WHOLE_EVERY_S + 1)
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
        hellos.append(_PSK in hello)
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
        server.behaviour = behaviours.accept
        began = time.monotonic()
        seen = host.asked(server)
        assert seen.symptom is Symptom.TLS_STALLED
        assert time.monotonic() - began < 5
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
    assert [check.facts.get("client_certificate") for check in seen] == ["sent", "sent"], seen
    assert host.resumed == [False, True]


def test_where_python_loses_each_session_that_is_read_few_are_and_serve_several_times(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.sessions = Sessions(may_read=2)
    with Local(host.serve) as server:
        ages = []
        for anew in (True, False, False, True, False):
            check = host.asked(server, anew=anew)
            assert check.ok, check
            ages.append("certificate_age_s" in check.facts)
        assert host.resumed == ages == [False, True, True, False, True], "the one session that was read has served three times"
        for days in (20, 10):
            host.context = host.authority.context(host.authority.leaf("localhost", days=days))
            host.asked(server, anew=True)
            host.asked(server)
    assert host.resumed[5:] == [False, True, False, False], "nothing is left to read another one, and none of an older certificate serves"


def test_of_many_gateways_a_few_have_sessions_and_the_others_lose_nothing(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.sessions = Sessions(may_read=5)
    with Local(host.serve) as server:
        for _ in range(3):
            for name in "abcdef":
                assert host.asked(server, name=name).ok
        assert host.resumed == [False] * 6 + [True, True, True, True, False, False] * 2
        host.context = host.authority.context(host.authority.leaf("localhost", days=10))
        assert [host.asked(server, name="a").ok for _ in range(2)] == [True, True]
    assert host.resumed[-2:] == [False, True], "the fifth that could be read was left for it"


def test_a_fault_at_the_application_uses_up_no_session_that_may_be_read(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.sessions = Sessions(may_read=1)
    answer = host.acquirer.answer
    with Local(host.serve) as server:
        host.acquirer.answer = lambda _, connection: connection.close()
        assert not any(host.asked(server).ok for _ in range(4))
        host.acquirer.answer = answer
        assert all(host.asked(server).ok for _ in range(2))
    assert host.resumed == [False] * 5 + [True]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_host_without_sessions_takes_them_from_nobody_else(tmp_path: Path, version: ssl.TLSVersion) -> None:
    (tmp_path / "other").mkdir()
    host, other = Host(tmp_path), Host(tmp_path / "other")
    host.sessions = Sessions(may_read=8)
    host.context.maximum_version = version
    host.context.num_tickets = 0
    host.context.options |= ssl.OP_NO_TICKET
    other.sessions = host.sessions
    with Local(host.serve) as server, Local(other.serve) as second:
        assert all(host.asked(server).ok for _ in range(20))
        assert all(other.asked(second, name="b").ok for _ in range(3))
    assert other.resumed == [False, True, True]


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
    assert not any("certificate_age_s" in check.facts for check in seen)
    assert host.resumed == [False] + [True, False] * 3 + [False] * 4, "after three times it is left alone"


def test_a_connection_that_went_on_from_a_session_is_not_kept_beyond_the_certificates_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, held = Host(tmp_path), Held()
    real, later = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + later[0])
    with Local(host.serve) as server:
        assert host.asked(server).ok
        later[0] = 0.9 * WHOLE_EVERY_S
        assert host.asked(server, held=held, keep_open=True).facts["certificate_age_s"] == pytest.approx(later[0], abs=2)
        kept = host.asked(server, held=held, keep_open=True).facts
        assert kept["connection_age_s"] < 2
        assert kept["certificate_age_s"] == pytest.approx(later[0], abs=2)
        later[0] = 1.5 * WHOLE_EVERY_S
        seen = host.asked(server, held=held, keep_open=True, anew=True)
        assert seen.ok and "connection_age_s" not in seen.facts and "certificate_age_s" not in seen.facts
        held.close()
    assert host.resumed == [False, True, False]


@pytest.mark.parametrize(("python", "loses"), [((3, 11, 2), True), ((3, 12, 8), False), ((3, 13, 0), True), ((3, 13, 5), False)])
def test_which_pythons_lose_memory_with_each_session_that_is_read(python: tuple[int, ...], loses: bool) -> None:
    assert (readings(python) < float("inf")) is loses


def test_looks_without_end_do_not_grow(tmp_path: Path) -> None:
    """The session of each connection, 5 kB, is lost where Python loses it: none more than the few that may be."""
    host = Host(tmp_path)
    host.sessions = Sessions(may_read=min(4.0, readings(sys.version_info[:3])))
    with Local(host.serve) as server:
        sizes = []
        for _ in range(4):
            for number in range(60):
                assert host.asked(server, anew=number % 5 == 0).ok
            gc.collect()
            sizes.append(psutil.Process().memory_info().rss)
    assert sizes[3] - sizes[1] < 120 * 2000, sizes


@pytest.mark.parametrize("days", [30, -1], ids=["trusted", "expired"])
def test_the_authorities_leave_memory_with_the_connection(tmp_path: Path, days: float) -> None:
    """A store like the system's is 1 MB in memory: without the garbage collector's help there is never more than a few of them."""
    host = Host(tmp_path)
    host.context = host.authority.context(host.authority.leaf("localhost", days=days))
    with host.authority.root_file.open("a") as store:
        store.write(Path(certifi.where()).read_text())
    gc.collect()
    gc.disable()
    try:
        with Local(host.serve) as server:
            sizes = []
            for _ in range(2):
                for _ in range(15):
                    assert host.asked(server, anew=True).ok is (days > 0)
                sizes.append(psutil.Process().memory_info().rss)
    finally:
        gc.enable()
    assert sizes[1] - sizes[0] < 5_000_000, sizes
