"""The command line: what is asked for, who does it, and how it ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.commands.failure import CommandFailed, WrongOption
from agent.commands.option_table import LANGUAGES
from agent.commands.request import Request
from agent.present import output
from probes.ground.bilingual import Bilingual

OWN_FAULT = 3  # and a wrong option, and a wrong configuration


def run(argv: Sequence[str]) -> int:
    """The exit status. No `Exception` leaves it; how Ctrl-C ends the process is `agent.process_exit`'s."""
    try:
        output.prepare()
        return _run(argv)
    except Exception as error:  # noqa: BLE001 - the last resort: people get one line, not a traceback
        output.complain([_own_fault(error)])
        return OWN_FAULT


def _run(argv: Sequence[str]) -> int:
    try:
        request = _asked(argv)
    except WrongOption as wrong:
        return _refuse(wrong.text, argv)
    from agent.settings.problem import SettingsError

    try:
        if request.command == "fleet":  # it has options of its own
            return _fleet(argv[1:])
        return _command(request.command)(request)
    except SettingsError as error:
        from agent.commands.config import problem_lines
        from agent.commands.context import page_for

        output.complain(problem_lines(error.problems, page_for(request, errors=True)))
        return OWN_FAULT
    except (CommandFailed, output.CannotWrite) as failed:
        from agent.commands.context import page_for

        page = page_for(request, errors=True)
        output.complain(page.wrap(page.words(failed.text)))
        return OWN_FAULT


def _asked(argv: Sequence[str]) -> Request:
    """Raises `WrongOption`."""
    from agent.commands import options  # here alone, so that the service can give it up

    return options.parse(argv)


def _command(name: str) -> Callable[[Request], int]:
    match name:
        case "check":
            from agent.commands.check import check as command
        case "run":
            from agent.commands.daemon import run as command
        case "status":
            from agent.commands.status import status as command
        case "history":
            from agent.commands.history import history as command
        case "audit":
            from agent.commands.audit import audit as command
        case "letter":
            from agent.commands.letter import letter as command
        case "runbook":
            from agent.commands.runbook import runbook as command
        case "guide":
            from agent.commands.guide import guide as command
        case "drill":
            from agent.commands.drill import drill as command
        case "watch":
            from agent.commands.watch import watch as command
        case "told":
            from agent.commands.told import told as command
        case "report":
            from agent.commands.report import report as command
        case "bundle":
            from agent.commands.bundle import bundle as command
        case "explain":
            from agent.commands.explain import explain as command
        case "config":
            from agent.commands.config import config as command
        case "version":
            return _version
        case _:
            return _help
    return command


def _fleet(words: Sequence[str]) -> int:
    """Everything behind `fleet`, where what that needs is installed: a terminal has no use for it."""
    try:
        from agent.fleet.commands.run import run

        return run(words)
    except ModuleNotFoundError as missing:
        raise CommandFailed(
            f"这里没有装 posdiag fleet 需要的部分（缺 {missing.name}）。请安装软件包 posdiag-fleet，或运行 pip install 'posdiag[fleet]'",
            f"What posdiag fleet needs is not installed here ({missing.name} is missing). Install the package posdiag-fleet, "
            "or run: pip install 'posdiag[fleet]'",
        ) from missing


def _version(request: Request) -> int:
    from agent import __version__

    output.say([f"posdiag {__version__}"])
    return 0


def _help(request: Request) -> int:
    from agent.commands.context import page_for
    from agent.commands.usage import help_lines

    output.say(help_lines(page_for(request)))
    return 0


def _refuse(why: Bilingual, argv: Sequence[str]) -> int:
    """In the language asked for, or else that of the configuration, as far as either can be read."""
    from agent.commands import options
    from agent.commands.context import page_for
    from agent.commands.usage import usage_lines

    languages = [each for each in options.among(argv, "--lang") if each in LANGUAGES]
    files = [each for each in options.among(argv, "--config") if each]
    known = Request(
        command="help",
        language=languages[-1] if languages else None,
        config=files[-1] if files else None,
        colour="--no-color" not in argv,
    )
    page = page_for(known, errors=True)
    output.complain([*page.wrap(page.say(f"选项有误：{why.zh}", f"Wrong option: {why.en}")), *usage_lines(page)])
    return OWN_FAULT


def _own_fault(error: Exception) -> str:
    """One line, with the place in the agent's own code where it happened."""
    import traceback

    from probes.ground.text import escape

    home = str(Path(__file__).resolve().parent.parent)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(home)]
    place = f" ({os.path.relpath(frames[-1].filename, home)}:{frames[-1].lineno})" if frames else ""
    return f"posdiag itself failed: {escape(f'{type(error).__name__}: {error}', 300)}{place}"
