"""`python -m tests.lab.field --batch N` (as root): first contact of a batch with the code as it is, recorded for good.

Without a batch, every batch meets the code of today, and docs/accuracy.md shows both. `python -m tests.lab.field NAME…` plays the
worlds whose names contain one of the words, and writes nothing; `--make` makes worlds without asking posdiag about them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.lab import grounds
from tests.lab.field import BATCHES, ERRATA, REPORTS, SCENARIOS, records, table
from tests.lab.field.entry import Report
from tests.lab.field.scoring import Outcome, Score
from tests.lab.pool import play_all
from tests.support.world import World

ACCURACY = records.ROOT / "docs" / "accuracy.md"


def meet(reports: Sequence[Report], beside: int, *, why: bool = False) -> tuple[Outcome, ...]:
    numbers = [REPORTS.index(report) for report in reports]
    played = play_all(numbers, beside, lambda *_: None, of="tests.lab.field")
    if why:
        print("\n\n".join(f"{each.name}\n{each.text}" for each in played.values()), flush=True)
    return tuple(Outcome.of(REPORTS[number], played[number]) for number in numbers)


def say(outcomes: Sequence[Outcome]) -> None:
    for each in outcomes:
        if not each.right or not each.state_right:
            said = each.first + (f" {each.guess.candidates}" if each.guess and each.guess.candidates else "")
            expected = ", ".join(each.expected) or "healthy"
            mark = "wrong" if not each.right else "state"
            print(f"{mark}  {each.name}: {expected} {each.states}, said {said} {each.confidence:.2f} [{each.state}]")
    print(Score.of(outcomes))


def make_only(reports: Sequence[Report], command: str) -> None:
    """Whether a world is what its report says is looked at with other tools than the one that is tried."""
    for report in reports:
        with World(**report.scenario.world) as world:
            report.scenario.arrange(world)
            report.scenario.make(world)
            print(f"made  {report.name}", flush=True)
            if command:
                subprocess.run(["ip", "netns", "exec", world.terminal, "sh", "-c", command], check=False)


def publish(path: Path = ACCURACY) -> None:
    """Writes both sections anew, where they stand or at the end."""
    text = path.read_text(encoding="utf-8")
    text = _with(text, grounds.TITLE, grounds.section(records.all_first()))
    path.write_text(_with(text, table.TITLE, table.section(records.all_first(), records.today(), ERRATA)), encoding="utf-8")


def _with(text: str, title: str, section: str) -> str:
    before, _, rest = text.partition(title)
    after = rest.partition("\n## ")
    return before.rstrip("\n") + "\n\n" + section + "\n" + (f"\n## {after[2]}" if after[1] else "")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.field", description=__doc__)
    parser.add_argument("names", nargs="*", help="only worlds whose names contain one of these words; nothing is written")
    parser.add_argument("--batch", type=int, choices=sorted(BATCHES), help="the batch that meets the code for the first time")
    parser.add_argument("--beside", type=int, default=3, help="worlds at a time (default 3)")
    parser.add_argument("--why", action="store_true", help="show every check of each world played")
    parser.add_argument("--make", nargs="?", const="", metavar="COMMAND", help="make the worlds, run this at the terminal, play nothing")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    chosen = [
        r for r in (BATCHES[options.batch] if options.batch else REPORTS) if not options.names or any(w in r.name for w in options.names)
    ]
    if options.make is not None:
        make_only(chosen, options.make)
        return 0
    if options.batch and not options.names and records.path_of(options.batch).exists():
        print(f"error: batch {options.batch} has met the code before; without --batch all meet it again", file=sys.stderr)
        return 1
    outcomes = meet(chosen, options.beside, why=options.why)
    say(outcomes)
    if options.names:
        return 0
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    record = records.Record(batch=options.batch or 0, commit=records.commit(), date=date, outcomes=outcomes)
    if options.batch:
        print(records.write_first(record).relative_to(records.ROOT))
    else:
        records.write_today(record)
    publish()
    return 0


assert len(SCENARIOS) == len(REPORTS)

if __name__ == "__main__":
    sys.exit(main())
