"""Measures everything, one subject after another, and writes `docs/performance.md`."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.bench import check, ending, load, onset, rare, report, years

OF_THE_FLEET = "## The fleet"
TARGET = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=7, help="runs of each command (default 7)")
    parser.add_argument("--minutes", type=float, default=15, help="of work that is measured (default 15)")
    parser.add_argument("--cycles", type=int, default=1000, help="for the memory over many cycles, a second each (default 1000)")
    parser.add_argument("--hour", action="store_true", help="one fault more, which only the application shows: takes an hour")
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(1) as beside:
        hour = beside.submit(onset.the_long_one) if options.hour else None
        _measure(options, hour)
    return 0


def _measure(options: argparse.Namespace, hour: Future[onset.Onset] | None) -> None:
    print("the command …", flush=True)
    checks, plugins = check.ours(options.runs), check.theirs(options.runs)
    print("faults, up to four minutes …", flush=True)
    onsets = onset.measure()
    print(f"work, {options.minutes:g} minutes, and memory, {options.cycles} cycles …", flush=True)
    with ThreadPoolExecutor(1) as beside:
        aged = beside.submit(lambda: list(years.measure(years.steps(options.cycles)))) if options.cycles else None
        worked = load.measure(options.minutes * 60)
        memory = aged.result() if aged else []
    rarely, ended = rare.measure(sys.executable), ending.measure(options.runs)
    if hour is not None:
        print("the rest of the hour …", flush=True)
        onsets.append(hour.result())
    text = report.write(worked, options.minutes * 60, rarely, checks, plugins, onsets, memory, ended)
    kept = options.output.read_text(encoding="utf-8").partition(f"\n{OF_THE_FLEET}") if options.output.exists() else ("", "", "")
    options.output.write_text(text + kept[1] + kept[2], encoding="utf-8")  # what commands of their own measure stands after it
    print(f"written: {options.output}")


if __name__ == "__main__":
    sys.exit(main())
