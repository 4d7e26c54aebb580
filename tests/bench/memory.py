"""`python -m tests.bench.memory`, as root: what one daemon, as the package starts it, takes of a machine's memory with everything on."""

from __future__ import annotations

import argparse
import os
import sys

from tests.bench import years
from tests.bench.everything import WHAT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory", description=__doc__)
    parser.add_argument("--cycles", type=int, default=150, help="a second each (default 150)")
    parser.add_argument("--mqtt", action="store_true", help="with an output to a broker besides, which needs mosquitto")
    parser.add_argument("--beside", type=int, default=0, metavar="N", help="with so many terminals beside this machine, over adb")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("error: this needs root, as it makes network namespaces", file=sys.stderr)
        return 1
    print(f"{WHAT}.\n\ncycles  alone  resident  anonymous  MiB", flush=True)
    for sample in years.measure(years.steps(options.cycles), mqtt=options.mqtt, beside=options.beside):
        memory, wrong = sample.memory, f"  not passed: {', '.join(sample.faults)}" if sample.faults else ""
        print(f"{sample.cycles:6} {memory.alone:6.2f} {memory.resident:9.2f} {memory.anonymous:10.2f}{wrong}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
