"""Whether a host, an address with a port, or a URL can be one at all; nothing is looked up."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from probes.ground.bilingual import Bilingual

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?")


def host_fault(host: str) -> Bilingual | None:
    """None where it is an IPv4 or IPv6 address or a host name; else what was expected."""
    if ":" in host:
        wanted = Bilingual(
            "主机名，或 192.0.2.1、2001:db8::1 这样的地址（端口另有 port 一项）",
            "a host name, or an address such as 192.0.2.1 or 2001:db8::1 (a port has a key of its own)",
        )
        return None if _address(host) else wanted
    if re.fullmatch(r"[0-9.]+", host):
        wanted = Bilingual("IPv4 地址：四个 0 到 255 的数", "an IPv4 address of four numbers from 0 to 255")
        return None if _address(host) else wanted
    labels = host.removesuffix(".").split(".")
    if len(host) <= 253 and all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels):
        return None
    return Bilingual("主机名或 IP 地址", "a host name or an address")


def endpoint_fault(endpoint: str) -> Bilingual | None:
    """The same for `192.0.2.1:53` and `[2001:db8::1]:53`."""
    host, _, port = endpoint.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port[:6]) <= 65535:
        return Bilingual("带端口的 IP 地址，端口为 1 到 65535", "an address with a port from 1 to 65535")
    bracketed = host.startswith("[") and host.endswith("]")
    address = _address(host[1:-1] if bracketed else host)
    if address is None or bracketed is not (address.version == 6):
        return Bilingual(
            "带端口的 IP 地址，如 192.0.2.1:53 或 [2001:db8::1]:53",
            "an address with a port, such as 192.0.2.1:53 or [2001:db8::1]:53",
        )
    return None


def url_fault(url: str, *, needs_port: bool = False) -> Bilingual | None:
    """The same for a URL whose scheme has been looked at already."""
    scheme = url.split(":", 1)[0]
    example = Bilingual(f"{scheme}://主机:端口", f"{scheme}://host:port")
    if not needs_port:
        example = Bilingual(f"{scheme}://主机，端口为 1 到 65535 或不写", f"{scheme}://host with a port from 1 to 65535 or none")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return example
    if re.search(r"\s", url) or not host or port == 0 or (needs_port and port is None) or host_fault(host.partition("%")[0]):
        return example
    return None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
