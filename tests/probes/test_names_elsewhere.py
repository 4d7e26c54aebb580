"""Hosts that accept on the port of name servers, asked a question over such a connection: is anybody there?"""

from __future__ import annotations

import pytest

from probes import names_elsewhere
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import NamesElsewhereFacts
from tests.support.world import World, faults, netns, plan

ASKED = (plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4)


def asked(w: World) -> list[Check[NamesElsewhereFacts]]:
    name = plan.GATEWAY_A.name
    return netns.call(w.terminal, lambda: names_elsewhere.nobody_answers(name, name, ASKED, Deadline(4)))


@pytest.mark.root
def test_a_router_that_takes_all_questions_while_its_line_is_dead_accepts_and_answers_nothing() -> None:
    with World() as w:
        for protocol in ("udp", "tcp"):
            faults.rule(w.router, "diverted", f'iifname "lan0" meta nfproto ipv4 {protocol} dport 53 dnat ip to {plan.ROUTER}')
        assert asked(w) == []
        faults.wan_silent(w)
        (check,) = asked(w)
    assert (check.outcome, check.symptom, tuple(check.facts.servers)) == (Outcome.FAIL, Symptom.TIMEOUT, ASKED)


@pytest.mark.root
def test_whoever_says_anything_is_somebody() -> None:
    with World() as w:
        assert asked(w) == []
        faults.rule(w.terminal, "leaving", "tcp dport 53 drop")
        assert asked(w) == []  # our own rules: nothing is known of anybody
