"""Who lives where. Every address is one of documentation, shared or private space, and exists only in namespaces."""

from __future__ import annotations

from dataclasses import dataclass

TERMINAL, ROUTER, LAN = "192.168.50.10", "192.168.50.1", "192.168.50.0/24"
TERMINAL_6, ROUTER_6, LAN_6 = "2001:db8:50::10", "2001:db8:50::1", "2001:db8:50::/64"
WAN, PROVIDER = "100.64.0.2", "100.64.0.1"
WAN_6, PROVIDER_6 = "2001:db8:64::2", "2001:db8:64::1"
MOBILE, MOBILE_PROVIDER = "10.64.0.2", "10.64.0.1"
ROUTER_MAC, TERMINAL_MAC, OTHER_MAC = "02:00:00:00:50:01", "02:00:00:00:50:10", "02:00:00:00:50:99"


@dataclass(frozen=True)
class Host:
    """One machine out there: a name (or several) and its addresses in both families."""

    names: tuple[str, ...]
    v4: str
    v6: str

    @property
    def name(self) -> str:
        return self.names[0]


NAME_SERVER = Host(("ns.provider.example",), "203.0.113.53", "2001:db8:113::53")
OTHER_ADDRESS = Host(("ns.other.example",), "198.51.100.53", "2001:db8:51::53")
CHECK_1 = Host(("check.one.example",), "203.0.113.80", "2001:db8:113::80")
CHECK_2 = Host(("check.two.example",), "198.51.100.80", "2001:db8:51::80")
PUBLIC = Host(("www.one.example", "www.two.example"), "203.0.113.90", "2001:db8:113::90")
GATEWAY_A = Host(("gw-a.pay.example",), "192.0.2.10", "2001:db8:2::10")
GATEWAY_B = Host(("gw-b.pay.example",), "198.51.100.20", "2001:db8:51::20")
HOSTS = (NAME_SERVER, OTHER_ADDRESS, CHECK_1, CHECK_2, PUBLIC, GATEWAY_A, GATEWAY_B)
GATEWAY_PORT = 8583
