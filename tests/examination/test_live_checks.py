"""What a live look makes of the service's results, of those of others, and of a host that sets no limit to messages."""

from __future__ import annotations

import pytest

from agent.examination.live_checks import Origin, Seen, alike, fuller, of_settings, told_by_others, told_to_others
from agent.settings.load import Loaded
from agent.settings.model import AgentSettings, Settings
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import GatewayFacts, Phase
from probes.settings import Gateway, GatewayProtocol


def gateway(outcome: Outcome, symptom: Symptom | None = None, because: str | None = None, phase: Phase = Phase.TLS) -> Check[Facts]:
    return check_of(GatewayFacts(phase=phase), outcome, symptom, because, name="a")


def by(origin: Origin, check: Check[Facts], at_s: float = 1.0) -> Seen:
    return Seen((check,), at_s, origin)


def test_the_service_knows_better_why_a_host_fails_as_long_as_it_fails_so() -> None:
    service = by(Origin.SERVICE, gateway(Outcome.FAIL, Symptom.TRUST_EXPIRED))
    here = by(Origin.HERE, gateway(Outcome.FAIL, Symptom.CERT_EXPIRED), 9.0)
    stands = fuller(service, here)
    assert stands.checks[0].symptom is Symptom.TRUST_EXPIRED and stands.at_s == 9.0
    other = by(Origin.HERE, gateway(Outcome.FAIL, Symptom.REFUSED, phase=Phase.TCP), 9.0)
    assert fuller(service, other) is other, "it fails otherwise now"
    well = by(Origin.HERE, gateway(Outcome.PASS), 9.0)
    assert fuller(service, well) is well and fuller(None, here) is here
    assert fuller(stands, by(Origin.HERE, gateway(Outcome.FAIL, Symptom.CERT_EXPIRED), 19.0)).checks[0].symptom is Symptom.TRUST_EXPIRED


def test_what_cannot_be_told_here_is_as_the_service_saw_it() -> None:
    service = by(Origin.SERVICE, gateway(Outcome.PASS))
    here = by(Origin.HERE, gateway(Outcome.UNKNOWN, because="the record of messages sent cannot be kept"), 9.0)
    assert fuller(service, here) is service
    assert fuller(by(Origin.SERVICE, gateway(Outcome.UNKNOWN)), here) is here


def test_a_reason_that_counts_seconds_is_no_change() -> None:
    one = gateway(Outcome.UNKNOWN, because="the last message was sent 12 s ago")
    other = gateway(Outcome.UNKNOWN, because="the last message was sent 13 s ago")
    assert alike([one], [other])
    assert not alike([gateway(Outcome.SKIP, because="link:eth0")], [gateway(Outcome.SKIP, because="router:r")])
    assert not alike([one], [gateway(Outcome.PASS)]) and not alike([one], [])


def test_what_others_tell_comes_whole_or_not_at_all() -> None:
    seen = by(Origin.HERE, gateway(Outcome.FAIL, Symptom.REFUSED), 5.0)
    found = told_to_others([seen])
    assert told_by_others(found, 6.0) == [seen]
    assert told_by_others(found, 4.0) == [], "nothing is from later than now"
    for broken in (b"", found[:-3], b"\x00" * 20, b"[" * 100_000, b'[{"entry":{},"at_s":1}]', found + b"x"):
        assert told_by_others(broken, 6.0) == []


@pytest.mark.parametrize("interval_s, expected_s", [(0, 60), (300, 300), (5, 5)])
def test_a_host_without_a_limit_gets_one_message_a_cycle(interval_s: float, expected_s: float) -> None:
    host = Gateway(name="a", host="192.0.2.1", port=1, protocol=GatewayProtocol.HTTP, app_interval_s=interval_s)
    loaded = Loaded(Settings(agent=AgentSettings(interval_s=60), gateway=[host]), None, frozenset(), "")
    assert of_settings(loaded).settings.gateway[0].app_interval_s == expected_s
