"""What probes of the network say where this machine lacks what they need: that they could not look, and never that somebody failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from probes import gateway
from probes.edge.acquirer.send_permit import Unlimited
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import CannotTell
from probes.edge.tls import gateway_handshake
from probes.ground.deadline import Deadline
from probes.model import Outcome, Symptom
from probes.settings import Gateway, GatewayProtocol
from tests.support.few_descriptors import NO_PROCESSES, NOT_LOOKED, made_with_few, states
from tests.support.little_memory import made_with_little
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.local import Local, closed_port
from tests.support.world import World, behaviours, plan
from tests.support.world.ca import Authority

GATEWAY = """
from probes import gateway, reach, tls_spoken
from probes.edge.acquirer.send_permit import Unlimited
from probes.edge.dns.lookup import Lookup
from probes.edge.net.connection_pool import ConnectionPool
from probes.edge.tls.session_cache import TlsSessionCache
from probes.gateway import Reuse
from probes.ground.deadline import Deadline
from probes.settings import Gateway, GatewayIso8583, GatewayProtocol

ECHO = GatewayIso8583(terminal_id="00000001", merchant_id="123456789012345")

def look(port, protocol, ca_file="", tls=False, own=""):
    files = dict(ca_file=ca_file, client_cert_file=own)
    wanted = Gateway(name="a", host="localhost", port=port, protocol=GatewayProtocol(protocol), tls=tls, iso8583=ECHO, **files)
    reuse = Reuse(pool=ConnectionPool(), sessions=TlsSessionCache())
    return gateway.probe(wanted, Lookup(servers=()), None, Unlimited(), Deadline(5), reuse)
"""
INTERNET = """
from probes import internet, loss
from probes.edge.dns.lookup import Lookup
from probes.edge.net.proxy import Proxy
from probes.ground.deadline import Deadline
from probes.ntp import ntp
from probes.settings import InternetCheck

LOOKUP = Lookup(servers=())
"""
NAMES = """
from probes import backup, dns, names_elsewhere
from probes.edge.dns.lookup import Lookup
from probes.ground.deadline import Deadline
from probes.settings import Gateway, GatewayProtocol
"""
PASSES = ("pass", None)


def only_where_nothing_lacks(seen: list[dict[str, object]], looked: tuple[str, str | None] = PASSES, first: str = "descriptor") -> None:
    """The first could not look, the last could, and no other thing was said between."""
    assert states(seen)[0] == NOT_LOOKED and first in str(seen[0]["because"])
    assert set(states(seen)) == {NOT_LOOKED, looked}
    assert states(seen)[-1] == looked


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def encrypted(authority: Authority, inside: behaviours.Behaviour, days: float = 30) -> behaviours.Behaviour:
    return behaviours.tls(authority.context(authority.leaf("localhost", days=days)), inside)


def accepting(authority: Authority) -> dict[str, behaviours.Behaviour]:
    """By protocol."""
    return {
        "tcp": behaviours.accept,
        "http": behaviours.http(200, b"ok"),
        "tls": encrypted(authority, behaviours.accept),
        "https": encrypted(authority, behaviours.http(200, b"ok")),
        "iso8583": encrypted(authority, Acquirer().serve),
    }


@pytest.mark.parametrize("protocol", ["tcp", "http", "tls", "https", "iso8583"])
def test_a_gateway_that_accepts_is_never_said_to_fail(authority: Authority, protocol: str) -> None:
    with Local(accepting(authority)[protocol]) as server:
        call = f"look({server.port}, {protocol!r}, {str(authority.root_file)!r}, tls={protocol == 'iso8583'})"
        only_where_nothing_lacks(made_with_few(GATEWAY, call))


def test_a_gateway_that_fails_fails_only_where_that_was_seen(authority: Authority) -> None:
    only_where_nothing_lacks(made_with_few(GATEWAY, f"look({closed_port()}, 'tcp')"), ("fail", "refused"))
    with Local(encrypted(authority, behaviours.accept, days=-1)) as server:
        seen = made_with_few(GATEWAY, f"look({server.port}, 'tls', {str(authority.root_file)!r})")
    only_where_nothing_lacks(seen, ("fail", "cert_expired"))


def test_the_certificates_of_a_gateway_that_fails_could_not_be_looked_at(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take a connection of their own; that the first one failed, and why, is known all the same."""

    def none_left(*_: object, **__: object) -> None:
        raise CannotTell("no file descriptor is left: get more")

    monkeypatch.setattr(gateway_handshake, "connect_any", none_left)
    with Local(encrypted(authority, behaviours.accept, days=-1)) as server:
        protocol, root = GatewayProtocol.TLS, str(authority.root_file)
        wanted = Gateway(name="a", host="localhost", port=server.port, protocol=protocol, ca_file=root)
        seen = gateway.probe(wanted, Lookup(servers=()), None, Unlimited(), Deadline(3))
    assert (seen.outcome, seen.symptom, seen.facts.certificate) == (Outcome.FAIL, Symptom.CERT_EXPIRED, None)
    assert seen.facts.note == "the certificates could not be looked at: no file descriptor is left: get more"


