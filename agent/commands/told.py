"""`posdiag told`: a person's word for the record, about the incident that is open or was the last. Without a word it shows what counts."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from agent.commands.context import locale_language, one_terminal, page_for, speaking
from agent.commands.failure import CommandFailed, no_incident
from agent.commands.request import Request, Said
from agent.commands.telling import Ear, Heard, tell, word
from agent.contract.document import Status
from agent.contract.word import INCIDENT_NAME, TEXTS, WORD_NAME, Word
from agent.diagnosis.causes import Cause
from agent.present import output, times
from agent.present.page import Page
from agent.record.moments import Moment
from agent.settings.load import Loaded, SettingsError
from agent.settings.model import Language, Settings
from agent.status.spoken import fit, on_one_line
from agent.storage.identity import boot_id
from agent.storage.places import places
from probes.ground.clock import Clock
from probes.ground.personal import plain_digits
from probes.ground.text import escape

_SHOWN = 60  # characters of a word that is not understood


class Known(Struct, frozen=True, kw_only=True):
    """What can be told of the incident that is meant, as far as this user may read it."""

    incident: str = ""
    cause: Cause | None = None
    status: Status | None = None


def told(request: Request) -> int:
    loaded, settings = _configuration(request)
    page, said, text = page_for(request, loaded), request.said, " ".join(request.words)
    folder, ear = Path(loaded.settings.agent.state_dir), Ear.of(loaded, whole=settings is not None)
    if said.forget:
        return _forget(ear, said.forget, page)
    known = _known(loaded, folder, said.incident)
    if said == Said(incident=said.incident) and not text:
        return _show(known, page)
    words = _words(said, text, known, settings)
    heard = tell(ear, words)
    output.say(_noted(words, heard, settings, page))
    return 0


def _configuration(request: Request) -> tuple[Loaded, Settings | None]:
    """Who may not read the configuration says something all the same: to where it goes by default."""
    try:
        loaded = one_terminal(request)
    except SettingsError as error:
        if not error.denied or request.beside is not None:
            raise
        defaults = Loaded(Settings(), None, frozenset(), "")
        return speaking(defaults, Language(error.language or locale_language())), None
    return loaded, loaded.settings


def _known(loaded: Loaded, folder: Path, asked: str) -> Known:
    """The record knows better than the status file, where it can be read."""
    status = places(loaded.settings.agent).shown(Clock().wall(), boot_id()).status
    wanted = _as_incident(asked)
    if wanted and not INCIDENT_NAME.fullmatch(wanted):
        raise no_incident(asked)
    lived = _lived(folder)
    if lived:
        found = next((each for each in reversed(lived) if not wanted or each[0] == wanted), None)
        if wanted and found is None:
            raise no_incident(asked)
        incident, cause = found or ("", None)
        return Known(incident=incident, cause=next((each for each in Cause if each.value == cause), None), status=status)
    open_now = status.incident if status is not None else None
    if open_now is not None and wanted in ("", open_now.id):
        return Known(incident=open_now.id, cause=open_now.cause, status=status)
    if wanted and lived is not None:
        raise no_incident(asked)
    return Known(incident=wanted, status=status)


def _as_incident(asked: str) -> str:
    """As its name is written."""
    name = asked.strip()
    return name[:16].upper() + name[16:].lower()


def _lived(folder: Path) -> list[tuple[str, str | None]] | None:
    """Each incident with its cause, the oldest first. None where the record cannot be read, or is none."""
    from agent.record.incidents import incidents
    from agent.record.past import past

    try:
        found = past(folder)
    except (OSError, ValueError):
        return None
    if not found.there:
        return None
    clock = Clock()
    now = Moment(at=clock.wall(), boot_id=boot_id(), running_s=clock.running())
    return [(each.told.id, each.told.cause) for each in incidents(found.totals.open if found.totals else (), found.events, now)]


def _words(said: Said, text: str, known: Known, settings: Settings | None) -> list[Word]:
    """What was done and who was called are two words; the text belongs to the first."""
    if said.maintenance:
        return [word("maintenance", until=said.maintenance, text=text)]
    if said.date:
        return [_date(said.date, text, settings)]
    from agent.commands.steps_said import step_of

    words, about = [], {"incident": known.incident}
    if said.did:
        step = step_of(said.did, known.status, known.incident, known.cause)
        words.append(word("did", step=step, helped=said.helped or "unknown", text=text, **about))
    if said.called:
        rest = {"who": said.called, "ticket": said.ticket, "promised": said.promised}
        words.append(word("called", **rest, text="" if words else text, **about))
    return words or [word("note", text=text, **about)]


def _date(name: str, text: str, settings: Settings | None) -> Word:
    """With the day that is meant, where the configuration may be read."""
    from agent.record.said_dates import same_name
    from probes.assess.dates import meant
    from probes.due_date import here_and_now

    if settings is None:
        return word("date", name=name, text=text)
    wanted = next((each for each in settings.date if same_name(each.name, name)), None)
    if wanted is None:
        known = [f"“{escape(each.name, _SHOWN)}”" for each in settings.date]
        raise CommandFailed(
            f"配置里没有叫“{escape(name, _SHOWN)}”的日期；" + (f"有：{'、'.join(known)}" if known else "一个也没有（[[date]]）"),
            f"The configuration has no date “{escape(name, _SHOWN)}”; "
            + (f"there are: {', '.join(known)}" if known else "it has none at all ([[date]])"),
        )
    today = here_and_now(Clock().wall())
    due = (wanted.due if not wanted.every else None) or meant(wanted, today) or wanted.due
    return word("date", name=wanted.name, due=due.isoformat(), text=text)


def _noted(words: list[Word], heard: Heard, settings: Settings | None, page: Page) -> list[str]:
    names = page.say("、", ", ").join(each.word for each in words)
    about = next((each.incident for each in words if each.incident), "")
    which = page.say(f"（故障 {about}）", f" (incident {about})") if about else ""
    done = next((f"“{page.fit(each.name)}”, {each.due}" for each in words if each.due), "")
    which = page.say(f"（{done.replace(', ', '，')}）", f" ({done})") if done else which
    if heard is Heard.RECORDED:
        lines = page.wrap(page.say(f"已记下：{names}{which}", f"Noted: {names}{which}"))
    else:
        lines = page.wrap(
            page.say(f"已留言：{names}{which}，等 posdiag 服务收取", f"Left for the posdiag service, which takes it in: {names}{which}")
        )
    for each in words:
        kept = fit(settings)(each)
        lines += [line for said in _understood(kept, page) for line in page.wrap(said, first="  ")]
        for name in TEXTS:
            before, after = getattr(each, name), getattr(kept, name)
            if after == before:
                continue
            shown = page.fit(after)
            if after == plain_digits(on_one_line(before)):
                said = page.say(f"写成：{shown}", f"Written as: {shown}")
            else:
                said = page.say(f"不能保存的号码已遮盖：{shown}", f"Numbers that may not be kept were masked: {shown}")
            lines += page.wrap(said, first="  ")
    back = f"posdiag told --forget {words[0].word}"
    return [*lines, *page.paint_all(page.wrap(page.say(f"撤回：{back}", f"To take it back: {back}")), "faint")]


def _understood(word: Word, page: Page) -> list[str]:
    """Days, times and steps that were not written out: whoever meant another one sees it at once."""
    found = []
    if word.step:
        found.append(page.say(f"步骤：{word.step}", f"The step: {word.step}"))
    if word.promised:
        found.append(page.say(f"答应的日期：{word.promised}", f"Promised for: {word.promised}"))
    if word.until:
        when = times.moment(word.until, page)
        found.append(page.say(f"维护到：{when}", f"Planned work until: {when}"))
    return found


def _forget(ear: Ear, asked: str, page: Page) -> int:
    name = asked.strip().lower() if asked.strip()[:1] in ("w", "W") else _as_incident(asked)
    if not (WORD_NAME.fullmatch(name) or INCIDENT_NAME.fullmatch(name)) or _unheard_of(ear.folder, name):
        shown = escape(asked, _SHOWN)
        raise CommandFailed(
            f"没有“{shown}”这句话。每句话的名字（w-……）见 posdiag history ID；写故障的 ID 则撤回关于它的所有话",
            f"Nothing that was said is called “{shown}”. The names (w-…) stand in posdiag history ID; with the ID of an incident all that "
            "was said about it goes",
        )
    heard = tell(ear, [word("forget", forgotten=name)])
    if heard is Heard.RECORDED:
        output.say(page.wrap(page.say(f"已撤回并从记录里删去：{name}", f"Taken back, and gone from the record: {name}")))
    else:
        output.say(
            page.wrap(page.say(f"已留言，等 posdiag 服务撤回：{name}", f"Left for the posdiag service, which takes it back: {name}"))
        )
    return 0


def _unheard_of(folder: Path, name: str) -> bool:
    """Whether the record can be read and nothing in it is called so, nor waits for it."""
    from agent.record.past import past
    from agent.storage.told_spool import Spool

    try:
        found = past(folder)
        waiting = [each.content for each in Spool(folder).waiting()[0]]
    except (OSError, ValueError):
        return False
    from agent.contract.event import ToldEvent
    from agent.record.forgetting import FORGOTTEN

    words = [each for each in (*found.words, *found.events) if isinstance(each, ToldEvent) and each.what != FORGOTTEN]
    return not any(name in (each.word, each.incident) for each in words) and not any(name.encode() in each for each in waiting)


def _show(known: Known, page: Page) -> int:
    """What may be said now, and what was said and still counts."""
    from agent.commands.steps_said import listed
    from agent.present.promised import in_full, planned

    lines = page.wrap(
        page.say(
            "想说什么？例如：posdiag told --did 2 --helped yes；posdiag told --called 宽带客服 --ticket 123 --promised 明天；"
            "posdiag told 路由器换了插座",
            "What is to be noted? For example: posdiag told --did 2 --helped yes; posdiag told --called ISP --ticket 123 "
            "--promised tomorrow; posdiag told the router got another socket",
        )
    )
    if known.incident:
        lines += ["", *page.wrap(page.say(f"故障 {known.incident}", f"Incident {known.incident}"))]
        for written, text in listed(known.status, known.incident, known.cause):
            lines += page.wrap(written, first="  ")
            lines += [page.paint(f"    {page.shorten(page.words(text), page.width - 4)}", "faint")] if page.words(text) else []
    if known.status is not None:
        for part in (planned(known.status, page), in_full(known.status, page)):
            lines += ["", *part] if part else []
    output.say(lines)
    return 0
