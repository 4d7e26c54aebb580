"""What a port of a machine beside this one says to a connection over which nothing is sent."""

from __future__ import annotations

import select
import socket

from probes.edge.failures import PeerFailed, raise_if_ours
from probes.edge.kernel.sockdiag import established
from probes.edge.net import tcp
from probes.ground.deadline import Deadline

OPEN, BUSY = "open", "busy"
_CONNECT_S, _LEFT_S = 2.0, 1.0
_HANGS_UP_S = 0.3  # after it has accepted: within it one that serves another client closes


def ask(address: str, port: int, deadline: Deadline) -> str:
    """`open`, `busy` where it accepts and hangs up at once, or the symptom; empty where no time is left. None is made where this machine
    has one to it already. Raises CannotTell."""
    if established(address, port):
        return OPEN
    if deadline.remaining() < _LEFT_S:
        return ""
    try:
        with tcp.connect(address, port, deadline.within(_CONNECT_S)) as accepted:
            return BUSY if _hangs_up(accepted.sock, deadline.within(_HANGS_UP_S)) else OPEN
    except PeerFailed as failure:
        return failure.symptom.value


def _hangs_up(sock: socket.socket, deadline: Deadline) -> bool:
    """Whether it closes before it has said anything; nothing is sent to it."""
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    try:
        return bool(poller.poll(deadline.remaining() * 1000)) and not sock.recv(1, socket.MSG_PEEK)
    except ConnectionResetError:
        return True
    except OSError as error:
        raise_if_ours(error)
        return False
