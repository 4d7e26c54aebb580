"""What the lines of the record teach of the steps: whose success each end was, and whose failure."""

from __future__ import annotations

from typing import Any

import pytest

from agent.contract.event import AnyEvent, CarriedEvent, CauseEvent, ClosedEvent, OpenedEvent, StepCount, ToldEvent
from agent.contract.experience import Tally
from agent.diagnosis.causes import Cause
from agent.record.learned import MOST_COUNTED, MOST_DONE, MOST_REMEMBERED, Learned
from tests.support.recorded import opened as opened_of
from tests.support.recorded import stamped

APP, DOWN, CABLE = Cause.PORT_RENUMBERED, Cause.INTERNET_DOWN, Cause.CABLE_UNPLUGGED
REOPENED = {"trace": "app_restarted", "step": "reopen_app", "how": "seen", "confidence": 0.9}
REPLUGGED = {"trace": "link_replugged", "step": None, "how": "seen", "confidence": 0.75}
RESTARTED = {"trace": "terminal_restarted", "step": "restart_terminal", "seconds": 40}
ITSELF = {"trace": "line_recovered", "step": "call_isp", "how": "seen", "confidence": 0.7}
UNKNOWN = {"trace": None, "step": None, "how": "unknown", "confidence": 0.0}


def opened(incident: str = "I-1", cause: Cause = APP) -> OpenedEvent:
    return opened_of(incident, cause.value)


def closed(ended_by: dict[str, Any], *tried: dict[str, Any], incident: str = "I-1") -> ClosedEvent:
    at = "2026-01-31T09:00:00.000Z"
    return ClosedEvent(incident=incident, ended_at=at, duration_s=60.0, ended_by=ended_by, tried=tried, **stamped({}))


def led(cause: Cause, incident: str = "I-1") -> CauseEvent:
    known = {"state": "outage", "can_pay": "no", "subject": "", "category": "network", "confidence": 0.9}
    return CauseEvent(incident=incident, cause=cause.value, **stamped(known))


def did(step: str, helped: str, incident: str = "I-1") -> ToldEvent:
    return ToldEvent(what="did", word="w", incident=incident, step=step, helped=helped, **stamped({}))


def counted(*events: AnyEvent) -> dict[tuple[str, str], tuple[int, int]]:
    """By cause and step, or cause and trace with a tilde before it, which is alone for an end that nobody knows."""
    learned = Learned()
    for event in events:
        learned.take(event)
    steps, traces = learned.tallies()
    both = [(cause, name, tally) for cause, tallies in steps.items() for name, tally in tallies.items()]
    both += [(cause, f"~{name}", tally) for cause, tallies in traces.items() for name, tally in tallies.items()]
    return {(cause.value, name): (tally.tried, tally.helped) for cause, name, tally in both}


@pytest.mark.parametrize(
    ("cause", "ended_by", "tried", "steps"),
    [
        (APP, REOPENED, (), {"reopen_app": (1, 1)}),
        (APP, REOPENED, (RESTARTED,), {"reopen_app": (1, 1), "restart_terminal": (1, 0)}),
        (APP, REOPENED, (RESTARTED, RESTARTED, REOPENED), {"reopen_app": (1, 1), "restart_terminal": (1, 0)}),
        (CABLE, REPLUGGED, (), {"~link_replugged": (1, 1)}),
        (CABLE, REPLUGGED, (REPLUGGED,), {"~link_replugged": (1, 1)}),
        (DOWN, ITSELF, (RESTARTED,), {"restart_terminal": (1, 0), "~": (1, 0)}),
        (DOWN, {**ITSELF, "trace": "host_recovered"}, (), {"~": (1, 0)}),
        (DOWN, {**ITSELF, "trace": "account_restored"}, (), {"~": (1, 0)}),
        (DOWN, {**ITSELF, "how": "told"}, (), {"call_isp": (1, 1)}),
        (DOWN, UNKNOWN, (RESTARTED,), {"restart_terminal": (1, 0), "~": (1, 0)}),
        (DOWN, UNKNOWN, (), {"~": (1, 0)}),
        (DOWN, {}, (), {"~": (1, 0)}),
    ],
)
def test_whose_success_an_end_is(cause: Cause, ended_by: dict[str, Any], tried: Any, steps: dict[str, Any]) -> None:
    assert counted(opened(cause=cause), closed(ended_by, *tried)) == {(cause.value, name): tally for name, tally in steps.items()}


