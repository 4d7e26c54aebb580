"""`posdiag fleet scan`: what is broken where, and whether it is one fault or many."""

from __future__ import annotations

import msgspec

from agent.commands.failure import WrongOption
from agent.fleet.commands.answer_lines import answer_lines
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.out import STDOUT
from agent.fleet.commands.pages import write_pages
from agent.fleet.commands.sources import read
from agent.fleet.model.answer import Answer
from agent.present import output

OK, DEGRADED, STOPS, COULD_NOT_TELL = range(4)


def command(asked: Asked) -> int:
    html_alone = asked.text("--html") == STDOUT
    if asked.flag("--json") and html_alone:
        raise WrongOption("--json 和 --html - 不能同时写到标准输出", "--json and --html - cannot both go to the standard output")
    found = read(asked)
    write_pages(asked, found)
    if asked.flag("--json"):
        output.say_bytes(msgspec.json.format(msgspec.json.encode(found.answer), indent=2) + b"\n")
    elif not html_alone:
        page = asked.page()
        output.say(answer_lines(found.answer, found.scanned, page, found.before))
    return exit_status(found.answer)


def exit_status(answer: Answer) -> int:
    """By the faults that many share; what one terminal has by itself is in the counts."""
    totals = answer.totals
    if any(fault.cannot_pay for fault in answer.faults):
        return STOPS
    if answer.faults:
        return DEGRADED
    return OK if totals.can_pay + totals.cannot_pay else COULD_NOT_TELL
