"""The world itself: what is healthy works, and each fault does what it says."""

from __future__ import annotations

import errno
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.world import World, behaviours, faults, host_faults, netns, plan, questions

pytestmark = pytest.mark.root
GATEWAY = (plan.GATEWAY_A.v4, plan.GATEWAY_PORT)


@pytest.fixture
def world() -> Iterator[World]:
    with World(ipv6=True, gateways="ab") as made:
        yield made


def connect(w: World, address: tuple[str, int] = GATEWAY, timeout: float = 0.5) -> str:
    """`ok`, or the name of the error that the kernel gives."""

    def attempt() -> str:
        try:
            socket.create_connection(address, timeout).close()
        except TimeoutError:
            return "timeout"
        except OSError as error:
            return errno.errorcode[error.errno or 0]
        return "ok"

    return netns.call(w.terminal, attempt)


def shake(w: World, timeout: float = PATIENCE_S) -> ssl.SSLError | OSError | None:
    """A verified TLS handshake with gateway A: what it fails with."""

    def attempt() -> ssl.SSLError | OSError | None:
        context = ssl.create_default_context(cafile=str(w.authority.root_file))
        try:
            with socket.create_connection(GATEWAY, timeout) as plain, context.wrap_socket(plain, server_hostname=plan.GATEWAY_A.name):
                return None
        except OSError as error:
            return error

    return netns.call(w.terminal, attempt)


def get(w: World, host: plan.Host) -> str:
    """The head of an HTTP answer."""

    def attempt() -> str:
        with socket.create_connection((host.v4, 80), PATIENCE_S) as client:
            client.sendall(f"GET /generate_204 HTTP/1.1\r\nHost: {host.name}\r\n\r\n".encode())
            received = b""
            while piece := client.recv(4096):
                received += piece
        return received.decode()

    return netns.call(w.terminal, attempt)


def ping(w: World, address: str, count: int = 1) -> int:
    """How many echoes came back."""
    argv = ["ip", "netns", "exec", w.terminal, "ping", "-n", "-q", "-i", "0.01", "-W", "1", "-c", str(count), address]
    said = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    return int(said.split(" packets transmitted, ")[1].split(" received")[0])


def carrier(w: World) -> str:
    return netns.command("ip", "-n", w.terminal, "-o", "link", "show", "eth0")


def test_a_healthy_world_works(world: World) -> None:
    assert questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name) == (0, 1)
    assert questions.ask(world.terminal, plan.ROUTER_6, plan.GATEWAY_A.name, questions.AAAA) == (0, 1)
    assert questions.ask(world.terminal, plan.ROUTER, "nobody.example")[0] == questions.NXDOMAIN
    assert shake(world) is None
    for host in (plan.CHECK_1, plan.CHECK_2):
        assert get(world, host).startswith("HTTP/1.1 204 ")
    for address in (plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4, plan.NAME_SERVER.v6, plan.OTHER_ADDRESS.v6):
        assert connect(world, (address, 53)) == "ok"
    assert ping(world, plan.ROUTER) == ping(world, plan.CHECK_1.v4) == 1


def test_a_terminal_with_ipv6_alone() -> None:
    with World(ipv4=False, ipv6=True) as world:
        assert connect(world) == "ENETUNREACH"
        assert connect(world, (plan.GATEWAY_A.v6, plan.GATEWAY_PORT)) == "ok"


def test_a_backup_uplink_carries_alone() -> None:
    with World(backup=True) as world:
        assert connect(world) == "ok"
        faults.interface_down(world)
        assert connect(world) == "ok"
        assert world.servers["gateway_a"].reached(2)


def test_worlds_stand_side_by_side_and_leave_nothing() -> None:
    with World() as one, World() as other:
        faults.wan_unplugged(one)
        assert connect(one) == "ENETUNREACH"
        assert connect(other) == "ok"
        names = {one.terminal, one.router, one.net, other.terminal, other.router, other.net}
        assert names <= set(netns.existing())
        folders = (one.folder, other.folder, netns.etc(one.terminal))
    assert not names & set(netns.existing())
    assert not any(folder.exists() for folder in folders)


