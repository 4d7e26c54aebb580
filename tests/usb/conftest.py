"""One machine for all tests of this folder; booted once, every device unplugged after each test."""

from __future__ import annotations

import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.usb.initramfs import ROOT, initramfs
from tests.usb.kernel import kernel
from tests.usb.machine import Machine

_timings: list[tuple[str, float]] = []


@pytest.fixture(scope="session")
def booted() -> Iterator[Machine]:
    stock = kernel(ROOT / "build/usb-kernel")
    busybox = shutil.which("busybox")
    if platform.machine() != "x86_64":
        pytest.skip("the emulated machine is an x86-64 one and runs this machine's Python")
    if stock is None or busybox is None or shutil.which("qemu-system-x86_64") is None:
        pytest.skip("needs qemu-system-x86, busybox-static and Debian's kernel: run `make test-usb` as root once")
    started = time.monotonic()
    content = initramfs(stock, Path(busybox))
    _timings.append((f"making the initramfs ({len(content) // 1_000_000} MB)", time.monotonic() - started))
    with tempfile.TemporaryDirectory(prefix="posdiag-usb-") as place, Machine(stock, content, Path(place)) as machine:
        _timings.append(("booting to the first program", machine.booted_in_s))
        yield machine


@pytest.fixture
def machine(booted: Machine) -> Iterator[Machine]:
    yield booted
    booted.ask("release")
    booted.unplug_all()
    for number in (0, 1, 2):
        booted.ask("await", path=f"/dev/ttyUSB{number}", present=False)


@pytest.fixture
def timed() -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """Notes how long the guest took, for the summary."""

    def note(what: str, answer: dict[str, Any]) -> dict[str, Any]:
        _timings.append((what, answer["took_s"]))
        return answer

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what, seconds in _timings:
        terminalreporter.write_line(f"{seconds:7.2f} s  {what}")
