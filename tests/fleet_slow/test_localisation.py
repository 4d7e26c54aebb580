"""docs/fleet-accuracy.md is what comes of its seed; and it is right often enough."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fleet.accuracy.document import tried, written
from tests.fleet.accuracy.fleets import TRIALS
from tests.fleet.accuracy.judging import summed

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "fleet-accuracy.md"


def test_the_table_is_what_comes_of_its_seed_and_right_often_enough() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    told = re.search(r"--seed\s+(\d+)", text)
    assert told
    base = int(told[1])
    tallies = {trial.name: tried(trial, base) for trial in TRIALS}
    assert written(tallies, base) == text, "python -m tests.fleet.accuracy --write makes it anew, from another seed"
    total = summed([*tallies.values()])
    assert total.exact >= 0.97 * total.true
    assert total.false <= 0.05 * total.reported
    assert tallies["quiet"].fleets == 200
    assert tallies["quiet"].reported == 0
