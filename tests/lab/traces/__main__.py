"""`make test-traces` (as root): plays every scenario of a trace and writes docs/traces.md.

`python -m tests.lab.traces NAME…` plays those whose names contain one of the words, and writes nothing.
"""

from __future__ import annotations

import argparse
import os
import sys

from tests.lab.traces.case import Result
from tests.lab.traces.cases import CASES, play_all
from tests.lab.traces.report import REPORT, keep, load, report


def _say(result: Result) -> None:
    mark = "      " if result.right else "TROUBLE" if result.trouble else "WRONG " if result.wrong else "unknown"
    missed = f" tried {result.tried} instead of {result.truly_tried}" if set(result.tried) != set(result.truly_tried) else ""
    print(
        f"{mark} {result.name}: {result.truth or '-'} / {result.said or '-'} {result.confidence} [{result.cause}]{missed} {result.trouble}",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lab.traces", description=__doc__)
    parser.add_argument("names", nargs="*", help="only scenarios whose names contain one of these words; nothing is written")
    parser.add_argument("--beside", type=int, default=3, help="worlds at a time (default 3)")
    parser.add_argument("--why", action="store_true", help="show the lines of each record")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    chosen = [n for n, case in enumerate(CASES) if not options.names or any(word in case.name for word in options.names)]
    results = play_all(chosen, options.beside, _say)
    if options.why:
        print("\n".join(f"{result.name}\n{result.record}" for result in results.values()))
    if not options.names:
        keep("today", [results[number] for number in sorted(results)])
        REPORT.write_text(report(load("first"), load("today")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
