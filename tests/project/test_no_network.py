"""The guard that keeps the tests themselves off the network."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest


def datagram(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"?", address)


@pytest.mark.parametrize(
    "reach_out",
    [
        lambda: socket.create_connection(("192.0.2.1", 80), 0.1),
        lambda: datagram(("192.0.2.1", 53)),
        lambda: socket.getaddrinfo("www.one.example", 80),
        lambda: socket.gethostbyname("www.one.example"),
    ],
)
def test_reaching_out_is_refused_and_remembered(reach_out: Callable[[], object], no_accidental_network: list[str]) -> None:
    with pytest.raises(RuntimeError, match="use loopback"):
        reach_out()
    assert len(no_accidental_network) == 1
    no_accidental_network.clear()


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), 1).close()
        datagram(server.getsockname())
