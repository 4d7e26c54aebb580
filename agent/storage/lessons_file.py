"""The file with the fleet's lessons (`agent.lessons`): read where only root or the service can have written it, and again when it changed.

It orders what people are told to do, so one that somebody else may have laid there is left alone.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from agent.contract.experience import Tally
from agent.diagnosis.causes import Cause
from agent.settings.model import Settings
from probes.ground.bilingual import Bilingual
from probes.ground.text import escape

_ABSENT = (FileNotFoundError, NotADirectoryError)


class _Refused(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.why = Bilingual(zh, en)


class LessonsFile:
    """`trouble`: why the file that is there is not used; None where it is, or where there is none."""

    def __init__(self, settings: Settings, root: Path = Path("/")) -> None:
        self._path, self._state_dir = Path(settings.agent.lessons), Path(settings.agent.state_dir)
        self._labels, self._root = {"store": settings.terminal.store, **settings.terminal.labels}, root
        self._seen: tuple[int, ...] | None = None
        self._known: dict[Cause, dict[str, Tally]] = {}
        self.trouble: Bilingual | None = None
        self.fleet = ("", "")  # the version and the configuration's hash that the fleet has, as far as it says

    def read(self) -> dict[Cause, dict[str, Tally]]:
        """By cause and step. One look at the directory where nothing changed. Raises nothing."""
        try:
            seen = _identity(self._path.stat())
            if seen != self._seen:
                self._seen = seen
                self._known, self.trouble, self.fleet = {}, None, ("", "")
                self._known = self._taught()
        except _ABSENT:
            self._seen, self._known, self.trouble, self.fleet = None, {}, None, ("", "")
        except _Refused as refused:
            self._ignore(refused.why)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._ignore(Bilingual(f"无法读取（{reason}）", f"it cannot be read ({reason})"))
            self._seen = None
        except ValueError as error:
            reason = escape(str(error), 200)
            self._ignore(Bilingual(f"内容已损坏（{reason}）。请换上完好的文件", f"it is damaged ({reason}). Put a whole one there"))
        return self._known

    def _taught(self) -> dict[Cause, dict[str, Tally]]:
        from agent.contract.lessons import SIZE_LIMIT, lessons_from, taught  # most terminals have no such file

        lessons = lessons_from(self._content(SIZE_LIMIT))
        self.fleet = (lessons.agent_version, lessons.config_hash)
        return taught(lessons, self._attributes())

    def _attributes(self) -> dict[str, str]:
        """As the status document has them: what the labels do not say, the machine does."""
        from agent.storage import machine

        own = {"model": machine.model(self._root), "firmware": machine.firmware(self._root)}
        return {name: value for name, value in own.items() if value} | self._labels

    def _content(self, limit: int) -> bytes:
        handle = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        try:
            self._refuse(os.fstat(handle))
            content = b""
            while len(content) <= limit and (part := os.read(handle, limit + 1 - len(content))):
                content += part
        finally:
            os.close(handle)
        if len(content) > limit:
            raise _Refused("超过 256 KiB", "it is larger than 256 KiB")
        return content

    def _refuse(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise _Refused("不是普通文件", "it is no plain file")
        if found.st_uid not in self._trusted() or found.st_mode & stat.S_IWOTH:
            raise _Refused(
                "别的用户可以改写它。请让 root 拥有它，并取消其他用户的写权限（chown root、chmod o-w）",
                "another user can write it. Give it to root, and take the right to write from others (chown root, chmod o-w)",
            )

    def _trusted(self) -> set[int]:
        """Root, whoever runs this, and the service, which has the state directory."""
        try:
            return {0, os.geteuid(), self._state_dir.stat().st_uid}
        except OSError:
            return {0, os.geteuid()}

    def _ignore(self, why: Bilingual) -> None:
        name = escape(str(self._path))
        self._known = {}
        self.trouble = Bilingual(
            f"{name} 没有用上：{why.zh}。步骤仍按原来的顺序", f"{name} is not used: {why.en}. The steps stand in their usual order"
        )


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
