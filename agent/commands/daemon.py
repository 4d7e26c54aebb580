"""`posdiag run`: the daemon in the foreground, or one cycle of it."""

from __future__ import annotations

import os
from pathlib import Path

from agent.commands.context import configuration, speaking
from agent.commands.request import Request
from agent.daemon import process_memory
from agent.settings.model import Language
from agent.settings.problem import Problem, SettingsError


def run(request: Request) -> int:
    try:
        loaded = configuration(request)
    except SettingsError as error:
        _refused(error.problems)
        raise
    process_memory.forget()
    if request.language is not None:
        loaded = speaking(loaded, Language(request.language))

    from agent.daemon.service import run as serve

    return serve(loaded, once=request.once, timeout_s=request.timeout_s)


def _refused(problems: tuple[Problem, ...]) -> None:
    """Whoever started us is told why we leave; what the last run left behind is not to be taken for news until it expires."""
    from agent.outputs.systemd import Systemd
    from agent.storage.expire import expire
    from agent.storage.identity import boot_id
    from agent.storage.status_file import FILE
    from probes.ground.clock import Clock

    clock = Clock()
    systemd = Systemd(clock)
    if not systemd.present:
        return
    more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
    systemd.say(f"wrong configuration: {problems[0].sentence()}{more}")
    for name in ("STATE_DIRECTORY", "RUNTIME_DIRECTORY"):  # what the configuration says of them is not to be had
        directory = os.environ.get(name, "").partition(":")[0]
        if directory:
            expire(Path(directory) / FILE, now=clock.wall(), boot_id=boot_id())
