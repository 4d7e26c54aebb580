"""A tenth of the fleets of docs/fleet-accuracy.md, with seeds of its own; all of them are `tests/fleet_slow/test_localisation.py`."""

from __future__ import annotations

from tests.fleet.accuracy.document import tried
from tests.fleet.accuracy.fleets import TRIALS
from tests.fleet.accuracy.judging import summed


def test_most_faults_are_told_where_they_are_and_hardly_anything_else() -> None:
    total = summed([tried(trial, 4_000_000, 0.1) for trial in TRIALS])
    assert total.true > 50
    assert total.exact >= 0.97 * total.true, total.wrong
    assert total.false <= 0.05 * total.reported, total.wrong
    assert total.largest < 0.6 * total.true


def test_quiet_fleets_are_quiet() -> None:
    quiet = next(trial for trial in TRIALS if trial.name == "quiet")
    assert tried(quiet, 5_000_000, 0.2).wrong == []
