"""Alerts at a real Alertmanager: one a fault, which grows and ends; and one that is away, refuses, is slow, or has another clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.utils import formatdate
from pathlib import Path

import pytest

from agent.contract.times import parse
from agent.fleet.model.answer import Fault
from agent.fleet.watching.alertmanager import Alertmanager
from agent.fleet.watching.alerts import LOOKS_GONE, Standing, follow
from agent.outputs.error_stream import ErrorStream
from agent.outputs.notifier import Notifier
from agent.present.journal import Level
from agent.settings.model import Language
from probes.ground.clock import Clock
from tests.support.clocks import LaterClock
from tests.support.fleet_answers import answer, fault
from tests.support.patience import PATIENCE_S, until
from tests.support.servers.alert_receiver import Posts, Real, alertmanager, posts
from tests.support.servers.local import closed_port

LEASE_S = 900.0


class Lines(ErrorStream):
    def __init__(self) -> None:
        super().__init__(Language.EN)
        self.lines: list[str] = []

    def write(self, lines: Sequence[str], level: Level) -> None:
        self.lines += lines


class Watching:
    """What the loop does with an answer, as far as alerts go."""

    def __init__(self, url: str, clock: Clock | None = None, lease_s: float = LEASE_S) -> None:
        self.said = Lines()
        self.clock = clock or Clock()
        self.receiver = Alertmanager(url, Notifier(Language.EN, self.said), self.clock, lease_s)
        self.standing: tuple[Standing, ...] = ()

    def sees(self, *faults: Fault) -> None:
        found = follow(self.standing, answer(*faults), self.clock.wall())
        self.standing = found.standing
        self.receiver.give(found.standing, found.ended)

    def told(self) -> None:
        until(lambda: self.receiver.wait(PATIENCE_S), lambda: "\n".join(self.said.lines))


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    with alertmanager(tmp_path / "alertmanager") as running:
        yield running


def test_one_alert_a_fault_that_grows_and_ends(real: Real) -> None:
    watching = Watching(real.url)
    watching.sees(fault("f-1", failing=10), fault("f-2", family="internet", owner="isp"), fault("f-3", remnant_of="f-1"))
    watching.told()
    assert sorted(each["labels"]["fault"] for each in real.alerts()) == ["f-1", "f-2"]
    before = {each["labels"]["fault"]: each for each in real.alerts()}
    watching.sees(fault("f-1", failing=5000, of=6000), fault("f-2", family="internet", owner="isp"))
    watching.told()
    grown = {each["labels"]["fault"]: each for each in real.alerts()}
    assert sorted(grown) == ["f-1", "f-2"]
    assert grown["f-1"]["fingerprint"] == before["f-1"]["fingerprint"]
    assert (before["f-1"]["annotations"]["failing"], grown["f-1"]["annotations"]["failing"]) == ("10", "5000")
    assert parse(grown["f-1"]["endsAt"]) >= parse(before["f-1"]["endsAt"])  # type: ignore[operator]
    assert {"summary_zh", "summary_en", "step_zh", "step_en"} <= grown["f-1"]["annotations"].keys()
    for _ in range(LOOKS_GONE):
        watching.sees(fault("f-2", family="internet", owner="isp"))
        watching.told()
    assert [each["labels"]["fault"] for each in real.alerts()] == ["f-2"]
    until(lambda: ("f-1", "resolved") in real.notified(), lambda: str(real.notified()))
    assert sorted(real.notified()) == [("f-1", "firing"), ("f-1", "resolved"), ("f-2", "firing")]
    assert watching.said.lines == []


def test_a_fault_that_comes_to_stop_payments_is_one_alert_at_each_moment(real: Real) -> None:
    watching = Watching(real.url)
    for cannot_pay in (0, 50, 0):
        watching.sees(fault(cannot_pay=cannot_pay))
        watching.told()
        assert len(real.alerts()) == 1
    assert real.alerts()[0]["labels"]["severity"] == "critical"


def test_one_that_was_away_is_told_all_once_it_is_back(tmp_path: Path) -> None:
    port = closed_port()
    watching = Watching(f"http://127.0.0.1:{port}")
    watching.sees(fault("f-1"), fault("f-2"))
    until(lambda: watching.said.lines)
    for _ in range(LOOKS_GONE):
        watching.sees(fault("f-2"))
        assert not watching.receiver.wait(PATIENCE_S)
    assert len(watching.said.lines) == 1  # said once
    assert f"127.0.0.1:{port}" in watching.said.lines[0]
    with alertmanager(tmp_path / "alertmanager", port) as back:
        watching.sees(fault("f-2"))
        watching.told()
        assert [each["labels"]["fault"] for each in back.alerts()] == ["f-2"]
    assert len(watching.said.lines) == 2
    assert "again" in watching.said.lines[1]


def test_hostile_names_are_taken_by_a_real_one(real: Real) -> None:
    hostile = '\x1b]0;x\x07"}\n\u202e' + "é" * 3000
    watching = Watching(real.url)
    watching.sees(fault(hostile, owner=hostile, family=hostile, where=({hostile: hostile},), causes={hostile: 3}, acknowledged=hostile))
    watching.told()
    (alert,) = real.alerts()
    assert "\x1b" not in str(alert)


@pytest.mark.parametrize(("status", "said"), [(401, "HTTP 401"), (500, "HTTP 500"), (302, "HTTP 302"), (429, "HTTP 429")])
def test_one_that_refuses_is_said_once_and_asked_again(status: int, said: str) -> None:
    with posts(status, {"Location": "http://127.0.0.1:1/"}) as other:
        other.reply = b"no \x1b[31m entry " * 1000
        watching = Watching(other.url)
        for _ in range(3):
            watching.sees(fault())
            assert not watching.receiver.wait(PATIENCE_S)
        assert len(watching.said.lines) == 1
        assert said in watching.said.lines[0]
        assert "\x1b" not in watching.said.lines[0]
        other.status = 200
        watching.sees(fault())
        watching.told()
    assert len(watching.said.lines) == 2


def test_one_that_is_slow_holds_up_nobody_and_gets_the_newest() -> None:
    with posts() as slow:
        slow.hold.clear()
        watching = Watching(slow.url)
        watching.sees(fault(failing=1))
        until(lambda: slow.got)
        for failing in range(2, 50):
            watching.sees(fault(failing=failing))  # returns, though nothing has been answered
        slow.hold.set()
        watching.told()
    assert [post[0]["annotations"]["failing"] for post in slow.got] == ["1", "49"]


@pytest.mark.parametrize("ahead_s", [-7200, 7200])
def test_times_are_told_by_the_receivers_clock(ahead_s: int) -> None:
    """The collector's clock is wrong, or was set in the middle of it: nothing ends early, and nothing stands for an hour after its end."""
    clock = LaterClock()
    with posts() as other:
        watching = Watching(other.url, clock)
        watching.sees(fault("f-1"), fault("f-2"))
        watching.told()
        clock.ahead = -ahead_s  # the receiver's is ahead of ours by so much now
        for _ in range(LOOKS_GONE):
            watching.sees(fault("f-2"))
            watching.told()
        ends = {each["labels"]["fault"]: parse(each["endsAt"]) or 0.0 for each in other.got[-1]}
        now = Clock().wall()
        assert abs(ends["f-1"] - now) < PATIENCE_S
        assert abs(ends["f-2"] - now - LEASE_S) < PATIENCE_S
        assert all(each["startsAt"] < each["endsAt"] for post in other.got for each in post)


@pytest.mark.parametrize("date", ["", "nonsense", formatdate(0, usegmt=True), "Fri, 99 Nov 9999999 08:00:00 GMT"])
def test_a_date_that_is_none_stops_nothing(date: str) -> None:
    with posts(headers={"Date": date}) as other:
        watching = Watching(other.url)
        watching.sees(fault())
        watching.told()


def test_a_login_of_the_address_is_used_and_never_shown() -> None:
    with posts(500) as other:
        watching = Watching(f"http://watch:geheim@127.0.0.1:{other.port}/prefix/")
        watching.sees(fault())
        assert not watching.receiver.wait(PATIENCE_S)
    assert other.paths == ["/prefix/api/v2/alerts"]
    assert "geheim" not in "".join(watching.said.lines)


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with posts() as other:
        watching = Watching(other.url)
        watching.sees(fault())
        watching.told()
    assert isinstance(other, Posts)
    assert len(other.got) == 1
