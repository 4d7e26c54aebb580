"""A terminal on a real network of two machines: there, with its ports, and gone while another one answers, or nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.root
TERMINAL, ROUTER, MAC = "192.168.50.20", "192.168.50.1", "02:00:00:00:50:20"
LOOK = """
import sys, msgspec
from probes.beside_lan import on_lan
from probes.ground.deadline import Deadline
from probes.settings import Beside
settings, may_try, seen = msgspec.json.decode(sys.argv[1], type=Beside), [int(port) for port in sys.argv[2].split()], sys.argv[3] == "seen"
said = msgspec.json.decode(sys.argv[4])
print(msgspec.json.encode(on_lan(settings, may_try, seen, Deadline(60), said)).decode())
"""
SERVE = """
import socket, sys, time
held = [socket.create_server(("0.0.0.0", int(port))) for port in sys.argv[1:]]
print("ready", flush=True)
time.sleep(600)
"""


class Shop:
    """The box that looks, in one namespace, and everything else on its network in another."""

    def __init__(self) -> None:
        self.box, self.lan = f"pdb-{os.getpid()}", f"pdl-{os.getpid()}"
        self.served: list[subprocess.Popen[bytes]] = []
        for name in (self.box, self.lan):
            ip("netns", "add", name)
        ip("-n", self.box, "link", "add", "box0", "type", "veth", "peer", "name", "lan0", "address", MAC, "netns", self.lan)
        ip("-n", self.box, "addr", "add", "192.168.50.5/24", "dev", "box0")
        for name, device in ((self.box, "box0"), (self.lan, "lan0"), (self.lan, "lo")):
            ip("-n", name, "link", "set", device, "up")
        for address in (TERMINAL, ROUTER):
            ip("-n", self.lan, "addr", "add", f"{address}/24", "dev", "lan0")
        self.run("ping", "-c", "1", "-W", "5", ROUTER)

    def run(self, *words: str) -> str:
        command = ["ip", "netns", "exec", self.box, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE_S).stdout

    def serve(self, *ports: int) -> None:
        command = ["ip", "netns", "exec", self.lan, sys.executable, "-c", SERVE, *map(str, ports)]
        served = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.served.append(served)
        assert served.stdout and served.stdout.readline() == b"ready\n"

    def look(self, *, may_try: str = "", seen: bool = False, said: dict[str, str] | None = None, **settings: Any) -> dict[str, Any]:
        table = json.dumps({"name": "till-2", "address": TERMINAL, **settings})
        words = (table, may_try, "seen" if seen else "new", json.dumps(said or {}))
        found: dict[str, Any] = json.loads(self.run(sys.executable, "-c", LOOK, *words))
        return found

    def close(self) -> None:
        for served in self.served:
            served.kill()
            served.wait()
        for name in (self.box, self.lan):
            ip("netns", "del", name)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=PATIENCE_S)


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    try:
        yield made
    finally:
        made.close()


def test_it_is_there_and_its_ports_are_tried_only_when_they_may_be(shop: Shop) -> None:
    shop.serve(8443)
    seen = shop.look(ports=[8443, 20007], may_try="8443")
    assert (seen["outcome"], seen["facts"]["answered_by"], seen["facts"]["ports"]) == ("pass", "icmp", {"8443": "open"})
    assert seen["facts"]["mac"] == MAC
    closed = shop.look(ports=[8443, 20007], may_try="8443 20007")
    assert (closed["outcome"], closed["symptom"], closed["facts"]["ports"]["20007"]) == ("fail", "refused", "refused")


def test_what_a_port_said_stands_until_it_is_tried_again(shop: Shop) -> None:
    held = shop.look(ports=[20007], said={"20007": "refused"})
    assert (held["outcome"], held["symptom"], held["facts"]["ports"]) == ("fail", "refused", {"20007": "refused"})
    assert shop.look(said={"5555": "open"})["symptom"] == "debugging_open"
    shop.serve(20007)
    assert shop.look(ports=[20007], may_try="20007 5555", said={"20007": "refused", "5555": "open"})["outcome"] == "pass"


def test_one_that_answers_no_ping_is_there(shop: Shop) -> None:
    subprocess.run(["ip", "netns", "exec", shop.lan, "sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"], check=True)
    seen = shop.look()
    assert (seen["outcome"], seen["facts"]["answered_by"]) == ("pass", "arp")


def test_gone_beside_others_and_gone_with_all(shop: Shop) -> None:
    ip("-n", shop.lan, "addr", "del", f"{TERMINAL}/24", "dev", "lan0")
    gone = shop.look(seen=True)
    assert (gone["outcome"], gone["symptom"], gone["facts"]["others"]) == ("fail", "terminal_gone", 1)
    never = shop.look(seen=False)
    assert (never["outcome"], never["symptom"]) == ("unknown", "nobody_there")
    ip("-n", shop.lan, "link", "set", "lan0", "down")
    ip("-n", shop.box, "neigh", "flush", "all")
    alone = shop.look(seen=True)
    assert alone["outcome"] == "unknown", "the shop's own network may be down for all"


def test_it_has_another_address_now(shop: Shop) -> None:
    seen = shop.look(address="", mac=MAC)
    assert seen["outcome"] == "pass" and seen["facts"]["address"] in (TERMINAL, ROUTER)


def test_another_machine_has_its_address(shop: Shop) -> None:
    other = shop.look(mac="02:00:00:00:50:99", seen=True)
    assert (other["outcome"], other["symptom"], other["facts"]["moved"]) == ("fail", "terminal_gone", MAC)


def test_debugging_is_open_to_anybody(shop: Shop) -> None:
    shop.serve(5555)
    seen = shop.look(may_try="5555")
    assert (seen["outcome"], seen["symptom"]) == ("warn", "debugging_open")
    assert shop.look()["outcome"] == "pass", "not tried now"
