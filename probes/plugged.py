"""The check of a plug-in: whatever it does, what comes of it is a check of ours."""

from __future__ import annotations

import math

from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Outcome, Symptom, check_of
from probes.model.facts import PluginFacts
from probes.plugin import PluginResult, PluginUnusable, Value, load
from probes.settings import Plugin

MOST_VALUES = 32
LONGEST = 200  # characters of a text
_LARGEST = 2**53  # up to which every reader of JSON knows a number exactly


def probe(wanted: Plugin, deadline: Deadline) -> Check[PluginFacts]:
    """Passes where the plug-in found nothing wrong; the configured limits are judged elsewhere. What it raises comes through."""
    facts = PluginFacts(supports=tuple(wanted.supports))
    try:
        found = load(wanted.name)
    except PluginUnusable as fault:
        return check_of(facts, Outcome.UNKNOWN, Symptom.UNSUPPORTED, escape(str(fault)), name=wanted.name)
    facts = facts.with_(called_zh=escape(found.called_zh, 40), called_en=escape(found.called_en, 40))
    result = found.probe(dict(wanted.settings), deadline)
    if not isinstance(result, PluginResult):
        because = f"the plug-in {wanted.name} gave a {escape(type(result).__name__, 40)} where a PluginResult belongs"
        return check_of(facts, Outcome.UNKNOWN, Symptom.CRASHED, because, name=wanted.name)
    facts = facts.with_(values=_plain(result.values))
    target = escape(str(result.target), LONGEST) or wanted.name
    if result.unknown:
        return check_of(facts, Outcome.UNKNOWN, None, escape(str(result.unknown), LONGEST), name=wanted.name, target=target)
    failed = result.failed is True
    outcome, symptom = (Outcome.FAIL, Symptom.PLUGIN_FAILED) if failed else (Outcome.PASS, None)
    return check_of(facts, outcome, symptom, name=wanted.name, target=target)


def _plain(values: object) -> dict[str, Value]:
    """The first of them, in their order: texts escaped and cut, numbers that can be written; what is anything else is left out."""
    if not hasattr(values, "items"):
        return {}
    kept: dict[str, Value] = {}
    for key, value in values.items():
        if len(kept) == MOST_VALUES:
            break
        if isinstance(value, str):
            kept[escape(str(key), 40)] = escape(value, LONGEST)
        elif (
            isinstance(value, bool)
            or (isinstance(value, int) and abs(value) < 2**53)
            or (isinstance(value, float) and math.isfinite(value))
        ):
            kept[escape(str(key), 40)] = value
    return kept
