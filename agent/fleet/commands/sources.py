"""What a command reads from, and where it keeps: as it was asked, or as `fleet.toml` says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from agent.commands.failure import CommandFailed, WrongOption
from agent.contract.times import parse
from agent.fleet.commands.asked import Asked
from agent.fleet.reading.inventory import Inventory
from agent.fleet.reading.inventory import load as load_inventory
from agent.fleet.reading.sources import STDIN, SourceMissing
from agent.fleet.settings.load import load
from agent.fleet.settings.model import FleetSettings
from agent.fleet.survey import survey
from agent.fleet.survey.survey import Survey, surveyed
from agent.present.output import why_not
from agent.settings.problem import SettingsError
from probes.ground.bilingual import Bilingual
from probes.ground.clock import Clock
from probes.ground.text import escape


class Moment(Struct, frozen=True):
    """`as_of`: it was given, and is not the clock's."""

    now: float
    as_of: bool


def moment_of(asked: Asked, clock: Clock) -> Moment:
    """Raises `WrongOption`."""
    given = asked.text("--now")
    if given is None:
        return Moment(clock.wall(), as_of=False)
    moment = parse(given)
    if moment is None:
        shown = escape(given, 60)
        raise WrongOption(
            f"--now 后面要写带时区的时间，如 2026-01-31T08:00:00Z，不能是“{shown}”",
            f"--now needs a time with its zone, as in 2026-01-31T08:00:00Z, not “{shown}”",
        )
    return Moment(moment, as_of=True)


def store_of(asked: Asked, settings: FleetSettings) -> Path | None:
    named = asked.text("--store") or settings.store
    return Path(named).absolute() if named else None


def inventory_of(asked: Asked, settings: FleetSettings) -> Inventory | None:
    """Raises `CommandFailed` where nothing of it can be used."""
    named = asked.text("--inventory") or settings.inventory
    try:
        return load_inventory(named) if named else None
    except SettingsError as error:
        first = error.problems[0].sentence()
        raise CommandFailed(f"终端清单用不了：{first}", f"The inventory cannot be used: {first}") from None


def read(asked: Asked, clock: Clock | None = None, *, history: bool = True) -> Survey:
    """Raises `WrongOption`, `CommandFailed` or `SettingsError`."""
    if asked.words.count(STDIN) > 1:
        raise WrongOption("- 只能写一次", "- can be given once only")
    moment, settings = moment_of(asked, clock or Clock()), load(asked.text("--config")).settings
    what = survey.Asked(
        sources=asked.words,
        now=int(moment.now),
        as_of=moment.as_of,
        settings=settings,
        store=store_of(asked, settings),
        inventory=inventory_of(asked, settings),
        history=history,
    )
    try:
        return surveyed(what)
    except SourceMissing as missing:
        shown, why = escape(missing.source, 200), why_not(missing.error)
        raise CommandFailed(f"无法读取 {shown}：{why.zh}", f"{shown} cannot be read: {why.en}") from None


def nothing_in(sources: Sequence[str]) -> CommandFailed:
    shown = escape(", ".join(sources), 200)
    return CommandFailed(
        f"什么也没有读到：{shown} 里没有 posdiag 的状态文件。请检查路径，以及文件是怎样收集来的",
        f"Nothing was read: there is no status document of posdiag in {shown}. Check the path, and how the files are collected",
    )


def unkept(found: Survey) -> Bilingual | None:
    """What the store did not take; None where it took all."""
    if found.unkept is not None:
        said = found.unkept.text
        return Bilingual(f"{said.zh}。上面的结果有效，但没有记下", f"{said.en}. The answer above holds, but was not kept")
    if found.no_history is not None:
        shown = escape(str(found.no_history), 300)
        return Bilingual(f"历史没有写入：{shown}", f"the history could not be written: {shown}")
    return None
