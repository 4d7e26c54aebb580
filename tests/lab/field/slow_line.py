"""A line beyond the shop's router on which every packet waits, as behind a full queue of the modem: the shop's own network stays quick."""

from __future__ import annotations

import socket
import threading

from tests.support.patience import PATIENCE_S
from tests.support.world import World, delay, netns, plan


def slow_line(w: World, one_way_s: float) -> None:
    """IPv4 alone. The round trip from the router to anywhere grows by twice this."""
    wire = w.namespace(w.terminal[:-1] + "w")
    netns.sysctl(wire, {"ipv6/conf/default/disable_ipv6": "1"})
    netns.ip(
        w.net,
        f"link set shop0 netns {wire} name line0",
        f"link add name shop0 type veth peer name line1 netns {wire}",
        "link set shop0 up",
        f"address add {plan.PROVIDER}/30 dev shop0",
    )
    netns.ip(wire, "link set line0 up", "link set line1 up")
    netns.call(w.net, lambda: delay._without_offloads("shop0"))
    netns.call(w.router, lambda: delay._without_offloads("wan0"))
    netns.call(w.terminal, lambda: delay._without_offloads("eth0"))
    stop, told = socket.socketpair()
    ready = threading.Event()
    netns.start(wire, lambda: delay._relay("line0", "line1", one_way_s, told, ready, []))
    assert ready.wait(PATIENCE_S), "the slow line did not come up"
    w.cleanup.callback(stop.close)
