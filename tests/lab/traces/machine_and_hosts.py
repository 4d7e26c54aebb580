"""Traces of the machine itself, of its modem, and of the hosts."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from probes.settings import Dialect, Framing
from tests.lab.scenarios.accounts import iso
from tests.lab.traces.at_the_till import App, app_killed, app_started, says
from tests.lab.traces.case import Case, Does
from tests.lab.traces.on_the_way import cable_in, cable_out, replug, restart, steps, wait
from tests.lab.traces.site import Site
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.iso.answers import replies
from tests.support.servers.modem import Modem
from tests.support.world import World, acquirers, behaviours, devices, host_faults, machine, own_side, plan

DAY = 86400


def reboot(*also: Does) -> Does:
    """`also`: what becomes of a start by itself."""

    def play(site: Site) -> None:
        for each in also:
            each(site)
        site.reboot()

    return play


def memory(world: World) -> Path:
    machine.memory(world, 60)
    return Path(world.machine[-1].split()[2])


def available(percent: float) -> Does:
    def play(site: Site) -> None:
        lines = site.thing.read_text().splitlines()
        lines[2] = f"{'MemAvailable:':<16}{int(40_000 * percent):>8} kB"
        with site.thing.open("r+") as file:  # the same file: the kernel's is covered by it
            file.write("\n".join(lines) + "\n")
            file.truncate()

    return play


def firewall(site: Site) -> None:
    own_side.firewall(site.world)


def no_firewall(site: Site) -> None:
    subprocess.run(["ip", "netns", "exec", site.world.terminal, "nft", "flush", "chain", "inet", "faults", "leaving"], check=True)


def disk(world: World) -> str:
    return machine.disk(world, filled_mb=1)


def fills(mb: float) -> Does:
    return lambda site: site.do(f"head -c {int(mb * 2**20)} /dev/zero > {site.thing}/more")


def frees(site: Site) -> None:
    site.do(f"rm {site.thing}/more")


def battery(world: World) -> Path:
    machine.battery(world, 8, status="Charging", charger=1)
    return next(world.folder.glob("machine-*/power_supply/USB")).parent


def charger(online: bool) -> Does:
    def play(site: Site) -> None:
        for name, text in (("USB/online", str(int(online))), ("BAT0/status", "Charging" if online else "Discharging")):
            with (site.thing / name).open("r+") as file:
                file.write(text + "\n")
                file.truncate()

    return play


def port(number: int) -> Does:
    """The host's port in posdiag's configuration; the service reads it at its start."""

    def play(site: Site) -> None:
        site.world.config["gateway"][0]["port"] = number
        site.restart()

    return play


def interval(site: Site) -> None:
    """A setting that has nothing to do with it."""
    site.world.config["agent"]["interval_s"] = 50
    site.restart()


def host_stopped(site: Site) -> None:
    host_faults.gateway_stopped(site.world)


def host_starts(site: Site) -> None:
    server = site.world.servers["gateway_a"]
    site.world.serve("gateway_a", plan.GATEWAY_A, plan.GATEWAY_PORT, server.behaviour)


def host_does(behaviour: Any) -> Does:
    return lambda site: host_faults.gateway_does(site.world, behaviour)


def good_again(site: Site) -> None:
    host_faults.certificate(site.world)


def account(code: str) -> Does:
    def play(site: Site) -> None:
        acquirer = Acquirer(Dialect.UNIONPAY, Framing.BYTES_2, replies(code, requirement="0"))
        host_faults.gateway_does(site.world, behaviours.tls(acquirers.own_context(site.world), acquirer.serve))

    return play


def asked_at_once(world: World) -> None:
    iso("00")(world)


CASES: tuple[Case, ...] = (
    Case("the application is down: the terminal is restarted", "terminal_restarted", app_killed, steps(wait(60), reboot(app_started)),
         arrange=App),
    Case("no memory is left: the terminal is restarted", "terminal_restarted", available(2), steps(wait(90), reboot(available(60))),
         arrange=memory, fixed=True),
    Case("its own filter: the terminal is restarted", "terminal_restarted", firewall, steps(wait(90), reboot(no_firewall))),
    Case("the cable: the terminal restarted in vain", "link_replugged", cable_out, steps(wait(30), reboot(), wait(120), cable_in),
         ("terminal_restarted",)),
    Case("its own filter is taken away", "", firewall, steps(wait(90), no_firewall)),
    Case("the clock is set", "clock_set", lambda s: None, steps(wait(60), lambda s: s.clock(40 * DAY)), ahead_s=-40 * DAY, fixed=True),
    Case("the clock is set back", "clock_set", lambda s: None, steps(wait(200), lambda s: s.clock(-900 * DAY)), ahead_s=900 * DAY),
    Case("room is made on the disk", "disk_freed", fills(6.9), steps(wait(60), frees), arrange=disk, fixed=True),
    Case("room is made on the disk after an hour", "disk_freed", fills(6.8), steps(wait(3600), frees), arrange=disk),
    Case("the charger is connected", "power_connected", charger(False), steps(wait(60), charger(True)), arrange=battery, fixed=True),
    Case("the charger is connected after ten minutes", "power_connected", charger(False), steps(wait(600), charger(True)), arrange=battery),
    Case("the port in the configuration is put right", "config_changed", port(8584), steps(wait(60), port(8583)), fixed=True),
    Case("the configuration is put right after a restart of the router in vain", "config_changed", port(8584),
         steps(restart(), wait(400), port(8583)), ("router_restarted",)),
    Case("the host is down, and up", "host_recovered", host_stopped, steps(wait(300), host_starts), fixed=True),
    Case("the host is down, and up: the cable in vain", "host_recovered", host_stopped, steps(replug(), wait(200), host_starts),
         ("link_replugged",)),
    Case("the host is down, and up right after the cable in vain", "host_recovered", host_stopped, steps(wait(60), replug(), host_starts)),
    Case("the host is down, and up: another setting in vain", "host_recovered", host_stopped, steps(interval, wait(400), host_starts),
         ("config_changed",)),
    Case("the host's certificate had expired", "host_recovered", lambda s: host_faults.certificate_expired(s.world),
         steps(wait(600), good_again)),
    Case("the host's certificate had expired: a restart of the router in vain", "host_recovered",
         lambda s: host_faults.certificate_expired(s.world), steps(restart(), wait(60), good_again)),
    Case("the host answered in plain text", "host_recovered", lambda s: host_faults.gateway_plain_text(s.world), steps(wait(300),
         good_again)),
    Case("the account works again", "account_restored", steps(account("03"), wait(4000)),
         steps(wait(4000), account("00")), arrange=asked_at_once, fixed=True),
    Case("the terminal is registered again", "account_restored", steps(account("97"), wait(4000)),
         steps(wait(4000), account("00")), arrange=asked_at_once),
    Case("the SIM card is put in", "sim_changed", says(Modem(cpin="+CME ERROR: 10")), steps(wait(60), says(Modem())),
         arrange=lambda w: devices.device(w, Modem(), "at", name="modem", role="modem"), fixed=True),
    Case("the SIM card gets its PIN", "sim_changed", says(Modem(cpin="+CPIN: SIM PIN")), steps(wait(600), says(Modem())),
         arrange=lambda w: devices.device(w, Modem(), "at", name="modem", role="modem")),
)  # fmt: skip
