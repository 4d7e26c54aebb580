"""What could not be sent yet: the newest document and the confirmed changes, as summaries, in their order, over restarts too.

`<state_dir>/outbox-NAME.json`, replaced whole; there is one only while something could not be sent. A medium that takes nothing leaves
it in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from agent.contract.summary import SIZE_LIMIT, Summary
from agent.outputs.file_troubles import FileTroubles
from agent.settings.output_settings import OutputSettings
from agent.storage.atomic import sweep, write
from probes.ground.files import read_small

MOST_CHANGES = 50
_LARGEST = (MOST_CHANGES + 2) * (SIZE_LIMIT + 8)  # bytes
_SCHEMA = "posdiag.outbox/1"


class _Kept(Struct, frozen=True, kw_only=True):
    schema: str
    letters: tuple[Raw, ...]


class Mailbox:
    def __init__(self, state_dir: Path, output: OutputSettings, files: FileTroubles) -> None:
        name = output.name or hashlib.sha256(output.url.encode()).hexdigest()[:8]
        self.path, self._files = state_dir / f"outbox-{name}.json", files
        self.damaged = False
        self._kept: tuple[bytes, ...] = ()
        sweep(self.path)

    def recall(self) -> tuple[bytes, ...]:
        """What an earlier run left, oldest first. One that is damaged, or holds what is none of ours, is passed over and soon replaced."""
        try:
            kept = msgspec.json.decode(read_small(self.path, _LARGEST + 1, follow=False), type=_Kept)
            found = tuple(bytes(each) for each in kept.letters[-MOST_CHANGES - 1 :])
            for each in found:
                msgspec.json.decode(each, type=Summary)
            if kept.schema != _SCHEMA or any(len(each) > SIZE_LIMIT for each in found):
                raise ValueError(kept.schema)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, RecursionError):
            self.damaged = True
            return ()
        self._kept = found
        return found

    def keep(self, letters: Sequence[bytes]) -> bool:
        """Whether they are on the disk, where nothing is written that is there already."""
        letters = tuple(each.rstrip(b"\n") for each in letters)
        if letters == self._kept and not self.damaged:
            return True
        if not letters:
            return self._files.tried(self.path, self._remove)
        content = msgspec.json.encode(_Kept(schema=_SCHEMA, letters=tuple(map(Raw, letters)))) + b"\n"
        if not self._files.tried(self.path, partial(write, self.path, content, mode=0o600)):
            return False
        self._kept, self.damaged = letters, False
        return True

    def _remove(self) -> None:
        from agent.storage.atomic import trouble_of

        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise trouble_of(error, self.path) from error
        self._kept, self.damaged = (), False
