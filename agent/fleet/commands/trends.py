"""`posdiag fleet trends`: how the fleet fares from day to day, and whether it fares otherwise since a date."""

from __future__ import annotations

from datetime import date

import msgspec

from agent.commands.failure import CommandFailed, WrongOption
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.sources import store_of
from agent.fleet.commands.trend_lines import trend_lines
from agent.fleet.settings.load import load
from agent.fleet.store.duck import EngineError
from agent.fleet.store.files import SNAPSHOT, files
from agent.fleet.trends.answer import Trends, trends
from agent.present import output
from probes.ground.text import escape


def command(asked: Asked) -> int:
    """0 where it could be told, 3 where it could not: a store of one scan has no trend."""
    found = _found(asked)
    if asked.flag("--json"):
        output.say_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    else:
        output.say(trend_lines(found, asked.page()))
    return 0 if found.groups else 3


def _found(asked: Asked) -> Trends:
    day = _day(asked.text("--compare"))
    store = store_of(asked, load(asked.text("--config")).settings)
    if store is None:
        raise WrongOption(
            "trends 需要 --store 目录，或 fleet.toml 里的 fleet.store", "trends needs --store DIR, or fleet.store in fleet.toml"
        )
    if not files(store, SNAPSHOT):
        shown = escape(str(store))
        raise CommandFailed(
            f"{shown} 里没有历史：posdiag fleet scan --store 每天运行一次以上，就有了",
            f"there is no history in {shown}: posdiag fleet scan --store makes it, run once a day or more often",
        )
    try:
        return trends(store, asked.text("--by"), day)
    except EngineError as failed:
        shown = escape(str(failed).partition("\n")[0], 300)
        raise CommandFailed(f"历史无法读取：{shown}", f"the history cannot be read: {shown}") from None


def _day(given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        shown = escape(given, 60)
        raise WrongOption(
            f"--compare 后面要写日期，如 2026-01-31，不能是“{shown}”", f"--compare needs a date, as 2026-01-31, not “{shown}”"
        ) from None
