"""`posdiag fleet pack`: what was collected, in one file of a document a line, compressed as its name says."""

from __future__ import annotations

import gzip
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import msgspec

from agent.commands.failure import CommandFailed, WrongOption
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.quality_lines import flaw_lines
from agent.fleet.commands.sources import nothing_in
from agent.fleet.reading.flaws import Flaw, Quality
from agent.fleet.reading.rows import found_in
from agent.fleet.reading.sources import STDIN, Reader, SourceMissing
from agent.present.output import why_not
from probes.ground.text import escape

_LEVEL = 9  # of zstd: 100,000 documents at a thirtieth of their size


class Packer:
    """Takes what gives a row, as it stands."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.quality = Quality()
        self.packed = 0
        self._stream = stream

    def take(self, content: bytes, received: int | None, where: str) -> Flaw | None:
        found = found_in(content, received)
        if isinstance(found, Flaw):
            self.quality.note(found, where)
            return found
        line = content.strip()
        self._stream.write((msgspec.json.format(line, indent=-1) if b"\n" in line else line) + b"\n")
        self.packed += 1
        return None


def command(asked: Asked) -> int:
    target = asked.text("--output")
    if target is None:
        raise WrongOption("pack 要写到哪里：-o FILE.ndjson.zst", "pack must know where to write: -o FILE.ndjson.zst")
    shown = escape(target, 200)
    try:
        with _opened(target) as stream:
            packer = Packer(stream)
            reader = Reader(packer, own=_packed_before(target))
            for source in asked.words:
                reader.read(source)
            if not packer.packed:
                raise nothing_in(asked.words)
    except SourceMissing as missing:
        source, why = escape(missing.source, 200), why_not(missing.error)
        raise CommandFailed(f"无法读取 {source}：{why.zh}", f"{source} cannot be read: {why.en}") from None
    except OSError as error:
        why = why_not(error)
        raise CommandFailed(f"无法写入 {shown}：{why.zh}", f"{shown} cannot be written: {why.en}") from None
    page = asked.page(errors=True)
    lines = page.wrap(page.say(f"{packer.packed:,} 份写入 {shown}", f"{packer.packed:,} documents in {shown}"))
    left = [*flaw_lines(packer.quality, page)]
    if left:
        lines += [*page.wrap(page.say("没有写入的：", "Left out:")), *left]
    with suppress(OSError):
        sys.stderr.write("".join(f"{line}\n" for line in lines))
    return 0


def _packed_before(target: str) -> tuple[int, int] | None:
    """Device and inode of the file that the new one replaces: where it lies in a tree that is packed, its documents come from that tree."""
    try:
        before = Path(target).stat()
    except (OSError, ValueError):
        return None
    return before.st_dev, before.st_ino


@contextmanager
def _opened(target: str) -> Iterator[IO[bytes]]:
    """What is written takes the place of the file once it is whole. Raises OSError."""
    if target == STDIN:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    draft = path.parent / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp"
    try:
        with draft.open("xb") as file, _pressed(target, file) as stream:
            yield stream
        with draft.open("rb") as whole:
            os.fsync(whole.fileno())
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink()


@contextmanager
def _pressed(target: str, file: IO[bytes]) -> Iterator[Any]:
    if target.endswith(".gz"):
        with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as stream:
            yield stream
    elif target.endswith((".zst", ".zstd")):
        import zstandard

        press = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
        with press.stream_writer(file, closefd=False) as stream:
            yield stream
    else:
        yield file
