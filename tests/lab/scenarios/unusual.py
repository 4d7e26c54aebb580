"""Unusual shops: stubs, bridges, two families of which one is ill, odd resolvers, odd routers."""

from __future__ import annotations

from tests.lab.scenario import Make, Scenario, as_user, dependent, double, fault, healthy, together
from tests.support.world import World, acquirers, behaviours, dhcp, ethernet, faults, host_faults, machine, netns, plan, questions, shapes
from tests.support.world.names import Dnsmasq

DOWN, CABLE, ROUTER = "network.internet_down", "operator.cable_unplugged", "network.router_unreachable"
SILENT, FAILING, SET = "network.dns_unreachable", "network.dns_failing", "operator.network_misconfigured"
TWO = {"ipv6": True}
SIX = {"ipv4": False, "ipv6": True}
DNS = ("network.dns_unreachable", "network.dns_failing")


def stub(w: World) -> None:
    """A resolver of the terminal itself asks the router."""
    resolver = Dnsmasq(w.terminal, ["127.0.0.1"], w.folder, upstream=[plan.ROUTER])
    w.cleanup.callback(resolver.stop)
    resolver.wait()
    w.set_resolvers("127.0.0.1")


def bridged(w: World) -> None:
    """The terminal's address stands on a bridge above its socket."""
    netns.ip(
        w.terminal,
        "address flush dev eth0",
        f"link add name br0 address {plan.TERMINAL_MAC} type bridge",
        "link set eth0 master br0",
        "link set br0 up",
        f"address add {plan.TERMINAL}/24 dev br0",
        f"route add default via {plan.ROUTER} dev br0",
    )


def on_macvlan(w: World) -> None:
    """The terminal's address stands on a macvlan above its socket, as containers and VLANs have it."""
    netns.ip(
        w.terminal,
        "address flush dev eth0",
        "link add link eth0 name mv0 type macvlan mode bridge",
        "link set mv0 up",
        f"address add {plan.TERMINAL}/24 dev mv0",
        f"route add default via {plan.ROUTER} dev mv0",
    )


def configured(w: World) -> None:
    w.config["uplink"] = [{"interface": "eth0"}]


def backup_carries(w: World) -> None:
    w.config["uplink"] = [{"interface": "eth0"}, {"interface": "wwan0", "kind": "cellular", "role": "backup"}]
    w.set_resolvers(plan.NAME_SERVER.v4)


def no_forwarding(w: World) -> None:
    """The router is there in every way, and hands nothing on."""
    netns.sysctl(w.router, {"ipv4/ip_forward": "0", "ipv6/conf/all/forwarding": "0"})


def nat_off(w: World) -> None:
    """The router forwards without translating: no answer finds its way back."""
    netns.nft(w.router, "delete table ip shop")


def family_blocked(family: str) -> Make:
    return lambda w: faults.rule(w.router, "passing", f"meta nfproto {family} drop")


def no_ipv4_lease(w: World) -> None:
    netns.command("ip", "-n", w.terminal, "-4", "address", "flush", "dev", "eth0")
    w.set_resolvers(plan.ROUTER_6)


def no_ipv6_route(w: World) -> None:
    netns.command("ip", "-n", w.terminal, "-6", "route", "flush", "exact", "default")


def searched(w: World) -> None:
    """The gateway is configured by its short name."""
    w.config["gateway"][0]["host"] = "gw-a"
    leaf = w.authority.leaf("gw-a")
    host_faults.gateway_does(w, behaviours.tls(w.authority.context(leaf)))
    (netns.etc(w.terminal) / "resolv.conf").write_text(
        f"# by hand\nsearch pay.example\noptions timeout:1 attempts:2\nnameserver {plan.ROUTER}\n"
    )


def truncated(w: World) -> None:
    """Over UDP the name server says only that the answer is too long; over TCP it gives it."""
    resolver = w.shop_dns
    real = questions.forward(plan.NAME_SERVER.v4, 0)

    def answer(asked: bytes) -> bytes:
        said = real(asked)
        assert said is not None
        return said[:2] + bytes([said[2] | 0x02]) + said[3:6] + b"\0\0\0\0\0\0" + asked[12:]

    resolver.stop()
    w.cleanup.callback(questions.Responder(w.router, plan.ROUTER, answer).stop)
    shapes.tcp_resolver(w)


def denying_first(w: World) -> None:
    """The first of two name servers denies every name; programs believe it."""
    host_faults.dns_without_upstream(w, nxdomain=True)
    w.set_resolvers(plan.ROUTER, plan.NAME_SERVER.v4)


def refusing_first(w: World) -> None:
    host_faults.dns_without_upstream(w)
    w.set_resolvers(plan.ROUTER, plan.NAME_SERVER.v4)


