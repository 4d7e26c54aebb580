"""One machine for all tests, with the package installed offline, and the table of what was seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.world import World
from tests.system.machine import Machine
from tests.system.service import WRITTEN, Service
from tests.system.tree import ROOT, SUITE, overlaid

INTRODUCTION = """# What the service survived

Written by `make test-system` (`tests/system`): a Debian 12 of its own with systemd as its first process, in a container whose network
is a small healthy world. The package is installed there with no network but that. After each line the service was running, and the
status file whole, fresh and true.

"""
_rows: list[tuple[str, str]] = []


def package(version: str) -> Path:
    """Built anew, so that it is of this source."""
    environment = os.environ | {"VERSION": version}
    done = subprocess.run(["bash", "tools/package.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    architecture = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
    return ROOT / "build" / f"posdiag_{version}_{architecture}.deb"


@pytest.fixture(scope="session")
def packages() -> dict[str, Path]:
    """By version."""
    return {version: package(version) for version in ("0.1.0", "0.1.1")}


@pytest.fixture(scope="session")
def service(packages: dict[str, Path]) -> Iterator[Service]:
    (ROOT / "build").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="system.", dir=ROOT / "build"))
    try:
        with World() as world, overlaid(folder) as tree:
            machine = Machine(tree, world.terminal)
            try:
                yield Service(machine, world, packages)
            finally:
                machine.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def seen() -> Callable[[str, str], None]:
    """Notes a line of the table: what was done to the machine, and what was seen."""

    def note(done: str, what: str) -> None:
        _rows.append((done, what))

    return note


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """The table stands in the documents only where it is whole, and of Debian 12."""
    if not _rows:
        return
    lines = ["| done | seen |", "|---|---|", *(f"| {done} | {what} |" for done, what in _rows)]
    if exitstatus == 0 and len(_rows) >= WRITTEN and SUITE == "bookworm":
        text = INTRODUCTION
        (ROOT / "docs" / "service-faults.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n" + "\n".join(lines))
