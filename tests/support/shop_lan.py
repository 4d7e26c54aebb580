"""A shop's network of its own: a switch with a box that looks, a terminal, a router and another machine, each in a namespace."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.patience import PATIENCE_S

BOX, TILL, ROUTER, OTHER = "192.168.50.5", "192.168.50.20", "192.168.50.1", "192.168.50.30"
MAC, OTHER_MAC = "02:00:00:00:50:02", "02:00:00:00:50:04"
_MACHINES = {"box": BOX, "till": TILL, "router": ROUTER, "other": OTHER}
_SERVE = """
import socket, sys, time
held = [socket.create_server(("0.0.0.0", int(port))) for port in sys.argv[1:]]
print("ready", flush=True)
time.sleep(600)
"""
_HANG_UP = """
import socket, sys
listens = socket.create_server(("0.0.0.0", int(sys.argv[1])))
print("ready", flush=True)
while True:
    listens.accept()[0].close()
"""


class ShopLan:
    def __init__(self) -> None:
        self._names = {name: f"pd{name}-{os.getpid()}" for name in ("switch", *_MACHINES)}
        self._served: list[subprocess.Popen[bytes]] = []
        for name in self._names.values():
            ip("netns", "add", name)
        self.ip("switch", "link", "add", "br0", "type", "bridge", "forward_delay", "0")
        self.ip("switch", "link", "set", "br0", "up")
        for number, (name, address) in enumerate(_MACHINES.items(), 1):
            peer = ["peer", "name", f"{name}0", "address", f"02:00:00:00:50:{number:02x}", "netns", self._names[name]]
            self.ip("switch", "link", "add", f"to-{name}", "type", "veth", *peer)
            self.plug(name)
            self.ip(name, "addr", "add", f"{address}/24", "dev", f"{name}0")
            self.ip(name, "addr", "add", f"fd00:50::{number}/64", "dev", f"{name}0", "nodad")
            self.ip(name, "link", "set", f"{name}0", "up")
            self.ip(name, "link", "set", "lo", "up")
        for address in (ROUTER, OTHER):
            self.run("box", "ping", "-c", "1", "-W", "5", address)

    def run(self, name: str, *words: str) -> str:
        command = ["ip", "netns", "exec", self._names[name], *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S).stdout

    def ip(self, name: str, *words: str) -> None:
        ip("-n", self._names[name], *words)

    def plug(self, name: str) -> None:
        self.ip("switch", "link", "set", f"to-{name}", "master", "br0", "up")

    def unplug(self, name: str) -> None:
        """Its own carrier stays, as with a second switch in between."""
        self.ip("switch", "link", "set", f"to-{name}", "nomaster")

    def silent(self, name: str) -> None:
        """It answers no echo request."""
        self.run(name, "sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1", "net.ipv6.icmp.echo_ignore_all=1")

    def remember(self, address: str, mac: str) -> None:
        """The box has an old entry about it."""
        self.ip("box", "neigh", "replace", address, "lladdr", mac, "dev", "box0", "nud", "stale")

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Ended with the network."""
        started = subprocess.Popen(["ip", "netns", "exec", self._names[name], *words], stdout=subprocess.PIPE)
        self._served.append(started)
        return started

    def serve(self, name: str, *ports: int) -> None:
        served = self.start(name, sys.executable, "-c", _SERVE, *map(str, ports))
        assert served.stdout and served.stdout.readline() == b"ready\n"

    def hang_up(self, name: str, port: int) -> None:
        """As one that serves another client: it accepts, and hangs up at once."""
        served = self.start(name, sys.executable, "-c", _HANG_UP, str(port))
        assert served.stdout and served.stdout.readline() == b"ready\n"

    def filter(self, name: str, port: int, what: str) -> None:
        """`what`: drop, or the words of a reject."""
        rules = f"table inet shut {{ chain in {{ type filter hook input priority 0; tcp dport {port} {what}; }}; }}"
        self.run(name, "nft", rules)

    def close(self) -> None:
        for served in self._served:
            served.kill()
            served.wait()
        for name in self._names.values():
            ip("netns", "del", name)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=PATIENCE_S)
