"""What so many cases say of each step: what several leave is shared out, what nobody sees is reckoned, what ended by itself is apart."""

from __future__ import annotations

from agent.contract.experience import Tally
from agent.diagnosis.causes import Cause
from agent.fleet.lessons.cases import Case, Done, End, case
from agent.fleet.lessons.sharing import counted, tallies
from agent.remedy.catalogue import entry

CABLE, NET = "operator.cable_unplugged", "network.internet_down"


def ended(cause: str, step: str = "", trace: str = "", *, told: bool = False, count: int = 1, vain: str = "") -> list[Case]:
    done = (Done(cause, step, trace, helped=True, told=told),) + ((Done(cause, vain, "", helped=False, told=False),) if vain else ())
    return [of(cause, End.BY_A_STEP, done)] * count


def of(cause: str, end: End, done: tuple[Done, ...] = ()) -> Case:
    return Case(terminal="T-1", began=0, until=60, cause=cause, last=cause, end=end, done=done)


def shares(cause: str, cases: list[Case]) -> dict[str, Tally]:
    return tallies(counted(cases)[cause], entry(Cause.of(cause)).steps)


def test_what_several_steps_leave_is_shared_out_by_what_people_said() -> None:
    said = [*ended(CABLE, "plug_other_end", told=True, count=90), *ended(CABLE, "plug_cable", told=True, count=10)]
    found = shares(CABLE, [*said, *ended(CABLE, trace="link_replugged", count=1000)])
    assert sum(each.helped for each in found.values()) >= 1100  # none is lost; some for the call that leaves nothing to see: nobody's here
    assert 930 <= found["plug_other_end"].helped <= 990
    assert 100 <= found["plug_cable"].helped <= 130


def test_without_a_word_they_are_shared_out_as_the_catalogue_has_it() -> None:
    found = shares(CABLE, ended(CABLE, trace="link_replugged", count=95))
    assert found["plug_cable"] == Tally(40, 40)
    assert found["plug_other_end"] == Tally(20, 20)


def test_what_ended_by_itself_is_in_no_number_and_set_apart() -> None:
    tried = (Done(NET, "restart_modem_and_router", "", helped=False, told=False),)
    cases = [*ended(NET, "restart_modem_and_router", told=True, count=10), *[of(NET, End.BY_ITSELF, tried)] * 50]
    assert shares(NET, cases)["restart_modem_and_router"] == Tally(10, 10)
    assert (counted(cases)[NET].cases, counted(cases)[NET].itself) == (10, 50)


def test_a_step_in_vain_counts_where_nobody_knows_what_ended_it() -> None:
    tried = (Done(CABLE, "plug_cable", "", helped=False, told=True),)
    cases = [*ended(CABLE, "plug_cable", told=True, count=4), *[of(CABLE, End.NOBODY_KNOWS, tried)] * 6]
    assert shares(CABLE, cases)["plug_cable"] == Tally(10, 4)


def test_steps_that_leave_nothing_to_see_are_not_taken_for_useless() -> None:
    """Half of those whose end people told were ended by a call: so were half of the others, as far as nobody knows their end."""
    told = [*ended(NET, "restart_modem_and_router", told=True, count=50), *ended(NET, "call_isp", told=True, count=50)]
    seen = ended(NET, "restart_modem_and_router", count=200)
    found = shares(NET, [*told, *seen, *[of(NET, End.NOBODY_KNOWS)] * 400])
    assert found["restart_modem_and_router"].helped == 250
    assert 220 <= found["call_isp"].helped <= 280
    few = shares(NET, [*told, *seen, *[of(NET, End.NOBODY_KNOWS)] * 30])
    assert 70 <= few["call_isp"].helped <= 80  # no more than there were, and a few for the other silent ones


def test_steps_and_traces_that_no_version_of_this_knows_are_left_out() -> None:
    found = shares(CABLE, [*ended(CABLE, "of_a_later_version", count=9), *ended(CABLE, trace="clock_set", count=9)])
    assert sum(each.helped for each in found.values()) == 0


def test_a_case_is_made_as_the_terminal_counts_it() -> None:
    by = {"trace": "link_replugged", "step": None, "how": "seen", "confidence": 0.8}
    tried = ({"trace": "router_restarted", "step": None, "seconds": 60}, {"trace": None, "step": "plug_cable", "seconds": 90})
    told = ({"what": "did", "step": "plug_other_end", "helped": "yes"},)
    known = ("2026-01-31T08:00:00Z", "2026-01-31T08:10:00Z", CABLE, (CABLE,))
    seen, said = case("T-1", *known, by, tried), case("T-1", *known, by, tried, told)
    assert seen is not None and said is not None
    assert {(each.step, each.trace, each.helped) for each in seen.done} == {
        ("", "link_replugged", True),
        ("", "router_restarted", False),
        ("plug_cable", "", False),
    }
    assert [(each.step, each.told) for each in said.done if each.helped] == [("plug_other_end", True)]
    assert (seen.end, said.end) == (End.BY_A_STEP, End.BY_A_STEP)
    back = case("T-1", *known, {"trace": "line_recovered", "step": None, "how": "seen", "confidence": 0.8}, ())
    dark = case("T-1", *known, {}, ())
    assert back is not None and dark is not None
    assert (back.end, dark.end) == (End.BY_ITSELF, End.NOBODY_KNOWS)
    assert case("T-1", known[0], None, CABLE, (CABLE,), {}, ()) is None
