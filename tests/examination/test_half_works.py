"""What silence calls for besides: counters where anybody is silent, a web page where nobody accepts but the hosts of the checks."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agent.examination.carried import Carried
from agent.examination.local import Local
from agent.examination.own_rules import answers_dropped
from agent.examination.portals import pages
from agent.examination.scene import Scene, scene
from agent.messages.limiter import SendLimiter
from agent.settings.load import Loaded
from agent.settings.model import NetworkSettings, Settings
from probes.edge.dns.resolver import ResolverConfig
from probes.edge.kernel.arrivals import Arrivals
from probes.edge.kernel.network import Network
from probes.ground.clock import Clock
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, HttpCheckFacts, Phase, ReachFacts, RouterFacts
from probes.settings import Gateway, GatewayProtocol

FAIL, PASS, TIMEOUT = Outcome.FAIL, Outcome.PASS, Symptom.TIMEOUT


def made(**network: object) -> Scene:
    here = Local(Network(), (), ResolverConfig(servers=()), (), counted=Arrivals(ipv4=None, ipv6=None))
    settings = Settings(
        network=replace(NetworkSettings(), **network),
        gateway=[Gateway(name="a", host="gw.example", port=8583, protocol=GatewayProtocol.TCP)],
    )
    limiter = SendLimiter("/nowhere", "boot", 5, Clock(), by_check=True)
    return scene(Loaded(settings, None, frozenset(), ""), here, limiter, Carried.of(Clock()))


def reach(symptom: Symptom | None, answer: str | None = None) -> Check[Facts]:
    facts = ReachFacts(port=53, address="198.51.100.5", expected=True, answer=answer)
    return check_of(facts, FAIL if symptom else PASS, symptom, name="198.51.100.5:53")


def gateway(symptom: Symptom | None, phase: Phase = Phase.TCP) -> Check[Facts]:
    facts = GatewayFacts(host="gw.example", port=8583, address="192.0.2.10", phase=phase)
    return check_of(facts, FAIL if symptom else PASS, symptom, name="a", target="gw.example:8583")


def web(symptom: Symptom | None = None) -> Check[Facts]:
    facts = HttpCheckFacts(host="check.example", address="203.0.113.80", phase=Phase.DONE)
    return check_of(facts, FAIL if symptom else PASS, symptom, name="1", target="check.example")


@pytest.mark.parametrize("turned_away", [TIMEOUT, Symptom.REFUSED, Symptom.RESET, Symptom.UNREACHABLE])
@pytest.mark.parametrize("plain", [reach(TIMEOUT), reach(None, "refused")])
def test_two_hosts_are_asked_for_a_page(turned_away: Symptom, plain: Check[Facts]) -> None:
    assert [task.target for task in pages([plain, web(), gateway(turned_away)], made())] == ["gw.example", "198.51.100.5"]


@pytest.mark.parametrize(
    "checks",
    [
        [reach(None, "accepted"), web(), gateway(TIMEOUT)],  # somebody accepts: the network is as it should be
        [reach(TIMEOUT), web(TIMEOUT), gateway(TIMEOUT)],  # nobody is heard: there is no page to be had
        [reach(TIMEOUT), web(), gateway(None, Phase.DONE)],  # payments pass
        [reach(TIMEOUT), web(), gateway(Symptom.SILENT, Phase.TLS)],  # it accepts
        [web(), gateway(TIMEOUT)],  # nothing to compare with
    ],
)
def test_else_the_host_is_left_alone(checks: list[Check[Facts]]) -> None:
    assert pages(checks, made()) == []


@pytest.mark.parametrize("network", [{"expect_internet": False}, {"proxy": "http://192.0.2.3:3128"}])
def test_nor_where_the_internet_is_not_expected_or_lies_behind_a_proxy(network: dict[str, object]) -> None:
    assert pages([reach(TIMEOUT), web(), gateway(TIMEOUT)], made(**network)) == []


def test_counters_are_read_where_anybody_is_silent_and_nowhere_else() -> None:
    router = check_of(RouterFacts(interface="eth0"), FAIL, Symptom.ROUTER_SILENT, name="2001:db8::1")
    for quiet in (gateway(TIMEOUT), reach(TIMEOUT), router):
        assert [task.id for task in answers_dropped([quiet], made())] == ["system:arrivals"]
    assert answers_dropped([reach(None, "accepted"), web(), gateway(Symptom.REFUSED)], made()) == []
