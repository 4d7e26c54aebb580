"""Connections of other programs that go unanswered, as the kernel knows them: no packet is sent, and no content is seen.

From NETLINK_SOCK_DIAG with tcp_info (sock_diag(7), linux/tcp.h), else from the columns of `/proc/net/tcp` and `tcp6`.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from msgspec import Struct

from probes.edge.failures import raise_if_ours
from probes.edge.kernel.reading import entries_of
from probes.edge.kernel.sockdiag import messages, tcp_info

_ESTABLISHED, _SYN_SENT = 1, 2
_RETRANSMIT = 1  # idiag_timer, and `tr` of /proc/net/tcp: what runs is the timer of what was sent and not acknowledged
_SHORTEST_RTO_S = 0.2  # the kernel's TCP_RTO_MIN: the least that a first repetition waits for
_MOST_BACKOFF = 16
_LONGEST_RTO_S = 120.0


class Conversation(Struct, frozen=True, kw_only=True):
    """A TCP connection, or an attempt at one, as seen from here. `unanswered_s`: for how long what was sent has stood without an
    acknowledgement though it was sent again, 0 where nothing does. `received_s_ago` is None where it is not known."""

    address: str
    port: int
    local_port: int
    established: bool
    unanswered_s: float
    retransmits: int
    received_s_ago: float | None
    inode: int
    uid: int


def conversations(ports: Collection[int], proc: Path = Path("/proc")) -> list[Conversation]:
    """Those to one of these ports, of every program here. Raises OSError where the kernel tells nobody of them."""
    try:
        return list(_by_netlink(ports))
    except (OSError, struct.error):
        return list(_by_table(ports, proc))


def of_processes(found: Iterable[Conversation], pids: Iterable[int], proc: Path = Path("/proc")) -> tuple[list[Conversation], bool]:
    """Those that these processes hold, and whether that is certain: where their descriptors are hidden from us, their user stands for them.

    Raises CannotTell.
    """
    inodes: set[int] = set()
    hidden: set[int] = set()
    for pid in pids:
        folder = proc / str(pid)
        try:
            for entry in entries_of(folder / "fd"):
                with suppress(OSError):
                    if socket_of := re.fullmatch(r"socket:\[([0-9]+)\]", str(entry.readlink())):
                        inodes.add(int(socket_of[1]))
        except PermissionError:
            with suppress(OSError):
                hidden.add(folder.stat().st_uid)
        except OSError as error:
            raise_if_ours(error)
    return [each for each in found if each.inode in inodes or each.uid in hidden], not hidden


def _by_netlink(ports: Collection[int]) -> Iterator[Conversation]:
    for family in (socket.AF_INET, socket.AF_INET6):
        for message in messages(family, 1 << _ESTABLISHED | 1 << _SYN_SENT, ports):
            local_port, port = struct.unpack_from("!HH", message, 4)
            if port in ports:
                state, timer = message[1], message[2]
                uid, inode = struct.unpack_from("=II", message, 64)
                info = tcp_info(message)
                yield Conversation(
                    address=_address(message[24:40] if family == socket.AF_INET6 else message[24:28]),
                    port=port,
                    local_port=local_port,
                    established=state == _ESTABLISHED,
                    unanswered_s=_unanswered_s(info, state) if timer == _RETRANSMIT else 0.0,
                    retransmits=struct.unpack_from("=I", info, 100)[0] if len(info) >= 104 else 0,
                    received_s_ago=_received_s_ago(info),
                    inode=inode,
                    uid=uid,
                )


def _unanswered_s(info: bytes, state: int) -> float:
    """Each repetition waits twice as long as the one before, and what now runs is `tcpi_rto`: all that have passed, and the time since.

    Never longer than since the last acknowledgement.
    """
    if len(info) < 60:
        return 0.0
    backoff, rto_s = info[4], struct.unpack_from("=I", info, 8)[0] / 1e6
    unacked, sent_ms, acknowledged_ms = struct.unpack_from("=I", info, 24)[0], *struct.unpack_from("=I8xI", info, 44)
    if not info[2] or not unacked:
        return 0.0
    passed_s = rto_s - rto_s / 2 ** min(backoff, _MOST_BACKOFF) + sent_ms / 1000
    return float(passed_s if state == _SYN_SENT else min(passed_s, acknowledged_ms / 1000))


def _received_s_ago(info: bytes) -> float | None:
    """Where anything came at all."""
    if len(info) < 136 or not struct.unpack_from("=Q", info, 128)[0]:
        return None
    return float(struct.unpack_from("=I", info, 52)[0]) / 1000


def _by_table(ports: Collection[int], proc: Path) -> Iterator[Conversation]:
    """`sl local remote st tx:rx tr:when retrnsmt uid timeout inode …`. Raises OSError."""
    lines = (proc / "net/tcp").read_text().splitlines()[1:]
    with suppress(OSError):
        lines += (proc / "net/tcp6").read_text().splitlines()[1:]
    for fields in map(str.split, lines):
        if len(fields) < 10 or int(fields[3], 16) not in (_ESTABLISHED, _SYN_SENT):
            continue
        address, _, port = fields[2].partition(":")
        if int(port, 16) in ports:
            timer, repeated = int(fields[5].partition(":")[0], 16), int(fields[6], 16)
            yield Conversation(
                address=_address(_in_network_order(address)),
                port=int(port, 16),
                local_port=int(fields[1].partition(":")[2], 16),
                established=int(fields[3], 16) == _ESTABLISHED,
                unanswered_s=_at_least_s(repeated) if timer == _RETRANSMIT else 0.0,
                retransmits=repeated,
                received_s_ago=None,
                inode=int(fields[9]),
                uid=int(fields[7]),
            )


def _at_least_s(repeated: int) -> float:
    return sum(min(_LONGEST_RTO_S, _SHORTEST_RTO_S * 2.0**each) for each in range(min(repeated, _MOST_BACKOFF)))


def _in_network_order(text: str) -> bytes:
    """The table shows words of 32 bits in the machine's own order."""
    raw = bytes.fromhex(text)
    return b"".join(struct.pack("=I", *struct.unpack_from("!I", raw, offset)) for offset in range(0, len(raw), 4))


def _address(packed: bytes) -> str:
    if len(packed) == 4:
        return str(IPv4Address(packed))
    address = IPv6Address(packed)
    return str(address.ipv4_mapped or address)
