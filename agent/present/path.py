"""The way from the terminal to the acquirer as one line, with the broken place marked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agent.contract import fields
from agent.contract.document import CauseEntry
from agent.diagnosis.causes import Severity
from agent.present.document import Document
from agent.present.page import Page
from agent.present.words import LINKS
from agent.remedy.observed import ASKED_ITSELF
from probes.model import Check, Facts, Kind, Layer, Outcome
from probes.model.facts import HttpCheckFacts, InternetFacts, LinkFacts, ReachFacts
from probes.model.vocabulary import PATH

MARKS = {Outcome.PASS: "✓", Outcome.WARN: "!", Outcome.FAIL: "✗", Outcome.SKIP: "?", Outcome.UNKNOWN: "?"}
COLOURS = {Outcome.PASS: "green", Outcome.WARN: "yellow", Outcome.FAIL: "red", Outcome.SKIP: "faint", Outcome.UNKNOWN: "yellow"}


class Stage(Struct, frozen=True):
    """One place on the way: how it is called, and what the checks made of it. `check`: the one that it stands for, and whose mark it has
    as everywhere else; None where it stands for several."""

    layer: Layer
    name: str
    outcome: Outcome
    check: Check[Facts] | None = None


def draw(document: Document, page: Page) -> list[str]:
    way, beside = stages(document, page)
    broken = _broken(document)
    home = Outcome.FAIL if broken.get(Layer.SYSTEM) is Severity.OUTAGE else Outcome.PASS
    start = page.say("终端", "terminal")
    units: list[tuple[str, Outcome]] = [(start if home is Outcome.PASS else f"{page.fit('✗')} {start}", home)]
    units += [_unit(stage, broken, way, page) for stage in way]
    also = [(page.say("另有", "also"), Outcome.PASS), *(_unit(stage, broken, beside, page) for stage in beside)]
    return [*_set(units, page), *(_set(also, page) if beside else [])]


def _unit(stage: Stage, broken: dict[Layer, Severity], others: Sequence[Stage], page: Page) -> tuple[str, Outcome]:
    """Where several fail, the place of the cause is named; the rest fails because of it."""
    outcome = _shown(stage, broken)
    several = any(other.layer is not stage.layer and _shown(other, broken) is Outcome.FAIL for other in others)
    here = page.say("（故障在这里）", " (the fault is here)") if several and outcome is Outcome.FAIL and stage.layer in broken else ""
    return f"{page.fit('──')}{page.fit(MARKS[outcome])} {stage.name}{here}", outcome


def _set(units: Sequence[tuple[str, Outcome]], page: Page) -> list[str]:
    indent = "  "
    lines: list[str] = []
    plain, painted = "", ""
    for text, outcome in units:
        fitted = page.shorten(text, page.width - len(indent))
        if plain and page.measure(f"{plain} {fitted}") > page.width:
            lines.append(painted)
            plain, painted = "", ""
        gap = " " if plain else indent
        plain += gap + fitted
        painted += gap + (fitted if outcome is Outcome.PASS else page.paint(fitted, COLOURS[outcome]))
    return [*lines, painted]


def _shown(stage: Stage, broken: dict[Layer, Severity]) -> Outcome:
    """A check's own; of several that do not agree, what the cause among them makes of the way."""
    if stage.check is not None or stage.layer not in broken:
        return stage.outcome
    return Outcome.FAIL if stage.outcome is Outcome.FAIL or broken[stage.layer] is Severity.OUTAGE else Outcome.WARN


def _broken(document: Document) -> dict[Layer, Severity]:
    """Where on the way each reported cause sits; a cause in the terminal itself stands under `system`."""
    found: dict[Layer, Severity] = {}
    for cause in document.status.causes:
        place = _place(cause, document) if cause.severity is not Severity.NOTICE else None
        if place is not None:
            found.setdefault(place, cause.severity)
    return found


def _place(cause: CauseEntry, document: Document) -> Layer | None:
    """A cause of a later version sits where its evidence is; None where that is nowhere here."""
    evidence = [document.by_id[name] for name in cause.evidence if name in document.by_id]
    bad = [check.layer for check in evidence if check.outcome in (Outcome.FAIL, Outcome.WARN)]
    on_path = sorted((layer for layer in bad if layer in PATH), key=PATH.index)
    if not cause.code.known:
        return on_path[0] if on_path else Layer.SYSTEM if any(layer.known for layer in bad) else None
    layer = cause.code.layer
    if layer not in PATH:
        return Layer.SYSTEM
    return layer if not on_path or (layer in on_path and not cause.candidates) else on_path[0]


