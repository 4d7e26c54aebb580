"""Steps stand by probability over cost, as far as they may move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agent.contract.document import StepRecord
from agent.contract.experience import Tally, cases
from agent.contract.trace import Trace
from agent.diagnosis.causes import Owner
from agent.remedy import ordering
from agent.remedy.catalogue import StepTemplate, all_entries
from agent.remedy.ordering import ordered, records
from probes.ground.bilingual import Bilingual


def step(name: str, minutes: float, prior: float, zh: str = "", **more: Any) -> StepTemplate:
    return StepTemplate(id=name, who=Owner.CASHIER, zh=zh, en=zh, expect=Bilingual("好", "good"), minutes=minutes, prior=prior, **more)


def names(steps: tuple[StepTemplate, ...], here: dict[str, Tally], fleet: dict[str, Tally] | None = None, *, paying: bool = False) -> str:
    return " ".join(each.id for each in ordered(steps, here, fleet or {}, paying=paying))


def helped(times: int, of: int | None = None) -> Tally:
    return Tally(tried=times if of is None else of, helped=times)


CABLE, SWITCH, RESTART = step("cable", 1, 0.4), step("switch", 2, 0.3), step("restart", 4, 0.3)
CALL = step("call", 10, 0.1, "打给技术员（{technician}）")


def test_what_helps_here_stands_first() -> None:
    assert names((CABLE, SWITCH, RESTART, CALL), {"cable": Tally(10, 0), "switch": Tally(10, 0), "restart": Tally(10, 10)}) == (
        "restart cable switch call"
    )


@pytest.mark.parametrize(("times", "first"), [(1, "cable"), (2, "cable"), (3, "switch")])
def test_with_fewer_than_three_cases_the_order_of_the_catalogue_stands(times: int, first: str) -> None:
    assert names((step("cable", 1, 0.31), step("switch", 1, 0.3)), {"switch": helped(times)}).split()[0] == first


def test_the_catalogue_is_worth_six_cases() -> None:
    """6 · 0.5 = 3 against 6 · 0.25 + 1.5; and a tenth more moves nothing."""
    steps = (step("a", 1, 0.5), step("b", 1, 0.25))
    assert names(steps, {"a": Tally(3, 1), "b": Tally(2, 2)}) == "a b"  # 4 to 3.5
    assert names(steps, {"a": Tally(3, 0), "b": Tally(3, 3)}) == "b a"  # 3 to 4.5
    assert names((step("a", 1, 0.5), step("b", 1, 0.5)), {"a": helped(10, 21), "b": helped(11, 11)}) == "a b"  # 13 to 14


def test_minutes_count_as_probabilities_do() -> None:
    steps = (step("short", 1, 0.2), step("long", 10, 0.8))
    assert names(steps, {"long": helped(8), "short": Tally(8, 0)}) == "short long"  # 1.2 a minute to 1.28 is near
    assert names(steps, {"long": helped(30), "short": Tally(30, 0)}) == "long short"


def test_the_fleet_counts_for_twenty_cases_at_most_and_what_was_seen_here_whole() -> None:
    steps = (step("a", 1, 0.5), step("b", 1, 0.5))
    fleet = {"a": Tally(10_000, 10_000), "b": Tally(10_000, 0)}
    assert names(steps[::-1], {}, fleet) == "a b"
    assert names(steps[::-1], {"a": Tally(40, 0), "b": helped(40)}, fleet) == "b a"
    assert names(steps[::-1], {"a": Tally(6, 3), "b": helped(3)}, fleet) == "a b"


def test_a_fleet_that_is_not_as_this_terminal_is_counts_for_less() -> None:
    """What the lessons foretold is held against what ended the incidents here; with twenty cases they would outweigh ten."""
    steps = (step("b", 1, 0.5), step("a", 1, 0.5))
    of_others, of_alike = ({"a": Tally(200, 200), "b": Tally(200, 0)}, {"a": Tally(200, 100), "b": Tally(200, 100)})
    assert names(steps, {"a": Tally(10, 0), "b": helped(10)}, of_others) == "b a"
    assert names(steps, {"a": helped(1), "b": Tally(2, 1)}, of_others) == "a b", "two cases tell little"
    assert names(steps, {"a": Tally(10, 5), "b": Tally(10, 5)}, of_alike) == "b a"
    traces = {"link_replugged": helped(10)}
    plugs = (step("b", 1, 0.5, trace=Trace.LINK_REPLUGGED), step("a", 1, 0.5))
    assert " ".join(each.id for each in ordered(plugs, {}, of_others, traces, paying=False)) == "b a", "what a trace ended counts too"


def test_a_step_comes_after_what_it_needs_and_brings_it_along() -> None:
    photograph, change = step("look", 1, 0.01), step("change", 1, 0.1, after=("look",))
    steps = (CABLE, SWITCH, photograph, change)
    assert names(steps, {"change": helped(30), "cable": Tally(30, 0)}) == "look change cable switch"


def test_what_a_step_needs_counts_among_its_minutes() -> None:
    steps = (CABLE, step("long", 30, 0.01), step("change", 1, 0.3, after=("long",)))
    assert names(steps, {"change": helped(10), "cable": Tally(10, 2)}) == "cable long change"


def test_what_is_not_shown_is_not_waited_for() -> None:
    steps = (CABLE, step("change", 1, 0.1, after=("look",)))
    assert names(steps, {"change": helped(30), "cable": Tally(30, 0)}) == "change cable"


@pytest.mark.parametrize(("paying", "order"), [(True, "cable restart"), (False, "restart cable")])
def test_payments_that_work_are_not_interrupted_for_what_is_likely(paying: bool, order: str) -> None:
    steps = (CABLE, step("restart", 1, 0.1, interrupts_payment=True))
    assert names(steps, {"restart": helped(50), "cable": Tally(50, 0)}, paying=paying) == order


def test_a_call_is_never_made_before_what_the_caller_is_asked_about() -> None:
    assert names((CABLE, SWITCH, CALL), {"call": helped(99), "cable": Tally(99, 0), "switch": Tally(99, 0)}) == "cable switch call"
    assert names((CABLE, CALL, SWITCH), {"switch": helped(99)}) == "switch cable call"  # what is done after it may come before


def test_nothing_moves_past_what_ends_nothing_by_itself() -> None:
    warning = step("warning", 1, 0)
    steps = (warning, CABLE, SWITCH, step("photograph", 1, 0), RESTART)
    assert names(steps, {"restart": helped(99), "switch": helped(50), "cable": Tally(99, 0)}) == "warning switch cable photograph restart"


def test_steps_without_numbers_stay_as_they_are() -> None:
    bare = tuple(StepTemplate(who=Owner.CASHIER, zh=each, en=each, expect=Bilingual("", "")) for each in "cab")
    assert ordered(bare, {"": Tally(9, 9)}, {}, paying=False) == list(bare)


def test_cases_are_told_by_what_ended_and_by_what_was_tried() -> None:
    assert cases({}) == 0
    assert cases({"a": Tally(7, 0), "b": Tally(3, 2)}) == 7
    assert cases({"a": Tally(4, 4), "b": Tally(3, 3)}) == 7
    assert cases({"a": Tally(4, 4)}, {"b": Tally(9, 3)}) == 9


def test_the_record_is_of_here_and_else_of_the_fleet() -> None:
    here, fleet = {"a": Tally(4, 3), "": Tally(1, 1)}, {"a": Tally(50, 1), "b": Tally(50, 2), "c": Tally(0, 0)}
    told = records([step(name, 1, 0.1) for name in ("a", "b", "c", "")], here, fleet)
    assert told == {"a": StepRecord(tried=4, helped=3, source="here"), "b": StepRecord(tried=50, helped=2, source="fleet")}


PLUG, OTHER_END = (step(name, 1, prior, trace=Trace.LINK_REPLUGGED) for name, prior in (("plug", 0.3), ("other_end", 0.2)))
APP, NOTE = step("app", 1, 0.35, trace=Trace.APP_RESTARTED), step("note", 1, 0, trace=Trace.LINK_REPLUGGED)


def seen(steps: Sequence[StepTemplate], here: dict[str, Tally] | None = None, *, unknown: int = 0, **traces: Tally) -> str:
    """`unknown`: how many ended by nobody knows what."""
    return " ".join(each.id for each in ordered(steps, here or {}, {}, {"": Tally(unknown, 0), **traces}, paying=False))


def test_what_a_trace_ended_is_shared_out_and_the_order_among_its_steps_stays() -> None:
    assert seen((APP, PLUG, OTHER_END), link_replugged=helped(2)) == "app plug other_end", "fewer than three"
    assert seen((APP, PLUG, OTHER_END), link_replugged=helped(3)) == "plug other_end app"  # 2.1 to 1.8 + 1.8 and 1.2 + 1.2
    assert seen((APP, step("a", 1, 0.4, trace="link_replugged"), OTHER_END), link_replugged=helped(3)) == "a app other_end"  # 1.2 + 1
    assert seen((APP, PLUG, OTHER_END), link_replugged=Tally(30, 0)) == "app plug other_end"
    assert seen((PLUG, OTHER_END, APP), app_restarted=helped(3)) == "app plug other_end", "of the one step that leaves it"


def test_a_trace_gives_its_steps_no_more_together_than_it_ended() -> None:
    """0.35 · 6 + 4 for the application's; with all of nine for each of the others they would stand before it."""
    assert seen((PLUG, OTHER_END, APP), {"app": helped(4)}, link_replugged=helped(6)) == "app plug other_end"


