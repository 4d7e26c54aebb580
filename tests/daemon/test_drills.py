"""Drills as the service makes them by itself: when, over which way, what puts one off, and that each is recorded and paid for."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agent.contract.event import ToldEvent
from agent.contract.times import utc
from agent.daemon.confirm import Standing, Verdict, begin
from agent.daemon.data_budget import MB, RESERVE, DataBudget
from agent.daemon.drills import APART_S, FIRST_S, POSTPONED_S, Drills
from agent.daemon.recorder import Recorder
from agent.diagnosis.causes import Cause
from agent.diagnosis.model import State
from agent.examination.result import Memory
from agent.outputs.error_stream import ErrorStream
from agent.outputs.registry import open_outputs
from agent.record.drills import GIVE_WAY_DAYS, WINDOW_S
from agent.settings.load import load
from agent.storage.identity import identify
from tests.support.clocks import LaterClock, in_zone
from tests.support.patience import PATIENCE_S
from tests.support.recorded import told
from tests.support.staged import diagnosis
from tests.support.world import World, netns, plan

pytestmark = pytest.mark.root
DAY_S = 86400.0
APP = """
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as heard:
    heard.sendall(b"?")
    heard.recv(1)
    print("heard", flush=True)
    sys.stdin.read()
"""


class Service:
    """What makes drills in a service, on a terminal with two uplinks and a backup gateway, in a world whose time passes as said."""

    def __init__(self, world: World, **changes: Any) -> None:
        gateways = [
            {"name": name, "host": host.v4, "port": plan.GATEWAY_PORT, "protocol": "tcp", "role": role}
            for name, host, role in (("acquirer-a", plan.GATEWAY_A, "primary"), ("acquirer-b", plan.GATEWAY_B, "backup"))
        ]
        uplinks = [{"interface": "eth0", "kind": "ethernet"}, {"interface": "wwan0", "kind": "cellular", "role": "backup"}]
        known: dict[str, Any] = {"gateway": gateways, "uplink": uplinks, "readiness": {"drill_days": 7, "drill_at": "05:00"}}
        self.world, self.clock, self.folder = world, LaterClock(), world.folder / "state"
        loaded = load(str(world.configure(known | changes)))
        outputs = open_outputs(loaded.settings, ErrorStream(loaded.settings.terminal.language), self.clock)
        identity = identify(loaded.settings.terminal, self.folder, keep=True)
        self.recorder = Recorder(loaded, identity, outputs.files, self.clock)
        self.budget = DataBudget(str(self.folder), self.clock)
        self.drills = Drills(loaded, identity, self.recorder, self.budget, outputs.notifier, self.clock, threading.Lock())
        self.standing: Standing | None = standing()

    def look(self) -> None:
        """As the service's loop does, and what comes of it is awaited."""
        netns.call(self.world.terminal, lambda: self.drills.look(self.standing, Memory()))
        assert self.drills.wait(PATIENCE_S)
        self.recorder.flush()

    def pass_s(self, seconds: float, step_s: float = 1800.0) -> None:
        end = self.clock.by_s + seconds
        while self.clock.by_s < end:
            self.clock.by_s = min(end, self.clock.by_s + step_s)
            self.look()

    def found(self) -> list[tuple[str, str, str]]:
        return [(line["what"], line["subject"], line["result"]) for line in told(self.folder, "drill")]


def standing(state: State = State.OK, *causes: Cause) -> Standing:
    return begin(Verdict(diagnosis=diagnosis(state, *causes), checks=(), at=time.time()))


@contextmanager
def service(**changes: Any) -> Iterator[Service]:
    with in_zone("UTC"), World(backup=True, gateways="ab") as world:
        for name in ("gateway_a", "gateway_b"):
            world.servers[name].behaviour = talks
        yield Service(world, **changes)


def talks(connection: socket.socket) -> None:
    """A host that says something, and then keeps the connection."""
    connection.recv(1)
    connection.sendall(b"!")
    while connection.recv(100):
        pass


BOTH = [("gateway", "acquirer-b", "passed"), ("uplink", "wwan0", "passed")]


def test_each_backup_is_tried_once_in_its_time_and_again_so_many_days_later() -> None:
    with service() as s:
        s.look()
        assert s.found() == [], "not right after a start"
        s.pass_s(8 * DAY_S)
        assert sorted(s.found()) == BOTH, "each once in the first days"
        for line in told(s.folder, "drill"):
            hour = line["at"][11:16]
            assert "05:00" <= hour <= "07:30", hour
            assert line["text"]
        s.pass_s(14 * DAY_S)
        assert len(s.found()) == 6
        assert {result for _, _, result in s.found()} == {"passed"}
        used = {entry.interface: entry.used_bytes for entry in s.budget.entries()}
        assert set(used) == {"wwan0"} and 300 < used["wwan0"] < 3 * 28_000, "paid for by the line it went over"


def test_a_restart_does_not_try_again_what_the_record_says_was_tried() -> None:
    with service() as s:
        s.pass_s(8 * DAY_S)
        by_s = s.clock.by_s
        again = Service(s.world)
        again.clock.by_s = by_s
        again.pass_s(6 * 3600.0)
        assert len(again.found()) == 2


