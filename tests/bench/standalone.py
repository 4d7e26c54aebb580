"""What the standalone archive costs beside the package: its size, and how much longer an examination takes. As root, after
`make test-standalone`; with --write into `docs/performance.md`.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.standalone.archive import BUILD, ROOT, VERSION
from tests.standalone.both import examined, of_package, of_standalone
from tests.support.world import World, faults

DOCUMENT = ROOT / "docs/performance.md"
TITLE = "## Without Python"
MOST_MIB, MOST_S = 20, 0.3
INTRODUCTION = """By `python -m tests.bench.standalone --write`: the archive that brings Python along (`make standalone`) beside the package
on Debian's Python, in the same worlds, {runs} examinations each, in turns; from outside, with entering the root. What was compared on
amd64 was not measured elsewhere: emulation says nothing about it."""


def sizes() -> list[str]:
    lines = ["| `ARCH` | archive, MiB | goal | unpacked, MiB |  |", "|---|---|---|---|---|"]
    for arch in ("amd64", "arm64", "armhf"):
        archive = BUILD / f"posdiag-standalone_{VERSION}_{arch}.tar.xz"
        if archive.exists():
            mib = archive.stat().st_size / 2**20
            with tarfile.open(archive) as packed:
                whole = sum(member.size for member in packed) / 2**20
            lines.append(f"| {arch} | {mib:.1f} | {MOST_MIB} | {whole:.1f} | {'reached' if mib <= MOST_MIB else '**not reached**'} |")
    return lines


def examinations(runs: int) -> list[str]:
    head = ["| world | package, s | standalone, s | difference, s | goal, s | CPU of each, s |  |", "|---|---|---|---|---|---|---|"]
    return [*head, *(compared(name, fault, runs) for name, fault in (("healthy", None), ("cable out", faults.cable_out)))]


def compared(name: str, fault: Callable[[World], None] | None, runs: int) -> str:
    with World() as world, TemporaryDirectory(prefix="posdiag-both-") as folder:
        if fault:
            fault(world)
        roots = [made(Path(folder)) for made in (of_package, of_standalone)]
        wall: list[list[float]] = [[], []]
        cpu: list[list[float]] = [[], []]
        for turn in range(runs + 1):
            for which, root in enumerate(roots):
                before, start = used(), time.monotonic()
                done = examined(root, world)
                taken, spent = time.monotonic() - start, used() - before
                assert done.stdout, done.stderr
                if turn:  # the first reads the files
                    wall[which].append(taken)
                    cpu[which].append(spent)
    package, standalone = map(statistics.median, wall)
    more = standalone - package
    of_each = " and ".join(f"{statistics.median(each):.2f}" for each in cpu)
    reached = "reached" if more <= MOST_S else "**not reached**"
    return f"| {name} | {package:.2f} | {standalone:.2f} | {more:+.2f} | at most {MOST_S} | {of_each} | {reached} |"


def used() -> float:
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.standalone", description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    parts = [INTRODUCTION.format(runs=options.runs), "\n".join(sizes()), "\n".join(examinations(options.runs))]
    section = f"{TITLE}\n\n" + "\n\n".join(parts) + "\n"
    print(section)
    if options.write:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(f"\n{TITLE}\n")
        following = re.search(r"^## ", rest, re.MULTILINE)
        after = f"\n{rest[following.start() :]}" if following else ""
        DOCUMENT.write_text(f"{before.rstrip()}\n\n{section}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
