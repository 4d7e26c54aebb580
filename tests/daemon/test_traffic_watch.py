"""The payment application's own packets tell of a fault: it is looked at then, and not when the next cycle comes."""

from __future__ import annotations

import pytest

from agent.daemon.traffic_watch import TrafficWatch
from probes.app import HANGS_S, Peer
from tests.support.patience import until
from tests.support.world import World, faults, netns, plan
from tests.support.world.daemon import daemon
from tests.support.world.devices import Talking

HOURS = {"agent": {"interval_s": 3600, "retry_s": 1}}
PORT = 8583


@pytest.mark.root
def test_what_the_application_finds_unanswered_is_looked_at_at_once() -> None:
    """The next cycle is an hour away, and no link or address changes: only the application's packets can tell."""
    with World() as w:
        talking = Talking(w, plan.GATEWAY_A.v4, PORT)
        with daemon(w, HOURS) as running:
            running.until(lambda status: status["state"] == "ok")
            faults.wan_silent(w)
            talking.send()
            running.until(lambda status: status["state"] == "outage")


@pytest.mark.root
def test_each_connection_tells_once_and_only_while_it_hangs() -> None:
    with World() as w:
        talking = Talking(w, plan.GATEWAY_A.v4, PORT)
        watch = TrafficWatch([Peer(gateway="acquirer-a", address="", port=PORT)])

        def told() -> bool:
            netns.call(w.terminal, watch.look)
            return watch.read()

        assert not told() and watch.within_s == HANGS_S, "nothing that goes unanswered: there is time"
        talking.forgotten()
        talking.send()
        until(lambda: told() or watch.within_s < HANGS_S)
        assert not watch.read(), "sent again, it is looked at when it comes to hang, and not at some later time"
        until(told)
        assert not told() and watch.within_s == HANGS_S
        watch.close()
        watch.close()
