"""What the terminal's own settings keep from it: IPv6, answers that come by another way, name servers, devices, descriptors; and TLS that
is read on the way."""

from __future__ import annotations

import socket

from tests.lab.scenario import Make, Scenario, fault, healthy, together
from tests.support.servers.modem import Modem
from tests.support.world import World, acquirers, behaviours, devices, host_faults, machine, netns, own_files, plan

FIREWALL, SET, EXHAUSTED, PERMISSION = (
    "system.local_firewall",
    "operator.network_misconfigured",
    "system.sockets_exhausted",
    "system.port_permission",
)
DOUBT = "unknown.indeterminate"
SIX = {"ipv4": False, "ipv6": True}
SECOND_MAC = "02:00:00:00:50:11"
OPENS = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); kept = []
try:
    while len(kept) < int(sys.argv[1]): kept.append(open("/dev/null"))
except OSError: pass
print(flush=True); sys.stdin.read()
"""


def second_card(filters: str) -> Make:
    """Two cards in the shop's network; the router has learnt the second one's MAC for the first one's address. `filters`: rp_filter."""

    def make(w: World) -> None:
        learnt = f"neigh replace {plan.TERMINAL} lladdr {SECOND_MAC} dev lan0 nud permanent"
        made = f"link add name twin type veth peer name eth1 address {SECOND_MAC} netns {w.terminal}"
        netns.ip(w.router, made, "link set twin master lan0", "link set twin up", learnt)
        netns.ip(w.terminal, "link set eth1 up", "address add 192.168.50.11/24 dev eth1")
        netns.sysctl(w.terminal, {f"ipv4/conf/{name}/rp_filter": filters for name in ("all", "eth0", "eth1")})

    return make


def filtered(then: behaviours.Behaviour) -> Make:
    """What begins TLS with the host's name meets this; the host itself shows its certificate to all others."""

    def make(w: World) -> None:
        shown = behaviours.tls(acquirers.own_context(w))

        def behaviour(connection: socket.socket) -> None:
            (then if plan.GATEWAY_A.name.encode() in connection.recv(4096, socket.MSG_PEEK) else shown)(connection)

        host_faults.gateway_does(w, behaviour)

    return make


def application_with(files: int) -> Make:
    def make(w: World) -> None:
        devices.application_absent(w)
        devices._beside(w, [devices._program(w, devices.application_of(w)), "-c", OPENS, str(files)])

    return make


def port_kept_from_us(w: World) -> None:
    """The kernel lists the adapter; the examination's own directory of devices is without it."""
    machine.usb_serial(w, "ttyUSB2", "067b:2303", "B2", in_dev=False)
    devices.configured(w, "", "enq", usb="067b:2303", role="pinpad", owner="app")


def policy(to: str, how: str) -> Make:
    """An IPsec policy of the terminal's own for what goes there; nobody makes keys. `how`: as `ip xfrm policy` says it."""
    return lambda w: netns.ip(w.terminal, f"xfrm policy add src 0.0.0.0/0 dst {to} dir out {how}")


TRAP = "tmpl src 0.0.0.0 dst 0.0.0.0 proto esp reqid 0 mode transport"

SCENARIOS: tuple[Scenario, ...] = (
    fault("IPv6 is switched off on the socket, IPv6 alone", SET,
          lambda w: netns.sysctl(w.terminal, {"ipv6/conf/eth0/disable_ipv6": "1"}), world=SIX, fixed=True),
    fault("the MTU is below what IPv6 needs, IPv6 alone", SET, lambda w: netns.ip(w.terminal, "link set eth0 mtu 1200"), world=SIX),
    healthy("the MTU is below what IPv6 needs, and nobody speaks it", lambda w: netns.ip(w.terminal, "link set eth0 mtu 1200")),
    fault("answers come over the second card, and a strict filter drops them", SET, second_card("1"), fixed=True),
    healthy("answers come over the second card, and the filter is loose", second_card("2")),
    fault("the search for names ends before a name server is asked", SET, own_files.name_sources("files [NOTFOUND=return] dns"),
          fixed=True),
    fault("no source of names asks a name server, the host in the fixed entries", SET,
          together(own_files.name_sources("files myhostname"), own_files.fixed(plan.GATEWAY_A.v4)), "degraded"),
    healthy("names of the link are looked for before a name server is asked",
            own_files.name_sources("files mdns4_minimal [NOTFOUND=return] dns")),
    healthy("a source of names that is not known", own_files.name_sources("files sss")),
    fault("the application has all the files open that it may", EXHAUSTED, application_with(10_000), fixed=True),
    healthy("the application has fewer files open than it may", application_with(40)),
    fault("the adapter's port is not among the devices that we were given", PERMISSION, port_kept_from_us, "degraded", fixed=True),
    fault("TLS with the host's name is closed on the way", DOUBT, filtered(behaviours.close), category="unknown"),
    fault("TLS with the host's name is reset on the way", DOUBT, filtered(behaviours.reset), category="unknown", fixed=True),
    fault("an IPsec policy waits for a key for all that is beyond the shop", FIREWALL, policy("128.0.0.0/1", TRAP), fixed=True),
    fault("an IPsec policy blocks the acquirer's host", FIREWALL, policy(f"{plan.GATEWAY_A.v4}/32", "action block")),
    healthy("an IPsec policy for a network where nothing is looked for", policy("10.99.0.0/16", TRAP)),
    healthy("a modem with its results in numbers",
            lambda w: devices.device(w, Modem(in_words=False, echo=False), "at", name="modem", role="modem")),
)  # fmt: skip
