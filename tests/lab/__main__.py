"""`make lab` (as root): plays every scenario, several worlds at a time, and writes docs/accuracy.md.

`python -m tests.lab NAME…` plays the scenarios whose names contain one of the words, and prints what went wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import msgspec

from tests.lab.play import Played
from tests.lab.pool import play_all
from tests.lab.report import report
from tests.lab.scenario import Kind, Scenario
from tests.lab.scenarios import SCENARIOS
from tests.lab.score import Judged, Steady

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "lab.json"
REPORT = ROOT / "docs" / "accuracy.md"


def _say(scenario: Scenario, played: Played) -> None:
    if scenario.kind is Kind.PASSING:
        steady = Steady(scenario, played)
        if not steady.right:
            print(f"WRONG  {scenario.name}: {steady.changes} changes, {' '.join(played.states)} | {' '.join(played.leading)}", flush=True)
        return
    judged = Judged(scenario, played)
    if not judged.right:
        truth = ", ".join(scenario.causes) or "healthy"
        said = ", ".join(f"{c.code} {c.confidence}{' (notice)' if c.severity == 'notice' else ''}" for c in played.causes) or "nothing"
        print(f"WRONG  {scenario.name}: {truth} [{'|'.join(scenario.states)}], said {said} [{played.state}]", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("names", nargs="*", help="only scenarios whose names contain one of these words; nothing is written")
    parser.add_argument("--beside", type=int, default=3, help="worlds at a time (default 3)")
    parser.add_argument("--no-times", action="store_true", help="skip the second pass, one world at a time, that the times come from")
    parser.add_argument("--why", action="store_true", help="show every check of each scenario played")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    began = time.monotonic()
    chosen = [n for n, s in enumerate(SCENARIOS) if not options.names or any(word in s.name for word in options.names)]
    played = play_all(chosen, options.beside, _say)
    if options.why:
        print("\n\n".join(f"{result.name}\n{result.text}" for result in played.values()))
    if options.names:
        return 0
    alone = {} if options.no_times else play_all([n for n in chosen if SCENARIOS[n].kind is not Kind.PASSING], 1, lambda *_: None)
    pairs = [(SCENARIOS[number], played[number]) for number in sorted(played)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode([result for _, result in pairs])))
    times = [result.seconds for result in (alone or played).values() if result.seconds]
    text = report(pairs, times=times, beside=options.beside, alone=bool(alone), took_s=time.monotonic() - began)
    REPORT.write_text(text, encoding="utf-8")
    print(f"{len(pairs)} scenarios in {time.monotonic() - began:.0f} s: {REPORT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
