"""What was said at first contact, kept for good, one file a batch; and what the newest run of all said, replaced by each run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.lab.field.records import AlreadyMet, Record, read

FOLDER = Path(__file__).resolve().parent / "first_contact"
TODAY = FOLDER / "today.json"


def path_of(batch: int) -> Path:
    return FOLDER / f"batch_{batch:02}.json"


def write(record: Record) -> None:
    """Raises AlreadyMet where the batch has its record."""
    encoded = msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
    if not record.batch:
        TODAY.write_bytes(encoded)
        return
    try:
        with path_of(record.batch).open("xb") as file:
            file.write(encoded)
    except FileExistsError as error:
        raise AlreadyMet(f"batch {record.batch} has met the code before: it stays as it is") from error


def all_first() -> list[Record]:
    return [read(path) for path in sorted(FOLDER.glob("batch_*.json"))]


def today() -> Record | None:
    return read(TODAY) if TODAY.exists() else None
