"""What the types alone cannot say about `[[beside]]`: its name is that of a directory, and there is a way to it that can be one."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, ip_address

from agent.settings.hosts import host_fault
from agent.settings.problem import NOTHING, found
from agent.settings.walk import Fault, Table
from probes.ground.bilingual import Bilingual

_USB = "usb:"
_LOCAL = "localfilesystem:"
_THIS_NETWORK, _EVERYBODY = IPv4Network("0.0.0.0/8"), IPv4Address("255.255.255.255")  # RFC 1122 section 3.2.1.3
_LONGEST_PATH = 107  # bytes of a socket's path (unix(7))


def beside(table: Table) -> Iterator[Fault]:
    name = table.get("name", "-")
    if name == "all":
        wanted = Bilingual("all 以外的名字（--beside all 是指每一台）", "another name than all, which means every one (--beside all)")
        yield "name", wanted, found(name)
    if not name.strip("."):
        yield "name", Bilingual("不全是点的名字", "a name that is not all dots"), found(name)
    if not any(key in table.given and table.get(key) != "" for key in ("address", "mac", "adb")):
        wanted = Bilingual("它在店里网络上的地址（或者 mac，或者 adb）", "its address on the shop's network (or mac, or adb)")
        yield "address", wanted, NOTHING
    address, adb, server = table.get("address"), table.get("adb"), table.get("adb_server")
    if address and (fault := host_fault(address)):
        yield "address", fault, found(address)
    elif address and _is_no_machine(address):
        wanted = Bilingual(
            "终端自己在店里网络上的地址（127.0.0.1 和 ::1 是本机，0.0.0.0、组播地址不是一台机器）",
            "the terminal's own address on the shop's network (127.0.0.1 and ::1 are this machine, 0.0.0.0 and multicast are none)",
        )
        yield "address", wanted, found(address)
    if adb and not adb.startswith(_USB) and (fault := _place_fault(adb)):
        yield "adb", fault, found(adb)
    if server and (fault := _socket_fault(server.removeprefix(_LOCAL)) if server.startswith(_LOCAL) else _place_fault(server)):
        yield "adb_server", fault, found(server)


def _is_no_machine(host: str) -> bool:
    """This machine itself, under the addresses and names that every machine gives itself, or no single machine."""
    if host.rstrip(".").lower() in ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    none = mapped.version == 4 and (mapped in _THIS_NETWORK or mapped == _EVERYBODY)
    return none or mapped.is_loopback or mapped.is_unspecified or mapped.is_multicast


def _place_fault(place: str) -> Bilingual | None:
    """Of `HOST:PORT`, an IPv6 address in brackets."""
    host, _, port = place.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not 1 <= int(port) <= 65535:
        return Bilingual("1 到 65535 的端口", "a port from 1 to 65535")
    if bracketed is not (":" in host):
        return Bilingual("主机:端口，IPv6 地址写在方括号里", "HOST:PORT, with an IPv6 address in brackets")
    return host_fault(host[1:-1] if bracketed else host)


def _socket_fault(path: str) -> Bilingual | None:
    if len(path.encode("utf-8", "surrogateescape")) <= _LONGEST_PATH and "\0" not in path:
        return None
    return Bilingual(f"套接字的路径，最多 {_LONGEST_PATH} 个字节", f"the path of a socket, of at most {_LONGEST_PATH} bytes")
