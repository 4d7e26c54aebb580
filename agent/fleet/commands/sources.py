"""What a command reads from: its sources and the moment as of which it judges, as they were given."""

from __future__ import annotations

from msgspec import Struct

from agent.commands.failure import CommandFailed, WrongOption
from agent.contract.times import parse
from agent.fleet.commands.asked import Asked
from agent.fleet.reading.freshness import Reporting
from agent.fleet.reading.scanned import STDIN, Scanned, SourceMissing, scanned
from agent.fleet.settings.load import load
from agent.present.output import why_not
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


def read(asked: Asked, clock: Clock | None = None) -> Scanned:
    """Raises `WrongOption`, `CommandFailed` or `SettingsError`."""
    if asked.words.count(STDIN) > 1:
        raise WrongOption("- 只能写一次", "- can be given once only")
    moment, silence = moment_of(asked, clock or Clock()), load(asked.text("--config")).settings.silence
    reporting = Reporting(every_s=silence.every_s, cellular_s=silence.cellular_every_s)
    try:
        return scanned(asked.words, now=moment.now, as_of=moment.as_of, reporting=reporting)
    except SourceMissing as missing:
        shown, why = escape(missing.source, 200), why_not(missing.error)
        raise CommandFailed(f"无法读取 {shown}：{why.zh}", f"{shown} cannot be read: {why.en}") from None
