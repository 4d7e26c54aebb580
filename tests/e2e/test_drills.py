"""`posdiag drill` at a terminal with two uplinks and a backup gateway: what is tried, what it costs, and that nothing is switched."""

from __future__ import annotations

import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.examination.drill import cost
from agent.messages.limit import CHECK_EXTRA
from agent.settings.load import load
from tests.support.patience import until
from tests.support.recorded import told
from tests.support.servers.acquirer import Acquirer
from tests.support.world import World, acquirers, faults, netns, plan

pytestmark = pytest.mark.root
UPLINKS = [{"interface": "eth0", "kind": "ethernet"}, {"interface": "wwan0", "kind": "cellular", "role": "backup"}]


@contextmanager
def world(**more: Any) -> Iterator[World]:
    with World(backup=True, gateways="ab", **more) as made:
        made.config["gateway"][1]["role"] = "backup"
        made.config["uplink"] = UPLINKS
        yield made


def drill(w: World, *words: str, language: str = "en") -> tuple[int, str]:
    command, environment = w.seat().command("drill", *words, "--config", str(w.configure()), "--lang", language)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def drilled(w: World) -> list[tuple[str, str, str]]:
    return [(line["what"], line["subject"], line["result"]) for line in told(w.folder / "state", "drill")]


def passed_over(w: World, interface: str) -> int:
    """Bytes both ways, as the kernel counts them."""
    shown = netns.command("ip", "netns", "exec", w.terminal, "cat", "/proc/net/dev")
    line = next(each for each in shown.splitlines() if each.strip().startswith(f"{interface}:"))
    fields = line.split(":")[1].split()
    return int(fields[0]) + int(fields[8])


@contextmanager
def monitored(w: World, what: list[str]) -> Iterator[None]:
    """What the kernel tells of changes of routes, rules, addresses and links meanwhile."""
    command = ["ip", "-n", w.terminal, "monitor", "route", "rule", "address", "link"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as watch:
        try:
            assert watch.stdout is not None
            said = watch.stdout
            until(lambda: _marked(w, 254) or select.select([said], [], [], 0.1)[0])  # it listens
            yield
            _marked(w, 253)
            while b"192.0.2.253" not in (line := said.readline()):
                what += [line.decode()] if b"192.0.2.254" not in line else []
        finally:
            watch.terminate()


def _marked(w: World, last: int) -> bool:
    """A route that comes and goes, for whoever listens."""
    for what in ("add", "del"):
        netns.ip(w.terminal, f"route {what} 192.0.2.{last}/32 dev lo")
    return False


def test_a_drill_of_the_uplink_reaches_the_gateway_over_it_and_moves_no_route() -> None:
    with world() as w:
        settings = load(str(w.configure())).settings
        before, moved = passed_over(w, "wwan0"), list[str]()
        with monitored(w, moved):
            status, said = drill(w, "uplink")
        spent = passed_over(w, "wwan0") - before
        assert (status, drilled(w)) == (0, [("uplink", "wwan0", "passed")]), said
    assert moved == []
    assert 1000 < spent <= cost("uplink", settings), "the gateway's certificates came over it, and no more than was said"
    assert "payments go on over eth0" in said and f"{cost('uplink', settings) / 1000:.0f} kB" in said


def test_without_the_first_line_the_drill_says_what_it_said_before() -> None:
    """What is bound to the backup goes over the backup alone: the cable of the other is out, and nothing is different."""
    with world() as w:
        faults.wan_silent(w)
        status, said = drill(w, "uplink")
    assert status == 0, said


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (lambda w: netns.ip(w.terminal, "link set wwan0 down"), "operator.interface_disabled"),
        (lambda w: netns.ip(w.terminal, "route del default dev wwan0"), "operator.network_misconfigured"),
        (lambda w: faults.rule(w.net, "early", 'iifname "mobile0" drop'), "network.internet_down"),
        (lambda w: faults.rule(w.net, "early", f'iifname "mobile0" tcp dport {plan.GATEWAY_PORT} drop'), "network.gateway_blocked"),
    ],
    ids=["down", "no route", "no answers", "gateways blocked"],
)
def test_a_backup_that_would_not_help_fails_with_its_cause_and_steps(fault: Any, cause: str) -> None:
    with world() as w:
        fault(w)
        status, said = drill(w, "uplink")
        line = told(w.folder / "state", "drill")[-1]
    assert (status, line["result"]) == (2, "failed"), said
    assert line["text"].startswith(f"{cause}: "), line["text"]
    assert "What to do" in said and "1. [" in said


def test_a_backup_gateway_that_refuses_fails_and_the_first_one_is_not_asked() -> None:
    with world() as w:
        w.servers["gateway_b"].stop()
        status, said = drill(w, "gateway")
        assert (status, drilled(w)) == (2, [("gateway", "acquirer-b", "failed")]), said
        assert "system.gateway_down" in told(w.folder / "state", "drill")[-1]["text"]
        assert not w.servers["gateway_a"].reached(1, 0)


def test_a_drill_of_the_gateway_with_the_line_down_says_nothing_of_the_gateway() -> None:
    with world() as w:
        faults.wan_silent(w)
        status, said = drill(w, "gateway")
        assert status == 3, said
        assert not (w.folder / "state/history.ndjson").exists(), "what could not be tried writes nothing"
    assert "Could not be tried" in said and "Noted" not in said


def test_both_languages_and_a_name() -> None:
    with world() as w:
        assert "通过" in drill(w, "uplink", "wwan0", language="zh")[1]
        status, said = drill(w, "uplink", "usb9")
        assert (status, "eth0, wwan0" in said) == (3, True), said
        status, said = drill(w, "gateway", "acquirer-a")
        assert (status, "Passed: the gateway acquirer-a" in said) == (0, True), said


def test_where_there_is_no_backup_it_says_how_to_name_one() -> None:
    with World() as w:
        for what in ("uplink", "gateway"):
            status, said = drill(w, what)
            assert (status, 'role = "backup"' in " ".join(said.split())) == (3, True), said
        assert not (Path(w.folder) / "state" / "history.ndjson").exists()


def test_drills_in_a_row_send_no_more_messages_than_the_acquirer_allows_a_check() -> None:
    """Over whichever line: the connection is tried each time, and the last answer stands where no message may be sent."""
    with world() as w:
        acquirer = Acquirer()
        acquirers.speaks(w, acquirer, app_interval_s=300)
        for _ in range(6):
            status, said = drill(w, "uplink")
            assert status == 0, said
        assert 1 <= len(acquirer.received) <= 1 + CHECK_EXTRA
        assert drilled(w) == 6 * [("uplink", "wwan0", "passed")]


def test_an_ordinary_user_s_drill_moves_nothing_either() -> None:
    with world() as w:
        command, environment = w.seat(65534).command("drill", "uplink", "--config", str(w.configure()), "--lang", "en")
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
