"""The way from the terminal to the acquirer as one line, with the broken place marked."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agent.contract.document import CauseEntry, Status
from agent.diagnosis.causes import Severity
from agent.present.page import Page
from agent.present.words import LINKS
from probes.model import Check, Layer, Outcome

MARKS = {Outcome.PASS: "✓", Outcome.WARN: "!", Outcome.FAIL: "✗", Outcome.SKIP: "?", Outcome.UNKNOWN: "?"}
COLOURS = {Outcome.PASS: "green", Outcome.WARN: "yellow", Outcome.FAIL: "red", Outcome.SKIP: "faint", Outcome.UNKNOWN: "yellow"}
_ON_THE_WAY = (Layer.LINK, Layer.ADDRESS, Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)


class Stage(Struct, frozen=True):
    """One place on the way: how it is called, and what the checks made of it."""

    layer: Layer
    name: str
    outcome: Outcome


def draw(status: Status, page: Page) -> list[str]:
    way, beside = _stages(status, page)
    broken = _broken(status)
    home = Outcome.FAIL if broken.get(Layer.SYSTEM) is Severity.OUTAGE else Outcome.PASS
    start = page.say("终端", "terminal")
    units: list[tuple[str, Outcome]] = [(start if home is Outcome.PASS else f"{page.fit('✗')} {start}", home)]
    units += [_unit(stage, broken, page) for stage in way]
    also = [(page.say("另有", "also"), Outcome.PASS), *(_unit(stage, broken, page) for stage in beside)]
    return [*_set(units, page), *(_set(also, page) if beside else [])]


def _unit(stage: Stage, broken: dict[Layer, Severity], page: Page) -> tuple[str, Outcome]:
    outcome = _shown(stage, broken)
    return f"{page.fit('──')}{page.fit(MARKS[outcome])} {stage.name}", outcome


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
    if stage.layer is Layer.GATEWAY and stage.outcome in (Outcome.PASS, Outcome.WARN):
        return stage.outcome  # each host stands for itself
    if stage.layer in broken:
        if stage.outcome is Outcome.FAIL or broken[stage.layer] is Severity.OUTAGE:
            return Outcome.FAIL
        return Outcome.WARN
    # it failed, but only because of what broke elsewhere
    return Outcome.UNKNOWN if stage.outcome is Outcome.FAIL and broken.keys() - {Layer.SYSTEM} else stage.outcome


def _broken(status: Status) -> dict[Layer, Severity]:
    """Where on the way each reported cause sits; a cause in the terminal itself stands under `system`."""
    found: dict[Layer, Severity] = {}
    for cause in status.causes:
        if cause.severity is not Severity.NOTICE:
            found.setdefault(_place(cause, status.checks), cause.severity)
    return found


def _place(cause: CauseEntry, checks: Sequence[Check]) -> Layer:
    layer = cause.code.layer
    if layer not in _ON_THE_WAY:
        return Layer.SYSTEM
    bad = [c.layer for c in checks if c.id in cause.evidence and c.outcome in (Outcome.FAIL, Outcome.WARN) and c.layer in _ON_THE_WAY]
    if not bad or (layer in bad and not cause.candidates):
        return layer
    return min(bad, key=_ON_THE_WAY.index)


def _stages(status: Status, page: Page) -> tuple[list[Stage], list[Stage]]:
    """The way to the host that answers best, and the other hosts beside it."""
    by_layer: dict[Layer, list[Check]] = {layer: [c for c in status.checks if c.layer is layer] for layer in _ON_THE_WAY}
    blamed = next((c for c in by_layer[Layer.LINK] if c.target == _blamed(status)), None)
    link = blamed or _used_link(by_layer[Layer.LINK], by_layer[Layer.ROUTER])
    interface = link.target if link else ""
    stages = []
    if link:
        kind = LINKS.get(str(link.facts.get("kind")), ("网络接口", "interface"))
        stages.append(Stage(Layer.LINK, f"{page.say(*kind)} {page.fit(link.target)}", link.outcome))
    addresses = [c for c in by_layer[Layer.ADDRESS] if not interface or c.target == interface or c.id == "address:route"]
    if any(c.failed for c in addresses):
        stages.append(Stage(Layer.ADDRESS, page.say("网络地址", "address"), Outcome.FAIL))
    routers = by_layer[Layer.ROUTER]
    if blamed:  # a router of another way is none of this one
        routers = [c for c in routers if c.facts.get("interface") == interface]
    if routers:
        router = next((c for c in routers if c.facts.get("interface") == interface), None) or _best(routers)
        stages.append(Stage(Layer.ROUTER, f"{page.say('路由器', 'router')} {page.fit(router.target)}", router.outcome))
    resolvers = by_layer[Layer.DNS]
    if resolvers:
        best = _best(resolvers)
        name = page.say("域名服务器", "name server")
        stages.append(Stage(Layer.DNS, f"{name} {page.fit(best.target)}" if len(resolvers) == 1 else name, best.outcome))
    own = [c for c in by_layer[Layer.INTERNET] if not c.id.startswith("internet:via:")]  # another uplink is another way
    internet = [c for c in own if "url" in c.facts or ("port" in c.facts and "expected" in c.facts)]
    if internet and (_best(internet).ok or any(c.facts.get("expected", True) for c in internet)):
        stages.append(Stage(Layer.INTERNET, page.say("互联网", "internet"), _best(internet).outcome))
    host = page.say("收单主机", "acquirer")
    gateways = sorted(by_layer[Layer.GATEWAY], key=_rank)
    hosts = [Stage(Layer.GATEWAY, f"{host} {page.fit(check.target)}", check.outcome) for check in gateways]
    unset = Stage(Layer.GATEWAY, host + page.say("（未配置）", " (not configured)"), Outcome.UNKNOWN)
    return [*stages, *(hosts[:1] or [unset])], hosts[1:]


def _blamed(status: Status) -> str:
    """The interface that stops the payments, even where another one is well: that is where the way breaks. Else empty."""
    checks = {check.id: check for check in status.checks}
    for cause in status.causes:
        for check in (checks[name] for name in cause.evidence if cause.severity is Severity.OUTAGE and name in checks):
            if check.failed and check.layer in (Layer.LINK, Layer.ADDRESS, Layer.ROUTER):
                return str(check.facts.get("interface") or check.target)
    return ""


_RANK = (Outcome.PASS, Outcome.WARN, Outcome.FAIL, Outcome.UNKNOWN, Outcome.SKIP)


def _rank(check: Check) -> int:
    return _RANK.index(check.outcome)


def _best(checks: Sequence[Check]) -> Check:
    return min(checks, key=_rank)


def _used_link(links: Sequence[Check], routers: Sequence[Check]) -> Check | None:
    """The interface the way leads over: one with a working router, else one that should carry it."""
    over = [c.facts.get("interface") for c in routers if c.ok]
    wanted = [c for c in links if c.facts.get("used") or c.facts.get("configured")] or list(links)
    return next((c for c in wanted if c.ok and c.target in over), None) or (_best(wanted) if wanted else None)
