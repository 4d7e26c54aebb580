"""A name is asked for once while its answer holds, and anew where something is wrong."""

from __future__ import annotations

import pytest

from probes.edge.dns import lookup
from probes.edge.dns.lookup import Found, Lookup, NameCache
from probes.edge.failures import PeerFailed
from probes.ground.deadline import Deadline
from tests.support.patience import PATIENCE_S
from tests.support.world import World, netns, plan

pytestmark = pytest.mark.root


@pytest.fixture
def world() -> World:
    return World()


def find(w: World, known: NameCache) -> Found:
    asked = Lookup(servers=(plan.ROUTER,), cache=known)
    return netns.call(w.terminal, lambda: lookup.find(plan.GATEWAY_A.name, asked, Deadline(PATIENCE_S)))


def test_an_answer_is_kept_as_long_as_it_says(world: World) -> None:
    with world as w:
        _with_ttl(w, 300)
        known = NameCache()
        first = find(w, known)
        w.shop_dns.stop()
        assert find(w, known) == first.__class__(addresses=first.addresses, resolver=first.resolver, took_ms=0.0, ttl_s=first.ttl_s)
        with pytest.raises(PeerFailed):
            find(w, NameCache())


def test_an_answer_that_may_not_be_kept_is_not(world: World) -> None:
    with world as w:
        known = NameCache()
        assert find(w, known).addresses == (plan.GATEWAY_A.v4,)
        w.shop_dns.stop()
        with pytest.raises(PeerFailed):
            find(w, known)


def _with_ttl(w: World, seconds: int) -> None:
    """The shop's name server gives its answers a life."""
    w.shop_dns.stop()
    w.shop_dns._argv += [f"--min-cache-ttl={seconds}", f"--local-ttl={seconds}", f"--host-record={plan.GATEWAY_A.name},{plan.GATEWAY_A.v4}"]
    w.shop_dns.start()
    w.shop_dns.wait()
