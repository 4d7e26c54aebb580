"""The files of a bundle, made of what was found. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from agent.contract.history import History
from agent.contract.times import utc
from agent.papers.bundle.archive import MANIFEST, Lines, Packed, manifest, packed
from agent.papers.bundle.gather import LOG, RECORD, Found, Lack
from agent.papers.bundle.page import page_of
from probes.ground.bilingual import Bilingual

STATUS_FILE, RECORD_FILE, LOG_FILE = "status.json", "history.ndjson", "posdiag.log"
INCIDENTS_FILE, CONFIG_FILE, MACHINE_FILE, VERSIONS_FILE, PAGE_FILE = (
    "incidents.json",
    "config.txt",
    "machine.json",
    "versions.json",
    "index.html",
)
MOST_INCIDENTS = 500
NAMES = {RECORD_FILE: RECORD, LOG_FILE: LOG}


def bundle(found: Found, languages: Sequence[str]) -> Packed:
    """Raises `agent.papers.press.NoPressError`."""
    lines: Lines = {}
    if found.record is not None:
        lines[RECORD_FILE] = found.record.lines
    if found.log is not None:
        lines[LOG_FILE] = found.log.lines
    always = _always(found)

    def made(kept: Lines, left_out: Mapping[str, int]) -> dict[str, bytes]:
        lacks = [*found.lacks, *_partly(found), *(_left_out(name, kept, count) for name, count in left_out.items())]
        texts = {name: b"".join(line.content for line in found) for name, found in kept.items()}
        files = always | texts
        files[PAGE_FILE] = page_of(found, texts, lacks, sorted({*files, PAGE_FILE, MANIFEST}), languages)
        said = [f"posdiag bundle, made {utc(found.made.at)}", f"terminal {found.terminal}"]
        if found.told is not None:
            said.append(f"incident {found.told.told.id}")
        said.append(f"record and log: {utc(found.span.since)} to {utc(min(found.span.until, found.made.at))}")
        said += [f"missing: {found.redactor.text(each.what.en)}: {found.redactor.text(each.why.en)}" for each in lacks]
        return files | {MANIFEST: manifest(files, said)}

    return packed(lines, made)


def _always(found: Found) -> dict[str, bytes]:
    files = {CONFIG_FILE: found.configuration.encode(), VERSIONS_FILE: _json(found.versions)}
    if found.status is not None:
        files[STATUS_FILE] = _json(found.status)
    if found.machine is not None:
        files[MACHINE_FILE] = _json(found.machine)
    if found.history is not None:
        files[INCIDENTS_FILE] = _json(found.redactor.value(msgspec.to_builtins(_within(found, found.history))))
    return files


def _within(found: Found, history: History) -> History:
    near = [each.told for each in found.lived if each.began.at <= found.span.until and each.ended.at >= found.span.since]
    return msgspec.structs.replace(history, incidents=tuple(near[-MOST_INCIDENTS:]))


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def _partly(found: Found) -> list[Lack]:
    lacks = []
    for what, kept in ((RECORD, found.record), (LOG, found.log)):
        if kept is not None and kept.foreign:
            zh, en = (
                f"有 {kept.foreign} 行不是它的内容或已损坏，没有带上",
                f"{kept.foreign} lines are damaged or none of it, and stayed here",
            )
            lacks.append(Lack(what, Bilingual(zh, en)))
        if kept is not None and kept.beyond:
            lacks.append(Lack(what, Bilingual("文件太大，只读了最后一段", "it is too large, and only its end was read")))
    return lacks


def _left_out(name: str, kept: Lines, count: int) -> Lack:
    first = utc(kept[name][0].at) if kept[name] else ""
    from_ = Bilingual(f"，从 {first} 起都在", f"; all from {first} on is there") if first else Bilingual("", "")
    return Lack(
        NAMES[name],
        Bilingual(
            f"为了不超过 5 MB，最早的 {count} 条没有带上{from_.zh}", f"the oldest {count} were left out, for no more than 5 MB{from_.en}"
        ),
    )
