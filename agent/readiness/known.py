"""What an audit rests on, as far as it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from agent.contract.audit import Result
from agent.contract.event import DrillEvent, ToldEvent
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.model import Check, Facts

Drills = Mapping[tuple[str, str], DrillEvent]  # what and subject: the last that took place


class Fleet(Struct, frozen=True, kw_only=True):
    """What the fleet has now, as far as its lessons say."""

    agent_version: str = ""
    config_hash: str = ""


class LooseEnd(Struct, frozen=True, kw_only=True):
    """An incident that ended, and nobody knows by what."""

    incident: str
    ended_on: date


class Known(Struct, frozen=True, kw_only=True):
    """`checks`: of the service's last look, None where there is none that can be believed; `drills`, `loose_ends` and `promises`: None
    where the record may not be read. `printed`: the hash of the configuration for which the runbook was printed last. `examples`: values
    of an example that were left in the configuration."""

    settings: Settings
    today: date
    version: str
    config_hash: str
    checks: Sequence[Check[Facts]] | None = None
    drills: Drills | None = None
    loose_ends: Sequence[LooseEnd] | None = None
    promises: Sequence[ToldEvent] | None = None
    printed: str | None = None
    examples: int = 0
    fleet: Fleet = Fleet()


class Judged(Struct, frozen=True, kw_only=True):
    """`do` stays empty where all is well."""

    outcome: Result
    found: Bilingual
    do: Bilingual = Bilingual("", "")


def passed(zh: str, en: str) -> Judged:
    return Judged(outcome="pass", found=Bilingual(zh, en))


def unknown(what: Bilingual, do: Bilingual) -> Judged:
    return Judged(outcome="unknown", found=what, do=do)


NO_LOOK = unknown(
    Bilingual("没有服务的最新检查结果", "there is no current result of the service"),
    Bilingual("启动服务后再查：sudo systemctl start posdiag", "Start the service and ask again: sudo systemctl start posdiag"),
)
NO_RECORD = unknown(
    Bilingual("当前用户读不了故障记录", "this user may not read the record"),
    Bilingual("命令前加 sudo 再查", "Put sudo before the command and ask again"),
)


def listed(names: Sequence[str], most: int = 4) -> Bilingual:
    """The first of them, and how many more."""
    shown = list(names[:most])
    more = len(names) - len(shown)
    zh, en = "、".join(shown), ", ".join(shown)
    return Bilingual(f"{zh} 等 {len(names)} 项", f"{en} and {more} more") if more else Bilingual(zh, en)
