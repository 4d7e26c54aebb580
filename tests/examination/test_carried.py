"""What one examination leaves to the next: two who make examinations in one process do not see each other's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.examination.carried import Carried
from agent.examination.runner import Task, run
from agent.messages.limiter import SendLimiter
from probes import gateway
from probes.edge.acquirer.send_permit import LastAnswer, Unlimited
from probes.edge.dns.lookup import Found, Lookup
from probes.edge.net import tcp
from probes.edge.tls.session_cache import WHOLE_EVERY_S
from probes.gateway import Reuse
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.model import Check, Layer, Outcome, Symptom, other_check
from probes.model.facts import AnswerFacts, GatewayFacts, OtherFacts
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol
from tests.support.clocks import LaterClock
from tests.support.patience import PATIENCE_S
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.local import Local
from tests.support.servers.session_host import Host
from tests.support.world import behaviours

ECHO = GatewayIso8583(terminal_id="00000001", merchant_id="123456789012345")


@pytest.fixture
def two() -> Iterator[tuple[Carried, Carried]]:
    """Closed at the end."""
    with ExitStack() as stack:
        made = Carried.of(Clock()), Carried.of(Clock())
        for each in made:
            stack.callback(each.pool.close)
        yield made


def asked(settings: Gateway, carried: Carried) -> Check[GatewayFacts]:
    reuse = Reuse(pool=carried.pool, sessions=carried.sessions, anew=False)
    return gateway.probe(settings, Lookup(servers=()), None, Unlimited(), Deadline(PATIENCE_S, carried.clock, carried.spent), reuse)


def test_a_connection_that_stays_open_is_its_owners(two: tuple[Carried, Carried]) -> None:
    one, other = two
    with Local(Acquirer().serve) as server:
        address = {"host": server.address, "port": server.port, "tls": False}
        settings = Gateway(name="a", protocol=GatewayProtocol.ISO8583, iso8583=ECHO, keep_open=True, **address)  # type: ignore[arg-type]
        seen = [asked(settings, carried) for carried in (one, one, other, one, other)]
    assert [check.outcome for check in seen] == [Outcome.PASS] * 5, seen
    assert [check.facts.connection_age_s is not None for check in seen] == [False, True, False, True, True]


def test_a_tls_session_is_its_owners(tmp_path: Path, two: tuple[Carried, Carried]) -> None:
    host, (one, other) = Host(tmp_path), two
    with Local(host.serve) as server:
        for carried in (one, one, other, one, other):
            host.sessions = carried.sessions
            assert host.asked(server).ok
    assert host.resumed == [False, True, False, True, True]


def test_a_name_is_its_owners(two: tuple[Carried, Carried]) -> None:
    one, other = two
    name = Lookup(servers=("192.0.2.53",)).asked("gw.example")
    one.names.put(name, Found(addresses=("192.0.2.1",), ttl_s=300))
    assert one.names.get(name) is not None
    assert other.names.get(name) is None
    other.names.forget()
    assert one.names.get(name) is not None


def test_each_is_dated_by_its_owners_clock(tmp_path: Path) -> None:
    name = Lookup(servers=("192.0.2.53",)).asked("gw.example")
    later, now = LaterClock(), Clock()
    host, (one, other) = Host(tmp_path), (Carried.of(later), Carried.of(now))
    with Local(host.serve) as server:
        for carried in (one, other):
            carried.names.put(name, Found(addresses=("192.0.2.1",), ttl_s=300))
            host.sessions = carried.sessions
            assert host.asked(server).ok
        later.by_s = WHOLE_EVERY_S + 1
        assert [carried.names.get(name) is not None for carried in (one, other)] == [False, True]
        for carried in (one, other):
            host.sessions = carried.sessions
            assert host.asked(server).ok
    assert host.resumed == [False, False, False, True]


def test_bytes_are_told_to_their_owner(two: tuple[Carried, Carried]) -> None:
    one, other = two
    with (
        Local(behaviours.accept) as server,
        tcp.connect(server.address, server.port, Deadline(PATIENCE_S, spent=one.spent).within(PATIENCE_S)),
    ):
        pass
    assert other.spent.drain() == {}
    assert set(one.spent.drain()) == {server.address}
    assert one.spent.drain() == {}


def test_a_probe_that_hangs_is_its_owners(two: tuple[Carried, Carried]) -> None:
    one, other = two
    gate = threading.Event()
    outcomes = []
    try:
        for probe, carried in ((gate.wait, one), (_passes, one), (_passes, other)):
            outcomes.append(run([_task(probe)], Deadline(0.3), hanging=carried.hanging)[0].symptom)
    finally:
        gate.set()
    assert outcomes == [Symptom.HUNG, Symptom.HUNG, None]


def _task(probe: Callable[..., object]) -> Task:
    return Task("a", Layer.SYSTEM, "a", lambda _: probe(), PATIENCE_S)  # type: ignore[arg-type, return-value]


def _passes() -> Check[OtherFacts]:
    return other_check("a", Layer.SYSTEM, "a", OtherFacts(), Outcome.PASS)


def test_an_answer_that_is_not_written_yet_is_its_owners(tmp_path: Path, two: tuple[Carried, Carried]) -> None:
    one, other = two
    settings = Gateway(name="a", host="gw.example", port=1, protocol=GatewayProtocol.ISO8583, iso8583=ECHO)
    passed = LastAnswer(outcome=Outcome.PASS, facts=AnswerFacts(response_code="00"))
    for _ in range(2):  # the first is written, the second after a message of its own waits
        permit = SendLimiter(str(tmp_path), "boot", 0, one.clock, by_check=True, unwritten=one.unwritten).of(settings)
        assert permit.take(None) == ""
        permit.answered(passed)
    assert len(one.unwritten) == 1
    assert other.unwritten == {}
