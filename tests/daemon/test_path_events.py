"""Links, addresses and routes that change: seen at the moment they do, and not where nothing really changed."""

from __future__ import annotations

import struct
import time

import pytest

from agent.daemon.events import SETTLE_S, STEP_S
from probes.edge.kernel.path_events import Known, PathEvents, news
from tests.support.world import World, faults, netns
from tests.support.world.daemon import daemon

HOURS = {"agent": {"interval_s": 3600, "retry_s": 1}}


@pytest.mark.root
def test_a_cable_pulled_stands_in_the_status_file_within_a_second_and_is_confirmed_soon() -> None:
    with World() as w, daemon(w, HOURS) as running:
        running.until(lambda status: status["state"] == "ok", 20)
        faults.cable_out(w)
        took = running.until(lambda status: status["pending"] or status["state"] != "ok", 5)
        assert (running.status()["pending"] or running.status())["cause"] == "operator.cable_unplugged"
        assert took < 1
        running.until(lambda status: status["state"] == "outage", 5)
        time.sleep(2 * STEP_S)
        faults.cable_in(w)
        assert running.until(lambda status: status["pending"] or status["state"] == "ok", 5) < 2
        running.until(lambda status: status["state"] == "ok", 5)


@pytest.mark.root
@pytest.mark.parametrize("fault", [faults.no_default_route, faults.no_address, faults.interface_down])
def test_a_way_out_that_is_lost_is_seen_at_once(fault: faults.Fault) -> None:
    with World() as w, daemon(w, HOURS) as running:
        running.until(lambda status: status["state"] == "ok", 20)
        fault(w)
        assert running.until(lambda status: status["pending"] or status["state"] != "ok", 5) < 1.5


@pytest.mark.root
def test_what_only_repeats_what_is_known_begins_nothing() -> None:
    with World() as w:
        ears = netns.call(w.terminal, PathEvents)
        lease = "address replace 192.168.50.10/24 dev eth0 valid_lft 3600 preferred_lft 1800"
        netns.ip(w.terminal, lease)
        assert ears.read()
        for seconds in (3500, 3400):
            netns.ip(w.terminal, lease.replace("3600", str(seconds)))
        time.sleep(SETTLE_S)
        assert not ears.read(), "a renewed lease"
        netns.ip(w.terminal, "link set eth0 alias till-2")
        assert ears.read(), "its first message tells what was not known"
        netns.ip(w.terminal, "link set eth0 alias till-3")
        assert not ears.read(), "a name for people"
        netns.ip(w.terminal, "route add 203.0.113.0/24 via 192.168.50.1")
        assert ears.read()
        netns.ip(w.terminal, "route del 203.0.113.0/24 via 192.168.50.1")
        assert ears.read()
        ears.close()


@pytest.mark.parametrize("body", [b"", b"\0" * 3, b"\x02\x18\0\0\x01\0\0\0\x05", struct.pack("=BBBBi", 2, 24, 0, 0, 1) + b"\xff\xff\x02\0"])
@pytest.mark.parametrize("kind", [0, 3, 16, 17, 20, 21, 24, 25, 99])
def test_damaged_messages_do_no_harm(kind: int, body: bytes) -> None:
    known: Known = {}
    news(kind, body, known)
    assert len(known) <= 1
