"""`posdiag fleet show`: one fault of the last scan, or one terminal."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agent.commands.failure import CommandFailed, WrongOption
from agent.contract.times import parse
from agent.fleet.commands.answer_lines import ended_words, fault_lines
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.sources import inventory_of
from agent.fleet.commands.stored import fault_of, last_answer, memory_of, no_such, settings_of
from agent.fleet.commands.terminal_lines import terminal_lines
from agent.fleet.localise.located import Located
from agent.fleet.model.answer import Ended, Fault
from agent.fleet.page.message import message
from agent.fleet.reading.scanned import Scanned
from agent.fleet.survey.survey import Survey, recalled
from agent.fleet.survey.victims import victims
from agent.present import output
from agent.present.page import Page
from probes.ground.text import escape

_NAMED = 20  # victims on the screen; all of them with --csv
_HEALTHY = 5
_TOLD = 5  # victims that a message names


def command(asked: Asked) -> int:
    settings, word = settings_of(asked), asked.words[0]
    memory = memory_of(asked, settings)
    answer = last_answer(memory)
    found = recalled(memory, int(parse(answer.generated_at) or 0), settings, inventory_of(asked, settings))
    fault = fault_of(found.answer, word)
    if fault is not None:
        _show_fault(asked, found, fault)
        return 0
    number = found.scanned.table.number_of.get(word)
    if number is None:
        if (over := next((each for each in found.answer.ended if each.fault.id == word), None)) is None:
            raise no_such(word, found.answer)
        _show_ended(asked, over)
        return 0
    if asked.flag("--json"):
        raise WrongOption("--json 只用于故障；终端可以用 --csv", "--json is for a fault; a terminal goes with --csv")
    if asked.flag("--csv"):
        output.say_bytes(victims(found.scanned.table, [number]).encode())
        return 0
    member = [each for each in found.answer.faults if number in found.located.failing(each.id)]
    output.say(terminal_lines(found.scanned, number, member, asked.page()))
    return 0


def _show_ended(asked: Asked, over: Ended) -> None:
    if asked.flag("--csv"):
        shown = escape(over.fault.id, 80)
        raise CommandFailed(f"{shown} 已经结束，名单没有留下", f"{shown} is over, and who had it was not kept")
    if asked.flag("--json"):
        output.say_bytes(msgspec.json.format(msgspec.json.encode(over), indent=2) + b"\n")
        return
    page = asked.page()
    output.say([*page.wrap(page.words(ended_words(over, page))), *page.paint_all(page.wrap(over.fault.id), "faint")])


def _show_fault(asked: Asked, found: Survey, fault: Fault) -> None:
    if fault.id not in found.located.found:
        shown = escape(fault.id, 80)
        raise CommandFailed(
            f"{shown} 的名单已经不在了：之后又读过文件。请重新运行 scan", f"Who has {shown} is not known any more: scan again"
        )
    rows, table = found.located.failing(fault.id), found.scanned.table
    if asked.flag("--csv"):
        output.say_bytes(victims(table, rows).encode())
    elif asked.flag("--json"):
        output.say_bytes(msgspec.json.format(msgspec.json.encode(fault), indent=2) + b"\n")
    else:
        page = asked.page()
        output.say([*fault_lines(fault, page, at=found.answer.generated_at), *_beside(found.located, found.scanned, fault, rows, page)])


def _beside(located: Located, scanned: Scanned, fault: Fault, rows: Sequence[int], page: Page) -> list[str]:
    """Who has it, who there has not, and what to say."""
    table = scanned.table
    lines = ["", page.paint(page.say(f"受影响的 {len(rows):,} 台", f"The {len(rows):,} that have it"), "bold")]
    stores = table.attributes.get("store")
    named = [f"{table.ids[row]}{f' ({stores[row]})' if stores is not None and stores[row] else ''}" for row in rows[:_NAMED]]
    lines += page.flow([escape(each, 120) for each in named], indent="  ")
    if len(rows) > _NAMED:
        lines += page.wrap(
            page.say(f"其他 {len(rows) - _NAMED:,} 台：加 --csv", f"and {len(rows) - _NAMED:,} more: with --csv"), first="  "
        )
    healthy = located.healthy(fault.id, _HEALTHY)
    lines += ["", page.paint(page.say("同一处却正常的", "Well at the same place"), "bold")]
    names = [escape(table.ids[row], 120) for row in healthy]
    lines += page.flow(names, indent="  ") if names else page.wrap(page.say("一台也没有", "none"), first="  ")
    lines += ["", page.paint(page.say("可以这样告诉负责的一方", "What to say to whoever acts"), "bold")]
    for part in message(fault, named[:_TOLD], names, page):
        lines += page.wrap(part, first="  ") if part else [""]
    return lines
