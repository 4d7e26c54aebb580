"""The real service with terminals beside its machine: made Android terminals, on an adb server that listens on a socket in a directory."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.isolated import command
from tests.support.patience import PATIENCE_S, until
from tests.support.servers.adb import Said, adb_server
from tests.support.staged import ROOT

pytestmark = pytest.mark.root
OVER_ADB = """
[[beside]]
name = "{name}"
adb = "usb:X1"
package = "{package}"
adb_server = "localfilesystem:{path}"
"""
_THEIRS = ("daemon.beside", "daemon.beside_terminal", "examination.beside", "probes.beside_lan", "edge.adb.shell", "android_device")
HASTE = "retry_s = 1\nconfirm = {confirm}\n"
Document = dict[str, Any]


class Service:
    """`posdiag run` in a namespace that leads nowhere, its files below `base`."""

    def __init__(self, base: Path, beside: str, *options: str, confirm: int = 2, interval_s: float = 1) -> None:
        self.base = base
        words = command(base, *options, interval_s=interval_s)
        config = base / "agent.toml"
        text = config.read_text().replace("[network]", HASTE.format(confirm=confirm) + "[network]", 1)
        config.write_text(text + beside)
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(words, cwd=ROOT, stderr=errors)

    @property
    def errors(self) -> Path:
        return self.base / "stderr"

    def document(self, name: str = "") -> Document:
        """Of a terminal beside it, or its own; empty where there is none yet."""
        path = self.base / "state" / ("beside" if name else "") / name / "status.json"
        return json.loads(path.read_bytes()) if path.exists() else {}

    def until(self, name: str, what: Callable[[Document], object]) -> Document:
        found: list[Document] = []

        def is_so() -> object:
            document = self.document(name)
            if document and what(document):
                found.append(document)
            else:
                assert self.process.poll() is None, self.errors.read_text()
            return found

        until(is_so, lambda: str(self.document(name)))
        return found[0]

    def log(self) -> str:
        path = self.base / "log" / "posdiag.log"
        return path.read_text() if path.exists() else ""

    def record(self, name: str) -> list[Document]:
        lines = (self.base / "state" / "beside" / name / "history.ndjson").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def end(self) -> str:
        """What it said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0
        return self.errors.read_text()


@contextlib.contextmanager
def service(base: Path, beside: str, *options: str, confirm: int = 2, interval_s: float = 1) -> Iterator[Service]:
    running = Service(base, beside, *options, confirm=confirm, interval_s=interval_s)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def over_adb(name: str, path: Path) -> str:
    return OVER_ADB.format(name=name, package=PACKAGE, path=path)


def test_a_card_that_is_taken_out_and_put_back_is_confirmed_told_and_recorded(tmp_path: Path) -> None:
    path = tmp_path / "adb"
    with adb_server(AndroidTerminal().answer, path=str(path)) as adb, service(tmp_path, over_adb("till-2", path)) as running:
        well = running.until("till-2", lambda d: d["state"] == "ok")
        assert (well["vantage"], well["terminal"]["id"], well["can_pay"], well["causes"]) == ("beside", "T-1/till-2", "yes", [])
        identity = {key: well["terminal"][key] for key in ("machine_id", "serial_number", "model")}
        assert identity == {"machine_id": "", "serial_number": "X1", "model": "PX-900"}, "its own, and nothing of this machine's"
        assert (tmp_path / "state" / "beside" / "till-2" / "status.json").stat().st_mode & 0o777 == 0o644

        adb.answers = AndroidTerminal(sim="ABSENT").answer
        out = running.until("till-2", lambda d: d["state"] != "ok")
        assert (out["state"], out["cause"], out["pending"], out["since"] > well["since"]) == ("outage", "operator.sim_missing", None, True)
        assert out["sequence"] > well["sequence"] and out["incident"]["cause"] == "operator.sim_missing"
        until(lambda: "[T-1/till-2] state=outage can_pay=no cause=operator.sim_missing" in running.log(), running.log)

        adb.answers = AndroidTerminal().answer
        running.until("till-2", lambda d: d["state"] == "ok" and d["incident"] is None)
        until(lambda: running.log().count("[T-1/till-2] state=ok") == 2, running.log)
        told = [(each["kind"], each.get("incident")) for each in running.record("till-2") if each["kind"] in ("opened", "closed")]
        assert told == [("opened", out["incident"]["id"]), ("closed", out["incident"]["id"])]
        assert running.document()["terminal"]["id"] == "T-1" and "[T-1] state=outage" in running.log()
        assert running.end() == ""
        ended = running.document("till-2")
        assert ended["stopped"] and (tmp_path / "state" / "beside" / "till-2" / "memory.json").exists()
        assert [each["what"] for each in running.record("till-2") if each["kind"] == "agent"] == ["started", "stopped"]


