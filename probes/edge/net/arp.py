"""ARP requests of our own (RFC 826, RFC 5227), for what the neighbour table cannot tell. Needs CAP_NET_RAW."""

from __future__ import annotations

import errno
import socket
import struct
import time

_ETH_ARP = 0x0806
_BROADCAST = b"\xff" * 6
_FRAME = struct.Struct("!6s6sHHHBBH6s4s6s4s")


def ask(interface: str, mac: str, sender: str, target: str, timeout_s: float, *, first: bool = True, tries: int = 3) -> list[str]:
    """MAC addresses that claim `target`; with `first`, returns at the first one.

    `sender` 0.0.0.0 makes it a probe that fills nobody's cache (RFC 5227 section 1.1). An empty list: nobody answered
    within `timeout_s`. Raises PermissionError without CAP_NET_RAW, OSError where the link is down.
    """
    own = bytes.fromhex(mac.replace(":", ""))
    wanted = socket.inet_aton(target)
    request = _FRAME.pack(_BROADCAST, own, _ETH_ARP, 1, 0x0800, 6, 4, 1, own, socket.inet_aton(sender), b"\0" * 6, wanted)
    claims: list[str] = []
    with _open() as sock:
        sock.bind((interface, _ETH_ARP))
        for _ in range(tries):
            sock.send(request)
            end = time.monotonic() + timeout_s / tries
            while (left := end - time.monotonic()) > 0:
                sock.settimeout(left)
                try:
                    frame = sock.recv(128)
                except TimeoutError:
                    break
                claimant = _claim(frame, wanted)
                if claimant and claimant != mac and claimant not in claims:
                    claims.append(claimant)
                    if first:
                        return claims
    return claims


def _open() -> socket.socket:
    """A service's sandbox (`RestrictAddressFamilies=`) says that there is no such family; the right is lacking all the same."""
    try:
        return socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.htons(_ETH_ARP))
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:
            raise PermissionError(errno.EPERM, "no packet sockets here") from error
        raise


def _claim(frame: bytes, wanted: bytes) -> str:
    """The MAC that says in this frame that it has the wanted address, or nothing."""
    if len(frame) < _FRAME.size:
        return ""
    _, _, kind, hardware, protocol, hlen, plen, operation, sender_mac, sender_ip, _, _ = _FRAME.unpack_from(frame)
    if kind != _ETH_ARP or (hardware, protocol, hlen, plen) != (1, 0x0800, 6, 4) or operation != 2 or sender_ip != wanted:
        return ""
    return ":".join(f"{byte:02x}" for byte in sender_mac)
