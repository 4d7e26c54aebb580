"""Where the steps are to be done: which system's menus the terminal has, where its log lies, and by what kind of uplink it sells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from agent.diagnosis.views import interface_of
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.ground.files import is_file
from probes.model import Check, Facts
from probes.model.facts import ConflictFacts, DefaultRouteFacts, LinkFacts, RouterFacts, SerialFacts

UPLINKS = frozenset({"ethernet", "wifi", "cellular"})
LOG = "posdiag.log"


class Platform(Enum):
    ANDROID = "android"
    LINUX = "linux"


class Here(Struct, frozen=True, kw_only=True):
    """`log`: its path, empty where there is none that could be kept."""

    platform: Platform = Platform.LINUX
    log: str = ""


class About(Protocol):
    """What a cause is about: a finding, or its entry in the document. `evidence` are ids of checks."""

    @property
    def subject(self) -> str: ...
    @property
    def evidence(self) -> tuple[str, ...]: ...


SOMEWHERE = Here()  # where nobody has looked around
# for whom a step is that fits some of the uplinks in question alone
FOR_UPLINKS = {
    frozenset({"ethernet"}): Bilingual("用网线的，", "With a cable: "),
    frozenset({"wifi"}): Bilingual("用 Wi-Fi 的，", "On Wi-Fi: "),
    frozenset({"cellular"}): Bilingual("用流量卡的，", "On a SIM: "),
    frozenset({"ethernet", "wifi"}): Bilingual("用店里宽带的，", "On the shop's own line: "),
    frozenset({"wifi", "cellular"}): Bilingual("用 Wi-Fi 或流量卡的，", "On Wi-Fi or a SIM: "),
}


def look_around(settings: Settings, *, writes_log: bool, root: Path = Path("/")) -> Here:
    """`writes_log`: whoever asks writes the log himself, so there will be one."""
    android = any(is_file(root / each) for each in ("system/build.prop", "system/bin/app_process"))
    log = Path(settings.agent.log_dir) / LOG
    return Here(platform=Platform.ANDROID if android else Platform.LINUX, log=str(log) if writes_log or is_file(log) else "")


def uplinks(finding: About, checks: Sequence[Check[Facts]]) -> frozenset[str]:
    """The kinds of uplink that the cause is about, most likely one; empty where nobody can tell.

    What the evidence went over, else the way out that is used first, else every one that is or was used, else every one there is.
    """
    links = {check.target: check.facts for check in checks if isinstance(check.facts, LinkFacts)}
    ids = set(finding.evidence)
    evidence = [check for check in checks if check.id in ids]
    if any(isinstance(check.facts, SerialFacts) and check.facts.role == "modem" for check in evidence):
        return frozenset({"cellular"})
    ways = [each.facts for each in checks if isinstance(each.facts, DefaultRouteFacts)]
    routes = sorted((route for facts in ways for route in facts.routers), key=lambda route: route.metric or 0)
    for names in (
        [name for check in evidence for name in _interfaces(check)],
        [finding.subject],
        [route.interface for route in routes[:1]],
        [name for name, facts in links.items() if facts.used],
        list(links),
    ):
        kinds = frozenset(kind for name in names for kind in _kinds(name, links))
        if kinds:
            return kinds
    return frozenset()


def _interfaces(check: Check[Facts]) -> Iterator[str]:
    if isinstance(check.facts, LinkFacts):
        yield check.target
    elif isinstance(check.facts, (RouterFacts, ConflictFacts)):
        yield check.facts.interface or ""
    else:
        yield interface_of(check) or check.target


def _kinds(name: str, links: dict[str, LinkFacts]) -> Iterator[str]:
    """Of the interface, or of those that carry a tunnel's packets."""
    facts = links.get(name)
    if facts is None:
        return
    for each in (name, *facts.carries):
        kind = links[each].interface_kind if each in links else None
        if kind in UPLINKS:
            yield kind
