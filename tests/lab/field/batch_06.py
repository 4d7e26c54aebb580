"""Batch 6: cards that carry others, what resolv.conf says besides addresses, certificates that serve for something else."""

from __future__ import annotations

import datetime
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.lab.field import ways
from tests.lab.field.entry import Report
from tests.lab.scenario import Make, fault, healthy
from tests.support.servers.modem import Modem
from tests.support.world import World, acquirers, behaviours, devices, faults, host_faults, netns, plan, questions
from tests.support.world.ca import DAY, Authority, Pair
from tests.support.world.names import Dnsmasq

SET, DOWN, STRANGE = "operator.network_misconfigured", "network.internet_down", "network.tls_intercepted"
GATEWAY = plan.GATEWAY_A
OLD_6, OLD_ROUTER_6 = "2001:db8:40::10", "2001:db8:40::1"
OTHERS_NOW = "203.0.113.66"
OF_RESOLVED = "/run/systemd/resolve/stub-resolv.conf"


def uplink_moved_to(kind: str, name: str) -> Make:
    """The address and the route are the upper device's; the card below has none."""

    def make(w: World) -> None:
        upper = f"link add name {name} type bridge" if kind == "bridge" else f"link add link eth0 name {name} type {kind}"
        netns.ip(w.terminal, "address flush dev eth0", upper, *(["link set eth0 master " + name] if kind == "bridge" else []),
                 f"link set {name} up", f"address add {plan.TERMINAL}/24 dev {name}",
             f"route replace default via {plan.ROUTER} dev {name}")  # fmt: skip

    return make


def names_by_tcp(w: World) -> None:
    """The terminal's own rules let no question out by UDP; its C library is told to ask by TCP."""
    faults.rule(w.terminal, "leaving", "udp dport 53 drop")
    ways.resolv_conf(f"options use-vc\nnameserver {plan.ROUTER}\n")(w)


def asked_by_tcp_in_vain(w: World) -> None:
    """The C library is told to ask by TCP; the terminal's own resolver knows UDP alone."""
    w.cleanup.callback(questions.Responder(w.terminal, "127.0.2.1", questions.forward(plan.ROUTER, 0)).stop)
    faults.rule(w.terminal, "arriving", "ip daddr 127.0.2.1 tcp dport 53 reject with tcp reset")
    ways.resolv_conf("options use-vc\nnameserver 127.0.2.1\n")(w)


def no_line_for_a_server(w: World) -> None:
    """Without a line for a name server, the C library asks the machine itself; a resolver stands there."""
    own = Dnsmasq(w.terminal, ["127.0.0.1"], w.folder, upstream=[plan.ROUTER])
    w.cleanup.callback(own.stop)
    own.wait()
    ways.resolv_conf("# by hand\noptions timeout:2\n")(w)


def link_to_nowhere(w: World) -> None:
    """`/etc/resolv.conf` leads to the file of a program that was taken away."""
    etc = w.folder / "etc"
    etc.mkdir()
    (etc / "resolv.conf").symlink_to(OF_RESOLVED)
    w.machine.append(f"mount -t overlay -o lowerdir={etc}:/etc overlay /etc")


def jumbo(w: World) -> None:
    """The lease says 9000, and the cable carries 1500."""
    netns.ip(w.terminal, "link set eth0 mtu 9000")


def modem_on_the_same_cable(w: World) -> None:
    """A second address and a last default route, to look at the modem's pages: it routes for nobody."""
    ways.machine_beside(w, "m", "02:00:00:00:01:01", "192.168.1.1/24")
    netns.ip(w.terminal, "address add 192.168.1.2/24 dev eth0", "route add default via 192.168.1.1 dev eth0 metric 200")


def checks_redirected(w: World) -> None:
    """The provider's name servers send the known checks of operating systems to a page; all else is as it should be."""
    ways.everywhere(w, {host.name: (plan.PUBLIC.v4,) for host in (plan.CHECK_1, plan.CHECK_2)})
    w.serve("page", plan.PUBLIC, 80, behaviours.http(302, Location="http://page.example/play"))


def no_way_out(w: World) -> None:
    """One address without a network, as the provider gives it; the router outside of it was never set."""
    netns.ip(w.terminal, "route flush dev eth0", "address flush dev eth0", f"address add {plan.TERMINAL}/32 dev eth0")


def nat_switched_off(w: World) -> None:
    netns.nft(w.router, "delete table ip shop")


def anothers_by_now(w: World) -> None:
    """The shop's name server keeps serving an address that is somebody else's by now, with a certificate of his."""
    netns.ip(w.net, f"address add {OTHERS_NOW}/32 dev lo")
    stranger = Authority(w.folder, "Somebody")
    context = stranger.context(stranger.leaf("www.somebody.example"))
    w.serve("somebody", plan.Host(("www.somebody.example",), OTHERS_NOW, ""), plan.GATEWAY_PORT, behaviours.tls(context))
    ways.resolver(w, f"--host-record={GATEWAY.name},{OTHERS_NOW}")


def prefix_changed(w: World) -> None:
    """The shop has another prefix since last night; the terminal's address and router are those of the old one."""
    netns.ip(w.router, f"address add {OLD_ROUTER_6}/64 dev lan0 nodad")
    netns.ip(w.terminal, f"address del {plan.TERMINAL_6}/64 dev eth0", f"address add {OLD_6}/64 dev eth0 nodad",
             f"route replace default via {OLD_ROUTER_6} dev eth0 metric 100")  # fmt: skip


