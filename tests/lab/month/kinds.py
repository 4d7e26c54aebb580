"""What breaks in the month, what is done about it, and what of that the record must say."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

from tests.lab.month.shop import Shop
from tests.lab.traces import at_the_till as till
from tests.lab.traces import machine_and_hosts as machine
from tests.lab.traces import on_the_way as way
from tests.lab.traces.case import Does
from tests.lab.traces.site import Site
from tests.support.world import behaviours, faults, host_faults, netns, plan
from tests.support.world.names import Dnsmasq

_MACS = count(0x10)
DAY = 86400.0


@dataclass(frozen=True)
class Mend:
    """`trace`: what it leaves; empty where it leaves none that can be told. `after`: what is put back once all is well again."""

    name: str
    trace: str
    does: Does
    after: Does = lambda _: None


@dataclass(frozen=True)
class Kind:
    """`causes`: codes that are right. `pays`: payment works all the same. `vain`: what may be tried before and does not help.
    `where`: of two that lie in different places, one of them not on the way out, neither hinders the other's repair."""

    name: str
    causes: tuple[str, ...]
    breaks: Does
    mends: tuple[Mend, ...]
    where: str
    pays: bool = False
    vain: tuple[Mend, ...] = ()


def at(thing: str, does: Does) -> Does:
    """To one of the shop's things."""

    def play(site: Site) -> None:
        assert isinstance(site, Shop)
        site.thing = site.things[thing]
        does(site)

    return play


def of_shop(does: Callable[[Shop], object]) -> Does:
    def play(site: Site) -> None:
        assert isinstance(site, Shop)
        does(site)

    return play


def another_router(**how: bool) -> Does:
    """The old one is unplugged, the new one has a MAC address that nobody saw before."""

    def play(site: Site) -> None:
        way.restart(60, 30, 20, mac=f"02:00:00:00:51:{next(_MACS):02x}", **how)(site)

    return play


def router_back(*, another: bool = False) -> Does:
    return lambda site: site.router_on(35, 30, mac=f"02:00:00:00:51:{next(_MACS):02x}" if another else "")


def names_refused(site: Site) -> None:
    host_faults.dns_without_upstream(site.world)


def names_known(site: Site) -> None:
    w = site.world
    w.shop_dns.stop()
    w.shop_dns = Dnsmasq(w.router, w.shop_dns.listen, w.folder, upstream=[plan.NAME_SERVER.v4])
    w.cleanup.callback(w.shop_dns.stop)
    w.shop_dns.wait()


def names_elsewhere(repaired: Does) -> Mend:
    """Another name server is entered; later the shop's own works again, and is entered again."""
    return Mend(
        "another name server is entered",
        "resolvers_changed",
        way.resolvers(plan.NAME_SERVER.v4),
        way.steps(repaired, way.wait(60), way.resolvers(plan.ROUTER)),
    )


def block(site: Site) -> None:
    faults.rule(site.world.router, "early", f"ip daddr {plan.GATEWAY_A.v4} drop")


def unblock(site: Site) -> None:
    netns.nft(site.world.router, "flush chain inet faults early")


def portal(site: Site) -> None:
    host_faults.portal(site.world)


def passing(site: Site) -> None:
    """Whatever stood in the way is gone."""
    for chain in ("passing", "diverted"):
        netns.nft(site.world.router, f"flush chain inet faults {chain}")
    if "portal" in site.world.servers:
        site.world.servers.pop("portal").stop()


def by_hand(site: Site) -> None:
    faults.no_default_route(site.world)
    way.by_hand()(site)


def back_from_backup(site: Site) -> None:
    site.line(dead=False)
    site.wait(60)
    netns.ip(site.world.terminal, "route del default dev wwan0 metric 50")
    site.world.set_resolvers(plan.ROUTER)


_FILL = "head -c {} /dev/zero > {}/more"


def fills(shop: Shop) -> None:
    line = _FILL.format(int(7.8 * 2**20), shop.things["disk"])
    shop.do(line)
    shop.world.machine.append(line)  # it is still there after a start of the service


def frees(shop: Shop) -> None:
    shop.world.machine[:] = [line for line in shop.world.machine if not line.endswith("/more")]
    shop.do(f"rm {shop.things['disk']}/more")


def clock_off(by_s: float) -> Does:
    return of_shop(lambda shop: shop.clock(by_s))


def clock_right(shop: Shop) -> None:
    shop.clock(-shop.ahead_s)


replug = Mend("the cable of the network is plugged anew", "link_replugged", way.replug())
reboot = Mend("the terminal is restarted", "terminal_restarted", of_shop(lambda shop: shop.reboot()))
restart_of_router = Mend("the router is restarted", "router_restarted", way.restart())
restart_without_line = Mend("the router is restarted", "router_restarted", way.restart(line=False))
host_again = partial(Mend, trace="host_recovered")

