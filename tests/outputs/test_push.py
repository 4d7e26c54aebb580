"""What is sent when, and what becomes of it while it cannot be: the clock and the collector are the test's own, the disk is real."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from agent.contract.document import Status
from agent.contract.summary import SIZE_LIMIT
from agent.contract.times import parse
from agent.diagnosis.model import State
from agent.outputs.carrier import NotSent, NotTaken, TooLarge
from agent.outputs.change import Change
from agent.outputs.push import COST, COST_BESIDE
from agent.outputs.push_times import CHANGE_SPREAD_S
from probes.ground.bilingual import same
from tests.support.pushed import OUT, Pushed

TWO_DAYS_S = 2 * 86400.0


@pytest.fixture
def pushed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Pushed:
    return Pushed(tmp_path, capsys)


def outbox(pushed: Pushed) -> list[int]:
    """Sequences of what lies on the disk."""
    path = pushed.mailbox.path
    return [each["sequence"] for each in msgspec.json.decode(path.read_bytes())["letters"]] if path.exists() else []


def test_the_newest_document_goes_every_so_often(pushed: Pushed) -> None:
    for _ in range(4 * 15):
        pushed.document()
        pushed.passes(60)
    assert 4 <= len(pushed.collector.got) <= 5, "one soon after the start, and one each 15 minutes"
    gaps = [later - earlier for earlier, later in zip(pushed.collector.numbers[1:], pushed.collector.numbers[2:], strict=False)]
    assert set(gaps) == {15}
    assert outbox(pushed) == [] and pushed.said() == []


def test_it_is_valid_until_three_of_its_kind_are_missing(pushed: Pushed) -> None:
    pushed.document()
    pushed.passes(400)
    [got] = pushed.collector.got
    assert got["valid_until"] - got["generated_at"] == 3 * 900


def test_a_confirmed_change_goes_within_half_a_minute(pushed: Pushed) -> None:
    pushed.document()
    pushed.passes(400)
    pushed.change()
    pushed.passes(CHANGE_SPREAD_S)
    assert [each["state"] for each in pushed.collector.got] == [0, 2]


def test_nothing_is_sent_before_the_way_out_is_known(tmp_path: Path) -> None:
    pushed = Pushed(tmp_path)
    pushed.line.__init__()  # type: ignore[misc]
    pushed.change()
    pushed.passes(1000)
    assert pushed.collector.calls == [] and outbox(pushed) == [1], "and it is safe meanwhile"


@pytest.mark.parametrize(("document", "whole"), [("summary", [False, False]), ("on_change", [False, True]), ("full", [True, True])])
def test_whole_documents_where_they_are_wanted(tmp_path: Path, document: str, whole: list[bool]) -> None:
    pushed = Pushed(tmp_path, document=document)
    pushed.document()
    pushed.passes(400)
    pushed.change()
    pushed.passes(CHANGE_SPREAD_S)
    assert ["checks" in each for each in pushed.collector.got] == whole
    assert {each["schema"] for each in pushed.collector.got} <= {"posdiag.summary/1", "posdiag.status/1"}


def test_what_happened_in_two_days_without_a_way_out_is_sent_in_order_with_its_own_times(pushed: Pushed) -> None:
    pushed.collector.raises(OUT)
    began = pushed.clock.wall()
    for number in range(20):
        pushed.change(State.OUTAGE if number % 2 else State.DEGRADED)
        pushed.passes(TWO_DAYS_S / 20, 60)
    assert len(pushed.said()) == 1, "said once"
    assert outbox(pushed)[:20] == list(range(1, 21))
    newest = pushed.document()
    pushed.collector.raises(None)
    pushed.passes(3 * 3600, 60)
    numbers = pushed.collector.numbers
    assert numbers[:21] == [*range(1, 21), newest.sequence] and numbers == sorted(numbers)
    times = [each["generated_at"] for each in pushed.collector.got[:20]]
    assert times == [int(began + number * TWO_DAYS_S / 20) for number in range(20)]
    assert outbox(pushed) == [] and not pushed.mailbox.path.exists()
    assert [line.endswith("sends again") for line in pushed.said()] == [True]


def test_what_the_other_side_asks_for_is_honoured(pushed: Pushed) -> None:
    pushed.collector.raises(NotSent("HTTP 429", same("less"), after_s=1200.0, lasting=True))
    pushed.change()
    pushed.passes(60)
    pushed.collector.raises(None)
    pushed.change(State.DEGRADED)  # is no reason to come sooner
    pushed.passes(1100)
    assert pushed.collector.calls == []
    pushed.passes(600)
    assert pushed.collector.numbers[:2] == [1, 2]


def test_another_line_is_tried_at_once(pushed: Pushed) -> None:
    """What changed may be the line itself."""
    pushed.collector.raises(OUT)
    pushed.change()
    pushed.passes(7200, 60)
    pushed.collector.raises(None)
    pushed.change(State.OK)
    pushed.passes(CHANGE_SPREAD_S)
    assert pushed.collector.numbers[:2] == [1, 2]


def test_a_whole_document_that_is_too_large_goes_as_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pushed = Pushed(tmp_path, capsys, document="full")

    def says(letters: Sequence[bytes]) -> None:
        if any(len(each) > SIZE_LIMIT for each in letters):
            raise TooLarge

    pushed.collector.says = says
    pushed.change()
    pushed.passes(2000)
    assert {each["schema"] for each in pushed.collector.got} == {"posdiag.summary/1"} and len(pushed.collector.got) >= 2
    assert len(pushed.said()) == 1


def test_many_at_once_that_are_too_large_go_in_parts(pushed: Pushed) -> None:
    pushed.collector.raises(OUT)
    for _ in range(9):
        pushed.change()
        pushed.passes(60)

    def says(letters: Sequence[bytes]) -> None:
        if len(letters) > 3:
            raise TooLarge

    pushed.collector.says = says
    pushed.passes(7200)
    assert pushed.collector.numbers[:9] == list(range(1, 10)) and max(pushed.collector.calls) <= 3


def test_one_that_is_refused_for_good_holds_up_no_other(pushed: Pushed) -> None:
    pushed.collector.raises(OUT)
    for _ in range(5):
        pushed.change()
        pushed.passes(60)

    def says(letters: Sequence[bytes]) -> None:
        if any(msgspec.json.decode(each)["sequence"] == 3 for each in letters):
            raise NotTaken("HTTP 422")

    pushed.collector.says = says
    pushed.said()
    pushed.passes(7200)
    assert pushed.collector.numbers[:4] == [1, 2, 4, 5]
    assert sum("HTTP 422" in line for line in pushed.said()) == 1


def test_what_was_taken_before_it_broke_off_is_not_sent_again(pushed: Pushed) -> None:
    pushed.collector.raises(OUT)
    for _ in range(4):
        pushed.change()
        pushed.passes(60)
    breaks = [NotSent("gone", same("broke"), delivered=2)]

    def says(letters: Sequence[bytes]) -> None:
        if breaks:
            raise breaks.pop()

    pushed.collector.says = says
    while breaks:
        pushed.passes(5)
    assert outbox(pushed)[:2] == [3, 4]
    pushed.passes(3600)
    assert pushed.collector.numbers[:2] == [3, 4]


def test_a_wrong_clock_moves_no_sending(pushed: Pushed) -> None:
    pushed.document()
    pushed.passes(400)
    pushed.clock.ahead = -20 * 365 * 86400.0
    pushed.change()
    pushed.passes(60)
    pushed.clock.ahead = 0.0
    pushed.document()
    pushed.passes(1000)
    told = [each["generated_at"] for each in pushed.collector.got]
    assert len(told) == 3 and told[1] < told[0] < told[2], "each with the time that the terminal believed"


def test_a_budget_is_kept_and_nothing_is_lost_for_it(tmp_path: Path) -> None:
    pushed = Pushed(tmp_path, budget=0.0)
    pushed.change()
    pushed.passes(600)
    assert pushed.collector.calls == [] and outbox(pushed) == [1]
    pushed.left = 1e9
    for _ in range(4 * 60):
        pushed.document()
        pushed.passes(60)
    assert 4 <= len(pushed.collector.calls) <= 6, "hourly"


def test_a_single_cycle_sends_at_once(pushed: Pushed) -> None:
    pushed.start(once=True)
    pushed.document()
    pushed.asked()
    assert pushed.collector.numbers == [1] and pushed.collector.closed == 1


def test_what_was_sent_as_the_newest_document_is_not_sent_again_as_a_change(pushed: Pushed) -> None:
    pushed.start(once=True)
    made = pushed.document(State.OUTAGE)
    pushed.asked()
    pushed.push.change(Change(status=made, before=None))
    pushed.asked()
    assert pushed.collector.numbers == [1]


def test_a_connection_that_is_to_stay_is_made_anew(pushed: Pushed) -> None:
    pushed.document()
    pushed.passes(400)
    pushed.collector.lost = True
    pushed.passes(10)
    assert (pushed.collector.made, len(pushed.collector.got)) == (1, 1)


def test_the_times_of_a_document_are_rfc_3339(tmp_path: Path) -> None:
    pushed = Pushed(tmp_path, document="full")
    pushed.document()
    pushed.passes(400)
    [got] = pushed.collector.got
    assert parse(got["valid_until"]) == pytest.approx((parse(got["generated_at"]) or 0.0) + 2700)


def beside(pushed: Pushed, name: str, state: State = State.OK, *, changed: bool = False) -> Status:
    """The next document of a terminal beside the machine."""
    made = pushed.made(state)
    made = replace(made, vantage="beside", terminal=replace(made.terminal, id=f"shop-17/{name}"))
    pushed.push.document_beside(made)
    if changed:
        pushed.push.change(Change(status=made, before=None))
    return made


def test_terminals_beside_this_machine_go_with_its_own(pushed: Pushed) -> None:
    pushed.document()
    for name in ("till-2", "till-3", "till-2"):
        beside(pushed, name)
    pushed.passes(400)
    ids = [each["id"] for each in pushed.collector.got]
    assert sorted(ids[1:]) == ["shop-17/till-2", "shop-17/till-3"] and pushed.collector.calls == [3], "over one connection"
    beside(pushed, "till-3", State.OUTAGE, changed=True)
    pushed.passes(CHANGE_SPREAD_S)
    assert [(each["id"], each["state"]) for each in pushed.collector.got[3:]] == [("shop-17/till-3", 2)]


def test_a_collector_that_takes_this_terminals_alone_gets_them(pushed: Pushed) -> None:
    def says(letters: Sequence[bytes]) -> None:
        if any(b"shop-17/" in each for each in letters):
            raise NotSent("HTTP 403", same("not your id"), lasting=True)

    pushed.collector.says = says
    own = pushed.document()
    beside(pushed, "till-2", State.OUTAGE, changed=True)
    pushed.passes(400)
    assert {each["id"] for each in pushed.collector.got} == {own.terminal.id} and pushed.collector.got
    assert [line for line in pushed.said() if "alone" in line] and outbox(pushed) == []
    beside(pushed, "till-2", State.OK, changed=True)
    pushed.change()
    pushed.passes(CHANGE_SPREAD_S)
    assert pushed.collector.got[-1]["state"] == 2 and {each["id"] for each in pushed.collector.got} == {own.terminal.id}


def test_each_letter_more_is_paid_for(tmp_path: Path) -> None:
    pushed = Pushed(tmp_path, budget=COST + 1.5 * COST_BESIDE)
    pushed.document()
    beside(pushed, "till-2")
    pushed.passes(1300)
    assert len(pushed.collector.got) == 2
    beside(pushed, "till-3")
    pushed.passes(3 * 3600)
    assert len(pushed.collector.got) == 2, "the budget has no room for three"
