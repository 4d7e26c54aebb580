"""A made Android terminal: what its commands say, by what is wrong with it. The dumps have the forms of Android 8 to 12."""

from __future__ import annotations

import re
import time
from pathlib import Path

from msgspec import Struct

from tests.support.servers.adb import Said

PACKAGE = "com.example.pay"
SAMPLES = Path(__file__).resolve().parents[2] / "probes/assess/android/samples"


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")


class AndroidTerminal(Struct, kw_only=True):
    """A payment terminal that goes by its SIM card; Wi-Fi is switched off, as most have it."""

    airplane: bool = False
    sim: str = "LOADED"
    data: bool = True
    app: bool = True
    pid: int = 4711  # of the application
    installed: bool = True
    booted: bool = True
    hosts: str = ""  # what connecting to a host says on stderr; empty: it connects
    names: bool = True
    names_silent: str = ""  # whoever is asked for a name says nothing, and nc ends with it: "Timeout", or "124" of `timeout`
    battery: int = 80
    disk_percent: int = 40
    clock_off_s: int = 0
    usb: str = ""  # the sample of what is plugged into it; empty: it has no such service

    def answer(self, command: str) -> Said:
        """Of a command that it does not have: not found."""
        online = self.data and not self.airplane and self.sim in ("LOADED", "READY")
        match command:
            case "getprop":
                return Said(
                    f"[gsm.sim.state]: [{self.sim}]\n[ro.product.model]: [PX-900]\n[ro.build.version.release]: [11]\n"
                    f"[sys.boot_completed]: [{int(self.booted)}]\n"
                )
            case "dumpsys connectivity":
                return Said(sample("connectivity-a7-cellular" if online else "connectivity-none"))
            case "cmd wifi status":
                return Said(sample("wifi-a11-disabled"))
            case "settings get global airplane_mode_on":
                return Said(f"{int(self.airplane)}\n")
            case "dumpsys telephony.registry":
                state = "3 3" if self.airplane else "0 0" if online else "1 1"
                return Said(
                    f"last known state:\n  Phone Id=0\n  mServiceState={state} voice home data home\n  mDataConnectionState={2 * online}\n"
                )
            case "dumpsys usb":
                return Said(sample(self.usb) if self.usb else "Can't find service: usb\n")
            case "dumpsys battery":
                return Said(sample("battery-a11").replace("level: 9", f"level: {self.battery}").replace("status: 3", "status: 2"))
            case "cat /proc/meminfo":
                return Said("MemTotal:        2000000 kB\nMemFree:          300000 kB\nMemAvailable:     900000 kB\n")
            case "date +%s":
                return Said(f"{int(time.time()) + self.clock_off_s}\n")
            case "date '+%m-%d %H:%M:%S'":
                return Said(time.strftime("%m-%d %H:%M:%S\n"))
            case "df -k /data":
                used = self.disk_percent * 100
                line = f"/dev/fuse 10000 {used} {10000 - used} {self.disk_percent}% /data\n"
                return Said(f"Filesystem 1K-blocks Used Available Use% Mounted on\n{line}")
        return self._about(command, online)

    def _about(self, command: str, online: bool) -> Said:
        if command.startswith("pidof"):
            return Said(f"{self.pid}\n") if self.app else Said(status=1)
        if command.startswith("pm path"):
            return Said(f"package:/data/app/{PACKAGE}/base.apk\n") if self.installed else Said(status=1)
        if command.startswith("logcat"):
            return Said(sample("events") if not self.app else "")
        if command.startswith("ping"):
            host = command.split()[-1]
            if re.fullmatch(r"[\d.]+", host):
                return Said(
                    f"PING {host} ({host}) 56(84) bytes of data.\n2 packets transmitted, {2 * online} received\n", status=not online
                )
            if self.names_silent and online:
                return Said(then="hang")
            if not (online and self.names):
                return Said(err=f"ping: unknown host {host}\n", status=2)
            return Said(f"PING {host} (192.0.2.10) 56(84) bytes of data.\n1 packets transmitted, 0 received\n", status=1)
        if command.startswith("timeout 5 toybox nc -w"):
            if not online:
                return Said(err="nc: connect: Network is unreachable\n", status=1)
            if self.names_silent and not re.search(r" [\d.]+ \d+ </dev/null$", command):
                return Said(status=124) if self.names_silent == "124" else Said(err="nc: Timeout\n", status=1)
            return Said(err=self.hosts, status=1) if self.hosts else Said()
        return Said(err=f"/system/bin/sh: {command.split()[0]}: not found\n", status=127)
