"""`posdiag status`: the daemon's last result, with its age, and as stale where it tells nothing about now."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from agent.commands.contacts import contacts
from agent.commands.context import configuration, each_terminal, locale_language, page_for, speaking
from agent.commands.request import Request
from agent.commands.show import show
from agent.contract.document import Status
from agent.present import output
from agent.present.report import Reader
from agent.present.times import parse
from agent.settings.load import Loaded, SettingsError
from agent.settings.model import Language, Settings
from agent.storage.identity import boot_id
from agent.storage.places import places
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.moments import seconds_of


def status(request: Request) -> int:
    """With a configuration that cannot be used, the last result is shown as stale, from where it lies by default, and the error told.
    One that this user alone may not read is none of the service's trouble: the result stands as it is."""
    try:
        return _status(request, configuration(request))
    except SettingsError as error:
        if request.beside is not None:  # where its directory is, and its name, the configuration alone says
            raise
        exit_status = last(request, error)
        if exit_status is None or not error.denied:
            raise
        return exit_status


def last(request: Request, error: SettingsError) -> int | None:
    """Shows the last result without a configuration. None where by default there is none."""
    defaults = Loaded(Settings(), None, frozenset(), "")
    if places(defaults.settings.agent).shown(Clock().wall(), boot_id()).status is None:
        return None
    wrong = None if error.denied else Bilingual("配置有误，服务用不了它", "the configuration is wrong, and the service cannot use it")
    return _status(request, speaking(defaults, Language(error.language or locale_language())), wrong)


def _status(request: Request, loaded: Loaded, doubt: Bilingual | None = None) -> int:
    if request.beside is None:
        return _of_one(request, loaded, doubt)
    from agent.commands.beside import worst

    return worst([_of_one(each, own, doubt) for each, own in each_terminal(request, loaded)])


def _of_one(request: Request, loaded: Loaded, doubt: Bilingual | None) -> int:
    now = Clock().wall()
    reading = places(loaded.settings.agent).shown(now, boot_id())
    if reading.status is None:
        page = page_for(request, loaded, errors=True)
        why = page.words(reading.text) if reading.text else page.fit(reading.path)
        output.complain([*page.wrap(why), *page.wrap(page.say("要现在检查一遍：posdiag --check", "To examine now: posdiag --check"))])
        return reading.exit_status
    if request.html:
        _paper(request, loaded, reading.status, reading.text or doubt)
        return reading.exit_status
    page = page_for(request, loaded)
    generated = parse(reading.status.generated_at)
    age = now - seconds_of(generated) if generated else -1.0
    reader = Reader(
        stale=reading.text or doubt,
        age_s=age if age >= 0 else None,
        saved_at=reading.path,
        contacts=contacts(loaded.settings.support, page),
        command="posdiag status",
        details=request.details,
    )
    show(reading.status, page, reader, request)
    return reading.exit_status


def _paper(request: Request, loaded: Loaded, last: Status, stale: Bilingual | None) -> None:
    from agent.commands import paper
    from agent.papers.past_days import last_days
    from agent.papers.press import NoPressError
    from agent.papers.status_page import DAYS, page_of

    days = last_days(Path(loaded.settings.agent.state_dir), DAYS, last)
    try:
        made = page_of(last, days, paper.languages(request, loaded), stale, about=request.beside or "")
    except NoPressError as error:
        raise paper.no_press(error) from None
    paper.deliver(made, replace(request, output=request.output or paper.STDOUT), loaded, "posdiag.html")
