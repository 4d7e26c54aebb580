"""Batch 1: clocks, containers, proxies with invented addresses, resolvers that are gone, adapters without a port."""

from __future__ import annotations

from tests.lab.field import ways
from tests.lab.field.entry import Report
from tests.lab.field.tunnel import tunnel
from tests.lab.scenario import fault, healthy, together
from tests.support.world import World, acquirers, devices, faults, machine, netns, plan, questions
from tests.support.world.ca import Pair, make, pem
from tests.support.world.names import Dnsmasq

SET, FAILING, SILENT = "operator.network_misconfigured", "network.dns_failing", "network.dns_unreachable"
SIDE, SIDE_MAC = "192.168.50.2", "02:00:00:00:50:02"
FAKE = {host.names[0]: (f"198.18.0.{number}", host.v4) for number, host in enumerate(plan.HOSTS, 2)} | {
    "www.two.example": ("198.18.0.99", plan.PUBLIC.v4)
}


def validating_stub(w: World) -> None:
    """Signatures are not valid yet by this clock: whatever is asked, it says SERVFAIL."""
    w.cleanup.callback(questions.Responder(w.terminal, "127.0.0.53", questions.code(questions.SERVFAIL)).stop)
    w.set_resolvers("127.0.0.53")


def inside_the_containers(w: World) -> None:
    ways.gateway_moved(w, "172.28.5.10")
    ways.bridge_of_containers(w, "br-828c78b615e2", "172.28.0.1/16")


def root_expired_in_the_bundle(w: World) -> None:
    """The root in the terminal's file has expired; leaf and intermediate are good for a year, and other clients know a newer root."""
    old = make("DST Root", authority=True, days=-40, begins=-4000)
    newer = make("R3", old, authority=True, days=900)
    signed = make(plan.GATEWAY_A.name, newer, names=(plan.GATEWAY_A.name,))
    bundle = w.folder / "old-roots.pem"
    bundle.write_bytes(pem(old.certificate))
    w.config["gateway"][0]["ca_file"] = str(bundle)
    acquirers.shows(lambda _: Pair(signed.certificate, signed.key, (newer.certificate,)))(w)


def taken_by_brltty(w: World) -> None:
    ways.usb_without_port(w, "1a86:7523")
    devices.configured(w, "/dev/ttyUSB0", "presence", usb="1a86:7523")


def private_address_filtered(w: World) -> None:
    ways.gateway_moved(w, "10.77.0.10")
    ways.resolver(w, "--stop-dns-rebind", "--rebind-domain-ok=/one.example/two.example/")  # addresses of documentation are private to it


def fake(asked: bytes) -> bytes | None:
    found = FAKE.get(ways.asked_name(asked))
    if found is None:
        return ways.forward(asked)
    return ways.with_address(asked, found[0]) if ways.asked_kind(asked) == questions.A else ways.without_records(asked)


def redirected(w: World) -> None:
    for invented, real in FAKE.values():
        faults.rule(w.router, "diverted", f"ip daddr {invented} dnat ip to {real}")


def blocked_names_stripped(w: World) -> None:
    """The upstream gives 0.0.0.0 for the check hosts, and the router's dnsmasq will not hand that on."""
    ways.everywhere(w, {plan.CHECK_1.name: ("0.0.0.0",), plan.CHECK_2.name: ("0.0.0.0",)})
    ways.resolver(w, "--stop-dns-rebind", "--rebind-domain-ok=/pay.example/www.one.example/www.two.example/")


def connection_table_full(w: World) -> None:
    """Three of five new connections find no place; what stands goes on."""
    for chain in ("passing", "leaving"):
        faults.rule(w.router, chain, "ct state new numgen inc mod 5 < 3 drop")


def hotspot_in_the_way(w: World) -> None:
    ways.own_network(w, "wlan0", "192.168.43.1/24")
    netns.ip(w.terminal, "route add default dev wlan0 metric 50")


def link_local_name_server(w: World) -> None:
    netns.ip(w.router, "address add fe80::1/64 dev lan0 nodad")
    w.shop_dns.stop()
    w.cleanup.callback(questions.Responder(w.router, "fe80::1%lan0", ways.forward).stop)
    ways.file(w, "resolv.conf", "search home\nnameserver fe80::1%eth0\n")


def cellular_preferred(w: World) -> None:
    w.config["uplink"] = [{"interface": "eth0", "role": "primary"}, {"interface": "wwan0", "kind": "cellular", "role": "backup"}]
    netns.ip(w.terminal, "route del default dev wwan0", f"route add default via {plan.MOBILE_PROVIDER} dev wwan0 metric 50")


def large_ones_vanish_under_the_tunnel(w: World) -> None:
    tunnel(w)
    faults.rule(w.router, "passing", "udp dport 51820 meta length > 1000 drop")
    faults.rule(w.router, "passing", "udp sport 51820 meta length > 1000 drop")