def test_a_world_that_fails_halfway_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: World) -> None:
        raise RuntimeError("halfway")

    monkeypatch.setattr(World, "_hosts", broken)
    world = World()
    with pytest.raises(RuntimeError, match="halfway"), world:
        pass
    assert not {world.terminal, world.router, world.net} & set(netns.existing())


def test_what_a_killed_run_left_is_removed() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    name = f"pd{ended.pid}-0t"
    netns.create(name)
    with subprocess.Popen(["ip", "netns", "exec", name, "sleep", "60"]) as process:
        while name not in netns.command("ip", "netns", "identify", str(process.pid)):
            assert process.poll() is None
        netns.reap()
        assert process.wait(PATIENCE_S) < 0
    assert name not in netns.existing()


BLOCKED: list[tuple[str, Callable[[World], object], str]] = [
    ("cable out", faults.cable_out, "timeout"),
    ("interface down", faults.interface_down, "ENETUNREACH"),
    ("no address", faults.no_address, "ENETUNREACH"),
    ("no default route", faults.no_default_route, "ENETUNREACH"),
    ("wrong router", faults.wrong_router, "timeout"),
    ("router gone", faults.router_gone, "timeout"),
    ("wan unplugged", faults.wan_unplugged, "ENETUNREACH"),
    ("wan silent", faults.wan_silent, "timeout"),
    ("everything dropped", faults.everything_dropped, "timeout"),
    ("path blocked, silently", lambda w: faults.block(w, plan.GATEWAY_A), "timeout"),
    ("path prohibited", lambda w: faults.block(w, plan.GATEWAY_A, how="prohibited"), "EHOSTUNREACH"),
    ("port reset", lambda w: faults.block(w, plan.GATEWAY_A, plan.GATEWAY_PORT, "reset"), "ECONNREFUSED"),
    ("another port blocked", lambda w: faults.block(w, plan.GATEWAY_A, 443), "ok"),
    ("closed network without it", lambda w: faults.only(w, plan.GATEWAY_B), "timeout"),
    ("closed network with it", lambda w: faults.only(w, plan.GATEWAY_A), "ok"),
    ("gateway stopped", host_faults.gateway_stopped, "ECONNREFUSED"),
    ("portal", host_faults.portal, "timeout"),
]


@pytest.mark.parametrize(("fault", "seen"), [pytest.param(fault, seen, id=name) for name, fault, seen in BLOCKED])
def test_what_a_connection_meets(world: World, fault: Callable[[World], object], seen: str) -> None:
    fault(world)
    assert connect(world) == seen


def test_links(world: World) -> None:
    assert "LOWER_UP" in carrier(world)
    faults.cable_out(world)
    assert "NO-CARRIER" in carrier(world)
    faults.cable_in(world)
    assert "NO-CARRIER" not in carrier(world)
    assert connect(world, timeout=PATIENCE_S) == "ok"
    faults.router_gone(world)
    assert "LOWER_UP" in carrier(world)


def test_icmp_can_be_silent_alone(world: World) -> None:
    faults.router_without_icmp(world)
    assert ping(world, plan.ROUTER) == 0
    assert ping(world, plan.CHECK_1.v4) == 1
    faults.path_without_icmp(world)
    assert ping(world, plan.CHECK_1.v4) == 0
    assert connect(world) == "ok"


@pytest.mark.parametrize(("steady", "least", "most"), [(False, 20, 90), (True, 54, 66)])
def test_loss(world: World, steady: bool, least: int, most: int) -> None:
    faults.loss(world, 40, steady=steady)
    assert least < ping(world, plan.ROUTER, 100) < most


def test_large_packets_vanish(world: World) -> None:
    faults.small_packets_only(world)
    sizes = [
        subprocess.run(
            ["ip", "netns", "exec", world.terminal, "ping", "-n", "-q", "-c1", "-W1", "-M", "do", "-s", size, plan.CHECK_1.v4],
            capture_output=True,
            check=False,
        ).returncode
        for size in ("100", "1472")
    ]
    assert sizes == [0, 1]


