"""How much each examination looks at, over minutes and months that pass on a clock of the test's own."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.daemon.data_budget import MB, DataBudget
from agent.daemon.depth_policy import DepthPolicy, redated
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.examination.light_examination import LightExamination
from agent.examination.result import Examination
from agent.settings.model import AgentSettings, Settings
from probes.model import Check, Layer, Outcome, Symptom
from probes.model.facts import GatewayFacts, NtpFacts
from probes.settings import Gateway, GatewayProtocol
from tests.support.clocks import SetClock
from tests.support.staged import diagnosis, examination

GATEWAY = Gateway(name="a", host="gw.example", port=8583, protocol=GatewayProtocol.TLS)
REACH_BYTES, DEEP_BYTES, COMPLETE_BYTES = 224, 3600, 7000


WELL = examination(diagnosis(State.OK))
BROKEN = examination(diagnosis(State.OUTAGE, Cause.GATEWAY_BLOCKED))


class Months:
    """A terminal to which nothing happens but what the test says."""

    def __init__(self, folder: Path, *, budget_mb: int, gateways: int = 1, interval_s: int = 60) -> None:
        self.clock, self.budget_mb, self.gateways = SetClock(), budget_mb, gateways
        settings = Settings(agent=AgentSettings(interval_s=interval_s), gateway=[replace(GATEWAY, name=f"g{n}") for n in range(gateways)])
        self.budget = DataBudget(str(folder), self.clock)
        self.policy = DepthPolicy(settings, self.budget, self.clock)
        self.seen_at = ""
        self.spent = 0
        self.looks: list[tuple[float, str]] = []
        self.trouble = False
        self.interval_s = interval_s
        self.backup: dict[str, int] = {}  # its budget

    def one(self, *, settled: bool = True) -> str:
        light = self.policy.next(settled=settled)
        look = "complete" if light is None else light.gateways.value
        self.looks.append((self.clock.now, look))
        self.policy.took(self._examined(light, look))
        self.clock.now += min(self.interval_s, self.policy.sooner() or self.interval_s)
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
            uplink="wwan0" if self.budget_mb else "eth0",
            budgets={"wwan0": self.budget_mb} if self.budget_mb else self.backup,
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
    months.policy.clock_moved(3600.0)
    assert months.one() == "complete"


def test_in_the_first_hour_after_an_incident_it_looks_more_often_and_sends_no_message_more(tmp_path: Path) -> None:
    months = Months(tmp_path, budget_mb=0)
    months.policy.watch([Cause.CABLE_UNPLUGGED])
    began = months.clock.now
    while months.clock.now < began + 3600:
        months.one()
    looks = [look for _, look in months.looks]
    assert looks[:8] == ["complete", "reach", "full", "reach"] * 2
    assert 114 <= len(looks) <= 127
    deep = months.last("complete", "full")
    assert min(later - earlier for earlier, later in itertools.pairwise(deep)) >= 57, "as rarely as ever, with what cycles vary by"
    assert len({later - earlier for earlier, later in itertools.pairwise(deep)}) > 20, "and spread as ever"
    months.policy.watch([])
    months.looks.clear()
    assert [months.one() for _ in range(6)].count("reach") == 0


@pytest.mark.parametrize("cause", [Cause.GATEWAY_DOWN, Cause.INDETERMINATE, None])
def test_a_host_that_has_just_recovered_is_met_no_more_often(tmp_path: Path, cause: Cause | None) -> None:
    months = Months(tmp_path, budget_mb=0)
    months.policy.watch([Cause.CABLE_UNPLUGGED, cause])
    assert [months.one() for _ in range(8)] == ["complete", "none", "full", "none"] * 2


@pytest.mark.parametrize(("budget_mb", "interval_s"), [(10, 60), (0, 15)])
def test_a_metered_line_and_a_short_interval_are_looked_at_as_ever(tmp_path: Path, budget_mb: int, interval_s: int) -> None:
    looks = []
    for name, ended in (("before", []), ("after", [Cause.CABLE_UNPLUGGED])):
        (tmp_path / name).mkdir()
        months = Months(tmp_path / name, budget_mb=budget_mb, interval_s=interval_s)
        months.policy.watch(ended)
        began = months.clock.now
        while months.clock.now < began + 3600:
            months.one()
        looks.append(months.looks)
    assert looks[0] == looks[1]


def test_a_backup_line_with_a_budget_is_tried_no_more_often(tmp_path: Path) -> None:
    months = Months(tmp_path, budget_mb=0)
    months.backup = {"wwan0": 10}
    months.policy.watch([Cause.CABLE_UNPLUGGED])
    assert [months.one() for _ in range(9)] == ["complete", "reach", *["full", "reach"] * 3, "full"]


def test_a_clock_set_back_and_forth_costs_no_more_than_one_that_stands_still(tmp_path: Path) -> None:
    """Once an hour at most is it a reason to look at everything, over a metered line."""
    spent: list[tuple[int, int]] = []
    for name, by in (("still", 0.0), ("set", 86400.0)):
        (tmp_path / name).mkdir()
        months = Months(tmp_path / name, budget_mb=10)
        began = months.clock.now
        while months.clock.now < began + 2 * 3600:
            months.one()
            if by:
                months.clock.ahead += by
                months.policy.clock_moved(by)
                by = -by
        spent.append((len(months.last("complete")), len(months.last("complete", "full", "reach"))))
    assert spent[0][0] == 1
    assert spent[1][0] <= 4
    assert spent[1][1] <= spent[0][1] + 3


def test_where_nothing_is_metered_a_clock_set_back_and_forth_is_looked_at_once_an_interval(tmp_path: Path) -> None:
    months = Months(tmp_path, budget_mb=0)
    months.one()
    months.policy.clock_moved(5.0)
    assert months.policy.anew_in() == 0
    assert months.one() == "complete"
    months.clock.now -= 55
    months.policy.clock_moved(-5.0)
    assert months.policy.anew_in() == pytest.approx(55)


def test_what_was_seen_is_dated_by_the_clock_as_it_is_now() -> None:
    seen = Check(id="x", layer=Layer.GATEWAY, target="", outcome=Outcome.PASS, observed_at="2026-05-01T00:00:00.000Z", facts=GatewayFacts())
    dated = replace(seen, facts=GatewayFacts(date_skew_s=-3600.0))
    assert redated(seen, 60.0) == replace(seen, observed_at="2026-05-01T00:01:00.000Z")
    assert redated(dated, 3600.0).facts == GatewayFacts(date_skew_s=0.0)
    assert redated(replace(seen, facts=NtpFacts(skew_s=1.0)), -5.0).facts == NtpFacts(skew_s=-4.0)


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
    for later_s, month, used in ((10 * 86400, "2026-06", 7), (0, "2026-05", 1507), (10 * 86400, "2026-06", 14)):
        clock.ahead = later_s
        again.spend({"wwan0": 7}, {"wwan0": 10})
        assert [(e.month, e.used_bytes) for e in again.entries()] == [(month, used)], "a clock set back and forth loses no count"


@pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b'{"uplinks": {"a": 1}}', b"\xff" * 70_000])
def test_a_damaged_record_leaves_nothing_to_spend_but_what_grows(tmp_path: Path, garbage: bytes) -> None:
    assert DataBudget(str(tmp_path), SetClock()).affords("wwan0", 10, 700_000), "a missing one is a new terminal's"
    (tmp_path / "data-use.json").write_bytes(garbage)
    clock = SetClock(100.0)
    budget = DataBudget(str(tmp_path), clock)
    assert budget.entries() == ()
    assert not budget.affords("wwan0", 10, 1)
    budget.spend({}, {"wwan0": 10})
    clock.now += 3600
    assert budget.affords("wwan0", 10, 11_000)
    assert not budget.affords("wwan0", 10, 12_000)


def test_a_record_that_is_no_file_of_its_own_cannot_be_believed(tmp_path: Path) -> None:
    clock = SetClock()
    elsewhere = DataBudget(str(tmp_path / "elsewhere"), clock)
    elsewhere.spend({"wwan0": 5}, {"wwan0": 10})
    elsewhere.keep()
    (tmp_path / "data-use.json").symlink_to(tmp_path / "elsewhere" / "data-use.json")
    assert not DataBudget(str(tmp_path), clock).affords("wwan0", 10, 1)
    (tmp_path / "data-use.json").unlink()
    os.mkfifo(tmp_path / "data-use.json")
    assert not DataBudget(str(tmp_path), clock).affords("wwan0", 10, 1)


def test_the_allowance_grows_with_the_time_that_the_machine_runs_wherever_the_clock_is_set(tmp_path: Path) -> None:
    clock = SetClock(1_780_000_000.0)
    budget = DataBudget(str(tmp_path), clock)
    budget.spend({"wwan0": 790_000}, {"wwan0": 10})
    for set_by in (-8e7, 8e7, -1.7e9, 1e9, 86400.0, -86400.0):
        clock.ahead += set_by
        assert not budget.affords("wwan0", 10, 50_000)
        budget.spend({"wwan0": 0}, {"wwan0": 10})
        clock.now += 60
        assert not budget.affords("wwan0", 10, 50_000)
    clock.now += 6 * 3600
    assert budget.affords("wwan0", 10, 50_000)


@pytest.mark.parametrize("clock_by_s", [-86400.0, 0.0, 86400.0 * 30])
def test_starts_in_a_row_spend_no_more_than_one(tmp_path: Path, clock_by_s: float) -> None:
    """Each looks at everything, and is ended by the next power cut; what it spent is on record."""
    clock = SetClock(1_780_000_000.0)
    began, boots = DataBudget(str(tmp_path), clock, "boot-0"), 60
    began.spend({"wwan0": 0}, {"wwan0": 10})
    began.keep()
    for number in range(1, boots + 1):
        clock.now, clock.ahead = 60.0, clock.wall() + clock_by_s - 60.0
        budget = DataBudget(str(tmp_path), clock, f"boot-{number}")
        budget.spend({"wwan0": 12_000}, {"wwan0": 10})
        assert budget.due
        budget.keep()
        assert not budget.due
        budget.spend({"wwan0": 500}, {"wwan0": 10})
        assert not budget.due, "the flash is spared"
    last = DataBudget(str(tmp_path), clock, f"boot-{boots}")
    left = 800_000 - boots * 12_000 + boots * 60 * 8.4e6 / (30 * 86400)
    assert last.affords("wwan0", 10, left - 500)
    assert not last.affords("wwan0", 10, left + 1)


def test_much_that_was_spent_is_written_down_at_once(tmp_path: Path) -> None:
    budget = DataBudget(str(tmp_path), SetClock())
    budget.spend({"wwan0": 10}, {"wwan0": 10})
    budget.keep()
    budget.spend({"wwan0": 99_000}, {"wwan0": 10})
    assert not budget.due
    budget.spend({"wwan0": 2_000}, {"wwan0": 10})
    assert budget.due
