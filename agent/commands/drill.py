"""`posdiag drill`: something that is to help in an outage is tried for real, now, while all is well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from agent.commands.context import configuration, page_for
from agent.commands.failure import CommandFailed
from agent.commands.noting import note
from agent.commands.request import Request
from agent.commands.telling import word
from agent.examination import drill as drills
from agent.examination import local
from agent.examination.carried import Carried
from agent.examination.drill import FAILED, PASSED, SKIPPED, Drilled
from agent.examination.memory import recall
from agent.examination.result import Memory
from agent.present import drilled as words
from agent.present import output
from agent.present.page import Page
from agent.settings.load import Loaded
from probes.ground.clock import Clock
from probes.ground.text import escape

EXITS = {PASSED: 0, FAILED: 2, SKIPPED: 3}
LONGEST_S = 45.0  # for each, however long its parts may take
Try = Callable[[], Drilled]


def drill(request: Request) -> int:
    if request.what == "staff":
        from agent.commands.practice import staff

        return staff(request)
    loaded = configuration(request)
    page = page_for(request, loaded)
    what, *rest = request.words
    if loaded.settings.plugin:
        output.keep_stdout()
    clock = Clock()
    memory = recall(loaded.settings.agent.state_dir)
    here = local.examine(loaded.settings, memory)
    choice = _choice(what, loaded, here)
    wanted = _named(what, choice, rest[0] if rest else None)
    results = []
    for number, name in enumerate(wanted):
        output.say(
            [
                *([""] if number else []),
                *words.before(what, name, here.current(), drills.cost(what, loaded.settings), page, backup=name in choice[0]),
            ]
        )
        done = _try(what, name, loaded, memory, clock)()
        output.say(["", *_told(done, here.current(), loaded, clock, page, backup=name in choice[0])])
        results.append(done.result)
        if done.result != SKIPPED:  # which tells nothing of the backup
            note(word("drill", drill=done.what, result=done.result, subject=done.subject, text=done.text), loaded, page)
    return max(EXITS[each] for each in results) if SKIPPED not in results or FAILED not in results else EXITS[FAILED]


def _try(what: str, name: str, loaded: Loaded, memory: Memory, clock: Clock) -> Try:
    carried = Carried.of(clock)
    if what == "uplink":
        return partial(drills.drill_uplink, name, loaded, carried, memory, LONGEST_S, by_check=True)
    gateway = next(each for each in loaded.settings.gateway if each.name == name)
    return partial(drills.drill_gateway, gateway, loaded, carried, memory, LONGEST_S, by_check=True)


def _choice(what: str, loaded: Loaded, here: local.Local) -> tuple[list[str], list[str]]:
    """The backups, and all that could be named."""
    if what == "uplink":
        return [each.interface for each in drills.uplinks(here)], [each.interface for each in here.uplinks]
    return [each.name for each in drills.gateways(loaded.settings)], [each.name for each in loaded.settings.gateway]


def _named(what: str, choice: tuple[list[str], list[str]], name: str | None) -> list[str]:
    """Raises `CommandFailed`."""
    backups, every = choice
    if name is not None and name not in every:
        shown, known = escape(name, 60), ", ".join(map(escape, every))
        there = (f"；有：{known}", f"; there are: {known}") if known else ("", "")
        if what == "uplink":
            raise CommandFailed(f"没有叫“{shown}”的网络接口{there[0]}", f"No uplink is called “{shown}”{there[1]}")
        raise CommandFailed(f"没有叫“{shown}”的收单主机{there[0]}", f"No gateway is called “{shown}”{there[1]}")
    if name is not None:
        return [name]
    if backups:
        return backups
    if what == "uplink":
        raise CommandFailed(
            "这台终端没有备用网络，没有可演练的。有备用网络（如 4G 模块、手机热点）时，在配置里写上："
            '[[uplink]] interface = "…" role = "backup"',
            "This terminal has no backup uplink, so there is nothing to try. Where there is one (a 4G module, a phone's hotspot), "
            'name it in the configuration: [[uplink]] interface = "…" role = "backup"',
        )
    raise CommandFailed(
        '配置里没有备用的收单主机，没有可演练的。收单机构提供了备用主机时，在配置里再写一段 [[gateway]]，加上 role = "backup"',
        "No backup gateway is configured, so there is nothing to try. Where the acquirer has given you one, add another [[gateway]] to the "
        'configuration, with role = "backup"',
    )


def _told(done: Drilled, current: str, loaded: Loaded, clock: Clock, page: Page, *, backup: bool) -> Sequence[str]:
    from agent.status.build import snapshot

    status = snapshot(replace(done.examination, diagnosis=done.leading), loaded, clock)
    return words.after(done.what, done.subject, done.result, done.remark, status, current, page, backup=backup)
