"""A path with a long round trip: slow is not lost, and an echo costs three round trips."""

from __future__ import annotations

import pytest

from tests.support.servers.acquirer import Acquirer
from tests.support.world import World, netns, plan
from tests.support.world.acquirers import speaks
from tests.support.world.delay import slow_wire

pytestmark = pytest.mark.root


def test_an_echo_takes_three_round_trips_of_tcp_tls_and_message() -> None:
    """Counted in round trips of 400 ms, so that a busy machine's milliseconds do not matter."""
    acquirer = Acquirer()
    with World() as world:
        slow_wire(world, 0.2)
        speaks(world, acquirer)
        netns.command("ip", "netns", "exec", world.terminal, "ping", "-c", "1", "-W", "5", plan.ROUTER)  # ARP is no part of it
        verdict = world.check()
    check = verdict.gateway()
    assert acquirer.messages == 1, verdict.explain()
    # one more for the name, which is asked for first
    assert 4 <= check["took_ms"] / 400 < 5, verdict.explain()
