"""`python -m tests.bench.architectures [--write]`: each architecture's package: its size, and time and memory as far as emulation tells.

As root, after `make test-arm`, which builds the packages and unpacks the Debians; a few minutes.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tests.support.emulated import ROOT, SHOP, Emulated, package

DOCUMENT = ROOT / "docs/performance.md"
TITLE = "## Each architecture"
TREES = ("amd64-bookworm", "arm64-bookworm", "armhf-bookworm")
GOALS_MIB = {"carried": 2.5, "unpacked": 9.0}
MIB = 1024 * 1024
COLUMNS = (
    "architecture",
    "package, MiB",
    "unpacked, MiB",
    "with bytecode, MiB",
    "compiled, KiB",
    "`dpkg -i`, CPU s",
    "Python alone, CPU s",
    "`--check`, CPU s",
    "service, MiB",
)
CHECKS = 3
CYCLES = 10


class Measured(Struct, frozen=True, kw_only=True):
    """`carried`, `unpacked`, `installed`: bytes of the package, of its files, of those with the bytecode made where it is installed.
    The rest in seconds of CPU, user and system, of which a share is the emulator's; `resident_mib` counts its memory too."""

    tree: str
    carried: int
    unpacked: int
    installed: int
    install_s: float
    check_s: float
    python_s: float
    resident_mib: float
    code: int


def measured(name: str, folder: Path) -> Measured:
    deb = package(name)
    with Emulated(name, folder / name) as terminal:
        before = _bytes(terminal.root)
        install_s = _cpu(terminal.install)
        installed = _bytes(terminal.root) - before
        terminal.configure(SHOP)
        terminal.posdiag("--check")
        check_s = statistics.median(_cpu(lambda: terminal.posdiag("--check")) for _ in range(CHECKS))
        python_s = statistics.median(_cpu(lambda: terminal.run("python3", "-ISB", "-c", "pass")) for _ in range(CHECKS))
        terminal.start()
        while (status := terminal.status()) is None or status["sequence"] < CYCLES:
            assert terminal.running(), "the service ended"
            time.sleep(0.2)
        resident_mib = _resident_mib(terminal.root)
        terminal.cut()
        code = sum(path.stat().st_size for path in (terminal.root / "opt/posdiag").rglob("*.so"))
    listed = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], capture_output=True, check=True).stdout
    sizes = subprocess.run(["tar", "-tv"], input=listed, capture_output=True, check=True).stdout.decode().splitlines()
    unpacked = sum(int(line.split()[2]) for line in sizes if line.startswith("-"))
    return Measured(
        tree=name,
        carried=deb.stat().st_size,
        unpacked=unpacked,
        installed=installed,
        install_s=install_s,
        check_s=check_s,
        python_s=python_s,
        resident_mib=resident_mib,
        code=code,
    )


def _bytes(root: Path) -> int:
    found = subprocess.run(["find", str(root), "-xdev", "-type", "f", "-printf", "%s\n"], capture_output=True, text=True, check=True)
    return sum(map(int, found.stdout.split()))


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU of all that it starts and waits for."""
    before = _children_s()
    work()
    return _children_s() - before


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident_mib(root: Path) -> float:
    """Of the service in that tree; its own pages and those that it shares, the emulator's among them."""
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "root").readlink() == root and b"posdiag\0run" in (process / "cmdline").read_bytes():
                return int(re.findall(r"^Pss:\s+(\d+)", (process / "smaps_rollup").read_text(), re.MULTILINE)[0]) / 1024
        except OSError:
            continue
    raise AssertionError(f"no service was found in {root}")


def section(found: list[Measured]) -> str:
    rows = "".join(
        f"| {each.tree.partition('-')[0]} | {each.carried / MIB:.2f} | {each.unpacked / MIB:.2f} | {each.installed / MIB:.1f} | "
        f"{each.code / 1024:,.0f} | {each.install_s:.1f} | {each.python_s:.2f} | {each.check_s:.2f} | {each.resident_mib:.1f} |\n"
        for each in found
    )
    reached = all(each.carried <= GOALS_MIB["carried"] * MIB and each.unpacked <= GOALS_MIB["unpacked"] * MIB for each in found)
    verdict = "reached" if reached else "**not reached**"
    return f"""By `python -m tests.bench.architectures --write`: each package, installed with `dpkg -i` in a Debian 12 of its architecture
(`make test-arm`) on this x86_64 machine, arm64 and armhf by qemu's emulation of single programs.

| {" | ".join(COLUMNS)} |
|---|---|---|---|---|---|---|---|---|
{rows}
Goal: a package of at most {GOALS_MIB["carried"]:g} MiB, unpacked at most {GOALS_MIB["unpacked"]:g}: {verdict}.
Unpacked is the sum of its files; `dpkg -i` makes the bytecode for the Python that is there.

What emulation tells: that it works, and the sizes. What it cannot tell: how long anything takes on a terminal. An emulated second is no
second of any ARM processor: qemu translates each instruction anew in each process, which costs most where a program is short, and a
Cortex-A7 is slower than this machine by another factor. Nor how much memory the service takes there: where a processor is emulated,
`service` (the proportional share of its pages, PSS) has qemu's own and its translations in it. Nothing was measured on a real ARM terminal.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.architectures", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="posdiag-architectures.", dir=ROOT / "build") as folder:
        for name in TREES:
            found.append(measured(name, Path(folder)))
            print(found[-1], flush=True)
    text = section(found)
    print(text)
    if options.write:
        head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(f"{TITLE}\n")
        after = rest[rest.find("\n## ") :] if "\n## " in rest else ""
        DOCUMENT.write_text(f"{head.rstrip()}\n\n{TITLE}\n\n{text}{after}", encoding="utf-8")
        print(f"written: {DOCUMENT}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
