"""The last status file, or in words why it must not be believed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agent.contract.decode import decode
from agent.contract.document import SCHEMA, SIZE_LIMIT, Status
from agent.contract.times import local, parse
from agent.diagnosis.model import State
from probes.ground.bilingual import Bilingual
from probes.ground.files import NotAFileError, read_small
from probes.ground.text import escape

FILE = "status.json"
CLOCK_TOLERANCE_S = 5.0

EXIT_STATUS = {State.OK: 0, State.DEGRADED: 1, State.OUTAGE: 2, State.UNKNOWN: 3}


class Flaw(StrEnum):
    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    BROKEN = "broken"  # no JSON, or cut off
    SCHEMA = "schema"  # JSON, but no status document that this version knows
    EXPIRED = "expired"
    STOPPED = "stopped"  # the service ended in an orderly way
    FUTURE = "future"  # generated later than the clock says it is
    OTHER_BOOT = "other_boot"


class StatusReading(Struct, frozen=True, kw_only=True):
    """`status` is there when the file could be decoded, stale or not; `flaw` and `text` when it must not be taken as current.

    `content`: the document as it was read, with all that this version does not know. Whoever writes it again writes this.
    """

    path: str
    status: Status | None = None
    content: bytes = b""
    flaw: Flaw | None = None
    text: Bilingual | None = None

    @property
    def stale(self) -> bool:
        return self.status is not None and self.flaw is not None

    @property
    def exit_status(self) -> int:
        return 3 if self.status is None or self.flaw is not None else EXIT_STATUS[self.status.state]


class _Head(Struct, frozen=True):
    schema: str


def read(path: Path, *, now: float, boot_id: str) -> StatusReading:
    """Never raises for what the file holds. `now`: seconds since the epoch; an empty `boot_id` is not compared."""
    content = _content(path)
    if isinstance(content, StatusReading):
        return content
    status = _decode(path, content)
    return status if isinstance(status, StatusReading) else replace(_judge(path, status, now, boot_id), content=content)


def _content(path: Path) -> bytes | StatusReading:
    try:
        content = read_small(path, SIZE_LIMIT + 1)
    except FileNotFoundError:
        return _flawed(
            path,
            Flaw.MISSING,
            "还没有状态文件。posdiag 服务没有运行过，或目录不对",
            "there is no status file. The daemon has never run, or the directory is another",
        )
    except (NotAFileError, IsADirectoryError):
        return _flawed(path, Flaw.UNREADABLE, "不是普通文件", "not a regular file")
    except (OSError, ValueError) as error:
        return _unreadable(path, error)
    if len(content) > SIZE_LIMIT:
        return _flawed(
            path,
            Flaw.TOO_LARGE,
            "比状态文件允许的 64 KiB 大，不是本程序写的",
            "larger than the 64 KiB of a status file: not written by this program",
        )
    return content


def _decode(path: Path, content: bytes) -> Status | StatusReading:
    try:
        schema = msgspec.json.decode(content, type=_Head).schema
    except msgspec.ValidationError:
        return _flawed(path, Flaw.SCHEMA, "不是状态文件", "not a status document")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _flawed(path, Flaw.BROKEN, "内容不完整或已损坏", "cut off or damaged")
    if schema != SCHEMA:
        return _flawed(
            path,
            Flaw.SCHEMA,
            f"版本是 {escape(schema, 40)}，本程序只认识 {SCHEMA}",
            f"its schema is {escape(schema, 40)}, this program knows {SCHEMA}",
        )
    try:
        status = decode(content)
    except RecursionError:  # how deep is too deep is told sooner or later, by the Python that runs
        return _flawed(path, Flaw.BROKEN, "内容不完整或已损坏", "cut off or damaged")
    except (msgspec.DecodeError, UnicodeError) as error:
        return _flawed(
            path, Flaw.SCHEMA, f"内容不符合 {SCHEMA}：{escape(str(error))}", f"its content does not fit {SCHEMA}: {escape(str(error))}"
        )
    if parse(status.generated_at) is None or parse(status.valid_until) is None:
        return _flawed(path, Flaw.SCHEMA, "其中的时间无法识别", "its times cannot be read")
    return status


def _judge(path: Path, status: Status, now: float, boot_id: str) -> StatusReading:
    generated, expires = parse(status.generated_at) or 0.0, parse(status.valid_until) or 0.0
    if boot_id and status.boot_id and boot_id != status.boot_id:
        return _stale(
            path,
            status,
            Flaw.OTHER_BOOT,
            f"写于 {local(generated)}，之后终端重新启动过",
            f"written at {local(generated)}, before the terminal was last started",
        )
    if generated > now + CLOCK_TOLERANCE_S:
        return _stale(
            path,
            status,
            Flaw.FUTURE,
            f"写入时间 {local(generated)} 晚于现在 {local(now)}：时钟被改过",
            f"written at {local(generated)}, later than now ({local(now)}): the clock was changed",
        )
    if status.stopped:
        return _stale(
            path, status, Flaw.STOPPED, f"posdiag 服务在 {local(expires)} 被正常停止", f"the service was stopped at {local(expires)}"
        )
    if now > expires:
        return _stale(
            path,
            status,
            Flaw.EXPIRED,
            f"有效期到 {local(expires)}，之后没有更新：posdiag 服务停止或卡住了",
            f"valid until {local(expires)} and not renewed since: the service has stopped or is stuck",
        )
    return StatusReading(path=str(path), status=status)


def _stale(path: Path, status: Status, flaw: Flaw, zh: str, en: str) -> StatusReading:
    return StatusReading(path=str(path), status=status, flaw=flaw, text=Bilingual(f"状态已过时：{zh}", f"the status is stale: {en}"))


def _unreadable(path: Path, error: OSError | ValueError) -> StatusReading:
    denied = isinstance(error, PermissionError)
    detail = escape(getattr(error, "strerror", None) or str(error))
    zh, en = ("没有权限读取", "not permitted to read it") if denied else (f"无法读取（{detail}）", f"cannot be read ({detail})")
    return _flawed(path, Flaw.UNREADABLE, zh, en)


def _flawed(path: Path, flaw: Flaw, zh: str, en: str) -> StatusReading:
    name = escape(str(path))
    return StatusReading(path=str(path), flaw=flaw, text=Bilingual(f"{name}：{zh}", f"{name}: {en}"))
