"""`posdiag check --beside` at a real adbd: what it tells, what it reaches, and what becomes of a device that goes away."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adb.phone import TREE, Phone
from tests.support.android.terminal import AndroidTerminal

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not (TREE / "usr/bin/adb").exists(), reason="needs root and Debian's adbd: run `make test-adb` as root"
)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    with Phone(tmp_path) as made:
        yield made


def document(phone: Phone) -> dict[str, Any]:
    done = phone.check("--json")
    assert done.stderr == b"", done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_terminal_that_is_well_and_one_whose_host_refuses(phone: Phone) -> None:
    phone.says(AndroidTerminal())
    host = phone.serve(8583)
    well = document(phone)
    checks = {check["id"]: check for check in well["checks"]}
    assert (well["can_pay"], well["cause"]) == ("yes", None), well["causes"]
    assert checks["gateway:acquirer-a"]["facts"]["vantage"] == "device"
    assert checks["system:memory"]["facts"]["total_mb"] > 100, "of /proc/meminfo itself"
    host.kill()
    host.wait()
    refused = document(phone)
    assert (refused["can_pay"], refused["cause"]) == ("no", "system.gateway_down")


@pytest.mark.parametrize(
    ("terminal", "cause"),
    [
        (AndroidTerminal(sim="ABSENT"), "operator.sim_missing"),
        (AndroidTerminal(airplane=True), "operator.radio_off"),
        (AndroidTerminal(app=False), "system.payment_app_down"),
    ],
    ids=str,
)
def test_what_is_wrong_with_it(phone: Phone, terminal: AndroidTerminal, cause: str) -> None:
    phone.says(terminal)
    phone.serve(8583)
    found = document(phone)
    assert (found["can_pay"], found["cause"]) == ("no", cause), found["causes"]


def test_one_that_goes_away_and_comes_back(phone: Phone) -> None:
    phone.says(AndroidTerminal())
    phone.serve(8583)
    phone.end_adbd()
    gone = document(phone)
    assert gone["can_pay"] == "unknown" and gone["checks"][0]["outcome"] == "unknown"
    phone.begin_adbd()
    phone.connect()
    assert document(phone)["can_pay"] == "yes"


def test_an_adb_server_of_our_own(phone: Phone, tmp_path: Path) -> None:
    """On a socket in a private directory, with a key of its own, and gone with the command."""
    phone.says(AndroidTerminal())
    phone.serve(8583)
    phone.run("usr/bin/adb", "kill-server")
    done = phone.check("--json", keys="adb_start = true")
    found = json.loads(done.stdout)
    assert (done.stderr, found["can_pay"], found["cause"]) == (b"", "yes", None), found["causes"]
    assert (tmp_path / "adb/key").stat().st_mode & 0o777 == 0o600 and (tmp_path / "adb").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "adb/server").exists() and not (tmp_path / "adb/server.pid").exists()
    ports = [line.split()[4].rpartition(":")[2] for line in phone.listening().splitlines() if line.startswith(("tcp", "udp"))]
    assert sorted(ports) == ["5555", "8583"], "the terminal's own, and its host's"


def test_no_adb_server(phone: Phone) -> None:
    phone.run("usr/bin/adb", "kill-server")
    found = document(phone)
    assert (found["can_pay"], found["checks"][0]["symptom"]) == ("unknown", "no_adb")
