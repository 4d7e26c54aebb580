"""The acquirer's host speaks ISO 8583: what it answers, and what that means for payments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from agent.messages import record
from probes.settings import Dialect, Framing
from tests.servers.acquirer import Acquirer
from tests.servers.iso import answers
from tests.servers.iso.answers import Answer, replies
from tests.world import World, behaviours, host_faults
from tests.world.verdict import NOBODY, Verdict

pytestmark = pytest.mark.root
MERCHANT, TERMINAL = "123456789012345", "00000042"


@dataclass(frozen=True)
class Said:
    """What the host answers, and the verdict: `cause` None for a gateway that counts as accepted."""

    name: str
    answer: Answer
    cause: str | None
    state: str = "outage"
    mapping: dict[str, str] | None = None


SAID = (
    Said("approved", replies("00"), None, "ok"),
    Said("keep-alives first", answers.after_keep_alives(3), None, "ok"),
    Said("byte by byte", answers.byte_by_byte, None, "ok"),
    Said("several replies in one segment", answers.in_one_segment, None, "ok"),
    Said("somebody else's reply first", answers.stranger_first, None, "ok"),
    Said("TPDU not swapped", replies("00", swapped=False), None, "ok"),
    Said("a cardholder's decline", replies("51"), None, "ok"),
    Said("sign in again, by the header", replies("00", requirement="3"), "operator.sign_in_required", "degraded"),
    Said("download wanted, by the header", replies("00", requirement="6"), None, "ok"),
    Said("03", replies("03"), "operator.account_suspended"),
    Said("58 mapped to suspended", replies("58"), "operator.account_suspended", mapping={"58": "operator.account_suspended"}),
    Said("97", replies("97"), "operator.terminal_not_registered"),
    Said("58", replies("58"), "operator.terminal_not_registered"),
    Said("77", replies("77"), "operator.sign_in_required"),
    Said("A0", replies("A0"), "operator.sign_in_required"),
    Said("91", replies("91"), "system.gateway_error"),
    Said("96", replies("96"), "system.gateway_error"),
    Said("a code nobody knows", replies("Z9"), "system.gateway_error"),
    Said("91 mapped to ok", replies("91"), None, "ok", mapping={"91": "ok"}),
    Said("30", replies("30"), "system.gateway_protocol_error"),
    Said("94", replies("94"), "system.gateway_protocol_error"),
    Said("garbage", answers.says(b"\x00\x05\xff\xff\xff\xff\xff"), "system.gateway_protocol_error"),
    Said("HTTP", answers.says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "system.gateway_protocol_error"),
    Said("cut off", answers.half_then_close, "system.gateway_protocol_error"),
    Said("closed without a byte", answers.close, "system.gateway_down"),
    Said("silence", answers.silence, "system.gateway_down"),
)


def speaks(w: World, acquirer: Acquirer, *, tls: bool = True, **more: Any) -> None:
    """The world's first gateway becomes this host, and the terminal is configured for it."""
    context = w.authority.context(w.authority.leaf("gw-a.pay.example"))
    host_faults.gateway_does(w, behaviours.tls(context, acquirer.serve) if tls else acquirer.serve)
    settings = {"dialect": acquirer.dialect.value, "framing": acquirer.framing.value, "terminal_id": TERMINAL, "merchant_id": MERCHANT}
    w.config["gateway"][0].update(protocol="iso8583", tls=tls, iso8583=settings | more.pop("iso8583", {}), **more)
    if not tls:
        w.config["gateway"][0].pop("ca_file", None)


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.name)
def test_what_the_host_says_is_what_is_reported(said: Said) -> None:
    acquirer = Acquirer(answer=said.answer)
    with World() as world:
        speaks(world, acquirer, iso8583={"response_codes": said.mapping} if said.mapping else {})
        verdict = world.check()
    assert (verdict.state, verdict.cause) == (said.state, said.cause), verdict.explain()
    assert verdict.status["can_pay"] == ("no" if said.state == "outage" else "yes")
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
    facts = gateway(verdicts[-1])["facts"]
    assert facts["response_code"] == "03" and facts["app_answer_age_s"] >= 0 and "300 s" in facts["app_because"]


def test_where_nothing_may_be_asked_and_nothing_was_heard_nobody_can_tell() -> None:
    """A host that has stopped the account accepts connections all the same."""
    acquirer = Acquirer(answer=replies("03"))
    with World() as world:
        speaks(world, acquirer)
        with record.locked(world.folder / "state"):
            verdict = world.check()
    assert (verdict.state, verdict.status["can_pay"], verdict.cause) == ("unknown", "unknown", None), verdict.explain()
    assert "locked by another program" in gateway(verdict)["because"]
    assert acquirer.messages == 0


def test_without_numbers_no_echo_is_sent_and_that_is_said() -> None:
    acquirer = Acquirer()
    with World() as world:
        speaks(world, acquirer, iso8583={"terminal_id": ""})
        verdict = world.check()
    assert verdict.state == "ok" and acquirer.messages == 0
    assert "terminal_id" in gateway(verdict)["facts"]["note"]


def test_the_evidence_for_the_telephone() -> None:
    """What an acquirer's support asks for stands in the log; no full merchant number does."""
    acquirer = Acquirer(answer=replies("03"))
    with World() as world:
        speaks(world, acquirer)
        world.config["terminal"]["merchant_id"] = MERCHANT
        world.run_once()
        log = (world.folder / "log" / "posdiag.log").read_text()
    for wanted in ("operator.account_suspended", "gw-a.pay.example", "8583", "response_code=03", "phase=", "***********2345"):
        assert wanted in log, log
    assert MERCHANT not in log and TERMINAL not in log


def gateway(verdict: Verdict) -> dict[str, Any]:
    return verdict.checks("gateway")["gateway:acquirer-a"]
