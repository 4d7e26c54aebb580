"""What is known of one terminal, for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.contract.times import utc
from agent.fleet.commands.answer_lines import cause_name
from agent.fleet.commands.quality_lines import DOUBTS
from agent.fleet.localise import wording
from agent.fleet.model.answer import Fault
from agent.fleet.model.row import CAN_PAY, CANNOT_PAY
from agent.fleet.reading.scanned import Scanned
from agent.present import times
from agent.present.page import Page
from probes.ground.text import escape

_SHOWN = 120
_OTHERS = 5  # ids of one machine that are named


def terminal_lines(found: Scanned, number: int, faults: Sequence[Fault], page: Page) -> list[str]:
    """`faults`: the shared ones that it is among."""
    row = found.table.row(number)
    lines = page.paint_all(page.wrap(escape(row.id, _SHOWN)), "bold")
    heard, age = times.local(utc(row.received), page), times.span(max(found.now - row.received, 0), page)
    if found.silent[number]:
        said = page.say(f"没有消息：最后一次在 {heard}（{age}前）", f"silent: last heard of {heard} ({age} ago)")
    elif row.stopped:
        said = page.say(f"服务在 {heard} 正常停止", f"its service was stopped {heard}")
    else:
        pays = {CAN_PAY: page.say("能收款", "can take payments"), CANNOT_PAY: page.say("不能收款", "cannot take payments")}
        verdict = pays.get(row.can_pay, page.say("能否收款不清楚", "whether it can take payments is not known"))
        said = page.say(f"{verdict}（{age}前）", f"{verdict} ({age} ago)")
    lines += page.wrap(said, first="  ")
    for code in row.causes:
        leading = f" {escape(row.subject, _SHOWN)}" if code == row.cause and row.subject else ""
        lines += page.wrap(page.words(cause_name(code)) + leading, first="  - ")
    if row.cause and row.since:
        since = times.local(utc(row.since), page)
        lines += page.wrap(page.say(f"开始于 {since}", f"since {since}"), first="  ")
    for fault in faults:
        title, rates = page.words(wording.title(fault)), page.words(wording.rates(fault))
        lines += page.wrap(page.say(f"是这个故障的一部分：{title}，{rates}", f"part of: {title}, {rates}"), first="  ")
        lines += page.wrap(fault.id, first="    ")
    doubts = found.doubts.get(row.id, ())
    for doubt in doubts:
        why = page.words(DOUBTS[doubt])
        lines += page.wrap(page.say(f"标识可疑：{why}", f"its identity is doubtful: {why}"), first="  ")
    others = [name for name in found.machines.get(row.machine_id, ()) if name != row.id] if row.machine_id else []
    if others:
        named = page.say("、", ", ").join(escape(name, _SHOWN) for name in others[:_OTHERS]) + ("…" if len(others) > _OTHERS else "")
        lines += page.wrap(
            page.say(f"标识可疑：同一台机器也用 {named}", f"its identity is doubtful: its machine is also {named}"), first="  "
        )
    lines.append("")
    for name, value in _known(found, number):
        lines += page.wrap(f"{name}: {escape(value, _SHOWN)}", first="  ")
    return lines


def _known(found: Scanned, number: int) -> Iterator[tuple[str, str]]:
    row = found.table.row(number)
    for name, value in (("serial_number", row.serial_number), ("machine_id", row.machine_id), *sorted(row.attributes.items())):
        if value:
            yield escape(name, _SHOWN), value
