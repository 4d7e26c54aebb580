"""`posdiag check --beside` and `posdiag status --beside`: a terminal that is looked at from this machine."""

from __future__ import annotations

import sys
from pathlib import Path

from agent import process_exit
from agent.commands.contacts import contacts
from agent.commands.context import page_for
from agent.commands.failure import CommandFailed
from agent.commands.request import Request
from agent.commands.show import show
from agent.present import output
from agent.present.live import LiveLine, terminal_among
from agent.present.page import Page, open_page
from agent.present.report import Reader
from agent.present.times import parse
from agent.settings.load import Loaded
from agent.storage.identity import boot_id
from agent.storage.status_file import EXIT_STATUS
from probes.ground.clock import Clock
from probes.ground.text import escape
from probes.settings import Beside

ALL = "all"
_ONE_ALONE = ("nagios", "prometheus")  # formats whose text says nothing of whom it is
_WORST = (2, 1, 3, 0)  # of several: payments stopped, something wrong, nobody can tell, well
_SHOWN = 60  # characters of a name that is not known


def chosen(request: Request, loaded: Loaded) -> list[Beside]:
    """Raises CommandFailed."""
    known = loaded.settings.beside
    if request.beside == ALL and len(known) > 1 and request.form in _ONE_ALONE:
        zh, en = f"--format {request.form} 一次只能写一台终端", f"--format {request.form} is of one terminal"
        raise CommandFailed(f"{zh}：--beside NAME", f"{en}: --beside NAME")
    found = [each for each in known if request.beside in (ALL, each.name)]
    if found:
        return found
    if not known:
        raise CommandFailed(
            "配置里没有 [[beside]]：没有要从旁边检查的终端", "The configuration has no [[beside]]: no terminal to look at from here"
        )
    shown, names = escape(request.beside or "", _SHOWN), ", ".join(each.name for each in known)
    raise CommandFailed(f"配置里没有叫“{shown}”的 [[beside]]；有：{names}", f"No [[beside]] is called “{shown}”; there are: {names}")


def check(request: Request, loaded: Loaded) -> int:
    """Writes nothing."""
    page = page_for(request, loaded)
    return _worst([_check(request, loaded, page, each) for each in chosen(request, loaded)])


def _check(request: Request, loaded: Loaded, page: Page, beside: Beside) -> int:
    stream = None if request.form else terminal_among(sys.stderr, output.stdout())
    with LiveLine(stream, open_page(stream, page.language, colour=False)) as live, process_exit.LastWords(live.wipe):
        from agent.examination.beside import examine_beside, settings_of
        from agent.examination.beside_memory import recall
        from agent.examination.carried import Carried
        from agent.status.beside import snapshot_beside

        clock = Clock()
        own = settings_of(loaded, beside)
        memory = recall(Path(own.settings.agent.state_dir))
        examination, _ = examine_beside(own, beside, memory, carried=Carried.of(clock), timeout_s=request.timeout_s, progress=live)
        status = snapshot_beside(examination, own, beside, clock)
    reader = Reader(
        contacts=contacts(loaded.settings.support, page), details=request.details, command=f"posdiag check --beside {beside.name}"
    )
    show(status, page, reader, request)
    return EXIT_STATUS[status.state]


def status(request: Request, loaded: Loaded) -> int:
    from agent.examination.beside import settings_of
    from agent.storage.places import places

    page, now = page_for(request, loaded), Clock().wall()
    exits = []
    for each in chosen(request, loaded):
        reading = places(settings_of(loaded, each).settings.agent).shown(now, boot_id())
        exits.append(reading.exit_status)
        if reading.status is None:
            told = page.words(reading.text) if reading.text else page.fit(reading.path)
            again = page.say(f"要现在检查一遍：posdiag check --beside {each.name}", f"To examine now: posdiag check --beside {each.name}")
            output.complain([*page.wrap(told), *page.wrap(again)])
            continue
        generated = parse(reading.status.generated_at)
        age = now - generated.timestamp() if generated else -1.0
        reader = Reader(
            stale=reading.text,
            age_s=age if age >= 0 else None,
            saved_at=reading.path,
            contacts=contacts(loaded.settings.support, page),
            command="posdiag status",
            details=request.details,
        )
        show(reading.status, page, reader, request)
    return _worst(exits)


def _worst(exits: list[int]) -> int:
    return next((each for each in _WORST if each in exits), 3)
