"""Serial devices that come and go, seen by the daemon at once: real processes, real events, a pty behind a link for a device."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.daemon.events import STEP_S, Allowance, Events
from agent.daemon.sources import of_devices
from probes.ground.clock import Clock
from probes.settings import SerialDevice
from tests.support.isolated import command
from tests.support.patience import PATIENCE_S, until
from tests.support.staged import ROOT, Stage, staged

SERIAL = '\n[[serial]]\nname = "pinpad"\nport = "{port}"\nprotocol = "presence"\nrequired = true\n'
FOR_EVER = "86400"  # seconds that an examination may take


class Plug:
    """A port that the configuration may name: a link below /dev to a pty."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, folder / "pinpad"
        self._far, near = os.openpty()
        self._node = os.ttyname(near)
        os.close(near)  # nobody holds it
        self.plug()

    def plug(self) -> None:
        self.port.symlink_to(self._node)

    def unplug(self) -> None:
        self.port.unlink()

    def flap(self, times: int, pause_s: float) -> None:
        """Ends plugged in."""
        for _ in range(times // 2):
            self.unplug()
            time.sleep(pause_s)
            self.plug()
            time.sleep(pause_s)

    def close(self) -> None:
        os.close(self._far)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def plug() -> Iterator[Plug]:
    made = Plug(Path(tempfile.mkdtemp(prefix="posdiag-", dir="/dev/shm")))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def stage(tmp_path: Path, plug: Plug) -> Iterator[Stage]:
    """A daemon whose cycles are an hour apart, so that only an event can lead to an examination."""
    with staged(tmp_path, interval_s=3600, retry_s=3600, heartbeat_s=3600) as made:
        with made.config.open("a") as config:
            config.write(SERIAL.format(port=plug.port))
        yield made


def begun(stage: Stage, *options: str) -> int:
    stage.start(*options)
    stage.until(lambda: stage.status().get("state") == "ok")
    return stage.examined


@pytest.mark.root
def test_the_status_file_tells_of_a_plug_as_it_happens(tmp_path: Path, plug: Plug) -> None:
    """The next cycle is an hour away, so the event alone leads to a look."""
    argv = command(tmp_path, interval_s=3600)
    with (tmp_path / "agent.toml").open("a") as config:
        config.write(SERIAL.format(port=plug.port))
    document = tmp_path / "state" / "status.json"
    process = subprocess.Popen(argv, cwd=ROOT, stderr=subprocess.PIPE, text=True)

    def reported(outcome: str) -> bool:
        found = json.loads(document.read_bytes()) if document.exists() else {"checks": []}
        return any(check["id"] == "serial:pinpad" and check["outcome"] == outcome for check in found["checks"])

    try:
        until(lambda: reported("pass"))
        for _ in range(2):
            plug.unplug()
            until(lambda: reported("fail"))
            plug.plug()
            until(lambda: reported("pass"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        assert process.communicate()[1] == ""


def test_an_event_begins_an_examination_at_once(stage: Stage, plug: Plug) -> None:
    before = begun(stage)
    plug.unplug()
    stage.until(lambda: stage.examined == before + 1)
    stage.end()


def test_a_change_waits_for_its_confirmation_and_is_looked_at_again_soon(tmp_path: Path, plug: Plug) -> None:
    with staged(tmp_path, interval_s=3600, retry_s=0.5, heartbeat_s=3600) as stage:
        with stage.config.open("a") as config:
            config.write(SERIAL.format(port=plug.port))
        begun(stage)
        stage.say("outage operator.device_unplugged")
        plug.unplug()
        stage.until(lambda: stage.status()["pending"])
        assert stage.status()["state"] == "ok"
        stage.until(lambda: stage.status()["state"] == "outage")
        assert stage.status()["cause"] == "operator.device_unplugged"
        stage.end()


def test_a_device_that_resets_again_and_again_does_not_make_the_daemon_spin(stage: Stage, plug: Plug) -> None:
    before, began = begun(stage), time.monotonic()
    plug.flap(200, 0.025)
    stage.until(lambda: stage.examined > before + 2)
    examined = stage.examined - before
    lasted = time.monotonic() - began
    assert examined <= 2 + lasted / STEP_S
    after = stage.examined
    time.sleep(3)  # twice the rest, in which nothing happens any more
    assert stage.examined - after <= 1
    stage.end()


def test_what_happens_during_an_examination_leads_to_one_more(stage: Stage, plug: Plug) -> None:
    before = begun(stage, FOR_EVER)
    stage.say("wait")
    plug.unplug()
    stage.until(lambda: stage.examined == before + 1)
    plug.plug()
    plug.flap(20, 0.01)
    stage.say("ok")
    stage.until(lambda: stage.examined == before + 2)
    time.sleep(3)  # more than a rest
    assert stage.examined == before + 2
    stage.end()


def test_what_happens_during_a_cycle_leads_to_one_more(stage: Stage, plug: Plug) -> None:
    stage.say("wait")
    stage.start(FOR_EVER)
    stage.until(lambda: stage.examined == 1)
    plug.flap(20, 0.02)
    stage.say("ok")
    stage.until(lambda: stage.examined == 2)
    time.sleep(STEP_S + 1)
    assert stage.examined == 2
    stage.end()


def test_a_device_that_resets_because_it_is_examined_is_not_driven_on() -> None:
    allowance, now, begun = Allowance(), 1000.0, 0
    while now < 1600:
        begun += 1
        now += max(allowance.spend(now), 1.5)  # it is back, and seen, after 1.5 s
    assert begun < 40
    assert allowance.spend(now + 60) == 0, "after a calm all is as at first"
    assert 0 < allowance.spend(now + 60.5) < STEP_S


def test_it_ends_though_an_examination_that_an_event_began_hangs(stage: Stage, plug: Plug) -> None:
    before = begun(stage, FOR_EVER)
    stage.say("hang")
    plug.unplug()
    stage.until(lambda: stage.examined > before)
    assert stage.end() == ""
    assert stage.process is not None
    assert stage.process.returncode == 0


def test_threads_and_descriptors_stay_as_many(stage: Stage, plug: Plug) -> None:
    before = begun(stage)
    assert stage.process is not None
    of = Path(f"/proc/{stage.process.pid}")

    def held() -> tuple[int, int]:
        return len(list((of / "fd").iterdir())), len(list((of / "task").iterdir()))

    plug.unplug()
    stage.until(lambda: stage.examined == before + 1)
    stage.until(lambda: stage.status()["sequence"] >= 2)
    first = held()
    for number in range(2, 5):
        plug.plug()
        plug.unplug()
        stage.until(lambda number=number: stage.examined == before + number)  # type: ignore[misc]
        stage.until(lambda number=number: stage.status()["sequence"] > number)  # type: ignore[misc]
    stage.until(lambda: all(now <= then for now, then in zip(held(), first, strict=True)))
    stage.end()


def test_what_is_closed_is_closed(plug: Plug) -> None:
    def held() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), threading.active_count()

    before = held()
    for _ in range(20):
        devices = Events([], of_devices([SerialDevice(name="pinpad", port=str(plug.port))]), lambda *_: None, Clock())
        devices.start()
        devices.stop()
        devices.stop()
    until(lambda: all(now <= then for now, then in zip(held(), before, strict=True)), lambda: f"{before} became {held()}")
