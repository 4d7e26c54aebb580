"""What calls for samples of loss, and that they are taken while the slowest probe still runs: a person waits for the verdict."""

from __future__ import annotations

import socket
import time

import pytest

from tests.support.world import World, behaviours, host_faults, plan, questions, shapes

pytestmark = pytest.mark.root

LOSS = "internet:loss:eth0"


def first_question_lost(w: World) -> None:
    """Of each internet check's name: what asks again has its answer a second later."""
    forward, known = questions.forward(plan.NAME_SERVER.v4, 0), set()

    def answer(asked: bytes) -> bytes | None:
        if b"check" not in asked or asked[12:] in known:
            return forward(asked)
        known.add(asked[12:])
        return None

    w.shop_dns.stop()
    w.cleanup.callback(questions.Responder(w.router, plan.ROUTER, answer).stop)


def silent_after_three_seconds(w: World) -> None:
    """Of a handshake, for a request that is never answered."""
    secured = behaviours.tls(w.authority.context(w.authority.leaf(plan.GATEWAY_A.name)))

    def behaves(connection: socket.socket) -> None:
        time.sleep(3)
        secured(connection)

    host_faults.gateway_does(w, behaves)
    w.config["gateway"][0].update(protocol="https")


def test_a_packet_lost_calls_for_samples_before_the_last_probe_has_ended() -> None:
    with World() as w:
        first_question_lost(w)
        silent_after_three_seconds(w)
        verdict = w.check()
    sampled = verdict.checks("internet")[LOSS]
    assert (sampled["outcome"], sampled["facts"]["lost"]) == ("pass", 0), verdict.explain()
    assert sampled["observed_at"] < verdict.gateway()["observed_at"], verdict.explain()


def test_a_handshake_that_goes_on_behind_a_near_proxy_calls_for_none() -> None:
    """It takes its round trips to the far host, and `connect_ms` is that of the proxy."""
    with World() as w:
        secured = behaviours.tls(w.authority.context(w.authority.leaf(plan.GATEWAY_A.name)), behaviours.http(200))
        page = behaviours.http(204)

        def proxy(connection: socket.socket) -> None:
            if connection.recv(4, socket.MSG_PEEK) == b"GET ":
                return page(connection)
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            time.sleep(0.5)
            return secured(connection)

        w.serve("proxy", plan.PUBLIC, shapes.BROKEN_PROXY_AT, proxy)
        w.config["network"]["proxy"] = shapes.PROXY
        w.config["gateway"][0].update(protocol="https")
        verdict = w.check()
    assert (verdict.state, verdict.gateway()["facts"]["depth"]) == ("ok", "http"), verdict.explain()
    assert LOSS not in verdict.checks("internet"), verdict.explain()
