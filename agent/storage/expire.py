"""Marks the last status file as stale now, where it is known that nobody will renew it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from agent.contract.encode import changed
from agent.contract.times import utc
from agent.storage.atomic import StoreError, write
from agent.storage.status_file import read


def expire(path: Path, *, now: float, boot_id: str, stopped: bool = False) -> None:
    """Nothing but `valid_until` changes, and `stopped` where the service ends in an orderly way.

    A file that is stale already, broken or not to be written stays as it is: its time runs out.

    A link to the document stays, and the document is changed where it lies; another user's link is not followed.
    """
    with suppress(OSError):
        if path.lstat().st_uid not in (0, os.geteuid()):
            return
    path = Path(os.path.realpath(path))
    reading = read(path, now=now, boot_id=boot_id)
    if reading.status is None or reading.stale:
        return
    with suppress(StoreError):
        write(path, changed(reading.content, valid_until=utc(now), **({"stopped": True} if stopped else {})))