@pytest.mark.parametrize(("wins", "seen"), [(True, "timeout"), (False, "ok")])
def test_another_machine_has_our_address(world: World, wins: bool, seen: str) -> None:
    faults.address_conflict(world, wins=wins)
    assert connect(world) == seen
    netns.ip(world.router, "neigh flush dev lan0 nud permanent")
    answers = set()
    for _ in range(20):  # of two answers to one question, either may come first
        netns.ip(world.router, "neigh flush dev lan0")
        ping_back = ["ip", "netns", "exec", world.router, "ping", "-n", "-q", "-c1", "-W1", plan.TERMINAL]
        subprocess.run(ping_back, capture_output=True, check=False)
        answers.add(netns.command("ip", "-n", world.router, "-o", "neigh", "show", plan.TERMINAL).split("lladdr ")[-1].split(" ")[0])
        if plan.OTHER_MAC in answers:
            return
    pytest.fail(f"only {answers} answer for the terminal's address")


@pytest.mark.parametrize("code", [questions.SERVFAIL, questions.REFUSED, questions.NXDOMAIN])
def test_a_name_server_that_says_no(world: World, code: int) -> None:
    host_faults.dns_answers(world, code)
    assert questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name) == (code, 0)


def test_a_real_name_server_with_nobody_to_ask(world: World) -> None:
    host_faults.dns_without_upstream(world)
    assert questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name)[0] == questions.REFUSED


def test_a_name_server_that_does_not_answer(world: World) -> None:
    host_faults.dns_silent(world)
    with pytest.raises(TimeoutError):
        questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name, timeout=0.3)


def test_a_slow_name_server(world: World) -> None:
    host_faults.dns_slow(world, 0.3)
    with pytest.raises(TimeoutError):
        questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name, timeout=0.2)
    assert questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name) == (0, 1)


def test_a_name_server_that_is_stopped(world: World) -> None:
    host_faults.dns_stopped(world)
    with pytest.raises(ConnectionRefusedError):
        questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name)


CERTIFICATES: list[tuple[Callable[[World], None], int]] = [
    (host_faults.certificate_expired, 10),
    (host_faults.intermediate_expired, 10),
    (lambda w: host_faults.certificate(w, begins=10), 9),
    (host_faults.certificate_wrong_name, 62),
    (host_faults.certificate_untrusted, 20),
    (host_faults.certificate_self_signed, 18),
]


@pytest.mark.parametrize(("fault", "verify_code"), CERTIFICATES)
def test_certificates(world: World, fault: Callable[[World], None], verify_code: int) -> None:
    fault(world)
    error = shake(world)
    assert isinstance(error, ssl.SSLCertVerificationError)
    assert error.verify_code == verify_code


def test_gateways_that_misbehave(world: World) -> None:
    host_faults.gateway_plain_text(world)
    error = shake(world)
    assert isinstance(error, ssl.SSLError)
    assert error.reason == "WRONG_VERSION_NUMBER"
    host_faults.gateway_does(world, behaviours.accept)
    assert isinstance(shake(world, timeout=0.3), TimeoutError)
    host_faults.gateway_does(world, behaviours.reset)
    assert isinstance(shake(world), ConnectionResetError)
    host_faults.gateway_does(world, behaviours.close)
    assert isinstance(shake(world), (ssl.SSLZeroReturnError, ssl.SSLEOFError, ConnectionResetError))


@pytest.mark.parametrize(("status", "said"), [(302, f"Location: {host_faults.PORTAL}"), (200, "Please log in")])
def test_portals(world: World, status: int, said: str) -> None:
    host_faults.portal(world, status=status)
    answer = get(world, plan.CHECK_1)
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert said in answer
    assert questions.ask(world.terminal, plan.ROUTER, plan.GATEWAY_A.name) == (0, 1)
