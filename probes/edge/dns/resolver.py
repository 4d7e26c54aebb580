"""Asking one resolver one question, and finding out which resolvers and fixed names this machine has."""

from __future__ import annotations

import os
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from msgspec import Struct

from probes.edge.dns import by_system, sources, wire
from probes.edge.failures import NOT_SENT, CannotTell, PeerFailed, cannot_tell, failure_of, no_socket, raise_if_ours, start_failure_of
from probes.edge.kernel.route import has_route
from probes.edge.net import byte_counter, tcp
from probes.ground.deadline import Deadline
from probes.ground.files import NotAFileError, TooLargeError, lines_of
from probes.ground.shortage import lacking
from probes.model import Symptom
from probes.model.facts import RemoteFacts

PORT = 53
_MOST_LINES = 16 * 1024 * 1024  # bytes of a file that is read line by line: a list of half a million names to be blocked
_MOST_SERVERS = 3  # as the C library uses
_MOST_SUFFIXES = 6  # as it used for decades
_MOST_OPTIONS = 32
_MOST_FIXED = 16  # addresses of one name
_MOST_DOTS = 15  # as it takes of `ndots`
_TRY_S = 1.0  # patience with one datagram before it is sent again
_DEFAULT = "127.0.0.1"  # asked where no name server is named (resolv.conf(5))
_DEFAULT_S = 0.3


class DnsReply(Struct, frozen=True, kw_only=True):
    answer: wire.DnsAnswer
    rtt_ms: float
    tries: int = 1


class ResolverConfig(Struct, frozen=True, kw_only=True):
    """`servers` in the order of use; `listed`: those of the file alone, which programs ask; `search` suffixes; `options` of the C library
    (resolv.conf(5)); `source` the file they came from. `not_looked`: what this machine lacked to read it. `by_system`: the
    system finds names, and tells no program whom it asks."""

    servers: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    source: str = "/etc/resolv.conf"
    readable: bool = True
    not_looked: CannotTell | None = None
    by_system: bool = False

    @property
    def by_tcp(self) -> bool:
        """Every question goes by TCP."""
        return "use-vc" in self.options

    @property
    def ndots(self) -> int:
        """A name with fewer dots is tried below the suffixes first."""
        numbers = [word.removeprefix("ndots:") for word in self.options if word.startswith("ndots:")]
        return next((min(int(each[:3]), _MOST_DOTS) for each in reversed(numbers) if each.isascii() and each.isdigit()), 1)


def configured(etc: Path = Path("/etc"), run: Path = Path("/run")) -> ResolverConfig:
    """The system's resolvers. Behind systemd-resolved's own stub its upstream servers are added, so each can be judged. Where none is
    named, the machine itself is asked, as the C library does; where nobody is there to be asked, or the C library is told to ask nobody
    (nsswitch.conf(5)), there is none."""
    source = etc / "resolv.conf"
    try:
        servers, search, options = _read(source)
    except FileNotFoundError:
        servers, search, options = [], [], []
    except (NotAFileError, TooLargeError) as error:
        return ResolverConfig(source=str(source), readable=False, not_looked=_no_list(source, error))
    except OSError as error:
        return ResolverConfig(source=str(source), readable=False, not_looked=cannot_tell(error) if lacking(error) else None)
    if servers and _asks_nobody(etc):
        return ResolverConfig(search=tuple(search), options=tuple(options), source=str(etc / "nsswitch.conf"))
    if not servers and by_system.alone_knows():
        return ResolverConfig(search=tuple(search), options=tuple(options), source=str(source), by_system=True)
    if not servers and _asked_by_default("use-vc" in options):
        servers = [_DEFAULT]
    listed = tuple(servers)
    if servers and all(server in ("127.0.0.53", "127.0.0.54") for server in servers):
        try:
            upstream, *_ = _read(run / "systemd/resolve/resolv.conf")
            servers += [server for server in upstream if server not in servers]
        except OSError:
            pass
    return ResolverConfig(servers=tuple(servers), listed=listed, search=tuple(search), options=tuple(options), source=str(source))


