"""What changed before it, in a world where it is changed for real: another router at the same address, a cable, name servers, an uplink."""

from __future__ import annotations

import pytest

from tests.support.recorded import in_order, lines, told
from tests.support.world import World, faults, netns, plan
from tests.support.world.daemon import Daemon, daemon

pytestmark = pytest.mark.root

OFTEN = {"interval_s": 1, "retry_s": 0.2}
OTHER_ROUTER = "02:00:00:00:50:77"


def changed(running: Daemon) -> list[tuple[str, str]]:
    return [(each["what"], each["subject"]) for each in told(running.world.folder / "state", "change")]


def settled(running: Daemon) -> None:
    """All was seen at least once."""
    running.until(lambda s: s["state"] == "ok" and s["sequence"] >= 3)


def another_router(w: World) -> None:
    """A new box with the old one's address; whoever plugs it in pulls the cable, and the kernel forgets whom it knew."""
    faults.cable_out(w)
    netns.ip(w.router, f"link set lan0 address {OTHER_ROUTER}")
    faults.cable_in(w)


def test_a_router_that_was_replaced_stands_before_the_outage_that_follows() -> None:
    with World() as w, daemon(w, {"agent": OFTEN}) as running:
        settled(running)
        another_router(w)
        running.until(lambda _: ("router", plan.ROUTER) in changed(running))
        running.until(lambda s: s["state"] == "ok")
        faults.wan_unplugged(w)
        outage = running.until(lambda s: s["state"] == "outage" and s["cause"] != "operator.cable_unplugged" and s["incident"])
        before = {(each["what"], each["subject"]): each for each in outage["incident"]["changes_before"]}
        router = before["router", plan.ROUTER]
        assert (router["before"], router["after"]) == (plan.ROUTER_MAC, OTHER_ROUTER)
        last = told(w.folder / "state", "opened")[-1]
        assert (last["incident"], last["changes_before"]) == (outage["incident"]["id"], outage["incident"]["changes_before"])
        assert in_order(lines(w.folder / "state"))


def test_a_cable_is_one_change_and_name_servers_are_another() -> None:
    with World() as w, daemon(w, {"agent": OFTEN}) as running:
        settled(running)
        faults.cable_out(w)
        running.until(lambda s: s["state"] == "outage")
        assert changed(running) == [("link", "eth0")], "what follows from it is no change of its own"
        faults.cable_in(w)
        running.until(lambda s: s["state"] == "ok")
        assert changed(running) == [("link", "eth0")], "that it came back is counted"
        w.set_resolvers(plan.OTHER_ADDRESS.v4, plan.ROUTER)
        running.until(lambda _: len(changed(running)) > 1)
        [resolvers] = [each for each in told(w.folder / "state", "change") if each["what"] == "resolvers"]
        assert (resolvers["before"], resolvers["after"]) == (plan.ROUTER, f"{plan.OTHER_ADDRESS.v4} {plan.ROUTER}")


def test_nothing_is_told_while_nothing_changes_and_another_uplink_is_a_change() -> None:
    with World(backup=True) as w, daemon(w, {"agent": OFTEN}) as running:
        settled(running)
        quiet = lines(w.folder / "state")
        running.until(lambda s: s["sequence"] >= 12)
        assert lines(w.folder / "state") == quiet, "nothing changed, and nothing is told"
        way = f"route replace default via {plan.MOBILE_PROVIDER} dev wwan0 metric 1"
        netns.ip(w.terminal, way)
        running.until(lambda _: ("uplink", "") in changed(running))
        [uplink] = [each for each in told(w.folder / "state", "change") if each["what"] == "uplink"]
        assert (uplink["before"], uplink["after"]) == ("eth0", "wwan0")
