"""Healthy worlds, in what the lab does not hold: that a remark has its subject, and that the gateway was reached for real."""

from __future__ import annotations

import pytest

from tests.support.world import World, plan

pytestmark = pytest.mark.root


def test_a_dead_resolver_of_two_is_noticed() -> None:
    """The first is asked first, so that the dead one costs nobody a second."""
    with World() as world:
        world.set_resolvers(plan.ROUTER, "192.168.50.77")
        verdict = world.check()
    assert [(c["code"], c["subject"]) for c in verdict.status["causes"]] == [("network.dns_unreachable", "192.168.50.77")], (
        verdict.explain()
    )


def test_the_gateway_was_reached_for_real() -> None:
    with World() as world:
        verdict = world.check()
        assert world.servers["gateway_a"].reached(1)
    assert verdict.state == "ok", verdict.explain()
