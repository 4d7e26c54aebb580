"""A person's words on their way to the record: laid before the service, and where none runs taken in at once."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from agent.commands.failure import CommandFailed
from agent.contract.times import utc
from agent.contract.word import Word, read, written
from agent.daemon.instance_lock import AlreadyRunning, alone
from agent.record.intake import Intake
from agent.record.moments import Moment
from agent.settings.load import Loaded
from agent.settings.model import Settings
from agent.status.spoken import fit
from agent.storage.atomic import StoreError, trouble_of
from agent.storage.history_file import HistoryFile
from agent.storage.identity import boot_id
from agent.storage.told_spool import GROUP, LARGEST, Spool, SpoolFullError
from probes.ground.clock import Clock
from probes.ground.text import escape

PATIENCE_S = 1.5  # with a service that takes it in
_PAUSE_S = 0.03


class Heard(StrEnum):
    """What became of the words: they are in the record, or wait for the service to take them in."""

    RECORDED = "recorded"
    WAITING = "waiting"


def word(what: str, **told: Any) -> Word:
    """With a name of its own, said now."""
    clock = Clock()
    stamp = {"at": utc(clock.wall()), "boot_id": boot_id(), "running_s": round(clock.running(), 6)}  # two of one command stay in order
    made: Word = Word(word=f"w-{secrets.token_hex(4)}", what=what, **stamp, **told)  # type: ignore[arg-type]
    return made


class Ear(Struct, frozen=True):
    """Whom it is told: the record in `folder`. `service`: the state directory of the service that has it, where that is another one.
    `settings`: None where this user may not read them."""

    folder: Path
    settings: Settings | None
    service: Path | None = None

    @classmethod
    def of(cls, loaded: Loaded, *, whole: bool = True) -> Ear:
        service = Path(loaded.service_dir) if loaded.service_dir else None
        return cls(Path(loaded.settings.agent.state_dir), loaded.settings if whole else None, service)


def tell(ear: Ear, words: Sequence[Word]) -> Heard:
    """Raises `CommandFailed`: then none of the words is kept."""
    settings = ear.settings
    masked = [fit(settings)(each) for each in words]
    spool, laid = Spool(ear.folder), list[str]()
    _make(spool)
    for each in masked:
        content = written(each)
        if len(content) > LARGEST:
            _take_back(spool, laid)
            raise CommandFailed("这段话太长，请写短些", "That is too long; say it shorter")
        if not _would_be_taken(content):
            _take_back(spool, laid)
            raise CommandFailed("没有记下：这句话没有内容，请换个写法", "Not noted: there is nothing in it; say it in other words")
        file = f"{each.word}.json"
        try:
            _put(spool, file, content, ear)
        except SpoolFullError:
            _take_back(spool, laid)
            raise _full(spool) from None
        except OSError as error:
            _take_back(spool, laid)
            raise _not_laid(spool, error) from None
        laid.append(file)
    return _taken_in(spool, laid, ear)


def _would_be_taken(content: bytes) -> bool:
    """What the service would throw away as no word is never called noted."""
    try:
        read(content)
    except ValueError:
        return False
    return True


def _make(spool: Spool) -> None:
    with suppress(OSError, StoreError):
        spool.make()


def _put(spool: Spool, file: str, content: bytes, ear: Ear) -> None:
    try:
        spool.put(file, content)
    except SpoolFullError:
        _take_in(ear)
        spool.put(file, content)


def _take_back(spool: Spool, laid: Sequence[str]) -> None:
    for file in laid:
        spool.remove(file)


def _taken_in(spool: Spool, laid: Sequence[str], ear: Ear) -> Heard:
    clock, pause = Clock(), threading.Event()
    end = clock.monotonic() + PATIENCE_S
    while True:
        _take_in(ear)
        if not any(map(spool.holds, laid)):
            return Heard.RECORDED
        if clock.monotonic() > end:
            return Heard.WAITING
        pause.wait(_PAUSE_S)


def _take_in(ear: Ear) -> None:
    """Where no service does, and we may."""
    with suppress(AlreadyRunning, OSError), alone(ear.service or ear.folder) as ours:
        if ours:
            _intake(ear.folder, ear.settings).take()


def _intake(state_dir: Path, settings: Settings | None) -> Intake:
    from agent.record.baseline import recall
    from agent.record.carry import carried
    from agent.record.forgetting import forget

    clock, boot = Clock(), boot_id()

    def now() -> Moment:
        return Moment(at=clock.wall(), boot_id=boot, running_s=clock.running())

    def stamp(moment: Moment) -> dict[str, Any]:
        return {"at": utc(moment.at), "boot_id": moment.boot_id, "running_s": round(moment.running_s, 1)}

    known = recall(state_dir)
    file = HistoryFile(state_dir, sequence=known.sequence if known else 0, carry=lambda folder: carried(folder, stamp(now())))

    def done(work: Any) -> bool:
        try:
            work()
        except StoreError as error:
            raise CommandFailed(
                f"{error.text.zh}。这句话先留着，等记录可以写入时再记下",
                f"{error.text.en}. What was said waits until the record can be written",
            ) from None
        return True

    return Intake(
        state_dir,
        fit=fit(settings),
        tell=lambda events: done(partial(file.append, events)),
        forget=lambda name: done(partial(forget, file, name)),
        stamp=stamp,
        now=now,
    )


def _full(spool: Spool) -> CommandFailed:
    shown = escape(str(spool.path))
    return CommandFailed(
        f"没有记下：{shown} 里等待的话已经满了（最多 100 条）。posdiag 服务可能没有运行：systemctl status posdiag",
        f"Not noted: {shown} is full (at most 100 wait). The service may not run: systemctl status posdiag",
    )


def _not_laid(spool: Spool, error: OSError) -> CommandFailed:
    shown = escape(str(spool.path))
    if isinstance(error, PermissionError):
        who = _user()
        if not spool.for_a_group():
            return CommandFailed(
                f"没有记下：当前用户不能写 {shown}。解决办法：命令前加 sudo",
                f"Not noted: this user may not write to {shown}. The cure: put sudo before the command",
            )
        return CommandFailed(
            f"没有记下：当前用户不在 {GROUP} 组里。解决办法：sudo usermod -aG {GROUP} {who}，重新登录后再试；或者命令前加 sudo",
            f"Not noted: this user is not in the group {GROUP}. The cure: sudo usermod -aG {GROUP} {who}, then log in anew; "
            "or put sudo before the command",
        )
    if isinstance(error, FileNotFoundError):
        return CommandFailed(
            f"没有记下：没有目录 {shown}。posdiag 服务启动时会建立它：sudo systemctl start posdiag；或者命令前加 sudo",
            f"Not noted: there is no directory {shown}. The service makes it when it starts: sudo systemctl start posdiag; "
            "or put sudo before the command",
        )
    told = trouble_of(error, spool.path).text
    return CommandFailed(f"没有记下：{told.zh}", f"Not noted: {told.en}")


def _user() -> str:
    import pwd

    try:
        return escape(pwd.getpwuid(os.getuid()).pw_name)
    except KeyError:
        return "NAME"
