"""What a verdict says beside its cause, on paths that fail: the backup uplink, and a portal that accepts in everybody's name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.world import World, behaviours, faults, host_faults, plan

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


def test_a_proxy_that_nobody_configured_is_none_of_the_terminal_s_settings() -> None:
    with World() as world:
        host_faults.check_host_does(world, behaviours.http(407, b"Log in"))
        verdict = world.check()
    assert (verdict.state, verdict.codes()) == ("ok", ["network.captive_portal"]), verdict.explain()


def test_a_backup_that_does_not_reach_the_gateway_is_not_praised() -> None:
    with World(backup=True) as world:
        faults.wan_silent(world)
        faults.rule(world.net, "early", f'iifname "mobile0" ip daddr {plan.GATEWAY_A.v4} drop')
        verdict = world.check()
    assert verdict.cause == "network.internet_down", verdict.explain()
    assert verdict.checks()["internet:via:wwan0"]["facts"]["internet"] is True
    assert "uplink" not in [way["way"] for way in verdict.status["selling"]]


@pytest.mark.parametrize("fault", [faults.cable_out, faults.router_gone, faults.wan_silent, faults.everything_dropped])
def test_a_backup_that_reaches_the_gateway_is_the_first_way_to_go_on_selling(fault: Callable[[World], None]) -> None:
    """Also where the name was never found: the shop's own name server does not answer over the backup."""
    with World(backup=True) as world:
        fault(world)
        verdict = world.check()
    assert verdict.checks()["internet:via:wwan0"]["facts"]["gateway"] == "acquirer-a", verdict.explain()
    first = verdict.status["selling"][0]
    assert (first["way"], first["in_use"]) == ("uplink", False)
    assert "wwan0" in first["text"]["en"] and "acquirer-a" in first["text"]["en"] and "wwan0" in first["text"]["zh"]
