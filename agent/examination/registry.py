"""The table of probes: what each looks at, what configures it, and when it is run. Plans are made from it, in its order.

Adding a probe: its file in `probes/`, the facts and the `Kind` of its check in `probes/model/`, the name of that kind in both languages in
`agent/present/words.py`, and its line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from agent.examination import beyond, disambiguation, followups, here, plugins
from agent.examination.planned import Planned
from agent.examination.runner import Task
from agent.examination.scene import Scene
from agent.present.words import KINDS
from probes.ground.bilingual import Bilingual
from probes.model import Check, Facts, Kind, Layer

Called = Callable[[Sequence[Check[Facts]], Scene], Sequence[Task]]


class Registered(Struct, frozen=True, kw_only=True):
    """`settings`: the table of the configuration that it is told by; empty where it needs none.

    `plan`: its tasks at each examination. `called_for`: its tasks where what was seen calls for them, told all of that with its
    dependencies settled. One with neither is made without a task, from the kernel's view of the network (`local.py`) or of what is
    configured (`plan.py`).
    """

    kind: Kind
    settings: str = ""
    plan: Callable[[Scene], Iterable[Planned]] | None = None
    called_for: Called | None = None

    @property
    def layer(self) -> Layer:
        return self.kind.layer

    @property
    def called(self) -> Bilingual:
        """As people call it."""
        return KINDS[self.kind]


PROBES: tuple[Registered, ...] = (
    Registered(kind=Kind.LINK, settings="uplink"),
    Registered(kind=Kind.ADDRESS, settings="uplink"),
    Registered(kind=Kind.DEFAULT_ROUTE),
    Registered(kind=Kind.ROUTER, plan=here.routers),  # the slowest first
    Registered(kind=Kind.CONFLICT, plan=here.conflicts),
    Registered(kind=Kind.DISK, settings="system", plan=here.disks),
    Registered(kind=Kind.MEMORY, settings="system", plan=here.memories),
    Registered(kind=Kind.LOAD, settings="system", plan=here.loads),
    Registered(kind=Kind.TEMPERATURE, settings="system", plan=here.temperatures),
    Registered(kind=Kind.BATTERY, settings="system", plan=here.batteries),
    Registered(kind=Kind.CLOCK, settings="system", plan=here.clocks),
    Registered(kind=Kind.SERIAL_PRESENT, settings="serial", plan=here.ports_present),
    Registered(kind=Kind.SERIAL, settings="serial", plan=here.ports),
    Registered(kind=Kind.APP, settings="app", plan=here.apps),
    Registered(kind=Kind.RESOLVER, settings="network", plan=beyond.resolvers),
    Registered(kind=Kind.NO_RESOLVER),
    Registered(kind=Kind.REACH, settings="network", plan=beyond.addresses),
    Registered(kind=Kind.PROXY, settings="network", plan=beyond.proxies),
    Registered(kind=Kind.LOSS, settings="network", called_for=followups.loss_samples),
    Registered(kind=Kind.BACKUP, settings="uplink", called_for=followups.backups),
    Registered(kind=Kind.NAMES_ELSEWHERE, settings="network", called_for=disambiguation.names_elsewhere),
    Registered(kind=Kind.HTTP_CHECK, settings="network", plan=beyond.http_checks, called_for=disambiguation.portal),
    Registered(kind=Kind.TLS_SPOKEN, settings="gateway", called_for=disambiguation.tls_with_plain_hosts),
    Registered(kind=Kind.NTP, settings="network", plan=beyond.time_servers),
    Registered(kind=Kind.GATEWAY, settings="gateway", plan=beyond.gateways),
    Registered(kind=Kind.PLUGIN, settings="plugin", plan=plugins.plan),
)


def planned(scene: Scene) -> Iterable[Planned]:
    """Of every probe that is run at each examination."""
    for probe in PROBES:
        if probe.plan is not None:
            yield from probe.plan(scene)


def called_for(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """What `checks`, all that was seen, with its dependencies settled, calls for besides."""
    return [task for probe in PROBES if probe.called_for is not None for task in probe.called_for(checks, scene)]
