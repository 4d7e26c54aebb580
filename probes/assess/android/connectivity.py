"""`dumpsys connectivity`: the networks that the device has, and which of them is its default. What follows `Network Requests:` is history
and wishes of programs.

`VALIDATED` says that Google's check answered; without it payment may work all the same (in mainland China it is likely to lack), so it is
never a fault alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

_END = re.compile(r"^[ \t]{0,8}Network Requests:", re.MULTILINE)
_DEFAULT = re.compile(r"Active default network:[ \t]{0,8}(\d{1,9}|none)")
_AGENT = re.compile(r"NetworkAgentInfo[ \t]{0,4}\{")
_NUMBER = re.compile(r"\bnetwork\{(\d{1,9})\}")
_INTERFACE = re.compile(r"InterfaceName:[ \t]{0,8}([^\s}]+)")
_TRANSPORTS = re.compile(r"Transports:[ \t]{0,8}([A-Z0-9_|&,]+)")
_CAPABILITIES = re.compile(r"Capabilities:[ \t]{0,8}([A-Z0-9_&]+)")
_ADDRESSES = re.compile(r"LinkAddresses:[ \t]{0,8}\[([^\]]*)\]")
_RESOLVERS = re.compile(r"DnsAddresses:[ \t]{0,8}\[([^\]]*)\]")
_ROUTE = re.compile(r"(?:0\.0\.0\.0/0|::/0)[ \t]{0,4}->[ \t]{0,4}([0-9A-Fa-f.:]{1,60})(?:%[^\s,\]]{1,20})?[ \t]{1,4}([^\s,\]]+)")
_STACKED = re.compile(r"\bStacked: ?\[")  # what translates IPv4 for a network that has IPv6 alone: its router is the device itself
_KINDS = {"WIFI": "wifi", "CELLULAR": "cellular", "ETHERNET": "ethernet"}


class Network(Struct, frozen=True, kw_only=True):
    """`kind`: ethernet, wifi, cellular, or other (a VPN; an agent of the operator's voice service). `internet`: it is for any program."""

    number: int
    kind: str
    interface: str = ""
    addresses: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()
    routers: tuple[str, ...] = ()
    internet: bool = False
    validated: bool = False
    portal: bool = False
    vpn: bool = False


class Connectivity(Struct, frozen=True, kw_only=True):
    """`default`: the one that programs use; None: there is none."""

    default: Network | None
    networks: tuple[Network, ...] = ()


def comes_to_its_end(text: str) -> bool:
    """Whether all networks stand in it: of a dump that was cut off behind them nothing is missing."""
    return _END.search(text) is not None


def parse(text: str) -> Connectivity | None:
    """None where it is no such dump: cut off, or another's."""
    end = _END.search(text)
    text = text[: end.start()] if end else text
    said = _DEFAULT.search(text)
    if said is None:
        return None
    networks = tuple(_networks(text))
    if said[1] == "none":
        return Connectivity(default=None, networks=networks)
    default = next((each for each in networks if each.number == int(said[1])), None)
    return Connectivity(default=default or Network(number=int(said[1]), kind="other"), networks=networks)


def _networks(text: str) -> Iterator[Network]:
    begins = [found.end() for found in _AGENT.finditer(text)]
    for begin, end in pairwise([*begins, len(text)]):
        part = text[begin:end]
        routes = _STACKED.split(part, maxsplit=1)[0]
        number = _NUMBER.search(part)
        if number is None:
            continue
        capabilities = set(_first(_CAPABILITIES, part).split("&"))
        transports = re.split(r"[|&,]", _first(_TRANSPORTS, part))
        yield Network(
            number=int(number[1]),
            kind=next((_KINDS[each] for each in transports if each in _KINDS and "VPN" not in transports), "other"),
            interface=_first(_INTERFACE, part),
            addresses=_listed(_first(_ADDRESSES, part)),
            resolvers=_listed(_first(_RESOLVERS, part)),
            routers=tuple(dict.fromkeys(router for router, _ in _ROUTE.findall(routes) if router.strip("0.:"))),
            internet="INTERNET" in capabilities,
            validated="VALIDATED" in capabilities,
            portal="CAPTIVE_PORTAL" in capabilities,
            vpn="VPN" in transports,
        )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _listed(text: str) -> tuple[str, ...]:
    """`a,b,` up to Android 9, `/a,/b` or ` /a, /b ` later."""
    return tuple(each for part in text.split(",") if (each := part.strip().lstrip("/")))
