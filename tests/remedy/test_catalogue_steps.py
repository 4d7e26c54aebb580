"""Every step of the catalogue can be named, timed and weighed, and stands where its own numbers put it."""

from __future__ import annotations

import re
import tomllib
from itertools import product
from pathlib import Path

import pytest

from agent.diagnosis.causes import Cause
from agent.remedy import catalogue, ordering
from agent.remedy.catalogue import CatalogueError, StepTemplate, entry
from agent.remedy.here import Platform
from agent.remedy.ordering import ordered
from agent.resources import data_path
from probes.settings import UplinkKind

ID = re.compile(r"[a-z]{2,}[a-z0-9]*(_[a-z0-9]+)*")
GIVEN = Path(__file__).with_name("step_ids.txt")


def written(code: Cause) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = tomllib.loads(data_path("config", "catalogue", f"{code.value}.toml").read_text("utf-8"))["step"]
    return steps


def unconditional(step: StepTemplate) -> bool:
    checks = (step.unless, step.only_if, step.unless_failed, step.only_failed, step.seen, step.unseen)
    conditions = (*checks, step.place, step.uplink, step.platform, step.sort)
    return not any(conditions)


@pytest.mark.parametrize("code", Cause)
def test_every_step_has_a_name_its_minutes_and_its_probability(code: Cause) -> None:
    for number, step in enumerate(written(code), 1):
        lacking = {"id", "minutes", "prior"} - step.keys()
        assert not lacking, f"step {number} lacks {lacking} (docs/learning.md)"
    for each in entry(code).steps:
        assert ID.fullmatch(each.id), each.id
        assert 0.5 <= each.minutes <= 120, each.id
        assert 0 <= each.prior <= 1, each.id
    assert sum(step.prior for step in entry(code).steps if unconditional(step)) <= 1.005


@pytest.mark.parametrize("code", Cause)
def test_ids_are_unique_and_needed_ones_come_first(code: Cause) -> None:
    ids = [step.id for step in entry(code).steps]
    assert len(set(ids)) == len(ids)
    for place, step in enumerate(entry(code).steps):
        assert set(step.after) <= set(ids[:place]), step.id


def test_an_id_that_was_given_once_stays_with_its_step() -> None:
    """The register has every id ever given, by cause; one whose step was dropped stays there, with a minus before it, for good."""
    lines = [line.split() for line in GIVEN.read_text("utf-8").splitlines() if not line.startswith("#")]
    register = {code: set(ids) for code, *ids in lines}
    now = {code.value: {step.id for step in entry(code).steps} for code in Cause}
    for code, ids in now.items():
        given = register.get(code, set())
        assert ids <= given, f"{code}: new, add to {GIVEN.name}: {sorted(ids - given)}"
        gone = {each for each in given if not each.startswith("-")} - ids
        assert not gone, f"{code}: gone, put a minus before them in {GIVEN.name}, or let them be: {sorted(gone)}"
        assert not {f"-{each}" for each in ids} & given, f"{code}: given again"


@pytest.mark.parametrize("paying", [True, False])
@pytest.mark.parametrize("code", Cause)
def test_a_cause_stands_in_the_order_of_its_own_numbers(monkeypatch: pytest.MonkeyPatch, code: Cause, paying: bool) -> None:
    """So nothing moves on the third case but what the cases moved."""
    monkeypatch.setattr(ordering, "ENOUGH", 0)
    steps = entry(code).steps
    for place, kind, platform, seen in product(("line", "network"), UplinkKind, Platform, (True, False)):
        shown = [
            step
            for step in steps
            if step.place in ("", place)
            and kind in (step.uplink or UplinkKind)
            and platform in (step.platform or Platform)
            and not (step.unseen if seen else step.seen)
        ]
        assert [step.id for step in ordered(shown, {}, {}, paying=paying)] == [step.id for step in shown]


def test_a_trace_is_one_that_an_agent_can_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = '{ zh = "x", en = "x" }'
    step = f'[[step]]\nid = "pray"\ntrace = "prayed"\nwho = "cashier"\nzh = "x"\nen = "x"\nexpect = {both}\n'
    (tmp_path / "network.slow.toml").write_text(f"name = {both}\nsummary = {both}\nrecognised = {both}\n{step}")
    monkeypatch.setattr(catalogue, "data_path", lambda *parts: tmp_path / parts[-1])
    entry.cache_clear()
    try:
        with pytest.raises(CatalogueError, match="'prayed' is unknown"):
            entry(Cause.SLOW)
    finally:
        entry.cache_clear()
