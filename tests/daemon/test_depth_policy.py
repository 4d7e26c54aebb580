"""How much each examination looks at, over minutes and months that pass on a clock of the test's own."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.daemon.data_budget import MB, DataBudget
from agent.daemon.depth_policy import DepthPolicy
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.examination.light_examination import LightExamination
from agent.examination.result import Examination
from agent.settings.model import AgentSettings, Settings
from probes.model import Check, Layer, Outcome, Symptom
from probes.model.facts import GatewayFacts
from probes.settings import Gateway, GatewayProtocol
from tests.support.clocks import SetClock
from tests.support.staged import diagnosis, examination

GATEWAY = Gateway(name="a", host="gw.example", port=8583, protocol=GatewayProtocol.TLS)
REACH_BYTES, DEEP_BYTES, COMPLETE_BYTES = 224, 3600, 7000


WELL = examination(diagnosis(State.OK))
BROKEN = examination(diagnosis(State.OUTAGE, Cause.GATEWAY_BLOCKED))


class Months:
    """A terminal to which nothing happens but what the test says."""

    def __init__(self, folder: Path, *, budget_mb: int, gateways: int = 1) -> None:
        self.clock, self.budget_mb, self.gateways = SetClock(), budget_mb, gateways
        settings = Settings(agent=AgentSettings(interval_s=60), gateway=[replace(GATEWAY, name=f"g{n}") for n in range(gateways)])
        self.budget = DataBudget(str(folder), self.clock)
        self.policy = DepthPolicy(settings, self.budget, self.clock)
        self.seen_at = ""
        self.spent = 0
        self.looks: list[tuple[float, str]] = []
        self.trouble = False

    def one(self, *, settled: bool = True) -> str:
        light = self.policy.next(settled=settled)
        look = "complete" if light is None else light.gateways.value
        self.looks.append((self.clock.now, look))
        self.policy.took(self._examined(light, look))
        self.clock.now += min(60.0, self.policy.sooner() or 60.0)
        return look

    def _examined(self, light: LightExamination | None, look: str) -> Examination:
        if look in ("complete", "full"):
            self.seen_at = str(self.clock.now)
        symptom = {"outcome": Outcome.FAIL, "symptom": Symptom.TIMEOUT} if self.trouble else {"outcome": Outcome.PASS}
        check = Check(id="gateway:g0", layer=Layer.GATEWAY, target="gw", observed_at=self.seen_at, facts=GatewayFacts(), **symptom)
        bytes_ = {"complete": COMPLETE_BYTES, "full": DEEP_BYTES, "reach": REACH_BYTES, "none": 0}[look] * self.gateways
        self.spent += bytes_
        return replace(
            BROKEN if self.trouble else WELL,
            checks=(check,),
            seen=(check,),
            complete=light is None,
            uplink="wwan0",
            budgets={"wwan0": self.budget_mb} if self.budget_mb else {},
            spent={"wwan0": bytes_},
        )

    def last(self, *looks: str) -> list[float]:
        return [at for at, look in self.looks if look in looks]


@pytest.mark.parametrize(("budget_mb", "gateways"), [(10, 1), (1, 2)])
def test_a_month_stays_within_its_budget(tmp_path: Path, budget_mb: int, gateways: int) -> None:
    months = Months(tmp_path, budget_mb=budget_mb, gateways=gateways)
    began = months.clock.now
    while months.clock.now < began + 30 * 86400:
        months.one()
    assert 0.3 * budget_mb * MB < months.spent <= budget_mb * MB
    if (budget_mb, gateways) == (10, 1):
        contacts = months.last("complete", "full", "reach")
        assert max(b - a for a, b in itertools.pairwise(contacts)) <= 152
        answers = months.last("complete", "full")
        assert max(b - a for a, b in itertools.pairwise(answers)) <= 3300


def test_a_month_of_unrest_stays_within_its_budget_too(tmp_path: Path) -> None:
    months = Months(tmp_path, budget_mb=10)
    began = months.clock.now
    while months.clock.now < began + 30 * 86400:
        months.one(settled=int(months.clock.now / 600) % 2 == 0)
    assert months.spent <= 10 * MB


def test_an_outage_is_looked_at_ever_more_rarely(tmp_path: Path) -> None:
    months = Months(tmp_path, budget_mb=10)
    months.trouble = True
    began = months.clock.now
    while months.clock.now < began + 6 * 3600:
        months.one()
    times = months.last("complete")
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert gaps[0] <= 360
    assert gaps[-1] > 1800
    contacts = months.last("complete", "full", "reach")
    assert max(b - a for a, b in itertools.pairwise(contacts)) <= 152, "that it is over is noticed soon"


def test_where_nothing_is_metered_gateways_are_asked_every_cycle_and_all_else_every_few(tmp_path: Path) -> None:
    months = Months(tmp_path, budget_mb=0)
    looks = [months.one() for _ in range(16)]
    assert looks == (["complete"] + ["full"] * 4) * 3 + ["complete"]
    assert months.one(settled=False) == "complete", "a change is confirmed by complete examinations only"
    months.policy.forget()
    assert months.one() == "complete"


def test_use_is_counted_by_month_and_kept_over_a_restart(tmp_path: Path) -> None:
    clock = SetClock(1_780_000_000.0)  # 28 May 2026
    budget = DataBudget(str(tmp_path), clock)
    budget.spend({"wwan0": 1000, "eth0": 5}, {"wwan0": 10})
    clock.now += 60
    budget.spend({"wwan0": 500}, {"wwan0": 10})
    budget.keep(at_once=True)
    again = DataBudget(str(tmp_path), clock)
    (entry,) = again.entries()
    assert (entry.interface, entry.month, entry.used_bytes, entry.budget_bytes) == ("wwan0", "2026-05", 1500, 10_000_000)
    clock.now = 1_780_000_000.0 + 10 * 86400
    again.spend({"wwan0": 7}, {"wwan0": 10})
    assert [(e.month, e.used_bytes) for e in again.entries()] == [("2026-06", 7)]


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b'{"uplinks": {"a": 1}}', b"\xff" * 70_000])
def test_a_damaged_record_counts_as_nothing_spent(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "data-use.json").write_bytes(garbage)
    assert DataBudget(str(tmp_path), SetClock()).entries() == ()


def test_a_record_that_is_no_file_of_its_own_counts_as_nothing_spent(tmp_path: Path) -> None:
    clock = SetClock()
    elsewhere = DataBudget(str(tmp_path / "elsewhere"), clock)
    elsewhere.spend({"wwan0": 5}, {"wwan0": 10})
    elsewhere.keep()
    (tmp_path / "data-use.json").symlink_to(tmp_path / "elsewhere" / "data-use.json")
    assert DataBudget(str(tmp_path), clock).entries() == ()
    (tmp_path / "data-use.json").unlink()
    os.mkfifo(tmp_path / "data-use.json")
    assert DataBudget(str(tmp_path), clock).entries() == ()


def test_a_clock_set_back_lets_nothing_grow(tmp_path: Path) -> None:
    clock = SetClock(1_780_000_000.0)
    budget = DataBudget(str(tmp_path), clock)
    budget.spend({"wwan0": 790_000}, {"wwan0": 10})
    clock.now = 1_700_000_000.0
    assert not budget.affords("wwan0", 10, 50_000)
    budget.spend({"wwan0": 0}, {"wwan0": 10})
    clock.now += 60
    assert not budget.affords("wwan0", 10, 50_000)
    clock.now = 1_700_000_000.0 + 6 * 3600
    assert budget.affords("wwan0", 10, 50_000)
