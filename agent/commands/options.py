"""From the words on the command line to what is asked for. What cannot be understood is refused in both languages.

argparse sorts the words; what they may be is decided here, since its own sentences are English alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from probes.ground.bilingual import Bilingual, same

if TYPE_CHECKING:
    import argparse

DEFAULT_TIMEOUT_S = 15.0
SHORTEST_S, LONGEST_S = 0.1, 600.0
COMMANDS = ("run", "status", "explain", "config")
CONFIG_ACTIONS = ("check", "show", "example", "schema")
LANGUAGES = ("zh", "en")
_VALUES = {
    "--config": Bilingual("文件名", "a file"),
    "--lang": Bilingual(" zh 或 en", "zh or en"),
    "--timeout": Bilingual("秒数", "a number of seconds"),
}
_FLAGS = ("--help", "--version", "--no-color", "--check", "--json", "--once")
_SHOWN = 80  # characters of a word that is not understood


class WrongOption(Exception):
    """The command line cannot be understood; `text` says why."""

    def __init__(self, zh: str, en: str) -> None:
        self.text = Bilingual(zh, en)
        super().__init__(en)


class Request(Struct, frozen=True, kw_only=True):
    """`command`: check, run, status, explain, config, help or version. `what` is the WHAT of explain or the action of config."""

    command: str
    what: str | None = None
    json: bool = False
    once: bool = False
    config: str | None = None
    language: str | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    colour: bool = True


def parse(argv: Sequence[str]) -> Request:
    """Raises `WrongOption`."""
    import argparse

    try:
        given, rest = _parser().parse_known_args(argv)
    except argparse.ArgumentError as error:
        raise _misused(error.argument_name or "") from None
    words = _words(rest)
    if given.lang not in (None, *LANGUAGES):
        raise WrongOption(f"--lang 只能是 zh 或 en，不能是 {_quoted(given.lang)}", f"--lang is zh or en, not {_quoted(given.lang)}")
    return Request(
        command=_command(given, words),
        what=words[1] if len(words) > 1 else None,
        json=given.json,
        once=given.once,
        config=given.config,
        language=given.lang,
        timeout_s=DEFAULT_TIMEOUT_S if given.timeout is None else _seconds(given.timeout),
        colour=not given.no_color,
    )


def among(argv: Sequence[str], option: str) -> list[str]:
    """The values of an option on a command line that is not understood otherwise."""
    values = []
    for word, following in pairwise([*argv, ""]):
        name, equals, value = word.partition("=")
        if name == option:
            values.append(value if equals else following)
    return values


def _parser() -> argparse.ArgumentParser:
    import argparse

    parser = argparse.ArgumentParser(prog="posdiag", add_help=False, allow_abbrev=False, exit_on_error=False)
    for name in _VALUES:
        parser.add_argument(name)
    parser.add_argument("-h", *_FLAGS[:1], action="store_true")
    for name in _FLAGS[1:]:
        parser.add_argument(name, action="store_true")
    return parser


def _misused(name: str) -> WrongOption:
    """A flag with a value, or an option without the one that it needs."""
    option = name.rpartition("/")[2]
    needed = _VALUES.get(option)
    if needed is None:
        return WrongOption(f"{option} 不带值", f"{option} takes no value")
    return WrongOption(f"{option} 后面要写{needed.zh}", f"{option} needs {needed.en} after it")


def _words(rest: Sequence[str]) -> list[str]:
    """What is no option, and behind `--` nothing is. Raises `WrongOption` at the first option that there is not."""
    words: list[str] = []
    for index, word in enumerate(rest):
        if word == "--":
            return [*words, *rest[index + 1 :]]
        if word.startswith("-") and word != "-":
            raise _unknown(Bilingual("选项", "option"), word.partition("=")[0], (*_VALUES, *_FLAGS))
        words.append(word)
    return words


def _command(given: argparse.Namespace, words: Sequence[str]) -> str:
    if given.help:
        return "help"
    if given.version:
        return "version"
    command = words[0] if words else None
    if command is not None and command not in COMMANDS:
        if command == "check":
            raise WrongOption(
                "没有 check 这个命令；现在检查一遍：posdiag --check", "there is no command check; to examine now: posdiag --check"
            )
        raise _unknown(Bilingual("命令", "command"), command, COMMANDS)
    if given.check and command:
        raise WrongOption(f"--check 和 {command} 不能一起用", f"--check and {command} cannot be combined")
    if given.json and not given.check:
        raise WrongOption("--json 只能和 --check 一起用", "--json goes with --check only")
    if given.once and command != "run":
        raise WrongOption("--once 只能和 run 一起用", "--once goes with run only")
    if command is None:
        if not given.check:
            raise WrongOption("没有说要做什么：请写 --check 或一个命令", "nothing to do: give --check or a command")
        return "check"
    _objects(command, words[1:])
    return command


def _objects(command: str, words: Sequence[str]) -> None:
    """What may stand behind the command."""
    actions = ", ".join(CONFIG_ACTIONS)
    if command == "config" and not words:
        raise WrongOption(f"config 后面要写：{actions} 之一", f"config needs one of: {actions}")
    if command == "config" and words[0] not in CONFIG_ACTIONS:
        raise _unknown(Bilingual("操作：config", "action: config"), words[0], CONFIG_ACTIONS)
    if extra := words[1 if command in ("config", "explain") else 0 :]:
        raise WrongOption(f"多余的 {_quoted(extra[0])}", f"{_quoted(extra[0])} is too much")


def _unknown(kind: Bilingual, word: str, known: Sequence[str]) -> WrongOption:
    from difflib import get_close_matches

    near = get_close_matches(word[:_SHOWN], known, n=1)
    hint = Bilingual(f"；是不是 {near[0]}？", f"; did you mean {near[0]}?") if near else same("")
    return WrongOption(f"没有这个{kind.zh} {_quoted(word)}{hint.zh}", f"no such {kind.en} {_quoted(word)}{hint.en}")


def _quoted(word: str) -> str:
    return f"“{word[:_SHOWN]}”"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not SHORTEST_S <= seconds <= LONGEST_S:  # false for NaN too
        low, high = f"{SHORTEST_S:g}", f"{LONGEST_S:g}"
        raise WrongOption(
            f"--timeout 要写 {low} 到 {high} 之间的秒数，不能是 {_quoted(text)}",
            f"--timeout needs a number of seconds from {low} to {high}, not {_quoted(text)}",
        )
    return seconds
