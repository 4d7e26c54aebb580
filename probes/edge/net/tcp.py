"""TCP connections with what the kernel knows of them: round trip, retransmissions, and who said no."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import time
from typing import Any

from probes.edge.failures import PeerFailed, failure_of
from probes.edge.net.byte_counter import TcpSocket
from probes.ground.deadline import Deadline
from probes.model import Symptom

_IP_RECVERR, _IPV6_RECVERR = 11, 25
_ORIGIN_ICMP, _ORIGIN_ICMP6 = 2, 3
_PROHIBITED_V4 = (9, 10, 13)  # ICMP type 3 (RFC 1812 section 5.2.7.1)
_PROHIBITED_V6 = (1, 5, 6)  # ICMPv6 type 1 (RFC 4443 section 3.1)


class Connection:
    """An open connection; close it, or use it in a `with`."""

    def __init__(self, sock: socket.socket, address: str, port: int, connect_ms: float) -> None:
        self.sock = sock
        self.address = address
        self.port = port
        self.connect_ms = connect_ms

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def abort(self) -> None:
        """Ends a connection that carried nothing with a reset, as load balancers do: three packets fewer."""
        if isinstance(self.sock, TcpSocket):
            self.sock.aborts()
        self.sock.close()

    def kernel(self) -> dict[str, Any]:
        """`rtt_ms` (smoothed) and `retransmits` (segments sent again, the SYN included), from TCP_INFO (tcp(7))."""
        try:
            info = self.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        except OSError:
            return {"rtt_ms": round(self.connect_ms, 2)}
        if len(info) < 104:
            return {"rtt_ms": round(self.connect_ms, 2)}
        return {
            "rtt_ms": round(struct.unpack_from("=I", info, 68)[0] / 1000, 2),
            "retransmits": struct.unpack_from("=I", info, 100)[0],
        }


def connect(address: str, port: int, deadline: Deadline, interface: str = "", segment: int = 0) -> Connection:
    """Connects to an address. Raises `PeerFailed`: refused, reset, timeout, unreachable, prohibited, no_route.

    A refusal proves that somebody at that address lives. Where a router said no, `by` names it. `segment` asks the other
    side for segments of at most so many bytes (TCP_MAXSEG, tcp(7)): how large packets are told from lost ones.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = TcpSocket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    began = time.monotonic()
    try:
        if interface:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if segment:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        _start(sock, address, port)
        poller = select.poll()
        poller.register(sock, select.POLLOUT)
        if not poller.poll(deadline.remaining() * 1000):
            raise PeerFailed(Symptom.TIMEOUT, retransmits=_retransmits(sock))
        number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number:
            raise _refused_by(sock, number)
    except PeerFailed:
        sock.close()
        raise
    except OSError as error:
        sock.close()
        raise failure_of(error) from error
    return Connection(sock, address, port, (time.monotonic() - began) * 1000)


def _start(sock: socket.socket, address: str, port: int) -> None:
    """Sends the SYN. What fails here, before any packet, is our own kernel's no."""
    try:
        sock.connect((address, port))
    except BlockingIOError:
        return
    except OSError as error:
        if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EINVAL, errno.ENODEV, errno.EACCES):
            raise PeerFailed(Symptom.NO_ROUTE) from error
        raise


def _retransmits(sock: socket.socket) -> int:
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return int(struct.unpack_from("=I", info, 100)[0])
    except (OSError, struct.error):
        return 0


def _refused_by(sock: socket.socket, number: int) -> PeerFailed:
    failure = failure_of(OSError(number, os.strerror(number)))
    try:
        _, ancillary, _, _ = sock.recvmsg(0, 512, socket.MSG_ERRQUEUE)
    except OSError:
        return failure
    for level, _, data in ancillary:
        if len(data) < 16:
            continue
        _, origin, kind, code = struct.unpack_from("=IBBB", data)
        if origin == _ORIGIN_ICMP and level == socket.IPPROTO_IP and len(data) >= 24:
            by = socket.inet_ntoa(data[20:24])
            prohibited = kind == 3 and code in _PROHIBITED_V4
        elif origin == _ORIGIN_ICMP6 and len(data) >= 40:
            by = socket.inet_ntop(socket.AF_INET6, data[24:40])
            prohibited = kind == 1 and code in _PROHIBITED_V6
        else:
            continue
        if failure.symptom is Symptom.UNREACHABLE and by == sock.getsockname()[0]:
            return PeerFailed(Symptom.UNREACHABLE, by=by, icmp=f"{kind}/{code}", by_us=True)  # our own kernel: nobody on the link has it
        if failure.symptom is Symptom.REFUSED:
            # an ICMP port-unreachable in answer to TCP comes from a filter, not from a closed port
            return PeerFailed(Symptom.PROHIBITED, by=by, icmp=f"{kind}/{code}")
        return PeerFailed(Symptom.PROHIBITED if prohibited else failure.symptom, by=by, icmp=f"{kind}/{code}")
    return failure
