"""`posdiag fleet scan`: what is broken where, and whether it is one fault or many."""

from __future__ import annotations

import msgspec

from agent.commands.failure import WrongOption
from agent.fleet.commands.answer_lines import answer_lines
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.out import STDOUT
from agent.fleet.commands.pages import write_pages
from agent.fleet.commands.sources import nothing_in, read, unkept
from agent.fleet.model.answer import Answer
from agent.fleet.reading.flaws import Flaw
from agent.fleet.reading.scanned import Scanned
from agent.fleet.survey.survey import Survey
from agent.present import output
from probes.ground.bilingual import Bilingual

OK, DEGRADED, STOPS, COULD_NOT_TELL = range(4)


def command(asked: Asked) -> int:
    html_alone = asked.text("--html") == STDOUT
    if asked.flag("--json") and html_alone:
        raise WrongOption("--json 和 --html - 不能同时写到标准输出", "--json and --html - cannot both go to the standard output")
    engine = asked.text("--from")
    if engine is not None:
        return _from_engine(asked, engine)
    found = read(asked)
    if not html_alone:  # before the files: a full disk keeps nobody from the answer
        _tell(asked, found.answer, found.scanned, found.before)
    wrong = [each for each in (unkept(found), _nothing_read(asked, found)) if each is not None]
    page = asked.page(errors=True)
    for said in wrong:
        output.complain(page.wrap(page.words(said)))
    write_pages(asked, found)
    return COULD_NOT_TELL if wrong else exit_status(found.answer)


def _nothing_read(asked: Asked, found: Survey) -> Bilingual | None:
    """What the store remembers is no news."""
    empty = found.scanned.quality.counts.get(Flaw.NOTHING_THERE, 0)
    return nothing_in(asked.words).text if empty == len(asked.words) else None


def _from_engine(asked: Asked, engine: str) -> int:
    """Counts alone come from there: no page, which shows terminals."""
    from agent.fleet.commands.from_engine import answer_from

    for option in ("--html", "--victims", "--store", "--inventory"):
        if asked.text(option) is not None:
            raise WrongOption(f"{option} 不能和 --from 一起用", f"{option} does not go with --from")
    answer = answer_from(asked, engine)
    _tell(asked, answer)
    return exit_status(answer)


def _tell(asked: Asked, answer: Answer, scanned: Scanned | None = None, before: Answer | None = None) -> None:
    if asked.flag("--json"):
        output.say_bytes(msgspec.json.format(msgspec.json.encode(answer), indent=2) + b"\n")
    else:
        output.say(answer_lines(answer, scanned, asked.page(), before))


def exit_status(answer: Answer) -> int:
    """By the faults that many share; what one terminal has by itself is in the counts. What could not be written, or read, is told by
    `COULD_NOT_TELL` whatever the answer."""
    totals = answer.totals
    if any(fault.cannot_pay for fault in answer.faults):
        return STOPS
    if answer.faults:
        return DEGRADED
    return OK if totals.can_pay + totals.cannot_pay else COULD_NOT_TELL
