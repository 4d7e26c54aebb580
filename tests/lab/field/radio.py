"""Radio where a cable is expected: a line over a satellite, and a Wi-Fi relay between the terminal's socket and the shop's router."""

from __future__ import annotations

import socket
import threading

from tests.support.patience import PATIENCE_S
from tests.support.world import World, delay, netns, plan

RELAY, RELAY_MAC, RADIO_MAC = "192.168.50.251", "02:00:00:00:50:51", "02:00:00:00:50:52"


def satellite(w: World, one_way_s: float) -> None:
    """What goes to the Internet waits behind the router, and so does what comes back; the shop's own network is as fast as ever."""
    sky = w.namespace(w.terminal[:-1] + "w")
    netns.sysctl(sky, {"ipv6/conf/default/disable_ipv6": "1"})
    netns.ip(w.net, f"link set shop0 netns {sky} name up0")
    netns.ip(w.net, f"link add name shop0 type veth peer name down0 netns {sky}", "link set shop0 up",
             f"address add {plan.PROVIDER}/30 dev shop0", f"address add {plan.PROVIDER_6}/64 dev shop0 nodad",
             f"route replace {plan.LAN_6} via {plan.WAN_6}")  # fmt: skip
    netns.ip(sky, "link set up0 up", "link set down0 up")
    netns.call(w.router, lambda: delay._without_offloads("wan0"))
    netns.call(w.net, lambda: delay._without_offloads("shop0"))
    stop, told = socket.socketpair()
    ready = threading.Event()
    passed: list[delay.Segment] = []
    netns.start(sky, lambda: delay._relay("up0", "down0", one_way_s, told, ready, passed))
    assert ready.wait(PATIENCE_S), "the satellite did not come up"
    w.cleanup.callback(stop.close)


def relay(w: World, *, works: bool = True) -> str:
    """A box with one socket and one radio. A station may send under its own MAC alone (IEEE 802.11, frames of three addresses): the box
    answers ARP for the router at the terminal's side and for the terminal at the router's, and forwards between them, as relayd of
    OpenWrt does. Where it does not work, link and box are up, and nothing is answered for or forwarded. Its namespace."""
    box = w.namespace(w.terminal[:-1] + "b")
    netns.ip(
        w.router,
        f"link set port1 nomaster netns {box}",
        f"link add name air0 type veth peer name radio address {RADIO_MAC} netns {box}",
        "link set air0 master lan0",
        "link set air0 up",
    )
    netns.sysctl(box, {"ipv4/ip_forward": str(int(works))})
    netns.ip(box, "link set lo up", f"link set port1 address {RELAY_MAC}", "link set port1 up", "link set radio up",
             f"address add {RELAY}/32 dev port1", f"route add {plan.TERMINAL}/32 dev port1", f"route add {plan.LAN} dev radio",
             f"route add default via {plan.ROUTER} dev radio")  # fmt: skip
    if works:
        netns.sysctl(box, {f"ipv4/neigh/{name}/proxy_delay": "0" for name in ("port1", "radio")})
        netns.ip(box, f"neigh add proxy {plan.ROUTER} dev port1", f"neigh add proxy {plan.TERMINAL} dev radio")
    return box
