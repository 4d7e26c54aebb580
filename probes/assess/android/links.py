"""`ip -o link` and `ip route get`: a terminal's wired socket, and whether its kernel has a way out that Android's own service of networks
does not know, as of makers who run the Ethernet themselves."""

from __future__ import annotations

import re

from msgspec import Struct

_LINK = re.compile(r"^\d{1,5}: (eth\d{1,3})(?:@[^:\s]{1,20})?: <([A-Z0-9_,-]{0,200})>", re.MULTILINE)
_WAY = re.compile(r"^\S{1,60} (?:via ([0-9A-Fa-f.:]{2,45}) )?dev (\S{1,20})\b(?:.{0,120}? src ([0-9A-Fa-f.:]{2,45}))?", re.MULTILINE)
_KINDS = (("eth", "ethernet"), ("usb", "ethernet"), ("wlan", "wifi"), ("rmnet", "cellular"), ("ccmni", "cellular"), ("ppp", "cellular"))
_NOWHERE = ("lo", "dummy")


class Wired(Struct, frozen=True):
    interface: str
    up: bool
    carrier: bool


class Way(Struct, frozen=True, kw_only=True):
    """`kind`: ethernet, wifi, cellular or other. `router`: none on a line that has two ends."""

    interface: str
    kind: str
    router: str = ""
    address: str = ""


def wired(text: str) -> Wired | None:
    """The socket that has a cable in it, else the first; None where there is none, or nobody tells."""
    found = [(name, flags.split(",")) for name, flags in _LINK.findall(text)]
    told = [Wired(interface=name, up="UP" in flags, carrier="LOWER_UP" in flags) for name, flags in found]
    return next((each for each in told if each.carrier), told[0] if told else None)


def way_out(text: str) -> Way | None:
    """Of the route to an address of the Internet; None where the kernel has none."""
    found = _WAY.search(text)
    if found is None or found[2].startswith(_NOWHERE):
        return None
    kind = next((kind for begin, kind in _KINDS if found[2].startswith(begin)), "other")
    return Way(interface=found[2], kind=kind, router=found[1] or "", address=found[3] or "")