def stages(document: Document, page: Page) -> tuple[list[Stage], list[Stage]]:
    """The way to the host that answers best, and the other hosts beside it."""
    by_layer: dict[Layer, list[Check[Facts]]] = {layer: [c for c in document.checks if c.layer is layer] for layer in PATH}
    blamed = next((c for c in by_layer[Layer.LINK] if c.target == _blamed(document)), None)
    link = blamed or _used_link(by_layer[Layer.LINK], by_layer[Layer.ROUTER])
    interface = link.target if link else ""
    found = []
    if link:
        kind = LINKS.get((isinstance(link.facts, LinkFacts) and link.facts.interface_kind) or "", Kind.LINK.called)
        found.append(Stage(Layer.LINK, f"{page.words(kind)} {page.fit(link.target)}", link.outcome, link))
    addresses = [c for c in by_layer[Layer.ADDRESS] if not interface or c.target == interface or c.kind is Kind.DEFAULT_ROUTE]
    if any(c.failed for c in addresses):
        found.append(Stage(Layer.ADDRESS, page.say("网络地址", "address"), Outcome.FAIL))
    routers = by_layer[Layer.ROUTER]
    if blamed:  # a router of another way is none of this one
        routers = [c for c in routers if fields.interface(c.facts) == interface]
    if routers:
        router = next((c for c in routers if fields.interface(c.facts) == interface), None) or _best(routers)
        found.append(Stage(Layer.ROUTER, f"{page.say('路由器', 'router')} {page.fit(router.target)}", router.outcome, router))
    resolvers = [c for c in by_layer[Layer.DNS] if c.kind is not Kind.NAME_COST]
    if resolvers:
        best = _best(resolvers)
        name = page.say("域名服务器", "name server")
        alone = best if len(resolvers) == 1 else None
        found.append(
            Stage(Layer.DNS, f"{name} {page.fit(best.target)}" if alone and best.target != ASKED_ITSELF else name, best.outcome, alone)
        )
    internet = [c for c in by_layer[Layer.INTERNET] if _begun(c.facts)]
    if internet and (_best(internet).ok or any(_expected(c.facts) for c in internet)):
        found.append(Stage(Layer.INTERNET, page.say("互联网", "internet"), _best(internet).outcome))
    host = page.say("收单主机", "acquirer")
    gateways = sorted(by_layer[Layer.GATEWAY], key=_rank)
    hosts = [Stage(Layer.GATEWAY, f"{host} {page.fit(check.target)}", check.outcome, check) for check in gateways]
    unset = Stage(Layer.GATEWAY, host + page.say("（未配置）", " (not configured)"), Outcome.UNKNOWN)
    return [*found, *(hosts[:1] or [unset])], hosts[1:]


def _begun(facts: Facts) -> bool:
    """Whether more is known of it than that it would have been tried, had there been a way out."""
    match facts:
        case HttpCheckFacts():
            return facts.url is not None
        case ReachFacts():
            return facts.port is not None and facts.expected is not None
    return False


def _expected(facts: Facts) -> bool:
    return isinstance(facts, InternetFacts) and facts.expected is not False


def _blamed(document: Document) -> str:
    """The interface that stops the payments, even where another one is well: that is where the way breaks. Else empty."""
    for cause in document.status.causes:
        named = cause.evidence if cause.severity is Severity.OUTAGE else ()
        for check in (document.by_id[name] for name in named if name in document.by_id):
            if check.failed and check.layer in (Layer.LINK, Layer.ADDRESS, Layer.ROUTER):
                return fields.interface(check.facts) or check.target
    return ""


_RANK = (Outcome.PASS, Outcome.WARN, Outcome.FAIL, Outcome.UNKNOWN, Outcome.SKIP)


def _rank(check: Check[Facts]) -> int:
    return _RANK.index(check.outcome)


def _best(checks: Sequence[Check[Facts]]) -> Check[Facts]:
    return min(checks, key=_rank)


def _used_link(links: Sequence[Check[Facts]], routers: Sequence[Check[Facts]]) -> Check[Facts] | None:
    """The interface the way leads over: one with a working router, else one that should carry it."""
    over = [fields.interface(c.facts) for c in routers if c.ok]
    wanted = [c for c in links if isinstance(c.facts, LinkFacts) and (c.facts.used or c.facts.configured)] or list(links)
    return next((c for c in wanted if c.ok and c.target in over), None) or (_best(wanted) if wanted else None)