def only_ports(*ports: int) -> Make:
    """The shop's firewall lets nothing out but these TCP ports."""

    def make(w: World) -> None:
        listed = ", ".join(map(str, ports))
        faults.rule(w.router, "passing", f'iifname "lan0" tcp dport {{ {listed} }} accept')
        faults.rule(w.router, "passing", 'iifname "lan0" drop')

    return make


def backup_only(w: World) -> None:
    """The cable is out and its routes are withdrawn; the cellular uplink carries."""
    faults.cable_out(w)
    netns.ip(w.terminal, "route del default dev eth0", "address flush dev eth0")
    w.config["uplink"] = [{"interface": "eth0"}, {"interface": "wwan0", "kind": "cellular", "role": "backup"}]
    w.set_resolvers(plan.NAME_SERVER.v4)


def backup_in_the_way(w: World) -> None:
    """The gateway's own route leads over the cellular uplink, which has lost its link."""
    netns.ip(w.terminal, f"route add {plan.GATEWAY_A.v4}/32 via {plan.MOBILE_PROVIDER} dev wwan0")
    netns.ip(w.net, "link set mobile0 down")


def wifi_and_dead_line(w: World) -> None:
    machine.wifi(w)
    netns.ip(w.terminal, f"address replace {plan.TERMINAL}/24 dev wlan0", f"route replace default via {plan.ROUTER} dev wlan0 metric 100")
    faults.wan_silent(w)


def mac_filtered(w: World) -> None:
    """The router's switch drops every frame of this terminal."""
    netns.nft(
        w.router, f"table bridge mac {{\n chain in {{ type filter hook prerouting priority 0; ether saddr {plan.TERMINAL_MAC} drop\n }}\n}}"
    )


def renewed(w: World) -> None:
    assert dhcp.lease(w.terminal, w.folder)


def renewed_in_vain(w: World) -> None:
    assert not dhcp.lease(w.terminal, w.folder)


def no_resolver_file(w: World) -> None:
    w.machine.append("mount --bind /dev/null /etc/resolv.conf")


def two_routers_first_dead(w: World) -> None:
    netns.ip(w.terminal, "route add default via 192.168.50.99 dev eth0 metric 50")


def check_hosts_down(w: World) -> None:
    host_faults.check_host_dead(w, 1)
    host_faults.check_host_dead(w, 2)


def state_disk_full(w: World) -> None:
    state = w.folder / "state"
    w.machine += [f"mount -t tmpfs -o size=1m tmpfs {state}", f"head -c 1048576 /dev/zero > {state}/x || true"]
    w.config["system"]["disk_used_percent"] = 95


