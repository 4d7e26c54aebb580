"""A name asked of name servers elsewhere, and hosts that accept on their port, asked over such a connection: is anybody there?"""

from __future__ import annotations

import pytest

from probes import names_elsewhere
from probes.edge.dns.lookup import Lookup
from probes.ground.deadline import Deadline
from probes.model import Check, Outcome, Symptom
from probes.model.facts import NamesElsewhereFacts
from tests.support.world import World, faults, netns, plan, questions
from tests.support.world.names import Dnsmasq
from tests.support.world.own_files import given


def everywhere(w: World, records: dict[str, tuple[str, ...]]) -> None:
    """The Internet's name server knows these names and no other."""
    w.provider_dns.stop()
    w.provider_dns = Dnsmasq(w.net, w.provider_dns.listen, w.folder, records=records, nxdomain=True)
    w.cleanup.callback(w.provider_dns.stop)
    w.provider_dns.wait()


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


@pytest.mark.root
@pytest.mark.parametrize(("lies", "found"), [(False, [Outcome.PASS]), (True, [])])
def test_an_address_of_one_that_has_one_for_what_does_not_exist_either_shows_nothing(lies: bool, found: list[Outcome]) -> None:
    """Some providers, and routers in the place of name servers, lead every name that does not exist to a page of their own."""
    server, name = "203.0.113.99", plan.GATEWAY_A.name
    real, page = questions.forward(plan.NAME_SERVER.v4, 0), given(plan.PUBLIC.v4)
    with World() as w:
        netns.ip(w.net, f"address add {server}/32 dev lo")
        w.cleanup.callback(questions.Responder(w.net, server, lambda q: page(q) if lies else real(q)).stop)
        seen = netns.call(w.terminal, lambda: names_elsewhere.probe("a", name, Lookup(servers=(server,)), Deadline(4)))
    assert [check.outcome for check in seen] == found


@pytest.mark.root
@pytest.mark.parametrize(("own", "told"), [(("192.0.2.10",), True), (("2001:db8:2::10",), None), ((), None)])
def test_a_name_of_ipv4_alone_where_this_terminal_has_none(own: tuple[str, ...], told: bool | None) -> None:
    with World(ipv4=False, ipv6=True) as w:
        everywhere(w, {"gw.other.example": own} if own else {})
        lookup = Lookup(servers=(plan.NAME_SERVER.v6,), ipv4=False, ipv6=True)
        (seen,) = netns.call(w.terminal, lambda: names_elsewhere.probe("a", "gw.other.example", lookup, Deadline(4)))
    assert (seen.ok, seen.facts.ipv4_alone) == (own == ("2001:db8:2::10",), told)
