"""What was said at first contact, kept for good, one file a batch; and what the newest run of all batches said, replaced by each run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.lab.field.scoring import Outcome

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
FIRST, TODAY = HERE / "first_contact", HERE / "today.json"
PRODUCT = ("agent", "probes", "config")  # what a verdict depends on


class Record(Struct, frozen=True, kw_only=True):
    """`commit`: of the product when it met these worlds. `batch`: 0 where it is all of them."""

    batch: int
    commit: str
    date: str
    outcomes: tuple[Outcome, ...]


class AlreadyMet(RuntimeError):
    """There can be no second first contact."""


def path_of(batch: int) -> Path:
    return FIRST / f"batch_{batch:02}.json"


def write_first(record: Record) -> Path:
    """Raises AlreadyMet where the batch has its record."""
    path = path_of(record.batch)
    try:
        with path.open("xb") as file:
            file.write(_encoded(record))
    except FileExistsError as error:
        raise AlreadyMet(f"batch {record.batch} has met the code before: {path.relative_to(ROOT)} stays as it is") from error
    return path


def write_today(record: Record) -> None:
    TODAY.write_bytes(_encoded(record))


def read(path: Path) -> Record:
    return msgspec.json.decode(path.read_bytes(), type=Record)


def all_first() -> list[Record]:
    return [read(path) for path in sorted(FIRST.glob("batch_*.json"))]


def today() -> Record | None:
    return read(TODAY) if TODAY.exists() else None


def commit() -> str:
    """The last one that changed the product as it lies here; marked where it differs from that."""
    last = _git("log", "-1", "--format=%H", "--", *PRODUCT)
    return last + ("+changes" if _git("status", "--porcelain", "--", *PRODUCT) else "")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _encoded(record: Record) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
