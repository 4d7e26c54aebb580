"""Where what a command makes goes: `-o FILE`, whole or not at all, or `-o -`, the standard output."""

from __future__ import annotations

from pathlib import Path

from agent.commands.failure import CommandFailed
from agent.fleet.commands.asked import Asked
from agent.present import output
from agent.storage.atomic import StoreError, write
from probes.ground.files import is_file, is_there
from probes.ground.text import escape

STDOUT = "-"


def put(asked: Asked, content: bytes, target: str) -> None:
    """Raises `CommandFailed`."""
    if target == STDOUT:
        if output.stdout() is None:
            raise CommandFailed("标准输出是关着的，写不出去。请用 -o 写到一个文件", "The standard output is closed. Name a file with -o.")
        output.say_bytes(content)
        return
    path = Path(target)
    try:
        if is_there(path) and not is_file(path):  # /dev/stdout, a pipe
            path.write_bytes(content)
        else:
            write(path if path.name else path / "", content)
    except StoreError as error:
        raise CommandFailed(error.text.zh, error.text.en) from None
    except OSError as error:
        why, shown = output.why_not(error), escape(target)
        raise CommandFailed(f"无法写入 {shown}：{why.zh}", f"{shown} cannot be written: {why.en}") from None
    page = asked.page(errors=True)
    output.complain(page.wrap(page.say(f"已写入 {escape(target, 400)}", f"Written to {escape(target, 400)}")))