def test_what_people_said_of_a_step_counts_where_its_trace_is_shared_out() -> None:
    assert seen((PLUG, OTHER_END), {"plug": Tally(9, 0)}, link_replugged=helped(9)) == "other_end plug"
    assert seen((PLUG, OTHER_END), {"other_end": helped(3)}, link_replugged=helped(9)) == "other_end plug"


def test_steps_whose_success_nobody_sees_keep_their_share_beside_those_that_are_seen() -> None:
    """Of ten that the application's trace ended the others fall behind, but where as many ended by nobody knows what."""
    ask, wait = step("ask", 1, 0.3), step("wait", 1, 0.35, trace=Trace.HOST_RECOVERED)
    steps = (wait, ask, step("app", 1, 0.25, trace=Trace.APP_RESTARTED))
    assert seen(steps, {"app": helped(10)}) == "app wait ask"
    assert seen(steps, {"app": helped(10)}, unknown=26) == "wait ask app", "as the catalogue has it"
    assert seen(steps, {"app": helped(10)}, unknown=900) == "wait ask app", "and no more than that"
    assert seen(steps, {"app": helped(10)}, unknown=4) == "app wait ask", "no more than there were"
    assert seen(steps, {"app": helped(10), "ask": helped(30)}, unknown=26) == "ask app wait", "it was told"
    assert seen(steps, unknown=50) == "wait ask app", "nothing is known of any"


