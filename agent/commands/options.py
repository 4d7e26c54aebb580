"""From the words on the command line to what is asked for. What cannot be understood is refused in both languages.

argparse sorts the words; what they may be is decided here, since its own sentences are English alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from agent.commands import dates
from agent.commands.failure import WrongOption
from agent.commands.option_table import BY_NAME, LANGUAGES, OPTIONS, PAPERS, Option
from agent.commands.request import DEFAULT_TIMEOUT_S, Request, Said
from agent.commands.table import COMMANDS, Command
from probes.ground.bilingual import Bilingual, same

if TYPE_CHECKING:
    import argparse

SHORTEST_S, LONGEST_S = 0.1, 600.0
SCHEMAS = ("agent", "history", "audit")  # besides the status document's
FLEET = "fleet"
_CHECK = "--check"  # an older way to write the command
_SHOWN = 80  # characters of a word that is not understood


def parse(argv: Sequence[str]) -> Request:
    """Raises `WrongOption`."""
    import argparse

    if argv and argv[0] == FLEET:  # which reads the rest itself, where it is installed
        languages = [each for each in among(argv, "--lang") if each in LANGUAGES]
        return Request(command=FLEET, language=languages[-1] if languages else None)
    try:
        given, rest = _parser().parse_known_args(argv)
    except argparse.ArgumentError as error:
        raise _misused(error.argument_name or "") from None
    words = _words(rest)
    for option in OPTIONS:
        _chosen(option, _given(given, option))
    command = _command(given, words)
    for option in OPTIONS:
        if option.of and command not in ("help", "version", *option.of) and _given(given, option):
            raise _elsewhere(option, command)
    _contradictions(given)
    if given.output == "":
        raise _misused("--output")
    paper = command in PAPERS and (command != "status" or given.html)
    if given.lang == "both" and not paper:
        raise WrongOption("--lang both 只用于网页和文书", "--lang both is for pages and papers only")
    if given.output and not paper:
        raise WrongOption("status 的 -o 要和 --html 一起用", "-o of status goes with --html")
    told = _told(given, words[1:]) if command == "told" else Said()
    since, until = dates.begin("--since", given.since), dates.end("--until", given.until)
    if given.month is not None:
        since, until = dates.month("--month", given.month)
    if since is not None and until is not None and since >= until:
        raise WrongOption("--since 要早于 --until", "--since has to be before --until")
    return Request(
        command=command,
        words=tuple(words[1:]),
        form="json" if given.json else "csv" if given.csv else given.format,
        details=given.details,
        quiet=given.quiet,
        qr=given.qr,
        only=given.only,
        once=given.once,
        until_ok=given.until_ok,
        config=given.config,
        language=None if given.lang == "both" else given.lang,
        timeout_s=DEFAULT_TIMEOUT_S if given.timeout is None else _seconds(given.timeout),
        colour=not given.no_color,
        since=since,
        until=until,
        cause=given.cause,
        said=told,
        html=given.html,
        output=given.output,
        both=given.lang == "both",
        incident=given.incident,
        compare=dates.begin("--compare", given.compare),
        beside=given.beside,
    )


def _told(given: argparse.Namespace, words: Sequence[str]) -> Said:
    from agent.commands.said import said  # with what masks numbers, of which no other command has any use

    return said(lambda name: getattr(given, name), " ".join(words))


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

    class Formatter(argparse.HelpFormatter):
        """Shows nothing. One that is not told its width loads what reads archives to learn the terminal's; one with colours, as from Python
        3.14 on, what makes data classes."""

        def __init__(self, prog: str) -> None:
            super().__init__(prog, width=80)

        def _set_color(self, *_: object, **__: object) -> None:
            """Has none."""

    parser = argparse.ArgumentParser(prog="posdiag", formatter_class=Formatter, add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument(_CHECK, action="store_true")
    for option in OPTIONS:
        names = (option.alias, option.name) if option.alias else (option.name,)
        if option.value:
            parser.add_argument(*names)
        else:
            parser.add_argument(*names, action="store_true")
    return parser


def _given(given: argparse.Namespace, option: Option) -> str | bool | None:
    found: str | bool | None = getattr(given, option.name[2:].replace("-", "_"))
    return found


def _misused(name: str) -> WrongOption:
    """A flag with a value, or an option without the one that it needs."""
    option = name.rpartition("/")[2]
    known = BY_NAME.get(option)
    if known is None or not known.value:
        return WrongOption(f"{option} 不带值", f"{option} takes no value")
    return WrongOption(f"{option} 后面要写{known.needs.zh}", f"{option} needs {known.needs.en} after it")


def _chosen(option: Option, value: str | bool | None) -> None:
    if not option.choices or value is None or value in option.choices:
        return
    zh, en = "、".join(option.choices[:-1]), ", ".join(option.choices[:-1])
    last, shown = option.choices[-1], _quoted(str(value))
    raise WrongOption(f"{option.name} 只能是 {zh} 或 {last}，不能是 {shown}", f"{option.name} is {en} or {last}, not {shown}")


def _elsewhere(option: Option, command: str) -> WrongOption:
    *most, last = option.of
    why = option.without.get(command)
    return WrongOption(
        f"{option.name} 只能和 {' 或 '.join(filter(None, ('、'.join(most), last)))} 一起用" + (f"；{command}：{why.zh}" if why else ""),
        f"{option.name} goes with {' or '.join(filter(None, (', '.join(most), last)))} only" + (f"; {command}: {why.en}" if why else ""),
    )


def _contradictions(given: argparse.Namespace) -> None:
    for one, other in (
        (given.json and given.format not in (None, "json"), Bilingual("--json 和 --format ", "--json and --format")),
        (given.json and given.csv, Bilingual("--json 和 --csv ", "--json and --csv")),
        (given.month and (given.since or given.until), Bilingual("--month 和 --since、--until ", "--month and --since or --until")),
        (given.quiet and given.details, Bilingual("--quiet 和 --details ", "--quiet and --details")),
        (given.html and (given.json or given.format or given.qr), Bilingual("--html 和其他输出格式", "--html and another form of output")),
        (given.beside and given.only, Bilingual("--beside 和 --only ", "--beside and --only")),
        (
            given.beside and given.date,
            Bilingual("--beside 和 --date（日期是这台机器配置里的）", "--beside and --date, which is this machine's own,"),
        ),
        ((given.json or given.format) and given.qr, Bilingual("--qr 和给程序看的格式", "--qr and a format for programs")),
    ):
        if one:
            raise WrongOption(f"{other.zh}不能一起用", f"{other.en} cannot be combined")


def _words(rest: Sequence[str]) -> list[str]:
    """What is no option, and behind `--` nothing is. Raises `WrongOption` at the first option that there is not."""
    words: list[str] = []
    for index, word in enumerate(rest):
        if word == "--":
            return [*words, *rest[index + 1 :]]
        if word.startswith("-") and word != "-":
            raise _unknown(Bilingual("选项", "option"), word.partition("=")[0], (_CHECK, *BY_NAME))
        words.append(word)
    return words


def _command(given: argparse.Namespace, words: list[str]) -> str:
    """Without a command it is `check`."""
    if given.help:
        return "help"
    if given.version:
        return "version"
    name = words[0] if words else None
    if name is None:
        return "check"
    command = next((each for each in COMMANDS if each.name == name), None)
    if command is None:
        raise _unknown(Bilingual("命令", "command"), name, [each.name for each in COMMANDS])
    if name == FLEET:
        raise WrongOption("fleet 要写在最前面：posdiag fleet …", "fleet comes first: posdiag fleet …")
    if given.check and name != "check":
        raise WrongOption(f"--check 和 {name} 不能一起用", f"--check and {name} cannot be combined")
    _objects(command, words[1:])
    return name


def _objects(command: Command, words: Sequence[str]) -> None:
    """What may stand behind the command."""
    if command.actions:
        if not words:
            zh, en = "、".join(command.actions), ", ".join(command.actions)
            raise WrongOption(f"{command.name} 后面要写 {zh} 之一", f"{command.name} needs one of: {en}")
        if words[0] not in command.actions:
            raise _unknown(Bilingual(f"操作：{command.name}", f"action: {command.name}"), words[0], command.actions)
    most = 1 if command.name == "config" and words[0] != "schema" else command.most
    if extra := words[most:]:
        raise WrongOption(f"多余的 {_quoted(extra[0])}", f"{_quoted(extra[0])} is too much")
    if command.name == "config" and words[1:] and words[1] not in SCHEMAS:
        raise _unknown(Bilingual("模式", "schema"), words[1], SCHEMAS)


def _unknown(kind: Bilingual, word: str, known: Sequence[str]) -> WrongOption:
    from difflib import get_close_matches

    near = get_close_matches(word[:_SHOWN], known, n=1, cutoff=0.7)
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
