"""A fault with the line where it stands, the table by its name, and what to write instead."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from agent.settings import cures, permission
from agent.settings.layers import Layer, place_of
from agent.settings.problem import SHOWN, Problem
from probes.ground.bilingual import Bilingual
from probes.ground.masking import mask_value
from probes.ground.text import escape

_PARTS = re.compile(r'"[^"]*"|\[\d+\]|[^.\[\]"]+')
_NAMES = ("name", "interface", "url")  # what a table is called by


def explained(problem: Problem, data: dict[str, Any], layers: list[Layer]) -> Problem:
    parts = _PARTS.findall(problem.key)
    value, words = _follow(parts, data)
    place = place_of(problem.key, data, layers)
    denied = problem.denied and isinstance(value, str)
    cure = permission.cure(value) if denied else cures.of_value(problem.key, value, problem.expected)
    return replace(problem, file=place.path, line=place.line, named=words, cure=cure)


def _follow(parts: list[str], data: Any) -> tuple[Any, Bilingual]:
    """The value at the key, None where there is none; and the key with each table by its name, or by its number from 1."""
    here: Any = data
    zh, en = "", ""
    for part in parts:
        if part.startswith("["):
            number = int(part[1:-1])
            here = here[number] if isinstance(here, list) and number < len(here) else None
            name = next((here[key] for key in _NAMES if isinstance(here.get(key), str)), "") if isinstance(here, dict) else ""
            if name:
                shown = f' "{escape(mask_value(name), SHOWN)}"'
                zh, en = zh + shown, en + shown
            else:
                zh, en = f"{zh} 第 {number + 1} 个", f"{en} number {number + 1}"
        else:
            here = here.get(part.strip('"')) if isinstance(here, dict) else None
            gap = " " if zh.endswith(('"', "个")) or en[-1:].isdigit() else "." if zh else ""
            zh, en = zh + gap + part, en + gap + part
    return here, Bilingual(zh, en)
