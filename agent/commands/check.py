"""`posdiag --check`: one examination now. In the state directory it writes nothing but the record of application messages."""

from __future__ import annotations

import sys
from functools import partial

from agent import process_exit
from agent.commands.context import configuration, contacts, page_for
from agent.commands.failure import CommandFailed
from agent.commands.options import Request
from agent.commands.show import show
from agent.present import output
from agent.present.live import LiveLine, terminal_among
from agent.present.page import open_page

_GRACE_S = 1.0  # beyond the time that was asked for, before a hang in the kernel itself is told as one


def check(request: Request) -> int:
    loaded = configuration(request)
    page = page_for(request, loaded)
    if loaded.settings.plugin:
        output.keep_stdout()
    stream = None if request.form else terminal_among(sys.stderr, output.stdout())
    with LiveLine(stream, open_page(stream, page.language, colour=False)) as live, process_exit.LastWords(live.wipe):
        from agent.daemon.examiner import Examiner
        from agent.examination.examine import examine
        from agent.examination.memory import recall
        from agent.examination.plan import NoSuchCheck
        from agent.status.build import snapshot
        from agent.status.private import masker
        from probes.ground.clock import Clock

        clock = Clock()
        memory, mask = recall(loaded.settings.agent.state_dir), masker(loaded.settings)

        def progress(check_id: str) -> None:
            live(mask(check_id))

        asked = partial(examine, progress=progress, by_check=True, only=request.only)
        try:
            examination = Examiner(asked, loaded, request.timeout_s, clock, _GRACE_S, passes_on=(NoSuchCheck,)).run(memory)
        except NoSuchCheck as error:
            there_are = ", ".join(map(mask, error.ids))
            raise CommandFailed(
                f"没有叫 {error.word} 的层或检查；有：{there_are}", f"no layer and no check is called {error.word}; there are: {there_are}"
            ) from None
        status = snapshot(examination, loaded, clock)

    from agent.present.report import Reader
    from agent.storage.status_file import EXIT_STATUS

    reader = Reader(contacts=contacts(loaded.settings.support, page), details=request.details, only=request.only)
    show(status, page, reader, request)
    return EXIT_STATUS[status.state]
