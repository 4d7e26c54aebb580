"""What to say to whoever has to end a fault: a few lines to copy into a message, in both languages."""

from __future__ import annotations

from agent.contract.times import parse, utc
from agent.fleet.localise import wording
from agent.fleet.model.answer import Fault
from probes.ground.bilingual import Bilingual


def message(fault: Fault) -> Bilingual:
    """Lines with line feeds between them. Times are UTC, as whoever reads it may be elsewhere."""
    title, rates, since = wording.title(fault), wording.rates(fault), _since(fault)
    zh = [f"您好。我们的支付终端出现故障：{title.zh}。", f"{rates.zh}。"]
    en = [f"Our payment terminals have a fault: {title.en}.", f"{_capital(rates.en)}."]
    if fault.cannot_pay:
        zh.append(f"其中 {fault.cannot_pay:,} 台现在不能收款。")
        en.append(f"{fault.cannot_pay:,} of them cannot take payments now.")
    if since:
        zh.append(f"多数从 {since} 开始。")
        en.append(f"For most it began at {since}.")
    if len(fault.where) > 1:
        others = [wording.place(where) for where in fault.where[1:]]
        zh.append(f"也可能是：{'；'.join(each.zh for each in others)}（从这里分不清）。")
        en.append(f"It may as well be {' or '.join(each.en for each in others)}: it cannot be told apart from here.")
    zh.append(f"请查一下原因，并告诉我们预计何时恢复。我们的编号：{fault.id}。终端名单可以另外发送。")
    en.append(f"Please look into it, and tell us when you expect it to end. Our number: {fault.id}. The list of terminals can follow.")
    return Bilingual("\n".join(zh), "\n".join(en))


def _since(fault: Fault) -> str:
    moment = parse(fault.since.median) if fault.since is not None else None
    return f"{utc(moment)[:16].replace('T', ' ')} UTC" if moment is not None else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
