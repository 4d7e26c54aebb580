"""How long `posdiag --check` takes, from the start of the process to its end: `make bench` (as root). Nothing here fails a test."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.world import World, faults


@dataclass(frozen=True)
class Case:
    name: str
    target_s: float
    expected: str | None  # the cause that the verdict names
    break_it: Callable[[World], object]


CASES = (
    Case("healthy, local servers", 0.6, None, lambda _: None),
    Case("cable out", 1.5, "operator.cable_unplugged", faults.cable_out),
    Case("every packet dropped", 8.0, "network.internet_down", faults.everything_dropped),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=5, help="runs of each case (default 5)")
    runs = parser.parse_args().runs
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    print(f"{'case':<24}{'target':>8}{'median':>8}{'worst':>8}   verdict")
    for case in CASES:
        with World() as world:
            world.check()  # once for the page cache
            case.break_it(world)
            verdicts = [world.check() for _ in range(runs)]
        seconds = sorted(v.seconds for v in verdicts)
        median = statistics.median(seconds)
        causes = {str(v.cause) if v.status else v.explain() for v in verdicts}
        mark = "" if median <= case.target_s and causes == {str(case.expected)} else "  <-- not as wanted"
        print(f"{case.name:<24}{case.target_s:>6.1f} s{median:>6.2f} s{seconds[-1]:>6.2f} s   {', '.join(sorted(causes))}{mark}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
