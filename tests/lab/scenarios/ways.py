"""Ways that lead out by no uplink: into a network of the terminal's own, or into a tunnel whose other end is gone."""

from __future__ import annotations

from tests.lab.scenario import Make, Scenario, as_user, fault, healthy, together
from tests.support.world import World, behaviours, faults, netns, plan, shapes, ways

SET, TUNNEL, DOWN, ROUTER = (
    "operator.network_misconfigured",
    "network.tunnel_down",
    "network.internet_down",
    "network.router_unreachable",
)
GATEWAY = plan.GATEWAY_A.v4
SIX = {"ipv4": False, "ipv6": True}
DOCKER = "172.17.0.1"


def containers(bridge: str, inside: str = "") -> Make:
    return lambda w: ways.containers(w, bridge, inside=inside)


def second_socket(own: str, *, there: str = "", up: bool = True) -> Make:
    return lambda w: ways.second_socket(w, own, there=there, up=up)


def router_at_docker_s_address(w: World) -> None:
    """The shop's router, which is its name server too, has the address that Docker gives its bridge unless told otherwise."""
    shapes.renumber(w, "172.17.0.77/16", DOCKER)
    ways.containers(w, f"{DOCKER}/16")


def concentrator_behind_the_second_socket(w: World) -> None:
    """The host that the terminal pays through is a machine behind its second socket, and well."""
    other = ways.second_socket(w, "10.44.0.1/24", there="10.44.0.9/24")
    w.serve("local", plan.Host(("x",), "10.44.0.9", ""), 9000, behaviours.accept, namespace=other)
    w.config["gateway"] = [{"name": "local", "host": "10.44.0.9", "port": 9000, "protocol": "tcp"}]


def halves(w: World) -> None:
    """As OpenVPN does it: two routes that are nearer than the default route, and one around the tunnel to its server."""
    ways.route_around(w)
    ways.tunnel(w, "10.8.0.2/24", *ways.HALVES)


def replaced(w: World) -> None:
    """The default route itself leads into the tunnel; the line below has only the route to its server."""
    ways.route_around(w)
    netns.ip(w.terminal, "route del default")
    ways.tunnel(w, "10.8.0.2/24", "default")


def by_rules(w: World) -> None:
    """As wg-quick does it: a rule sends everything but the tunnel's own packets into a table of its own."""
    ways.tunnel(w, "10.8.0.2/24", "default table 51820")
    netns.ip(w.terminal, "rule add from all table main suppress_prefixlength 0 priority 100", "rule add from all table 51820 priority 101")


def past_a_router_in_it(w: World) -> None:
    ways.route_around(w)
    netns.ip(w.terminal, "route del default")
    ways.tunnel(w, "10.8.0.2/24", "default via 10.8.0.1")


def default_among_containers(w: World) -> None:
    """A container engine set a default route into its own network, nearer than the real one."""
    ways.containers(w, "172.18.0.1/16", inside="172.18.0.2/16")
    netns.ip(w.terminal, "route add default via 172.18.0.2 dev br-5f3a")


def over_two_routers(*, dead: bool) -> Make:
    """One default route with two next hops: the kernel chooses one for each connection."""

    def make(w: World) -> None:
        other = "192.168.50.66" if dead else "192.168.50.2"
        if not dead:
            netns.ip(w.router, f"address add {other}/24 dev lan0")
        hops = f"nexthop via {plan.ROUTER} dev eth0 weight 1 nexthop via {other} dev eth0 weight 9"
        netns.ip(w.terminal, "route del default", f"route add default {hops}")

    return make


def made_up(w: World) -> None:
    ways.second_socket(w, "169.254.84.69/16")
    netns.ip(w.terminal, "route add default dev eth1 metric 1208")


def to_the_acquirer(w: World) -> None:
    ways.tunnel(w, "10.8.0.2/24", "192.0.2.0/24")


def tunnel_without_peer(w: World) -> None:
    """As WireGuard says it where no peer is set for the acquirer's network: at once, and from our own address."""
    ways.tunnel(w, "10.8.0.2/24", "192.0.2.0/24", name="wg0")
    faults.rule(w.terminal, "leaving", 'oifname "wg0" reject with icmpx type host-unreachable')


