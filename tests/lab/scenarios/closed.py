"""Private networks: the Internet is not expected, and one host of several, or the only one, is silent."""

from __future__ import annotations

from tests.lab.scenario import Scenario, fault, together
from tests.support.world import faults, host_faults, plan, shapes

APN = "private APN / internet down"
BOTH = {"gateways": "ab"}
_apn = shapes.closed_network(plan.GATEWAY_A, plan.GATEWAY_B)
SCENARIOS: tuple[Scenario, ...] = (
    fault("private APN, one gateway of two refuses", "system.gateway_down", together(_apn, host_faults.gateway_stopped), "degraded",
          world=BOTH, group=APN),
    fault("private APN, one gateway of two is silent", "network.gateway_blocked",
          together(_apn, lambda w: faults.rule(w.net, "early", f"ip daddr {plan.GATEWAY_A.v4} drop")), "degraded", world=BOTH, group=APN),
    fault("private APN, its only gateway refuses", "system.gateway_down",
          together(shapes.closed_network(plan.GATEWAY_A), host_faults.gateway_stopped), group=APN),
    fault("private APN, the certificate expired", "system.gateway_certificate_expired",
          together(shapes.closed_network(plan.GATEWAY_A), host_faults.certificate_expired), group=APN),
    fault("private APN, the cable is out", "operator.cable_unplugged", together(_apn, faults.cable_out), world=BOTH, group=APN),
    fault("private APN, the router is gone", "network.router_unreachable", together(_apn, faults.router_gone), world=BOTH, group=APN),
)  # fmt: skip
