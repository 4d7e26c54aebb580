"""A connection costs the same whoever closes it, and is told to the one for whom it was opened."""

from __future__ import annotations

import socket

import pytest

from probes.edge.net import tcp
from probes.edge.net.byte_counter import Counted, TcpSocket
from probes.ground.bytes_spent import BytesSpent
from probes.ground.deadline import Deadline
from tests.support.patience import PATIENCE_S

HEADERS = 6 * (20 + 32) + 2 * 8  # on IPv4: three packets to open it, and three to close it
HERE = "127.0.0.1"


class Later(Counted, socket.socket):
    """As TLS goes on with a descriptor."""


def opened(spent: BytesSpent, listener: socket.socket) -> TcpSocket:
    connection = tcp.connect(HERE, listener.getsockname()[1], Deadline(PATIENCE_S, spent=spent).within(PATIENCE_S))
    assert isinstance(connection.sock, TcpSocket)
    return connection.sock


@pytest.mark.parametrize("by", ["itself", "the next, after a while", "the next", "nobody who counts"])
def test_a_connection_without_a_byte_costs_six_packets(by: str) -> None:
    spent = BytesSpent()
    with socket.create_server((HERE, 0)) as listener:
        sock = opened(spent, listener)
        if by == "itself":
            sock.close()
        else:
            later = Later(fileno=sock.detach()) if by != "nobody who counts" else socket.socket(fileno=sock.detach())
            if isinstance(later, Later):
                sock.goes_on_as(later)
                if by == "the next, after a while":
                    later.tell()
            later.close()
    assert spent.drain() == {HERE: HEADERS}
    assert spent.drain() == {}


def test_a_connection_that_goes_on_is_counted_as_far_as_it_went() -> None:
    spent = BytesSpent()
    with socket.create_server((HERE, 0)) as listener:
        sock = opened(spent, listener)
        sock.tell()
        before = spent.drain()[HERE]
        sock.close()
    assert before + spent.drain()[HERE] == HEADERS
