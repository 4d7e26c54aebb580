"""Links, addresses and routes that change: seen at the moment they do, and not where nothing really changed."""

from __future__ import annotations

import struct

import pytest

from probes.edge.kernel.path_events import Known, PathEvents, news
from tests.support.world import World, faults, netns
from tests.support.world.daemon import daemon

HOURS = {"agent": {"interval_s": 3600, "retry_s": 1}}


@pytest.mark.root
def test_a_cable_pulled_is_seen_as_it_happens_and_soon_confirmed() -> None:
    """The next cycle is an hour away, so the event alone leads to a look; how soon is measured by `make bench`."""
    with World() as w, daemon(w, HOURS) as running:
        running.until(lambda status: status["state"] == "ok")
        faults.cable_out(w)
        seen = running.until(lambda status: status["pending"] or status["state"] != "ok")
        assert (seen["pending"] or seen)["cause"] == "operator.cable_unplugged"
        running.until(lambda status: status["state"] == "outage")
        faults.cable_in(w)
        running.until(lambda status: status["state"] == "ok")


@pytest.mark.root
@pytest.mark.parametrize("fault", [faults.no_default_route, faults.no_address, faults.interface_down])
def test_a_way_out_that_is_lost_is_seen_at_once(fault: faults.Fault) -> None:
    with World() as w, daemon(w, HOURS) as running:
        running.until(lambda status: status["state"] == "ok")
        fault(w)
        running.until(lambda status: status["pending"] or status["state"] != "ok")


@pytest.mark.root
def test_what_only_repeats_what_is_known_begins_nothing() -> None:
    with World() as w:
        ears = netns.call(w.terminal, PathEvents)
        lease = "address replace 192.168.50.10/24 dev eth0 valid_lft 3600 preferred_lft 1800"
        netns.ip(w.terminal, lease)
        assert ears.read()
        for seconds in (3500, 3400):
            netns.ip(w.terminal, lease.replace("3600", str(seconds)))
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
