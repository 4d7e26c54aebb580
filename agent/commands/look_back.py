"""The record as commands look back on it: read whole, reckoned up to now."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from agent.commands.failure import CommandFailed
from agent.contract.history import History
from agent.record.history import Asked, history
from agent.record.incidents import Lived
from agent.record.moments import Moment
from agent.record.past import Past, past
from agent.record.serving import serving
from agent.settings.load import Loaded
from agent.settings.permission import cure
from agent.storage.history_file import FILE, PREDECESSOR
from agent.storage.identity import boot_id, identify
from agent.storage.places import places
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.files import NotAFileError
from probes.ground.text import escape

Wanted = Callable[[str], bool]


class LookedBack(Struct, frozen=True, kw_only=True):
    """`found`: its lines; `told`: what they come to; `lived`: its incidents with their moments; `now`: up to when."""

    found: Past
    told: History
    lived: list[Lived]
    now: Moment


def look_back(loaded: Loaded, since: float | None = None, until: float | None = None, cause: Wanted | None = None) -> LookedBack:
    """`since` and `until`: seconds since the epoch. Raises `CommandFailed` where the record cannot be read."""
    folder = Path(loaded.settings.agent.state_dir)
    terminal = identify(loaded.settings.terminal, folder, keep=False).terminal_id
    clock = Clock()
    now = Moment(at=clock.wall(), boot_id=boot_id(), running_s=clock.running())
    known = serving(folder, places(loaded.settings.agent).shown(now.at, now.boot_id).status, now)
    found = _read(folder)
    asked = Asked(since=since, until=until, cause=cause)
    hours = loaded.settings.terminal.hours
    told, lived = history(found, asked, now, terminal, hours=hours, running=known.running, well_since=known.well_since)
    return LookedBack(found=found, told=told, lived=lived, now=now)


def _read(folder: Path) -> Past:
    try:
        return past(folder)
    except PermissionError:
        files = (folder / FILE, folder / PREDECESSOR)
        newest = next((each for each in files if os.access(each, os.F_OK) and not os.access(each, os.R_OK)), files[0])
        right = cure(str(newest)) or Bilingual("检查文件的权限", "look at the rights of the file")
        shown = escape(str(newest))
        raise CommandFailed(
            f"当前用户没有权限读取记录 {shown}。解决办法：{right.zh}。", f"This user may not read the record {shown}. The cure: {right.en}."
        ) from None
    except (OSError, ValueError) as error:
        shown = escape(str(folder))
        if isinstance(error, NotAFileError | IsADirectoryError) or getattr(error, "errno", None) == errno.ELOOP:
            raise CommandFailed(
                f"{shown} 里的记录读不出来：{FILE} 或 {PREDECESSOR} 不是普通文件，请把它移开",
                f"The record in {shown} cannot be read: {FILE} or {PREDECESSOR} is not a regular file; move it away",
            ) from None
        said = escape(getattr(error, "strerror", None) or type(error).__name__)
        raise CommandFailed(f"{shown} 里的记录读不出来：{said}", f"The record in {shown} cannot be read: {said}") from None
