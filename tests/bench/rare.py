"""What the packets cost that an uplink with a budget sees too rarely for a part of an hour to hold them."""

from __future__ import annotations

from dataclasses import dataclass

from agent.daemon.cadence import COMPLETE_S, DEEP_S
from tests.bench import usage
from tests.bench.load import acquirer_in
from tests.world import netns, plan
from tests.world.world import World

_ONE_GATEWAY = """
import sys
from agent.settings.load import load
from probes import gateway
from probes.deadline import Deadline
from probes.edge.names import Lookup
from probes.edge.turn import Free
check = gateway.probe(load(sys.argv[1]).settings.gateway[0], Lookup(servers=(sys.argv[2],)), None, Free(), Deadline(5))
sys.exit(0 if check.facts.get("depth") == "app" else f"{check.symptom}")
"""
_MONTH_S = 30 * 86400.0


@dataclass(frozen=True)
class Rare:
    """Bytes of IPv4: a name, TLS and an echo; a complete examination."""

    deep: int
    complete: int

    @property
    def monthly(self) -> float:
        return _MONTH_S / DEEP_S * self.deep + _MONTH_S / COMPLETE_S * self.complete


def measure(python: str) -> Rare:
    with World() as w:
        w.config["gateway"] = [acquirer_in(w) | {"app_interval_s": 0}]
        usage.count_wire(w.terminal)
        w.check()
        complete = usage.wire(w.terminal)
        netns.command("ip", "netns", "exec", w.terminal, python, "-c", _ONE_GATEWAY, str(w.configure()), plan.ROUTER)
        return Rare(usage.wire(w.terminal) - complete, complete)
