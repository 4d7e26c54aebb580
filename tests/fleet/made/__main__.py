"""Writes a made fleet as files, and its truth to standard output: `python -m tests.fleet.made --size 1000 --faults 3 -o /tmp/fleet`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import msgspec

from tests.fleet.made.fleet import Made, made
from tests.fleet.made.written import documents_of, summaries_of, write_lines, write_tree

KINDS = ("tree", "documents", "summaries")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fleet.made", description=__doc__)
    parser.add_argument("--size", type=int, default=1000, help="terminals")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same fleet")
    parser.add_argument("--faults", type=int, default=1, help="shared faults at once")
    parser.add_argument("--noise", type=float, default=0.02, help="share of terminals with a fault of their own")
    parser.add_argument("--silent", type=float, default=0.01, help="share of terminals that are off")
    parser.add_argument("--missing", type=float, default=0.0, help="share of labels left out")
    parser.add_argument("--wrong", type=float, default=0.0, help="share of labels that are wrong")
    parser.add_argument("--now", type=int, help="seconds since the epoch; this machine's clock without")
    parser.add_argument("--as", dest="kind", choices=KINDS, default="tree", help="tree: a file a terminal; else one file of lines")
    parser.add_argument("-o", dest="output", type=Path, required=True, help="a directory for a tree, a file for lines")
    given = parser.parse_args()
    fleet = made(
        given.size,
        given.seed,
        faults=given.faults,
        noise=given.noise,
        silent=given.silent,
        missing=given.missing,
        wrong=given.wrong,
        now=given.now or int(time.time()),
    )
    write(fleet, given.kind, given.output)
    sys.stdout.buffer.write(
        msgspec.json.format(msgspec.json.encode({"now": fleet.now, "totals": fleet.totals, "truth": fleet.truth})) + b"\n"
    )
    return 0


def write(fleet: Made, kind: str, output: Path) -> None:
    if kind == "tree":
        write_tree(fleet, output)
    else:
        write_lines(documents_of(fleet) if kind == "documents" else summaries_of(fleet), output)


if __name__ == "__main__":
    raise SystemExit(main())
