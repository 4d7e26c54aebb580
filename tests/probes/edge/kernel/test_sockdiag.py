"""Connections of other programs, as the kernel tells them to anybody."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from probes.edge.kernel.sockdiag import established, messages

FAMILIES = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}


@contextmanager
def connected(address: str, family: socket.AddressFamily, shown_as: str = "") -> Iterator[tuple[socket.socket, socket.socket, int]]:
    """A client's end, the host's end, and the host's port."""
    listening = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(listening)) as listener:
        listener.bind((address, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with closing(socket.socket(family)) as client:
            client.connect((shown_as or address, port))
            accepted, _ = listener.accept()
            with closing(accepted):
                yield client, accepted, port


@pytest.mark.parametrize("address", FAMILIES)
def test_a_connection_is_counted_with_what_went_over_it(address: str) -> None:
    with connected(address, FAMILIES[address]) as (client, host, port):
        client.sendall(b"x" * 1000)
        assert len(host.recv(1000, socket.MSG_WAITALL)) == 1000
        host.sendall(b"y" * 300)
        assert len(client.recv(300, socket.MSG_WAITALL)) == 300
        [found] = established(address, port)
    assert found.bytes_received == 300
    assert found.bytes_acknowledged in (1000, 1001)  # the SYN counts for one
    assert (found.retransmits, found.unanswered) == (0, 0)
    assert found.received_ms_ago < 5000


@pytest.mark.parametrize("address", FAMILIES)
def test_each_connection_is_found(address: str) -> None:
    with closing(socket.create_server((address, 0), family=FAMILIES[address])) as listener:
        port = listener.getsockname()[1]
        clients = [socket.create_connection((address, port)) for _ in range(3)]
        found = established(address, port)
        for client in clients:
            client.close()
    assert len(found) == 3
    assert {one.bytes_received for one in found} == {0}


@pytest.mark.parametrize("address", FAMILIES)
def test_the_kernel_tells_only_of_connections_to_one_of_the_ports(address: str) -> None:
    """Each port once, of those asked for and of those beside them."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(closing(socket.create_server((address, 0), family=FAMILIES[address]))) for _ in range(6)]
        ports = [listener.getsockname()[1] for listener in listeners]
        for port in ports:
            stack.enter_context(closing(socket.create_connection((address, port))))
        for asked in (ports[:1], ports[1:3], ports[:5], [*ports[3:], 65535, 1]):
            found = [struct.unpack_from("!H", message, 6)[0] for message in messages(FAMILIES[address], 1 << 1, asked)]
            assert sorted(found) == sorted(set(asked) & set(ports)), "no other one of this machine's"


def test_of_no_port_there_is_no_connection() -> None:
    with connected("127.0.0.1", socket.AF_INET):
        assert list(messages(socket.AF_INET, 1 << 1, [])) == []


def _closed(address: str) -> int:
    with closing(socket.socket(FAMILIES[address])) as tried:
        tried.bind((address, 0))
        return int(tried.getsockname()[1])


@pytest.mark.parametrize("address", FAMILIES)
def test_neither_another_port_nor_another_address_nor_the_hosts_own_end_counts(address: str) -> None:
    with connected(address, FAMILIES[address]) as (client, _, port):
        assert established(address, _closed(address)) == []
        assert established("127.0.0.2" if address == "127.0.0.1" else "::2", port) == []
        # from the host's side it is a connection to the client's port
        assert len(established(address, client.getsockname()[1])) == 1


def test_an_ipv4_connection_of_a_program_that_speaks_ipv6_is_found() -> None:
    """As Java's are: their sockets are of IPv6, with the IPv4 address mapped into it."""
    with connected("127.0.0.1", socket.AF_INET6, "::ffff:127.0.0.1") as (_, _, port):
        assert len(established("127.0.0.1", port)) == 1


def test_nothing_is_found_where_nobody_is_connected() -> None:
    assert established("127.0.0.1", _closed("127.0.0.1")) == []
    assert established("not an address", 1) == []


def test_a_closed_connection_is_found_no_more() -> None:
    with connected("127.0.0.1", socket.AF_INET) as (client, host, port):
        host.close()
        client.close()
        assert established("127.0.0.1", port) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs all of this file as one")
def test_an_ordinary_user_sees_the_connections_of_others() -> None:
    script = "import sys; from probes.edge.kernel.sockdiag import established; print(len(established('127.0.0.1', int(sys.argv[1]))))"
    with connected("127.0.0.1", socket.AF_INET) as (_, _, port):
        seen = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", script, str(port)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (seen.stdout, seen.stderr) == ("1\n", "")
