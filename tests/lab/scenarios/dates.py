"""Days by which something has to be done: near, over, and days about which there is nothing to be said."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.lab.scenario import Make, Scenario, fault, healthy
from tests.support.world import World

DAY = 86400
DUE, PASSED, CLOCK = "operator.date_due", "operator.date_passed", "system.clock_wrong"


def in_days(days: int, **more: Any) -> Make:
    """A date of the configuration, so many days from the day on which it is played."""

    def make(w: World) -> None:
        w.config["date"] = [{"name": "Contract", "due": date.today() + timedelta(days=days), **more}]

    return make


SCENARIOS: tuple[Scenario, ...] = (
    fault("a contract ends in a week", DUE, in_days(7, kind="contract"), "ok", fixed=True),
    fault("a fee is debited every month, in three days again", DUE, in_days(-3 * 28 + 3, kind="fee", every="4 weeks"), "ok"),
    fault("the keys are due today", DUE, in_days(0, kind="keys", owner="technician"), "ok"),
    fault("a contract ended a week ago", PASSED, in_days(-7, kind="contract"), "ok", fixed=True),
    fault("the SIM plan ended yesterday", PASSED, in_days(-1, kind="sim_plan"), "ok"),
    fault("a licence ended years ago", PASSED, in_days(-900, kind="licence"), "ok"),
    fault("a contract ended by a clock that is years fast", CLOCK, in_days(300, kind="contract"), "degraded|outage", shift_s=900 * DAY),
    healthy("a date a month ahead, and one that came again yesterday",
            lambda w: w.config.update(date=[{"name": "Contract", "due": date.today() + timedelta(days=30)},
                                            {"name": "Fee", "due": date.today() - timedelta(days=31), "every": "30 days"}])),
)  # fmt: skip