def side_router(w: World) -> None:
    """The terminal's router is a second box on the same network, and the main router drops what that box hands on for others."""
    side = ways.machine_beside(w, "s", SIDE_MAC, f"{SIDE}/24")
    netns.ip(side, f"route add default via {plan.ROUTER}")
    netns.sysctl(side, {"ipv4/ip_forward": "1", "ipv4/conf/all/send_redirects": "0", "ipv4/conf/eth0/send_redirects": "0"})
    names = Dnsmasq(side, [SIDE], w.folder, upstream=[plan.ROUTER])
    w.cleanup.callback(names.stop)
    names.wait()
    w.set_resolvers(SIDE)
    netns.ip(w.terminal, f"route replace default via {SIDE} dev eth0 metric 100")
    drop = f"ether saddr {SIDE_MAC} ip saddr {plan.TERMINAL} drop"
    netns.nft(w.router, f"table bridge reverse {{\n chain in {{ type filter hook prerouting priority 0; {drop}\n }}\n}}")


REPORTS: tuple[Report, ...] = (
    Report("systemd/systemd#20235", fault("a validating resolver of the terminal's own, and a clock without a battery",
           "system.clock_wrong", validating_stub, shift_s=-900 * 86400)),
    Report("jakeswenson/BitBetter#79", fault("the acquirer's network is the one that Docker took for itself", SET, inside_the_containers)),
    Report("rapid7/metasploitable3#603", fault("the root in the terminal's own bundle has expired", "system.trust_store_outdated",
           root_expired_in_the_bundle)),
    Report("juliagoda/CH341SER#18", fault("brltty has taken the CH340 away from its driver", "system.port_driver_missing",
           taken_by_brltty, "degraded")),
    Report("madarasz/always-be-running#177", healthy("the host's IPv6 address hangs, its IPv4 address is well",
           ways.router_rule("passing", f"ip6 daddr {plan.GATEWAY_A.v6} drop"), world=ways.BOTH, fixed=True)),
    Report("lf-edge/eve#2864", fault("rebind protection strips the acquirer's private address", FAILING, private_address_filtered)),
    Report("vernesong/OpenClash#6", healthy("every name has an invented address that the router redirects",
           together(ways.answering(fake), redirected), fixed=True)),
    Report("Fndroid/clash_for_windows_pkg#4846", fault("invented addresses are still handed out, and nobody redirects them", FAILING,
           ways.answering(fake))),
    Report("tailscale/tailscale#813", fault("the VPN's name server is left in the file after a power cut", SILENT,
           ways.resolv_conf("nameserver 100.100.100.100\nsearch example.beta.tailscale.net\n"))),
    Report("istoreos/istoreos#52 (日志中出现大量 nf_conntrack: table full)", fault("the router's connection table is full",
           "network.unstable", connection_table_full, "degraded|outage")),
    Report("commaai/openpilot#35075", fault("the terminal's own hotspot has the nearer default route", SET, hotspot_in_the_way)),
    Report("openwrt/odhcpd#76", healthy("the only name server is a link-local address with its interface", link_local_name_server,
           fixed=True)),
    Report("systemd/systemd#12477", fault("the first name server was announced by a router that is long gone", "network.dns_slow",
           lambda w: w.set_resolvers("2001:db8:50::dead", plan.ROUTER), "degraded", world=ways.BOTH, notices=(SILENT,)),
           erratum="expected as healthy; a first name server that is silent costs every program five seconds for a name, which is "
           "dns_slow, degraded"),
    Report("dreemurrs-embedded/Pine64-Arch#317", healthy("the cellular uplink is preferred to a cable that is well", cellular_preferred,
           world={"backup": True})),
    Report("djangopackages/djangopackages#1352", fault("a challenge page for bots, with 403, before the host",
           "operator.gateway_misconfigured", acquirers.endpoint(403, headers={"cf-mitigated": "challenge", "Server": "cloudflare"})),
           doubtful=True),
    Report("Klipper3d/klipper#22", fault("the printer came back as ttyUSB1, and only the node is configured", "system.port_renumbered",
           together(lambda w: machine.usb_serial(w, "ttyUSB1", "1a86:7523"), lambda w: devices.configured(w, "/dev/ttyUSB0", "presence")),
           "degraded"),
           doubtful=True),
    Report("passteque/gluetun#1650", fault("names pass through the tunnel and TLS does not", "network.mtu_blackhole",
           large_ones_vanish_under_the_tunnel, fixed=True)),
    Report("raspberrypi/linux#3718", healthy("two network cards in the same network, each answering for both",
           lambda w: ways.second_socket(w, "eth1", "192.168.50.11/24", "02:00:00:00:50:11"))),
    Report("nextdns/nextdns#151", healthy("the checks' names are filtered, and rebind protection swallows the 0.0.0.0",
           blocked_names_stripped, notices=(FAILING, "network.internet_down"))),
    Report("coolsnowwolf/lede#10759 (请教一个旁路由联网的问题)", fault("the main router drops what a side router hands on",
           "network.internet_down", side_router)),
)  # fmt: skip
