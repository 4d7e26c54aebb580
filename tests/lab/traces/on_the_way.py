"""Traces on the way out: cable, router, address, name servers, uplink, radio; and what came back by itself."""

from __future__ import annotations

from pathlib import Path

from tests.lab.traces.case import Case, Does
from tests.lab.traces.site import Site
from tests.support.world import World, dhcp, faults, host_faults, machine, netns, plan


def steps(*all_of_them: Does) -> Does:
    def play(site: Site) -> None:
        for each in all_of_them:
            each(site)

    return play


def wait(seconds: float) -> Does:
    return lambda site: site.wait(seconds)


def cable_out(site: Site) -> None:
    site.cable(plugged=False)


def cable_in(site: Site) -> None:
    site.cable(plugged=True)


def replug(seconds: float = 4.0) -> Does:
    return lambda site: site.replug(seconds)


def restart(off_s: float = 20, boots_s: float = 30, line_s: float = 25, *, switch: bool = False, mac: str = "", line: bool = True) -> Does:
    """Its plug is pulled and pushed. `line`: it comes too."""

    def play(site: Site) -> None:
        site.router_off(switch=switch)
        site.wait(off_s)
        site.router_on(boots_s, line_s, switch=switch, mac=mac, line=line)

    return play


def router_hangs(site: Site) -> None:
    faults.router_gone(site.world)
    site.forget()


def router_thaws(site: Site) -> None:
    netns.ip(site.world.router, f"address add {plan.ROUTER}/24 dev lan0")
    site.forget()


def line_down(site: Site) -> None:
    site.line(dead=True)


def line_up(site: Site) -> None:
    site.line(dead=False)


def wan(up: bool) -> Does:
    def play(site: Site) -> None:
        netns.ip(site.world.router, f"link set wan0 {'up' if up else 'down'}")
        if up:
            netns.ip(site.world.router, f"route replace default via {plan.PROVIDER}")

    return play


def dns_silent(site: Site) -> None:
    host_faults.dns_silent(site.world)


def dns_speaks(site: Site) -> None:
    netns.nft(site.world.router, "flush chain inet faults arriving")


def resolvers(*addresses: str) -> Does:
    return lambda site: site.world.set_resolvers(*addresses)


def lease_lost(site: Site) -> None:
    faults.no_address(site.world)
    site.look()


def lease(site: Site) -> None:
    assert dhcp.lease(site.world.terminal, site.world.folder)
    site.look()


def by_hand(address: str = plan.TERMINAL) -> Does:
    def play(site: Site) -> None:
        netns.ip(
            site.world.terminal,
            "address flush dev eth0",
            f"address add {address}/24 dev eth0",
            f"route replace default via {plan.ROUTER} dev eth0 metric 100",
        )
        site.look()

    return play


def over_backup(site: Site) -> None:
    netns.ip(site.world.terminal, f"route replace default via {plan.MOBILE_PROVIDER} dev wwan0 metric 50")
    site.world.set_resolvers(plan.NAME_SERVER.v4)
    site.look()


def radio(world: World) -> Path:
    """A Wi-Fi that is well; the file of its switch."""
    netns.ip(world.terminal, "link set eth0 down", "link set eth0 name wlan0", "link set wlan0 up")
    _address(world, "wlan0")
    machine.radio_switched_off(world, "wlan", hard=True)
    switch = next(world.folder.glob("machine-*/rfkill/rfkill0/hard"))
    switch.write_text("0\n")
    world.config["uplink"] = [{"interface": "wlan0"}]
    return switch


def _address(world: World, name: str) -> None:
    netns.ip(world.terminal, f"address replace {plan.TERMINAL}/24 dev {name}")
    netns.ip(world.terminal, f"route replace default via {plan.ROUTER} dev {name} metric 100")


def switched(on: bool) -> Does:
    def play(site: Site) -> None:
        site.thing.write_text("0\n" if on else "1\n")
        netns.ip(site.world.router, f"link set port1 {'up' if on else 'down'}")
        if on:
            _address(site.world, "wlan0")
        site.look()

    return play


def wifi(joined: bool) -> Does:
    def play(site: Site) -> None:
        netns.ip(site.world.router, f"link set port1 {'up' if joined else 'down'}")
        if joined:
            _address(site.world, "wlan0")
        site.look()

    return play


def joined_at_first(world: World) -> None:
    netns.ip(world.terminal, "link set eth0 down", "link set eth0 name wlan0", "link set wlan0 up")
    _address(world, "wlan0")
    world.config["uplink"] = [{"interface": "wlan0"}]


OTHER_ROUTER = "02:00:00:00:50:77"
BACKUP = {"backup": True}

