"""A fleet does not call at one moment: first looks after a start are spread, looks in haste vary, a host that stands still is spared."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.daemon import pace
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import Diagnosis, State
from agent.examination.result import Examination
from agent.settings.load import load
from probes.model import Check, Layer, Outcome, Symptom
from probes.model.facts import GatewayFacts
from tests.sim import herd
from tests.support.clocks import SetClock
from tests.support.documented import ROOT
from tests.support.patience import PATIENCE_S
from tests.support.staged import Stage, cycle_of, diagnosis, examination

FLEET = 10_000


def test_each_terminal_has_its_own_moment_the_same_at_each_start() -> None:
    offsets = [pace.start_offset_s(f"T-{number}", 30) for number in range(FLEET)]
    assert offsets == [pace.start_offset_s(f"T-{number}", 30) for number in range(FLEET)]
    by_second = [sum(int(offset) == second for offset in offsets) for second in range(30)]
    assert sum(by_second) == FLEET
    assert max(by_second) < 1.25 * FLEET / 30


@pytest.mark.parametrize(
    ("running_s", "spread_s", "waits"),
    [(20.0, 30.0, True), (299.0, 30.0, True), (300.0, 30.0, False), (1e6, 30.0, False), (20.0, 0.0, False)],
)
def test_only_a_machine_that_has_just_started_waits(running_s: float, spread_s: float, waits: bool) -> None:
    at = pace.first_look_at(running_s, "T-1", spread_s)
    assert (at > running_s) is waits
    assert at <= running_s + spread_s


def test_looks_in_haste_vary_and_come_ever_later() -> None:
    assert [pace.retry_after_s(5, row, 2, 0.0) for row in (1, 2, 3, 4)] == [5, 10, 20, 40]
    assert [pace.retry_after_s(5, row, 3, 0.0) for row in (1, 2, 3, 4)] == [5, 5, 10, 20]
    assert [pace.retry_after_s(5, 1, 2, roll) for roll in (0.0, 0.5, 1.0)] == [5, 6.25, 7.5]
    assert pace.retry_after_s(5, 1, 2, 0.0, stalled=True) == 10
    assert pace.retry_after_s(5, 10_000, 1, 0.0) <= 5 * 2**10


@pytest.mark.parametrize(
    ("symptom", "stalls"), [(Symptom.TLS_STALLED, True), (Symptom.SILENT, True), (Symptom.REFUSED, False), (Symptom.TIMEOUT, False)]
)
def test_a_host_that_takes_connections_and_stands_still_is_given_time(symptom: Symptom, stalls: bool) -> None:
    assert pace.stalls((gateway(Outcome.FAIL, symptom),)) is stalls


def test_what_the_host_sees_of_a_fleet() -> None:
    """As docs/herd.md tells it."""
    for host in herd.HOSTS:
        then, now = (herd.fleet(host, rules, started=True, terminals=FLEET) for rules in (herd.BEFORE, herd.NOW))
        each = herd.most_within(now)
        assert herd.most_per_s(then) > 0.4 * FLEET
        assert herd.most_per_s(now) < 1.3 * each * FLEET / 30
        assert herd.most_within(herd.fleet(host, herd.NOW, started=False, terminals=FLEET)) <= (6 if host.silent else 2)
    stalled = herd.fleet(herd.STALLS, herd.BEFORE, started=False, terminals=FLEET)
    assert herd.most_within(stalled) == 4
    at_once = herd.fleet(herd.HEALTHY, herd.NOW, started=True, terminals=FLEET, spread_s=0)
    assert herd.most_per_s(at_once) > 0.4 * FLEET


def test_the_document_has_the_tables_of_the_simulation() -> None:
    page = (ROOT / "docs/herd.md").read_text(encoding="utf-8")
    assert herd.table(FLEET) in page
    assert herd.by_second(FLEET) in page


def gateway(outcome: Outcome, symptom: Symptom | None = None) -> Check[GatewayFacts]:
    return Check(id="gateway:a", layer=Layer.GATEWAY, target="gw", outcome=outcome, symptom=symptom, facts=GatewayFacts())


class Started:
    """A daemon's cycle whose looks come when the test says so, on a machine that has just started."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(folder, interval_s=60, retry_s=5)
        self.clock, self.next_at = SetClock(20.0), float("inf")
        self.begin()

    def begin(self) -> None:
        self.cycle = cycle_of(load(str(self.stage.config)), self.examine, self.clock, remaining_s=60.0, sooner=self.sooner)

    def examine(self, *_: object, **__: object) -> Examination:
        return replace(examination(self.sees, checks=self.checks), held=self.held)

    def sooner(self, delay_s: float) -> None:
        self.next_at = min(self.next_at, self.clock.now + delay_s)

    def look(self, sees: Diagnosis, *checks: Check[GatewayFacts], held: bool = False) -> State:
        self.sees, self.checks, self.held, self.next_at = sees, checks, held, float("inf")
        self.cycle.examine_once()
        assert self.cycle.wait(PATIENCE_S)
        return self.cycle.state


OK, UNTOLD = diagnosis(State.OK), diagnosis(State.UNKNOWN)
PULLED = diagnosis(State.OUTAGE, Cause.CABLE_UNPLUGGED)


def test_what_was_found_without_gateways_is_shown_and_counts_for_nothing(tmp_path: Path) -> None:
    started = Started(tmp_path)
    assert started.look(UNTOLD, held=True) is State.UNKNOWN
    assert started.stage.status()["state"] == "unknown", "the status file comes at once"
    assert started.next_at < 21, "gateways are looked at as soon as they may be, and not a cycle later"
    assert started.look(UNTOLD, held=True) is State.UNKNOWN, "an event begins a look as well"
    assert started.look(OK) is State.OK, "the first look at everything counts at once"
    assert started.stage.told() == ["ok"]


def test_a_state_that_goes_on_over_a_start_keeps_its_beginning(tmp_path: Path) -> None:
    started = Started(tmp_path)
    started.look(OK)
    since = started.stage.status()["since"]
    started.clock.ahead += 30
    started.begin()
    started.look(UNTOLD, held=True)
    started.look(OK)
    assert started.stage.status()["since"] == since
    assert len(started.stage.entries()) == 1


def test_a_fault_of_the_terminal_itself_is_told_before_gateways_are_looked_at(tmp_path: Path) -> None:
    started = Started(tmp_path)
    assert started.look(PULLED, held=True) is State.OUTAGE
    assert len(started.stage.entries()) == 1
    assert started.look(OK) is State.OUTAGE, "and its end is confirmed as ever"


def test_a_look_at_a_host_that_stands_still_is_repeated_later(tmp_path: Path) -> None:
    started = Started(tmp_path)
    started.look(OK)
    for check, least, most in ((gateway(Outcome.FAIL, Symptom.REFUSED), 5, 7.5), (gateway(Outcome.FAIL, Symptom.TLS_STALLED), 10, 15)):
        started.clock.now += 1000
        began = started.clock.now
        assert started.look(diagnosis(State.OUTAGE, Cause.GATEWAY_DOWN), check) is State.OK
        assert least <= started.next_at - began <= most
        started.look(OK)
