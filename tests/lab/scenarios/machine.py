"""The terminal itself: disk, memory, heat, battery, and the payment application."""

from __future__ import annotations

import signal
import subprocess

from probes.app import LOST_S
from probes.edge.kernel.conversations import conversations
from tests.lab.scenario import Scenario, as_user, fault
from tests.support.patience import until
from tests.support.world import World, devices, machine, netns, plan

FULL, READ_ONLY, MEMORY, HEAT = "system.disk_full", "system.disk_read_only", "system.memory_exhausted", "system.overheating"
BATTERY, CHARGER, APP = "system.battery_low", "operator.charger_unplugged", "system.payment_app_down"


def forgotten(w: World) -> None:
    """A router forgot the application's connection a minute and more ago, as the kernel tells it."""
    talking = devices.Talking(w, plan.GATEWAY_A.v4, 8583)
    talking.forgotten()
    talking.send()
    until(lambda: any(each.unanswered_s > LOST_S for each in netns.call(w.terminal, lambda: conversations({8583}))))


def killed(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


_full = fault("the disk is full", FULL, lambda w: machine.disk(w, filled_mb=7.9), "degraded", fixed=True)
_absent = fault("the payment application does not run", APP, devices.application_absent, fixed=True)
SCENARIOS: tuple[Scenario, ...] = (
    _full,
    as_user(_full),
    fault("the disk is 96 % full", FULL, lambda w: machine.disk(w, filled_mb=7.7), "degraded"),
    fault("no inode is left", FULL, lambda w: machine.disk(w, filled_mb=0.1, files=140, inodes=143), "degraded"),
    fault("the disk was mounted read-only again", READ_ONLY, lambda w: machine.disk(w, filled_mb=1, read_only=True), "degraded",
          fixed=True),
    fault("a full disk that is read-only", READ_ONLY, lambda w: machine.disk(w, filled_mb=7.9, read_only=True), "degraded"),
    fault("a folder is mounted read-only", READ_ONLY, machine.bound_read_only, "degraded"),
    fault("2 % of the memory is available", MEMORY, lambda w: machine.memory(w, 2), "degraded", fixed=True),
    fault("4.9 % of the memory is available", MEMORY, lambda w: machine.memory(w, 4.9), "degraded"),
    fault("no memory is available", MEMORY, lambda w: machine.memory(w, 0), "degraded"),
    fault("a thermal zone of 99 degrees", HEAT, lambda w: machine.temperature(w, 99), "degraded", fixed=True),
    fault("a chip of 91 degrees", HEAT, lambda w: machine.sensors(w, ("soc", "die", 91, True)), "degraded"),
    fault("a processor of 91 degrees, all its sensors say so", HEAT,
          lambda w: machine.sensors(w, ("coretemp", "Package id 0", 92, True), ("coretemp", "Core 0", 91, True)), "degraded"),
    fault("a hot processor beside a sensor of nothing", HEAT,
          lambda w: machine.sensors(w, ("k10temp", "Tctl", 93, True), ("nct6775", "AUXTIN1", 109, False)), "degraded", fixed=True),
    fault("a hot battery", HEAT, lambda w: machine.sensors(w, ("bq27542", "battery", 88, True), ("cpu_thermal", "", 47, True)), "degraded"),
    fault("a thermal zone at the limit", HEAT, lambda w: machine.temperature(w, 85), "degraded"),
    fault("battery low, no charger", CHARGER, lambda w: machine.battery(w, 5, status="Discharging"), "degraded", fixed=True),
    fault("battery low, the charger's plug is out", CHARGER, lambda w: machine.battery(w, 8, charger=0), "degraded"),
    fault("battery low by its energy, no charger", CHARGER,
          lambda w: machine.battery(w, None, energy=(300, 5000), status="Discharging"), "degraded"),
    fault("battery low, nobody tells whether it charges", BATTERY, lambda w: machine.battery(w, 4), "degraded"),
    fault("battery low, it says neither", BATTERY, lambda w: machine.battery(w, 9, status="Unknown"), "degraded"),
    fault("battery low by its energy, and no more is known", BATTERY, lambda w: machine.battery(w, None, energy=(100, 5000)), "degraded"),
    fault("battery low, the charger is too weak", BATTERY, lambda w: machine.battery(w, 4, status="Discharging", charger=1), "degraded"),
    fault("battery low, the charger's current is not taken", BATTERY,
          lambda w: machine.battery(w, 4, status="Not charging", charger=1), "degraded"),
    fault("the application waits on a connection that the router forgot", APP, forgotten, "degraded"),
    _absent,
    as_user(_absent),
    fault("the payment application is stopped", APP, lambda w: devices.application(w, does=lambda p: p.send_signal(signal.SIGSTOP)),
          fixed=True),
    fault("the payment application is a zombie", APP, devices.application_a_zombie),
    fault("the payment application was killed", APP, lambda w: devices.application(w, does=killed)),
)  # fmt: skip
