"""A machine that has just started, and a host that stands still: what really reaches the host."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import pytest

from tests.support.world import World, host_faults
from tests.support.world.daemon import daemon

pytestmark = pytest.mark.root


def just_started(folder: Path) -> Path:
    """A launcher of the agent whose machine has run for a minute: a namespace of time of its own."""
    ago = int(time.clock_gettime(time.CLOCK_BOOTTIME)) - 60
    launcher = folder / "posdiag"
    launcher.write_text(f'#!/bin/sh\nexec unshare --time --boottime {-max(0, ago)} {sys.executable} -m agent "$@"\n')
    launcher.chmod(0o755)
    return launcher


def test_after_a_start_all_but_gateways_is_looked_at_at_once_and_a_technician_waits_for_nothing(tmp_path: Path) -> None:
    with World() as w, daemon(w, {"agent": {"start_spread_s": 3600}}, launcher=just_started(tmp_path)) as running:
        first = running.until(lambda s: bool(s["checks"]))
        checks = {check["id"]: check for check in first["checks"]}
        assert checks["gateway:acquirer-a"]["outcome"] == "unknown"
        assert "just started" in checks["gateway:acquirer-a"]["because"]
        assert checks["link:eth0"]["outcome"] == checks["internet:check-1"]["outcome"] == "pass"
        assert (first["state"], first["causes"]) == ("unknown", [])
        verdict = w.check()
        assert verdict.gateway()["outcome"] == "pass", verdict.explain()


def test_the_first_look_at_gateways_comes_by_itself(tmp_path: Path) -> None:
    with World() as w, daemon(w, {"agent": {"interval_s": 3600, "start_spread_s": 2}}, launcher=just_started(tmp_path)) as running:
        assert running.until(lambda s: s["state"] == "ok")["can_pay"] == "yes"


def test_a_host_that_stands_still_gets_two_connections_in_ten_seconds() -> None:
    with World() as w:
        accepted: list[float] = []

        def stands_still(connection: socket.socket) -> None:
            accepted.append(time.monotonic())
            connection.recv(65536)
            while connection.recv(65536):
                pass

        with daemon(w) as running:
            running.until(lambda s: s["state"] == "ok")
            host_faults.gateway_does(w, stands_still)
            running.until(lambda s: s["state"] == "outage")
    assert len(accepted) >= 2
    assert max(sum(start <= at < start + 10 for at in accepted) for start in accepted) <= 2
