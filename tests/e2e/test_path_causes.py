"""What a verdict says beside its cause, on paths that fail: the backup uplink, and a portal that accepts in everybody's name."""

from __future__ import annotations

import pytest

from tests.world import World, faults, host_faults, plan

pytestmark = pytest.mark.root


def test_behind_a_portal_a_bare_connection_is_not_all_well() -> None:
    """The portal accepts in the gateway's name; nothing vouches for who accepted."""
    with World() as world:
        gateway = world.config["gateway"][0]
        gateway["protocol"] = "tcp"
        gateway.pop("ca_file")
        host_faults.portal(world, others=None)
        faults.rule(world.router, "diverted", f'iifname "lan0" tcp dport {plan.GATEWAY_PORT} dnat ip to {plan.ROUTER}:8081')
        verdict = world.check()
    assert (verdict.state, verdict.cause) == ("degraded", "network.captive_portal"), verdict.explain()


def test_a_backup_that_does_not_reach_the_gateway_is_not_praised() -> None:
    with World(backup=True) as world:
        faults.wan_silent(world)
        faults.rule(world.net, "early", f'iifname "mobile0" ip daddr {plan.GATEWAY_A.v4} drop')
        verdict = world.check()
    assert verdict.cause == "network.internet_down", verdict.explain()
    assert verdict.checks()["internet:via:wwan0"]["facts"]["internet"] is True
    assert not [step for step in verdict.status["remediation"] if "wwan0" in step["text"]["en"]]


def test_a_backup_that_reaches_the_gateway_is_the_first_step() -> None:
    with World(backup=True) as world:
        faults.cable_out(world)
        verdict = world.check()
    assert verdict.checks()["internet:via:wwan0"]["facts"]["gateway"] == "acquirer-a", verdict.explain()
    first = verdict.status["remediation"][0]["text"]
    assert "wwan0" in first["en"] and "acquirer-a" in first["en"] and "wwan0" in first["zh"]
