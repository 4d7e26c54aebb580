"""A path with a long round trip: slow is not lost, and an echo costs three round trips."""

from __future__ import annotations

import itertools

import pytest

from tests.support.servers.acquirer import Acquirer
from tests.support.world import World, behaviours, host_faults, plan
from tests.support.world.acquirers import own_context, speaks
from tests.support.world.delay import slow_wire

pytestmark = pytest.mark.root
SYN = 0x02


def test_an_echo_takes_three_round_trips_of_tcp_tls_and_message() -> None:
    """Of 400 ms each, and nobody takes them for losses. Counted are the times at which the word goes over from one side to the other."""
    acquirer = Acquirer()
    with World() as world:
        passed = slow_wire(world, 0.2)
        speaks(world, acquirer)
        context = own_context(world)
        context.num_tickets = 0  # which the host would send unasked
        host_faults.gateway_does(world, behaviours.tls(context, acquirer.serve))
        verdict = world.check()
    assert (verdict.state, acquirer.messages) == ("ok", 1), verdict.explain()
    said = [segment.sent for segment in passed if segment.port == plan.GATEWAY_PORT and (segment.size or segment.flags & SYN)]
    turns = [sent for sent, _ in itertools.groupby(said)]
    assert turns[:6] == [True, False] * 3, "SYN, hello and echo, each with its answer"
    assert False not in turns[6:], "after the answer to the echo, the terminal at most takes its leave"
