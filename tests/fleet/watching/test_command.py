"""`posdiag fleet watch` as people and systemd start it: what it refuses, a whole day in small at a real Alertmanager, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from agent.fleet.model.row import Row
from tests.fleet.made.written import document
from tests.support.command_line import environment, posdiag
from tests.support.patience import PATIENCE_S, until
from tests.support.servers.alert_receiver import alertmanager

sequences = count(1)


def laid(folder: Path, failing: int) -> None:
    """Sixty terminals, of which so many of the twenty at one host fail."""
    now = int(time.time())
    for number in range(60):
        fails = number % 3 == 0 and number // 3 < failing
        cause = "system.gateway_down" if fails else ""
        row = Row(
            id=f"T-{number:02d}",
            sequence=next(sequences),
            generated=now,
            valid_until=now + 180,
            received=now,
            since=now - 600,
            state=2 if fails else 0,
            can_pay=0 if fails else 1,
            cause=cause,
            causes=(cause,) if fails else (),
            attributes={"host": f"gw-{number % 3}"},
        )
        draft = folder / ".draft"
        draft.write_bytes(document(row))
        draft.rename(folder / f"{row.id}.json")


@contextmanager
def watching(*argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """It is told of no address but the receiver's on loopback, and asks for none."""
    command = [sys.executable, "-m", "agent", "fleet", "watch", *argv, "--lang", "en"]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/")
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_fault_begins_grows_and_ends_as_one_alert_of_a_real_alertmanager(tmp_path: Path) -> None:
    source, metrics = tmp_path / "collected", tmp_path / "fleet.prom"
    source.mkdir()
    laid(source, 0)
    with alertmanager(tmp_path / "alertmanager") as real:
        arguments = (str(source), "--store", str(tmp_path / "store"), "--metrics", str(metrics), "--alertmanager", real.url, "--every", "1")
        with watching(*arguments) as process:
            laid(source, 12)
            until(lambda: [each["annotations"]["failing"] for each in real.alerts()] == ["12"])
            laid(source, 20)
            until(lambda: [each["annotations"]["failing"] for each in real.alerts()] == ["20"])
            assert 'posdiag_fleet_faults{family="gateway",severity="critical"} 1' in metrics.read_text()
            assert json.loads((tmp_path / "store" / "fleet.json").read_bytes())["faults"][0]["failing"] == 20
            laid(source, 0)
            until(lambda: real.alerts() == [])
            until(lambda: [status for _, status in real.notified()] == ["firing", "resolved"], lambda: str(real.notified()))
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    begun, over = errors.decode().splitlines()
    assert "host out of service: 12 of 20 on host gw-0" in begun
    assert over.endswith("is over: host gw-0")
    assert "posdiag_fleet_up 0" in metrics.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_while_it_waits(tmp_path: Path, number: signal.Signals) -> None:
    laid(tmp_path, 0)
    answer = tmp_path / "out.txt"
    with watching(str(tmp_path), "-o", str(answer), "--every", "86400") as process:
        until(answer.exists)
        process.send_signal(number)
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, b"")
    assert json.loads(answer.read_bytes())["totals"]["terminals"] == 60


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (lambda folder: ["-", "-o", "x.json"], b"a source cannot be -"),
        (lambda folder: [folder], b"somewhere to write to"),
        (lambda folder: [folder, "-o", "x.json", "--every", "0"], b"--every needs 1 to 86400 seconds"),
        (lambda folder: [folder, "-o", "x.json", "--every", "nan"], b"--every needs 1 to 86400 seconds"),
        (lambda folder: [folder, "-o", "-"], b"-o"),
        (lambda folder: [folder, "--alertmanager", "127.0.0.1:9093"], b"--alertmanager needs http://host:port"),
        (lambda folder: [folder, "--alertmanager", "http://a:9093,http://b:99999"], b"not"),
        (lambda folder: [f"{folder}/nowhere", "-o", "x.json"], b"cannot be read"),
    ],
)
def test_what_cannot_be_is_said_at_once(tmp_path: Path, words: Callable[[str], list[str]], said: bytes) -> None:
    done = posdiag("fleet", "watch", *words(str(tmp_path)), "--lang", "en")
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert said in b" ".join(done.stderr.split())


def test_every_member_of_a_cluster_of_the_settings_is_checked(tmp_path: Path) -> None:
    settings = tmp_path / "fleet.toml"
    settings.write_text('alertmanager = "http://127.0.0.1:9093,http://127.0.0.1:99999"\n')
    done = posdiag("fleet", "watch", str(tmp_path), "--config", str(settings), "--lang", "en")
    assert done.returncode == 3
    assert b"alertmanager" in done.stderr
    assert b"Traceback" not in done.stderr
