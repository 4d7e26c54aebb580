"""`posdiag check --beside`: a terminal that is looked at from this machine."""

from __future__ import annotations

import sys
from pathlib import Path

from agent import process_exit
from agent.commands.contacts import contacts
from agent.commands.context import each_terminal, page_for
from agent.commands.request import Request
from agent.commands.show import show
from agent.present import output
from agent.present.live import LiveLine, terminal_among
from agent.present.page import open_page
from agent.present.report import Reader
from agent.settings.load import Loaded
from agent.storage.status_file import EXIT_STATUS
from probes.ground.clock import Clock

_WORST = (2, 1, 3, 0)  # of several: payments stopped, something wrong, nobody can tell, well


def check(request: Request, loaded: Loaded) -> int:
    """In the state directory it writes nothing but which ports it has tried, where it may: none is tried by whoever may not."""
    return worst([_check(each, own) for each, own in each_terminal(request, loaded)])


def _check(request: Request, own: Loaded) -> int:
    page, (beside,) = page_for(request, own), own.settings.beside
    stream = None if request.form else terminal_among(sys.stderr, output.stdout())
    with LiveLine(stream, open_page(stream, page.language, colour=False)) as live, process_exit.LastWords(live.wipe):
        from agent.examination.adb_servers import AdbServers
        from agent.examination.beside import examine_beside
        from agent.examination.beside_memory import remembered, trying
        from agent.examination.carried import Carried
        from agent.status.beside import snapshot_beside

        clock = Clock()
        folder = Path(own.settings.agent.state_dir)
        memory = trying(folder, beside, clock.wall())
        with AdbServers(own.service_dir) as adb:
            examination, memory = examine_beside(
                own, beside, memory, carried=Carried.of(clock), timeout_s=request.timeout_s, progress=live, adb=adb
            )
        remembered(folder, memory)
        status = snapshot_beside(examination, own, beside, clock)
    show(status, page, Reader(contacts=contacts(own.settings.support, page), details=request.details), request)
    return EXIT_STATUS[status.state]


def worst(exits: list[int]) -> int:
    return next((each for each in _WORST if each in exits), 3)
