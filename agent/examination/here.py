"""Planners of what is looked at in the terminal itself and on its own link."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from agent.build_date import BUILD_DATE
from agent.diagnosis.views import of_kind
from agent.examination.planned import Planned, quick
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import app, battery, clock, conflict, disk, load, memory, router, serial_port, serial_present, temperature
from probes.ground.deadline import Deadline
from probes.model import Check, Kind
from probes.model.facts import AddressFacts, SerialFacts
from probes.settings import SerialDevice

_ROUTER_S, _PORT_S, _PRESENT_S = 7.5, 6.0, 3.0


def routers(scene: Scene) -> Iterator[Planned]:
    """Of the interfaces that have an address."""
    for check in _addressed(scene):
        for address in dict.fromkeys(check.facts.routers):
            yield Planned(Task.of(Kind.ROUTER, address, partial(router.probe, address, check.name, scene.local.network), _ROUTER_S))


def conflicts(scene: Scene) -> Iterator[Planned]:
    for check in _addressed(scene):
        yield from quick(Kind.CONFLICT, partial(conflict.probe, check.name, scene.local.network), check.name)


def disks(scene: Scene) -> Iterator[Planned]:
    loaded = scene.loaded
    settings = loaded.settings
    paths = dict.fromkeys(settings.system.disk_paths, "system.disk_paths" in loaded.given)
    for key, path in (("agent.state_dir", settings.agent.state_dir), ("agent.log_dir", settings.agent.log_dir)):
        if key in loaded.given:
            paths.setdefault(path, True)
    for path, named in paths.items():
        yield from quick(Kind.DISK, partial(disk.disk, path, named=named), path)


def memories(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.MEMORY, memory.memory, target="memory")


def loads(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.LOAD, load.load, target="cpu")


def temperatures(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.TEMPERATURE, temperature.temperature, target="temperature")


def batteries(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.BATTERY, battery.battery, target="battery")


def clocks(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.CLOCK, partial(clock.clock, BUILD_DATE), target="clock")


def ports_present(scene: Scene) -> Iterator[Planned]:
    """Where none is configured."""
    if not scene.loaded.settings.serial:
        yield Planned(Task.of(Kind.SERIAL_PRESENT, "", serial_present.list_present, _PRESENT_S, target="present"))


def ports(scene: Scene) -> Iterator[Planned]:
    settings = scene.loaded.settings
    apps = tuple(each.process for each in settings.app)
    for device in settings.serial:
        others = tuple(other.port for other in settings.serial if other.name != device.name and other.port)
        yield Planned(Task.of(Kind.SERIAL, device.name, partial(_port, device, apps, others), _PORT_S))


def apps(scene: Scene) -> Iterator[Planned]:
    for wanted in scene.loaded.settings.app:
        yield from quick(Kind.APP, partial(app.app, wanted), wanted.name)


def _addressed(scene: Scene) -> list[Check[AddressFacts]]:
    return [check for check in of_kind(scene.local.checks, AddressFacts) if check.ok and check.facts.addresses]


def _port(device: SerialDevice, apps: tuple[str, ...], others: tuple[str, ...], deadline: Deadline) -> Check[SerialFacts]:
    return serial_port.serial_port(device, deadline, apps=apps, others=others)
