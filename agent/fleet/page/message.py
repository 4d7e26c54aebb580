"""What to send to whoever can end a fault: what, where, since when, how it is elsewhere, and what is asked. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agent.diagnosis.causes import Owner
from agent.fleet.model.answer import Fault
from agent.fleet.model.attributes import Family
from agent.fleet.page import words
from agent.present.page import Page
from probes.ground.bilingual import Bilingual

_ASKED: dict[str, Bilingual] = {
    Owner.ISP: Bilingual(
        "请检查这一段线路，告诉我们原因和预计恢复时间。", "Please check these lines, and tell us the cause and when it will be over."
    ),
    Owner.ACQUIRER: Bilingual(
        "请检查这台主机和它前面的线路，告诉我们原因、预计恢复时间，以及地址、端口、证书或参数有没有变动。",
        "Please check that host and the way to it, and tell us the cause, when it will be over, and whether address, port, certificate or "
        "parameters have changed.",
    ),
    Owner.VENDOR: Bilingual(
        "请确认这是不是已知问题，告诉我们怎样修复或退回到上一个版本。",
        "Please tell us whether this is known, and how to mend it or go back to what was before.",
    ),
    Owner.TECHNICIAN: Bilingual(
        "请查那段时间前后改过什么（版本、配置、设备），先在一台上改回去看结果，再批量处理。",
        "Please look for what was changed at about that time (version, configuration, equipment), undo it on one terminal first, and then "
        "on the others.",
    ),
    Owner.MERCHANT: Bilingual(
        "请和商户办理需要办的手续，并告诉我们什么时候办好。", "Please see to it with the merchants, and tell us when it is done."
    ),
    Owner.CASHIER: Bilingual("请通知这些门店照下面做。", "Please have these shops do what stands below."),
}
_ASKED_OF_ANYBODY = Bilingual("请告诉我们由谁处理、预计什么时候恢复。", "Please tell us who looks after it and when it will be over.")
_WITH_STEP = (Owner.TECHNICIAN, Owner.MERCHANT, Owner.CASHIER, "")  # who does it; others need no step of ours


def message(fault: Fault, affected: Sequence[str], well: Sequence[str], page: Page) -> list[str]:
    """Its lines, the subject first. `affected`, `well`: some terminals, in words."""
    return [_subject(fault, page), "", *_body(fault, affected, well, page)]


def _subject(fault: Fault, page: Page) -> str:
    place = words.place(words.likeliest(fault), page)
    return page.say(
        f"收款终端故障：{words.called(fault, page)}，{place}",
        f"Payment terminals: {words.called(fault, page)}, {place}",
    )


def _body(fault: Fault, affected: Sequence[str], well: Sequence[str], page: Page) -> list[str]:
    failing, of = words.count(fault.failing), words.count(fault.of)
    place, elsewhere = words.place(words.likeliest(fault), page), _elsewhere(fault, page)
    lines = []
    if fault.family == Family.SILENCE:
        lines.append(
            page.say(
                f"{place} 的 {of} 台收款终端里有 {failing} 台不再上报。{elsewhere}",
                f"Of {of} payment terminals ({place}), {failing} report no more. {elsewhere}",
            )
        )
    else:
        lines.append(
            page.say(
                f"{place} 的 {of} 台收款终端里有 {failing} 台出现“{words.called(fault, page)}”。{elsewhere}",
                f"Of {of} payment terminals ({place}), {failing} have this fault: {words.called(fault, page)}. {elsewhere}",
            )
        )
    if fault.cannot_pay:
        stopped = words.count(fault.cannot_pay)
        lines.append(page.say(f"其中 {stopped} 台现在不能收款。", f"{stopped} of them cannot take payments."))
    if fault.since is not None:
        first, half, last = (words.moment(each, page) for each in (fault.since.first, fault.since.median, fault.since.last))
        lines.append(
            page.say(
                f"开始时间：{first} 起，一半在 {half} 之前，九成在 {last} 之前。",
                f"It began at {first}; half of them by {half}, nine in ten by {last}.",
            )
            + (page.say("还在增加。", " It is still growing.") if fault.growing else "")
        )
    if len(fault.where) > 1:
        others = page.say("、或", ", or ").join(words.place(where, page) for where in fault.where[1:])
        lines.append(page.say(f"从我们这里分不清还是：{others}。", f"From here it cannot be told apart from: {others}."))
    if affected:
        lines.append(page.say("受影响的终端，例如：", "Terminals that have it, for example: ") + words.joined(affected, page))
    if well:
        lines.append(page.say("同一处正常的终端，例如：", "Terminals in the same place that are well: ") + words.joined(well, page))
    if fault.family != Family.SILENCE or words.likeliest(fault):  # everywhere at once is no change on terminals
        lines.append(page.words(_ASKED.get(fault.owner, _ASKED_OF_ANYBODY)))
    if fault.step is not None and fault.owner in _WITH_STEP:
        lines.append(page.say("第一步：", "First step: ") + page.words(fault.step))
    number = words.value(fault.id, page)
    lines.append(page.say(f"我们的编号：{number}。终端名单可以另外发送。", f"Our number: {number}. The list of terminals can follow."))
    return lines


def _elsewhere(fault: Fault, page: Page) -> str:
    if not fault.elsewhere_of:
        return ""
    return page.say(f"其他地方：{words.elsewhere(fault, page)}。", f"Elsewhere: {words.elsewhere(fault, page)}.")
