"""The package of each architecture in a Debian of it: installed, run, cut off from power in the middle of a write."""

from __future__ import annotations

import contextlib
import json
import os
import time

from tests.support.emulated import PATIENCE_S, SHOP, Emulated

CONFIG = SHOP.replace("[agent]\n", "[agent]\nheartbeat_s = 1\n")
PYTHONS = {"bookworm": "3.11", "trixie": "3.13", "testing": "3.14"}
CUTS = 6


def until(terminal: Emulated, sequence: int) -> int:
    """The sequence of the newest status once it is at least that."""
    end = time.monotonic() + PATIENCE_S
    while ((status := terminal.status()) is None or status["sequence"] < sequence) and time.monotonic() < end:
        assert terminal.running(), "the service ended"
        time.sleep(0.02)
    assert status is not None and status["sequence"] >= sequence, f"no status {sequence}"
    return int(status["sequence"])


def test_it_is_of_its_architecture_and_configured(terminal: Emulated) -> None:
    machine = {"amd64": "x86_64", "arm64": "aarch64", "armhf": "armv7l"}[terminal.arch]
    assert terminal.run("python3", "-c", "import os; print(os.uname().machine)").stdout == f"{machine}\n"
    assert terminal.run("python3", "--version").stdout.startswith(f"Python {PYTHONS[terminal.suite]}.")
    assert terminal.run("dpkg-query", "-W", "-f", "${Status} ${Architecture}", "posdiag").stdout == f"install ok installed {terminal.arch}"
    assert terminal.run("stat", "-c", "%U:%G %a", "/etc/posdiag/agent.toml").stdout == "root:posdiag 640\n"
    assert set(terminal.run("id", "-nG", "posdiag").stdout.split()) == {"posdiag", "posdiag-told", "dialout", "lp"}
    compiled = [each for each in terminal.files() if each.startswith("opt/posdiag/lib/") and each.endswith(".pyc")]
    assert len(compiled) > 500, "bytecode is made where it is installed"
    assert len([each for each in compiled if each.startswith("opt/posdiag/lib/agent/_python/")]) > 50
    loaded = "import sys; sys.path.insert(0, '/opt/posdiag/lib'); import msgspec._core, psutil._psutil_linux as p; print(p.__file__)"
    assert terminal.run("python3", "-ISB", "-c", loaded).stdout.startswith("/opt/posdiag/lib/psutil/")


def test_it_examines(terminal: Emulated) -> None:
    terminal.configure(CONFIG)
    status = json.loads(terminal.posdiag("--check", "--json"))
    checks = {check["id"]: check for check in status["checks"]}
    assert status["schema"] == "posdiag.status/1" and status["can_pay"] == "no"
    assert checks["system:memory"]["facts"]["available_percent"] > 0 and checks["app:payapp"]["symptom"] == "not_running"
    assert checks["gateway:acquirer"]["symptom"] == "refused"
    for language, words in (("en", "payapp"), ("zh", "payapp")):
        assert words in terminal.posdiag("--check", "--lang", language)


def test_a_cut_of_the_power_in_the_middle_of_a_write_costs_nothing(terminal: Emulated) -> None:
    terminal.configure(CONFIG)
    folder, sequence, drafts = terminal.root / "var/lib/posdiag", 0, 0
    known: list[bytes] = []
    for number in range(CUTS):
        terminal.start()
        sequence = until(terminal, sequence + 2)
        draft = False
        while number % 2 and not draft:
            assert terminal.running()
            draft = any(name.startswith(".status.json.") for name in os.listdir(folder))
        terminal.cut()
        drafts += any(name.startswith(".status.json.") for name in os.listdir(folder))
        terminal.forget()
        status = terminal.status()
        assert status is not None and status["schema"] == "posdiag.status/1" and status["sequence"] >= sequence
        lines = (folder / "history.ndjson").read_bytes().splitlines(keepends=True)
        assert lines[: len(known)] == known, "what was recorded before stays as it was"
        known = [line for line in lines if _is_whole(line)]
        assert len(lines) - len(known) <= 1, "at most the last line is half of one"
        sequence = status["sequence"]
    assert drafts, "else none hit a write"
    terminal.start()
    until(terminal, sequence + 2)
    assert not [name for name in os.listdir(folder) if name.startswith(".status.json.")], "what was left behind is swept"
    terminal.cut()
    told = json.loads(terminal.posdiag("history", "--json"))
    assert told["schema"] == "posdiag.history/1" and told["incidents"], told


def _is_whole(line: bytes) -> bool:
    with contextlib.suppress(ValueError):
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    return False


def test_its_status_in_memory(terminal: Emulated) -> None:
    """As it is installed: /run, and a link where the status always was."""
    terminal.configure(CONFIG.replace("[agent]\n", '[agent]\nstatus_dir = "/run/posdiag"\n'))
    terminal.start()
    folder = terminal.root / "run/posdiag"
    end = time.monotonic() + PATIENCE_S
    link = terminal.root / "var/lib/posdiag/status.json"
    while not ((folder / "status.json").exists() and link.is_symlink()) and time.monotonic() < end:
        assert terminal.running()
        time.sleep(0.02)
    assert os.readlink(link) == "/run/posdiag/status.json"
    terminal.cut()
    assert "payapp" in terminal.posdiag("status", "--lang", "en")
    terminal.forget()
