"""`posdiag --check`: one examination now. In the state directory it writes nothing but the record of application messages."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent import process_exit
from agent.commands.contacts import contacts
from agent.commands.context import configuration, page_for
from agent.commands.failure import CommandFailed
from agent.commands.request import Request
from agent.commands.show import show
from agent.present import output
from agent.present.live import LiveLine, terminal_among
from agent.present.page import Page, open_page
from agent.settings.load import Loaded
from agent.settings.problem import SettingsError

if TYPE_CHECKING:
    from agent.contract.experience import Tally
    from agent.diagnosis.causes import Cause
    from probes.ground.clock import Clock

    _Counts = dict[Cause, dict[str, Tally]]

_GRACE_S = 1.0  # beyond the time that was asked for, before a hang in the kernel itself is told as one


def check(request: Request) -> int:
    try:
        loaded = configuration(request)
    except SettingsError as error:
        if error.denied and not request.form and not request.quiet and not request.only:
            _last(request, error)
        raise
    if request.beside:
        from agent.commands import beside

        return beside.check(request, loaded)
    page = page_for(request, loaded)
    if loaded.settings.plugin:
        output.keep_stdout()
    stream = None if request.form else terminal_among(sys.stderr, output.stdout())
    with LiveLine(stream, open_page(stream, page.language, colour=False)) as live, process_exit.LastWords(live.wipe):
        from msgspec.structs import replace

        from agent.contract.experience import Experience
        from agent.daemon.examiner import Examiner
        from agent.examination.examine import examine
        from agent.examination.memory import recall
        from agent.examination.plan import NoSuchCheck
        from agent.record.said_dates import SaidDates
        from agent.record.standing import standing_of
        from agent.status.build import snapshot
        from agent.status.private import masker
        from agent.storage.lessons_file import LessonsFile
        from probes.ground.clock import Clock

        clock = Clock()
        memory, mask = recall(loaded.settings.agent.state_dir), masker(loaded.settings)

        def progress(check_id: str) -> None:
            live(mask(check_id))

        asked = partial(examine, progress=progress, by_check=True, only=request.only)
        try:
            said = SaidDates.beside(loaded.settings, clock)
            examination = Examiner(asked, loaded, request.timeout_s, clock, _GRACE_S, passes_on=(NoSuchCheck,), said=said).run(memory)
        except NoSuchCheck as error:
            there_are = ", ".join(map(mask, error.ids))
            raise CommandFailed(
                f"没有叫 {error.word} 的层或检查；有：{there_are}", f"no layer and no check is called {error.word}; there are: {there_are}"
            ) from None
        lessons = LessonsFile(loaded.settings)
        steps, traces = _seen_here(Path(loaded.settings.agent.state_dir))
        standing = standing_of(Path(loaded.settings.agent.state_dir))
        experience = Experience(here=steps, fleet=lessons.read(), traces=traces)
        status = replace(snapshot(examination, loaded, clock, experience, standing), **_of_the_service(loaded, clock))
    if lessons.trouble is not None:
        output.complain([f"posdiag: {lessons.trouble.of(page.language)}"])

    from agent.present.report import Reader
    from agent.storage.status_file import EXIT_STATUS

    reader = Reader(contacts=contacts(loaded.settings.support, page), details=request.details, only=request.only)
    show(status, page, reader, request)
    if not (request.form or request.quiet or request.only):
        _left_in(loaded, page)
    return EXIT_STATUS[status.state]


def _seen_here(folder: Path) -> tuple[_Counts, _Counts]:
    """What the record tells of the steps; nothing where it may not be read."""
    from agent.record.recount import recount

    try:
        return recount(folder).tallies()
    except OSError:
        return {}, {}


def _of_the_service(loaded: Loaded, clock: Clock) -> dict[str, Any]:
    """What the service is watching, as far as it says so now; and what its record adds up to, as it last said."""
    from agent.storage.identity import boot_id
    from agent.storage.places import places

    reading = places(loaded.settings.agent).shown(clock.wall(), boot_id())
    if reading.status is None:
        return {}
    return {"watch": reading.status.watch if reading.text is None else None, "record": reading.status.record}


def _left_in(loaded: Loaded, page: Page) -> None:
    """Values of an example in the configuration, which may be why nothing is reached."""
    from agent.settings.left_in import hints

    count = sum(1 for _ in hints(loaded.settings))
    if count:
        told = page.say(
            f"提醒：配置里有 {count} 处没有改过的示例值：posdiag config check",
            f"Notice: {count} example value{'s' if count > 1 else ''} left in the configuration: posdiag config check",
        )
        output.say(page.paint_all(page.wrap(told), "yellow"))


def _last(request: Request, error: SettingsError) -> None:
    """What the service saw last, for a user who may not read its configuration: it names the hosts and devices to be looked at."""
    from agent.commands.status import last

    page = page_for(request)
    words = page.say(
        "没有现在检查：当前用户没有权限读取配置。下面是服务最近一次的结果：",
        "Nothing was examined now: this user may not read the configuration. The service's last result:",
    )
    output.say([*page.paint_all(page.wrap(words), "yellow"), ""])
    if last(request, error) is None:
        output.say(page.wrap(page.say("还没有结果。", "There is none.")))