CASES: tuple[Case, ...] = (
    Case("the cable pulled and pushed a moment later", "link_replugged", cable_out, steps(wait(8), cable_in), fixed=True),
    Case("the cable pushed in after two minutes", "link_replugged", cable_out, steps(wait(120), cable_in)),
    Case("the cable pushed in after an hour", "link_replugged", cable_out, steps(wait(3600), cable_in)),
    Case("the cable pushed in, the address comes three seconds later", "link_replugged", steps(cable_out, lease_lost),
         steps(wait(60), lambda s: netns.ip(s.world.router, "link set port1 up"), lambda s: s.look(), wait(3), lease),
         world={"dhcp": "on"}),
    Case("the cable pushed into another port, which is slower", "link_replugged", cable_out, steps(wait(30), replug(2), cable_in)),
    Case("the router without power, and with it again", "router_restarted", lambda s: s.router_off(), lambda s: s.router_on(35, 30),
         fixed=True),
    Case("the router without power for an hour", "router_restarted", lambda s: s.router_off(), steps(wait(3600),
         lambda s: s.router_on(40, 20))),
    Case("the router hangs and is restarted", "router_restarted", router_hangs, restart()),
    Case("the router hangs and is restarted, a slow one", "router_restarted", router_hangs, restart(15, 90, 60)),
    Case("the router hangs and is restarted, behind a switch", "router_restarted", router_hangs, restart(switch=True)),
    Case("the router hangs, and comes to itself", "", router_hangs, steps(wait(300), router_thaws)),
    Case("the router hangs: the cable in vain, then a restart", "router_restarted", router_hangs, steps(replug(), wait(90), restart()),
         ("link_replugged",), fixed=True),
    Case("the line is dead: the router restarted, and it comes", "router_restarted", line_down, restart()),
    Case("the line is dead: the router restarted, a slow one", "router_restarted", line_down, restart(30, 70, 90)),
    Case("the line is dead: the router restarted behind a switch", "router_restarted", line_down, restart(switch=True)),
    Case("the line is dead: the router restarted at once", "router_restarted", line_down, steps(wait(30), restart(12, 25, 20))),
    Case("the line is dead, and comes back", "line_recovered", line_down, steps(wait(300), line_up), fixed=True),
    Case("the line is dead, and comes back after two hours", "line_recovered", line_down, steps(wait(7200), line_up)),
    Case("the line's plug is out, and comes back", "line_recovered", wan(False), steps(wait(600), wan(True))),
    Case("the line is dead: the cable in vain, then it comes back", "line_recovered", line_down, steps(replug(), wait(600), line_up),
         ("link_replugged",)),
    Case("the line is dead: a restart in vain, then it comes back", "line_recovered", line_down,
         steps(restart(line=False), wait(1200), line_up), ("router_restarted",)),
    Case("the line is dead: it comes back right after the cable in vain", "line_recovered", line_down, steps(replug(), wait(10), line_up)),
    Case("the line is lossy, and is well again", "line_recovered", lambda s: faults.loss(s.world, 50, steady=True),
         steps(wait(300), lambda s: netns.nft(s.world.router, "flush chain inet faults early"))),
    Case("another router in place of a dead one", "router_replaced", router_hangs, restart(60, 30, 20, mac=OTHER_ROUTER), fixed=True),
    Case("another router, the line was dead", "router_replaced", line_down, restart(90, 40, 30, mac=OTHER_ROUTER)),
    Case("another router, the old one was without power", "router_replaced", lambda s: s.router_off(),
         steps(wait(600), lambda s: s.router_on(30, 30, mac=OTHER_ROUTER))),
    Case("another router behind a switch", "router_replaced", router_hangs, restart(60, 30, 20, mac=OTHER_ROUTER, switch=True)),
    Case("no address: a lease comes", "address_renewed", lease_lost, steps(wait(60), lease), world={"dhcp": "on"}, fixed=True),
    Case("no address: the cable in vain, then a lease", "address_renewed", lease_lost, steps(replug(), wait(120), lease),
         ("link_replugged",), world={"dhcp": "on"}),
    Case("an address that it gave itself: set by hand", "address_renewed", lambda s: faults.link_local_only(s.world),
         steps(wait(100), by_hand())),
    Case("a wrong default router: set by hand", "address_renewed", lambda s: faults.wrong_router(s.world),
         steps(wait(100), lambda s: faults.no_default_route(s.world), by_hand())),
    Case("the name server is silent: others are entered", "resolvers_changed", dns_silent,
         steps(wait(100), resolvers(plan.NAME_SERVER.v4)), fixed=True),
    Case("the name server refuses: others are entered", "resolvers_changed", lambda s: host_faults.dns_stopped(s.world),
         steps(wait(20), resolvers(plan.NAME_SERVER.v4, plan.OTHER_ADDRESS.v4))),
    Case("the name server is silent: the cable in vain, then others", "resolvers_changed", dns_silent,
         steps(replug(), wait(90), resolvers(plan.NAME_SERVER.v4)), ("link_replugged",)),
    Case("the shop's name server is silent, and speaks again", "", dns_silent, steps(wait(200), dns_speaks)),
    Case("the provider's name server is silent, and speaks again", "line_recovered",
         lambda s: faults.block(s.world, plan.NAME_SERVER), steps(wait(200), lambda s: netns.nft(s.world.router,
         "flush chain inet faults passing")),
         arrange=lambda w: w.set_resolvers(plan.NAME_SERVER.v4)),
    Case("the line is dead: over the backup", "uplink_switched", line_down, steps(wait(60), over_backup), world=BACKUP, fixed=True),
    Case("the name server is silent: over the backup", "uplink_switched", dns_silent, steps(wait(200), over_backup), world=BACKUP),
    Case("the line is dead: a restart in vain, then over the backup", "uplink_switched", line_down,
         steps(restart(line=False), wait(400), over_backup), ("router_restarted",), world=BACKUP),
    Case("Wi-Fi switched off by its switch, and on", "radio_on", switched(False), steps(wait(60), switched(True)), arrange=radio,
         fixed=True),
    Case("Wi-Fi switched off for an hour", "radio_on", switched(False), steps(wait(3600), switched(True)), arrange=radio),
    Case("Wi-Fi joined to nothing, and joined", "wifi_joined", wifi(False), steps(wait(60), wifi(True)), arrange=joined_at_first,
         fixed=True),
    Case("Wi-Fi joined after an hour", "wifi_joined", wifi(False), steps(wait(3600), wifi(True)), arrange=joined_at_first),
)  # fmt: skip
