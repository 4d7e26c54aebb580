"""The terminal's clock where nobody gives it the time: a validating name server of its own refuses every name."""

from __future__ import annotations

from tests.lab.scenario import Scenario, double, fault, healthy
from tests.support.world import host_faults, own_files, questions

DAY = 86400
CLOCK, FAILING = "system.clock_wrong", "network.dns_failing"

SCENARIOS: tuple[Scenario, ...] = (
    fault("the clock is years slow, a validating name server on the terminal", CLOCK, own_files.validating, shift_s=-900 * DAY, fixed=True),
    fault("the clock is years fast, a validating name server on the terminal", CLOCK, own_files.validating, shift_s=900 * DAY),
    fault("the clock is a month fast, a validating name server on the terminal", CLOCK, own_files.validating, shift_s=30 * DAY),
    fault("a validating name server refuses everything, the clock is right", FAILING, own_files.validating),
    healthy("a validating name server on the terminal", lambda w: own_files.validating(w, refuses=False)),
    double("SERVFAIL for everything from the router, the clock years slow", (FAILING, CLOCK),
           lambda w: host_faults.dns_answers(w, questions.SERVFAIL), shift_s=-900 * DAY),
)  # fmt: skip
