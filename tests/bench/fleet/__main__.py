"""Makes fleets as files, has `posdiag fleet` read and judge them, and prints what that costs beside references of the same run."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.fleet.measured import Cost, changed, counted, looked, made, run
from tests.bench.fleet.report import Row, table, written
from tests.support.documented import ROOT

TARGET = ROOT / "docs/performance.md"
LANGUAGE = ("--lang", "en")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fleet", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="terminals of the smaller fleet; the larger one has ten times as many")
    parser.add_argument("--faults", type=int, default=6)
    parser.add_argument("--runs", type=int, default=3, help="of each, of which the cheapest counts")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="posdiag-bench.") as folder:
        rows = list(measured(Path(folder), options.size, options.faults, options.runs))
    print(table(rows))
    if options.write:
        TARGET.write_text(written(TARGET.read_text(encoding="utf-8"), rows, options.size), encoding="utf-8")
        print(f"written: {TARGET}")
    return 0


def measured(folder: Path, size: int, faults: int, runs: int) -> Sequence[Row]:
    """A goal is of 100,000 and 1,000,000 terminals; fewer are only a trial."""
    tree, lines, many, store = folder / "tree", folder / "fleet.ndjson", folder / "many.ndjson", folder / "store"
    rows = []

    def row(what: str, goal_s: float, cost: Cost, reference: str, other: Cost, goal_mib: float | None = None) -> None:
        rows.append(Row(what, goal_s, goal_mib, cost, reference, other))
        print(
            f"{what}: {cost.cpu_s:.2f} CPU s, {cost.wall_s:.2f} s, {cost.peak_mib:.0f} MiB; {reference}: {other.cpu_s:.2f} CPU s",
            flush=True,
        )

    print("making files …", flush=True)
    made(tree, "tree", size, faults)
    scan = ("fleet", "scan", *LANGUAGE)
    row(f"{size:,} files in a tree", 8, best(runs, *scan, str(tree)), "json of the standard library", counted(tree), 120)
    first = run(*scan, str(tree), "--store", str(store))
    print(f"  the first scan with --store: {first.cpu_s:.2f} CPU s, {first.peak_mib:.0f} MiB", flush=True)
    again = [_again(tree, store, scan, number) for number in range(runs)]
    row("the same again, 1 % changed, with `--store`", 2, min(again, key=lambda cost: cost.cpu_s), "the first scan with `--store`", first)
    row(
        "the same, beside a look at each file alone", 2, min(again, key=lambda cost: cost.cpu_s), "`find -printf '%T@ %s %i'`", looked(tree)
    )
    remove(tree)
    made(lines, "documents", size, faults)
    row(f"{size:,} documents as NDJSON", 5, best(runs, *scan, str(lines)), "json of the standard library", counted(lines))
    lines.unlink()
    made(many, "summaries", 10 * size, faults)
    row(f"{10 * size:,} summaries as NDJSON", 40, best(1, *scan, str(many)), "json of the standard library", counted(many))
    many.unlink()
    for goal_s, terminals in ((0.5, size), (5.0, 10 * size)):
        ours, other = localised(terminals, faults)
        row(f"localisation of {terminals:,} terminals, read already", goal_s, ours, "counting each attribute once in Python", other)
    return rows


def _again(tree: Path, store: Path, scan: Sequence[str], number: int) -> Cost:
    changed(tree, 100, number)
    return run(*scan, str(tree), "--store", str(store))


def best(runs: int, *words: str) -> Cost:
    return min((run(*words) for _ in range(runs)), key=lambda cost: cost.cpu_s)


def remove(tree: Path) -> None:
    import shutil

    shutil.rmtree(tree)


def localised(terminals: int, faults: int) -> tuple[Cost, Cost]:
    from tests.bench.fleet.measured import python

    ours, other = python("tests.bench.fleet.localised", str(terminals), str(faults))
    return ours, other


if __name__ == "__main__":
    raise SystemExit(main())
