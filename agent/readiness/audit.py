"""The table of what is audited, and the audit. Ids are given once and never again for anything else."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from agent.contract.audit import RESULTS, Audit, AuditItem
from agent.contract.times import utc
from agent.readiness import papers, terminal, ways
from agent.readiness.known import Judged, Known
from probes.ground.bilingual import Bilingual


class Audited(Struct, frozen=True):
    """`judge`: None where there is nothing to be said of it here."""

    id: str
    called: Bilingual
    why: Bilingual
    judge: Callable[[Known], Judged | None]


TABLE = (
    Audited(
        "contacts",
        Bilingual("联系人电话", "numbers to call"),
        Bilingual("故障时找电话最费时间", "looking for a number is what takes longest in an outage"),
        ways.contacts,
    ),
    Audited(
        "backup_uplink",
        Bilingual("备用网络", "backup uplink"),
        Bilingual("线路断了，只有真能用的备用网络帮得上忙", "when the line is down, nothing but a backup that works helps"),
        ways.backup_uplink,
    ),
    Audited(
        "backup_gateway",
        Bilingual("备用收单主机", "backup gateway"),
        Bilingual("主机停了，没有真能用的备用主机就只能等", "when the host is down, without a backup that works one can only wait"),
        ways.backup_gateway,
    ),
    Audited(
        "certificates",
        Bilingual("证书", "certificates"),
        Bilingual("证书一过期，收款马上全停", "the moment one ends, every payment stops"),
        terminal.certificates,
    ),
    Audited(
        "dates",
        Bilingual("日期", "dates"),
        Bilingual("忘了的合同、扣费或套餐会让收款停下", "a forgotten contract, fee or plan stops payments"),
        terminal.dates,
    ),
    Audited(
        "clock",
        Bilingual("时钟", "clock"),
        Bilingual("时钟走错，证书会被当成过期", "with a clock gone wrong, certificates seem to have ended"),
        terminal.clock,
    ),
    Audited(
        "disk",
        Bilingual("磁盘", "disk"),
        Bilingual("磁盘满了，收款程序会停", "a full disk stops the payment application"),
        terminal.disk,
    ),
    Audited(
        "battery",
        Bilingual("电池", "battery"),
        Bilingual("停电时全靠它", "it is what there is in a power cut"),
        terminal.battery,
    ),
    Audited(
        "rights",
        Bilingual("权限", "rights"),
        Bilingual("缺了权限，有些故障看不出来", "without them some faults cannot be told"),
        terminal.rights,
    ),
    Audited(
        "configuration",
        Bilingual("配置", "configuration"),
        Bilingual("示例值会让检查查错地方", "with a value of an example the wrong place is looked at"),
        papers.configuration,
    ),
    Audited(
        "endings",
        Bilingual("故障的结局", "endings"),
        Bilingual("知道上次怎么好的，下次就快", "what helped last time is what helps soonest next time"),
        papers.endings,
    ),
    Audited(
        "promises",
        Bilingual("答应过的事", "promises"),
        Bilingual("没人追问的承诺会落空", "a promise that nobody asks after is not kept"),
        papers.promises,
    ),
    Audited(
        "runbook",
        Bilingual("应急手册", "emergency book"),
        Bilingual("屏幕不亮时，只有纸能看", "when the screen is dark, paper is all there is"),
        papers.runbook,
    ),
    Audited(
        "practice",
        Bilingual("店员演练", "practice"),
        Bilingual("练过的人先做对的事", "who has practised does the right thing first"),
        papers.practice,
    ),
    Audited(
        "fleet",
        Bilingual("版本", "version"),
        Bilingual("旧版本不认识新的故障", "an old version does not know new faults"),
        papers.fleet,
    ),
)


def audited(known: Known) -> tuple[AuditItem, ...]:
    """The worst first; among equals in the order of the table."""
    found = [(each, judged) for each in TABLE if (judged := each.judge(known)) is not None]
    items = [
        AuditItem(id=each.id, outcome=judged.outcome, called=each.called, found=judged.found, why=each.why, do=judged.do)
        for each, judged in found
    ]
    return tuple(sorted(items, key=lambda item: RESULTS.index(item.outcome)))


def audit(known: Known, terminal: str, now: float) -> Audit:
    """`now`: seconds since the epoch."""
    items = audited(known)
    outcomes = {item.outcome for item in items}
    worst = "fail" if "fail" in outcomes else "warn" if outcomes & {"warn", "unknown"} else "pass"
    return Audit(terminal=terminal, checked_at=utc(now), outcome=worst, items=items)  # type: ignore[arg-type]
