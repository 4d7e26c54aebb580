"""For which configuration the shop's emergency book was printed last."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from agent.contract.times import utc
from agent.storage.atomic import write
from probes.ground.files import read_small

FILE = "runbook.json"
_LARGEST = 4096


class Printed(Struct, frozen=True, kw_only=True):
    """`config_hash`: of the configuration; `printed_at`: RFC 3339, UTC."""

    config_hash: str
    printed_at: str


def printed(state_dir: Path) -> Printed | None:
    """None where none was, or where that cannot be read."""
    try:
        return msgspec.json.decode(read_small(state_dir / FILE, _LARGEST, follow=False), type=Printed)
    except (OSError, ValueError, RecursionError):
        return None


def printed_for(state_dir: Path) -> str | None:
    """The hash of that configuration."""
    found = printed(state_dir)
    return found.config_hash if found is not None else None


def keep_printed(state_dir: Path, config_hash: str, at: float) -> None:
    """`at`: seconds since the epoch. Raises `StoreError`; makes no directory."""
    write(state_dir / FILE, msgspec.json.encode(Printed(config_hash=config_hash, printed_at=utc(at))) + b"\n", mode=0o644)
