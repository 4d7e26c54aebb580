"""The acquirer's host speaks ISO 8583: what is sent to it and kept of it. What each answer means stands in `tests/lab`."""

from __future__ import annotations

import pytest

from agent.messages import record
from probes.settings import Dialect, Framing
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.world import World, host_faults
from tests.support.world.acquirers import MERCHANT, TERMINAL, speaks
from tests.support.world.verdict import NOBODY

pytestmark = pytest.mark.root


@pytest.mark.parametrize(("code", "state"), [("00", "ok"), ("03", "outage"), ("91", "outage")])
def test_one_message_is_sent_and_no_number_is_shown(code: str, state: str) -> None:
    acquirer = Acquirer(answer=replies(code))
    with World() as world:
        speaks(world, acquirer)
        verdict = world.check()
    assert verdict.state == state, verdict.explain()
    assert verdict.status["can_pay"] == ("no" if state == "outage" else "yes")
    assert (acquirer.messages, acquirer.refused) == (1, [])
    assert MERCHANT not in verdict.stdout and TERMINAL not in verdict.stdout


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("framing", list(Framing))
def test_every_dialect_and_framing(dialect: Dialect, framing: Framing) -> None:
    with World() as world:
        for code, cause in (("00", None), ("03", "operator.account_suspended")):
            acquirer = Acquirer(dialect, framing, replies(code))
            speaks(world, acquirer, app_interval_s=0)
            verdict = world.check(user=NOBODY)
            assert verdict.cause == cause, verdict.explain()
            assert (acquirer.messages, acquirer.refused) == (1, [])


def test_an_account_cause_over_a_plain_connection_is_believed_less() -> None:
    acquirer = Acquirer(answer=replies("03"))
    with World() as world:
        speaks(world, acquirer, tls=False)
        verdict = world.check()
    assert verdict.cause == "operator.account_suspended", verdict.explain()
    assert verdict.status["causes"][0]["confidence"] <= 0.6


def test_nothing_is_sent_over_a_connection_that_nobody_vouches_for() -> None:
    acquirer = Acquirer()
    with World() as world:
        speaks(world, acquirer)
        host_faults.certificate_expired(world)
        verdict = world.check()
    assert verdict.cause == "system.gateway_certificate_expired", verdict.explain()
    assert acquirer.messages == 0


def test_a_check_asks_four_times_in_an_interval_and_then_repeats_the_last_answer() -> None:
    acquirer = Acquirer(answer=replies("03"))
    with World() as world:
        speaks(world, acquirer)
        verdicts = [world.check() for _ in range(6)]
    assert acquirer.messages == 4
    assert [verdict.cause for verdict in verdicts] == ["operator.account_suspended"] * 6
    facts = verdicts[-1].gateway()["facts"]
    assert facts["response_code"] == "03" and facts["app_answer_age_s"] >= 0 and "300 s" in facts["app_because"]
    assert facts["app_answered_at"] <= verdicts[-1].status["generated_at"] < facts["app_again_at"]
    sure = [verdict.status["causes"][0]["confidence"] for verdict in verdicts]
    assert sure[0] > sure[-1], "what was not asked for now may be out of date"


def test_where_nothing_may_be_asked_and_nothing_was_heard_nobody_can_tell() -> None:
    """A host that has stopped the account accepts connections all the same."""
    acquirer = Acquirer(answer=replies("03"))
    with World() as world:
        speaks(world, acquirer)
        with record.locked(world.folder / "state"):
            verdict = world.check()
    assert (verdict.state, verdict.status["can_pay"], verdict.cause) == ("unknown", "unknown", None), verdict.explain()
    assert "locked by another program" in verdict.gateway()["because"]
    assert acquirer.messages == 0


def test_without_numbers_no_echo_is_sent_and_that_is_said() -> None:
    acquirer = Acquirer()
    with World() as world:
        speaks(world, acquirer, iso8583={"terminal_id": ""})
        verdict = world.check()
    assert verdict.state == "ok" and acquirer.messages == 0
    assert "terminal_id" in verdict.gateway()["facts"]["note"]


def test_the_evidence_for_the_telephone() -> None:
    """What an acquirer's support asks for stands in the log; no full merchant number does."""
    acquirer = Acquirer(answer=replies("03"))
    with World() as world:
        speaks(world, acquirer)
        world.config["terminal"]["merchant_id"] = MERCHANT
        world.run_once()
        log = (world.folder / "log" / "posdiag.log").read_text()
    for wanted in ("operator.account_suspended", "gw-a.pay.example", "8583", "response_code=03", "phase=", f"ending in {MERCHANT[-4:]}"):
        assert wanted in log, log
    assert MERCHANT not in log and TERMINAL not in log


def test_the_certificate_stands_in_the_evidence() -> None:
    with World() as world:
        host_faults.certificate_wrong_name(world)
        world.run_once()
        log = (world.folder / "log" / "posdiag.log").read_text()
    assert "certificate=(gw.other-bank.example, issued by Acquirer Intermediate, 20" in log, log
