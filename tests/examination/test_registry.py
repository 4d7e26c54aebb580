"""The table of probes: every kind of check has its one place in it, a human name, and the tables of the configuration that it goes by."""

from __future__ import annotations

from collections import Counter
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import fields, replace

from agent.examination.carried import Carried
from agent.examination.local import Local
from agent.examination.plan import plan
from agent.examination.registry import PROBES, Registered, called_for
from agent.examination.scene import Scene, scene
from agent.messages.limiter import SendLimiter
from agent.settings.load import Loaded
from agent.settings.model import NetworkSettings, Settings
from probes.edge.dns.resolver import ResolverConfig
from probes.edge.kernel.network import Network
from probes.ground.clock import Clock
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom, check_of
from probes.model.facts import AddressFacts, DefaultRouteFacts, GatewayFacts, HttpCheckFacts, LinkFacts, Phase, ReachFacts
from probes.settings import App, DueDate, Gateway, GatewayProtocol, InternetCheck, Plugin, SerialDevice

MADE_BY_NO_PROBE = {
    Kind.EXAMINATION,
    Kind.DOCUMENT,
    Kind.OTHER,
    Kind.OVERLAP,
    Kind.DEVICE,
    Kind.ON_LAN,
}  # the last two: examination/beside.py
EACH = pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.kind.name)


class Reached(Local, frozen=True):
    """Where everything has a way out, whatever the routes of the machine on which this is tried."""

    def obstacle(self, target: str) -> str:
        return ""


CHECKS: tuple[Check[Facts], ...] = (
    *(check_of(LinkFacts(), Outcome.PASS, name=name) for name in ("eth0", "wlan0")),
    check_of(AddressFacts(addresses=("192.0.2.7/24",), routers=("192.0.2.1", "192.0.2.2")), Outcome.PASS, name="eth0"),
    check_of(AddressFacts(addresses=("198.51.100.7/24",), routers=("198.51.100.1",)), Outcome.PASS, name="wlan0"),
    check_of(DefaultRouteFacts(), Outcome.PASS, target="default"),
)
SETTINGS = Settings(
    network=NetworkSettings(
        addresses=["203.0.113.5:53", "203.0.113.6:53"],
        internet_checks=[InternetCheck(url="https://one.example/a"), InternetCheck(url="https://two.example/b")],
        ntp=["203.0.113.9"],
    ),
    gateway=[Gateway(name=name, host="203.0.113.7", port=1, protocol=GatewayProtocol.TCP) for name in ("a", "b")],
    serial=[SerialDevice(name="printer", port="/dev/ttyNONE0")],
    app=[App(name="payapp", process="payapp")],
    plugin=[Plugin(name="ups")],
    date=[DueDate(name="Fee", due=date(2027, 1, 31))],
)


def made(settings: Settings = SETTINGS, servers: tuple[str, ...] = ("203.0.113.53",)) -> Scene:
    here = Reached(Network(), (), ResolverConfig(servers=servers), CHECKS)
    limiter = SendLimiter("/nowhere", "boot", 5, Clock(), by_check=True)
    found = scene(Loaded(settings, None, frozenset(), ""), here, limiter, Carried.of(Clock()))
    return replace(found, lookup=replace(found.lookup, ipv4=True))


def test_every_kind_of_check_that_a_probe_makes_stands_in_it_once() -> None:
    assert Counter(probe.kind for probe in PROBES) == Counter(set(Kind) - MADE_BY_NO_PROBE)


@EACH
def test_each_is_run_or_called_for_and_has_a_layer_and_a_name_in_both_languages(probe: Registered) -> None:
    assert probe.plan or probe.called_for
    assert probe.layer in Layer
    assert not probe.called.zh.isascii() and probe.called.en.isascii()


@EACH
def test_each_makes_checks_of_its_kind(probe: Registered) -> None:
    kinds = {(each if isinstance(each, Check) else each.task).kind for each in probe.plan(made())} if probe.plan else {probe.kind}
    beside = {other.kind for other in PROBES if other.plan is probe.plan}
    assert kinds <= beside


class Watched:
    """Settings that notice which of their tables are read."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self.read = settings, set[str]()

    def __getattr__(self, table: str) -> Any:
        self.read.add(table)
        return getattr(self._settings, table)


NOTHING_REACHED: tuple[Check[Facts], ...] = (
    *CHECKS,
    check_of(
        ReachFacts(address="203.0.113.5", port=53, expected=True, answer="accepted", interface="eth0", retransmits=1),
        Outcome.PASS,
        name="203.0.113.5:53",
    ),
    *(check_of(HttpCheckFacts(expected=True, phase=Phase.TCP), Outcome.FAIL, Symptom.TIMEOUT, name=name) for name in "12"),
    check_of(GatewayFacts(address="203.0.113.7", phase=Phase.TCP), Outcome.FAIL, Symptom.CLOSED, name="a"),
    check_of(GatewayFacts(phase=Phase.RESOLVE), Outcome.FAIL, Symptom.SERVFAIL, name="b"),
)


@EACH
def test_each_reads_no_other_tables_of_the_configuration_than_it_says(probe: Registered) -> None:
    assert set(probe.settings) <= {field.name for field in fields(Settings)}
    watched = Watched(SETTINGS)
    loaded = cast(Loaded, SimpleNamespace(settings=watched, given=frozenset({"agent.state_dir"})))
    seen = replace(made(), loaded=loaded)
    for planned in (probe.plan,) if probe.plan else ():
        assert list(planned(seen)) or probe.kind in (Kind.SERIAL_PRESENT, Kind.PROXY, Kind.NO_RESOLVER)
    for asked in filter(None, (probe.called_for, probe.early)):
        asked(NOTHING_REACHED, seen)
    assert watched.read <= set(probe.settings)


def test_the_plan_has_the_order_of_the_table() -> None:
    planned = plan(made())
    links = ["link:eth0", "link:wlan0", "address:eth0", "address:wlan0", "address:route"]
    assert [check.id for check in planned.checks] == [*links, "system:date:Fee"]
    assert [task.id for task in planned.tasks] == [
        *("address:conflict:eth0", "router:192.0.2.1", "router:192.0.2.2", "address:conflict:wlan0", "router:198.51.100.1"),
        *("system:disk:/", "system:memory", "system:load", "system:temperature", "system:battery", "system:clock"),
        *("serial:printer", "app:payapp", "dns:203.0.113.53", "dns:lookup:www.baidu.com"),
        *(
            "internet:203.0.113.5:53",
            "internet:203.0.113.6:53",
            "internet:check-1",
            "internet:check-2",
            "internet:ntp:203.0.113.9",
            "gateway:a",
            "gateway:b",
        ),
    ]
    assert [task.id for task in planned.aside] == ["plugin:ups"]


def test_what_is_called_for_has_the_order_of_the_table() -> None:
    wanted = called_for(NOTHING_REACHED, made())
    assert [task.id for task in wanted] == ["internet:loss:eth0", "internet:names:b", "internet:check-3", "internet:tls:a"]


def test_where_names_are_needed_and_no_server_is_set_that_is_known_without_a_task() -> None:
    by_name = replace(SETTINGS, gateway=[replace(SETTINGS.gateway[0], host="gw.invalid")])
    checks = {check.id: check for check in plan(made(by_name, servers=())).checks}
    assert checks["dns:config"].failed
    assert checks["gateway:a"].because == "dns:config"
