"""Drills: a backup uplink and a backup gateway tried for real while all is well, so that it is known whether they would help.

Every socket of a drill of an uplink is bound to that interface (SO_BINDTODEVICE). The default route, addresses and name servers stay
as they are: nothing here is able to change them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from agent.contract.times import utc
from agent.diagnosis.causes import Cause
from agent.diagnosis.diagnose import diagnose
from agent.diagnosis.model import Diagnosis
from agent.diagnosis.views import of_kind, own_way
from agent.examination import local, runner
from agent.examination.carried import Carried
from agent.examination.dependencies import settle
from agent.examination.examine import examine
from agent.examination.judge import judge
from agent.examination.local import Local
from agent.examination.result import Examination, Memory
from agent.examination.runner import Task
from agent.examination.scene import Scene, scene
from agent.messages.limiter import SendLimiter
from agent.settings.load import Loaded
from agent.settings.model import Settings
from agent.storage.identity import boot_id
from probes import address, dns, gateway, internet, router
from probes.edge.dns.lookup import Lookup
from probes.edge.dns.resolver import fixed_addresses
from probes.edge.kernel.uplink import UplinkTarget
from probes.ground.addresses import is_address
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Layer, Outcome
from probes.model.facts import AddressFacts, GatewayFacts, InternetFacts, ResolverFacts
from probes.settings import Gateway, Role

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
GATEWAY_COST, LINE_COST, REST_COST = 12_000, 4_000, 12_000  # bytes at most: a gateway with its certificates, what comes before it over a
# backup, and all else that an examination looks at
_GATEWAY_S, _ROUTER_S, _REMOTE_S = 9.0, 4.0, 4.0
_MOST_ADDRESSES = 2


class Drilled(Struct, frozen=True, kw_only=True):
    """`subject`: the interface, or the gateway's name. `result`: failed only where the backup itself is at fault, skipped where it could
    not be tried. `remark`: what works and is worth knowing."""

    what: str
    subject: str
    result: str
    examination: Examination
    remark: str = ""

    @property
    def leading(self) -> Diagnosis:
        """The first cause alone: two gateways that do not answer need no two lists of steps."""
        diagnosis = self.examination.diagnosis
        return replace(diagnosis, findings=() if diagnosis.leading is None else (diagnosis.leading,))

    @property
    def cause(self) -> Cause | None:
        leading = self.examination.diagnosis.leading
        return leading.code if leading is not None and self.result != PASSED else None

    @property
    def text(self) -> str:
        """What was seen, in English: the cause and the checks that say so."""
        checks = own_way(self.examination.checks)
        if self.result == PASSED:
            shown = [c for c in checks if c.layer is Layer.GATEWAY and c.ok] or [c for c in checks if c.layer is Layer.INTERNET and c.ok]
            return "; ".join([*(f"{c.id} ok" for c in shown[:2]), *([self.remark] if self.remark else [])])
        bad = [c for c in checks if c.failed] or [c for c in checks if c.outcome is Outcome.UNKNOWN and c.layer is Layer.GATEWAY]
        seen = "; ".join(f"{c.id} {c.symptom or c.because or c.outcome}" for c in bad[:3])
        return f"{self.cause}: {seen}" if self.cause else seen


def uplinks(here: Local) -> tuple[UplinkTarget, ...]:
    """The backups: those that the configuration names, else every one that has a default route beside the one that leads out."""
    backups = tuple(each for each in here.uplinks if each.role is Role.BACKUP)
    configured = tuple(each for each in backups if each.configured)
    return configured or tuple(each for each in backups if each.used)


def gateways(settings: Settings) -> tuple[Gateway, ...]:
    return tuple(each for each in settings.gateway if each.role is Role.BACKUP)


def cost(what: str, settings: Settings) -> int:
    """Bytes at most, both ways."""
    return LINE_COST + GATEWAY_COST * max(1, len(settings.gateway)) if what == "uplink" else REST_COST + GATEWAY_COST


def drill_gateway(wanted: Gateway, loaded: Loaded, carried: Carried, memory: Memory, timeout_s: float, *, by_check: bool) -> Drilled:
    """As deep as an examination: everything on the way there, and that gateway alone."""
    settings = loaded.settings
    alone = replace(settings, gateway=[wanted], serial=[], app=[], plugin=[])
    examination = examine(replace(loaded, settings=alone), carried=carried, timeout_s=timeout_s, memory=memory, by_check=by_check)
    found = next((c for c in examination.checks if c.kind is Kind.GATEWAY), None)
    result = SKIPPED
    if found is not None and reached(found):
        result = PASSED
    elif found is not None and found.failed and not _path_down(examination):
        result = FAILED
    return Drilled(what="gateway", subject=wanted.name, result=result, examination=examination)


def _path_down(examination: Examination) -> bool:
    """Whether the fault lies on the way that every gateway is reached by, of which a drill of one says nothing."""
    beyond = [c for c in of_kind(own_way(examination.checks), InternetFacts) if c.facts.expected]
    return bool(beyond) and not any(c.ok for c in beyond)


def reached(check: Check[Facts]) -> bool:
    """Whether a gateway takes payments as far as it was asked; where its limit allowed no message and no answer stands, the connection
    speaks for it."""
    if check.ok:
        return True
    facts = check.facts
    return check.outcome is Outcome.UNKNOWN and isinstance(facts, GatewayFacts) and facts.depth is not None and bool(facts.app_because)


def drill_uplink(interface: str, loaded: Loaded, carried: Carried, memory: Memory, timeout_s: float, *, by_check: bool) -> Drilled:
    """Link, address, router, name servers, addresses beyond it, and the gateways until one accepts. `by_check`: a person asked."""
    clock = carried.clock
    began, started_at = clock.monotonic(), utc(clock.wall())
    here = _by(interface, local.examine(loaded.settings, memory))
    deadline = Deadline(max(0.1, timeout_s), clock, carried.spent)
    agent = loaded.settings.agent
    limiter = SendLimiter(
        agent.state_dir, boot_id(), agent.retry_s, clock, by_check=by_check, memory_dir=agent.status_home, unwritten=carried.unwritten
    )
    stage = scene(loaded, here, limiter, carried)
    seen = runner.stamp(here.checks, (clock.monotonic() - began) * 1000, clock)
    remark = ""
    if not here.broken():
        found, remark = _Line(interface, stage, deadline, carried).seen()
        seen += found
    checks = settle(judge(seen, loaded.settings))
    examination = Examination(
        checks=checks,
        diagnosis=diagnose(checks),
        memory=memory,
        started_at=started_at,
        took_ms=round((clock.monotonic() - began) * 1000, 1),
        uplink=interface,
        budgets=here.budgets(loaded.settings),
        spent=here.by_interface(carried.spent.drain()),
    )
    result = _result(checks, bool(loaded.settings.gateway))
    return Drilled(what="uplink", subject=interface, result=result, examination=examination, remark=remark)


def _result(checks: Sequence[Check[Facts]], has_gateways: bool) -> str:
    wanted = [c for c in checks if c.layer is (Layer.GATEWAY if has_gateways else Layer.INTERNET)]
    if any(map(reached, wanted)):
        return PASSED
    return FAILED if any(c.failed for c in checks) else SKIPPED


def _by(interface: str, here: Local) -> Local:
    """The terminal as it would be if this uplink were its only one."""
    network = here.network
    link = network.link(interface)
    index = link.index if link is not None else -1
    narrow = replace(
        network,
        addresses=tuple(each for each in network.addresses if each.index == index),
        routes=tuple(each for each in network.routes if each.index == index),
    )
    own = [c for c in here.checks if c.kind in (Kind.LINK, Kind.ADDRESS) and c.name == interface]
    because = next((c.because or c.id for c in own if not c.ok), None)
    route = address.route(narrow, because, needed=True)
    uplinks = tuple(each for each in here.uplinks if each.interface == interface)
    return replace(here, network=narrow, uplinks=uplinks, checks=(*own, route))


class _Line:
    """What is seen over one interface, one layer after the other."""

    def __init__(self, interface: str, stage: Scene, deadline: Deadline, carried: Carried) -> None:
        self._interface, self._scene, self._deadline, self._carried = interface, stage, deadline, carried
        self._settings = stage.loaded.settings
        self._ipv4, self._ipv6 = stage.local.families()

    def seen(self) -> tuple[list[Check[Facts]], str]:
        beyond = [*self._routers(), *self._addresses()]
        resolvers = self._resolvers()
        found = self._run([*beyond, *resolvers])
        answering = [c.name for c in found if isinstance(c.facts, ResolverFacts) and c.ok]
        remark = ""
        if answering:  # those of the other line do not answer here as a rule, and are at no fault
            found = [c for c in found if not isinstance(c.facts, ResolverFacts) or c.ok]
            if not set(answering) & set(self._scene.local.resolvers.servers):
                remark = "no name server of the system's answers over it"
        for task in self._gateways(tuple(answering)):
            found += self._run([task])
            if any(reached(c) for c in found if c.id == task.id):
                break
        return found, remark

    def _run(self, tasks: Sequence[Task]) -> list[Check[Facts]]:
        return runner.run(tasks, self._deadline, hanging=self._carried.hanging)

    def _fits(self, target: str) -> bool:
        return self._ipv6 if ":" in target else self._ipv4

    def _routers(self) -> list[Task]:
        known = next((c.facts.routers for c in self._scene.local.checks if isinstance(c.facts, AddressFacts)), ())
        return [
            Task.of(Kind.ROUTER, each, partial(router.probe, each, self._interface, self._scene.local.network), _ROUTER_S)
            for each in dict.fromkeys(known)
        ]

    def _plain(self) -> list[tuple[str, int]]:
        """Addresses that are reached without names, of the families that this line has."""
        network = self._settings.network
        parted = [endpoint.rpartition(":") for endpoint in network.addresses if network.expect_internet]
        every = [(host.strip("[]"), int(port)) for host, _, port in parted]
        return [each for each in every if self._fits(each[0])][:_MOST_ADDRESSES]

    def _addresses(self) -> list[Task]:
        tasks = []
        for host, port in self._plain():
            shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            tasks.append(Task.of(Kind.REACH, shown, partial(internet.reach, host, port, True, interface=self._interface), _REMOTE_S))
        return tasks

    def _resolvers(self) -> list[Task]:
        """The system's, and those that stand among the addresses: another line may have given the system its own."""
        names = tuple(g.host for g in self._settings.gateway if not is_address(g.host) and not fixed_addresses(g.host))
        public = () if names else self._scene.public_names()[:1]
        if self._settings.gateway and not names:
            return []
        servers = dict.fromkeys([*self._scene.local.resolvers.servers, *(host for host, port in self._plain() if port == 53)])
        return [
            Task.of(
                Kind.RESOLVER,
                server,
                partial(
                    dns.probe,
                    server,
                    public,
                    names,
                    ipv6_only=self._ipv6 and not self._ipv4,
                    by_tcp=self._scene.lookup.by_tcp,
                    interface=self._interface,
                ),
                _REMOTE_S,
            )
            for server in servers
            if self._fits(server)
        ]

    def _gateways(self, answering: tuple[str, ...]) -> list[Task]:
        """Those that are paid through first."""
        stage = self._scene
        lookup: Lookup = replace(
            stage.lookup,
            interface=self._interface,
            servers=answering or stage.local.resolvers.servers,
            ipv4=self._ipv4 or not self._ipv6,
            ipv6=self._ipv6,
            cache=None,
        )
        wanted = sorted(self._settings.gateway, key=lambda each: each.role is Role.BACKUP)
        fresh = gateway.Reuse(single=True)
        return [
            Task.of(
                Kind.GATEWAY,
                each.name,
                partial(gateway.probe, each, lookup, stage.proxy, stage.limiter.of(each), reuse=fresh),
                _GATEWAY_S,
                target=f"{each.host}:{each.port}",
            )
            for each in wanted
        ]
