"""Leases as a DHCP server keeps them: dnsmasq's (OpenWrt's /tmp/dhcp.leases too), ISC dhcpd's and Kea's CSV. Pure.

Which of them it is shows in each line, so the end of a file that is only appended to can be read without its head. What is no lease is
passed over. Of several for one address the last stands: ISC's and Kea's files are journals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address

from msgspec import Struct

_MAC = r"(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}"
_IP = r"\d{1,3}(?:\.\d{1,3}){3}"
_DNSMASQ = re.compile(rf"(\d{{1,12}}) ({_MAC}) ({_IP}) \S+(?: \S+)?")
_KEA = re.compile(rf"({_IP}),({_MAC}),[^,]*,(\d{{1,10}}),(\d{{1,12}}),\d+,[^,]*,[^,]*,[^,]*,(\d+)(?:,.*)?")
_ISC_BEGIN = re.compile(rf"lease ({_IP}) {{")
_ISC_TIME = re.compile(r"(starts|ends|cltt) (?:never|epoch (\d{1,12})|\d (\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d));.*")
_ISC_MAC = re.compile(rf"hardware ethernet ({_MAC});")
_ISC_STATE = re.compile(r"binding state (\w+);")
_KEA_IN_USE = "0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Lease(Struct, frozen=True, kw_only=True):
    """Moments in seconds since the epoch. `given`: when it was given or renewed last, as far as the file tells; `ends`: None for never, or
    where nothing tells. `active`: the server counts it as in use."""

    address: str
    mac: str
    given: float | None = None
    ends: float | None = None
    active: bool = True

    def runs(self, now: float) -> bool:
        return self.active and (self.ends is None or self.ends > now)


def of_mac(lines: Iterable[str], mac: str, now: float) -> list[Lease]:
    """Those of one machine, that which counts first: one that runs before others, then that which was given, or ends, last."""
    wanted = mac.lower()
    by_address = {lease.address: lease for lease in leases(lines)}
    found = [lease for lease in by_address.values() if lease.mac == wanted]
    return sorted(found, key=lambda each: (each.runs(now), each.given or 0.0, each.ends or 0.0), reverse=True)


def leases(lines: Iterable[str]) -> Iterator[Lease]:
    """In the order of the file."""
    block: Lease | None = None
    for raw in lines:
        line = raw.strip()
        if begin := _ISC_BEGIN.fullmatch(line):
            block = Lease(address=begin[1], mac="") if _is_address(begin[1]) else None
        elif block is not None:
            if line == "}":
                if block.mac:
                    yield block
                block = None
            else:
                block = _with(block, line)
        elif found := _in_one_line(line):
            yield found


def _with(block: Lease, line: str) -> Lease:
    """One more line of ISC's."""
    given, ends, mac, active = block.given, block.ends, block.mac, block.active
    if time := _ISC_TIME.fullmatch(line):
        at = _moment(time)
        if time[1] == "ends":
            ends = at
        else:
            given = max(filter(None, (given, at)), default=None)
    elif hardware := _ISC_MAC.fullmatch(line):
        mac = hardware[1].lower()
    elif state := _ISC_STATE.fullmatch(line):
        active = state[1] == "active"
    return Lease(address=block.address, mac=mac, given=given, ends=ends, active=active)


def _moment(time: re.Match[str]) -> float | None:
    if time[2]:
        return float(time[2])
    if not time[3]:
        return None
    year, month, day, hour, minute, second = map(int, time.groups()[2:])
    try:
        return (datetime(year, month, day, hour, minute, second, tzinfo=UTC) - _EPOCH).total_seconds()
    except (ValueError, OverflowError):  # no such day
        return None


def _in_one_line(line: str) -> Lease | None:
    if (dnsmasq := _DNSMASQ.fullmatch(line)) and _is_address(dnsmasq[3]):
        ends = float(dnsmasq[1]) or None  # 0: for ever
        return Lease(address=dnsmasq[3], mac=dnsmasq[2].lower(), ends=ends)
    if (kea := _KEA.fullmatch(line)) and _is_address(kea[1]):
        lasts, ends = float(kea[3]), float(kea[4])
        return Lease(address=kea[1], mac=kea[2].lower(), given=ends - lasts, ends=ends, active=kea[5] == _KEA_IN_USE and lasts > 0)
    return None


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
