"""Batch 13: eight more, after the kinds of batch 12 were mended: what hides a program, holds it or holds its packets, and who tells the
time without knowing it."""

from __future__ import annotations

import contextlib
import struct
import time
from pathlib import Path

from tests.lab.field import ways
from tests.lab.field.batch_09 import TimeServer
from tests.lab.field.entry import Report
from tests.lab.scenario import fault, healthy
from tests.support.patience import until
from tests.support.servers.printer import Printer
from tests.support.world import World, devices, netns, plan, shapes
from tests.support.world.verdict import NOBODY

GATEWAY = plan.GATEWAY_A
OWN_6, ROUTER_OWN_6 = "fd50:1:2:3::10", "fd50:1:2:3::1"
SINCE_1900_TO_1986_S = 2_208_988_800 + 504_921_600  # NTP counts from 1900; to the first of January 1986
FREEZER = Path("/sys/fs/cgroup/freezer")


def hidden_from_others(w: World) -> None:
    """/proc shows everybody his own processes alone; the application is another user's."""
    devices.application(w)
    w.machine.append("mount -t proc -o hidepid=2 proc /proc")


class Asleep(Printer):
    """What wakes it is lost."""

    awake = False

    def __call__(self, came: bytes) -> bytes:
        was, self.awake = self.awake, True
        return super().__call__(came) if was else b""


def translated_own_addresses(w: World) -> None:
    """The shop's network has addresses of its own alone (RFC 4193), and the router translates them."""
    netns.ip(w.router, f"address add {ROUTER_OWN_6}/64 dev lan0 nodad")
    netns.nft(w.router, 'table ip6 shop {\n chain out { type nat hook postrouting priority 100; oifname "wan0" masquerade\n }\n}')
    netns.ip(w.terminal, f"address del {plan.TERMINAL_6}/64 dev eth0", f"address add {OWN_6}/64 dev eth0 nodad",
             f"route replace default via {ROUTER_OWN_6} dev eth0 metric 100")  # fmt: skip
    shapes._resolver(w, (ROUTER_OWN_6,), upstream=(plan.NAME_SERVER.v4,))
    w.set_resolvers(ROUTER_OWN_6)


def of_1986(asked: bytes) -> bytes:
    """It has lost all its sources and vouches for its own clock, as the tenth in line (`local stratum 10`)."""
    stamp = struct.pack("!II", SINCE_1900_TO_1986_S + int(time.monotonic()), 0)
    return bytes([0x24, 10, 6, 0xEC]) + bytes(8) + b"\x7f\x7f\x01\x01" + stamp + asked[40:48] + stamp + stamp


def time_of_its_own(w: World) -> None:
    w.cleanup.callback(TimeServer(w.router, plan.ROUTER, of_1986).stop)
    w.config["network"]["ntp"] = [plan.ROUTER]


def policy_left(w: World) -> None:
    """The IPsec connection to the acquirer was taken down, and what traps packets for it stays: they wait for a key that nobody makes."""
    netns.ip(w.terminal, "xfrm policy add src 0.0.0.0/0 dst 192.0.2.0/24 dir out priority 1757393 "
             "tmpl src 0.0.0.0 dst 0.0.0.0 proto esp reqid 0 mode transport")  # fmt: skip


def paused(w: World) -> None:
    """The application's container was paused for a backup, and nobody let it go on: its processes are there, and do nothing."""
    box = FREEZER / f"{w.terminal}-paused"
    box.mkdir()

    def freeze(process: object) -> None:
        pid = str(getattr(process, "pid"))  # noqa: B009
        (box / "cgroup.procs").write_text(pid)
        (box / "freezer.state").write_text("FROZEN")
        until(lambda: "FROZEN" in (box / "freezer.state").read_text(), lambda: "it is not frozen")

    def thaw() -> None:
        (box / "freezer.state").write_text("THAWED")
        for pid in (box / "cgroup.procs").read_text().split():
            with contextlib.suppress(OSError):
                (FREEZER / "cgroup.procs").write_text(pid)
        until(lambda: not (box / "cgroup.procs").read_text().split(), lambda: "it holds processes")
        box.rmdir()

    # the /sys that `ip netns exec` mounts is without the control groups that the machine has there
    w.machine += ["mount -t tmpfs tmpfs /sys/fs/cgroup", "mkdir /sys/fs/cgroup/freezer",
                  "mount -t cgroup -o freezer cgroup /sys/fs/cgroup/freezer"]  # fmt: skip
    devices.application(w, freeze)
    w.cleanup.callback(thaw)


def without_its_ipv4(w: World) -> None:
    """Both families; the IPv4 address is gone, IPv6 works, and the host has an IPv4 address alone."""
    ways.everywhere(w, {GATEWAY.name: (GATEWAY.v4,)})
    netns.ip(w.terminal, f"address del {plan.TERMINAL}/24 dev eth0")
    w.set_resolvers(plan.ROUTER_6)


REPORTS: tuple[Report, ...] = (
    Report("wazuh/wazuh#4630", healthy("the application is hidden from who looks", hidden_from_others, user=NOBODY)),
    Report("giorgiofellipe/cordova-plugin-datecs-printer#150", healthy("a printer that loses what wakes it",
           lambda w: devices.device(w, Asleep(), "escpos", name="printer", role="printer"))),
    Report("robertsdotpm/p2pd#19", healthy("IPv6 alone, with addresses of the shop's own that the router translates",
           translated_own_addresses, world=ways.SIX)),
    Report("oxidecomputer/omicron#4119", healthy("the time server lost its sources and vouches for 1986", time_of_its_own)),
    Report("fail2ban/fail2ban#1276", fault("a guard against intruders has banned the acquirer's host by a route",
           "operator.network_misconfigured", lambda w: netns.ip(w.terminal, f"route add unreachable {GATEWAY.v4}/32"))),
    Report("libreswan/libreswan#1086", fault("packets for the acquirer wait for an IPsec connection that was taken down",
           "system.local_firewall", policy_left), doubtful=True),
    Report("opencontainers/runc#217", fault("the application's container is paused", "system.payment_app_down", paused),
           erratum="at first contact the world had no control groups below /sys, which every terminal with containers has"),
    Report("MichaIng/DietPi#6067", fault("both families, the IPv4 address is gone, and the host has IPv4 alone", "network.dhcp_failed",
           without_its_ipv4, world=ways.BOTH), doubtful=True),
)  # fmt: skip
