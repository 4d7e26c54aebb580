"""Looks that come sooner than planned, as events call for them: they are news, they confirm nothing, and they hold nothing up."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from agent.diagnosis.model import Diagnosis, State
from agent.examination.result import Examination
from agent.settings.load import load
from tests.support.clocks import SetClock
from tests.support.patience import PATIENCE_S
from tests.support.staged import Stage, cycle_of, diagnosis, examination

OK, OUT = diagnosis(State.OK), diagnosis(State.OUTAGE, Cause.CABLE_UNPLUGGED)
DNS = diagnosis(State.OUTAGE, Cause.DNS_UNREACHABLE)


class Watched:
    """A daemon's cycle whose looks come when the test says so."""

    def __init__(self, folder: Path, **agent: float) -> None:
        self.stage = Stage(folder, **({"interval_s": 60, "retry_s": 5} | agent))
        loaded = load(str(self.stage.config))
        self.clock, self.next_at, self.sees = SetClock(0.0), float("inf"), OK
        self.cycle = cycle_of(loaded, self.examine, self.clock, remaining_s=60.0, sooner=self.sooner)

    def examine(self, *_: object, **__: object) -> Examination:
        return examination(self.sees)

    def sooner(self, delay_s: float) -> None:
        self.next_at = min(self.next_at, self.clock.now + delay_s)

    def look(self, at: float, sees: Diagnosis) -> State:
        self.clock.now, self.sees, self.next_at = at, sees, float("inf")
        self.cycle.examine_once()
        assert self.cycle.wait(PATIENCE_S)
        return self.cycle.state


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    made = Watched(tmp_path)
    assert made.look(0, OK) is State.OK
    return made


def test_a_storm_of_events_confirms_nothing_sooner_and_nothing_later(watched: Watched) -> None:
    assert [watched.look(at, OUT) for at in (100, 102, 104)] == [State.OK] * 3
    assert watched.look(106, OUT) is State.OUTAGE


def test_a_link_that_flaps_keeps_its_state(watched: Watched) -> None:
    assert {watched.look(100.0 + at, (OUT, OK)[at % 2]) for at in range(20)} == {State.OK}


def test_a_look_too_soon_leaves_the_next_one_where_it_was_planned(watched: Watched) -> None:
    watched.look(100, OUT)
    planned = watched.next_at
    assert 105 <= planned <= 107.5
    watched.look(103, OUT)
    assert watched.next_at == pytest.approx(planned)
    assert watched.look(planned, OUT) is State.OUTAGE


def test_a_storm_does_not_keep_a_new_cause_from_the_log(watched: Watched) -> None:
    watched.look(100, OUT)
    watched.look(105, OUT)
    for at in (110, 112, 114, 116):
        watched.look(at, DNS)
    assert watched.stage.told() == ["ok", "outage", "outage"]


@pytest.mark.parametrize(("confirm", "confirmed_at"), [(1, 100), (2, 106), (3, 112)])
def test_each_look_that_counts_comes_a_pause_after_the_one_before(tmp_path: Path, confirm: int, confirmed_at: int) -> None:
    watched = Watched(tmp_path, confirm=confirm)
    watched.look(0, OK)
    assert next(at for at in range(100, 200, 2) if watched.look(at, OUT) is State.OUTAGE) == confirmed_at


def test_a_pause_longer_than_the_interval_holds_up_no_cycle(tmp_path: Path) -> None:
    watched = Watched(tmp_path, interval_s=10, retry_s=60)
    watched.look(0, OK)
    assert [watched.look(at, OUT) for at in (9.5, 19)] == [State.OK, State.OUTAGE]
