"""Whether another machine has our address, beside one that says so of every address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from probes import conflict
from probes.edge.kernel import network
from probes.model import Check, Outcome
from probes.model.facts import ConflictFacts
from tests.support.world import World, ethernet, faults, netns, plan, shapes

pytestmark = pytest.mark.root


def seen(w: World) -> Check[ConflictFacts]:
    return netns.call(w.terminal, lambda: conflict.probe("eth0", network.read()))


def beside_one_that_answers_for_all(w: World) -> None:
    ethernet.answers_every_arp(w)
    faults.address_conflict(w)


@pytest.mark.parametrize("prefix", [24, 30])
def test_a_box_that_answers_for_everything_has_nobody_s_address(prefix: int) -> None:
    with World() as w:
        if prefix != 24:
            shapes.renumber(w, f"10.1.2.2/{prefix}", "10.1.2.1")
        ethernet.answers_every_arp(w)
        found = seen(w)
        assert (found.outcome, found.facts.mac, found.facts.proxy_mac) == (Outcome.PASS, None, plan.ROUTER_MAC)


@pytest.mark.parametrize(
    ("make", "mac"),
    [
        (beside_one_that_answers_for_all, plan.OTHER_MAC),
        (lambda w: netns.ip(w.router, f"address add {plan.TERMINAL}/24 dev lan0"), plan.ROUTER_MAC),
    ],
    ids=["beside it", "the router itself"],
)
def test_another_machine_that_has_it(make: Callable[[World], object], mac: str) -> None:
    with World() as w:
        make(w)
        found = seen(w)
        assert (found.outcome, found.facts.mac) == (Outcome.FAIL, mac)
