"""`posdiag --check`: one examination now. In the state directory it writes nothing but the record of application messages."""

from __future__ import annotations

import sys
from functools import partial

from agent import process_exit
from agent.commands.context import configuration, contacts, page_for
from agent.commands.options import Request
from agent.present import output
from agent.present.live import LiveLine, terminal_among
from agent.present.page import open_page

_GRACE_S = 1.0  # beyond the time that was asked for, before a hang in the kernel itself is told as one


def check(request: Request) -> int:
    loaded = configuration(request)
    page = page_for(request, loaded)
    if loaded.settings.plugin:
        output.keep_stdout()
    stream = None if request.json else terminal_among(sys.stderr, output.stdout())
    with LiveLine(stream, open_page(stream, page.language, colour=False)) as live, process_exit.LastWords(live.wipe):
        from agent.daemon.examiner import Examiner
        from agent.examination.examine import examine
        from agent.examination.memory import recall
        from agent.status.build import snapshot
        from agent.status.private import masker
        from probes.ground.clock import Clock

        clock = Clock()
        memory, mask = recall(loaded.settings.agent.state_dir), masker(loaded.settings)

        def progress(check_id: str) -> None:
            live(mask(check_id))

        asked = partial(examine, progress=progress, by_check=True)
        examination = Examiner(asked, loaded, request.timeout_s, clock, _GRACE_S).run(memory)
        status = snapshot(examination, loaded, clock)

    from agent.storage.status_file import EXIT_STATUS

    if request.json:
        from agent.contract.encode import encode

        output.say_bytes(encode(status))
    else:
        from agent.present.report import Reader, render

        output.say(render(status, page, Reader(contacts=contacts(loaded.settings.support, page))))
    return EXIT_STATUS[status.state]