def test_a_gateway_that_stalls_is_not_blamed_where_its_path_could_not_be_tried(authority: Authority) -> None:
    """Small segments are tried beside it, over a connection of their own: only then is the gateway known to be silent itself."""
    with Local(behaviours.accept) as server:
        seen = made_with_few(GATEWAY, f"look({server.port}, 'tls', {str(authority.root_file)!r})", most=3)
    only_where_nothing_lacks(seen, ("fail", "tls_stalled"))


def test_a_port_that_accepts_is_never_said_to_fail() -> None:
    with Local(behaviours.accept) as server:
        wanted = f"Gateway(name='a', host='localhost', port={server.port}, protocol=GatewayProtocol.TCP)"
        only_where_nothing_lacks(made_with_few(GATEWAY, f"reach.probe({wanted}, '127.0.0.1', 5.0, ConnectionPool(), Deadline(3))"))


def test_who_speaks_tls_is_not_passed_over_in_silence(authority: Authority) -> None:
    with Local(encrypted(authority, behaviours.accept)) as server:
        wanted = f"Gateway(name='a', host='localhost', port={server.port}, protocol=GatewayProtocol.TCP)"
        only_where_nothing_lacks(made_with_few(GATEWAY, f"tls_spoken.probe({wanted}, '127.0.0.1', Deadline(3))[0]"))


@pytest.mark.parametrize("what", ["check", "proxy", "reach"])
def test_the_internet_is_never_said_to_be_gone(what: str) -> None:
    with Local(behaviours.http(204)) as server:
        calls = {
            "check": f"internet.check_url(1, InternetCheck(url='http://localhost:{server.port}/'), LOOKUP, True, None, Deadline(5))",
            "proxy": f"internet.probe_proxy(Proxy(host='localhost', port={server.port}), LOOKUP, Deadline(5))",
            "reach": f"internet.reach('127.0.0.1', {server.port}, True, Deadline(5))",
        }
        only_where_nothing_lacks(made_with_few(INTERNET, calls[what]))


def test_samples_that_could_not_be_sent_are_not_lost() -> None:
    """They are open at the same time, and so use up what is left."""
    with Local(behaviours.accept) as server:
        seen = made_with_few(INTERNET, f"loss.by_tcp('lo', '127.0.0.1', {server.port}, 5, 0.0, Deadline(5))", most=8)
    only_where_nothing_lacks(seen)
    assert all(check["facts"].get("lost", 0) == 0 for check in seen)
    assert all("sent" not in check["facts"] for check in seen if states([check]) == [NOT_LOOKED])


@pytest.mark.root
def test_echoes_that_could_not_be_sent_are_not_lost() -> None:
    seen = made_with_few(
        INTERNET, "loss.by_icmp('lo', '127.0.0.1', 3, Deadline(5))", most=6, prepare="loss.by_icmp('lo', '127.0.0.1', 1, Deadline(5))"
    )
    only_where_nothing_lacks(seen)


def test_a_time_server_that_could_not_be_asked_is_not_silent() -> None:
    for host in ("127.0.0.1", "localhost"):
        seen = made_with_few(INTERNET, f"ntp({host!r}, Deadline(5), port={closed_port()})")
        only_where_nothing_lacks(seen, ("unknown", "refused"))


# --- names


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(gateways="ab", backup=True) as made:
        yield made


def within(w: World) -> tuple[str, ...]:
    return ("ip", "netns", "exec", w.terminal)


@pytest.mark.root
def test_a_name_server_that_could_not_be_asked_is_not_silent(world: World) -> None:
    call = f"dns.probe({plan.ROUTER!r}, ('www.one.example',), (), Deadline(5))"
    only_where_nothing_lacks(made_with_few(NAMES, call, by=within(world)))


