"""The shop's DHCP: dnsmasq at the router, busybox's client at the terminal."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.world import netns, plan

_APPLY = """#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
ip route replace default via "${router%% *}" dev "$interface" metric 100
: > /etc/resolv.conf
for each in $dns; do echo "nameserver $each" >> /etc/resolv.conf; done
"""


def lease(terminal: str, folder: Path) -> bool:
    """The terminal forgets its address and asks for one: whether it got one."""
    netns.command("ip", "-n", terminal, "-4", "address", "flush", "dev", "eth0")
    script = folder / "udhcpc.sh"
    script.write_text(_APPLY)
    script.chmod(0o755)
    asked = ["busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "2", "-T", "1", "-s", str(script)]
    done = subprocess.run(["ip", "netns", "exec", terminal, *asked], capture_output=True, text=True, check=False)
    return done.returncode == 0


def options(kind: str, folder: Path) -> list[str]:
    """For dnsmasq. `on`: a range; `exhausted`: a range of one address that is kept for somebody else; else no DHCP at all."""
    common = [f"--dhcp-option=option:router,{plan.ROUTER}", f"--dhcp-option=option:dns-server,{plan.ROUTER}"]
    common += ["--no-ping", "--dhcp-authoritative", f"--dhcp-leasefile={folder}/leases"]
    if kind == "on":
        return ["--dhcp-range=192.168.50.100,192.168.50.150,12h", *common]
    if kind == "exhausted":
        return ["--dhcp-range=192.168.50.100,192.168.50.100,12h", "--dhcp-host=02:00:00:00:50:77,192.168.50.100", *common]
    return []
