"""The catalogue: what is said about each cause and each response code. The words lie in `config/`, none here."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import Struct

from agent.contract.trace import Trace
from agent.diagnosis.causes import Cause, Owner
from agent.remedy.here import Platform
from agent.resources import data_path
from probes.ground.bilingual import Bilingual, same
from probes.ground.vocabulary import Open
from probes.model import Symptom
from probes.settings import DateKind, UplinkKind

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_DIRECTORY = ("config", "catalogue")


class CatalogueError(Exception):
    """A file of the catalogue is missing or damaged: the installation is broken, not the configuration."""


Place = Literal["", "line", "network", "beside"]


class StepTemplate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`verify`, `unless` and `only_if` are patterns over the ids of checks (`internet:via:*`), the last two of those that passed;
    `unless_failed` and `only_failed` of those that failed. `seen` and `unseen` are symptoms of the evidence: with one of the first
    alone, and with none of the second, the step stands. `place`: of a device on a line of this machine,
    of one at an address of the network, or of a clock that differs from that of the machine beside it, alone. `uplink`: of these kinds of
    uplink alone; `platform`: on such a system alone; `sort`: of such dates alone.

    `id`: unique within the cause, never changed and never given to another step. `minutes`: until one knows whether it has helped, with
    getting hold of whoever does it. `prior`: the probability that it is the one that ends the fault; 0, it ends nothing by itself. `trace`:
    what it leaves for the agent to see. `after`: ids of steps that must come first."""

    id: str = ""
    who: Owner
    zh: str
    en: str
    expect: Bilingual
    interrupts_payment: bool = False
    verify: str = ""
    unless: tuple[str, ...] = ()
    only_if: tuple[str, ...] = ()
    unless_failed: tuple[str, ...] = ()
    only_failed: tuple[str, ...] = ()
    seen: tuple[Symptom, ...] = ()
    unseen: tuple[Symptom, ...] = ()
    place: Place = ""
    uplink: tuple[UplinkKind, ...] = ()
    platform: tuple[Platform, ...] = ()
    sort: tuple[DateKind, ...] = ()
    minutes: float = 0
    prior: float = 0
    trace: Trace | None = None
    after: tuple[str, ...] = ()


class OtherSummary(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stands in the summary's place where the evidence shows one of these symptoms, the device is at such a place, a check of one of
    these patterns `passed`, all its evidence is of these patterns (`evidence`), or every uplink in question is of these kinds."""

    zh: str
    en: str
    seen: tuple[Symptom, ...] = ()
    place: Place = ""
    passed: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    uplink: tuple[UplinkKind, ...] = ()


class Entry(Struct, frozen=True):
    """`name`: a few words, for lists. `recognised` has no placeholders; `summary` and the steps may."""

    code: Cause
    name: Bilingual
    summary: Bilingual
    recognised: Bilingual
    steps: tuple[StepTemplate, ...]
    others: tuple[OtherSummary, ...] = ()


class ResponseCode(Struct, frozen=True, forbid_unknown_fields=True):
    """What DE39 says on a network-management message, and `on_sale` where it says something else on a card transaction."""

    meaning: Bilingual
    do: Bilingual
    cause: Cause | None = None
    on_sale: Bilingual | None = None


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    name: Bilingual
    summary: Bilingual
    recognised: Bilingual
    step: tuple[StepTemplate, ...] = ()
    summary_where: tuple[OtherSummary, ...] = ()


@cache
def entry(code: Cause) -> Entry:
    """Raises `CatalogueError`, also for a cause of a later version: no file is looked for by a name from outside."""
    name = f"{code.value}.toml"
    _known(code, name)
    try:
        file = msgspec.convert(_read(*_DIRECTORY, name), _File)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{name}: {error}") from None
    for step in file.step:
        for word in (step.who, *step.seen, *step.unseen, *([step.trace] if step.trace else [])):
            _known(word, name)
    for symptom in (each for other in file.summary_where for each in other.seen):
        _known(symptom, name)
    return Entry(code, file.name, file.summary, file.recognised, file.step, file.summary_where)


def name_of(code: Cause) -> Bilingual:
    """A few words for the cause; its code where the file that has them is damaged, or where only a later version has one."""
    try:
        return entry(code).name
    except CatalogueError:
        return same(code.value)


def all_entries() -> tuple[Entry, ...]:
    """In the order of the causes."""
    return tuple(entry(code) for code in Cause)


@cache
def menus() -> dict[str, dict[Platform, Bilingual]]:
    """By the placeholder's name: how one gets there on each system. Empty where the file is damaged."""
    try:
        return msgspec.convert(_read("config", "menus.toml"), dict[str, dict[Platform, Bilingual]])
    except (CatalogueError, msgspec.ValidationError):
        return {}


@cache
def response_codes() -> dict[str, ResponseCode]:
    """By code, in the file's order. Raises `CatalogueError`."""
    name = "response_codes.toml"
    tables = {code: _without_empty(table) for code, table in _read("config", name).items()}
    try:
        codes = msgspec.convert(tables, dict[str, ResponseCode])
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{name}: {error}") from None
    for code in codes.values():
        if code.cause is not None:
            _known(code.cause, name)
    return codes


def _known(word: Open, name: str) -> None:
    """The texts that come with this version use its own words; another one is a slip of the pen."""
    if not word.known:
        raise CatalogueError(f"{name}: {word.value!r} is unknown")


def _without_empty(table: Any) -> Any:
    """The file writes an empty text where a code has no cause."""
    return {key: value for key, value in table.items() if value != ""} if isinstance(table, dict) else table


def _read(*parts: str) -> dict[str, Any]:
    import tomllib  # the service gives it up between two faults

    try:
        return tomllib.loads(data_path(*parts).read_text("utf-8"))
    except OSError as error:
        raise CatalogueError(f"{parts[-1]}: {error.strerror}") from None
    except ValueError as error:
        raise CatalogueError(f"{parts[-1]}: {error}") from None
