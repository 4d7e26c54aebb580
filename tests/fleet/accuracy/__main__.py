"""How often the localisation is right, on made fleets: a table, with `--write` as docs/fleet-accuracy.md."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from tests.fleet.accuracy.document import rows, tried, written
from tests.fleet.accuracy.fleets import TRIALS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "fleet-accuracy.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fleet.accuracy", description=__doc__)
    parser.add_argument("--write", action="store_true", help="docs/fleet-accuracy.md, from seeds that were never used")
    parser.add_argument("--seed", type=int, help="the first seed; any other one each time without")
    parser.add_argument("--share", type=float, default=1.0, help="of the fleets of each kind, at least one (0.1)")
    parser.add_argument("--kind", choices=[trial.name for trial in TRIALS], help="only this kind of fleets")
    given = parser.parse_args()
    base = given.seed if given.seed is not None else secrets.randbelow(1 << 31)
    tallies = {trial.name: tried(trial, base, given.share) for trial in TRIALS if given.kind in (None, trial.name)}
    print(f"seed {base}", *rows(tallies), *(each for tally in tallies.values() for each in tally.wrong), sep="\n")
    if given.write:
        DOCUMENT.write_text(written(tallies, base), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
