"""Where a paper goes: into a file of the reader's choice, whole or not at all, or to the standard output."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

from agent.commands.context import page_for
from agent.commands.failure import CommandFailed
from agent.commands.request import Request
from agent.papers.press import NoPressError
from agent.present import output
from agent.present.page import is_terminal
from agent.settings.load import Loaded
from probes.ground.files import is_file, is_there
from probes.ground.text import escape

STDOUT = "-"


def languages(request: Request, loaded: Loaded) -> tuple[str, ...]:
    """Those that `--lang` asks for, else that of the configuration: a paper can show Chinese on every console."""
    return ("zh", "en") if request.both else (request.language or loaded.settings.terminal.language.value,)


def deliver(data: bytes, request: Request, loaded: Loaded, name: str, *, mode: int = 0o644) -> None:
    """To `-o`, else into the file `name` of this directory, which is then told. A terminal gets no bytes of a paper unless asked for."""
    target = request.output or name
    if target == STDOUT:
        if output.stdout() is None:
            raise CommandFailed("标准输出是关着的，写不出去。请用 -o 写到一个文件", "The standard output is closed. Name a file with -o.")
        output.say_bytes(data)
        return
    path = Path(target)
    _write(path, data, mode)
    page = page_for(request, loaded)
    if request.output is None or is_terminal(sys.stdout):
        output.say(page.wrap(page.say(f"已写入 {escape(str(path), 400)}", f"Written to {escape(str(path), 400)}")))


def no_press(error: NoPressError) -> CommandFailed:
    return CommandFailed(error.text.zh, error.text.en)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Beside its place first, then over it: whoever reads it meanwhile, and a disk that is full, leaves the old one whole."""
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        if is_there(path) and not is_file(path):  # /dev/stdout, a pipe
            path.write_bytes(data)
            return
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        shown, why = escape(str(path), 400), output.why_not(error)
        raise CommandFailed(
            f"写不了 {shown}：{why.zh}。请用 -o 换一个地方，或 -o - 写到标准输出",
            f"{shown} cannot be written: {why.en}. Name another place with -o, or the standard output with -o -",
        ) from None
