"""`posdiag runbook`: the shop's emergency book for this configuration, to be printed and hung beside the till."""

from __future__ import annotations

from pathlib import Path

from agent.commands import paper
from agent.commands.context import configuration, page_for
from agent.commands.failure import CommandFailed
from agent.commands.look_back import look_back
from agent.commands.request import Request
from agent.contract.experience import Experience
from agent.contract.history import CauseTotal
from agent.diagnosis.views import of_kind
from agent.examination import local
from agent.examination.memory import recall
from agent.papers import runbook as books
from agent.papers.press import NoPressError, printed
from agent.present import output
from agent.record.recount import recount
from agent.remedy.here import look_around
from agent.remedy.possible import Machine, OwnUplink
from agent.settings.load import Loaded
from agent.storage.atomic import StoreError
from agent.storage.identity import identify
from agent.storage.lessons_file import LessonsFile
from agent.storage.printed import keep_printed
from probes import battery, temperature
from probes.ground.clock import Clock
from probes.ground.deadline import Deadline
from probes.ground.files import is_folder
from probes.ground.moments import nearest
from probes.model import Symptom
from probes.model.facts import LinkFacts
from probes.settings import Role


def runbook(request: Request) -> int:
    loaded = configuration(request)
    clock = Clock()
    now = clock.wall()
    known = _known(loaded, clock)
    try:
        fields = books.fields_of(known, nearest(now))
        made = printed("runbook.html", fields, paper.languages(request, loaded), books.TITLE)
    except NoPressError as error:
        raise paper.no_press(error) from None
    paper.deliver(made, request, loaded, "posdiag-runbook.html")
    _note(loaded, now, request)
    return 0


def _known(loaded: Loaded, clock: Clock) -> books.Known:
    settings = loaded.settings
    folder = Path(settings.agent.state_dir)
    learned, totals = _record(loaded)
    return books.Known(
        settings=settings,
        machine=machine(loaded, clock),
        here=look_around(settings, writes_log=is_folder(folder)),
        terminal=identify(settings.terminal, folder, keep=False).terminal_id,
        hash=loaded.hash,
        experience=learned,
        totals=totals,
    )


def machine(loaded: Loaded, clock: Clock) -> Machine:
    """As the kernel shows it; no packet is sent."""
    settings = loaded.settings
    seen = local.examine(settings, recall(settings.agent.state_dir)).checks
    links = of_kind(seen, LinkFacts)
    heat = temperature.temperature(settings.system.temperature_c, Deadline(0.0, clock))
    return Machine(
        uplinks=tuple(
            OwnUplink(check.target, check.facts.interface_kind, check.facts.role == Role.BACKUP)
            for check in links
            if not check.facts.tunnel
        ),
        tunnels=tuple(each.target for each in links if each.facts.tunnel),
        battery=battery.battery().symptom is not Symptom.UNSUPPORTED,
        heat=heat.symptom is not Symptom.UNSUPPORTED,
    )


def _record(loaded: Loaded) -> tuple[Experience, tuple[CauseTotal, ...]]:
    """What befell this terminal, and what helped; nothing where this user may not read it, or nothing was kept."""
    fleet = LessonsFile(loaded.settings).read()
    try:
        steps, traces = recount(Path(loaded.settings.agent.state_dir)).tallies()
        return Experience(here=steps, fleet=fleet, traces=traces), look_back(loaded).told.causes
    except (OSError, CommandFailed):
        return Experience(fleet=fleet), ()


def _note(loaded: Loaded, now: float, request: Request) -> None:
    """So that `posdiag audit` sees when the configuration is another than that of the printed book."""
    folder = Path(loaded.settings.agent.state_dir)
    if not is_folder(folder):
        return  # nothing is kept on this machine
    try:
        keep_printed(folder, loaded.hash, now)
    except StoreError as error:
        page = page_for(request, loaded, errors=True)
        why = page.words(error.text)
        said = page.say(
            f"手册做好了，但没有记下是按哪份配置印的，以后不会提醒重印：{why}",
            f"The book is made, and that it was is not noted, so that nothing will say when to print it anew: {why}",
        )
        output.complain(page.wrap(said))