def test_a_trace_that_no_step_here_leaves_moves_nothing() -> None:
    assert seen((APP, PLUG, OTHER_END), router_replaced=helped(9)) == "app plug other_end"
    assert seen((NOTE, APP, PLUG), link_replugged=helped(9)) == "note plug app", "what ends nothing has no share"


def test_the_record_of_a_trace_stands_at_the_first_step_that_leaves_it() -> None:
    traces = {"link_replugged": Tally(4, 3), "app_restarted": Tally(2, 0)}
    several = StepRecord(tried=4, helped=3, source="here", trace=Trace.LINK_REPLUGGED)
    alone = StepRecord(tried=2, helped=0, source="here")
    assert records((NOTE, PLUG, OTHER_END, APP), {}, {}, traces) == {"plug": several, "app": alone}
    told = StepRecord(tried=1, helped=1, source="here")
    assert records((PLUG, OTHER_END), {"plug": helped(1)}, {"other_end": helped(9)}, traces) == {"plug": told, "other_end": several}
    assert records((OTHER_END,), {}, {}, traces) == {"other_end": replace(several, trace=None)}, "no other is shown"


@given(st.sampled_from(all_entries()), st.randoms(), st.booleans())
def test_whatever_was_seen_no_step_is_lost_and_no_rule_is_broken(each: Any, dice: Any, paying: bool) -> None:
    steps = each.steps
    tallies = {step.id: Tally(40, dice.randrange(41)) for step in steps}
    traces = {step.trace.value: Tally(40, dice.randrange(41)) for step in steps if step.trace}
    found = ordered(steps, tallies, {}, traces, paying=paying)
    assert sorted(step.id for step in found) == sorted(step.id for step in steps)
    place = {step.id: number for number, step in enumerate(found)}
    for number, second in enumerate(steps):
        assert all(place[needed] < place[second.id] for needed in second.after)
        for first in steps[:number]:
            kept = place[first.id] < place[second.id]
            assert kept or not ordering.calls(second)
            assert kept or (first.prior and second.prior)
            assert kept or not (paying and second.interrupts_payment and not first.interrupts_payment)
