"""A gateway's connection that stays open: used again while it proves something, given up at once when it does not."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from probes import gateway
from probes.edge.acquirer.send_permit import SendPermit, Unlimited
from probes.edge.dns.lookup import Lookup
from probes.edge.net.connection_pool import ConnectionPool
from probes.edge.tls.session_cache import WHOLE_EVERY_S
from probes.gateway import Reuse
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import GatewayFacts
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol
from tests.support.clocks import LaterClock
from tests.support.patience import PATIENCE_S
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.local import Local
from tests.support.world import behaviours
from tests.support.world.ca import Authority

LOOKUP = Lookup(servers=())
ECHO = GatewayIso8583(terminal_id="00000001", merchant_id="123456789012345")


@pytest.fixture
def clock() -> LaterClock:
    return LaterClock()


@pytest.fixture
def held(clock: LaterClock) -> Iterator[ConnectionPool]:
    made = ConnectionPool(clock)
    yield made
    made.close()


def asked(
    server: Local, held: ConnectionPool, ca_file: str = "", turn: SendPermit | None = None, clock: Clock | None = None, **more: object
) -> Check[GatewayFacts]:
    settings = {"name": "a", "host": server.address, "port": server.port, "protocol": GatewayProtocol.ISO8583, "iso8583": ECHO,
                "keep_open": True, "tls": bool(ca_file), "ca_file": ca_file} | more  # fmt: skip
    deadline = Deadline(PATIENCE_S, clock)
    return gateway.probe(Gateway(**settings), LOOKUP, None, turn or Unlimited(), deadline, Reuse(pool=held))  # type: ignore[arg-type]


def test_the_certificate_is_seen_again_after_an_hour(tmp_path: Path, held: ConnectionPool, clock: LaterClock) -> None:
    acquirer, authority = Acquirer(), Authority(tmp_path)
    with Local(behaviours.tls(authority.context(authority.leaf("localhost")), acquirer.serve)) as server:
        for later_s, connections in ((0, 1), (WHOLE_EVERY_S - 60, 1), (WHOLE_EVERY_S + 60, 2), (WHOLE_EVERY_S + 120, 2)):
            clock.by_s = later_s
            assert asked(server, held, str(authority.root_file), host="localhost", clock=clock).ok
            assert server.reached(connections)
            assert not server.reached(connections + 1, 0.1)


def has_ended(held: ConnectionPool, within_s: float = PATIENCE_S) -> bool:
    poller = select.poll()
    poller.register(held.fileno(), select.POLLIN)
    return bool(poller.poll(within_s * 1000)) and held.read()


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_same_connection_carries_one_echo_after_another(tmp_path: Path, held: ConnectionPool, encrypted: bool) -> None:
    acquirer = Acquirer()
    authority = Authority(tmp_path)
    pair = authority.leaf("localhost")
    inside = behaviours.tls(authority.context(pair), acquirer.serve) if encrypted else acquirer.serve
    ca_file = str(authority.root_file) if encrypted else ""
    with Local(inside) as server:
        seen = [asked(server, held, ca_file, host="localhost") for _ in range(3)]
        assert [check.outcome for check in seen] == [Outcome.PASS] * 3, seen[0]
        assert seen[0].facts.connection_age_s is None
        assert [check.facts.connection_age_s is not None for check in seen[1:]] == [True, True]
        assert [check.facts.certificate for check in seen[1:]] == [seen[0].facts.certificate] * 2
        assert len({check.facts.trace for check in seen}) == 3
        assert not server.reached(2, 0.2)
    assert (acquirer.messages, acquirer.refused) == (3, [])


def test_its_end_is_heard_at_once_and_the_next_look_connects_anew(held: ConnectionPool) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        assert asked(server, held).ok
        assert not has_ended(held, 0.1)
        server.stop()
        assert has_ended(held)
        assert not has_ended(held, 0.1), "once"
        assert asked(server, held).symptom is Symptom.REFUSED


def test_a_host_that_falls_silent_is_asked_over_a_new_connection_before_it_is_judged(held: ConnectionPool) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        assert asked(server, held).ok
        acquirer.answer = lambda *_: None
        seen = asked(server, held)
        assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.SILENT)
        assert server.reached(2)
        assert seen.facts.connection_age_s is None


def test_bytes_that_nobody_asked_for_end_its_use(held: ConnectionPool) -> None:
    def talkative(connection: object) -> None:
        connection.sendall(b"hello")  # type: ignore[attr-defined]
        behaviours.accept(connection)  # type: ignore[arg-type]

    with Local(talkative) as server:
        assert asked(server, held, protocol=GatewayProtocol.TCP).outcome is not Outcome.UNKNOWN
        asked(server, held, protocol=GatewayProtocol.TCP)
        assert server.reached(2)


def test_a_host_that_ends_idle_connections_again_and_again_is_left_alone(held: ConnectionPool, clock: LaterClock) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        for number in range(4):
            assert asked(server, held).ok
            for one in list(server._open):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            assert number == 3 or has_ended(held), "the fourth was not kept"
        assert asked(server, held).ok
        assert asked(server, held).facts.connection_age_s is None
        clock.by_s = 3601
        assert asked(server, held, clock=clock).ok
        assert asked(server, held, clock=clock).facts.connection_age_s is not None, "after an hour it is tried once more"


class Web:
    """Answers one request after another on a connection. `says` is a whole answer; `stays`, whether the server leaves it open."""

    def __init__(self, says: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", stays: bool = True) -> None:
        self.says, self.stays = says, stays
        self.requests: list[bytes] = []

    def serve(self, connection: socket.socket) -> None:
        while request := connection.recv(4096):
            self.requests.append(request)
            stays = self.stays  # as it was before the other side had its answer
            connection.sendall(self.says)
            if not stays:
                return


def browsed(server: Local, held: ConnectionPool, **more: object) -> Check[GatewayFacts]:
    return asked(server, held, protocol=GatewayProtocol.HTTPS if more.get("ca_file") else GatewayProtocol.HTTP, host="localhost", **more)  # type: ignore[arg-type]


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"


@pytest.mark.parametrize("encrypted", [True, False])
@pytest.mark.parametrize("says", [Web().says, CHUNKED], ids=["length", "chunked"])
def test_the_same_connection_carries_one_request_after_another(tmp_path: Path, held: ConnectionPool, encrypted: bool, says: bytes) -> None:
    web, authority = Web(says), Authority(tmp_path)
    inside = behaviours.tls(authority.context(authority.leaf("localhost")), web.serve) if encrypted else web.serve
    with Local(inside) as server:
        seen = [browsed(server, held, ca_file=str(authority.root_file) if encrypted else "") for _ in range(3)]
        assert not server.reached(2, 0.2)
    assert [(check.outcome, check.facts.http_status) for check in seen] == [(Outcome.PASS, 200)] * 3
    assert [check.facts.connection_age_s is not None for check in seen] == [False, True, True]
    assert len(web.requests) == 3
    assert all(b"Connection: keep-alive" in request for request in web.requests)


@pytest.mark.parametrize(
    ("says", "stays"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + b"x" * 40000, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", False),
        (b"HTTP/1.1 200 OK\r\n\r\nok", False),
    ],
    ids=["says that it closes", "HTTP/1.0", "a long body", "closes without a word", "cut off", "without a length"],
)
def test_what_the_server_does_not_leave_open_is_not_kept(held: ConnectionPool, says: bytes, stays: bool) -> None:
    web = Web(says, stays)
    with Local(web.serve) as server:
        assert browsed(server, held).ok
        seen = browsed(server, held)
        assert server.reached(2)
    assert seen.ok
    assert seen.facts.connection_age_s is None


def test_a_server_that_ends_an_idle_connection_of_http_is_no_event(held: ConnectionPool) -> None:
    web = Web()
    with Local(web.serve) as server:
        assert browsed(server, held).ok
        for one in list(server._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        assert not has_ended(held, 0.2)
        assert browsed(server, held).ok
        assert server.reached(2)


class Once(Unlimited):
    """One message to the acquirer, and no more."""

    taken = False

    def take(self, traffic_s: float | None) -> str:
        before, self.taken = self.taken, True
        return "one was sent just now" if before else ""


def test_a_request_that_goes_down_with_an_idle_connection_is_sent_once_more(held: ConnectionPool) -> None:
    """The server ends it just then (RFC 9112 section 9.3.1): it takes up the request and leaves without a byte."""
    web, other = Web(), Web()
    with Local(web.serve) as server:
        assert browsed(server, held).ok
        web.stays, web.says = False, b""
        server.behaviour = other.serve
        seen = browsed(server, held, turn=Once())
    assert (seen.outcome, seen.facts.http_status) == (Outcome.PASS, 200), seen
    assert (len(web.requests), len(other.requests)) == (2, 1)


def test_without_the_key_nothing_stays_open(held: ConnectionPool) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        assert asked(server, held, keep_open=False).ok
        assert acquirer.ended()
