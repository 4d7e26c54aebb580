"""Planners of what is looked at in the terminal itself and on its own link."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from agent.build_date import BUILD_DATE
from agent.diagnosis.views import of_kind
from agent.examination.planned import QUICK_S, Planned, quick
from agent.examination.runner import Probe, Task
from agent.examination.scene import Scene, peers_of
from probes import app, battery, clock, conflict, disk, due_date, load, memory, router, serial_port, serial_present, temperature
from probes.edge.serial.find import Others
from probes.ground.deadline import Deadline
from probes.model import Check, Kind
from probes.model.facts import AddressFacts, DefaultRouteFacts, DueDateFacts, LinkFacts, SerialFacts
from probes.settings import SerialDevice

_ROUTER_S, _PORT_S, _PRESENT_S = 7.5, 6.0, 3.0


def links(scene: Scene) -> list[Check[LinkFacts]]:
    return of_kind(scene.local.checks, LinkFacts)


def addresses(scene: Scene) -> list[Check[AddressFacts]]:
    return of_kind(scene.local.checks, AddressFacts)


def default_route(scene: Scene) -> list[Check[DefaultRouteFacts]]:
    return of_kind(scene.local.checks, DefaultRouteFacts)


def neighbours(scene: Scene) -> Iterator[Planned]:
    """Who else has our address, and the routers, of the interfaces that have an address; one that somebody else has may be the only one."""
    network = scene.local.network
    for check in addresses(scene):
        usable = check.ok and bool(check.facts.addresses)
        if usable or conflict.refused(check.name, network):
            yield from quick(Kind.CONFLICT, partial(conflict.probe, check.name, network), check.name)
        if usable:
            for address in dict.fromkeys(check.facts.routers):
                yield Planned(Task.of(Kind.ROUTER, address, partial(router.probe, address, check.name, network), _ROUTER_S))


def disks(scene: Scene) -> Iterator[Planned]:
    loaded = scene.loaded
    settings = loaded.settings
    paths = dict.fromkeys(settings.system.disk_paths, "system.disk_paths" in loaded.given)
    for key, path in (("agent.state_dir", settings.agent.state_dir), ("agent.log_dir", settings.agent.log_dir)):
        if key in loaded.given:
            paths.setdefault(path, True)
    for path, named in paths.items():
        yield from quick(Kind.DISK, partial(disk.disk, path, named=named), path)


def memory_left(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.MEMORY, memory.memory, target="memory")


def processor_load(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.LOAD, load.load, target="cpu")


def heat(scene: Scene) -> Iterator[Planned]:
    limit_c = scene.loaded.settings.system.temperature_c
    look: Probe = partial(temperature.temperature, limit_c, movement=scene.movement)
    yield Planned(Task.of(Kind.TEMPERATURE, "", look, QUICK_S, target="temperature"))


def charge(_: Scene) -> Iterator[Planned]:
    yield from quick(Kind.BATTERY, battery.battery, target="battery")


def own_clock(_: Scene) -> Iterator[Planned]:
    yield Planned(Task.of(Kind.CLOCK, "", lambda deadline: clock.clock(BUILD_DATE, deadline.clock.wall()), QUICK_S, target="clock"))


def due_dates(scene: Scene) -> Iterator[Check[DueDateFacts]]:
    for wanted in scene.loaded.settings.date:
        yield due_date.due_date(wanted, scene.said.of(wanted.name), scene.now)


def ports_present(scene: Scene) -> Iterator[Planned]:
    """Where none is configured."""
    if not scene.loaded.settings.serial:
        yield Planned(Task.of(Kind.SERIAL_PRESENT, "", serial_present.list_present, _PRESENT_S, target="present"))


def ports(scene: Scene) -> Iterator[Planned]:
    settings = scene.loaded.settings
    apps = tuple(each.process for each in settings.app)
    for device in settings.serial:
        others = Others.than(device, settings.serial)
        yield Planned(Task.of(Kind.SERIAL, device.name, partial(_port, device, apps, others), _PORT_S))


def apps(scene: Scene) -> Iterator[Planned]:
    for wanted in scene.loaded.settings.app:
        yield from quick(Kind.APP, partial(app.app, wanted, peers_of(scene.loaded.settings.gateway)), wanted.name)


def _port(device: SerialDevice, apps: tuple[str, ...], others: Others, deadline: Deadline) -> Check[SerialFacts]:
    return serial_port.serial_port(device, deadline, apps=apps, others=others)
