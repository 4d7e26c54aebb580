"""What one scan leaves to the next in the store: every terminal as it was last heard of, and which files that was read of, so that only
what changed is read again. One file, replaced whole; a damaged one, or one of another version, is as none."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import zstandard
from msgspec import Struct

from agent.fleet.model.table import STATES, Column, Table
from agent.fleet.reading.files import Files
from agent.fleet.reading.flaws import Noted
from agent.fleet.reading.identity import Doubt, Identities, Sighting
from agent.fleet.reading.places import TERMINALS
from agent.storage import atomic
from probes.ground.files import read_small

VERSION = "posdiag.fleet-terminals/1"
_LARGEST = 1 << 32  # bytes
_TEXTS = ("ids", "serial_numbers", "machine_ids", "boot_ids")
_NUMBERS = ("sequences", "generated", "valid_until", "received", "since", "states", "can_pay", "stopped")
_ATTRIBUTE, _SECONDS, _STAMPS, _REST = "attribute:", "seconds:", "stamps", "rest"
T = TypeVar("T")
_COLUMNS = ("causes", "subjects", "all_causes", "incidents")


class _Column(Struct, array_like=True):
    codes: bytes
    values: list[str]


class _Rest(Struct):
    notes: dict[int, list[Noted]]
    seen: dict[str, list[Sighting]]
    doubts: dict[str, dict[Doubt, int]]
    as_of: bool


class _Kept(Struct):
    """`parts`: each packed by itself, so that no more than one of them is in memory twice."""

    version: str
    parts: dict[str, bytes]


class Known(Struct, kw_only=True):
    """`flaw`: there was something of that name, and it could not be used. `as_of`: the times of receipt are the documents' own."""

    table: Table
    identities: Identities
    files: Files
    as_of: bool = False
    flaw: bool = False
    name: str = ""


def nothing(*, flaw: bool = False, name: str = "") -> Known:
    return Known(table=Table(), identities=Identities(), files=Files(), flaw=flaw, name=name)


def read(folder: Path) -> Known:
    """Never raises for what is in it. Raises OSError where it cannot be read, and is there."""
    try:
        content = read_small(folder / TERMINALS, _LARGEST)
    except FileNotFoundError:
        return nothing()
    try:
        kept = msgspec.msgpack.decode(content, type=_Kept)
        if kept.version == VERSION:
            return _known(kept.parts)
    except (msgspec.MsgspecError, zstandard.ZstdError, UnicodeError, RecursionError, ValueError, KeyError):
        pass
    return nothing(flaw=True, name=str(folder / TERMINALS))


def write(folder: Path, content: bytes) -> None:
    """Raises `StoreError`; then what was there stands."""
    atomic.write(folder / TERMINALS, content, mode=0o640)


def packed(table: Table, identities: Identities, files: Files, *, as_of: bool = False) -> bytes:
    """All of it as it is now, in some 20 bytes a terminal."""
    parts = dict(_parts(table))
    parts[_STAMPS] = _raw(memoryview(files.stamps))
    parts[_REST] = _pressed(_Rest(files.notes, identities.seen, identities.doubts, as_of))
    return msgspec.msgpack.encode(_Kept(VERSION, parts))


def _parts(table: Table) -> Iterator[tuple[str, bytes]]:
    yield from ((name, _pressed(getattr(table, name))) for name in _TEXTS)
    yield from ((name, _raw(memoryview(getattr(table, name)))) for name in _NUMBERS)
    yield from ((name, _pressed(_packed(getattr(table, name)))) for name in _COLUMNS)
    yield from ((_ATTRIBUTE + name, _pressed(_packed(column))) for name, column in table.attributes.items())
    yield from ((_SECONDS + state, _raw(memoryview(numbers))) for state, numbers in zip(STATES, table.seconds, strict=True))


def _pressed(value: object) -> bytes:
    return _raw(msgspec.msgpack.encode(value))


def _raw(content: bytes | memoryview[int]) -> bytes:
    return zstandard.ZstdCompressor(level=1, write_checksum=True).compress(content)


def _loose(content: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(content), type=kind)


def _into(numbers: array[int], content: bytes) -> array[int]:
    numbers.frombytes(zstandard.ZstdDecompressor().decompress(content))
    return numbers


def _packed(column: Column) -> _Column:
    """Values that no terminal has any more are left out, once they are most."""
    if len(column.values) > 2 * len(set(column.codes)) + 16:
        column = column.only(range(len(column)))
    return _Column(column.codes.tobytes(), column.values)


def _known(parts: dict[str, bytes]) -> Known:
    table, rest = Table(), _loose(parts[_REST], _Rest)
    for name in _TEXTS:
        setattr(table, name, _loose(parts[name], list[str]))
    table.number_of = {name: number for number, name in enumerate(table.ids)}
    for name in _NUMBERS:
        _into(getattr(table, name), parts[name])
    for name in _COLUMNS:
        setattr(table, name, _unpacked(_loose(parts[name], _Column)))
    attributes = (name for name in parts if name.startswith(_ATTRIBUTE))
    table.attributes = {name.removeprefix(_ATTRIBUTE): _unpacked(_loose(parts[name], _Column)) for name in attributes}
    for state, numbers in zip(STATES, table.seconds, strict=True):
        _into(numbers, parts[_SECONDS + state])
    files = Files(_into(array("q"), parts[_STAMPS]), rest.notes)
    if any(length != len(table.ids) for length in (*_lengths(table), len(table.number_of))) or not files.whole:
        raise ValueError("columns of different length")
    identities = Identities()
    identities.seen, identities.doubts = rest.seen, rest.doubts
    return Known(table=table, identities=identities, files=files, as_of=rest.as_of)


def _lengths(table: Table) -> Iterator[int]:
    yield from (len(getattr(table, name)) for name in (*_TEXTS, *_NUMBERS, *_COLUMNS))
    yield from (len(column) for column in table.attributes.values())
    yield from (len(numbers) for numbers in table.seconds)


def _unpacked(packed: _Column) -> Column:
    column = Column()
    column.codes.frombytes(packed.codes)
    column.adopt(packed.values)
    if len(column) and not 0 <= min(column.codes) <= max(column.codes) < len(column.values):
        raise ValueError("a code without a value")
    return column
