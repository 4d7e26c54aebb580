"""TCP connections with what the kernel knows of them: round trip, retransmissions, and who said no."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from functools import partial

from msgspec import Struct

from probes.edge.failures import CannotTell, PeerFailed, cannot_tell, failure_of, no_socket, start_failure_of, symptom_of
from probes.edge.kernel.route import LOOPBACK, has_route, way_to, without_carrier, without_neighbours
from probes.edge.net import from_outside, icmp_error
from probes.edge.net.byte_counter import TcpSocket
from probes.ground.deadline import Deadline
from probes.model import Symptom, rights
from probes.model.facts import RemoteFacts

_SYN_SENT = 2
_HEARD_S = 1.3  # a SYN and its repetition after one second: by then the kernel knows whether it lets them out


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

    def seen(self) -> RemoteFacts:
        """`rtt_ms` (smoothed) and `retransmits` (segments sent again, the SYN included), from TCP_INFO (tcp(7))."""
        told = _told(self.sock)
        if told is None:
            return RemoteFacts(rtt_ms=round(self.connect_ms, 2))
        return RemoteFacts(rtt_ms=told.rtt_ms, retransmits=told.sent_again)


class _Told(Struct, frozen=True):
    """`sent_again`: how often a segment was, or was tried to be. `underway`: segments of those that left this machine and are not
    answered."""

    state: int
    underway: int
    rtt_ms: float
    sent_again: int


def _told(sock: socket.socket) -> _Told | None:
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        return _Told(
            info[0],
            struct.unpack_from("=I", info, 36)[0],
            round(struct.unpack_from("=I", info, 68)[0] / 1000, 2),
            struct.unpack_from("=I", info, 100)[0],
        )
    except (OSError, struct.error, IndexError):
        return None


def connect(address: str, port: int, deadline: Deadline, interface: str = "", segment: int = 0) -> Connection:
    """Connects to an address. Raises `PeerFailed`: refused, reset, timeout, unreachable, prohibited, no_route, and refused_locally and
    no_local_port where our own kernel does not send; `CannotTell`.

    A refusal proves that somebody at that address lives, as far as it did not come from this machine itself. Where a router said no, `by`
    names it. `segment` asks the other side for segments of at most so many bytes (TCP_MAXSEG, tcp(7)): how large packets are told from
    lost ones.
    """
    try:
        return _connect(address, port, deadline, interface, segment)
    except PeerFailed as failure:
        if failure.symptom is Symptom.REFUSED and not interface and _said_here(address, port, deadline):
            raise PeerFailed(Symptom.REFUSED_LOCALLY, failure.seen) from failure
        raise


def _said_here(address: str, port: int, deadline: Deadline) -> bool:
    """Whether this machine itself refused in the host's name: its firewall resets, or hands the connection to a program of its own that
    does not run."""
    way = way_to(address)
    if way is None or way.interface in ("", LOOPBACK) or deadline.remaining() < _HEARD_S:
        return False
    outside = _answer(address, port, deadline.within(_HEARD_S), only_outside=True)
    if outside is Symptom.TIMEOUT:  # and nothing was lost: who hears everything is refused again
        return _answer(address, port, deadline.within(_HEARD_S)) is Symptom.REFUSED
    return outside is Symptom.REFUSED_LOCALLY


def _answer(address: str, port: int, deadline: Deadline, *, only_outside: bool = False) -> Symptom | None:
    """What a connection comes to; None where it is accepted, and where that cannot be told."""
    try:
        _connect(address, port, deadline, only_outside=only_outside).abort()
    except PeerFailed as failure:
        return failure.symptom
    except CannotTell:
        pass
    return None


def _connect(
    address: str, port: int, deadline: Deadline, interface: str = "", segment: int = 0, *, only_outside: bool = False
) -> Connection:
    """As `connect`, by whatever answer comes; `only_outside`: by one that did not come from this machine itself."""
    sock = _prepared(address, interface, segment, only_outside)
    sock.spent = deadline.spent
    began = time.monotonic()
    try:
        _start(sock, address, port, interface)
        poller = select.poll()
        poller.register(sock, select.POLLOUT)
        ready = poller.poll(deadline.remaining() * 1000)
        if not ready:
            raise _nothing_came(sock, interface or interface_to(address))
        number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if number or not ready[0][1] & select.POLLOUT:
            raise _refused_by(sock, number, interface or interface_to(address))
    except (PeerFailed, CannotTell):
        sock.close()
        raise
    except OSError as error:
        sock.close()
        raise failure_of(error) from error
    return Connection(sock, address, port, (time.monotonic() - began) * 1000)


def _prepared(address: str, interface: str, segment: int, only_outside: bool) -> TcpSocket:
    """What fails here has nothing to do with anybody else, but that the interface may be gone."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        sock = TcpSocket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
    except OSError as error:
        raise no_socket(error) from error
    try:
        bind_to(sock, interface)
        icmp_error.listen(sock)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if only_outside:
            from_outside.only(sock)
        if segment:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
    except (PeerFailed, CannotTell):
        sock.close()
        raise
    except OSError as error:
        sock.close()
        raise cannot_tell(error) from error
    return sock


