"""Somebody is led through the steps: what each key does, what a look tells, who is given the credit, and that nothing said is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.contract.document import Pending, Status
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import CanPay, State
from agent.remedy.route import key_of, route, told_as
from agent.remedy.walk import JUST_LEFT_S, READ_S, Key, Phase, Walk, Word, begin, leave, looked, press, still, told
from tests.support.guided import CABLE, LINK, PAPER, PRINTER, bad, faulty, fine, healthy, steps

DNS = Cause.DNS_UNREACHABLE
REMOTE = faulty(DNS, order=steps(DNS, "restart_router", "set_resolver"))


def named(walk: Walk) -> str:
    assert walk.step is not None
    return walk.step.id


def test_it_begins_with_the_first_step_of_the_first_cause() -> None:
    walk = begin(faulty(CABLE, PAPER), 0)
    assert (walk.phase, named(walk), walk.place) == (Phase.STEP, "plug_cable", (1, 4))


@pytest.mark.parametrize("status", [healthy(), replace(healthy(), can_pay=CanPay.UNKNOWN)])
def test_where_nothing_is_wrong_nobody_is_led(status: Status) -> None:
    assert begin(status, 0).phase is Phase.NOTHING and begin(status, 0).ended


def test_a_fault_without_steps_leads_to_whom_to_call() -> None:
    assert begin(replace(faulty(CABLE), remediation=()), 0).phase is Phase.FAILED


def test_next_shows_every_step_of_every_cause_once_and_then_whom_to_call() -> None:
    walk, shown = begin(faulty(CABLE, PAPER), 0), []
    while walk.phase is Phase.STEP:
        shown.append(named(walk))
        walk = press(walk, Key.NEXT, 0)
    assert shown == [each.id for each in route(faulty(CABLE, PAPER))] and walk.phase is Phase.FAILED
    assert not walk.words and not leave(walk).words
    assert named(press(walk, Key.BACK, 0)) == shown[-1]


def test_another_order_in_a_newer_document_leaves_none_out_and_shows_none_twice() -> None:
    walk, shown = begin(faulty(CABLE), 0), []
    turned = faulty(CABLE, order=tuple(reversed(steps(CABLE))))
    while walk.phase is Phase.STEP:
        shown.append(named(walk))
        walk = press(told(walk, turned, 1), Key.NEXT, 1)
    assert sorted(shown) == sorted(each.id for each in steps(CABLE)) and len(shown) == len(set(shown))


def test_the_check_of_the_step_calls_for_a_look_at_everything_and_that_ends_it() -> None:
    walk = looked(begin(faulty(CABLE), 0), bad(), READ_S)
    assert not walk.sure
    walk = looked(walk, fine(), READ_S)
    assert walk.sure and walk.phase is Phase.STEP
    walk = told(walk, healthy(), READ_S + 1)
    assert walk.phase is Phase.WELL and walk.words == (Word("operator.cable_unplugged:plug_cable", "yes"),)
    assert [(each.cause.code, each.step and each.step.id, each.number) for each in walk.over] == [(CABLE, "plug_cable", 1)]


def test_a_check_that_is_good_while_the_fault_goes_on_says_so_and_calls_for_no_look_after_look() -> None:
    walk = looked(begin(faulty(CABLE), 0), fine(), 10)
    walk = told(walk, faulty(CABLE), 11)
    assert walk.but and not walk.sure and walk.phase is Phase.STEP
    walk = looked(walk, fine(), 12)
    assert not walk.sure
    assert looked(walk, fine(), 60).sure
    assert looked(looked(walk, bad(), 13), fine(), 14).sure


def test_a_check_that_was_good_all_along_proves_nothing() -> None:
    status = replace(faulty(CABLE), checks=healthy().checks)
    assert not looked(begin(status, 0), fine(), 100).sure


def test_a_document_that_is_to_be_confirmed_decides_nothing() -> None:
    walk = looked(begin(faulty(CABLE), 0), fine(), 10)
    coming = faulty(PAPER, pending=Pending(State.OK, None, 1))
    assert told(walk, coming, 11).sure and named(told(walk, coming, 11)) == "plug_cable"


def test_of_two_faults_the_next_is_gone_on_with_once_the_first_is_over() -> None:
    walk = looked(begin(faulty(CABLE, PAPER), 0), fine(), 10)
    walk = told(walk, faulty(PAPER), 11)
    assert (walk.phase, named(walk)) == (Phase.STEP, "go_on_selling")
    assert walk.words == (Word("operator.cable_unplugged:plug_cable", "yes"),)
    walk = press(walk, Key.NEXT, 12)
    walk = told(looked(walk, fine(PRINTER), 40), healthy(), 41)
    assert walk.phase is Phase.WELL and [each.step and each.step.id for each in walk.over] == ["plug_cable", "load_paper"]


def test_another_fault_in_the_middle_of_a_step_moves_nobody_until_they_go_on() -> None:
    """A router that is being restarted takes the link along."""
    walk = told(begin(REMOTE, 0), faulty(CABLE), 5)
    assert named(walk) == "restart_router"
    assert named(press(walk, Key.NEXT, 6)) == "plug_cable"


def test_a_step_that_was_done_is_the_one_that_helped() -> None:
    walk = press(press(begin(faulty(CABLE), 0), Key.NEXT, 1), Key.DID, 2)
    assert walk.done
    walk = told(walk, healthy(), 3)
    assert walk.words == (Word("operator.cable_unplugged:power_switch", "yes"),) and walk.over[0].number == 2


def test_one_that_was_done_and_left_helped_if_it_gets_well_right_after() -> None:
    walk = press(press(begin(faulty(CABLE), 0), Key.DID, 1), Key.NEXT, 2)
    assert not walk.words
    soon, later = told(walk, healthy(), 2 + JUST_LEFT_S), told(walk, healthy(), 3 + JUST_LEFT_S)
    assert soon.words == (Word("operator.cable_unplugged:plug_cable", "yes"),)
    assert later.words == (Word("operator.cable_unplugged:plug_cable", "no"), Word("operator.cable_unplugged:power_switch", "yes"))


def test_what_nobody_had_the_time_to_do_has_not_helped() -> None:
    walk = told(begin(faulty(CABLE), 0), healthy(), READ_S - 1)
    assert walk.phase is Phase.WELL and not walk.words and walk.over[0].step is None


def test_how_to_go_on_selling_ends_no_fault() -> None:
    walk = told(begin(faulty(PAPER), 0), healthy(), 60)
    assert walk.phase is Phase.WELL and not walk.words
    assert named(press(begin(faulty(PAPER), 0), Key.DID, 1)) == "load_paper"  # done, and nothing to wait for


@pytest.mark.parametrize(("key", "words"), [(Key.YES, "yes"), (Key.NEXT, ""), (Key.QUIT, "")])
def test_what_may_have_come_back_by_itself_is_asked(key: Key, words: str) -> None:
    walk = told(begin(REMOTE, 0), healthy(), 30)
    assert walk.phase is Phase.WAS and not walk.words
    walk = press(walk, key, 31)
    assert walk.phase is Phase.WELL and [each.helped for each in walk.words] == ([words] if words else [])


def test_a_step_that_interrupts_payments_is_asked_first_while_they_work() -> None:
    order = steps(DNS, "restart_router", "set_resolver", interrupts=("restart_router",))
    walk = begin(faulty(DNS, can_pay=CanPay.YES, order=order), 0)
    assert walk.phase is Phase.ASK
    assert press(walk, Key.DID, 1).phase is Phase.ASK
    assert named(press(walk, Key.NEXT, 1)) == "set_resolver"
    assert press(press(walk, Key.CALL, 1), Key.CALL, 2).phase is Phase.ASK
    agreed = press(walk, Key.YES, 1)
    assert agreed.phase is Phase.STEP and press(press(agreed, Key.CALL, 2), Key.BACK, 3).phase is Phase.STEP
    assert begin(faulty(DNS, can_pay=CanPay.NO, order=order), 0).phase is Phase.STEP


def test_leaving_says_what_was_done_and_not_seen_to_help() -> None:
    walk = press(press(press(begin(faulty(CABLE), 0), Key.DID, 1), Key.NEXT, 2), Key.DID, 3)
    assert [each.helped for each in leave(walk).words] == ["no", "unknown"]
    assert leave(leave(walk)).words == leave(walk).words


Move = tuple[Callable[[Walk, float], Walk], float]
ACTIONS: list[Callable[[Walk, float], Walk]] = [
    *[lambda walk, now, key=key: press(walk, key, now) for key in Key if key is not Key.QUIT],
    lambda walk, now: looked(walk, bad(), now),
    lambda walk, now: looked(walk, fine(), now),
    lambda walk, now: looked(walk, fine(PRINTER), now),
    lambda walk, now: still(walk),
    lambda walk, now: told(walk, faulty(CABLE, PAPER), now),
    lambda walk, now: told(walk, faulty(PAPER, can_pay=CanPay.YES), now),
    lambda walk, now: told(walk, faulty(CABLE, order=tuple(reversed(steps(CABLE)))), now),
    lambda walk, now: told(walk, REMOTE, now),
    lambda walk, now: told(walk, replace(faulty(CABLE), remediation=()), now),
    lambda walk, now: told(walk, healthy(), now),
]


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from([0.1, 4.0, 25.0, 200.0])), max_size=40))
def test_whatever_happens_somebody_is_somewhere_and_what_was_said_is_kept(moves: list[Move]) -> None:
    walk, now, said = begin(faulty(CABLE, PAPER), 0.0), 0.0, list[str]()
    for act, seconds in moves:
        now += seconds
        before, walk = walk, act(walk, now)
        if walk.done and not before.done and walk.step is not None:
            said.append(told_as(walk.step))
        number, of = walk.place
        assert walk.phase is not Phase.STEP or (walk.step is not None and number >= 1)
        assert walk.step is None or key_of(walk.step) in map(key_of, walk.trail)
        assert len({key_of(each) for each in walk.trail}) == len(walk.trail) and of >= 0
        if before.ended:
            assert walk == before
        if walk.phase is Phase.WELL:
            assert walk.latest.state is State.OK
    walk = leave(walk)
    told_words = [each.step for each in walk.words]
    assert walk.ended
    for step in said:
        assert told_words.count(step) >= said.count(step)
    assert sum(each.helped == "yes" for each in walk.words) <= len(walk.over)


def test_a_step_is_the_same_in_other_words_and_under_another_number() -> None:
    one, other = faulty(CABLE).remediation[0], steps(CABLE, "power_switch", "plug_cable")[1]
    assert key_of(one) == key_of(other) and one != other
    assert told_as(replace(one, id="network.dhcp_failed:replug")) == "network.dhcp_failed:replug"
    assert one.verify == LINK
