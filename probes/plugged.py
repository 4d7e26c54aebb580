"""The checks of a plug-in: whatever it does, what comes of it are checks of ours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from itertools import islice

from msgspec.structs import replace

from probes.edge.entry_points import Offered, offered
from probes.ground.bilingual import Bilingual
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Layer, Outcome, Symptom, check_of
from probes.model.facts import PluginFacts
from probes.plugin import API_VERSION, GROUP, LAYERS, PluginProbe, PluginResult, Value
from probes.settings import Plugin

MOST_RESULTS, MOST_VALUES = 8, 32
LONGEST, LONGEST_NAME = 200, 40  # characters of a text; of a name, and twice as many of a target and of own words
_EXACT = 2**53  # up to which every reader of JSON knows a whole number exactly
_MADE = (Outcome.PASS, Outcome.WARN, Outcome.FAIL)


class Unusable(Exception):
    """There is no such plug-in, or what it is or gives is not what the interface says. The text says what, and what to do."""

    def __init__(self, text: str, symptom: Symptom = Symptom.CRASHED) -> None:
        super().__init__(text)
        self.text, self.symptom = escape(text), symptom


def packages(name: str) -> list[str]:
    """Those that offer it; nothing of them is imported."""
    return [each.package for each in _offers(name)]


def probe(wanted: Plugin, deadline: Deadline) -> list[Check[PluginFacts]]:
    """A check for each of its results. The limits of the configuration are judged elsewhere; what the plug-in raises comes through."""
    facts = PluginFacts(plugin=wanted.name, supports=tuple(wanted.supports))
    try:
        found = _loaded(wanted.name)
        facts = facts.with_(called=_words(found.called, "is called by"))
        return list(_checks(_asked(found, wanted, deadline), facts, found.layer))
    except Unusable as fault:
        return [check_of(facts.with_(text=fault.text), Outcome.UNKNOWN, fault.symptom, fault.text, name=wanted.name)]
    except ImportError as error:
        text = escape(f"the plug-in {wanted.name} cannot be imported ({error}): install its package again, with all that it needs")
        return [check_of(facts.with_(text=text), Outcome.UNKNOWN, Symptom.CRASHED, text, name=wanted.name)]


def _offers(name: str) -> list[Offered]:
    return [each for each in offered(GROUP) if each.name == name]


def _loaded(name: str) -> PluginProbe:
    found = _offers(name)
    if not found:
        raise Unusable(f"the plug-in {name} is not installed: install its package where posdiag finds it", Symptom.UNSUPPORTED)
    if len(found) > 1:
        several = ", ".join(each.package for each in found)
        raise Unusable(f"several packages offer a plug-in {name} ({several}): remove all but one", Symptom.UNSUPPORTED)
    made = found[0].load()
    if not isinstance(made, PluginProbe):
        raise Unusable(f"the plug-in {name} is a {type(made).__name__} where a PluginProbe belongs")
    if made.api_version != API_VERSION:
        versions = f"version {made.api_version} of the interface, and this posdiag has {API_VERSION}"
        raise Unusable(f"the plug-in {name} is made for {versions}: install one that fits", Symptom.UNSUPPORTED)
    if made.name != name:
        raise Unusable(f"the plug-in {name} gives {made.name} as its name")
    if made.layer not in LAYERS:
        raise Unusable(f"the plug-in {name} has the layer {made.layer}, which is none of {', '.join(LAYERS)}")
    return made


def _asked(found: PluginProbe, wanted: Plugin, deadline: Deadline) -> list[PluginResult]:
    """One more than are kept, at most."""
    results: list[PluginResult] = []
    for result in islice(_each(found.probe(deepcopy(wanted.settings), deadline)), MOST_RESULTS + 1):
        if not isinstance(result, PluginResult):
            raise Unusable(f"the plug-in {wanted.name} gave a {type(result).__name__} where a PluginResult belongs")
        results.append(result)
    return results


def _each(answer: object) -> Iterable[object]:
    return answer if isinstance(answer, Iterable) and not isinstance(answer, Mapping | str | bytes) else [answer]


def _checks(results: list[PluginResult], facts: PluginFacts, layer: Layer) -> Iterator[Check[PluginFacts]]:
    seen: set[str] = set()
    for result in results[:MOST_RESULTS]:
        check = _check(result, facts)
        if check.id in seen:
            raise Unusable(f"the plug-in {facts.plugin} gave two results for the same target: {check.target}")
        seen.add(check.id)
        if len(seen) == MOST_RESULTS < len(results):
            check = replace(check, facts=check.facts.with_(text=f"only {MOST_RESULTS} results are kept"))
        yield replace(check, layer=Layer(layer))


def _check(result: PluginResult, facts: PluginFacts) -> Check[PluginFacts]:
    name = facts.plugin or ""
    target = escape(_text(result.target, "a target"), LONGEST_NAME * 2)
    outcome = _outcome(result.outcome)
    symptom, said = _symptom(result.symptom, outcome)
    because = escape(_text(result.because, "a reason"), LONGEST)
    if outcome not in _MADE:
        because = because or "the plug-in does not say why"
    known = facts.with_(said=said, values=dict(_values(result.values)))
    own = f"{name}:{target}" if target else name
    return check_of(known, outcome, symptom, None if outcome in _MADE else because, name=own, target=target or name)


def _outcome(given: object) -> Outcome:
    try:
        return Outcome(_text(given, "an outcome"))
    except ValueError:
        raise Unusable(f"{given!r:.100} is no outcome: {', '.join(Outcome)}") from None


def _symptom(given: object, outcome: Outcome) -> tuple[Symptom | None, Bilingual | None]:
    """One of the vocabulary, or own words with the symptom that stands for such. What passed has none."""
    if outcome in (Outcome.PASS, Outcome.SKIP):
        return None, None
    if given is None:
        return (None if outcome is Outcome.UNKNOWN else Symptom.PLUGIN_FAILED), None
    if isinstance(given, Bilingual):
        return Symptom.PLUGIN_FAILED, _words(given, "says what is wrong by")
    symptom = Symptom(_text(given, "a symptom"))
    if not symptom.known:
        raise Unusable(f"{symptom.value!r:.100} is no symptom of the vocabulary: own words stand in a Bilingual")
    return symptom, None


def _values(given: object) -> Iterator[tuple[str, Value]]:
    """The first of them, in their order; what is not known, and numbers that JSON cannot write, are left out."""
    if not isinstance(given, Mapping):
        raise Unusable(f"its values are a {type(given).__name__}, and should be a table by name")
    for name, value in islice(given.items(), MOST_VALUES):
        known = _value(name, value)
        if known is not None:
            yield escape(_text(name, "the name of a value"), LONGEST_NAME), known


def _value(name: object, value: object) -> Value:
    match value:
        case None | bool():
            return value
        case str():
            return escape(value, LONGEST)
        case int() if abs(value) <= _EXACT:
            return int(value)
        case int() | float():
            try:
                number = float(value)
            except OverflowError:
                return None
            return number if math.isfinite(number) else None
    raise Unusable(f"its value {name!s:.100} is a {type(value).__name__}: numbers, texts, true and false can be shown")


def _text(given: object, what: str) -> str:
    if not isinstance(given, str):
        raise Unusable(f"{what} has to be a text, not a {type(given).__name__}")
    return given


def _words(given: object, what: str) -> Bilingual:
    if not isinstance(given, Bilingual):
        raise Unusable(f"what it {what} has to be a Bilingual, not a {type(given).__name__}")
    zh, en = (escape(_text(each, "each language"), LONGEST_NAME * 2) for each in (given.zh, given.en))
    if not (zh.strip() and en.strip()):
        raise Unusable(f"what it {what} has to be said in both languages")
    return Bilingual(zh, en)