def _asks_nobody(etc: Path) -> bool:
    """However many name servers are set: no program is told of them."""
    try:
        return sources.asks_nobody(etc)
    except CannotTell:
        return False


def _asked_by_default(by_tcp: bool) -> bool:
    """Whether somebody on this machine takes the questions that go to no name server in particular."""
    try:
        ask(_DEFAULT, "localhost", wire.A, Deadline(_DEFAULT_S), by_tcp=by_tcp)
    except PeerFailed as failure:
        return failure.symptom not in (Symptom.REFUSED, Symptom.NO_ROUTE, Symptom.UNREACHABLE)
    except CannotTell:
        pass
    return True


def _read(path: Path) -> tuple[list[str], list[str], list[str]]:
    """The servers, suffixes and options that a file names (resolv.conf(5)). Raises OSError, also for what is no file or has no end."""
    servers: list[str] = []
    search: list[str] = []
    options: list[str] = []
    for line in lines_of(path, _MOST_LINES):
        words = line.decode("utf-8", "surrogateescape").split("#", 1)[0].split()
        if len(words) >= 2 and words[0] == "nameserver" and words[1] not in servers and len(servers) < _MOST_SERVERS:
            try:
                ip_address(words[1].split("%", 1)[0])
            except ValueError:
                continue
            servers.append(words[1])
        elif len(words) >= 2 and words[0] in ("search", "domain"):
            search = words[1 : 1 + _MOST_SUFFIXES]
        elif words[:1] == ["options"]:
            options = [*options, *words[1:]][:_MOST_OPTIONS]
    return servers, search, options


def ask(
    server: str, name: str, kind: int, deadline: Deadline, interface: str = "", *, unchecked: bool = False, by_tcp: bool = False
) -> DnsReply:
    """One question to one server, sent again each second until the deadline; over one interface where that is named. `unchecked`: as in
    `wire.question`.

    Raises `PeerFailed` with `tries`: timeout, refused (the port is closed), unreachable, prohibited, no_route, bad_answer, and
    refused_locally and no_local_port where our own kernel does not send; by TCP also reset and closed; `CannotTell`.
    """
    asked = wire.question(name, kind, unchecked=unchecked)
    if by_tcp:
        began = time.monotonic()
        try:
            answered = _over_tcp(server, asked, deadline, interface)
        except wire.Malformed as error:
            raise PeerFailed(Symptom.BAD_ANSWER) from error
        return DnsReply(answer=answered, rtt_ms=round((time.monotonic() - began) * 1000, 2))
    bad = False
    tries = 0
    began = time.monotonic()
    with connected(server, interface) as sock:
        try:
            while not deadline.passed():
                tries += 1
                sock.send(asked)
                byte_counter.datagrams(deadline.spent, sock, len(asked))
                round_end = deadline.within(_TRY_S)
                while (left := round_end.remaining()) > 0:
                    sock.settimeout(left)
                    try:
                        data = sock.recv(4096)
                        byte_counter.datagrams(deadline.spent, sock, len(data))
                    except TimeoutError:
                        break
                    try:
                        answer = wire.answer(data, asked)
                    except wire.Malformed:
                        bad = True
                        continue
                    rtt_ms = round((time.monotonic() - began) * 1000, 2)
                    if answer.truncated and not answer.addresses:
                        answer = _whole(server, asked, deadline, interface) or answer
                    return DnsReply(answer=answer, rtt_ms=rtt_ms, tries=tries)
        except OSError as error:
            raise failure_of(error, RemoteFacts(tries=tries)) from error
    raise PeerFailed(Symptom.BAD_ANSWER if bad else Symptom.TIMEOUT, RemoteFacts(tries=tries))


