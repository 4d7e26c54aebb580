"""What there is of this terminal to be sent, read from its directories with suspicion. What cannot be read is told, and stops nothing."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from agent.contract.document import Status
from agent.contract.history import History
from agent.papers.bundle import machine, redacted
from agent.papers.bundle.redacted import Kept, Span
from agent.record.history import Asked, history
from agent.record.incidents import Lived, is_called
from agent.record.moments import Moment
from agent.record.past import Past, past
from agent.record.serving import serving
from agent.settings.load import Loaded
from agent.settings.show import show
from agent.status.redaction import Redactor
from agent.storage.history_file import parts
from agent.storage.identity import Identity, boot_id, identify
from agent.storage.places import places
from agent.storage.status_file import StatusReading
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.files import NotAFileError, is_link, read_small

DAYS = 7  # where no incident is named
_DAY_S = 86400.0
_AROUND_S = _DAY_S  # an incident
_NAMES = re.compile(rb'"config_hash":"([0-9a-f]{16})"|"boot_id":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')

RECORD = Bilingual("故障记录", "the record")
LOG = Bilingual("日志", "the log")
STATUS = Bilingual("服务最近的结果", "the service's last result")
MACHINE = Bilingual("本机的网络和设备", "the network and devices of this machine")
CONFIGURATION = Bilingual("配置", "the configuration")

T = TypeVar("T")


class Lack(Struct, frozen=True):
    """What is not in it, and why."""

    what: Bilingual
    why: Bilingual


class Found(Struct, frozen=True, kw_only=True):
    """All of it redacted, but for `history` and `lived`. `about`: the terminal beside this machine that it is about; `told`: the incident.
    `stale`: why the status tells nothing about now. `configuration`: as it is in effect, or what is wrong with it."""

    made: Moment
    terminal: str
    span: Span
    configuration: str
    versions: dict[str, str]
    redactor: Redactor
    about: str = ""
    told: Lived | None = None
    status: dict[str, Any] | None = None
    stale: Bilingual | None = None
    record: Kept | None = None
    log: Kept | None = None
    past: Past | None = None
    history: History | None = None
    lived: tuple[Lived, ...] = ()
    machine: dict[str, Any] | None = None
    lacks: tuple[Lack, ...] = ()


class NoSuchIncidentError(Exception):
    """`lack`: why the record could not be read, where that is why."""

    def __init__(self, lack: Lack | None) -> None:
        super().__init__("no such incident")
        self.lack = lack


Look = Callable[[Loaded, Clock], dict[str, Any]]


def gather(
    loaded: Loaded,
    clock: Clock,
    incident: str | None = None,
    *,
    own: Loaded | None = None,
    wrong: str = "",
    denied: bool = False,
    look: Look = machine.look,
) -> Found:
    """`own`: of the terminal that it is about, where that is one beside this machine. `wrong`: what is wrong with the configuration, which
    is then not in effect; `denied`: this user may not read it. Raises `NoSuchIncidentError`."""
    settings, lacks = (own or loaded).settings, list[Lack]()
    folder = Path(settings.agent.state_dir)
    now = Moment(at=clock.wall(), boot_id=boot_id(), running_s=clock.running())
    identity = identify(settings.terminal, folder, keep=False)

    def have(what: Bilingual, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except (OSError, ValueError, RecursionError) as error:
            lacks.append(Lack(what, _why(error)))
            return None

    reading = places(settings.agent).shown(now.at, now.boot_id)
    status = _status(reading, settings.agent.status_home, lacks)
    redactor = Redactor(None if wrong else loaded.settings, _known(identity, loaded, status, folder))
    looked_back = have(RECORD, lambda: _history(own or loaded, folder, now, identity, reading.status))
    found_past, told, lived = looked_back if looked_back is not None else (None, None, [])
    one = _wanted(lived, incident, lacks)
    span = _span(one, lived, now)
    record = have(RECORD, lambda: redacted.record(folder, span, redactor)) if looked_back is not None else None
    log = have(LOG, lambda: redacted.log(Path(settings.agent.log_dir), span, redactor, of=settings.terminal.id if own else ""))
    if denied:
        lacks.append(Lack(CONFIGURATION, _DENIED))
    elif wrong:
        lacks.append(Lack(CONFIGURATION, _UNUSABLE))
    seen: dict[str, Any] | None = None
    try:
        seen = look(loaded, clock)
    except Exception as error:  # noqa: BLE001 - a machine that cannot be looked at is why this is asked for
        lacks.append(Lack(MACHINE, Bilingual(f"没能查看（{type(error).__name__}）", f"could not be looked at ({type(error).__name__})")))
    return Found(
        made=now,
        terminal=redactor.text(identity.terminal_id),
        span=span,
        configuration=redactor.text(wrong or show(loaded, redactor.text)),
        versions=redactor.value(machine.versions()),
        redactor=redactor,
        about=own.settings.beside[0].name if own is not None else "",
        told=one,
        status=redactor.value(status) if status is not None else None,
        stale=reading.text if status is not None else None,
        record=record,
        log=log,
        past=found_past,
        history=told,
        lived=tuple(lived),
        machine=redactor.value(seen) if seen is not None else None,
        lacks=tuple(dict.fromkeys(lacks)),
    )


def _history(loaded: Loaded, folder: Path, now: Moment, identity: Identity, status: Status | None) -> tuple[Past, History, list[Lived]]:
    known = serving(folder, status, now)
    found = past(folder)
    if not found.there:
        raise FileNotFoundError(errno.ENOENT, "there is none")
    hours, terminal = loaded.settings.terminal.hours, identity.terminal_id
    return (found, *history(found, Asked(), now, terminal, hours=hours, running=known.running, well_since=known.well_since))


def _wanted(lived: list[Lived], incident: str | None, lacks: list[Lack]) -> Lived | None:
    if incident is None:
        return None
    one = next((each for each in reversed(lived) if is_called(each.told, incident)), None)
    if one is None:
        raise NoSuchIncidentError(next((each for each in lacks if each.what == RECORD), None))
    return one


def _span(one: Lived | None, lived: list[Lived], now: Moment) -> Span:
    """The days before now; where one has been going on for longer, from before it."""
    if one is not None:
        until = now.at if one.told.ended_at is None else min(now.at, one.ended.at + _AROUND_S)
        return Span(since=one.began.at - _AROUND_S, until=max(until, one.began.at), incident=one.told.id)
    going_on = [each.began.at - _AROUND_S for each in lived if each.told.ended_at is None]
    return Span(since=min([now.at - DAYS * _DAY_S, *going_on]), until=now.at + _DAY_S)


def _status(reading: StatusReading, home: str, lacks: list[Lack]) -> dict[str, Any] | None:
    """With all that this version does not know. A link that leads elsewhere than to where the service renews it is not followed."""
    path = Path(reading.path)
    if is_link(path) and Path(os.path.realpath(path)) != Path(os.path.realpath(home)) / path.name:
        lacks.append(Lack(STATUS, _LINK))
        return None
    with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
        content = msgspec.json.decode(reading.content) if reading.status is not None else None
        if isinstance(content, dict):
            return content
    lacks.append(Lack(STATUS, reading.text or Bilingual("读不出来", "cannot be read")))
    return None


def _known(identity: Identity, loaded: Loaded, status: dict[str, Any] | None, folder: Path) -> set[str]:
    """Names of this machine, of its starts and of its settings: no secrets, though they look like some."""
    found = {identity.machine_id, identity.boot_id, loaded.hash}
    terminal = (status or {}).get("terminal")
    for name in ("machine_id", "config_hash"):
        value = terminal.get(name) if isinstance(terminal, dict) else None
        if isinstance(value, str) and re.fullmatch("[0-9a-f]{16}|[0-9a-f]{32}", value):
            found.add(value)
    for path in parts(folder):
        with suppress(OSError):
            for names in _NAMES.findall(read_small(path, redacted.MOST, follow=False)):
                found |= {name.decode() for name in names if name}
    return found - {""}


_DENIED = Bilingual("当前用户没有权限读取。要完整的：sudo posdiag bundle", "this user may not read it. For all of it: sudo posdiag bundle")
_UNUSABLE = Bilingual(
    "有错，用不了，所以只看了默认的目录。错在哪里：posdiag config check",
    "it cannot be used, so that only the usual directories were looked at. What is wrong: posdiag config check",
)
_LINK = Bilingual("那里是一个指向别处的符号链接，没有跟过去", "a symbolic link to another place lies there, and was not followed")


def _why(error: Exception) -> Bilingual:
    if isinstance(error, PermissionError):
        return _DENIED
    if isinstance(error, FileNotFoundError):
        return Bilingual("没有这个文件。posdiag 服务可能没有运行过", "there is none. The service may never have run")
    if isinstance(error, NotAFileError | IsADirectoryError):
        return Bilingual("那里不是普通文件", "what lies there is no regular file")
    if getattr(error, "errno", None) == errno.ELOOP:
        return _LINK
    said = getattr(error, "strerror", None) or type(error).__name__
    return Bilingual(f"读不出来（{said}）", f"cannot be read ({said})")
