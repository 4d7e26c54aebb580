"""Asking one resolver one question, and finding out which resolvers and fixed names this machine has."""

from __future__ import annotations

import socket
import struct
import time
from ipaddress import ip_address
from pathlib import Path

from msgspec import Struct

from probes.edge.dns import wire
from probes.edge.failures import PeerFailed, failure_of
from probes.edge.net import byte_counter
from probes.ground.deadline import Deadline
from probes.model import Symptom

PORT = 53
_TRY_S = 1.0  # patience with one datagram before it is sent again


class DnsReply(Struct, frozen=True, kw_only=True):
    answer: wire.DnsAnswer
    rtt_ms: float
    tries: int = 1


class ResolverConfig(Struct, frozen=True, kw_only=True):
    """`servers` in the order of use; `search` suffixes; `source` the file they came from."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    source: str = "/etc/resolv.conf"
    readable: bool = True


def configured(etc: Path = Path("/etc"), run: Path = Path("/run")) -> ResolverConfig:
    """The system's resolvers. Behind systemd-resolved's own stub its upstream servers are added, so each can be judged."""
    source = etc / "resolv.conf"
    try:
        text = source.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ResolverConfig(source=str(source))
    except OSError:
        return ResolverConfig(source=str(source), readable=False)
    servers, search = _parse(text)
    if servers and all(server in ("127.0.0.53", "127.0.0.54") for server in servers):
        try:
            upstream, _ = _parse((run / "systemd/resolve/resolv.conf").read_text(encoding="utf-8", errors="replace"))
            servers += [server for server in upstream if server not in servers]
        except OSError:
            pass
    return ResolverConfig(servers=tuple(servers), search=tuple(search), source=str(source))


def _parse(text: str) -> tuple[list[str], list[str]]:
    servers: list[str] = []
    search: list[str] = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        if len(words) >= 2 and words[0] == "nameserver" and words[1] not in servers:
            try:
                ip_address(words[1].split("%", 1)[0])
            except ValueError:
                continue
            servers.append(words[1])
        elif len(words) >= 2 and words[0] in ("search", "domain"):
            search = words[1:]
    return servers[:3] if len(servers) > 3 else servers, search  # the C library uses three (resolv.conf(5))


def ask(server: str, name: str, kind: int, deadline: Deadline, interface: str = "") -> DnsReply:
    """One question to one server, sent again each second until the deadline; over one interface where that is named.

    Raises `PeerFailed`: timeout, refused (the port is closed), unreachable, prohibited, no_route, bad_answer.
    """
    asked = wire.question(name, kind)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    bad = False
    tries = 0
    began = time.monotonic()
    try:
        with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            if interface:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode() + b"\0")
            try:  # a scope that names no interface of this machine fails in getaddrinfo
                sock.connect(socket.getaddrinfo(server, PORT, family, socket.SOCK_DGRAM, 0, socket.AI_NUMERICHOST)[0][4])
            except OSError as error:
                raise PeerFailed(Symptom.NO_ROUTE) from error
            while not deadline.passed():
                tries += 1
                sock.send(asked)
                byte_counter.datagrams(sock, len(asked))
                round_end = deadline.within(_TRY_S)
                while (left := round_end.remaining()) > 0:
                    sock.settimeout(left)
                    try:
                        data = sock.recv(4096)
                        byte_counter.datagrams(sock, len(data))
                    except TimeoutError:
                        break
                    try:
                        answer = wire.answer(data, asked)
                    except wire.Malformed:
                        bad = True
                        continue
                    rtt_ms = round((time.monotonic() - began) * 1000, 2)
                    if answer.truncated and not answer.addresses:
                        answer = _over_tcp(server, asked, deadline) or answer
                    return DnsReply(answer=answer, rtt_ms=rtt_ms, tries=tries)
    except OSError as error:
        raise failure_of(error, tries=tries) from error
    raise PeerFailed(Symptom.BAD_ANSWER if bad else Symptom.TIMEOUT, tries=tries)


def _over_tcp(server: str, asked: bytes, deadline: Deadline) -> wire.DnsAnswer | None:
    """The same question with a two-byte length before it (RFC 1035 section 4.2.2); None where that fails."""
    try:
        with socket.create_connection((server, PORT), timeout=max(0.1, deadline.within(2).remaining())) as sock:
            sock.sendall(struct.pack("!H", len(asked)) + asked)
            data = b""
            while len(data) < 2 or len(data) < 2 + struct.unpack_from("!H", data)[0]:
                if deadline.passed():
                    return None
                sock.settimeout(max(0.1, deadline.remaining()))
                part = sock.recv(4096)
                if not part:
                    return None
                data += part
            return wire.answer(data[2:], asked)
    except (OSError, wire.Malformed):
        return None


def fixed_addresses(name: str, etc: Path = Path("/etc")) -> list[str]:
    """What `/etc/hosts` says of a name."""
    try:
        text = (etc / "hosts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].lower().split()
        if len(words) >= 2 and name.lower().rstrip(".") in words[1:]:
            try:
                found.append(str(ip_address(words[0])))
            except ValueError:
                continue
    return found