SCENARIOS: tuple[Scenario, ...] = (
    healthy("a resolver of its own", stub),
    fault("a resolver of its own, the line dead", DOWN, together(stub, faults.wan_silent)),
    fault("a resolver of its own, the router's silent", SILENT, together(stub, host_faults.dns_silent)),
    fault("a resolver of its own has ended", SILENT, lambda w: w.set_resolvers("127.0.0.1")),
    healthy("the address stands on a bridge", bridged),
    healthy("the address stands on a bridge, its port is configured", together(bridged, configured)),
    healthy("the address stands on a macvlan, its parent is configured", together(on_macvlan, configured), fixed=True),
    fault("the address stands on a macvlan, the cable is out", CABLE, together(on_macvlan, faults.cable_out)),
    healthy("dialled in over the socket (PPPoE)", ethernet.pppoe),
    healthy("dialled in over the socket (PPPoE), which is configured", together(ethernet.pppoe, configured), fixed=True),
    fault("dialled in over the socket (PPPoE), the cable is out", CABLE, together(ethernet.pppoe, faults.cable_out), fixed=True),
    fault("dialled in over the socket (PPPoE), the line is dead", DOWN, together(ethernet.pppoe, configured, faults.wan_silent)),
    fault("the configured socket has no address, the backup carries", "network.dhcp_failed", together(backup_carries, faults.no_address),
          "degraded", world={"backup": True}),
    fault("the address stands on a bridge, the cable is out", CABLE, together(bridged, faults.cable_out)),
    fault("the address stands on a bridge, the line is dead", DOWN, together(bridged, faults.wan_silent)),
    fault("the router forwards nothing", DOWN, no_forwarding),
    as_user(fault("the router forwards nothing", DOWN, no_forwarding)),
    fault("the router does not translate", DOWN, nat_off),
    fault("every packet vanishes in the router", DOWN, faults.everything_dropped),
    as_user(fault("every packet vanishes in the router", DOWN, faults.everything_dropped)),
    fault("the router's switch drops our frames", ROUTER, mac_filtered),
    as_user(fault("the router's switch drops our frames", ROUTER, mac_filtered)),
    healthy("both families, IPv6 blocked", family_blocked("ipv6"), world=TWO),
    healthy("both families, IPv4 blocked", family_blocked("ipv4"), world=TWO, notices=DNS),
    healthy("both families, no IPv4 lease", no_ipv4_lease, world=TWO),
    healthy("both families, no IPv6 route", no_ipv6_route, world=TWO),
    fault("both families, the cable is out", CABLE, faults.cable_out, world=TWO),
    fault("both families, the line unplugged", DOWN, faults.wan_unplugged, world=TWO),
    fault("both families, the name server silent", SILENT, host_faults.dns_silent, world=TWO),
    fault("both families, the gateway filtered", "network.gateway_blocked", lambda w: faults.block(w, plan.GATEWAY_A), world=TWO),
    fault("both families, the gateway refuses", "system.gateway_down", host_faults.gateway_stopped, world=TWO),
    fault("both families, the DHCP server has ended", "network.dhcp_failed", renewed_in_vain, world={"ipv6": True, "dhcp": "stopped"}),
    healthy("a short name and a search list", searched),
    healthy("answers that are too long for UDP", truncated),
    fault("the first of two name servers denies every name", FAILING, denying_first),
    healthy("the first of two name servers refuses", refusing_first, notices=DNS),
    healthy("a firewall that lets out the gateway's port and the web", only_ports(80, 443, plan.GATEWAY_PORT)),
    healthy("a firewall that lets out the gateway's port and names", only_ports(53, plan.GATEWAY_PORT), notices=(DOWN,)),
    healthy("a firewall that lets out the gateway's port alone", only_ports(plan.GATEWAY_PORT), notices=(DOWN,)),
    fault("a firewall that lets out the web alone", "network.gateway_blocked", only_ports(80, 443, 53)),
    healthy("both check hosts are down", check_hosts_down, notices=(DOWN,)),
    healthy("both check hosts say 503", lambda w: host_faults.check_host_does(w, behaviours.http(503))),
    fault("check hosts say 503, the gateway is filtered", "network.gateway_blocked",
          together(lambda w: host_faults.check_host_does(w, behaviours.http(503)), lambda w: faults.block(w, plan.GATEWAY_A))),
    fault("the cable is out, the backup carries", CABLE, backup_only, "degraded", world={"backup": True}),
    fault("the cable is out, the backup does not take over", CABLE, faults.cable_out, world={"backup": True}),
    fault("the line is dead, the backup does not take over", DOWN, faults.wan_silent, world={"backup": True}),
    fault("a route to the gateway over a backup without a carrier", "unknown.indeterminate", backup_in_the_way,
          world={"backup": True}),
    fault("the router is gone, the backup does not take over", ROUTER, faults.router_gone, world={"backup": True}),
    fault("Wi-Fi joined, the line dead", DOWN, wifi_and_dead_line),
    healthy("the lease was renewed", renewed, world={"dhcp": "on"}),
    as_user(healthy("the lease was renewed", renewed, world={"dhcp": "on"})),
    fault("no file of name servers", SET, no_resolver_file),
    fault("the nearer of two default routers is nobody", ROUTER, two_routers_first_dead),
    fault("a lease, the cable out", CABLE, faults.cable_out, world={"dhcp": "on"}),
    fault("a point-to-point lease, the router gone", ROUTER, together(shapes.point_to_point, faults.router_gone)),
    fault("a point-to-point lease, the line dead", DOWN, together(shapes.point_to_point, faults.wan_silent)),
    fault("a shop of other numbers, the router gone", ROUTER,
          together(lambda w: shapes.renumber(w, "10.1.2.3/8", "10.0.0.1"), faults.router_gone)),
    fault("a shop of other numbers, the name server silent", SILENT,
          together(lambda w: shapes.renumber(w, "10.1.2.3/8", "10.0.0.1"), host_faults.dns_silent)),
    fault("path without ICMP, the line dead", DOWN, together(faults.path_without_icmp, faults.wan_silent)),
    as_user(fault("path without ICMP, the line dead", DOWN, together(faults.path_without_icmp, faults.wan_silent))),
    fault("path without ICMP, the name server silent", SILENT, together(faults.path_without_icmp, host_faults.dns_silent)),
    fault("path without ICMP, large packets vanish", "network.mtu_blackhole",
          together(faults.path_without_icmp, lambda w: faults.small_packets_only(w, 1000))),
    fault("the disk of the agent's own state is full", "system.disk_full", state_disk_full, "degraded"),
    healthy("20 % loss", lambda w: faults.loss(w, 20, steady=True)),
    double("clock at its beginning, the line dead", ("system.clock_wrong", DOWN), faults.wan_silent, shift_s=-40 * 365 * 86400),
    dependent("the clock is at its beginning", "system.clock_wrong", shift_s=-50 * 365 * 86400),
    fault("SERVFAIL from a name server of the Internet", FAILING,
          together(lambda w: w.set_resolvers(plan.CHECK_2.v4), shapes.other_resolver)),
    fault("an HTTPS gateway, the line dead", DOWN, together(acquirers.endpoint(200), faults.wan_silent)),
)  # fmt: skip
