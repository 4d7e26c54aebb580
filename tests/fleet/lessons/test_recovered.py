"""A made fleet whose truth is known: what of it the lessons say, and what a terminal's order by them is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.contract.experience import Tally
from agent.contract.lessons import SIZE_LIMIT, Lessons, lessons_from, taught
from agent.diagnosis.causes import Cause
from agent.fleet.lessons import making
from agent.fleet.lessons.gathering import gather
from agent.remedy.catalogue import StepTemplate, entry
from agent.remedy.ordering import movable, ordered
from tests.fleet.made.histories import BEGIN, DAY_S, Lives, Outage, Shares, Terms, lived

CABLE, NET, GATEWAY, PORT = "operator.cable_unplugged", "network.internet_down", "system.gateway_down", "system.port_renumbered"
SHARES: dict[str, Shares] = {
    CABLE: {"plug_cable": 0.1, "power_switch": 0.1, "plug_other_end": 0.6, "replace_cable": 0.2},
    NET: {"push_wan_cable": 0.3, "restart_modem_and_router": 0.3, "call_isp": 0.4},
    GATEWAY: {"wait_a_moment": 0.2, "call_acquirer": 0.7, "compare_host_and_port": 0.1},
}
A920: dict[str, Shares] = {CABLE: {"plug_cable": 0.8, "replace_cable": 0.2}}
OUTAGES = tuple(
    Outage(cause=NET, name="isp", value=f"isp-{'abcd'[number % 4]}", at=BEGIN + int((5 + 3.7 * number) * DAY_S)) for number in range(30)
)
NEAR = 0.08  # of the shares of a cause, half the sum of what they differ by (total variation)


def learnt(folder: Path, terms: Terms, seed: int = 1) -> tuple[Lives, making.Taught]:
    lives = lived(folder, terms, seed)
    found = gather([str(folder)])
    return lives, making.taught(found.cases, found.known, found.attributes, BEGIN + 200 * DAY_S)


def happened(lives: Lives, cause: str, *, apart: bool | None) -> Shares:
    """What ended those incidents; of the model that stands apart, of the others, or of all."""
    counts: dict[str, int] = {}
    for (code, model, step), count in lives.truth.items():
        if code == cause and (apart is None or apart == (model == "A920")):
            counts[step] = counts.get(step, 0) + count
    return {step: count / sum(counts.values()) for step, count in counts.items()}


def differ(truth: Shares, tallies: dict[str, Tally]) -> float:
    whole = sum(each.helped for each in tallies.values())
    names = truth.keys() | tallies.keys()
    return sum(abs(truth.get(name, 0.0) - tallies.get(name, Tally()).helped / whole) for name in names) / 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_truth_is_found_again_with_shared_faults_left_out_and_the_model_that_differs_apart(tmp_path: Path, seed: int) -> None:
    terms = Terms(shares=SHARES, otherwise={("model", "A920"): A920}, outages=OUTAGES, forms=("record", "printed", "bundle"))
    lives, found = learnt(tmp_path, terms, seed)
    assert abs(found.left_out - lives.together) <= 0.02 * lives.together
    by_place = {(each.cause, tuple(each.where.items())): each for each in found.learnt}
    assert by_place.keys() == {(CABLE, (("model", "A920"),)), *((cause, ()) for cause in SHARES)}
    assert differ(happened(lives, CABLE, apart=True), by_place[CABLE, (("model", "A920"),)].tallies) < NEAR
    for cause in SHARES:
        assert differ(happened(lives, cause, apart=False if cause == CABLE else None), by_place[cause, ()].tallies) < NEAR


def test_if_shared_faults_were_not_left_out_a_restart_would_seem_to_end_what_the_provider_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test above would not see, if it could not fail."""
    lived(tmp_path, Terms(shares=SHARES, outages=OUTAGES))
    found = gather([str(tmp_path)])

    def restarts() -> int:
        made = making.taught(found.cases, found.known, found.attributes, 0)
        return next(each.tallies for each in made.learnt if each.cause == NET)["restart_modem_and_router"].helped

    apart = restarts()
    monkeypatch.setattr(making, "together", lambda *_: [])
    assert restarts() > 3 * apart


