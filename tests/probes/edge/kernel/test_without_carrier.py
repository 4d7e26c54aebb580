"""A packet that the interface throws away for want of a carrier was not refused by our own firewall."""

from __future__ import annotations

import time

import pytest

from probes.edge.failures import PeerFailed
from probes.edge.kernel.route import without_carrier
from probes.edge.net import tcp
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.patience import PATIENCE_S
from tests.support.world import World, faults, netns, plan


@pytest.mark.root
def test_what_an_interface_throws_away_nobody_refused() -> None:
    def tried() -> Symptom:
        with pytest.raises(PeerFailed) as failed:
            tcp.connect(plan.GATEWAY_A.v4, plan.GATEWAY_PORT, Deadline(3.2))
        return failed.value.symptom

    with World() as w:
        assert netns.call(w.terminal, lambda: (without_carrier("eth0"), without_carrier("lo"), without_carrier("nowhere9"))) == (False,) * 3
        netns.ip(w.terminal, f"neighbour replace {plan.ROUTER} lladdr 02:00:00:00:00:99 dev eth0 nud permanent")
        faults.cable_out(w)
        until = time.monotonic() + PATIENCE_S
        while not netns.call(w.terminal, lambda: without_carrier("eth0")) and time.monotonic() < until:
            time.sleep(0.05)
        assert netns.call(w.terminal, tried) is Symptom.TIMEOUT