KINDS: tuple[Kind, ...] = (
    Kind("the cable is out", ("operator.cable_unplugged",), way.cable_out,
         (Mend("it is plugged in", "link_replugged", way.cable_in),), "link", vain=(reboot,)),
    Kind("the router hangs", ("network.router_unreachable",), way.router_hangs,
         (restart_of_router, Mend("it is restarted, behind a switch", "router_restarted", way.restart(switch=True)),
          Mend("another router in its place", "router_replaced", another_router())), "link", vain=(replug,)),
    Kind("the router is without power", ("operator.cable_unplugged", "network.router_unreachable"), lambda site: site.router_off(),
         (Mend("it has power again", "router_restarted", router_back()),
          Mend("another router in its place", "router_replaced", router_back(another=True))), "link"),
    Kind("the line behind the router is dead", ("network.internet_down",), way.line_down,
         (Mend("it comes back", "line_recovered", way.line_up), restart_of_router,
          Mend("over the backup", "uplink_switched", way.over_backup, back_from_backup)), "line", vain=(replug, restart_without_line)),
    Kind("the name server is silent", ("network.dns_unreachable",), way.dns_silent,
         (names_elsewhere(way.dns_speaks), Mend("it speaks again", "", way.dns_speaks)), "names", vain=(replug,)),
    Kind("the name server knows nothing", ("network.dns_failing",), names_refused,
         (names_elsewhere(names_known), Mend("it knows again", "", names_known)), "names"),
    Kind("the host refuses", ("system.gateway_down",), machine.host_stopped, (host_again("it accepts again", does=machine.host_starts),),
         "host", vain=(replug,)),
    Kind("the host takes the connection and is silent", ("system.gateway_down",), machine.host_does(behaviours.accept),
         (host_again("it speaks again", does=machine.good_again),), "host"),
    Kind("the way to the host is closed", ("network.gateway_blocked",), block, (Mend("it is open again", "", unblock),), "host"),
    Kind("the host's certificate has expired", ("system.gateway_certificate_expired",),
         lambda site: host_faults.certificate_expired(site.world), (host_again("it has another", does=machine.good_again),), "host"),
    Kind("a portal stands before the line", ("network.captive_portal",), portal,
         (Mend("it lets everybody through", "line_recovered", passing),), "line"),
    Kind("no address", ("network.dhcp_failed",), way.lease_lost, (Mend("an address again", "address_renewed", way.by_hand()),), "link"),
    Kind("a wrong default router", ("operator.network_misconfigured",), lambda site: faults.wrong_router(site.world),
         (Mend("it is set right", "address_renewed", by_hand),), "link"),
    Kind("the printer is unplugged", ("operator.device_unplugged",), at("printer", till.plug(False)),
         (Mend("it is plugged in", "device_replugged", at("printer", till.plug(True))),), "printer", pays=True, vain=(replug,)),
    Kind("the paper is out", ("operator.paper_out",), at("printer", till.prints(till.EMPTY)),
         (Mend("paper is loaded", "paper_loaded", at("printer", till.prints(till.WELL))),), "printer", pays=True),
    Kind("the printer's cover is open", ("operator.cover_open",), at("printer", till.prints(till.OPEN)),
         (Mend("it is closed", "cover_closed", at("printer", till.prints(till.WELL))),), "printer", pays=True),
    Kind("the printer is jammed", ("system.printer_fault",), at("printer", till.prints(till.JAM)),
         (Mend("it is switched off and on", "device_restarted",
               at("printer", way.steps(till.prints(till.mute), way.wait(100), till.prints(till.WELL)))),), "printer", pays=True),
    Kind("the application was stopped", ("system.payment_app_down",), at("app", till.app_killed),
         (Mend("it is started", "app_restarted", at("app", till.app_started)),
          Mend("the terminal is restarted", "terminal_restarted", at("app", machine.reboot(till.app_started)))), "app", vain=(replug,)),
    Kind("the application hangs", ("system.payment_app_down",), at("app", till.stopped(signal.SIGSTOP)),
         (Mend("it is killed and started", "app_restarted", at("app", till.app_anew)),), "app"),
    Kind("the disk is full", ("system.disk_full",), of_shop(fills), (Mend("room is made", "disk_freed", of_shop(frees)),), "disk",
         pays=True),
    Kind("the clock is 40 days behind", ("system.clock_wrong",), clock_off(-40 * DAY),
         (Mend("it is set", "clock_set", of_shop(clock_right)),), "clock", pays=True),
    Kind("the clock is three hours ahead", ("system.clock_wrong",), clock_off(3 * 3600),
         (Mend("it is set", "clock_set", of_shop(clock_right)),), "clock", pays=True),
    Kind("no memory is left", ("system.memory_exhausted",), at("memory", machine.available(2)),
         (Mend("the terminal is restarted", "terminal_restarted", at("memory", machine.reboot(machine.available(60)))),), "memory",
         pays=True),
    Kind("a wrong port in the configuration", ("system.gateway_down",), machine.port(8584),
         (Mend("it is put right", "config_changed", machine.port(plan.GATEWAY_PORT)),), "host"),
)  # fmt: skip
