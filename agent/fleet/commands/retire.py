"""`posdiag fleet retire`: a silent terminal that is gone, until something newer comes of it."""

from __future__ import annotations

from agent.commands.failure import CommandFailed
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.stored import memory_of, settings_of
from agent.fleet.reading import kept
from agent.present import output
from agent.storage.atomic import StoreError
from probes.ground.clock import Clock
from probes.ground.text import escape

_SHOWN = 80


def command(asked: Asked, clock: Clock | None = None) -> int:
    memory = memory_of(asked, settings_of(asked))
    try:
        with memory.alone():
            table = kept.read(memory.folder).table
            unknown = [name for name in asked.words if name not in table.number_of]
            if unknown:
                shown = escape(unknown[0], _SHOWN)
                raise CommandFailed(
                    f"上次没有读到终端“{shown}”，没有改动", f"The last scan knew no terminal “{shown}”: nothing was changed"
                )
            now = (clock or Clock()).wall()
            retired = memory.retired()
            for name in asked.words:
                retired[name] = max(now, table.received[table.number_of[name]])
            memory.keep_retired(retired)
    except StoreError as failed:
        raise CommandFailed(failed.text.zh, failed.text.en) from None
    page = asked.page()
    lines = []
    for name in asked.words:
        shown = escape(name, _SHOWN)
        lines += page.wrap(
            page.say(
                f"终端 {shown} 已停用：下次起不再计入。它再有消息时会自动回来",
                f"{shown} is retired: from the next scan on it is left out. It is back by itself once something newer comes of it",
            )
        )
    output.say(lines)
    return 0
