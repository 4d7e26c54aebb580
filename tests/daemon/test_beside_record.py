"""What the record of a terminal beside this machine tells of it: what ended an incident, and nothing of what happened to this machine."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.commands.telling import Ear, Heard, tell, word
from agent.contract.times import parse
from agent.daemon.beside_terminal import COMPLETE_EVERY, BesideTerminal
from agent.daemon.instance_lock import alone
from agent.outputs import log
from agent.outputs.error_stream import ErrorStream
from agent.outputs.registry import open_outputs
from agent.settings.beside import settings_of
from agent.settings.load import Loaded, load
from agent.storage.atomic import make_directory
from probes.ground.clock import Clock
from tests.support.android.terminal import PACKAGE, AndroidTerminal
from tests.support.patience import PATIENCE_S
from tests.support.servers.adb import AdbServer, adb_server

CONFIG = """
[terminal]
id = "shop-17"
serial_number = "OF-THE-BOX"
hours = "{hours}"
labels = {{ model = "box", region = "south" }}
[agent]
state_dir = "{place}/state"
status_dir = "{place}/run"
log_dir = "{place}/log"
confirm = 1
interval_s = {interval_s}
[[gateway]]
name = "acquirer-a"
host = "gw-a.pay.example"
port = 8583
protocol = "tls"
[[beside]]
name = "till-2"
adb = "usb:X1"
package = "{package}"
adb_server = "{server}"
"""


APART_S = 5.0  # one look from the next


class Ahead(Clock):
    """`by`: the wall clock alone; `gone`: all of them, seconds that pass at once."""

    def __init__(self) -> None:
        self.by = self.gone = 0.0

    def wall(self) -> float:
        return time.time() + self.by + self.gone

    def running(self) -> float:
        return super().running() + self.gone


class Till:
    def __init__(self, place: Path, adb: AdbServer, *, hours: str = "", interval_s: int = 60) -> None:
        self.place, self.adb, self.clock = place, adb, Ahead()
        known = {"place": place, "package": PACKAGE, "server": adb.address, "hours": hours, "interval_s": interval_s}
        (place / "agent.toml").write_text(CONFIG.format(**known))
        self.loaded: Loaded = load(str(place / "agent.toml"))
        self.start()

    def start(self) -> None:
        settings = self.loaded.settings
        self.outputs = open_outputs(settings, ErrorStream(settings.terminal.language), self.clock, (log.make,))
        self.followed = BesideTerminal(self.loaded, self.outputs, self.clock, PATIENCE_S, settings.beside[0], once=False)

    def look(self, terminal: AndroidTerminal) -> dict[str, Any]:
        self.adb.answers = terminal.answer
        self.clock.gone += APART_S
        self.followed.look(0.0)
        found: dict[str, Any] = json.loads((self.place / "state/beside/till-2/status.json").read_bytes())
        return found

    def record(self, *kinds: str) -> list[dict[str, Any]]:
        lines = (self.place / "state/beside/till-2/history.ndjson").read_text().splitlines()
        return [event for event in map(json.loads, lines) if event["kind"] in kinds]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with adb_server(AndroidTerminal().answer) as adb:
        yield Till(tmp_path, adb)


@pytest.mark.parametrize(
    ("wrong", "cause", "trace"),
    [
        ({"sim": "ABSENT"}, "operator.sim_missing", "sim_changed"),
        ({"sim": "PIN_REQUIRED"}, "operator.sim_locked", "sim_changed"),
        ({"airplane": True}, "operator.radio_off", "radio_on"),
        ({"app": False}, "system.payment_app_down", "app_restarted"),
        ({"hosts": "nc: connect: Connection refused\n"}, "system.gateway_down", "host_recovered"),
    ],
    ids=str,
)
def test_what_ended_it(till: Till, wrong: dict[str, Any], cause: str, trace: str) -> None:
    till.look(AndroidTerminal())
    looks = iter(range(COMPLETE_EVERY))
    while (seen := till.look(AndroidTerminal(**wrong)))["cause"] is None:
        next(looks)
    assert seen["cause"] == cause
    assert till.look(AndroidTerminal(pid=4712))["incident"] is None
    (opened,), (closed,) = till.record("opened"), till.record("closed")
    assert (opened["cause"], closed["incident"], closed["ended_by"]["trace"]) == (cause, opened["incident"], trace)


def test_it_goes_on_over_a_restart_and_nothing_of_this_machine_happened_to_it(till: Till) -> None:
    till.look(AndroidTerminal())
    before = till.look(AndroidTerminal(sim="ABSENT"))
    till.followed.close(write=True, stopped=True)
    lies = till.place / "run/beside/till-2/status.json"
    assert json.loads(lies.read_bytes())["stopped"] and (till.place / "state/beside/till-2/status.json").is_symlink()
    till.start()
    after = till.look(AndroidTerminal(sim="ABSENT"))
    assert (after["incident"], after["since"]) == (before["incident"], before["since"]) and after["sequence"] == before["sequence"] + 1
    till.look(AndroidTerminal())
    assert [each["kind"] for each in till.record("opened", "closed")] == ["opened", "closed"]
    assert {each["what"] for each in till.record("change")} & {"boot", "system", "config", "agent", "clock"} == set()
    assert till.outputs.wait(PATIENCE_S)
    assert (till.place / "log/posdiag.log").read_text().count("[shop-17/till-2]") == 3, "a restart is no news"


def test_what_began_keeps_its_age_when_this_machines_clock_is_set(till: Till) -> None:
    till.look(AndroidTerminal())
    before = till.look(AndroidTerminal(sim="ABSENT"))
    till.clock.by = 86400.0
    till.followed.clock_moved(86400.0)
    after = till.look(AndroidTerminal(sim="ABSENT"))
    for then, now in ((before["since"], after["since"]), (before["incident"]["opened_at"], after["incident"]["opened_at"])):
        assert (parse(now) or 0) - (parse(then) or 0) == pytest.approx(86400.0, abs=0.01)


def test_its_document_holds_for_three_times_the_time_to_the_next(till: Till) -> None:
    seen = till.look(AndroidTerminal())
    written, holds, next_at = (parse(seen[key]) or 0 for key in ("generated_at", "valid_until", "next_check_at"))
    assert holds - written >= 3 * (next_at - written) > 0
    assert holds - written <= 3 * (next_at - written + 20.0), "and the longest look"


def test_it_says_nothing_of_this_machine(till: Till) -> None:
    known = till.look(AndroidTerminal())["terminal"]
    assert (known["id"], known["serial_number"], known["model"], known["machine_id"]) == ("shop-17/till-2", "X1", "PX-900", "")
    assert known["labels"] == {"region": "south"}


def test_one_that_is_switched_off_and_on(till: Till) -> None:
    till.look(AndroidTerminal())
    till.adb.state = ""
    off = till.look(AndroidTerminal())
    assert (off["cause"], off["can_pay"]) == ("operator.terminal_off", "no")
    till.adb.state = "device"
    assert till.look(AndroidTerminal())["state"] == "ok"
    assert [each["kind"] for each in till.record("opened", "closed")] == ["opened", "closed"]


def test_three_nights_on_which_it_is_switched_off_as_the_shop_is_closed(tmp_path: Path) -> None:
    """Nobody is told, nothing is an incident, and nothing of it counts; once the shop has opened it is missed."""
    with adb_server(AndroidTerminal().answer) as adb:
        till = Till(tmp_path, adb, hours="Mo-Su 08:00-20:00", interval_s=3600)
        begin = datetime.fromtimestamp(till.clock.wall()).replace(hour=12, minute=30) + timedelta(days=1)
        till.clock.gone = begin.timestamp() - till.clock.wall()
        nights = 0
        for _ in range(3 * 24):
            hour = datetime.fromtimestamp(till.clock.wall()).hour
            adb.state = "device" if 8 <= hour < 20 else ""
            seen = till.look(AndroidTerminal(clock_off_s=int(till.clock.gone)))
            assert (seen["state"], seen["incident"]) == ("ok" if adb.state else "unknown", None), hour
            nights += hour == 0
            till.clock.gone += 3600 - APART_S
        assert nights == 3 and till.record("opened", "closed") == []
        days = till.record("day")
        assert len(days) == 3 and {state for day in days for state in day["seconds"]} == {"ok"}, days
        assert all(day["can_pay"] == day["seconds"]["ok"] > 0 for day in days)
        assert till.outputs.wait(PATIENCE_S)
        assert (tmp_path / "log/posdiag.log").read_text().count("[shop-17/till-2]") == 1, "that it is well, at the start"
        adb.state = ""
        missed = till.look(AndroidTerminal(clock_off_s=int(till.clock.gone)))
        assert (missed["state"], missed["cause"]) == ("outage", "operator.terminal_off") and till.record("opened")


def test_what_was_wrong_as_the_shop_closed_is_not_over_because_it_is_switched_off(tmp_path: Path) -> None:
    with adb_server(AndroidTerminal().answer) as adb:
        till = Till(tmp_path, adb, hours="Mo-Su 08:00-20:00", interval_s=3600)
        begin = datetime.fromtimestamp(till.clock.wall()).replace(hour=19, minute=30) + timedelta(days=1)
        till.clock.gone = begin.timestamp() - till.clock.wall()
        till.look(AndroidTerminal())
        began = till.look(AndroidTerminal(sim="ABSENT"))["incident"]["id"]
        adb.state = ""
        till.clock.gone += 3600
        assert till.look(AndroidTerminal())["incident"]["id"] == began and till.record("closed") == []


def test_a_directory_that_cannot_be_written_is_said_and_no_matter_of_the_cycle(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "beside").write_text("in the way")
    with adb_server(AndroidTerminal().answer) as adb:
        till = Till(tmp_path, adb)
        till.followed.look(0.0)
        assert "beside/till-2" in till.outputs.notifier.standing() and till.outputs.files.barred_s == 0.0
        (tmp_path / "state" / "beside").unlink()
        till.look(AndroidTerminal())
        assert till.outputs.notifier.standing() == ""


def test_what_people_say_of_it_stands_in_its_document_and_what_its_record_adds_up_to(till: Till) -> None:
    till.look(AndroidTerminal())
    opened = till.look(AndroidTerminal(sim="ABSENT"))["incident"]["id"]
    own = settings_of(till.loaded, till.loaded.settings.beside[0])
    with alone(till.place / "state") as ours:  # as the service has it
        assert ours and tell(Ear.of(own), [word("called", who="technician", promised="2099-01-31", incident=opened)]) is Heard.WAITING
        looks = iter(range(100))  # it is taken in by another thread, which a look waits for only a little
        while not (seen := till.look(AndroidTerminal(sim="ABSENT")))["promises"]:
            next(looks)
    assert [each["who"] for each in seen["promises"]] == ["technician"] and not list((till.place / "state/beside/till-2/told").iterdir())
    over = till.look(AndroidTerminal())["record"]
    assert (over["incidents_by_cause"], [each["cause"] for each in over["closed"]]) == (
        {"operator.sim_missing": 1},
        ["operator.sim_missing"],
    )
    assert not (till.place / "state/told").exists()
    assert till.followed.wakers, "the next word is heard at once"


@pytest.mark.root
def test_a_folder_that_root_made_is_the_services(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    os.chown(state, 1234, 1234)
    make_directory(state / "beside" / "till-2")
    assert {(each.stat().st_uid, each.stat().st_gid) for each in (state / "beside", state / "beside/till-2")} == {(1234, 1234)}
