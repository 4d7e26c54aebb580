"""What was acknowledged is there, whatever ends the receiver, the judging process or the disk."""

from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import threading
from pathlib import Path

import psutil
import pytest

from agent.fleet.reading import kept
from agent.fleet.serve.follow import Follower, Position
from agent.fleet.serve.journal import FOLDER, segments
from tests.support.patience import until
from tests.support.served import Served, served, summary

ONCE_A_SECOND = "[serve]\nevery_s = 1\nterminal_per_minute = 60000\n"


def pushing(server: Served, prefix: str, acknowledged: list[str], ended: threading.Event) -> None:
    """Each as soon as the one before is answered, on one connection, until the server is gone."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    number = 0
    while not ended.is_set():
        number += 1
        name = f"{prefix}-{number}"
        try:
            connection.request("POST", "/v1/status", json.dumps(summary(name)).encode(), {"Authorization": f"Bearer {server.token}"})
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return
        if response.status == 202:
            acknowledged.append(name)


@pytest.mark.parametrize("sync_s", [1, 0])
def test_kill_9_costs_nothing_that_was_acknowledged(tmp_path: Path, sync_s: int) -> None:
    server = Served(tmp_path, settings=f"{ONCE_A_SECOND}sync_s = {sync_s}\n")
    acknowledged: list[list[str]] = []
    for turn in range(3):
        server.start()
        ended = threading.Event()
        mine: list[list[str]] = [[] for _ in range(4)]
        threads = [
            threading.Thread(target=pushing, args=(server, f"T-{turn}-{at}", found, ended), daemon=True) for at, found in enumerate(mine)
        ]
        for each in threads:
            each.start()
        until(lambda: sum(map(len, mine)) > 200, server.said)  # noqa: B023 - called here and now
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        ended.set()
        for each in threads:
            each.join()
        acknowledged += mine
    names = {name for each in acknowledged for name in each}
    written = {json.loads(bytes(line.document))["id"] for line in Follower(server.store / FOLDER, Position()).lines()}
    written |= {*kept.read(server.store).table.ids}  # on a slow machine the journal of the first turn is in there already, and gone
    server.start()
    try:
        until(lambda: server.answer()["totals"]["terminals"] >= len(names), server.said)
        assert names <= written
        until(lambda: server.answer()["totals"]["terminals"] == len(written), server.said)
    finally:
        server.stop()


def test_what_a_crash_tore_is_left_out_and_said(tmp_path: Path) -> None:
    server = Served(tmp_path, settings=ONCE_A_SECOND).start()
    server.push(summary("T-1"), summary("T-2"))
    server.stop(signal.SIGKILL)
    last = segments(server.store / FOLDER)[-1]
    last.write_bytes(last.read_bytes()[:-30])
    server.start()
    try:
        server.push(summary("T-3"))
        server.until_terminals(2)
        metrics = server.ask("GET", "/metrics").body.decode()
        until(lambda: "posdiag_fleet_serve_journal_damaged_total 1" in server.ask("GET", "/metrics").body.decode(), lambda: metrics)
    finally:
        server.stop()


def test_a_full_disk_is_said_to_the_sender_and_nothing_is_acknowledged(tmp_path: Path) -> None:
    with served(tmp_path, settings=ONCE_A_SECOND) as server:
        assert server.process is not None
        assert server.push(summary("T-1")).status == 202
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (300, before[1]))
        answered = server.push(summary("T-2"), summary("T-3"))
        assert answered.status == 503
        assert int(answered.headers["retry-after"]) >= 60
        assert server.ask("GET", "/healthz").said == {"ok": False, "wrong": ["journal"]}
        assert "journal_failing 1" in server.ask("GET", "/metrics").body.decode()
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        until(lambda: server.push(summary("T-4")).status == 202, server.said)
        assert server.ask("GET", "/healthz").status == 200
        server.until_terminals(2)
        held = b"".join(path.read_bytes() for path in segments(server.store / FOLDER))
    assert b"T-2" not in held and b"T-3" not in held


def test_the_judging_process_is_started_again_and_nobody_waits_for_it(tmp_path: Path) -> None:
    with served(tmp_path, settings=ONCE_A_SECOND) as server:
        assert server.process is not None
        server.push(summary("T-1"))
        server.until_terminals(1)
        (child,) = psutil.Process(server.process.pid).children()
        child.suspend()
        assert server.push(summary("T-2")).status == 202  # it hangs
        child.kill()
        assert server.push(summary("T-3")).status == 202
        assert server.answer()["totals"]["terminals"] == 1  # what was known stays shown
        server.until_terminals(3)
        assert "started again" in server.said()


def test_the_judging_process_ends_with_the_receiver_however_that_ends(tmp_path: Path) -> None:
    server = Served(tmp_path, settings=ONCE_A_SECOND).start()
    assert server.process is not None
    server.push(summary("T-1"))
    server.until_terminals(1)
    (child,) = psutil.Process(server.process.pid).children()
    server.stop(signal.SIGKILL)
    until(lambda: not child.is_running())


def test_a_supervisor_that_ends_all_processes_at_once_costs_nothing(tmp_path: Path) -> None:
    server = Served(tmp_path, settings=ONCE_A_SECOND).start()
    assert server.process is not None
    server.push(summary("T-1"))
    server.until_terminals(1)
    (child,) = psutil.Process(server.process.pid).children()
    server.push(summary("T-2"))
    child.terminate()
    assert server.stop() == 0
    assert "started again" not in server.said()
    assert json.loads((server.store / "fleet.json").read_bytes())["totals"]["terminals"] == 2


def test_what_was_known_is_known_after_an_orderly_end_and_the_journal_is_short(tmp_path: Path) -> None:
    server = Served(tmp_path, settings=ONCE_A_SECOND)
    for turn in range(3):
        server.start()
        server.push(summary(f"T-{turn}"))
        server.until_terminals(turn + 1)
        assert server.stop() == 0
    assert sum(path.stat().st_size for path in segments(server.store / FOLDER)) < 3 * 400
    assert len(segments(server.store / FOLDER)) <= 2
    assert os.listdir(server.store)
