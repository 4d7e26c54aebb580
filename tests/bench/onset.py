"""From the moment of a fault to the confirmed verdict in the status file. Every fault comes right after a cycle: the worst moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.bench.load import acquirer_in
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.world import behaviours, faults, host_faults, plan
from tests.support.world.daemon import Daemon, Document, daemon
from tests.support.world.world import World

INTERVAL_S = 60
CELLULAR = {"uplink": [{"interface": "eth0", "kind": "cellular"}]}


@dataclass(frozen=True)
class Fault:
    """`limit_s`: what was promised, from the fault to the confirmed verdict. `event`: the kernel tells of it at once."""

    name: str
    happen: Callable[[World], object]
    cause: str
    limit_s: float
    event: bool = False
    changes: dict[str, Any] | None = None


@dataclass(frozen=True)
class Onset:
    """Seconds until the document mentioned it (as a change not yet confirmed), and until it was confirmed."""

    fault: Fault
    seen_s: float | None
    confirmed_s: float | None
    cause: str


def _silent(w: World) -> None:
    host_faults.gateway_does(w, behaviours.accept)


def _account_stopped(w: World) -> None:
    stopped = Acquirer(answer=replies("03"))
    own = w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))
    host_faults.gateway_does(w, behaviours.tls(own, stopped.serve))


FAULTS = (
    Fault("cable out", faults.cable_out, "operator.cable_unplugged", 15, event=True),
    Fault("interface switched off", faults.interface_down, "operator.interface_disabled", 15, event=True),
    Fault("address lost", faults.no_address, "network.dhcp_failed", 15, event=True),
    Fault("default route lost", faults.no_default_route, "operator.network_misconfigured", 15, event=True),
    Fault("router dead", faults.router_gone, "network.router_unreachable", INTERVAL_S + 15),
    Fault("line dead behind the router", faults.wan_silent, "network.internet_down", INTERVAL_S + 15),
    Fault("name server stopped", host_faults.dns_stopped, "network.dns_unreachable", INTERVAL_S + 15),
    Fault("gateway stopped", host_faults.gateway_stopped, "system.gateway_down", INTERVAL_S + 15),
    Fault("gateway's port blocked", lambda w: faults.block(w, plan.GATEWAY_A, plan.GATEWAY_PORT), "network.gateway_blocked",
          INTERVAL_S + 15),
    Fault("gateway accepts and stays silent", _silent, "system.gateway_down", INTERVAL_S + 15),
    Fault("certificate expired", host_faults.certificate_expired, "system.gateway_certificate_expired", INTERVAL_S + 15),
    Fault("cellular: default route lost", faults.no_default_route, "operator.network_misconfigured", 15, event=True, changes=CELLULAR),
    Fault("cellular: gateway stopped", host_faults.gateway_stopped, "system.gateway_down", 180, changes=CELLULAR),
    Fault("cellular: gateway's port blocked", lambda w: faults.block(w, plan.GATEWAY_A, plan.GATEWAY_PORT), "network.gateway_blocked",
          180, changes=CELLULAR),
)  # fmt: skip


HOUR = Fault("cellular: the account stopped, which only the application shows", _account_stopped, "operator.account_suspended", 3600,
             changes=CELLULAR)  # fmt: skip


def measure() -> list[Onset]:
    with ThreadPoolExecutor(len(FAULTS)) as pool:
        return list(pool.map(_one, FAULTS))


def the_long_one() -> Onset:
    """Takes most of an hour."""
    return _one(HOUR)


def _one(fault: Fault) -> Onset:
    with World() as w:
        w.config["gateway"] = [acquirer_in(w)]
        with daemon(w, {"agent": {"interval_s": INTERVAL_S}, **(fault.changes or {})}) as running:
            running.until(lambda s: s["state"] == "ok")
            sequence = running.status()["sequence"]
            running.until(lambda s: s["sequence"] > sequence)
            began = time.monotonic()
            fault.happen(w)
            seen = _took(running, lambda s: s["pending"] or s["state"] != "ok", time.monotonic(), fault.limit_s + 60)
            confirmed = _took(running, lambda s: s["state"] != "ok", began, fault.limit_s + 120)
            if seen is None or confirmed is None:
                return Onset(fault, None, None, running.explain())
            return Onset(fault, seen, confirmed, str(running.status()["cause"]))


def _took(running: Daemon, what: Callable[[Document], object], began: float, most_s: float) -> float | None:
    """Seconds since `began` until the status file says so; None where it does not in so many."""
    while not what(running.status()):
        if time.monotonic() - began > most_s:
            return None
        time.sleep(0.01)
    return time.monotonic() - began
