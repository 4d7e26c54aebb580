"""The cables: namespaces, links, addresses, routes and an empty table of nftables to put faults into.

terminal ── eth0 ═ port1 ── router (bridge lan0) ── wan0 ═ shop0 ── net (hosts on lo)
    └────── wwan0 ═════════════════════════════════════ mobile0 ──┘   (with a backup uplink)
"""

from __future__ import annotations

from tests.support.world import netns, plan

FAULTS = """
table inet faults {
  chain early { type filter hook prerouting priority -300; }
  chain arriving { type filter hook input priority 0; }
  chain passing { type filter hook forward priority 0; }
  chain leaving { type filter hook output priority 0; }
  chain diverted { type nat hook prerouting priority -100; }
}
"""
MASQUERADE = 'table ip shop {\n chain out { type nat hook postrouting priority 100; oifname "wan0" masquerade\n }\n}'
QUIET_6 = {f"ipv6/conf/{scope}/{key}": "0" for scope in ("all", "default") for key in ("accept_dad", "accept_ra", "router_solicitations")}
FORWARDING = {"ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1"}


def lay(terminal: str, router: str, net: str, *, ipv4: bool, ipv6: bool, backup: bool) -> None:
    """Connects three namespaces that exist and are empty."""
    for name in (terminal, router, net):
        netns.sysctl(name, QUIET_6 if name == terminal else QUIET_6 | FORWARDING)
    netns.ip(
        router,
        "link set lo up",
        f"link add name lan0 address {plan.ROUTER_MAC} type bridge",
        f"link add name port1 type veth peer name eth0 address {plan.TERMINAL_MAC} netns {terminal}",
        f"link add name wan0 type veth peer name shop0 netns {net}",
        "link set port1 master lan0",
        *(f"link set {name} up" for name in ("port1", "lan0", "wan0")),
        f"address add {plan.ROUTER}/24 dev lan0",
        f"address add {plan.ROUTER_6}/64 dev lan0 nodad",
        f"address add {plan.WAN}/30 dev wan0",
        f"address add {plan.WAN_6}/64 dev wan0 nodad",
    )
    netns.ip(
        net,
        *(f"link set {name} up" for name in ("lo", "shop0")),
        f"address add {plan.PROVIDER}/30 dev shop0",
        f"address add {plan.PROVIDER_6}/64 dev shop0 nodad",
        *(f"address add {host.v4}/32 dev lo" for host in plan.HOSTS),
        *(f"address add {host.v6}/128 dev lo nodad" for host in plan.HOSTS),
        f"route add {plan.LAN_6} via {plan.WAN_6}",
    )
    netns.ip(router, f"route add default via {plan.PROVIDER}", f"route add default via {plan.PROVIDER_6}")
    netns.ip(terminal, "link set lo up")
    connect_terminal(terminal, ipv4=ipv4, ipv6=ipv6)
    if backup:
        netns.ip(
            net,
            f"link add name mobile0 type veth peer name wwan0 netns {terminal}",
            "link set mobile0 up",
            f"address add {plan.MOBILE_PROVIDER} peer {plan.MOBILE}/32 dev mobile0",
        )
        netns.ip(
            terminal,
            "link set wwan0 up",
            f"address add {plan.MOBILE} peer {plan.MOBILE_PROVIDER}/32 dev wwan0",
            f"route add default via {plan.MOBILE_PROVIDER} dev wwan0 metric 700",
        )
    for name in (terminal, router, net):
        netns.nft(name, FAULTS)
    netns.nft(router, MASQUERADE)


def connect_terminal(terminal: str, *, ipv4: bool, ipv6: bool) -> None:
    """What DHCP or a technician would set on `eth0`."""
    lines = ["link set eth0 up"]
    if ipv4:
        lines += [f"address replace {plan.TERMINAL}/24 dev eth0", f"route replace default via {plan.ROUTER} dev eth0 metric 100"]
    if ipv6:
        lines += [f"address replace {plan.TERMINAL_6}/64 dev eth0 nodad", f"route replace default via {plan.ROUTER_6} dev eth0 metric 100"]
    netns.ip(terminal, *lines)
