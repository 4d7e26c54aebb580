"""`posdiag fleet lessons`: from the histories of terminals to what all of them learn (`agent.lessons`)."""

from __future__ import annotations

from agent.commands.failure import CommandFailed
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.out import STDOUT, put
from agent.fleet.commands.sources import moment_of
from agent.fleet.lessons.gathering import SourceMissingError, flaws, gather
from agent.fleet.lessons.making import content, taught
from agent.fleet.lessons.telling import lines
from agent.present import output
from probes.ground.clock import Clock
from probes.ground.text import escape


def command(asked: Asked) -> int:
    """Raises `WrongOption`, `CommandFailed`."""
    now = moment_of(asked, Clock()).now
    try:
        gathered = gather(asked.words)
    except SourceMissingError as missing:
        shown, why = escape(missing.source, 200), output.why_not(missing.error)
        raise CommandFailed(f"无法读取 {shown}：{why.zh}", f"{shown} cannot be read: {why.en}") from None
    if not gathered.cases:
        raise CommandFailed(
            "这些来源里没有一次故障的经过。要的是 posdiag history --json 的输出、history.ndjson、诊断包或摘要",
            "There is no incident in these sources. Wanted are what posdiag history --json prints, history.ndjson, bundles, or summaries.",
        )
    made = taught(gathered.cases, gathered.known, gathered.attributes, now)
    target = asked.text("--output")
    if target != STDOUT:
        page = asked.page()
        told = lines(made, page)
        for kind, count in flaws(gathered.quality):
            told += page.wrap(page.say(f"读不了的（{kind}）：{count}", f"could not be read ({kind}): {count:,}"))
        output.say(told)
    if target is not None:
        put(asked, content(made.lessons), target)
    return 0
