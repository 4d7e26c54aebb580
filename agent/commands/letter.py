"""`posdiag letter`: to the acquirer, about an account that was stopped or an outage of its host."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.commands import paper
from agent.commands.context import configuration
from agent.commands.failure import CommandFailed
from agent.commands.look_back import look_back
from agent.commands.request import Request
from agent.papers import letter as letters
from agent.papers.plain import text_of
from agent.papers.press import NoPressError, printed
from probes.ground.text import escape


def letter(request: Request) -> int:
    loaded = configuration(request)
    back = look_back(loaded)
    case = letters.case_of(back.told.incidents, back.found.events, request.incident)
    if case is None:
        raise _nothing(request.incident)
    today = datetime.fromtimestamp(back.now.at, UTC)
    try:
        fields = letters.fields_of(case, loaded.settings, today)
        made = printed("letter.html", fields, paper.languages(request, loaded), letters.TITLES[case.account])
    except NoPressError as error:
        raise paper.no_press(error) from None
    plain = (request.output or "").lower().endswith(".txt")
    paper.deliver(text_of(made) if plain else made, request, loaded, f"posdiag-letter-{case.incident.id}.html", mode=0o600)
    return 0


def _nothing(name: str | None) -> CommandFailed:
    if name is not None:
        shown = escape(name, 60)
        return CommandFailed(
            f"记录里没有“{shown}”这次故障。全部故障：posdiag history",
            f"There is no incident “{shown}” in the record. All of them: posdiag history",
        )
    return CommandFailed(
        "记录里没有账户被停或收单主机的故障，没有信可写。要写别的故障：posdiag history 找到编号，再用 --incident ID",
        "The record has no incident of a stopped account or of the acquirer's host, so there is nothing to write about. "
        "For another one, find its name with posdiag history and give --incident ID.",
    )
