"""What a person says, `posdiag.word/1`, while it waits for the record: one small file each. Masked before it is written, and again before
it is taken in, since whoever may write there may write anything."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

import msgspec
from msgspec import Struct

from agent.contract.document import Timestamp
from agent.contract.times import parse

TEXT, NAME = 400, 60  # characters of the text, and of every name and number beside it
What = Literal["note", "did", "called", "maintenance", "date", "drill", "forget"]
WORD_NAME = re.compile(r"w-[0-9a-f]{8}")
INCIDENT_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
STEP_NAME = re.compile(r"(?:[a-z]+\.[a-z0-9_]+:)?[a-z0-9_]{1,60}")
_BOOT = re.compile(r"[0-9a-f-]{0,40}")


class Word(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As `ToldEvent`; `what` drill: as `DrillEvent`, whose `what` is `drill`.

    `what` forget: `forgotten` names the word, or the incident whose words are to be forgotten. `at`, `boot_id`,
    `running_s`: when it was said, as far as whoever said it knows."""

    schema: Literal["posdiag.word/1"] = "posdiag.word/1"
    word: str
    what: What
    at: Timestamp = ""
    boot_id: str = ""
    running_s: float = 0.0
    incident: str = ""
    text: str = ""
    step: str = ""
    helped: Literal["", "yes", "no", "unknown"] = ""
    who: str = ""
    ticket: str = ""
    promised: str = ""
    until: Timestamp = ""
    name: str = ""
    due: str = ""
    forgotten: str = ""
    drill: Literal["", "uplink", "gateway", "staff"] = ""
    result: Literal["", "passed", "failed", "skipped"] = ""
    subject: str = ""


TEXTS = ("text", "who", "ticket", "name", "subject")  # that a person types freely


def written(word: Word) -> bytes:
    return msgspec.json.encode(word) + b"\n"


def read(content: bytes) -> Word:
    """Raises ValueError for what is no word."""
    try:
        word = msgspec.json.decode(content, type=Word)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if wrong := _wrong(word):
        raise ValueError(wrong)
    return word


def _wrong(word: Word) -> str:
    """Which key holds what it cannot; empty where none does."""
    forms = (
        ("word", WORD_NAME.fullmatch(word.word)),
        ("boot_id", _BOOT.fullmatch(word.boot_id)),
        ("running_s", 0 <= word.running_s < 1e10),
        ("at", not word.at or parse(word.at) is not None),
        ("incident", not word.incident or INCIDENT_NAME.fullmatch(word.incident)),
        ("step", not word.step or STEP_NAME.fullmatch(word.step)),
        ("promised", not word.promised or is_day(word.promised)),
        ("due", not word.due or is_day(word.due)),
        ("until", not word.until or parse(word.until) is not None),
        ("forgotten", not word.forgotten or WORD_NAME.fullmatch(word.forgotten) or INCIDENT_NAME.fullmatch(word.forgotten)),
        *((name, len(getattr(word, name)) <= (TEXT if name == "text" else NAME)) for name in TEXTS),
    )
    needed = {"did": word.step, "maintenance": word.until, "date": word.name, "forget": word.forgotten, "called": word.who}
    needed["drill"] = word.drill and word.result
    missing = word.what if not needed.get(word.what, "it") else ""
    return next((name for name, right in forms if not right), missing)


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
