"""The table of probes: what each looks at, what configures it, and when it is run. Plans are made from it, in its order.

Adding a probe: its file in `probes/`, the facts and the `Kind` of its check in `probes/model/` (the kind has layer and human name), and its
line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from agent.examination import beyond, disambiguation, followups, here, own_rules, plugins, portals, tunnels
from agent.examination.planned import Plans
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes.ground.bilingual import Bilingual
from probes.model import Check, Facts, Kind, Layer

Called = Callable[[Sequence[Check[Facts]], Scene], Sequence[Task]]


class Registered(Struct, frozen=True, kw_only=True):
    """`settings`: the tables of the configuration that it goes by.

    `plan`: what is run at each examination, or known without being run. A planner that makes checks of several kinds stands in the line of
    each, and is asked once. `called_for`: what is run where that calls for it, told everything that was seen, with its dependencies
    settled. `early`: the same beside probes that take long, told what was seen until then.
    """

    kind: Kind
    settings: tuple[str, ...] = ()
    plan: Plans | None = None
    called_for: Called | None = None
    early: Called | None = None

    @property
    def layer(self) -> Layer:
        return self.kind.layer

    @property
    def called(self) -> Bilingual:
        """As people call it."""
        return self.kind.called


PROBES: tuple[Registered, ...] = (
    # looked at before anything is planned (`local.py`)
    Registered(kind=Kind.LINK, settings=("uplink",), plan=here.links),
    Registered(kind=Kind.ADDRESS, settings=("uplink",), plan=here.addresses),
    Registered(kind=Kind.DEFAULT_ROUTE, settings=("gateway", "network"), plan=here.default_route),
    # the slowest first
    Registered(kind=Kind.CONFLICT, plan=here.neighbours),
    Registered(kind=Kind.ROUTER, plan=here.neighbours),
    Registered(kind=Kind.DISK, settings=("system", "agent"), plan=here.disks),
    Registered(kind=Kind.MEMORY, settings=("system",), plan=here.memory_left),
    Registered(kind=Kind.LOAD, settings=("system",), plan=here.processor_load),
    Registered(kind=Kind.TEMPERATURE, settings=("system",), plan=here.heat),
    Registered(kind=Kind.BATTERY, settings=("system",), plan=here.charge),
    Registered(kind=Kind.CLOCK, settings=("system",), plan=here.own_clock),
    Registered(kind=Kind.DUE_DATE, settings=("date",), plan=here.due_dates),
    Registered(kind=Kind.SERIAL_PRESENT, settings=("serial",), plan=here.ports_present),
    Registered(kind=Kind.SERIAL, settings=("serial", "app"), plan=here.ports),
    Registered(kind=Kind.APP, settings=("app", "gateway"), plan=here.apps),
    Registered(kind=Kind.RESOLVER, settings=("network", "gateway"), plan=beyond.resolvers),
    Registered(kind=Kind.NAME_COST, settings=("network", "gateway"), plan=beyond.name_costs),
    Registered(kind=Kind.LOSS, settings=("network",), called_for=followups.loss_samples, early=followups.early_loss_samples),
    Registered(kind=Kind.TUNNEL, settings=("network",), called_for=tunnels.tunnels),
    Registered(kind=Kind.BACKUP, settings=("network", "gateway"), called_for=followups.backups),
    Registered(kind=Kind.NAMES_ELSEWHERE, called_for=disambiguation.names_elsewhere),
    Registered(kind=Kind.OTHER_ADDRESS, settings=("gateway",), called_for=disambiguation.other_addresses),
    Registered(kind=Kind.DATE, settings=("network",), called_for=disambiguation.dates),
    Registered(kind=Kind.PAGE, settings=("network", "gateway"), called_for=portals.pages),
    Registered(kind=Kind.ARRIVALS, called_for=own_rules.answers_dropped),
    Registered(kind=Kind.REACH, settings=("network",), plan=beyond.plain_addresses),
    Registered(kind=Kind.PROXY, settings=("network",), plan=beyond.proxies),
    Registered(kind=Kind.HTTP_CHECK, settings=("network",), plan=beyond.http_checks, called_for=portals.portal),
    Registered(kind=Kind.TLS_SPOKEN, settings=("network", "gateway"), called_for=disambiguation.tls_tried),
    Registered(kind=Kind.NTP, settings=("network",), plan=beyond.time_servers),
    Registered(kind=Kind.GATEWAY, settings=("gateway",), plan=beyond.gateways),
    Registered(kind=Kind.NO_RESOLVER, settings=("network", "gateway"), plan=beyond.no_resolver),
    Registered(kind=Kind.PLUGIN, settings=("plugin",), plan=plugins.plan),
)
PLANNERS: tuple[Plans, ...] = tuple(dict.fromkeys(probe.plan for probe in PROBES if probe.plan is not None))
FOLLOWING = frozenset(probe.kind for probe in PROBES if probe.called_for is not None)  # kinds of checks that not every examination makes


def called_for(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """What `checks`, all that was seen, with its dependencies settled, calls for besides."""
    return list(_of([probe.called_for for probe in PROBES], checks, scene))


def early(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """What `checks`, all that was seen until now, calls for before the rest has been seen."""
    return list(_of([probe.early for probe in PROBES], checks, scene))


def _of(asked: Sequence[Called | None], checks: Sequence[Check[Facts]], scene: Scene) -> Iterator[Task]:
    for each in asked:
        if each is not None:
            yield from each(checks, scene)
