"""Small segments tried beside a handshake that stalls: the hole in the path is found, and a host that is only slow is left in peace."""

from __future__ import annotations

import socket
import ssl
import threading
import time

import pytest

from tests.support.world import World, behaviours, faults, host_faults, plan
from tests.support.world.behaviours import Behaviour

pytestmark = pytest.mark.root

HOLE = "network.mtu_blackhole"
SLOW_S = 2.5  # longer than small segments wait to be tried, and well within what a handshake may take


def one_at_a_time(behaviour: Behaviour) -> Behaviour:
    """As a host of one process: the next connection waits for the end of the one before."""
    busy = threading.Lock()

    def behaves(connection: socket.socket) -> None:
        with busy:
            behaviour(connection)

    return behaves


def own_context(w: World) -> ssl.SSLContext:
    return w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))


def test_a_hole_shows_at_a_host_that_takes_one_connection_at_a_time() -> None:
    with World() as w:
        faults.small_packets_only(w)
        host_faults.gateway_does(w, one_at_a_time(behaviours.tls(own_context(w))))
        verdict = w.check()
    assert verdict.cause == HOLE, verdict.explain()


def test_a_hole_shows_at_a_host_that_wants_a_client_certificate() -> None:
    """Which is never sent to a host whose own was not verified: its refusal shows that what it said before came through."""
    with World() as w:
        faults.small_packets_only(w, 700)  # its first flight is a short one
        context = own_context(w)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(w.authority.root_file)
        host_faults.gateway_does(w, behaviours.tls(context))
        verdict = w.check()
    assert verdict.cause == HOLE, verdict.explain()


@pytest.mark.parametrize("alone", [True, False])
def test_a_host_that_takes_its_time_is_no_hole_and_is_asked_at_most_twice(alone: bool) -> None:
    with World() as w:
        secured = behaviours.tls(own_context(w))
        accepted: list[socket.socket] = []

        def slowly(connection: socket.socket) -> None:
            accepted.append(connection)
            time.sleep(SLOW_S)
            secured(connection)

        host_faults.gateway_does(w, one_at_a_time(slowly) if alone else slowly)
        verdict = w.check()
    assert (verdict.state, verdict.codes("outage", "degraded")) == ("ok", []), verdict.explain()
    assert verdict.gateway()["outcome"] == "pass"
    assert len(accepted) <= 2


def test_a_slow_host_that_keeps_only_the_newest_connection_is_no_fault() -> None:
    with World() as w:
        secured = behaviours.tls(own_context(w))
        newest: list[socket.socket] = []

        def keeps_the_newest(connection: socket.socket) -> None:
            newest.append(connection)
            if len(newest) > 1:
                newest[-2].shutdown(socket.SHUT_RDWR)
            time.sleep(SLOW_S)
            secured(connection)

        host_faults.gateway_does(w, keeps_the_newest)
        verdict = w.check()
    assert (verdict.state, verdict.codes("outage", "degraded")) == ("ok", []), verdict.explain()
