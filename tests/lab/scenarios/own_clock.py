"""The terminal's clock where nobody gives it the time: a validating name server of its own refuses every name."""

from __future__ import annotations

from tests.lab.scenario import Make, Scenario, double, fault, healthy
from tests.support.world import acquirers, host_faults, own_files, questions

DAY = 86400
CLOCK, FAILING = "system.clock_wrong", "network.dns_failing"


def refuses(status: int, *, by_its_own_clock: float = 0.0) -> Make:
    """A host that wants each request signed with its time."""
    return acquirers.endpoint(status, headers={"skew_s": by_its_own_clock})


SCENARIOS: tuple[Scenario, ...] = (
    fault("the clock is years slow, a validating name server on the terminal", CLOCK, own_files.validating, shift_s=-900 * DAY, fixed=True),
    fault("the clock is years fast, a validating name server on the terminal", CLOCK, own_files.validating, shift_s=900 * DAY),
    fault("the clock is a month fast, a validating name server on the terminal", CLOCK, own_files.validating, shift_s=30 * DAY),
    fault("a validating name server refuses everything, the clock is right", FAILING, own_files.validating),
    fault("the clock is a day fast, the host refuses what is signed at another time", CLOCK, refuses(401), shift_s=DAY, fixed=True),
    fault("the clock is a week slow, the host forbids what is signed at another time", CLOCK, refuses(403), shift_s=-7 * DAY),
    fault("the clock is ten minutes fast, the host refuses one-time codes", CLOCK, refuses(401), shift_s=600),
    fault("the host wants a sign-in, its own clock is wrong", "operator.sign_in_required", refuses(401, by_its_own_clock=-DAY)),
    fault("the clock is 340 days fast: no certificate ends soon", CLOCK, lambda w: host_faults.certificate(w, days=350), "degraded",
          shift_s=340 * DAY),
    healthy("a validating name server on the terminal", lambda w: own_files.validating(w, refuses=False)),
    double("SERVFAIL for everything from the router, the clock years slow", (FAILING, CLOCK),
           lambda w: host_faults.dns_answers(w, questions.SERVFAIL), shift_s=-900 * DAY),
)  # fmt: skip
