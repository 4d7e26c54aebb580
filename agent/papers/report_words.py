"""What a report says in sentences: the numbers at its top, what to do about the most frequent cause, before and after a day. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from agent.contract.history import History, PastIncident
from agent.diagnosis.causes import Category, Cause, Owner
from agent.present import endings, times
from agent.present.page import Page
from agent.present.words import PEOPLE
from agent.record.compare import Change, Comparison
from agent.record.exact import Interval
from probes.ground.bilingual import Bilingual

_ADVICE: dict[Owner, Bilingual] = {
    Owner.ISP: Bilingual(
        "把后面的时间表交给网络运营商，书面要求检测线路并答复原因；合同里约定了补偿的，一并提出。备一条别的线路（如 4G），断线时还能收款。",
        "Hand the table of times below to the internet provider, and ask in writing for a test of the line and for the cause; claim what "
        "the contract provides for. A second way out (4G, say) goes on taking payments while the line is down.",
    ),
    Owner.ACQUIRER: Bilingual(
        "把后面的时间表交给收单机构，书面要求说明原因和改进措施（posdiag letter 可以写这封信）。问清有没有备用主机地址可以配上。",
        "Hand the table of times below to the acquirer and ask in writing for the cause and for what is done about it (posdiag letter "
        "writes that letter). Ask whether there is a second host to configure.",
    ),
    Owner.VENDOR: Bilingual(
        "把后面的时间表交给设备服务商，请他们检修或更换，不要只是再修一次。备一台能用的设备，或约定借用。",
        "Hand the table of times below to the equipment's vendor and have it repaired for good or replaced. Have a spare at hand, or agree "
        "on a loan.",
    ),
    Owner.TECHNICIAN: Bilingual(
        "请技术员查明为什么反复出现，不要只是再修一次；把后面的时间表给他看，注意每次之前变了什么。",
        "Have a technician find out why it comes again instead of mending it once more; show the table of times below, and what changed "
        "before each time.",
    ),
    Owner.CASHIER: Bilingual(
        "和店员说好由谁负责、多久看一次，需要的东西（纸、线、充电器）放在手边；"
        "posdiag runbook 能打印出每种故障的一页做法，新来的店员照着做一遍。",
        "Agree with the staff who looks after it and how often, keep what it takes (paper, cable, charger) at hand, have new staff "
        "do it once from the page that posdiag runbook prints.",
    ),
    Owner.MERCHANT: Bilingual(
        "把相关的缴费、证照和合同日期记下来，提前办理；问清是谁停的、为什么停。",
        "Note when fees, licences and contracts are due and see to them in time; ask who stopped it, and why.",
    ),
}
# what the staff can set going again, and what comes again for a reason that is not theirs
_COMES_AGAIN = Bilingual(
    "店员能让它先恢复（posdiag runbook 能打印出做法），但挡不住它再来："
    "请技术员或设备服务商查明原因，把后面的时间表给他们看；备一台能换上的设备。",
    "The staff can set it going again (posdiag runbook prints how), which does not keep it from coming back: have a technician or the "
    "vendor find out why, show the table of times below, and have a spare at hand.",
)
_UNKNOWN = Bilingual(
    "原因没有查明：下次出现时先运行 posdiag check --details 并留下结果，再动手处理。",
    "No cause was found: next time run posdiag check --details and keep what it says before anything is touched.",
)
_FOREIGN = Bilingual(
    "这个原因是别的版本的 posdiag 记下的：请用那个版本的 posdiag explain 查看。",
    "Another version of posdiag recorded this cause: that version's posdiag explain tells what to do.",
)
_VERDICTS: dict[str, Bilingual] = {
    "fewer": Bilingual("比以前少了，偶然解释不了", "Fewer than before, and chance alone does not explain it"),
    "more": Bilingual("比以前多了，偶然解释不了", "More than before, and chance alone does not explain it"),
    "alike": Bilingual("看不出差别：这么大的变化，偶然也会有", "No difference is shown: chance alone can make as much"),
    "too_few": Bilingual("次数太少，还不能下结论", "Not enough cases to tell"),
}
_SHORT: dict[str, Bilingual] = {
    "fewer": Bilingual("变少", "fewer"),
    "more": Bilingual("变多", "more"),
    "alike": Bilingual("看不出差别", "no difference is shown"),
    "too_few": Bilingual("次数太少", "not enough cases"),
}


def owner_of(code: str | None) -> Owner | None:
    """Who can end it; none of a code that only another version knows."""
    try:
        return Cause.of(code).owner if code else None
    except KeyError:
        return None


def person(code: str | None, page: Page) -> str:
    owner = owner_of(code)
    return page.words(PEOPLE[owner]) if owner in PEOPLE else ""


def advice(code: str | None, page: Page) -> str:
    owner = owner_of(code)
    if owner is Owner.CASHIER and not (code or "").startswith(f"{Category.OPERATOR}."):
        return page.words(_COMES_AGAIN)
    if not code:
        return page.words(_UNKNOWN)
    return page.words(_ADVICE.get(owner, _FOREIGN) if owner is not None else _FOREIGN)


def ended_mostly(incidents: Sequence[PastIncident], page: Page) -> str:
    """What ended most of them, where that is known of more than one."""
    known = Counter(words for each in incidents if (words := endings.in_words(each.ended_by, page)))
    if not known:
        return ""
    words, count = known.most_common(1)[0]
    of = sum(each.ended_at is not None for each in incidents)
    return page.say(f"{of} 次里有 {count} 次这样结束：{words}。", f"{count} of {of} ended so: {words}.")


def percent(share: float | None, page: Page) -> str:
    """Rounded down, since 100 % is all of it."""
    return page.say("没有监测", "not watched") if share is None else f"{math.floor(share * 100 + 1e-9) / 100:g}%"


def verdict(word: str, page: Page) -> str:
    return page.words(_VERDICTS[word])


def in_short(word: str, page: Page) -> str:
    return page.words(_SHORT[word])


def times_as_many(ratio: Interval | None, page: Page) -> str:
    """The ratio with its interval."""
    if ratio is None:
        return page.say("没有可比的", "nothing to compare")
    return page.say(
        f"{_factor(ratio.value)} 倍（{_factor(ratio.low)} 到 {_factor(ratio.high)}）",
        f"{_factor(ratio.value)} times ({_factor(ratio.low)} to {_factor(ratio.high)})",
    )


def gained(found: Comparison, page: Page) -> str:
    """About the share of time with payment."""
    before, after = found.before.share, found.after.share
    if before is None or after is None:
        return page.say("有一边没有监测，不能比较。", "One side was not watched: nothing can be compared.")
    said = page.say(
        f"能收款的时间：之前 {percent(before * 100, page)}，之后 {percent(after * 100, page)}",
        f"Payments were possible {percent(before * 100, page)} of the time before and {percent(after * 100, page)} after",
    )
    if found.gain is None:
        return said + page.say("；次数太少，还不能下结论。", "; not enough cases to tell.")
    low, high = found.gain.low * 100, found.gain.high * 100
    points = page.say(
        f"，差 {_signed(found.gain.value * 100)} 个百分点（{_signed(low)} 到 {_signed(high)}）",
        f", {_signed(found.gain.value * 100)} percentage points ({_signed(low)} to {_signed(high)})",
    )
    word = "better" if low > 0 else "worse" if high < 0 else "alike"
    meaning = {
        "better": page.say("：变好了。", ": it got better."),
        "worse": page.say("：变差了。", ": it got worse."),
        "alike": page.say("：看不出差别。", ": no difference is shown."),
    }
    return said + points + meaning[word]


def rate(count: int, watched_s: int, page: Page) -> str:
    """How often in the time that was watched, as people count: in a day, or in 30."""
    if not watched_s:
        return page.say("没有监测", "not watched")
    daily = count * 86400 / watched_s
    if daily >= 1:
        return page.say(f"每天 {daily:.1f} 次", f"{daily:.1f} a day")
    return page.say(f"每 30 天 {daily * 30:.1f} 次", f"{daily * 30:.1f} in 30 days")


def row(name: Bilingual, change: Change, found: Comparison, page: Page) -> tuple[str, ...]:
    return (
        page.words(name),
        f"{change.before} · {rate(change.before, found.before.watched_s, page)}",
        f"{change.after} · {rate(change.after, found.after.watched_s, page)}",
        times_as_many(change.ratio, page),
        in_short(change.verdict, page),
    )


def watched(told: History, asked_s: float, page: Page) -> str:
    """How much of the time that was asked for anybody watched."""
    found = told.availability_all
    known = found.watched_s + found.planned_s
    if not known:
        return page.say(
            "这段时间没有监测：没有数据，既不算能收款，也不算不能。",
            "Nothing was watched in this time: there are no numbers, neither of payments nor of outages.",
        )
    missing = max(0.0, asked_s - known)
    span = times.span(known, page)
    if missing < max(3600.0, 0.01 * asked_s):
        return page.say(f"全程都有监测（{span}）。", f"Watched all the time ({span}).")
    gone = times.span(missing, page)
    share = f"{100 * known / asked_s:.0f}%"
    return page.say(
        f"监测了 {span}（{share}）；另有 {gone}没有监测，既不算能收款，也不算不能。",
        f"Watched for {span} ({share}); for {gone} nobody watched, which counts neither as possible nor as not.",
    )


def _signed(points: float) -> str:
    return f"{round(points, 2) + 0.0:+.2f}"


def _factor(value: float) -> str:
    return "∞" if math.isinf(value) else f"{value:.2f}"