def test_what_was_done_counts_for_the_cause_that_led_when_it_was_begun() -> None:
    later = {"cause": CABLE.value}
    found = counted(opened(cause=DOWN), led(CABLE), closed({**REPLUGGED, **later}, {**REOPENED, **later}))
    assert found == {(CABLE.value, "~link_replugged"): (1, 1), (CABLE.value, "reopen_app"): (1, 0)}
    assert counted(opened(cause=DOWN), led(CABLE), closed(REPLUGGED)) == {(DOWN.value, "~link_replugged"): (1, 1)}


def test_what_was_tried_against_a_cause_that_led_no_more_at_the_end_is_no_failure() -> None:
    """The paper was loaded, and then the host could not be reached."""
    assert counted(opened(cause=DOWN), led(CABLE), closed(REPLUGGED, RESTARTED)) == {(DOWN.value, "~link_replugged"): (1, 1)}
    back = (opened(cause=DOWN), led(CABLE), led(DOWN), closed(ITSELF, RESTARTED))
    assert counted(*back) == {(DOWN.value, "restart_terminal"): (1, 0), (DOWN.value, "~"): (1, 0)}, (
        "as a restart of the router looks for a while"
    )


@pytest.mark.parametrize(
    ("ended_by", "words", "steps"),
    [
        (UNKNOWN, [("reopen_app", "yes")], {"reopen_app": (1, 1)}),
        (UNKNOWN, [("reopen_app", "no")], {"reopen_app": (1, 0), "~": (1, 0)}),
        (UNKNOWN, [("reopen_app", "unknown")], {"~": (1, 0)}),
        (UNKNOWN, [("reopen_app", "no"), ("reopen_app", "yes")], {"reopen_app": (1, 1)}),
        (UNKNOWN, [("reopen_app", "yes"), ("restart_terminal", "yes")], {"reopen_app": (1, 0), "restart_terminal": (1, 1)}),
        (
            UNKNOWN,
            [("restart_terminal", "yes"), ("reopen_app", "yes"), ("reopen_app", "no")],
            {"reopen_app": (1, 0), "restart_terminal": (1, 1)},
        ),
        (REOPENED, [("reopen_app", "yes")], {"reopen_app": (1, 1)}),
        (REOPENED, [("reopen_app", "no")], {"reopen_app": (1, 0)}),
        (REOPENED, [("reopen_app", "unknown")], {"reopen_app": (1, 1)}),
        (REOPENED, [("restart_terminal", "yes")], {"reopen_app": (1, 0), "restart_terminal": (1, 1)}),
        (REOPENED, [("restart_terminal", "no")], {"reopen_app": (1, 1), "restart_terminal": (1, 0)}),
        (REPLUGGED, [("plug_cable", "yes")], {"plug_cable": (1, 1)}),
        (REPLUGGED, [("plug_cable", "no")], {"plug_cable": (1, 0), "~link_replugged": (1, 1)}),
        (ITSELF, [("plug_cable", "yes")], {"plug_cable": (1, 1)}),
        ({**REOPENED, "how": "told", "trace": None}, [("reopen_app", "yes")], {"reopen_app": (1, 1)}),
    ],
)
def test_a_persons_word_outranks_what_was_seen_before_and_after_the_end(ended_by: Any, words: Any, steps: dict[str, Any]) -> None:
    wanted = {(APP.value, name): tally for name, tally in steps.items()}
    said = [did(*each) for each in words]
    assert counted(opened(), *said, closed(ended_by)) == wanted
    assert counted(opened(), closed(ended_by), *said) == wanted
    assert counted(opened(), closed(ended_by), opened("I-2"), *said) == wanted, "of an earlier one"


def test_words_name_steps_of_the_cause_that_leads_or_of_another_by_its_code() -> None:
    found = counted(opened(cause=DOWN), led(CABLE), did("plug_cable", "yes"), did(f"{APP.value}:reopen_app", "no"), closed(UNKNOWN))
    assert found == {(CABLE.value, "plug_cable"): (1, 1), (APP.value, "reopen_app"): (1, 0)}