def for_maintenance(w: World) -> None:
    """A tunnel that nobody pays through; its other end is gone as well."""
    ways.tunnel(w, "10.8.0.2/24", "10.9.0.0/16")


def name_server_inside(own: str) -> Make:
    """Names are asked for in a tunnel out of which nothing comes back; all else goes out by the line below."""

    def make(w: World) -> None:
        ways.tunnel(w, own, "10.53.0.0/16")
        w.set_resolvers("10.53.0.53")

    return make


_bridge = fault("the acquirer's address lies in a network of containers", SET, containers("192.0.2.1/24"), fixed=True)
_halves = fault("everything goes into a tunnel whose other end is gone", TUNNEL, halves, fixed=True)

SCENARIOS: tuple[Scenario, ...] = (
    _bridge,
    as_user(_bridge),
    fault("the acquirer's address lies among containers that run", SET, containers("192.0.2.1/24", "192.0.2.77/24")),
    fault("a container has the acquirer's address", SET, containers("192.0.2.1/24", f"{GATEWAY}/24")),
    fault("a bridge of containers has the acquirer's address", SET, containers(f"{GATEWAY}/24")),
    fault("the terminal itself has the acquirer's address", SET, lambda w: ways.own_address(w, f"{GATEWAY}/32")),
    fault("the terminal itself has the acquirer's address, IPv6 alone", SET,
          lambda w: ways.own_address(w, f"{plan.GATEWAY_A.v6}/128"), world=SIX),
    fault("the acquirer's address lies behind the second socket", SET, second_socket("192.0.2.1/24")),
    fault("a machine behind the second socket has the acquirer's address", SET, second_socket("192.0.2.1/24", there=f"{GATEWAY}/24")),
    fault("the acquirer's address lies behind a second socket without a cable", SET, second_socket("192.0.2.1/24", up=False)),
    fault("one acquirer of two lies in a network of containers", SET, containers("192.0.2.1/24"), "degraded", world={"gateways": "ab"}),
    fault("the name server has the address of the containers' bridge", SET, router_at_docker_s_address),
    fault("the default route leads among containers", SET, default_among_containers),
    healthy("containers beside the payments", containers("172.17.0.1/16", "172.17.0.2/16")),
    healthy("check hosts lie in a network of containers", containers("203.0.113.1/24"), notices=(SET,)),
    healthy("a concentrator behind the second socket", concentrator_behind_the_second_socket),
    fault("the acquirer's address lies among containers, the line is dead", DOWN, together(containers("192.0.2.1/24"), faults.wan_silent)),
    _halves,
    as_user(_halves),
    fault("the default route is a tunnel's, whose other end is gone", TUNNEL, replaced),
    fault("rules lead into a tunnel whose other end is gone", TUNNEL, by_rules),
    fault("everything goes into a dead tunnel, beside a backup", TUNNEL, halves, world={"backup": True}),
    fault("everything goes into a dead tunnel, names are asked beyond it", TUNNEL,
          together(lambda w: w.set_resolvers(plan.NAME_SERVER.v4), halves)),
    fault("the route to the acquirer is a dead tunnel's", TUNNEL, to_the_acquirer),
    fault("the tunnel to the acquirer has no peer for it, and says so", TUNNEL, tunnel_without_peer),
    fault("the only name server lies in a tunnel whose other end is gone", TUNNEL, name_server_inside("10.8.0.2/24")),
    fault("the only name server lies in a tunnel of which no other address is known", "unknown.indeterminate",
          name_server_inside("10.8.0.2/32"), category="network"),
    fault("the line below a tunnel is dead", DOWN, together(halves, faults.wan_silent)),
    fault("the default route is a dead tunnel's, past a router in it", TUNNEL, past_a_router_in_it),
    fault("a default route over two routers, one of them nobody", ROUTER, over_two_routers(dead=True), "outage|degraded"),
    healthy("a default route over two routers", over_two_routers(dead=False)),
    healthy("a second socket without a lease made up an address and a default route", made_up),
    healthy("a dead tunnel that nobody pays through", for_maintenance),
)  # fmt: skip
