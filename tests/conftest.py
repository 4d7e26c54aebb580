"""Rules for every test: no network beyond loopback from the test process, and no root-only test without its reason."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import hypothesis
import pytest

from tests.support.world import netns

_escaped: list[str] = []
# how long an example takes says nothing on a machine that does other things besides
# and `make test` gives the same answer twice: `make test-random` looks for examples that nobody has tried
hypothesis.settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize="RANDOM_EXAMPLES" not in os.environ,
)
hypothesis.settings.load_profile("any machine")


class AccidentalNetworkIO(RuntimeError):
    """A test reached for the network outside loopback and outside a world of its own."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str) or host in ("", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return host.endswith(".localhost")
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified


def _refuse(what: str) -> None:
    _escaped.append(what)
    raise AccidentalNetworkIO(f"{what}: use loopback, or run it inside a world (tests/support/world)")


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        sock, address = args[0], args[1]
        if not isinstance(sock, socket.SocketType) or sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        if isinstance(address, tuple) and not _is_local(address[0]) and not netns.is_inside():
            _refuse(f"{event} to {address!r}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
        if not _is_address(host) and not _is_local(host) and not netns.is_inside():
            _refuse(f"{event} of {host!r}")


def _is_address(host: object) -> bool:
    """A number needs no name server."""
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host).split("%", 1)[0])
    except ValueError:
        return False
    return True


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def no_accidental_network() -> Iterator[list[str]]:
    """Fails the test even where the code under test swallowed the refusal."""
    _escaped.clear()
    yield _escaped
    if _escaped:
        pytest.fail("network I/O outside loopback: " + "; ".join(_escaped))


def _reason_against_root_tests() -> str | None:
    if os.geteuid() != 0:
        return "needs root, as it makes network namespaces"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True, check=False)
    if tried.returncode and not os.environ.get("CI"):
        return f"this machine lets nobody make network namespaces: {tried.stderr.strip()}"
    return None


def pytest_configure() -> None:
    """A shell has what it puts into the background ignore Ctrl-C, and every program that a test starts would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rooted = [item for item in items if item.get_closest_marker("root")]
    reason = _reason_against_root_tests() if rooted else None
    if reason:
        for item in rooted:
            item.add_marker(pytest.mark.skip(reason=reason))
