"""Every scenario of the lab, one file a part of the path."""

from __future__ import annotations

from tests.lab.scenario import Scenario
from tests.lab.scenarios import (
    accounts,
    addresses,
    certificates,
    closed,
    doubles,
    half_works,
    healthy,
    healthy_more,
    hosts,
    internet,
    links,
    machine,
    misled,
    names,
    own_clock,
    own_names,
    own_network,
    own_side,
    passing,
    quality,
    serial,
    told_apart,
    trust,
    unusual,
    unusual_hosts,
    ways,
)

PLAYED_ONCE: tuple[Scenario, ...] = (
    *links.SCENARIOS,
    *addresses.SCENARIOS,
    *names.SCENARIOS,
    *internet.SCENARIOS,
    *quality.SCENARIOS,
    *closed.SCENARIOS,
    *hosts.SCENARIOS,
    *certificates.SCENARIOS,
    *accounts.SCENARIOS,
    *serial.SCENARIOS,
    *machine.SCENARIOS,
    *own_side.SCENARIOS,
    *healthy.SCENARIOS,
    *healthy_more.SCENARIOS,
    *doubles.SCENARIOS,
    *unusual.SCENARIOS,
    *unusual_hosts.SCENARIOS,
    *misled.SCENARIOS,
    *told_apart.SCENARIOS,
    *trust.SCENARIOS,
    *ways.SCENARIOS,
    *own_names.SCENARIOS,
    *own_clock.SCENARIOS,
    *own_network.SCENARIOS,
    *half_works.SCENARIOS,
)
PASSING: tuple[Scenario, ...] = passing.SCENARIOS
SCENARIOS = (*PLAYED_ONCE, *PASSING)
