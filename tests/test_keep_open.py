"""A gateway's connection that stays open: used again while it proves something, given up at once when it does not."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from probes import gateway
from probes.deadline import Deadline
from probes.edge.held import Held
from probes.edge.names import Lookup
from probes.edge.turn import Free
from probes.model import Check, Outcome, Symptom
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol
from tests.servers.acquirer import Acquirer
from tests.servers.local import Local
from tests.world import behaviours
from tests.world.ca import Authority

LOOKUP = Lookup(servers=())
ECHO = GatewayIso8583(terminal_id="00000001", merchant_id="123456789012345")


@pytest.fixture
def held() -> Iterator[Held]:
    made = Held()
    yield made
    made.close()


def asked(server: Local, held: Held, ca_file: str = "", **more: object) -> Check:
    settings = {"name": "a", "host": server.address, "port": server.port, "protocol": GatewayProtocol.ISO8583, "iso8583": ECHO,
                "keep_open": True, "tls": bool(ca_file), "ca_file": ca_file} | more  # fmt: skip
    return gateway.probe(Gateway(**settings), LOOKUP, None, Free(), Deadline(3), held=held)  # type: ignore[arg-type]


def has_ended(held: Held, within_s: float = 2) -> bool:
    poller = select.poll()
    poller.register(held.fileno(), select.POLLIN)
    return bool(poller.poll(within_s * 1000)) and held.read()


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_same_connection_carries_one_echo_after_another(tmp_path: Path, held: Held, encrypted: bool) -> None:
    acquirer = Acquirer()
    authority = Authority(tmp_path)
    pair = authority.leaf("localhost")
    inside = behaviours.tls(authority.context(pair), acquirer.serve) if encrypted else acquirer.serve
    ca_file = str(authority.root_file) if encrypted else ""
    with Local(inside) as server:
        seen = [asked(server, held, ca_file, host="localhost") for _ in range(3)]
        assert [check.outcome for check in seen] == [Outcome.PASS] * 3, seen[0]
        assert "connection_age_s" not in seen[0].facts
        assert ["connection_age_s" in check.facts for check in seen[1:]] == [True, True]
        assert [check.facts.get("certificate") for check in seen[1:]] == [seen[0].facts.get("certificate")] * 2
        assert len({check.facts["trace"] for check in seen}) == 3
        assert not server.reached(2, 0.2)
    assert (acquirer.messages, acquirer.refused) == (3, [])


def test_its_end_is_heard_at_once_and_the_next_look_connects_anew(held: Held) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        assert asked(server, held).ok
        assert not has_ended(held, 0.1)
        server.stop()
        assert has_ended(held)
        assert not has_ended(held, 0.1), "once"
        assert asked(server, held).symptom is Symptom.REFUSED


def test_a_host_that_falls_silent_is_asked_over_a_new_connection_before_it_is_judged(held: Held) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        assert asked(server, held).ok
        acquirer.answer = lambda *_: None
        seen = asked(server, held)
        assert (seen.outcome, seen.symptom) == (Outcome.FAIL, Symptom.SILENT)
        assert server.reached(2)
        assert "connection_age_s" not in seen.facts


def test_bytes_that_nobody_asked_for_end_its_use(held: Held) -> None:
    def talkative(connection: object) -> None:
        connection.sendall(b"hello")  # type: ignore[attr-defined]
        behaviours.accept(connection)  # type: ignore[arg-type]

    with Local(talkative) as server:
        assert asked(server, held, protocol=GatewayProtocol.TCP).outcome is not Outcome.UNKNOWN
        asked(server, held, protocol=GatewayProtocol.TCP)
        assert server.reached(2)


def test_a_host_that_ends_idle_connections_again_and_again_is_left_alone(held: Held) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        for _ in range(4):
            assert asked(server, held).ok
            for one in list(server._open):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            has_ended(held, 0.5)
        assert asked(server, held).ok
        assert "connection_age_s" not in asked(server, held).facts


def test_without_the_key_nothing_stays_open(held: Held) -> None:
    acquirer = Acquirer()
    with Local(acquirer.serve) as server:
        assert asked(server, held, keep_open=False).ok
        assert acquirer.ended()