def test_nothing_counts_before_it_is_over_and_nothing_twice() -> None:
    end = closed(REOPENED, RESTARTED)
    assert counted(opened(), did("reopen_app", "yes")) == {}
    assert (
        counted(opened(), end, end)
        == counted(opened(), opened(), end)
        == {(APP.value, "reopen_app"): (1, 1), (APP.value, "restart_terminal"): (1, 0)}
    )
    assert counted(end) == counted(closed(REOPENED, incident="I-0"), did("reopen_app", "yes", "I-0")) == {}, "of an unknown one"


def test_one_whose_end_was_never_written_is_over_when_the_next_one_opens() -> None:
    events = (opened(), did("reopen_app", "yes"), opened("I-2"))
    assert counted(*events) == {(APP.value, "reopen_app"): (1, 1)}
    assert counted(*events, closed(REOPENED)) == {(APP.value, "reopen_app"): (1, 1)}


def test_what_was_carried_over_counts_with_the_rest() -> None:
    steps = (
        StepCount(cause=APP.value, step="reopen_app", tried=4, helped=3),
        StepCount(cause=CABLE.value, trace="link_replugged", tried=9, helped=9),
        StepCount(cause=APP.value, step="too_often", tried=1, helped=2),
        StepCount(cause="later.version", step="reopen_app", tried=1, helped=1),
        StepCount(cause=APP.value, trace="later_trace", tried=1, helped=1),
    )
    head = CarriedEvent(steps=steps, open=(opened("I-0"),), **stamped({}))
    found = counted(head, closed(REOPENED, incident="I-0"))
    assert found == {(APP.value, "reopen_app"): (5, 4), (CABLE.value, "~link_replugged"): (9, 9)}


def test_rows_say_the_same_as_tallies_and_can_be_taken_in_again() -> None:
    learned = Learned()
    for event in (opened(cause=CABLE), closed(REPLUGGED, RESTARTED), opened("I-2", CABLE), closed(REPLUGGED, incident="I-2")):
        learned.take(event)
    assert learned.totals() == (
        StepCount(cause=CABLE.value, trace="link_replugged", tried=2, helped=2),
        StepCount(cause=CABLE.value, step="restart_terminal", tried=1, helped=0),
    )
    again = Learned()
    again.take(CarriedEvent(steps=learned.totals(), **stamped({})))
    assert again.tallies() == learned.tallies() == ({CABLE: {"restart_terminal": Tally(1, 0)}}, {CABLE: {"link_replugged": Tally(2, 2)}})


@pytest.mark.parametrize(
    "hostile",
    [
        {"trace": "later_trace", "step": None, "how": "seen"},
        {"trace": ["list"], "step": {"a": 1}, "how": "seen"},
        {"trace": None, "step": "../../x", "how": "told"},
        {"trace": None, "step": "a" * 49, "how": "told"},
        {"trace": None, "step": "reopen_app", "how": "told", "cause": 7},
        {"trace": None, "step": "reopen_app", "how": "told", "cause": "later.version"},
        {"trace": "app_restarted", "step": "reopen_app", "how": {"not": "a word"}},
        {"trace": {}, "step": "reopen_app", "how": []},
    ],
)
def test_what_makes_no_sense_counts_for_nothing(hostile: dict[str, Any]) -> None:
    assert counted(opened(), closed(hostile, hostile, {})) in (
        {},
        {(APP.value, "~"): (1, 0)},
        {(APP.value, "reopen_app"): (1, 0)},
        {(APP.value, "reopen_app"): (1, 0), (APP.value, "~"): (1, 0)},
    )


def test_it_stays_small_whatever_the_record_says() -> None:
    learned = Learned()
    for number in range(500):
        name = f"I-{number}"
        learned.take(opened(name))
        for each in range(40):
            learned.take(did(f"step_{number}_{each}", "yes", name))
        tried = [{"trace": None, "step": f"tried_{number}_{each}"} for each in range(200)]
        learned.take(closed(REOPENED, *tried, incident=name))
    assert len(learned.totals()) <= MOST_COUNTED
    assert len(learned._lately) == MOST_REMEMBERED
    assert max(len(each.words) for each in learned._lately.values()) == MOST_DONE
    tallies = learned.tallies()
    learned.take(did("step_0_0", "no", "I-0"))
    assert learned.tallies() == tallies, "of one that is long gone"
