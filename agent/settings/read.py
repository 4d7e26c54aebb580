"""Reads, merges and checks the files of a configuration. Needed at the start alone (`load`)."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec
from msgspec import inspect

from agent.settings import syntax
from agent.settings.explained import explained
from agent.settings.files import of_a_file
from agent.settings.find import DROP_INS, beside, find
from agent.settings.layers import Layer, merged, place_of
from agent.settings.lines import Lines
from agent.settings.load import Loaded
from agent.settings.mask import fingerprint
from agent.settings.model import Language, Settings
from agent.settings.problem import Problem, SettingsError
from agent.settings.rules import RULES
from agent.settings.walk import Walk
from probes.ground.bilingual import Bilingual, same
from probes.ground.masking import mask_numbers, mask_value
from probes.ground.text import escape

_QUOTED = re.compile(r"""(?<=['"])[^'"]+(?=['"])""")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read(path: str | None) -> Loaded:
    """Raises `SettingsError`. Without a path: $POSDIAG_CONFIG, else the file in /etc if there is one, else the default."""
    found_at, text = find(path)
    if found_at is None:
        return Loaded(Settings(), None, frozenset(), fingerprint(Settings()))
    files = [(found_at, text), *beside(found_at, DROP_INS, "*.toml")]
    layers = [Layer(escape(path), parsed(path, text), Lines(text)) for path, text in files]
    data = merged(layers)
    walk = Walk(escape(found_at), RULES)
    shape = inspect.type_info(Settings)
    assert isinstance(shape, inspect.StructType)
    walk.table(data, shape)
    problems = tuple(explained(problem, data, layers) for problem in walk.problems)
    if not all(map(of_a_file, problems)):
        raise SettingsError(problems, _language(data))
    given, settings = frozenset(walk.given), msgspec.convert(data, Settings)
    sources = {key: place_of(key, data, layers).path for key in given} if layers[1:] else {}
    return Loaded(settings, found_at, given, fingerprint(settings), sources, problems)


def _language(data: dict[str, Any]) -> str:
    """The language that the file asks for, whatever else is wrong with it."""
    terminal = data.get("terminal")
    asked = terminal.get("language") if isinstance(terminal, dict) else None
    return asked if isinstance(asked, str) and asked in tuple(Language) else ""


def parsed(path: str, text: str) -> dict[str, Any]:
    """Raises `SettingsError`."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise SettingsError(
            (Problem(escape(path), same(""), same("TOML"), Bilingual("列表或表嵌套太深", "lists or tables nested too deeply")),)
        ) from None
    except ValueError as error:
        raise SettingsError((_syntax(escape(path), str(error), text),)) from None


def _syntax(path: str, message: str, text: str) -> Problem:
    place = _POSITION.search(message)
    where = same("")
    if place is not None:  # without numbers it is the end of the document
        end = (text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1)
        line, column = (int(place[1]), int(place[2])) if place[1] else end
        where = Bilingual(f"第 {line} 行第 {column} 列", f"line {line}, column {column}")
    what = syntax.told(
        escape(_QUOTED.sub(lambda found: mask_value(found[0]), mask_numbers(_POSITION.sub("", message)))) or "something else"
    )
    number = line if place is not None else 0
    cure = syntax.cure(Lines(text).text(number), _POSITION.sub("", message))
    return Problem(path, where, same("TOML"), Bilingual(f"语法错误（{what.zh}）", f"a fault of syntax ({what.en})"), cure=cure)
