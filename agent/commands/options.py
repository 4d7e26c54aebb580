"""From the words on the command line to what is asked for."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from msgspec import Struct

DEFAULT_TIMEOUT_S = 15.0
SHORTEST_S, LONGEST_S = 0.1, 600.0
CONFIG_ACTIONS = ("check", "show", "example", "schema")


class WrongOption(Exception):
    """The command line cannot be understood; the text says why."""


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


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        if message.startswith("argument COMMAND") and "'check'" in message.split("(choose", 1)[0]:
            message += "; for an examination now: posdiag --check"
        raise WrongOption(message)


def parse(argv: Sequence[str]) -> Request:
    """Raises `WrongOption`."""
    given = _parser().parse_args(argv)
    asked = _command(given)
    return Request(
        command=asked,
        what=getattr(given, "what", None),
        json=given.json,
        once=getattr(given, "once", False),
        config=getattr(given, "config", None),
        language=getattr(given, "lang", None),
        timeout_s=getattr(given, "timeout", DEFAULT_TIMEOUT_S),
        colour=not getattr(given, "no_color", False),
    )


def language_among(argv: Sequence[str]) -> str | None:
    """The language asked for on a command line that is not understood otherwise."""
    for word, following in pairwise([*argv, ""]):
        asked = following if word == "--lang" else word.removeprefix("--lang=")
        if asked in ("zh", "en") and word.startswith("--lang"):
            return asked
    return None


def _command(given: argparse.Namespace) -> str:
    if getattr(given, "help", False):
        return "help"
    if getattr(given, "version", False):
        return "version"
    if given.check and given.command:
        raise WrongOption(f"--check and {given.command} cannot be combined")
    if given.json and not given.check:
        raise WrongOption("--json goes with --check only")
    if not given.check and not given.command:
        raise WrongOption("nothing to do: give --check or a command")
    if given.command == "config" and not given.what:
        raise WrongOption(f"config needs one of: {', '.join(CONFIG_ACTIONS)}")
    return "check" if given.check else str(given.command)


def _parser() -> argparse.ArgumentParser:
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("-h", "--help", action="store_true")
    shared.add_argument("--version", action="store_true")
    shared.add_argument("--config", metavar="FILE")
    shared.add_argument("--lang", choices=("zh", "en"))
    shared.add_argument("--timeout", metavar="SECONDS", type=_seconds)
    shared.add_argument("--no-color", action="store_true")
    parser = _Parser(prog="posdiag", parents=[shared], add_help=False, allow_abbrev=False)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", action="store_true")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    run = commands.add_parser("run", parents=[shared], add_help=False, allow_abbrev=False)
    run.add_argument("--once", action="store_true")
    commands.add_parser("status", parents=[shared], add_help=False, allow_abbrev=False)
    explain = commands.add_parser("explain", parents=[shared], add_help=False, allow_abbrev=False)
    explain.add_argument("what", metavar="WHAT", nargs="?")
    config = commands.add_parser("config", parents=[shared], add_help=False, allow_abbrev=False)
    config.add_argument("what", metavar="ACTION", nargs="?", choices=CONFIG_ACTIONS)
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not SHORTEST_S <= seconds <= LONGEST_S:  # false for NaN too
        raise argparse.ArgumentTypeError(f"a number of seconds from {SHORTEST_S:g} to {LONGEST_S:g} is needed, not {text!r}")
    return seconds
