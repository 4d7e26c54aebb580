"""`posdiag fleet scan`: what is broken where, and whether it is one fault or many."""

from __future__ import annotations

import msgspec

from agent.contract.times import utc
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.sources import read
from agent.fleet.model.answer import Answer
from agent.present import output


def command(asked: Asked) -> int:
    found = read(asked)
    answer = Answer(generated_at=utc(found.now), totals=found.totals, quality={flaw.value: n for flaw, n in found.quality.counts.items()})
    if asked.flag("--json"):
        output.say_bytes(msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n")
        return 0
    page, totals = asked.page(), answer.totals
    zh = f"{totals.terminals} 台终端：{totals.can_pay} 台能收款，{totals.cannot_pay} 台不能，{totals.unknown} 台不明，"
    en = f"{totals.terminals} terminals: {totals.can_pay} can take payments, {totals.cannot_pay} cannot, {totals.unknown} unknown, "
    output.say(page.wrap(page.say(f"{zh}{totals.silent} 台没有消息", f"{en}{totals.silent} silent")))
    return 0