def test_alike_fleets_have_no_groups(tmp_path: Path) -> None:
    for seed in range(6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        _, found = learnt(folder, Terms(shares=SHARES, terminals=150), seed)
        assert {str(each.where) for each in found.learnt} == {"{}"}
        assert found.left_out == 0


def test_an_order_by_them_is_near_the_best_there_is(tmp_path: Path) -> None:
    """Mean minutes until the step that ends the fault was tried: as the catalogue has it, by the lessons, and knowing the truth."""
    _, found = learnt(tmp_path, Terms(shares=SHARES, otherwise={("model", "A920"): A920}))
    for model, truth in (("A920", SHARES | A920), ("X5", SHARES)):
        tallies = taught(reread(found.lessons), {"model": model, "store": "S-1"})
        for cause, shares in truth.items():
            steps = [step for step in entry(Cause.of(cause)).steps if step.id in shares or not movable(step)]
            known = {step.id: Tally(1000, round(1000 * shares.get(step.id, 0))) for step in steps}
            usual = minutes(steps, shares)
            best = minutes(ordered(steps, known, {}, paying=False), shares)
            got = minutes(ordered(steps, {}, tallies[Cause.of(cause)], paying=False), shares)
            assert got <= usual * 1.001
            assert got <= best * 1.1


def minutes(steps: list[StepTemplate], shares: Shares) -> float:
    spent, mean = 0.0, 0.0
    for step in steps:
        spent += step.minutes
        mean += shares.get(step.id, 0.0) * spent
    return mean


def reread(lessons: Lessons) -> Lessons:
    return lessons_from(making.content(lessons))


def test_what_the_fleet_has_now_is_said(tmp_path: Path) -> None:
    _, found = learnt(tmp_path, Terms(shares=SHARES, terminals=20))
    assert (found.lessons.agent_version, found.lessons.config_hash) == ("0.1.0", "c" * 16)
    assert reread(found.lessons) == found.lessons


def test_one_terminal_that_makes_its_record_up_teaches_no_fleet(tmp_path: Path) -> None:
    lived(tmp_path, Terms(shares={CABLE: {"plug_cable": 1.0}}, terminals=60, itself=0.0, told=1.0, forms=("printed",)))
    found = gather([str(tmp_path)])
    honest = len(found.cases)
    lie = next(case for case in found.cases if case.done[0].step == "plug_cable")
    done = (making_done("call_technician"),)
    from msgspec.structs import replace

    cases = [*found.cases, *(replace(lie, began=BEGIN + number, until=BEGIN + number + 1, done=done) for number in range(5000))]
    (cable,) = [each for each in making.taught(cases, {}, found.attributes, 0).learnt if each.cause == CABLE and not each.where]
    assert honest > 150
    assert cable.tallies["call_technician"].helped <= making.MOST_OF_ONE + honest * 0.1
    assert cable.tallies["plug_cable"].helped >= honest - making.MOST_OF_ONE


def making_done(step: str):  # type: ignore[no-untyped-def]
    from agent.fleet.lessons.cases import Done

    return Done(CABLE, step, "", helped=True, told=True)


def test_the_file_is_no_larger_than_terminals_take(tmp_path: Path) -> None:
    _, found = learnt(tmp_path, Terms(shares=SHARES, otherwise={("model", "A920"): A920}))
    whole = len(making.content(found.lessons))
    assert whole <= SIZE_LIMIT
    gathered = gather([str(tmp_path)])
    small = making.taught(gathered.cases, gathered.known, gathered.attributes, 0, limit=whole // 2)
    assert 0 < len(making.content(small.lessons)) <= whole // 2
    assert small.cut > 0
    assert len(small.lessons.steps) < len(found.lessons.steps)
