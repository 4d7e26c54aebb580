"""Whatever a plug-in is or answers: a check, unknown with the reason where it is none, bounded, and safe to be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.contract.checks import values_of
from agent.examination.runner import Task, run
from probes import plugged
from probes.ground.deadline import Deadline
from probes.ground.text import is_safe
from probes.model import Check, Facts, Kind, Layer, Outcome, Symptom
from probes.model.facts import PluginFacts
from probes.settings import Plugin
from tests.support.patience import PATIENCE_S


@pytest.fixture(autouse=True)
def found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(site))


def asked(name: str, **settings: object) -> list[Check[Facts]]:
    wanted = Plugin(name=name, settings=settings)
    return run([Task.of(Kind.PLUGIN, name, lambda deadline: plugged.probe(wanted, deadline), PATIENCE_S)], Deadline(PATIENCE_S))


@pytest.mark.parametrize(
    ("with_", "why"),
    [
        ("none", "the plug-in answers gave a NoneType where a PluginResult belongs"),
        ("number", "gave a int where a PluginResult belongs"),
        ("text", "gave a str where a PluginResult belongs"),
        ("table", "gave a dict where a PluginResult belongs"),
        ("odd", "gave a Odd where a PluginResult belongs"),
        ("among", "gave a Odd where a PluginResult belongs"),
        ("target", "a target has to be a text, not a int"),
        ("same", "two results for the same target: a"),
        ("outcome", "'splendid' is no outcome: pass, warn, fail, skip, unknown"),
        ("no outcome", "an outcome has to be a text, not a list"),
        ("symptom", "'eaten' is no symptom of the vocabulary: own words stand in a Bilingual"),
        ("no symptom", "a symptom has to be a text, not a int"),
        ("one language", "has to be said in both languages"),
        ("no words", "each language has to be a text, not a int"),
        ("because", "a reason has to be a text, not a bytes"),
        ("values", "its values are a list, and should be a table by name"),
        ("list", "its value a is a list: numbers, texts, true and false can be shown"),
        ("name", "the name of a value has to be a text, not a int"),
    ],
)
def test_an_answer_that_is_none_is_unknown_and_says_why(with_: str, why: str) -> None:
    (check,) = asked("answers", **{"with": with_})
    assert (check.id, check.outcome, check.symptom) == ("plugin:answers", Outcome.UNKNOWN, Symptom.CRASHED)
    assert why in (check.because or "") and check.facts.text == check.because


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("misnamed", "gives another as its name"),
        ("path", "has the layer gateway, which is none of system, serial, app"),
        ("nameless", "has to be a Bilingual, not a str"),
        ("function", "is a function where a PluginProbe belongs"),
        ("forgotten", "AttributeError"),
        ("broken", "the plug-in broken cannot be imported (No module named 'posdiag_example_that_is_not_there')"),
        ("lacks", "the plug-in lacks cannot be imported (No module named 'posdiag_example_needs_this')"),
        ("halfway", "KeyboardInterrupt"),
    ],
)
def test_one_that_is_no_plugin_is_unknown_and_says_why(name: str, why: str) -> None:
    (check,) = asked(name, inside_c=20)
    assert (check.id, check.outcome, check.symptom) == (f"plugin:{name}", Outcome.UNKNOWN, Symptom.CRASHED)
    assert why in (check.because or "")


def test_what_it_says_is_cut_and_shows_as_itself() -> None:
    (check,) = asked("hostile")
    assert isinstance(check.facts, PluginFacts) and check.outcome is Outcome.PASS
    values = check.facts.values
    assert len(values) < plugged.MOST_VALUES, "of the first ones, those that can be written"
    assert not {"nan", "huge"} & set(values) and values["large"] == float(2**60)
    texts = [check.id, check.target, *values, *(value for value in values.values() if isinstance(value, str))]
    assert all(len(text) <= plugged.LONGEST and all(map(is_safe, text)) for text in texts)


def test_of_an_answer_that_never_ends_the_first_results_are_kept() -> None:
    checks = asked("endless")
    assert len(checks) == plugged.MOST_RESULTS
    assert [bool(check.facts.text) for check in checks] == [False] * (plugged.MOST_RESULTS - 1) + [True]
    assert all(len(str(values_of(check.facts))) < 10_000 for check in checks)


def test_its_settings_are_its_own_copy() -> None:
    wanted = Plugin(name="shelves", settings={"shelves": ["fine"]})
    for _ in range(2):
        (check,) = plugged.probe(wanted, Deadline(PATIENCE_S))
        assert (check.outcome, check.layer, check.target) == (Outcome.PASS, Layer.SERIAL, "shelf 1")
        assert check.facts.values == {}, "what is not known is left out"


def test_one_that_is_gone_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    (check,) = asked("cabinet", inside_c=20)
    assert (check.outcome, check.symptom) == (Outcome.UNKNOWN, Symptom.UNSUPPORTED)
