"""What people have to know and to have at hand: endings and promises, the runbook, practice, and what the fleet has."""

from __future__ import annotations

from datetime import date

from agent.readiness.known import NO_RECORD, Judged, Known, listed, passed
from probes.ground.bilingual import Bilingual

BACK_DAYS, PRACTISED_DAYS = 90, 180


def endings(known: Known) -> Judged:
    if known.loose_ends is None:
        return NO_RECORD
    loose = [each for each in known.loose_ends if (known.today - each.ended_on).days <= BACK_DAYS]
    if not loose:
        return passed(f"{BACK_DAYS} 天内的故障都知道是怎么好的", f"of {BACK_DAYS} days every incident's ending is known")
    names = listed([each.incident for each in reversed(loose)], 2)
    return Judged(
        outcome="warn",
        found=Bilingual(f"{len(loose)} 次故障不知道是怎么好的：{names.zh}", f"{len(loose)} ended nobody knows how: {names.en}"),
        do=Bilingual(
            f'问当班的人，记下来：posdiag told --incident {loose[-1].incident} "…"',
            f'Ask who was there, and note it: posdiag told --incident {loose[-1].incident} "…"',
        ),
    )


def promises(known: Known) -> Judged:
    if known.promises is None:
        return NO_RECORD
    if not known.promises:
        return passed("没有未兑现的承诺", "none is open")
    over = [each for each in known.promises if _over(each.promised, known.today)]
    names = listed([f"{each.who or each.ticket or each.word} {each.promised}" for each in over or known.promises])
    do = Bilingual("打电话问结果，然后记下：posdiag told --called …", "Call and ask, then note it: posdiag told --called …")
    if over:
        return Judged(outcome="fail", found=Bilingual(f"答应的日子已过：{names.zh}", f"past the day promised: {names.en}"), do=do)
    return Judged(outcome="warn", found=Bilingual(f"还没有兑现：{names.zh}", f"open: {names.en}"), do=do)


def _over(day: str, today: date) -> bool:
    try:
        return date.fromisoformat(day) < today
    except ValueError:
        return True


def runbook(known: Known) -> Judged:
    do = Bilingual("现在打印，放在收银台：posdiag runbook", "Print it now and put it beside the till: posdiag runbook")
    if known.printed is None:
        return Judged(outcome="warn", found=Bilingual("应急手册从来没有打印过", "the emergency book was never printed"), do=do)
    if known.printed != known.config_hash:
        return Judged(
            outcome="warn",
            found=Bilingual("打印应急手册以后，配置改过了", "the configuration has changed since the emergency book was printed"),
            do=do,
        )
    return passed("打印的应急手册就是现在的配置", "the printed emergency book is that of this configuration")


def practice(known: Known) -> Judged:
    if known.drills is None:
        return NO_RECORD
    do = Bilingual("不忙的时候让收银员做一次：posdiag drill staff", "Have the cashiers do it when it is quiet: posdiag drill staff")
    staff = [each for (what, _), each in known.drills.items() if what == "staff"]
    if not staff:
        return Judged(outcome="warn", found=Bilingual("店员从来没有演练过", "the staff has never practised"), do=do)
    last = max(staff, key=lambda each: each.at)
    on = last.at[:10]
    if last.result == "failed":
        return Judged(outcome="warn", found=Bilingual(f"{on} 的演练没有通过", f"the drill of {on} was failed"), do=do)
    if _over(on, date.fromordinal(max(1, known.today.toordinal() - PRACTISED_DAYS))):
        return Judged(outcome="warn", found=Bilingual(f"上次演练是 {on}", f"last practised on {on}"), do=do)
    return passed(f"{on} 演练通过", f"practised on {on}, and passed")


def fleet(known: Known) -> Judged | None:
    """None where the lessons say nothing of it."""
    wanted = known.fleet
    if not wanted.agent_version and not wanted.config_hash:
        return None
    if wanted.agent_version and _numbers(known.version) < _numbers(wanted.agent_version):
        return Judged(
            outcome="warn",
            found=Bilingual(
                f"posdiag {known.version}，机群已是 {wanted.agent_version}",
                f"posdiag {known.version}; the fleet has {wanted.agent_version}",
            ),
            do=Bilingual("请技术员升级", "Have the technician update it"),
        )
    if wanted.config_hash and wanted.config_hash != known.config_hash:
        return Judged(
            outcome="warn",
            found=Bilingual("配置和机群的不一样", "the configuration is not the fleet's"),
            do=Bilingual(
                "请技术员换上机群的配置，再跑 posdiag config check",
                "Have the technician install the fleet's, then run posdiag config check",
            ),
        )
    return passed("和机群一致", "as the fleet's")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdigit())


def configuration(known: Known) -> Judged:
    if known.examples:
        return Judged(
            outcome="warn",
            found=Bilingual(
                f"有 {known.examples} 处没有改过的示例值", f"{known.examples} example value{'s' if known.examples > 1 else ''} left in it"
            ),
            do=Bilingual("逐条改好：posdiag config check", "Put the terminal's own there: posdiag config check"),
        )
    return passed("没有示例值", "no example values are left in it")
