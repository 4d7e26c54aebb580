"""What the kernel says of links, addresses and routes that change, at the moment they do (rtnetlink(7), multicast groups).

Android 13 and later denies this socket to applications: `OSError` then.
"""

from __future__ import annotations

import struct

from probes.edge.kernel.netlink import attributes
from probes.edge.kernel.netlink_socket import NetlinkSocket

_NETLINK_ROUTE = 0
_LINK, _IPV4_ADDRESS, _IPV4_ROUTE, _IPV6_ADDRESS, _IPV6_ROUTE = 0x1, 0x10, 0x40, 0x100, 0x400
_GROUPS = _LINK | _IPV4_ADDRESS | _IPV4_ROUTE | _IPV6_ADDRESS | _IPV6_ROUTE
_NEWLINK, _DELLINK, _NEWADDR, _DELADDR, _NEWROUTE, _DELROUTE = 16, 17, 20, 21, 24, 25
_GONE = (_DELLINK, _DELADDR, _DELROUTE)
_MOST_KNOWN = 4096
_CLONED = 0x200  # RTM_F_CLONED: an answer in a cache, no entry of a table
_LOCAL_TABLE = 255

Known = dict[tuple[bytes, ...], bytes]


class PathEvents:
    """An open ear; OSError where there is none to be had. What only repeats what is known is no event: radio scans, renewed leases."""

    def __init__(self) -> None:
        self._known: Known = {}
        self._socket = NetlinkSocket(_NETLINK_ROUTE, _GROUPS)

    def fileno(self) -> int:
        return self._socket.fileno()

    def read(self) -> bool:
        """Takes what waits, and tells whether the way out may have changed. OSError: nothing more will be heard."""
        seen = False
        for data in self._socket.datagrams():
            if data is None:
                self._known.clear()
            seen = data is None or self._take(data) or seen  # any of the lost ones may have been one
        return seen

    def close(self) -> None:
        self._socket.close()

    def _take(self, data: bytes) -> bool:
        seen, offset = False, 0
        while offset + 16 <= len(data):
            length, kind = struct.unpack_from("=IH", data, offset)
            if length < 16:
                break
            seen = news(kind, data[offset + 16 : offset + length], self._known) or seen
            offset += (length + 3) & ~3
        return seen


def news(kind: int, body: bytes, known: Known) -> bool:
    """Whether a message tells what `known` does not hold yet; it is entered there."""
    entry = _entry(kind, body)
    if entry is None:
        return False
    subject, says = entry
    if kind in _GONE:
        known.pop(subject, None)
        return True
    if len(known) >= _MOST_KNOWN:
        known.clear()
    changed = known.get(subject) != says
    known[subject] = says
    return changed


def _entry(kind: int, body: bytes) -> tuple[tuple[bytes, ...], bytes] | None:
    """What a message is about, and the part of it that matters to the way out."""
    try:
        if kind in (_NEWLINK, _DELLINK):  # ifinfomsg: index, flags; operstate and carrier
            raw = dict(attributes(body[16:]))
            if body[0]:  # AF_BRIDGE: a bridge's own view of its ports
                return None
            flags = struct.unpack_from("=I", body, 8)[0] & 0x10041  # up, running, lower up
            return (b"link", body[4:8]), struct.pack("=I", flags) + raw.get(16, b"") + raw.get(33, b"")
        if kind in (_NEWADDR, _DELADDR):  # ifaddrmsg: family, prefix, flags, scope, index
            raw = dict(attributes(body[8:]))
            failed = struct.pack("=I", struct.unpack("=I", raw[8])[0] & 0x08) if 8 in raw else b""  # duplicate
            return (b"address", body[:2], body[4:8], raw.get(2, raw.get(1, b""))), failed
        if kind in (_NEWROUTE, _DELROUTE):  # rtmsg
            raw = dict(attributes(body[12:]))
            if body[4] == _LOCAL_TABLE or struct.unpack_from("=I", body, 8)[0] & _CLONED:
                return None
            return (b"route", body[:2], body[4:5], *(raw.get(key, b"") for key in (1, 4, 6, 15))), raw.get(5, b"") + raw.get(9, b"")
    except (IndexError, struct.error):
        return None
    return None
