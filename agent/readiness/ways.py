"""Whom to call, and what else payments can take: contacts, the backup uplink, the backup gateway."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from agent.contract.event import DrillEvent
from agent.readiness.known import NO_LOOK, NO_RECORD, Drills, Judged, Known, listed, passed
from probes.ground.bilingual import Bilingual
from probes.model.facts import DefaultRouteFacts
from probes.settings import Role

OLD_DAYS = 90  # of a drill, where none are planned
_WHO = {
    "acquirer": Bilingual("收单机构", "the acquirer"),
    "provider": Bilingual("服务商", "the service provider"),
    "isp": Bilingual("宽带或流量卡的运营商", "the internet provider"),
    "technician": Bilingual("技术员", "the technician"),
}


def contacts(known: Known) -> Judged:
    """A number that a form had is none."""
    support = known.settings.support
    lacking = [who for who in _WHO if not any(each.isdigit() and each != "0" for each in getattr(support, who).phone)]
    if not lacking:
        return passed("四个联系人都有电话", "all four contacts have a number")
    zh = "、".join(_WHO[who].zh for who in lacking)
    en = ", ".join(_WHO[who].en for who in lacking)
    return Judged(
        outcome="fail" if "acquirer" in lacking or len(lacking) == len(_WHO) else "warn",
        found=Bilingual(f"没有电话：{zh}", f"without a number: {en}"),
        do=Bilingual(
            '在合同上找到电话，写进配置的 [support]，如 acquirer = { name = "…", phone = "…" }',
            'Look them up on the contracts and put them under [support] in the configuration: acquirer = { name = "…", phone = "…" }',
        ),
    )


def backup_uplink(known: Known) -> Judged:
    if known.settings.uplink:
        backups = [each.interface for each in known.settings.uplink if each.role is Role.BACKUP]
    elif known.checks is None:
        return NO_LOOK
    else:
        routes = [each for check in known.checks if isinstance(check.facts, DefaultRouteFacts) for each in check.facts.routers]
        first = routes[0].interface if routes else ""
        backups = list(dict.fromkeys(each.interface for each in routes if each.interface != first))
    if not backups:
        return Judged(
            outcome="warn",
            found=Bilingual("没有备用网络", "there is no backup uplink"),
            do=Bilingual(
                '准备一条：4G 模块，或店长手机的热点；接好后写进配置：[[uplink]] role = "backup"，再试一次：posdiag drill uplink',
                'Prepare one: a 4G module, or a phone with a hotspot. Name it in the configuration ([[uplink]] role = "backup"), and try: '
                "posdiag drill uplink",
            ),
        )
    return _drilled("uplink", backups, known)


def backup_gateway(known: Known) -> Judged:
    gateways = known.settings.gateway
    if not gateways:
        return Judged(
            outcome="fail",
            found=Bilingual("配置里没有收单主机", "no gateway is configured"),
            do=Bilingual(
                "把收单主机写进配置（[[gateway]]）；不写就查不出能不能收款",
                "Put the acquirer's hosts into the configuration ([[gateway]]); without them nothing can tell whether payments pass",
            ),
        )
    backups = [each.name for each in gateways if each.role is Role.BACKUP]
    if backups:
        return _drilled("gateway", backups, known)
    if len(gateways) > 1:
        return passed(f"有 {len(gateways)} 台收单主机", f"there are {len(gateways)} gateways")
    return Judged(
        outcome="warn",
        found=Bilingual(f"只有一台收单主机：{gateways[0].name}", f"one gateway alone: {gateways[0].name}"),
        do=Bilingual(
            '问收单机构有没有备用主机；有就写进配置：[[gateway]] role = "backup"，再试一次：posdiag drill gateway',
            'Ask the acquirer for a backup host. Where there is one, add it to the configuration ([[gateway]] role = "backup") and try it: '
            "posdiag drill gateway",
        ),
    )


def _drilled(what: str, backups: Sequence[str], known: Known) -> Judged:
    """How the last drill of each went, and whether that is long ago."""
    if known.drills is None:
        return NO_RECORD
    command = f"posdiag drill {what}"
    failed = [name for name in backups if (last := known.drills.get((what, name))) is not None and last.result == "failed"]
    if failed:
        names = listed(failed)
        return Judged(
            outcome="fail",
            found=Bilingual(f"上次演练没有通过：{names.zh}", f"failed its last drill: {names.en}"),
            do=Bilingual(f"再演练一次，按提示修好：{command}", f"Try it again and do what it says: {command}"),
        )
    never = [name for name in backups if (what, name) not in known.drills]
    if never:
        names = listed(never)
        return Judged(
            outcome="warn",
            found=Bilingual(f"从来没有演练过：{names.zh}", f"never tried: {names.en}"),
            do=Bilingual(f"不忙的时候试一次，什么都不会切换：{command}", f"Try it when it is quiet; nothing is switched: {command}"),
        )
    return _how_long_ago(what, backups, known.drills, known, command)


def _how_long_ago(what: str, backups: Sequence[str], drills: Drills, known: Known, command: str) -> Judged:
    every = known.settings.readiness.drill_days
    days = {name: (known.today - on).days for name in backups if (on := _day(drills[what, name])) is not None}
    name, ago = max(days.items(), key=lambda each: each[1], default=("", 0))
    if ago > (2 * every if every else OLD_DAYS):
        return Judged(
            outcome="warn",
            found=Bilingual(f"{name} 上次演练是 {ago} 天前", f"{name} was last tried {ago} days ago"),
            do=Bilingual(f"不忙的时候再试一次：{command}", f"Try it again when it is quiet: {command}"),
        )
    names = listed(backups)
    return passed(f"{names.zh}，上次演练通过", f"{names.en}, and the last drill passed")


def _day(drill: DrillEvent) -> date | None:
    try:
        return date.fromisoformat(drill.at[:10])
    except ValueError:
        return None
