"""What the kernel counted of packets that arrived: how many it passed on to a program or a protocol, and how many a rule of this machine
dropped. Counters that anybody may read (`/proc/net/snmp`, `netstat` and `snmp6`; RFC 4293, proc(5)); no packet is sent, no rule is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from probes.edge.kernel.reading import text_of

_NET = Path("/proc/thread-self/net")
# of a packet that was received and not delivered, the reasons that have a counter of their own
_OTHERWISE = ("InHdrErrors", "InAddrErrors", "InDiscards", "InUnknownProtos", "InNoRoutes", "InTruncatedPkts")
_FRAMES_COLUMN = 7  # of /proc/net/dev: multicast frames received


class Family(Struct, frozen=True, kw_only=True):
    """Since the machine started. `unaccounted`: received and neither delivered nor passed on nor counted under a reason of its own;
    `to_many`: of all that was received, what was for more than one. Only the growth of these numbers means anything."""

    unaccounted: int
    to_many: int
    off_way: int = 0  # from where nothing would be sent by the way that it came (`rp_filter`, RFC 3704); IPv4 alone
    datagrams_out: int
    datagrams_in: int
    solicited: int = 0  # neighbours asked for by their address (IPv6), and those who answered
    advertised: int = 0


class Arrivals(Struct, frozen=True, kw_only=True):
    """None for a family of which nothing could be read. `kept_back`: packets that this machine's IPsec policies did not let out, for
    want of a key that nobody made, or because they say so (xfrm_proc.rst)."""

    ipv4: Family | None
    ipv6: Family | None
    kept_back: int = 0


def read(folder: Path = _NET) -> Arrivals:
    """Raises CannotTell."""
    four = _tables(text_of(folder / "snmp") or "") | _tables(text_of(folder / "netstat") or "")
    six = _lines(text_of(folder / "snmp6") or "")
    # many to whom nobody here listens are dropped before the kernel counts them as such: the cards count some of them
    frames = _frames(text_of(folder / "dev") or "") - six.get("Ip6InMcastPkts", 0)
    extended = {f"Ip:{name}": four.get(f"IpExt:{name}", 0) for name in ("InNoRoutes", "InTruncatedPkts")}
    to_many = max(four.get("IpExt:InMcastPkts", 0) + four.get("IpExt:InBcastPkts", 0), frames)
    return Arrivals(
        ipv4=_family(four | extended | {"Ip:InMcastPkts": to_many}, "Ip:", "Udp:"),
        ipv6=_family(six, "Ip6", "Udp6"),
        kept_back=sum(count for name, count in _lines(text_of(folder / "xfrm_stat") or "").items() if name.startswith("XfrmOut")),
    )


def _family(counted: Mapping[str, int], ip: str, udp: str) -> Family | None:
    if f"{ip}InReceives" not in counted or f"{ip}InDelivers" not in counted:
        return None

    def of(name: str) -> int:
        return counted.get(f"{ip}{name}", 0)

    forwarded = of("ForwDatagrams") + of("OutForwDatagrams")
    pieces = of("ReasmReqds") - of("ReasmOKs")  # of a datagram that came in pieces only the whole is delivered
    unaccounted = of("InReceives") - of("InDelivers") - forwarded - pieces - sum(of(name) for name in _OTHERWISE)
    return Family(
        unaccounted=unaccounted,
        to_many=of("InMcastPkts"),
        off_way=counted.get("TcpExt:IPReversePathFilter", 0),
        datagrams_out=counted.get(f"{udp}OutDatagrams", 0),
        datagrams_in=counted.get(f"{udp}InDatagrams", 0),
        solicited=counted.get("Icmp6OutNeighborSolicits", 0),
        advertised=counted.get("Icmp6InNeighborAdvertisements", 0),
    )


def _tables(text: str) -> dict[str, int]:
    """Two lines for each protocol: the names, and the numbers under them."""
    lines = [line.split() for line in text.splitlines()]
    return {
        f"{names[0]}{name}": int(value)
        for names, values in zip(lines[::2], lines[1::2], strict=False)
        if names and values and names[0] == values[0]
        for name, value in zip(names[1:], values[1:], strict=False)
        if value.lstrip("-").isdigit()
    }


def _lines(text: str) -> dict[str, int]:
    pairs = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def _frames(text: str) -> int:
    """Of all interfaces."""
    rows = (line.partition(":")[2].split() for line in text.splitlines() if ":" in line)
    return sum(int(row[_FRAMES_COLUMN]) for row in rows if len(row) > _FRAMES_COLUMN and row[_FRAMES_COLUMN].isdigit())