def test_what_is_not_confirmed_is_pending_and_no_news(tmp_path: Path) -> None:
    path = tmp_path / "adb"
    with adb_server(AndroidTerminal().answer, path=str(path)) as adb, service(tmp_path, over_adb("till-2", path), confirm=10) as running:
        running.until("till-2", lambda d: d["state"] == "ok")
        adb.answers = AndroidTerminal(sim="ABSENT").answer
        coming = running.until("till-2", lambda d: d["pending"])
        assert (coming["state"], coming["pending"]["state"], coming["pending"]["cause"]) == ("ok", "outage", "operator.sim_missing")
        assert "[T-1/till-2] state=outage" not in running.log()


def test_one_that_hangs_costs_the_others_time_and_no_more(tmp_path: Path) -> None:
    stuck, well = tmp_path / "stuck", tmp_path / "well"
    tables = over_adb("till-2", stuck) + over_adb("till-3", well)
    with (
        adb_server(lambda _: Said(then="hang"), path=str(stuck)) as hanging,
        adb_server(AndroidTerminal().answer, path=str(well)),
        service(tmp_path, tables) as running,
    ):
        until(lambda: hanging.asked)
        before = running.until("", bool)["sequence"]
        running.until("", lambda d: d["sequence"] >= before + 2)
        assert not running.document("till-2"), "the cycle went on while it hung"
        assert running.until("till-2", bool)["state"] == "unknown"
        first = running.until("till-3", lambda d: d["state"] == "ok")["sequence"]
        running.until("till-3", lambda d: d["sequence"] > first)
        asked = len(hanging.asked)
        until(lambda: len(hanging.asked) > asked)
        assert running.end() == "", "in the middle of a look that hangs"


def test_an_address_alone(tmp_path: Path) -> None:
    with service(tmp_path, '[[beside]]\nname = "till-4"\naddress = "192.0.2.9"\nports = [9]\n', confirm=1) as running:
        seen = running.until("till-4", lambda d: d["sequence"] >= 2)
        lan = next(check for check in seen["checks"] if check["id"] == "lan:till-4")
        assert (lan["outcome"], lan["symptom"]) == ("unknown", "no_route")
        assert (seen["can_pay"], seen["terminal"]["serial_number"]) == ("unknown", "")
        assert running.end() == ""


def test_a_cycle_alone_looks_at_them_too_and_goes_on_from_what_lay_there(tmp_path: Path) -> None:
    path = tmp_path / "adb"
    with adb_server(AndroidTerminal().answer, path=str(path)) as adb:
        for answers, state in ((AndroidTerminal().answer, "ok"), (AndroidTerminal(airplane=True).answer, "outage")):
            adb.answers = answers
            with service(tmp_path, over_adb("till-2", path), "--once") as running:
                assert running.process.wait(PATIENCE_S) == 2, "its own verdict"
                assert running.document("till-2")["state"] == state
        assert running.document("till-2")["sequence"] == 2 and "[T-1/till-2] state=outage" in running.log()


def test_where_there_is_none_it_costs_nothing(tmp_path: Path) -> None:
    words = command(tmp_path, "--once")
    at = words.index(sys.executable)
    words[at + 1 : at + 1] = ["-X", "importtime"]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False).stderr
    assert "agent.daemon.service" in said
    assert [line for line in said.splitlines() if line.endswith(_THEIRS)] == []
    assert not (tmp_path / "state" / "beside").exists()
