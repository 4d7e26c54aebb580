"""`posdiag letter`: to the acquirer, about an account that was stopped or an outage of its host."""

from __future__ import annotations

from agent.commands import paper
from agent.commands.context import one_terminal
from agent.commands.failure import CommandFailed, no_incident
from agent.commands.look_back import look_back
from agent.commands.request import Request
from agent.contract.history import PastIncident
from agent.papers import letter as letters
from agent.papers.plain import text_of
from agent.papers.press import NoPressError, pages_of, printed
from agent.present.history import named
from probes.ground.moments import nearest


def letter(request: Request) -> int:
    loaded = one_terminal(request)
    back = look_back(loaded)
    try:
        case = letters.case_of(back.told.incidents, back.found.events, request.incident)
    except letters.NotTheirsError as error:
        raise _not_theirs(error.incident) from None
    if case is None:
        raise _nothing() if request.incident is None else no_incident(request.incident)
    today = nearest(back.now.at)
    try:
        fields = letters.fields_of(case, loaded.settings, today, beside=request.beside is not None)
        made = printed("letter.html", fields, paper.languages(request, loaded), letters.TITLES[case.account], about=request.beside or "")
    except NoPressError as error:
        raise paper.no_press(error) from None
    plain = (request.output or "").lower().endswith(".txt")
    paper.deliver(text_of(made) if plain else made, request, loaded, f"posdiag-letter-{case.incident.id}.html", mode=0o600)
    return 0


def _nothing() -> CommandFailed:
    return CommandFailed(
        "记录里没有账户被停或收单主机的故障，没有信可写。全部故障：posdiag history",
        "The record has no incident of a stopped account or of the acquirer's host, so there is nothing to write about. "
        "All incidents: posdiag history",
    )


def _not_theirs(incident: PastIncident) -> CommandFailed:
    zh, en = (
        named(incident.cause, page) if incident.cause else page.say("原因不明", "no cause was found") for page in pages_of(("zh", "en"))
    )
    return CommandFailed(
        f"{incident.id} 的原因是“{zh}”，不是收单机构的事，信不能写给收单机构",
        f"The cause of {incident.id} is “{en}”: an acquirer cannot answer for that, so there is no letter to write",
    )