def connected(server: str, interface: str = "") -> socket.socket:
    """For datagrams to the server. Raises `PeerFailed` and `CannotTell`, before any of them is sent."""
    where = _place(server)
    try:
        sock = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    except OSError as error:
        raise no_socket(error) from error
    try:
        tcp.bind_to(sock, interface)
        sock.connect(where)
    except (PeerFailed, CannotTell):
        sock.close()
        raise
    except OSError as error:
        sock.close()
        raise start_failure_of(error, partial(has_route, server, interface)) from error
    return sock


def _place(server: str) -> Any:
    """Raises `PeerFailed` for a scope that names no interface of this machine."""
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    try:
        return socket.getaddrinfo(os.fsencode(server), PORT, family, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)[0][4]
    except socket.gaierror as error:
        if error.errno == socket.EAI_MEMORY:
            raise cannot_tell(MemoryError()) from error
        raise PeerFailed(Symptom.NO_ROUTE) from error
    except ValueError as error:  # a zone that no interface can be called by
        raise PeerFailed(Symptom.NO_ROUTE) from error
    except OSError as error:
        raise cannot_tell(error) from error


def _whole(server: str, asked: bytes, deadline: Deadline, interface: str) -> wire.DnsAnswer | None:
    """The answer that was too long for a datagram. None where the server does not give it by TCP.

    Raises `CannotTell`, and `PeerFailed` where our own kernel does not send.
    """
    try:
        return _over_tcp(server, asked, deadline.within(2), interface)
    except wire.Malformed:
        return None
    except PeerFailed as failure:
        if failure.symptom in NOT_SENT:
            raise
        return None


def _over_tcp(server: str, asked: bytes, deadline: Deadline, interface: str) -> wire.DnsAnswer:
    """The question with a two-byte length before it (RFC 1035 section 4.2.2). Raises `Malformed`, `PeerFailed` and `CannotTell`."""
    data = b""
    with tcp.connect(server, PORT, deadline, interface) as connection:
        sock = connection.sock
        try:
            sock.settimeout(max(0.1, deadline.remaining()))
            sock.sendall(struct.pack("!H", len(asked)) + asked)
            while len(data) < 2 or len(data) < 2 + struct.unpack_from("!H", data)[0]:
                if deadline.passed():
                    raise PeerFailed(Symptom.TIMEOUT)
                sock.settimeout(max(0.1, deadline.remaining()))
                part = sock.recv(4096)
                if not part:
                    raise PeerFailed(Symptom.CLOSED)
                data += part
        except OSError as error:
            raise failure_of(error) from error
    return wire.answer(data[2:], asked)


def _no_list(path: Path, error: NotAFileError | TooLargeError) -> CannotTell:
    was = "has no end that is near" if isinstance(error, TooLargeError) else "is no file, and programs that look names up wait for it"
    return CannotTell(f"{path} {was}: put back the file that the system came with", error.errno)


def fixed_addresses(name: str, etc: Path = Path("/etc")) -> list[str]:
    """What `/etc/hosts` says of a name, where that is looked at before any name server; nothing where it cannot be read."""
    try:
        return fixed(name, etc) if fixed_first(etc) else []
    except CannotTell:
        return []


def fixed_first(etc: Path = Path("/etc")) -> bool:
    """Whether fixed entries are looked at before a name server is asked. Raises `CannotTell`."""
    return sources.order(etc)[0] == sources.FILES


def fixed(name: str, etc: Path = Path("/etc")) -> list[str]:
    """What `/etc/hosts` says of a name. Raises `CannotTell` where this machine did not let us look: it may have a fixed address."""
    path, wanted = etc / "hosts", name.lower().rstrip(".").encode("utf-8", "surrogateescape")
    found: list[str] = []
    try:
        for line in lines_of(path, _MOST_LINES, holding=wanted):
            words = line.partition(b"#")[0].lower().split()
            if len(words) >= 2 and wanted in words[1:] and len(found) < _MOST_FIXED:
                with suppress(ValueError):
                    found.append(str(ip_address(words[0].decode("ascii", "replace"))))
    except (NotAFileError, TooLargeError) as error:
        if not found:
            raise _no_list(path, error) from error
    except OSError as error:
        raise_if_ours(error)
    return found
