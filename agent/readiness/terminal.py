"""The terminal itself, as its last look shows it: certificates, dates, clock, disk, battery, rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from agent.diagnosis.views import first_of, of_kind
from agent.readiness.known import NO_LOOK, Judged, Known, listed, passed, unknown
from probes.assess.dates import period, times_around
from probes.ground.bilingual import Bilingual
from probes.model import Check, Facts, Outcome, Symptom
from probes.model.facts import BatteryFacts, ClockFacts, DiskFacts, DueDateFacts, GatewayFacts, SerialFacts
from probes.model.rights import RIGHTS

AHEAD_DAYS, SOON_DAYS = 90, 14
NEARLY_PERCENT = 10  # of a disk, before it counts as full
WORN_PERCENT, SPENT_PERCENT = 70, 50  # of what a battery held when it was new
_NOTHING = Bilingual("", "")


def certificates(known: Known) -> Judged | None:
    """None where no connection is encrypted."""
    encrypted = [each.name for each in known.settings.gateway if each.uses_tls]
    if not encrypted:
        return None
    if known.checks is None:
        return NO_LOOK
    ends = {check.name: day for check in of_kind(known.checks, GatewayFacts) if (day := _day(check.facts.chain_not_after)) is not None}
    if not ends:
        return unknown(
            Bilingual("还没有见到收单主机的证书", "no certificate of an acquirer's host has been seen yet"),
            Bilingual("完整检查一遍：posdiag check", "Examine everything once: posdiag check"),
        )
    name, first = min(ends.items(), key=lambda each: each[1])
    left = (first - known.today).days
    if left > AHEAD_DAYS:
        return passed(f"最早到期的是 {name}：{first}", f"the first to end is that of {name}: {first}")
    return Judged(
        outcome="fail" if left <= SOON_DAYS else "warn",
        found=Bilingual(f"{name} 的证书 {first} 到期", f"the certificate of {name} ends on {first}"),
        do=Bilingual(
            "打给收单机构：问哪天换证书，终端要不要升级；记下答复",
            "Call the acquirer: ask when it is replaced and whether the terminal needs an update, and write down the answer",
        ),
    )


def dates(known: Known) -> Judged:
    """Those of the next 90 days are named, whether or not they are told of already."""
    wanted = known.settings.date
    if not wanted:
        return Judged(
            outcome="warn",
            found=Bilingual("配置里没有任何日期", "no date is configured"),
            do=Bilingual(
                "把合同、许可证、扣费、流量卡套餐、密钥的到期日写进配置（[[date]]），到期前会提醒",
                "Put the days of contracts, licences, fees, SIM plans and keys into the configuration ([[date]]), to be told of them",
            ),
        )
    if known.checks is None:
        return NO_LOOK
    checks = of_kind(known.checks, DueDateFacts)
    told = 'posdiag told --date "…"'
    over = [check.name for check in checks if check.symptom is Symptom.DATE_PASSED]
    if over:
        names = listed(over)
        return Judged(
            outcome="fail",
            found=Bilingual(f"已经过了，没有人说办好：{names.zh}", f"past, and nobody said that it is done: {names.en}"),
            do=Bilingual(f"现在办，办好后记下：{told}", f"See to it now, and note it once it is done: {told}"),
        )
    if any(check.outcome is Outcome.UNKNOWN for check in checks):
        return unknown(
            Bilingual("时钟不可信，看不出哪些日期快到了", "the clock cannot be believed, so nobody knows which days come near"),
            Bilingual("先把时钟对准", "Set the clock first"),
        )
    near = [f"{check.name} {check.facts.due}" for check in checks if check.symptom is Symptom.DATE_DUE]
    if near:
        names = listed(near)
        return Judged(
            outcome="warn",
            found=Bilingual(f"快到了：{names.zh}", f"soon due: {names.en}"),
            do=Bilingual(f"到期前办好，办好后记下：{told}", f"See to it before its day, and note it once it is done: {told}"),
        )
    coming = sorted({day: each.name for each in wanted for day in _coming(each.due, each.every, known.today)}.items())
    if not coming:
        return passed(f"{AHEAD_DAYS} 天内没有到期的", f"none within {AHEAD_DAYS} days")
    names = listed([f"{name} {day}" for day, name in coming])
    return passed(f"{AHEAD_DAYS} 天内：{names.zh}", f"within {AHEAD_DAYS} days: {names.en}")


def _coming(due: date, every: str, today: date) -> Iterator[date]:
    """The next time, where it is near."""
    _, after = times_around(due, period(every), today)
    if after is not None and after - today <= timedelta(days=AHEAD_DAYS):
        yield after


def clock(known: Known) -> Judged:
    if known.checks is None:
        return NO_LOOK
    check = first_of(known.checks, ClockFacts)
    if check is None or not check.made:
        return unknown(Bilingual("没有看到时钟的检查结果", "nothing is known of the clock"), NO_LOOK.do)
    if check.failed:
        return Judged(
            outcome="fail",
            found=Bilingual("时钟不对", "the clock is wrong"),
            do=Bilingual("按 posdiag status 里的步骤把时钟对准", "Set it, by the steps of posdiag status"),
        )
    if check.facts.sources:
        count = len(check.facts.sources)
        return passed(
            f"有 {count} 个外部来源可以对时", f"{count} source{'s' if count > 1 else ''} outside agree{'' if count > 1 else 's'} with it"
        )
    return Judged(
        outcome="warn",
        found=Bilingual("没有任何外部来源可以对时", "nothing outside tells what time it is"),
        do=Bilingual(
            '在配置里写上时间服务器，如 [network] ntp = ["ntp.aliyun.com"]，并打开系统的自动对时',
            'Name a time server in the configuration, such as [network] ntp = ["pool.ntp.org"], and switch on the system\'s automatic time',
        ),
    )


def disk(known: Known) -> Judged:
    if known.checks is None:
        return NO_LOOK
    disks = [check for check in of_kind(known.checks, DiskFacts) if check.made]
    if not disks:
        return unknown(Bilingual("没有看到磁盘的检查结果", "nothing is known of the disk"), NO_LOOK.do)
    free = Bilingual("删掉旧的日志和下载的文件；拿不准就打给技术员", "Remove old logs and downloads; when in doubt call the technician")
    failed = [check.name for check in disks if check.failed]
    if failed:
        names = listed(failed)
        return Judged(outcome="fail", found=Bilingual(f"满了或只能读：{names.zh}", f"full or read-only: {names.en}"), do=free)
    limit = known.settings.system.disk_used_percent - NEARLY_PERCENT
    name, used = max(((check.name, _used(check.facts)) for check in disks), key=lambda each: each[1])
    if used >= limit:
        return Judged(outcome="warn", found=Bilingual(f"{name} 用了 {used:.0f}%", f"{name} is {used:.0f}% full"), do=free)
    return passed(f"最满的是 {name}：{used:.0f}%", f"the fullest is {name}: {used:.0f}%")


def _used(facts: DiskFacts) -> float:
    return max(facts.used_percent or 0.0, facts.inodes_used_percent or 0.0) if not facts.by_design else 0.0


def battery(known: Known) -> Judged | None:
    """None where there is none."""
    if known.checks is None:
        return None
    check = first_of(known.checks, BatteryFacts)
    if check is None or check.outcome is Outcome.SKIP:
        return None
    health = check.facts.health_percent
    if check.failed:
        return Judged(
            outcome="fail",
            found=Bilingual("电量低，没有在充电", "low, and not charging"),
            do=Bilingual("接好充电器", "Plug in the charger"),
        )
    if health is None:
        return unknown(
            Bilingual("电池没有说它还能装多少电", "the battery does not tell how much it still holds"),
            Bilingual(
                "不忙时拔掉充电器 10 分钟，看电量掉多少", "Unplug the charger for 10 minutes when it is quiet, and see how far it drops"
            ),
        )
    if health < WORN_PERCENT:
        return Judged(
            outcome="fail" if health < SPENT_PERCENT else "warn",
            found=Bilingual(f"只能装新电池的 {health:.0f}%", f"it holds {health:.0f}% of what it did when new"),
            do=Bilingual("打给服务商换电池", "Call the service provider for a new battery"),
        )
    return passed(f"能装新电池的 {health:.0f}%", f"it holds {health:.0f}% of what it did when new")


def rights(known: Known) -> Judged:
    if known.checks is None:
        return NO_LOOK
    lacking = list(dict.fromkeys(name for check in known.checks for name in _lacking(check)))
    if not lacking:
        return passed("不缺权限", "none is missing")
    names = listed(lacking)
    return Judged(
        outcome="warn",
        found=Bilingual(f"缺少：{names.zh}", f"missing: {names.en}"),
        do=Bilingual("按 posdiag status --details 里“缺少的权限”授权", "Grant them as posdiag status --details says under Missing rights"),
    )


def _lacking(check: Check[Facts]) -> Iterator[str]:
    """What the check says it lacked, where it could not look; what it could see all the same is no lack."""
    if check.outcome is Outcome.UNKNOWN:
        for text in filter(None, (check.because, check.facts.text, check.facts.note if isinstance(check.facts, SerialFacts) else None)):
            yield from (right.named(sentence) for right in RIGHTS if (sentence := right.found_in(text)))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
