"""Who answers a web page in a host's name: the host, or somebody who leads elsewhere."""

from __future__ import annotations

import pytest

from probes import page
from probes.edge.dns.lookup import Lookup
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import PageFacts
from tests.support.patience import PATIENCE_S
from tests.support.world import World, behaviours, netns, plan

HOST = plan.GATEWAY_A.v4


def asked(w: World) -> list[Check[PageFacts]]:
    return netns.call(w.terminal, lambda: page.probe("a", HOST, Lookup(servers=()), Deadline(PATIENCE_S)))


@pytest.mark.root
def test_each_answer_once() -> None:
    with World() as w:
        assert asked(w) == []  # the port is closed
        server = w.serve("web", plan.GATEWAY_A, 80, behaviours.http(200, b"<html>"))
        told: list[object] = []
        for behaviour in (
            behaviours.http(200, b"<html>"),
            behaviours.http(404, b"none"),
            behaviours.http(301, Location=f"https://{HOST}/"),
            behaviours.http(302, Location="http://login.shop.example/?token=s3cret"),
            behaviours.http(511, b"log in"),
            behaviours.close,
        ):
            server.behaviour = behaviour
            told += [(c.outcome, c.symptom, c.facts.elsewhere) for c in asked(w)] or [None]
    assert told == [
        (Outcome.PASS, None, None),
        (Outcome.PASS, None, None),
        (Outcome.PASS, None, None),
        (Outcome.FAIL, Symptom.REDIRECTED, "login.shop.example"),
        (Outcome.FAIL, Symptom.REWRITTEN, None),
        None,
    ]
