"""The watch, look by look: what follows the fleet, and what goes on while something cannot be read, written or sent."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from agent.contract.times import utc
from agent.fleet.commands.watch import page_for
from agent.fleet.model.row import Row
from agent.fleet.settings.model import FleetSettings
from agent.fleet.watching.alerts import LOOKS_GONE
from agent.fleet.watching.watch import Targets, Watch
from agent.settings.model import Language
from probes.ground.clock import Clock
from tests.fleet.made.written import document
from tests.support.clocks import LaterClock
from tests.support.patience import PATIENCE_S
from tests.support.servers.alert_receiver import Posts, posts

sequences = count(1)


def name(labels: dict[str, str]) -> str:
    return f"{labels['fault']} {labels['severity']}"


class Fleet:
    """Sixty terminals of three hosts, as files; and the watch that looks at them."""

    def __init__(self, folder: Path, receiver: Posts, clock: Clock | None = None) -> None:
        self.folder, self.source, self.out = folder, folder / "collected", folder / "out"
        self.source.mkdir()
        self.out.mkdir()
        self.receiver, self.clock = receiver, clock or Clock()
        self.targets = Targets(
            store=self.out / "store",
            html=self.out / "fleet.html",
            answer=self.out / "fleet.json",
            metrics=self.out / "fleet.prom",
            alertmanagers=(receiver.url,),
        )
        self.watch = self.started()
        self.has(0)

    def started(self, *sources: str) -> Watch:
        return Watch(
            sources or (str(self.source),),
            FleetSettings(),
            self.targets,
            inventory="",
            every_s=60,
            language=Language.EN,
            clock=self.clock,
            page=partial(page_for, language="en", every_s=60),
        )

    def has(self, failing: int, can_pay: int = 0, age_s: int = 0) -> None:
        """So many of the twenty at the first host fail."""
        now = int(self.clock.wall())
        for number in range(60):
            fails = number % 3 == 0 and number // 3 < failing
            cause = "system.gateway_down" if fails else ""
            row = Row(
                id=f"T-{number:02d}",
                sequence=next(sequences),
                generated=now - age_s,
                valid_until=now - age_s + 180,
                received=now - age_s,
                since=now - 600,
                state=2 if fails else 0,
                can_pay=can_pay if fails else 1,
                cause=cause,
                causes=(cause,) if fails else (),
                attributes={"host": f"gw-{number % 3}", "isp": f"isp-{number % 2}", "region": "south"},
            )
            path = self.source / f"{row.id}.json"
            path.write_bytes(document(row))
            os.utime(path, (now - age_s, now - age_s))

    def look(self) -> None:
        self.watch.once()
        for receiver in self.watch.receivers:
            receiver.wait(PATIENCE_S)

    @property
    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "fleet.json").read_bytes())
        return found

    @property
    def metrics(self) -> str:
        return (self.out / "fleet.prom").read_text()

    def stands(self) -> list[str]:
        """Faults that the last post says stand, and those that it ends, with a minus: by the receiver's clock, which is this machine's."""
        now = utc(Clock().wall())
        return [("" if each["endsAt"] > now else "-") + name(each["labels"]) for each in self.receiver.got[-1]]


@pytest.fixture
def receiver() -> Iterator[Posts]:
    with posts() as made:
        yield made


@pytest.fixture
def fleet(tmp_path: Path, receiver: Posts) -> Iterator[Fleet]:
    made = Fleet(tmp_path, receiver)
    yield made
    made.watch.end()


def said(capsys: pytest.CaptureFixture[str], fleet: Fleet) -> list[str]:
    fleet.watch.errors.flush(PATIENCE_S)
    return capsys.readouterr().err.splitlines()


def test_files_metrics_and_one_alert_follow_a_fault_from_its_beginning_to_its_end(
    fleet: Fleet, receiver: Posts, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.look()
    assert (fleet.answer["faults"], receiver.got[-1]) == ([], [])
    fleet.has(10)
    fleet.look()
    fleet.has(20)
    fleet.look()
    assert [fault["failing"] for fault in fleet.answer["faults"]] == [20]
    page = (fleet.out / "fleet.html").read_text()
    assert "host out of service" in page and "gw-0" in page and 'content="60"' in page  # which a browser reads again
    assert [[alert["annotations"]["failing"] for alert in post] for post in receiver.got] == [[], ["10"], ["20"]]
    assert 'posdiag_fleet_faults{family="gateway",severity="critical"} 1' in fleet.metrics
    assert 'posdiag_fleet_group_cannot_pay{by="region",value="south"} 20' in fleet.metrics
    fleet.has(0)
    for _ in range(LOOKS_GONE):
        fleet.look()
    assert [each.partition(" ")[2] for each in fleet.stands()] == ["critical"]
    assert fleet.stands()[0].startswith("-gateway-")
    fleet.look()
    assert receiver.got[-1] == []
    begun, over = said(capsys, fleet)
    assert "host out of service: 10 of 20 on host gw-0" in begun
    assert "is over" in over


def test_what_prometheus_reads_is_well_formed(fleet: Fleet) -> None:
    fleet.has(20)
    fleet.look()
    done = subprocess.run(["promtool", "check", "metrics"], input=fleet.metrics, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_single_terminals_raise_nothing(fleet: Fleet, receiver: Posts) -> None:
    fleet.has(2)
    fleet.look()
    assert fleet.answer["single"] == {"system.gateway_down": 2}
    assert receiver.got[-1] == []


def test_after_an_orderly_end_nothing_is_told_of_the_fleet_but_that_nobody_looks(fleet: Fleet) -> None:
    fleet.has(20)
    fleet.look()
    fleet.watch.end()
    assert [line for line in fleet.metrics.splitlines() if not line.startswith("#")] == ["posdiag_fleet_up 0"]
    assert len(fleet.answer["faults"]) == 1


def test_a_restart_goes_on_with_what_stood_under_the_same_name(fleet: Fleet, receiver: Posts) -> None:
    fleet.has(10, can_pay=1)
    fleet.look()
    first = receiver.got[-1][0]["labels"]
    fleet.watch.end()
    fleet.watch = fleet.started()
    fleet.look()
    assert receiver.got[-1][0]["labels"] == first
    fleet.has(0)
    fleet.watch.end()
    fleet.watch = fleet.started()  # it ended while nobody looked
    for _ in range(LOOKS_GONE):
        fleet.look()
    assert fleet.stands() == [f"-{name(first)}"]


def test_a_source_that_is_away_ends_nothing_and_is_said_once(fleet: Fleet, receiver: Posts, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.has(20)
    fleet.look()
    before = fleet.answer
    fleet.source.rename(fleet.folder / "away")
    for _ in range(3):
        fleet.look()
        assert fleet.stands() == [name(receiver.got[0][0]["labels"])]  # renewed
    assert fleet.answer == before
    assert "posdiag_fleet_look_failing 1" in fleet.metrics
    (fleet.folder / "away").rename(fleet.source)
    fleet.look()
    assert "posdiag_fleet_look_failing 0" in fleet.metrics
    _, away, back = said(capsys, fleet)
    assert "cannot be read" in away
    assert "again" in back
    assert len(receiver.got) == 5


def test_a_fault_whose_terminals_fall_silent_is_not_over_and_the_same_when_they_are_back(tmp_path: Path, receiver: Posts) -> None:
    clock = LaterClock()
    fleet = Fleet(tmp_path, receiver, clock)
    fleet.has(20)
    fleet.look()
    (first,) = fleet.stands()
    clock.by_s += 86400
    for _ in range(LOOKS_GONE + 1):
        fleet.look()
    assert fleet.answer["totals"]["silent"] == 60
    assert first in fleet.stands()
    fleet.has(20)
    for _ in range(LOOKS_GONE):
        fleet.look()
    assert [each for each in fleet.stands() if each.startswith("gateway")] == [first]
    fleet.has(0)
    for _ in range(LOOKS_GONE):
        fleet.look()
    assert f"-{first}" in fleet.stands()
    fleet.watch.end()


def test_a_clock_that_is_set_ends_nothing_and_is_said(tmp_path: Path, receiver: Posts, capsys: pytest.CaptureFixture[str]) -> None:
    clock = LaterClock()
    fleet = Fleet(tmp_path, receiver, clock)
    fleet.has(20)
    fleet.look()
    (first,) = fleet.stands()
    for ahead in (7200.0, -7200.0, 0.0):
        clock.ahead = ahead
        for _ in range(LOOKS_GONE):
            fleet.look()
            assert [each for each in fleet.stands() if each.startswith("gateway")] == [first]
    assert sum("the clock was set by" in line for line in said(capsys, fleet)) == 3
    fleet.watch.end()


@pytest.mark.root
def test_a_full_disk_is_said_once_and_alerts_go_on(fleet: Fleet, receiver: Posts, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=40", "tmpfs", str(fleet.out)], check=True)
    try:
        (fleet.out / "filler").write_bytes(b"x" * 65536)
        for failing in (10, 20, 20):
            fleet.has(failing)
            fleet.look()
            assert [each["annotations"]["failing"] for each in receiver.got[-1]] == [str(failing)]
        full = [line for line in said(capsys, fleet) if "disk is full" in line]
        assert len(full) == len({line.split(":")[1] for line in full}) <= 3
        assert len({post[0]["labels"]["fault"] for post in receiver.got}) == 1  # without a store it is the same fault
        (fleet.out / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,size=8m,nr_inodes=1000", str(fleet.out)], check=True)
        fleet.look()
        assert len({post[0]["labels"]["fault"] for post in receiver.got}) == 1
        assert fleet.answer["faults"][0]["failing"] == 20
        assert any("again" in line for line in said(capsys, fleet))
    finally:
        fleet.watch.end()
        subprocess.run(["umount", "-l", str(fleet.out)], check=True)


def test_without_a_store_faults_keep_their_names_and_nothing_is_left_behind(tmp_path: Path, receiver: Posts) -> None:
    made = Fleet(tmp_path, receiver)
    made.targets = Targets(answer=made.targets.answer)
    made.watch = made.started()
    names = []
    for failing in (10, 15, 20):
        made.has(failing)
        made.look()
        names.append(made.answer["faults"][0]["id"])
    own = made.watch.own_store
    assert own is not None and own.is_dir()
    made.watch.end()
    assert len(set(names)) == 1
    assert not own.exists()