def test_a_backup_that_fails_is_recorded_with_its_cause_and_opens_no_incident() -> None:
    with service() as s:
        netns.ip(s.world.net, "link set mobile0 down")
        s.world.servers["gateway_b"].stop()
        s.pass_s(8 * DAY_S)
        assert sorted(s.found()) == [("gateway", "acquirer-b", "failed"), ("uplink", "wwan0", "failed")]
        texts = {line["what"]: line["text"] for line in told(s.folder, "drill")}
        assert "link:wwan0 no_carrier" in texts["uplink"] and "gateway:acquirer-b refused" in texts["gateway"]
        assert told(s.folder, "opened") == []


@pytest.mark.parametrize(
    "hindrance",
    [
        lambda s: setattr(s, "standing", standing(State.OUTAGE, Cause.INTERNET_DOWN)),
        lambda s: setattr(s, "standing", None),
        lambda s: s.recorder.standing.take(planned(s)),
    ],
    ids=["outage", "nothing known", "planned work"],
)
def test_a_drill_waits_and_says_so_once_a_week(hindrance: Any) -> None:
    with service() as s:
        hindrance(s)
        s.pass_s(15 * DAY_S)
        assert {result for _, _, result in s.found()} == {"skipped"}
        assert not s.world.servers["gateway_b"].reached(1, 0) and not s.world.servers["gateway_a"].reached(1, 0)
        assert len(s.found()) == 2 * 2, "each once a week"
        s.standing = standing()
        s.recorder.standing.take(planned(s, hours=-1))
        s.pass_s(DAY_S)
        assert sorted(each for each in s.found() if each[2] != "skipped") == BOTH


def planned(s: Service, hours: float = 1000) -> ToldEvent:
    return ToldEvent(what="maintenance", word="w-1", until=utc(s.clock.wall() + hours * 3600), **s.recorder.stamp(s.recorder.now()))


def test_no_drill_while_the_payment_application_talks_to_its_host() -> None:
    with service() as s:
        argv = ["ip", "netns", "exec", s.world.terminal, sys.executable, "-c", APP, plan.GATEWAY_A.v4, str(plan.GATEWAY_PORT)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as app:
            assert app.stdout is not None and app.stdout.readline() == "heard\n"
            s.pass_s(8 * DAY_S)
            assert {result for _, _, result in s.found()} == {"skipped"}
            assert "exchanging data" in told(s.folder, "drill")[0]["text"]
            app.communicate("")
        s.pass_s(DAY_S)
        assert sorted(each for each in s.found() if each[2] != "skipped") == BOTH


def test_a_budget_without_room_puts_off_the_uplink_alone() -> None:
    with service() as s:
        s.budget.spend({"wwan0": int(10 * MB * RESERVE) + 60 * MB}, {"wwan0": 10})
        s.pass_s(9 * DAY_S)
        assert ("gateway", "acquirer-b", "passed") in s.found()
        uplink = [line for line in told(s.folder, "drill") if line["what"] == "uplink"]
        assert uplink and {line["result"] for line in uplink} == {"skipped"}
        assert uplink[0]["text"] == "the data budget of wwan0 has no room for it now"
        more = s.budget.entries()[0].used_bytes - int(10 * MB * RESERVE) - 60 * MB
        assert more < 300, "of the gateway's drill, which looks whether that router is there"


def test_a_line_that_is_down_says_nothing_of_the_backup_gateway_and_is_not_tried_every_hour() -> None:
    with service(uplink=[{"interface": "eth0", "kind": "ethernet"}]) as s:
        netns.ip(s.world.terminal, "route del default dev wwan0")
        netns.nft(s.world.net, 'add rule inet faults early iifname "shop0" drop')
        s.pass_s(7 * DAY_S)
        assert {each[:1] + each[2:] for each in s.found()} == {("gateway", "skipped")}
        assert len(s.found()) == 1, "and not told more often than once a week"
        assert "could not be tried" in told(s.folder, "drill")[0]["text"]


def test_opening_hours_are_left_alone() -> None:
    with service(terminal={"hours": "Mo-Su 04:00-22:00"}) as s:
        s.pass_s((8 + GIVE_WAY_DAYS) * DAY_S)
        assert sorted(set(s.found())) == BOTH
        assert all(line["at"][11:13] in ("22", "23", "00", "01", "02", "03") for line in told(s.folder, "drill"))


def test_never_is_never() -> None:
    with service(readiness={"drill_days": 0}) as s:
        s.pass_s(20 * DAY_S, step_s=6 * 3600.0)
        assert s.found() == []


def test_what_goes_wrong_in_a_drill_is_said_and_the_next_one_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    with service() as s:
        with monkeypatch.context() as broken:
            broken.setattr("agent.examination.drill.drill_uplink", None)
            broken.setattr("agent.examination.drill.drill_gateway", None)
            s.pass_s(8 * DAY_S)
            assert s.found() == []
        s.pass_s(2 * DAY_S)
        assert sorted(s.found()) == BOTH


def test_a_drill_that_waits_is_tried_again_in_the_same_window() -> None:
    assert FIRST_S < POSTPONED_S < WINDOW_S and APART_S < POSTPONED_S
