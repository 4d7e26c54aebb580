"""Before Linux 5.7 only a process with a right may choose the interface that a socket leaves by: the right is named, nobody blamed."""

from __future__ import annotations

import errno
import socket

import pytest

from probes.edge.failures import CannotTell
from probes.edge.net import tcp
from probes.model.rights import NET_RAW


class Older(socket.socket):
    """As such a kernel answers."""

    def setsockopt(self, *_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")


def test_the_right_to_choose_an_interface_is_named() -> None:
    with Older() as sock, pytest.raises(CannotTell) as denied:
        tcp.bind_to(sock, "lo")
    assert denied.value.text == NET_RAW.missing()
