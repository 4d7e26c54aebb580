"""Portals that the Internet checks do not show: asked over plain HTTP where only HTTPS is checked, and of hosts that are no check's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from agent.diagnosis.evidence import contacted, heard_outside, silent
from agent.diagnosis.views import of_kind, own_way
from agent.examination.runner import Task
from agent.examination.scene import Scene
from probes import internet, page
from probes.edge.dns.lookup import Lookup
from probes.ground.deadline import Deadline
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom
from probes.model.facts import GatewayFacts, HttpCheckFacts, Phase, ReachFacts
from probes.settings import InternetCheck

_PORTAL_S = 3.0
_PAGE_S = 2.5
_WEB = 80
_TURNED_AWAY = (Symptom.REFUSED, Symptom.RESET)


def portal(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """A portal shows itself over plain HTTP alone: to HTTPS it is a line that is dead, or a host that refuses."""
    network = scene.loaded.settings.network
    own = of_kind(checks, HttpCheckFacts)
    accepted = any(c.ok for c in of_kind(checks, GatewayFacts))
    secure = all(each.url.startswith("https:") for each in network.internet_checks)
    if not own or not secure or network.proxy or not network.expect_internet or accepted or not all(c.failed for c in own):
        return []
    alone = not any(contacted(c) and c.symptom not in (Symptom.REFUSED, Symptom.RESET) for c in checks if c.layer is Layer.INTERNET)
    host = urlsplit(network.internet_checks[0].url).hostname or ""
    probe = partial(_over_http, len(own) + 1, host, scene.lookup, alone)
    return [Task.of(Kind.HTTP_CHECK, str(len(own) + 1), probe, _PORTAL_S, target=host)]


def _over_http(number: int, host: str, lookup: Lookup, alone: bool, deadline: Deadline) -> list[Check[HttpCheckFacts]]:
    """Nothing where no portal shows itself; a page counts as one only where nothing else was heard of the Internet."""
    check = internet.check_url(number, InternetCheck(url=f"http://{host}/"), lookup, True, None, deadline)
    shown = check.symptom is Symptom.REDIRECTED or (check.symptom is Symptom.REWRITTEN and (alone or check.facts.http_status == 511))
    return [check] if check.outcome is Outcome.FAIL and shown else []


def pages(checks: Sequence[Check[Facts]], scene: Scene) -> list[Task]:
    """No plain address accepts, and neither does the acquirer's host, and the hosts of the checks are heard: a portal lets them through, or
    one box may answer port 80 for everybody. Two that have nothing to do with each other, the acquirer's host and a plain address, are
    asked for a page. Where an address answers the network is as it should be, and the acquirer's host is left alone."""
    network = scene.loaded.settings.network
    own = own_way(checks)
    plain = [c for c in of_kind(own, ReachFacts) if c.made and c.facts.address]
    lost = [c for c in of_kind(own, GatewayFacts) if _turned_away(c)]
    open_to_us = any(c.facts.answer == "accepted" or not (c.ok or silent(c) or c.symptom in _TURNED_AWAY) for c in plain)
    heard = any(heard_outside(c) for c in of_kind(own, HttpCheckFacts))
    paid = any(c.ok for c in of_kind(own, GatewayFacts))
    if network.proxy or not network.expect_internet or paid or open_to_us or not (plain and lost and heard):
        return []
    gateway = [(c.name, c.facts.host or "") for c in lost if c.facts.port != _WEB][:1]
    address = [(c.name, c.facts.address or "") for c in plain if c.facts.port != _WEB][:1]
    return [
        Task.of(Kind.PAGE, name, partial(page.probe, name, host, scene.lookup), _PAGE_S, target=host) for name, host in (*gateway, *address)
    ]


def _turned_away(check: Check[GatewayFacts]) -> bool:
    nothing = silent(check) or check.symptom in _TURNED_AWAY
    return check.failed and nothing and check.facts.phase is Phase.TCP and bool(check.facts.host) and not check.facts.by_us
