"""`python -m tests.lab.month` (as root): plays a month, prints it beside its record, and keeps the table of docs/accuracy.md.

`--seed N`: another month. `--faults N`: so many. `--keep FOLDER`: what `posdiag history` shows of it, and the state directory.
Only the month of the usual seed and length is kept for docs/accuracy.md, by `--write`; `make lab` does so.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from tests.lab.month import results
from tests.lab.month.judge import judged
from tests.lab.month.play import Truth, play
from tests.lab.month.schedule import FAULTS, schedule, short


def _say(truth: Truth) -> None:
    print(f"{truth.number:3} {truth.kind}: {truth.mend} {truth.strike} {truth.trouble}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.month", description=__doc__)
    parser.add_argument("--seed", type=int, default=results.SEED)
    parser.add_argument("--faults", type=int, default=FAULTS)
    parser.add_argument("--short", action="store_true", help="a few faults, as `make test` plays them")
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--write", default="", metavar="NAME", help="keep the result under this name (first, today)")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    began = time.monotonic()
    faults = short() if options.short else schedule(options.seed, options.faults)
    month = play(faults, options.seed, _say, options.keep)
    found = results.result(options.seed, judged(month), month, time.monotonic() - began)
    print("\n".join(results.lines(found)))
    if options.write:
        results.keep(options.write, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