def bind_to(sock: socket.socket, interface: str) -> None:
    """All that the socket sends leaves by this interface; any, where it is empty. Raises `PeerFailed` no_route where there is none of
    that name, and `CannotTell` where we may not."""
    if not interface:
        return
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, os.fsencode(interface) + b"\0")
    except OSError as error:
        if symptom_of(error) is Symptom.NO_ROUTE:
            raise PeerFailed(Symptom.NO_ROUTE) from error
        if isinstance(error, PermissionError):  # before Linux 5.7
            raise CannotTell(rights.NET_RAW.missing(), error.errno) from error
        raise cannot_tell(error) from error


def _start(sock: socket.socket, address: str, port: int, interface: str) -> None:
    """Sends the SYN. What fails here, before any packet, is our own kernel's no."""
    try:
        sock.connect((address, port))
    except BlockingIOError:
        return
    except OSError as error:
        raise start_failure_of(error, partial(has_route, address, interface)) from error


def is_dropped_here(sock: socket.socket, interface: str) -> bool:
    """Whether a firewall of our own drops the SYN, known after a second. It tells nobody, but what the kernel has sent again is not
    underway then. Nor is it where the `interface` throws away what it gets: one without a carrier does."""
    told = _told(sock)
    dropped = told is not None and told.state == _SYN_SENT and told.sent_again > 0 and told.underway == 0
    return dropped and not without_carrier(interface)


def interface_to(address: str) -> str:
    """Empty where it is not known."""
    way = way_to(address)
    return way.interface if way is not None else ""


def _nothing_came(sock: socket.socket, interface: str) -> PeerFailed:
    told = _told(sock)
    symptom = Symptom.REFUSED_LOCALLY if is_dropped_here(sock, interface) else Symptom.TIMEOUT
    return PeerFailed(symptom, RemoteFacts(retransmits=told.sent_again if told else 0))


def _refused_by(sock: socket.socket, number: int, interface: str) -> PeerFailed | CannotTell:
    """`number`: the connection's error; `interface`: by which it went out. By the number alone where nobody is known to have said it."""
    error = OSError(number, os.strerror(number))
    heard = icmp_error.heard(sock)
    if heard is None:
        return failure_of(error)
    seen = RemoteFacts(by=heard.by, icmp=heard.shown)
    if heard.by == sock.getsockname()[0]:
        told = _told(sock)
        if heard.host_unreachable and (told is None or told.state != _SYN_SENT):
            return PeerFailed(Symptom.UNREACHABLE, seen.with_(by_us=True))  # our own kernel: nobody on the link has it
        if heard.host_unreachable and without_neighbours(interface):
            return PeerFailed(Symptom.UNREACHABLE, seen)  # a tunnel with no peer for it, or none whose address it knows (WireGuard, IPsec)
        return PeerFailed(Symptom.REFUSED_LOCALLY, seen)  # our own firewall: that at once, while the SYN was on its way out
    symptom = symptom_of(error)
    if heard.prohibits or symptom is Symptom.REFUSED:
        return PeerFailed(Symptom.PROHIBITED, seen)  # an ICMP port-unreachable in answer to TCP comes from a filter, not from a closed port
    return PeerFailed(symptom or Symptom.UNREACHABLE, seen)
