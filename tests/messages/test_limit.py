"""How often an acquirer is asked: the table of who may send when. Pure, no file and no clock."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.messages.limit import EARLIEST_S, Now, again_s, age_s, aged, before_boot, carried_over, refusal, shown_age_s, with_sent
from agent.messages.record import GatewayMessages, HostAnswer, Record, Sent
from probes.model import Outcome

INTERVAL, RETRY = 300.0, 5.0
NOW = Now(at_s=EARLIEST_S + 1_000_000.0, boot_id="boot-2", running_s=50_000.0)
By = Literal["daemon", "check", "unknown"]


def sent(ago_s: float, by: By = "daemon") -> Sent:
    return Sent(at_s=NOW.at_s - ago_s, boot_id=NOW.boot_id, running_s=NOW.running_s - ago_s, by=by)


def account(*messages: Sent, outcome: Outcome = Outcome.PASS, repeated: bool = False) -> GatewayMessages:
    return GatewayMessages(target="gw:1", sent=messages, answer=HostAnswer(outcome=outcome, repeated=repeated) if messages else None)


def may(known: GatewayMessages, by: By = "daemon", interval_s: float = INTERVAL) -> bool:
    return not refusal(known, interval_s, RETRY, by == "check", NOW)


FAIL = Outcome.FAIL
C: By = "check"


@pytest.mark.parametrize(
    ("known", "daemon", "check"),
    [
        pytest.param(account(), True, True, id="nothing sent yet"),
        pytest.param(account(sent(1)), False, True, id="just sent"),
        pytest.param(account(sent(299)), False, True, id="within the interval"),
        pytest.param(account(sent(300)), True, True, id="the interval is over"),
        pytest.param(account(sent(4), outcome=FAIL), False, True, id="a first failure, too early to repeat"),
        pytest.param(account(sent(5), outcome=FAIL), True, True, id="a first failure is repeated once"),
        pytest.param(account(sent(10), sent(5), outcome=FAIL, repeated=True), False, True, id="a failure that was repeated"),
        pytest.param(account(sent(10), sent(5), outcome=FAIL), False, True, id="a second first failure in one interval"),
        pytest.param(account(sent(290), outcome=Outcome.WARN), False, True, id="a remark is no failure"),
        pytest.param(account(sent(9), sent(3, C)), False, True, id="the daemon's and one of check"),
        pytest.param(account(sent(9), sent(3, C), sent(2, C)), False, True, id="the daemon's and two of check"),
        pytest.param(account(sent(9), sent(3, C), sent(2, C), sent(1, C)), False, False, id="the daemon's and three of check"),
        pytest.param(account(sent(3, C)), False, True, id="only check's, one"),
        pytest.param(account(sent(4, C), sent(3, C), sent(2, C)), False, True, id="only check's, three"),
        pytest.param(account(sent(5, C), sent(4, C), sent(3, C), sent(2, C)), False, False, id="only check's, four"),
        pytest.param(account(sent(301, C), sent(4, C), sent(3, C), sent(2, C)), False, True, id="the oldest is past"),
        pytest.param(account(sent(-60)), False, True, id="from later in this boot, which cannot be"),
        pytest.param(account(sent(299, "unknown")), False, False, id="what was sent is not known"),
        pytest.param(account(sent(299, "unknown"), outcome=FAIL), False, False, id="nor what was repeated"),
        pytest.param(account(sent(300, "unknown")), True, True, id="and cannot have been since"),
    ],
)
def test_who_may_send(known: GatewayMessages, daemon: bool, check: bool) -> None:
    assert may(known, "daemon") is daemon
    assert may(known, "check") is check


@pytest.mark.parametrize(
    ("known", "daemon", "check"),
    [
        pytest.param(account(), None, None, id="nothing sent yet"),
        pytest.param(account(sent(39)), 261.0, None, id="the interval has to pass; a check may ask at once"),
        pytest.param(account(sent(1), outcome=FAIL), RETRY * 0.9 - 1, None, id="a first failure is repeated"),
        pytest.param(account(sent(9), sent(3, C), sent(2, C), sent(1, C)), 299.0, 291.0, id="a check waits for the oldest"),
        pytest.param(account(sent(5, C), sent(4, C), sent(3, C), sent(2, C)), 298.0, 295.0, id="of its own four, too"),
        pytest.param(account(sent(10, "unknown"), sent(2, "unknown")), 298.0, 298.0, id="what was sent is not known"),
    ],
)
def test_when_one_may_be_sent_again(known: GatewayMessages, daemon: float | None, check: float | None) -> None:
    for by, seconds in (("daemon", daemon), ("check", check)):
        if seconds is not None:
            assert refusal(known, INTERVAL, RETRY, by == "check", NOW)
            assert again_s(known, INTERVAL, RETRY, by == "check", NOW) == pytest.approx(seconds)


def test_a_refusal_says_when_the_last_was_sent_and_what_is_allowed() -> None:
    assert refusal(account(sent(12)), INTERVAL, RETRY, False, NOW) == (
        "the last message was sent 12 s ago, and the acquirer allows one in 300 s"
    )


def test_without_an_interval_every_cycle_may_send() -> None:
    assert may(account(sent(0), sent(0), sent(0)), interval_s=0)


def earlier(ago_s: float, by: By = "daemon", *, aged_s: float = 0.0, on_trust: bool = False) -> Sent:
    """Of another boot; `ago_s` by the wall clock."""
    return Sent(at_s=NOW.at_s - ago_s, boot_id="boot-1", running_s=9e9, by=by, aged_s=aged_s, on_trust=on_trust)


@pytest.mark.parametrize(
    ("message", "running_s", "age", "shown"),
    [
        pytest.param(earlier(100), 20, 20, 100, id="as long as the machine has run"),
        pytest.param(earlier(100, aged_s=50), 20, 70, 100, id="and as old as it was when it was last written down"),
        pytest.param(earlier(5), 20, 20, 20, id="a wall clock that tells less"),
        pytest.param(earlier(-100), 20, 20, None, id="from the future"),
    ],
)
def test_a_message_of_another_boot_is_as_old_as_is_certain(message: Sent, running_s: float, age: float, shown: float | None) -> None:
    now = replace(NOW, running_s=running_s)
    assert (age_s(message, now), shown_age_s(message, now)) == (age, shown)
    again = aged(Record(gateways={"a": account(message)}), now).gateways["a"].sent[0]
    assert before_boot(again, now)
    assert age_s(again, now) == pytest.approx(age), "written down it is the same"
    next_boot = replace(now, boot_id="boot-3", running_s=7.0)
    assert age_s(again, next_boot) == pytest.approx(age + 7), "and goes on from there"


def test_without_a_boot_id_a_message_is_as_old_as_it_is_in_either_case() -> None:
    now = Now(at_s=NOW.at_s, boot_id="", running_s=500)
    for running_s, age in ((400.0, 100.0), (600.0, 500.0)):
        assert age_s(Sent(at_s=0, boot_id="", running_s=running_s, by="daemon"), now) == age


@pytest.mark.parametrize(
    ("known", "daemon"),
    [
        pytest.param(account(earlier(8 * 3600)), True, id="a night"),
        pytest.param(account(earlier(299)), False, id="a short stop"),
        pytest.param(account(earlier(-60)), False, id="an earlier clock"),
        pytest.param(account(earlier(NOW.at_s)), False, id="written by a clock without a battery"),
        pytest.param(account(earlier(8 * 3600, on_trust=True)), False, id="once only"),
        pytest.param(account(earlier(8 * 3600), earlier(8 * 3600, on_trust=True, aged_s=300)), True, id="until the time is certain"),
        pytest.param(account(earlier(8 * 3600), sent(10)), False, id="one was sent since"),
        pytest.param(account(*[earlier(8 * 3600 + n, C) for n in range(3)]), False, id="nothing is left of what the check may send"),
        pytest.param(account(earlier(8 * 3600, "unknown")), False, id="what was sent is not known"),
    ],
)
def test_the_wall_clock_is_trusted_once_after_a_start(known: GatewayMessages, daemon: bool) -> None:
    now = replace(NOW, running_s=20.0)
    moved = replace(known, sent=tuple(replace(each, running_s=10.0) if each.boot_id == NOW.boot_id else each for each in known.sent))
    assert (not refusal(moved, INTERVAL, RETRY, False, now)) is daemon
    if daemon:
        assert with_sent(moved, False, INTERVAL, now).sent[-1].on_trust


def test_within_a_boot_a_clock_that_is_set_changes_nothing() -> None:
    for wall in (0.0, NOW.at_s, NOW.at_s * 2):
        assert age_s(Sent(at_s=wall, boot_id="boot-2", running_s=NOW.running_s - 7, by="daemon"), NOW) == 7


@given(st.lists(st.tuples(st.floats(0, 400), st.sampled_from(["daemon", "check"]), st.booleans()), max_size=60))
def test_no_order_of_asking_exceeds_the_limit(steps: list[tuple[float, By, bool]]) -> None:
    """Whoever asks whenever, and whatever comes back: in no interval more than one, its repetition and three of `--check`."""
    known = GatewayMessages(target="gw:1")
    went: list[tuple[float, By]] = []
    clock = 0.0
    for pause, by, fails in steps:
        clock += pause
        now = Now(at_s=1e9 + clock, boot_id="b", running_s=clock)
        if refusal(known, INTERVAL, RETRY, by == "check", now):
            continue
        before = known.answer
        known = with_sent(known, by == "check", INTERVAL, now)
        again = fails and before is not None and before.outcome is FAIL
        known = GatewayMessages(
            target="gw:1", sent=known.sent, answer=HostAnswer(outcome=FAIL if fails else Outcome.PASS, repeated=again, to=known.sent[-1])
        )
        went.append((clock, by))
    for start, _ in went:
        within = [by for moment, by in went if start <= moment < start + INTERVAL]
        assert within.count("daemon") <= 2
        assert len(within) <= 5


@pytest.mark.parametrize(
    ("copied_ago_s", "booted_ago_s", "may_send"),
    [
        pytest.param(7200, 100, True, id="a copy too old to have had a successor before this boot"),
        pytest.param(3800, 3700, True, id="booted long ago"),
        pytest.param(3000, 301, True, id="booted an interval ago"),
        pytest.param(3000, 100, False, id="one may have been sent just before this boot"),
        pytest.param(3700, 100, False, id="one may have been sent just before a copy was due"),
        pytest.param(100, 50, False, id="the copy itself is recent"),
        pytest.param(-1e9, 100, False, id="the clock has lost its battery"),
    ],
)
def test_what_a_copy_from_before_this_boot_cannot_know(copied_ago_s: float, booted_ago_s: float, may_send: bool) -> None:
    now = Now(at_s=NOW.at_s, boot_id=NOW.boot_id, running_s=booted_ago_s)
    copy = account(Sent(at_s=now.at_s - copied_ago_s, boot_id="boot-1", running_s=9e9, by="daemon"))
    assert (not refusal(carried_over(copy, 3600, now), INTERVAL, RETRY, False, now)) is may_send
    assert not refusal(carried_over(copy, 3600, now), INTERVAL, RETRY, True, now), "a person may ask all the same"


def test_a_copy_of_this_boot_cannot_know_what_followed_it_either() -> None:
    unknown = carried_over(account(sent(400)), 3600, NOW)
    assert unknown.sent == (sent(400), sent(0))
    assert carried_over(account(sent(4000)), 3600, NOW).sent[-1] == sent(400), "another copy would have been made"
    assert carried_over(account(), 3600, NOW) == account()


def test_a_failure_of_a_copy_may_have_been_repeated() -> None:
    assert not may(carried_over(account(sent(310), outcome=FAIL), 300, NOW))
