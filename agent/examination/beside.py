"""A terminal examined from this machine: whether it is there, and, where adb lets us in, what it tells of itself and reaches itself.

Its checks are of the same kinds as a terminal's own, so they are judged by the same rules; each says in `vantage` who looked. What this
machine reaches is never taken for what the terminal reaches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from agent.contract.times import utc
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import CanPay
from agent.examination import own_clock, runner
from agent.examination.adb_servers import AdbServers
from agent.examination.beside_memory import BesideMemory
from agent.examination.carried import Carried
from agent.examination.dependencies import settle
from agent.examination.judge import judge
from agent.examination.off_duty import without_duty
from agent.examination.result import Examination, Memory
from agent.examination.runner import Probe, Progress, Task
from agent.settings.load import Loaded
from agent.settings.model import Settings
from probes import android_app, android_device, android_network, android_path, android_system, android_usb, beside_lan
from probes.beside_lan import DEBUGGING_PORT, Asked
from probes.edge.adb.server import NotReady
from probes.edge.adb.shell import Phone
from probes.edge.failures import CannotTell, PeerFailed
from probes.ground.addresses import is_address
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom
from probes.model.facts import FACTS, AddressFacts, GatewayFacts, LinkFacts, OnLanFacts
from probes.settings import Beside

DEVICE, BESIDE = "device", "beside"
_FIRST_S, _LONGEST_S, _MARGIN_S = 9.0, 9.0, 0.3
_REACHED = frozenset([Layer.DNS, Layer.INTERNET, Layer.GATEWAY])  # what sends, from the device
_ORDER = {layer: position for position, layer in enumerate(Layer)}


def examine_beside(
    loaded: Loaded,
    beside: Beside,
    memory: BesideMemory,
    *,
    carried: Carried,
    timeout_s: float = 15.0,
    progress: Progress | None = None,
    earlier: Sequence[Check[Facts]] = (),
    adb: AdbServers | None = None,
) -> tuple[Examination, BesideMemory]:
    """Takes at most `timeout_s` seconds. The memory is what the next examination is to know.

    `earlier`: the checks of a look at which all was well, as they were made. What the device reached then stands, and costs it no data
    again, unless its way out is not as it was.
    """
    began, clock = time.monotonic(), carried.clock
    started_at = utc(clock.wall())
    deadline = Deadline(max(0.1, timeout_s - _MARGIN_S), clock, carried.spent)
    phones: list[Phone] = []
    now, memory = clock.wall(), memory.meant_for(beside)
    stands: list[Check[Facts]] = []
    checks = runner.run(_first(beside, memory, phones, now, adb), deadline, progress, None, carried.hanging)
    checks = without_duty(checks, loaded.settings.terminal.hours, now)
    if phones:
        right = own_clock.is_right(loaded.service_dir or loaded.settings.agent.state_dir, now, deadline)
        itself = _of_itself(beside, memory, phones[0], loaded.settings.system.clock_skew_s, right)
        checks += runner.run(itself, deadline, progress, None, carried.hanging)
        path = _path(loaded.settings, phones[0])
        without, stands = _without_way(checks), _stands(checks, earlier)
        if stands:
            checks += stands
        elif without:
            checks += [task.check(Outcome.SKIP, because=without, facts=_target_of(task, loaded.settings)) for task in path]
        else:
            checks += runner.run(path, deadline, progress, None, carried.hanging)
    else:
        checks += _untold(loaded.settings, checks)
    seen = [replace(check, facts=check.facts.with_(vantage=_vantage(check))) for check in checks]
    settled = settle(judge(seen, loaded.settings))
    ordered = tuple(sorted(settled, key=lambda check: _ORDER.get(check.layer, len(_ORDER))))
    diagnosis = diagnose(ordered)
    examination = Examination(
        checks=ordered,
        diagnosis=diagnosis,
        memory=Memory(),
        started_at=started_at,
        took_ms=round((time.monotonic() - began) * 1000, 1),
        seen=tuple(seen),
        complete=not stands,
    )
    return examination, _remember(memory, ordered, diagnosis.can_pay, now)


def _vantage(check: Check[Facts]) -> str:
    return BESIDE if check.kind in (Kind.ON_LAN, Kind.DEVICE) else DEVICE


def _first(beside: Beside, memory: BesideMemory, phones: list[Phone], now: float, adb: AdbServers | None) -> list[Task]:
    tasks: list[Task] = []
    if beside.adb:

        def device(deadline: Deadline) -> Check[Facts]:
            look = android_device.device if adb is None else adb.look
            seen = look(beside, memory.over_adb, deadline)
            if seen.phone is not None:
                phones.append(seen.phone)
            return seen.check

        tasks.append(Task.of(Kind.DEVICE, beside.name, device, _FIRST_S))
    on_lan = beside_lan.looked_for(beside)
    if on_lan is not None:
        asked = Asked(
            may_try=memory.may_try(beside.ports, now) - (set() if on_lan is beside else {DEBUGGING_PORT}),
            seen_before=memory.on_lan,
            said=memory.said,
            mac=memory.mac,
            may_search=memory.may_search(now),
        )
        lan = partial(beside_lan.on_lan, on_lan, asked)
        tasks.append(Task.of(Kind.ON_LAN, beside.name, lan, _FIRST_S))
    return tasks


def _of_itself(beside: Beside, memory: BesideMemory, phone: Phone, skew_s: float, clock_is_right: bool) -> list[Task]:
    system = partial(android_system.system, phone, clock_skew_s=skew_s, confirmed=clock_is_right)
    tasks = [
        Task("device:network", Layer.LINK, beside.name, partial(android_network.network, phone, used=memory.uplink), _LONGEST_S),
        Task("device:system", Layer.SYSTEM, beside.name, system, _LONGEST_S),
    ]
    tasks.append(Task("device:usb", Layer.SERIAL, beside.name, partial(android_usb.printers, phone, memory.printers), _LONGEST_S))
    if beside.package:
        tasks.append(Task.of(Kind.APP, beside.package, partial(android_app.app, phone, beside.package, beside.required), _LONGEST_S))
    return [replace(task, probe=_guarded(task)) for task in tasks]


def _path(settings: Settings, phone: Phone) -> list[Task]:
    """What the device itself reaches: names, addresses of the Internet, the acquirers' hosts."""
    network, tasks = settings.network, list[Task]()
    wanted = tuple(dict.fromkeys((*(each.host for each in settings.gateway[:2] if not is_address(each.host)), *network.public_names[:2])))
    if wanted:
        tasks.append(Task.of(Kind.RESOLVER, "device", partial(android_path.names, phone, wanted), _LONGEST_S))
    for endpoint in network.addresses[:2]:
        tasks.append(Task.of(Kind.REACH, endpoint, partial(_reach, phone, endpoint, network.expect_internet), _LONGEST_S))
    for gateway in settings.gateway:
        look = partial(android_path.gateway, phone, gateway)
        tasks.append(Task.of(Kind.GATEWAY, gateway.name, look, _LONGEST_S, target=f"{gateway.host}:{gateway.port}"))
    return [replace(task, probe=_guarded(task)) for task in tasks]