def signed(subject: str, by: Pair, *extensions: x509.ExtensionType, authority: bool = False) -> Pair:
    """A certificate of a year with these extensions."""
    now = datetime.datetime.now(datetime.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        by.certificate.subject, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]), key.public_key(),
        x509.random_serial_number(), now - 30 * DAY, now + 365 * DAY,
    ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)  # fmt: skip
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Pair(builder.sign(by.key, hashes.SHA256()), key, () if authority else (by.certificate,))


def leaf_with(*extensions: x509.ExtensionType) -> Make:
    named = x509.SubjectAlternativeName([x509.DNSName(GATEWAY.name)])
    return acquirers.shows(lambda w: signed(GATEWAY.name, w.authority.intermediate, named, *extensions))


def chain_in_disorder(w: World) -> Pair:
    """Behind the leaf comes the root, and then what signed the leaf."""
    leaf = w.authority.leaf(GATEWAY.name)
    return Pair(leaf.certificate, leaf.key, (w.authority.root.certificate, *leaf.chain))


def authority_of_other_names(w: World) -> Pair:
    """What signed the leaf may sign for another domain only."""
    only = x509.NameConstraints([x509.DNSName("other.example")], None)
    via = signed("Other Domain's CA", w.authority.root, only, authority=True)
    return signed(GATEWAY.name, via, x509.SubjectAlternativeName([x509.DNSName(GATEWAY.name)]))


def asks_for_a_certificate(w: World) -> None:
    """The host asks for a client certificate, and takes whoever has none."""
    context = acquirers.own_context(w)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(w.authority.root_file)
    host_faults.gateway_does(w, behaviours.tls(context))


def address_out_of_date(w: World) -> None:
    """An address of the shop's own network that shall not be used any more, and no route for IPv6."""
    netns.ip(w.terminal, "address add fdef:17a0:ffb1:300::10/64 dev eth0 nodad valid_lft 7184 preferred_lft 0")


def strength_unknown(w: World) -> None:
    devices.device(w, Modem(csq=99, stats={"CREG": 1, "CGREG": 0, "CEREG": 1}), "at", role="modem")


REPORTS: tuple[Report, ...] = (
    Report("xenserver/xe-guest-utilities#145", healthy("the card is a port of a bridge, which has the address",
           uplink_moved_to("bridge", "br0"))),
    Report("docker/docs#5899", healthy("the card's address was moved to a device above it",
           uplink_moved_to("macvlan", "mac0"), fixed=True)),
    Report("systemd/systemd#26405", healthy("names are asked for by TCP alone", names_by_tcp)),
    Report("man7.org, resolv.conf(5)", healthy("no line for a name server, and one on the terminal itself", no_line_for_a_server)),
    Report("dotnet/corefx#35640", healthy("the chain comes in disorder, with its root", acquirers.shows(chain_in_disorder))),
    Report("haskell-tls/hs-tls#294", healthy("a client certificate is asked for and not needed", asks_for_a_certificate, fixed=True)),
    Report("acmesh-official/acme.sh#2938", healthy("a certificate that wants a stapled answer, and none is stapled",
           leaf_with(x509.TLSFeature([x509.TLSFeatureType.status_request])))),
    Report("ffulm/firmware#5", healthy("an IPv6 address of the shop's own, out of date, and no way out for IPv6", address_out_of_date)),
    Report("ipxe/ipxe#690", healthy("the card is set to 9000, the network carries 1500", jumbo)),
    Report("luckyyyyy/blog#59 (OpenWRT正确配置同时访问猫和上网)", healthy("a last default route to the modem's own pages",
           modem_on_the_same_cable, fixed=True)),
    Report("obsy/packages#3", healthy("registered, and the modem tells no signal", strength_unknown)),
    Report("XTLS/BBS#36 (疑似发生劫持DNS以及强制门户)", healthy("the provider sends the known checks to a page, nothing else",
           checks_redirected, notices=("network.captive_portal", DOWN, "network.dns_failing")),
           erratum="a notice that the name server gives false addresses for the checks is right as well"),
    Report("lxc/incus-os#1359", fault("one address without a network, and no way out of it", SET, no_way_out, fixed=True)),
    Report("istoreos/istoreos#2613 (防火墙wan区域没打开NAT)", fault("the router translates no address any more", DOWN, nat_switched_off)),
    Report("DNSCrypt/dnscrypt-proxy#930", fault("names are asked for by TCP, the terminal's resolver knows UDP alone",
           "network.dns_unreachable", asked_by_tcp_in_vain, "outage|degraded"), doubtful=True),
    Report("pymumu/smartdns#633 (过期缓存不更新的问题)", fault("the shop's name server serves an address that is somebody else's by now",
           "network.dns_failing", anothers_by_now), doubtful=True),
    Report("systemd/systemd#5395", fault("resolv.conf leads nowhere", SET, link_to_nowhere, fixed=True)),
    Report("openwrt/openwrt#9811", fault("IPv6 alone, with an address of yesterday's prefix", DOWN, prefix_changed,
           world={"ipv4": False, "ipv6": True})),
    Report("ssllabs/ssllabs-scan#761", fault("the host's certificate is one for clients", STRANGE,
           leaf_with(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]))), doubtful=True),
    Report("debops/debops#728", fault("the host's authority may sign for another domain only", STRANGE,
           acquirers.shows(authority_of_other_names)), doubtful=True),
)  # fmt: skip
