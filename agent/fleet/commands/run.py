"""From the words behind `posdiag fleet` to a command of it, and its exit status."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from agent.commands.failure import CommandFailed, WrongOption
from agent.commands.option_table import Option
from agent.fleet.commands.asked import Asked
from agent.fleet.commands.table import COMMANDS, OPTIONS, FleetCommand
from agent.present import output
from agent.present.page import Page
from agent.settings.problem import SettingsError
from probes.ground.bilingual import Bilingual, same
from probes.ground.text import escape

_SHOWN = 60  # characters of a word that is not understood
COULD_NOT = 3


def run(argv: Sequence[str]) -> int:
    asked = Asked(command="help")
    try:
        asked = understood(argv)
        return _done(asked)
    except WrongOption as wrong:
        page = asked.page(errors=True)
        output.complain(
            [*page.wrap(page.words(wrong.text)), *page.wrap(page.say("说明：posdiag fleet --help", "Help: posdiag fleet --help"))]
        )
    except CommandFailed as failed:
        page = asked.page(errors=True)
        output.complain(page.wrap(page.words(failed.text)))
    except SettingsError as error:
        from agent.commands.config import problem_lines

        output.complain(problem_lines(error.problems, asked.page(errors=True)))
    return COULD_NOT


def _done(asked: Asked) -> int:
    """Raises `CommandFailed` or `WrongOption`."""
    if asked.command == "help":
        output.say(help_lines(asked.page()))
        return 0
    found = next(each for each in COMMANDS if each.name == asked.command)
    command: Callable[[Asked], int] = importlib.import_module(f"agent.fleet.commands.{found.module}").command
    return command(asked)


def understood(argv: Sequence[str]) -> Asked:
    """Raises `WrongOption`."""
    parser = argparse.ArgumentParser(prog="posdiag fleet", add_help=False, allow_abbrev=False, exit_on_error=False)
    for option in OPTIONS:
        names = (option.alias, option.name) if option.alias else (option.name,)
        if option.value:
            parser.add_argument(*names, dest=option.name)
        else:
            parser.add_argument(*names, dest=option.name, action="store_true")
    try:
        parsed, rest = parser.parse_known_args(argv)
    except argparse.ArgumentError as error:
        name = (error.argument_name or "").rpartition("/")[2]
        raise WrongOption(f"{name} 的写法不对", f"{name} is not written like this") from None
    given = {name: value for name, value in vars(parsed).items() if value not in (None, False)}
    words = _words(rest)
    if given.get("--help") or not words or words[0] == "help":
        return Asked(command="help", given=given)
    command = next((each for each in COMMANDS if each.name == words[0]), None)
    if command is None:
        raise _unknown(Bilingual("命令", "command"), words[0], [each.name for each in COMMANDS])
    _fits(command, words[1:], given)
    return Asked(command=command.name, words=tuple(words[1:]), given=given)


def _words(rest: Sequence[str]) -> list[str]:
    words: list[str] = []
    for index, word in enumerate(rest):
        if word == "--":
            return [*words, *rest[index + 1 :]]
        if word.startswith("-") and word != "-":
            raise _unknown(Bilingual("选项", "option"), word.partition("=")[0], [option.name for option in OPTIONS])
        words.append(word)
    return words


def _fits(command: FleetCommand, words: Sequence[str], given: dict[str, str | bool]) -> None:
    if command.instead and given.get(command.instead):
        if words:
            shown = escape(words[0], _SHOWN)
            raise WrongOption(f"{command.instead} 代替“{shown}”，不能两样都写", f"{command.instead} stands for “{shown}”: not both")
        return _options_fit(command, given)
    if len(words) < command.least:
        raise WrongOption(f"{command.name} 后面要写 {command.words}", f"{command.name} needs {command.words} after it")
    if len(words) > command.most:
        shown = escape(words[command.most], _SHOWN)
        raise WrongOption(f"多余的“{shown}”", f"“{shown}” is too much")
    return _options_fit(command, given)


def _options_fit(command: FleetCommand, given: dict[str, str | bool]) -> None:
    for option in OPTIONS:
        value = given.get(option.name)
        if value is None:
            continue
        if option.of and command.name not in option.of:
            zh, en = " 或 ".join(option.of), " or ".join(option.of)
            raise WrongOption(f"{option.name} 只能和 {zh} 一起用", f"{option.name} goes with {en} only")
        if option.choices and value not in option.choices:
            zh, en = "、".join(option.choices), ", ".join(option.choices)
            shown = escape(str(value), _SHOWN)
            raise WrongOption(f"{option.name} 可以是 {zh}，不能是“{shown}”", f"{option.name} is one of {en}, not “{shown}”")


def _unknown(kind: Bilingual, word: str, known: Sequence[str]) -> WrongOption:
    shown, near = escape(word, _SHOWN), get_close_matches(word[:_SHOWN], known, n=1, cutoff=0.7)
    hint = Bilingual(f"；是不是 {near[0]}？", f"; did you mean {near[0]}?") if near else same("")
    return WrongOption(f"没有这个{kind.zh}“{shown}”{hint.zh}", f"no such {kind.en} “{shown}”{hint.en}")


def _of(option: Option) -> Bilingual:
    """What it says, with the commands that it goes with."""
    if not option.of:
        return option.says
    return Bilingual(f"{option.says.zh}（{'、'.join(option.of)}）", f"{option.says.en} ({', '.join(option.of)})")


def help_lines(page: Page) -> list[str]:
    lines = page.wrap(
        page.say(
            "posdiag fleet：从许多终端的状态文件看出哪里坏了，是一个故障还是许多个。",
            "posdiag fleet tells from the status files of many terminals what is broken where, and whether it is one fault or many.",
        )
    )
    for title, rows in (
        (Bilingual("命令", "Commands"), [(each.written, each.says) for each in COMMANDS]),
        (Bilingual("选项", "Options"), [(each.written, _of(each)) for each in OPTIONS]),
    ):
        lines += ["", page.paint(page.words(title), "bold")]
        for word, meaning in rows:
            lines += [*page.wrap(word, first="  "), *page.wrap(page.words(meaning), first="      ")]
    return lines
