"""In the sandbox of an Android app (Termux): netlink and packet sockets denied, much of /proc and /sys closed, no psutil, no file of name
servers, no time zone. What is not known says why; nothing of it is a fault."""

from __future__ import annotations

import socket
import sys
from typing import Any

import pytest

from tests.support.world import World, host_faults
from tests.support.world.confined import examined
from tests.support.world.verdict import NOBODY, ROOT

pytestmark = pytest.mark.root
CLOSED = ("stat", "loadavg", "uptime", "vmstat", "version", "modules", "partitions", "diskstats")
FOLDERS = ("/proc/$$/net", "/sys/class/net", "/sys/class/power_supply", "/sys/class/thermal", "/sys/class/tty", "/usr/share/zoneinfo")
APP = """
mount -t proc -o hidepid=2 proc /proc
install -m 600 /dev/null {folder}/closed
for file in {files}; do [ ! -e /proc/$file ] || mount --bind {folder}/closed /proc/$file; done
for place in {places}; do [ ! -d $place ] || mount -t tmpfs -o mode=700 none $place; done
cp -a /etc/. {folder}/etc
rm -f {folder}/etc/resolv.conf {folder}/etc/localtime
mount --bind {folder}/etc /etc
true"""
ANDROID = '''
import socket, sys

sys.getandroidapilevel = lambda: 34
asked = socket.getaddrinfo

def netd(host, port, *more, **options):
    """As Android's service for names, which knows the server that no program is told."""
    try:
        return asked(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except socket.gaierror:
        from probes.edge.dns import resolver, wire
        from probes.edge.failures import PeerFailed
        from probes.ground.deadline import Deadline
        try:
            found = resolver.ask("{server}", host, wire.A, Deadline(5)).answer.addresses
        except PeerFailed:
            found = ()
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "No address associated with hostname") from None
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in found]

socket.getaddrinfo = netd
'''
NO_PSUTIL = "raise ImportError('platform android is not supported')\n"


def as_an_app(world: World) -> dict[str, Any]:
    site = world.folder / "site"
    (site / "psutil").mkdir(parents=True)
    (site / "psutil/__init__.py").write_text(NO_PSUTIL)
    (site / "sitecustomize.py").write_text(ANDROID.replace("{server}", "192.168.50.1"))
    (world.folder / "etc").mkdir()
    sandbox = [
        word
        for family in (socket.AF_NETLINK, socket.AF_PACKET)
        for word in (sys.executable, "-m", "tests.support.sandbox", str(int(family)))
    ]
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env", "-u", "TZ", f"PYTHONPATH={site}:{ROOT}"]
    mounts = APP.format(files=" ".join(CLOSED), places=" ".join(FOLDERS), folder=world.folder)
    return examined(world, *user, *sandbox, mounts=mounts)


def test_all_is_well() -> None:
    with World() as world:
        world.config["app"] = [{"name": "payapp", "process": "no-such-process-runs-here"}]
        world.config["uplink"] = [{"interface": "eth0"}, {"interface": "eth9"}]
        document = as_an_app(world)
    checks = {check["id"]: check for check in document["checks"]}
    assert (document["state"], document["can_pay"], document["causes"]) == ("ok", "yes", []), document["causes"]
    assert checks["gateway:acquirer-a"]["outcome"] == checks["internet:check-1"]["outcome"] == "pass", "names are found by the system"
    assert checks["link:eth0"]["outcome"] == checks["address:eth0"]["outcome"] == "pass", "by ioctl"
    assert not [each for each in checks if each.startswith("dns:config")]
    for unknown, why in {
        "app:payapp": "psutil cannot be loaded here (platform android is not supported)",
        "link:eth9": "AF_NETLINK is missing",
        "system:load": "/proc is missing",
        "system:battery": "/sys is missing",
    }.items():
        assert checks[unknown]["outcome"] == "unknown" and why in checks[unknown]["because"], checks[unknown]
    assert checks["system:memory"]["outcome"] == checks["system:clock"]["outcome"] == "pass"


def test_names_are_not_found() -> None:
    """As where the shop's name server is silent: Android has one word for all reasons, so nobody is accused for certain."""
    with World() as world:
        host_faults.dns_silent(world)
        document = as_an_app(world)
    assert document["can_pay"] == "no"
    (cause,) = document["causes"]
    assert cause["code"] in ("network.dns_failing", "unknown.indeterminate") and cause["confidence"] <= 0.8, cause
