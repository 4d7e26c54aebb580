"""What the daemon hears from the kernel between two examinations, with sources that fail and that tell on a word."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import pytest

from agent.daemon.events import Events
from agent.daemon.sources import of_devices
from probes.ground.clock import Clock
from probes.settings import SerialDevice
from tests.support.patience import until


@pytest.mark.parametrize(("ports", "listens"), [([], True), (["/dev/ttyS9"], True), ([""], True), (["socket://192.0.2.1:4000"], False)])
def test_only_devices_of_this_machine_are_waited_for(ports: list[str], listens: bool) -> None:
    found = of_devices([SerialDevice(name=f"d{number}", port=port) for number, port in enumerate(ports)])
    try:
        assert bool(found) is listens
    finally:
        for source in found:
            source.close()


class Deaf:
    """A source that fails when it is read, as one does whose right is taken away."""

    def __init__(self) -> None:
        self._ends = os.pipe()
        os.write(self._ends[1], b"x")

    def fileno(self) -> int:
        return self._ends[0]

    def read(self) -> bool:
        raise PermissionError

    def close(self) -> None:
        for end in self._ends:
            os.close(end)


class Told:
    """A source that tells of something as often as it was said."""

    def __init__(self) -> None:
        self._ends = os.pipe()
        os.set_blocking(self._ends[0], False)

    def say(self) -> None:
        os.write(self._ends[1], b"x")

    def fileno(self) -> int:
        return self._ends[0]

    def read(self) -> bool:
        try:
            return bool(os.read(self._ends[0], 64))
        except BlockingIOError:
            return False

    def close(self) -> None:
        for end in self._ends:
            os.close(end)


def test_a_source_that_fails_is_given_up_and_the_others_stay() -> None:
    examined: list[object] = []
    device = Told()
    events = Events([Deaf()], [device], lambda *how: examined.append(how), Clock())
    events.start()
    device.say()
    until(lambda: examined)
    events.stop()


def test_what_happens_to_the_way_out_while_an_examination_for_a_device_is_waited_for_counts() -> None:
    line, device = Told(), Told()
    counted: list[bool] = []

    def examine(happened: Callable[[], bool]) -> None:
        if not counted:
            line.say()  # another examination was under way, and in that time the line went
        counted.append(happened())

    events = Events([line], [device], examine, Clock())
    events.start()
    device.say()
    until(lambda: counted)
    events.stop()
    assert counted[0] is True


def test_where_nothing_can_be_heard_nothing_is_started() -> None:
    before = threading.active_count()
    devices = Events([], [], lambda *_: None, Clock())
    devices.start()
    assert threading.active_count() == before
    devices.stop()
