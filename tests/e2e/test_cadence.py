"""What the daemon repeats in a cycle and what it lets stand, on a wire whose bytes are counted by the kernel."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from agent.contract.times import utc
from agent.daemon.depth_policy import CYCLES
from tests.support.patience import until
from tests.support.servers.acquirer import Acquirer
from tests.support.world import World, behaviours, config, faults, host_faults, netns, plan
from tests.support.world.daemon import Daemon, Document, daemon

pytestmark = pytest.mark.root

EVERY_SECOND = {"interval_s": 1, "retry_s": 1}
CELLULAR = [{"interface": "eth0", "kind": "cellular"}]


def ages(document: Document) -> dict[str, str]:
    return {check["id"]: check["observed_at"] for check in document["checks"]}


METER = """
table ip wire {
  counter carried { }
  chain arrived { type filter hook input priority 0; policy accept; iifname "eth0" meta l4proto { tcp, udp, icmp } counter name carried; }
  chain departed { type filter hook output priority 0; policy accept; oifname "eth0" meta l4proto { tcp, udp, icmp } counter name carried; }
}
"""


def wire(w: World) -> tuple[int, int]:
    """Bytes of IP and packets that went over the terminal's cable, as the kernel counts them."""
    listed = netns.command("ip", "netns", "exec", w.terminal, "nft", "-j", "list", "counters", "table", "ip", "wire")
    counter = next(each["counter"] for each in json.loads(listed)["nftables"] if "counter" in each)
    return counter["bytes"], counter["packets"]


def test_what_is_not_repeated_keeps_its_time_and_a_failure_makes_everything_repeated() -> None:
    with World() as w, daemon(w, {"agent": EVERY_SECOND}) as running:
        running.until(lambda s: s["state"] == "ok" and s["sequence"] >= 2)
        running.until(lambda s: min(ages(s)["gateway:acquirer-a"], ages(s)["link:eth0"]) > ages(s)["internet:check-1"])
        host_faults.gateway_stopped(w)
        broken = utc(time.time())
        outage = running.until(lambda s: s["state"] == "outage")
        assert outage["cause"] == "system.gateway_down"
        assert min(ages(outage).values()) > broken, "no verdict changes on what was seen before it"
        w.servers["gateway_a"].start()
        running.until(lambda s: s["state"] == "ok")


def test_a_fault_off_the_payment_path_is_found_within_a_few_cycles() -> None:
    with World() as w, daemon(w, {"agent": EVERY_SECOND}) as running:
        running.until(lambda s: s["state"] == "ok" and s["sequence"] >= 2)
        w.servers["check_1"].stop()
        before = running.status()["sequence"]
        found = running.until(lambda s: any(c["id"] == "internet:check-1" and c["outcome"] == "fail" for c in s["checks"]))
        assert found["sequence"] <= before + CYCLES + 1, "a document is written in each cycle, and the one that runs may have passed it"


def at_rest(w: World) -> tuple[int, int]:
    """Once the last segments of closed connections are over: nothing for two seconds, and so for two cycles."""
    seen = [(time.monotonic(), wire(w))]

    def rests() -> bool:
        time.sleep(0.2)
        if (now := wire(w)) != seen[0][1]:
            seen[0] = time.monotonic(), now
        return time.monotonic() - seen[0][0] >= 2

    until(rests, lambda: "the wire does not come to rest")
    return seen[0][1]


def begun(w: World, running: Daemon) -> tuple[int, int]:
    running.until(lambda s: s["state"] == "ok" and s["sequence"] >= 3)
    return at_rest(w)


def test_on_a_metered_uplink_cycles_send_nothing_and_what_was_sent_is_counted() -> None:
    acquirer = Acquirer()
    with World() as w:
        w.servers["gateway_a"].behaviour = behaviours.tls(w.authority.context(w.authority.leaf(plan.GATEWAY_A.name)), acquirer.serve)
        ids = {"terminal_id": "00000001", "merchant_id": "123456789012345"}
        gateway = config.gateway("a", w.authority.root_file, protocol="iso8583", iso8583=ids)
        netns.nft(w.terminal, METER)
        with daemon(w, {"agent": EVERY_SECOND, "uplink": CELLULAR, "gateway": [gateway]}) as running:
            spent, packets = begun(w, running)
            sequence = running.status()["sequence"]
            running.until(lambda s: s["sequence"] >= sequence + 4)
            assert wire(w)[1] == packets
            (use,) = running.status()["data"]
            assert (use["interface"], use["budget_bytes"]) == ("eth0", 10_000_000)
            assert use["used_bytes"] == pytest.approx(spent, rel=0.1), "its own count against the wire's"
            host_faults.gateway_stopped(w)
            sequence = running.status()["sequence"]
            later = running.until(lambda s: s["sequence"] >= sequence + 3)
            assert later["state"] == "ok" and not later["pending"], "nothing was sent, so nothing can be known"


def test_a_serial_device_that_is_plugged_in_again_sends_nothing_over_a_metered_uplink() -> None:
    with World() as w:
        port = Path("/dev/shm", f"{w.terminal}-pinpad")  # below /dev, as ports are, and seen by the same inotify
        w.cleanup.callback(port.unlink, missing_ok=True)
        far, near = os.openpty()
        w.cleanup.callback(os.close, far)
        w.cleanup.callback(os.close, near)
        port.symlink_to(os.ttyname(near))
        netns.nft(w.terminal, METER)
        serial = [{"name": "pinpad", "port": str(port), "protocol": "presence"}]
        with daemon(w, {"agent": {"interval_s": 3600, "retry_s": 1}, "uplink": CELLULAR, "serial": serial}) as running:
            running.until(lambda s: s["state"] == "ok")
            packets = at_rest(w)[1]
            seen = ages(running.status())["serial:pinpad"]
            port.unlink()
            port.symlink_to(os.ttyname(near))
            running.until(lambda s: ages(s)["serial:pinpad"] > seen)
            assert at_rest(w)[1] == packets


def test_a_gateway_that_ends_a_connection_kept_open_is_confirmed_down_without_waiting_for_a_cycle() -> None:
    """The next one is an hour away."""
    acquirer = Acquirer()
    with World() as w:
        w.servers["gateway_a"].behaviour = acquirer.serve
        ids = {"terminal_id": "00000001", "merchant_id": "123456789012345"}
        gateway = config.gateway("a", w.authority.root_file, protocol="iso8583", tls=False, iso8583=ids, keep_open=True) | {"ca_file": ""}
        with daemon(w, {"agent": {"interval_s": 3600}, "uplink": CELLULAR, "gateway": [gateway]}) as running:
            running.until(lambda s: s["state"] == "ok")
            w.servers["gateway_a"].stop()
            assert running.until(lambda s: s["state"] == "outage")["cause"] == "system.gateway_down"


def test_a_lost_link_is_seen_as_it_happens_on_a_metered_uplink_too() -> None:
    with World() as w, daemon(w, {"agent": {"interval_s": 3600, "retry_s": 1}, "uplink": CELLULAR}) as running:
        running.until(lambda s: s["state"] == "ok")
        faults.cable_out(w)
        running.until(lambda s: s["state"] == "outage")