def _without_way(checks: Sequence[Check[Facts]]) -> str:
    """The check because of which nothing leads out of the device; empty where something does, or nobody can tell."""
    route = next((check for check in checks if check.kind is Kind.DEFAULT_ROUTE), None)
    if route is None or route.ok or route.outcome is Outcome.UNKNOWN:
        return ""
    return route.because or route.id


def _stands(checks: Sequence[Check[Facts]], earlier: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """What need not be reached again: all of it, or nothing."""
    if _way_of(checks) != _way_of(earlier):
        return []
    return [check for check in earlier if check.layer in _REACHED and check.kind not in (Kind.ON_LAN, Kind.DEVICE)]


def _way_of(checks: Sequence[Check[Facts]]) -> dict[str, tuple[object, ...]]:
    """The device's own: outcomes, and what shows that it is another network."""
    own = [check for check in checks if check.layer not in _REACHED and _vantage(check) == DEVICE]
    where = {c.id: (c.facts.addresses, c.facts.routers) for c in own if isinstance(c.facts, AddressFacts)}
    return {check.id: (check.outcome, check.symptom, where.get(check.id)) for check in own}


def _target_of(task: Task, settings: Settings) -> Facts:
    gateway = next((each for each in settings.gateway if task.id == Kind.GATEWAY.id(each.name)), None)
    if gateway is None:
        return FACTS[task.kind]()
    return GatewayFacts(host=gateway.host, port=gateway.port, protocol=gateway.protocol.value, role=gateway.role.value)


def _reach(phone: Phone, endpoint: str, expected: bool, deadline: Deadline) -> Check[Facts]:
    return android_path.reach(phone, endpoint, expected, deadline)


def _guarded(task: Task) -> Probe:
    """A device that went away meanwhile leaves its check unknown, and is no fault of what was looked at."""
    probe: Callable[[Deadline], object] = task.probe

    def looked(deadline: Deadline) -> Sequence[Check[Facts]]:
        try:
            made = probe(deadline)
        except (NotReady, PeerFailed, CannotTell) as trouble:
            text = str(trouble) or type(trouble).__name__
            return [task.check(Outcome.UNKNOWN, Symptom.NOT_LOOKED, f"the device did not answer: {text}")]
        return made if isinstance(made, list) else [made]  # type: ignore[list-item]

    return looked


def _untold(settings: Settings, checks: Sequence[Check[Facts]]) -> list[Check[Facts]]:
    """Whether its hosts are reached only it can tell."""
    because = next((check.id for check in checks if not check.ok), "the terminal itself cannot be asked: no adb is configured")
    return [
        Check(
            id=Kind.GATEWAY.id(gateway.name),
            layer=Layer.GATEWAY,
            target=f"{gateway.host}:{gateway.port}",
            outcome=Outcome.UNKNOWN,
            because=because,
            facts=GatewayFacts(host=gateway.host, port=gateway.port, role=gateway.role.value),
        )
        for gateway in settings.gateway
    ]


def _remember(memory: BesideMemory, checks: Sequence[Check[Facts]], pays: CanPay, now: float) -> BesideMemory:
    lan = [check.facts for check in checks if isinstance(check.facts, OnLanFacts)]
    may_try = memory.may_try((int(port) for facts in lan for port in facts.ports), now)
    over_adb = any(check.kind is Kind.DEVICE and check.ok for check in checks)
    link = next((c.facts.interface_kind for c in checks if isinstance(c.facts, LinkFacts) and c.ok and c.facts.used), None)
    said = {port: word for facts in lan for port, word in facts.ports.items() if int(port) in may_try}
    answered = any(facts.answered_by for facts in lan)
    if answered and DEBUGGING_PORT in may_try:
        said[str(DEBUGGING_PORT)] = "open" if any(facts.debugging_open for facts in lan) else "closed"
    return BesideMemory(
        over_adb=memory.over_adb or over_adb,
        on_lan=memory.on_lan or answered,
        uplink=link if link and pays is CanPay.YES else memory.uplink,
        mac=next((facts.mac for facts in lan if facts.answered_by and facts.mac), memory.mac),
        searched_at=now if any(facts.searched for facts in lan) else memory.searched_at,
        tried=memory.tried | dict.fromkeys(said, now),
        said=memory.said | said,
        printers=memory.printers_of(checks, now),
        place=memory.place,
        device=memory.device,
    )
