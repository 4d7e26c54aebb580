"""Tokens of many terminals in a file of their own (`serve.tokens_file`), a line each, read in a fraction of the time that TOML takes:

# hash                    id, whose token it is; or a name and after it the ids or patterns that it may write, with commas
sha256:1b4f…              T-1001
sha256:60b9…   north      N-*,X-1
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from agent.commands.failure import CommandFailed
from agent.fleet.serve.tokens import Holder, digest_of
from probes.ground.files import NotAFileError, read_small
from probes.ground.text import escape

_LARGEST = 256 * 1024 * 1024  # bytes
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_MOST_PARTS = 3


def holders(path: Path) -> Iterator[Holder]:
    """Raises `CommandFailed`, naming the line; never what stands in it, which may be a token."""
    shown = escape(str(path))
    try:
        text = read_small(path, _LARGEST).decode()
    except (NotAFileError, ValueError):
        raise CommandFailed(f"{shown} 不是文本文件（UTF-8）", f"{shown} is no text file in UTF-8") from None
    except OSError as error:
        reason = escape(error.strerror or type(error).__name__)
        raise CommandFailed(f"无法读取 {shown}：{reason}", f"cannot read {shown}: {reason}") from None
    for number, line in enumerate(text.split("\n"), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if not 2 <= len(parts) <= _MOST_PARTS or not _HASH.fullmatch(parts[0]):
            raise CommandFailed(
                f"{shown} 第 {number} 行：要写 sha256:… 编号，或者 sha256:… 名字 编号或样式（用逗号）",
                f"{shown}, line {number}: expected sha256:… ID, or sha256:… NAME and ids or patterns with commas",
            )
        ids = tuple(each for each in parts[-1].split(",") if each)
        yield Holder(name=parts[1], digest=digest_of(parts[0]), ids=ids)