@pytest.mark.root
def test_a_name_that_could_not_be_asked_for_elsewhere_is_not_passed_over(world: World) -> None:
    call = f"names_elsewhere.probe('a', {plan.GATEWAY_A.name!r}, Lookup(servers=({plan.NAME_SERVER.v4!r},)), Deadline(5))[0]"
    only_where_nothing_lacks(made_with_few(NAMES, call, by=within(world)))


@pytest.mark.root
@pytest.mark.parametrize("servers", [(plan.NAME_SERVER.v4,), (plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4)], ids=["one", "two at once"])
def test_a_backup_uplink_that_could_not_be_tried_has_not_failed(world: World, servers: tuple[str, ...]) -> None:
    wanted = f"Gateway(name='b', host={plan.GATEWAY_B.name!r}, port={plan.GATEWAY_PORT}, protocol=GatewayProtocol.TCP)"
    call = f"backup.probe('wwan0', [{wanted}], [], {{}}, Lookup(servers={servers!r}), Deadline(5))"
    only_where_nothing_lacks(made_with_few(NAMES, call, by=within(world)))


# --- threads and memory


def readable_for_all(authority: Authority) -> None:
    authority.root_file.chmod(0o644)
    for folder in authority.root_file.parents:
        folder.chmod(folder.stat().st_mode | 0o011)


NOBODY = ("setpriv", "--reuid=65533", "--regid=65533", "--clear-groups")


@pytest.mark.root
def test_a_request_whose_time_could_not_be_limited_was_not_made() -> None:
    """A thread cuts it off at its deadline."""
    with Local(behaviours.http(200, b"ok")) as server:
        seen = made_with_few(GATEWAY, f"look({server.port}, 'http')", prepare=NO_PROCESSES, by=NOBODY)
        assert states(seen) == [NOT_LOOKED] * len(seen)
        assert "no further thread" in seen[-1]["because"] and "TasksMax" in seen[-1]["because"]


@pytest.mark.root
def test_a_gateway_that_stalls_is_not_blamed_where_nothing_could_be_tried_beside_it(authority: Authority) -> None:
    readable_for_all(authority)
    with Local(behaviours.accept) as server:
        prepare = f"{NO_PROCESSES}\nroot = {str(authority.root_file)!r}"
        seen = made_with_few(GATEWAY, f"look({server.port}, 'tls', root)", prepare=prepare, most=0, by=NOBODY)
        assert states(seen) == [NOT_LOOKED]


@pytest.mark.root
def test_a_client_certificate_that_may_not_be_read_is_not_refused(authority: Authority, tmp_path: Path) -> None:
    """Who may not read it is this program, and not the payment application; one that is not there is missing for both."""
    readable_for_all(authority)
    own = authority.leaf("T-1001").write(tmp_path / "own.pem")
    own.chmod(0o600)
    with Local(accepting(authority)["tls"]) as server:
        root = str(authority.root_file)
        (seen,) = made_with_few(GATEWAY, f"look({server.port}, 'tls', {root!r}, own={str(own)!r})", most=20, by=NOBODY)[-1:]
        (missing,) = made_with_few(GATEWAY, f"look({server.port}, 'tls', {root!r}, own={str(own) + 'x'!r})", most=20, by=NOBODY)[-1:]
    assert states([seen]) == [NOT_LOOKED] and f"{own} or its key cannot be read" in seen["because"]
    assert states([missing]) == [("fail", "client_cert_unusable")]


@pytest.mark.parametrize("step", [64 * 1024, 1 << 20])
@pytest.mark.parametrize("protocol", ["tcp", "http", "tls", "https", "iso8583"])
def test_a_gateway_is_never_said_to_fail_for_want_of_memory(authority: Authority, protocol: str, step: int) -> None:
    with Local(accepting(authority)[protocol]) as server:
        call = f"look({server.port}, {protocol!r}, {str(authority.root_file)!r}, tls={protocol == 'iso8583'})"
        seen = made_with_little(GATEWAY, call, step=step)
    assert all(outcome in ("pass", "unknown") for outcome, _ in seen), seen
    assert (seen[0], seen[-1]) == (NOT_LOOKED, PASSES), seen


def test_what_was_not_sent_for_want_of_memory_is_not_lost() -> None:
    with Local(behaviours.accept) as server:
        seen = made_with_little(INTERNET, f"loss.by_tcp('lo', '127.0.0.1', {server.port}, 3, 0.0, Deadline(5))", steps=8, step=16 * 1024)
    assert set(seen) == {NOT_LOOKED, PASSES}
