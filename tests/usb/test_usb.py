"""USB serial devices as a real kernel shows them: its own nodes, its own sysfs, its own driver, plugged in and out for real."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.usb.machine import OWN_PORT, SET_MODEM_LINES, Machine

Timed = Callable[[str, dict[str, Any]], dict[str, Any]]
NODE, SECOND = "/dev/ttyUSB0", "/dev/ttyUSB1"
CONVERTER = "0403:6001"
BOTH_UP, BOTH_DOWN = 0x0303, 0x0300  # DTR and RTS, as values of SET_MODEM_LINES
NOBODY = 65534
TIMES = 200
AGAIN_AND_AGAIN = f"""
import collections, json
TIMES = {TIMES}
from probes.ground.deadline import Deadline
from probes.serial_port import serial_port
from probes.settings import SerialDevice, SerialProtocol
protocols = list(SerialProtocol)[1:]
devices = [SerialDevice(name="pad", port="{NODE}", protocol=protocol) for protocol in protocols]
checks = [serial_port(devices[number % len(devices)], Deadline(6)) for number in range(TIMES)]
print(json.dumps(collections.Counter(check.symptom for check in checks)))
"""

pytestmark = pytest.mark.timeout(300)


def config(**device: str | bool) -> str:
    """A terminal without gateways and Internet, and one serial device."""
    values = {key: str(value).lower() if isinstance(value, bool) else f'"{value}"' for key, value in device.items()}
    lines = "\n".join(f"{key} = {value}" for key, value in values.items())
    serial = f'[[serial]]\nname = "pad"\nrole = "pinpad"\n{lines}\n' if device else ""
    return f'[network]\nexpect_internet = false\n[terminal]\nlanguage = "en"\n{serial}'


def pad(answer: dict[str, Any]) -> dict[str, Any]:
    assert "checks" in answer, answer
    found: dict[str, Any] = answer["checks"]["serial:pad"]
    return found


def line_changes(machine: Machine, since: int) -> list[int]:
    """What the driver told the device about DTR and RTS, in order."""
    return [value for request, value in machine.transfers()[since:] if request == SET_MODEM_LINES]


def appeared(machine: Machine, node: str = NODE) -> None:
    machine.ask("await", path=node, present=True)


def vanished(machine: Machine, node: str = NODE) -> None:
    machine.ask("await", path=node, present=False)


@pytest.mark.parametrize("described", [{"port": NODE}, {"usb": CONVERTER}, {"usb_serial": "1"}, {"port": NODE, "usb": CONVERTER}], ids=str)
def test_missing_then_plugged_in_then_unplugged(machine: Machine, timed: Timed, described: dict[str, str | bool]) -> None:
    text = config(**described)
    before = timed("examination, nothing plugged in", machine.ask("examine", config=text))
    assert pad(before)["symptom"] == "device_missing"
    assert "operator.device_unplugged" in before["causes"]

    converter = machine.plug()
    timed("from device_add to the node", machine.ask("await", path=NODE, present=True))
    there = timed("examination, plugged in", machine.ask("examine", config=text))
    check = pad(there)
    assert (check["outcome"], check["symptom"]) == ("pass", None)
    assert {key: check["facts"][key] for key in ("node", "usb", "usb_serial", "maker", "model", "label")} == {
        "node": NODE,
        "usb": CONVERTER,
        "usb_serial": "1",
        "maker": "QEMU",
        "model": "QEMU USB SERIAL",
        "label": "QEMU QEMU USB SERIAL",
    }
    assert not [code for code in there["causes"] if "device" in code or "port" in code]

    machine.unplug(converter)
    vanished(machine)
    after = timed("examination, unplugged", machine.ask("examine", config=text))
    assert pad(after)["symptom"] == "device_missing"
    assert "operator.device_unplugged" in after["causes"]


def test_the_daemon_notices_at_once(machine: Machine, timed: Timed) -> None:
    """Its next cycle is an hour away: what it knows before, it was told by the kernel."""
    assert machine.ask("start daemon", config=config(usb=CONVERTER))["symptom"] == "device_missing"
    try:
        for which in ("", ", again (held back, as for a device that resets)"):
            machine.order("notice", path=NODE, present=True)
            converter = machine.plug()
            there = machine.answer()
            assert there["symptom"] is None
            timed(f"from the node to the daemon's status file{which}", there | {"took_s": there["after_s"]})
            machine.order("notice", path=NODE, present=False)
            machine.unplug(converter)
            gone = machine.answer()
            assert gone["symptom"] == "device_missing"
            timed(f"from no node to the daemon's status file{which}", gone | {"took_s": gone["after_s"]})
    finally:
        assert machine.ask("stop daemon")["status"] == 0


def test_replugged_while_the_application_still_holds_the_old_node(machine: Machine) -> None:
    """The common way to another number: the kernel keeps ttyUSB0 for the file that is still open."""
    first = machine.plug()
    appeared(machine)
    machine.ask("hold", path=NODE)
    machine.unplug(first)
    vanished(machine)
    machine.plug()
    appeared(machine, SECOND)
    answer = machine.ask("examine", config=config(port=NODE, usb=CONVERTER))
    assert pad(answer)["symptom"] == "device_renumbered"
    assert pad(answer)["facts"]["found_at"] == SECOND
    assert "system.port_renumbered" in answer["causes"]
    assert "operator.device_unplugged" not in answer["causes"]


def test_a_twin_took_its_number(machine: Machine) -> None:
    """Two of the same make: only the serial number tells them apart."""
    machine.plug(serial="TWIN")
    appeared(machine)
    machine.plug(serial="OURS")
    appeared(machine, SECOND)
    moved = machine.ask("examine", config=config(port=NODE, usb=CONVERTER, usb_serial="OURS"))
    assert pad(moved)["symptom"] == "device_renumbered"
    assert pad(moved)["facts"]["found_at"] == SECOND
    found = machine.ask("examine", config=config(usb_serial="OURS"))
    assert (pad(found)["outcome"], pad(found)["facts"]["node"]) == ("pass", SECOND)


def test_presence_asks_nothing_of_the_device(machine: Machine) -> None:
    converter = machine.plug()
    appeared(machine)
    before = machine.transfers()
    assert before, "its driver asked nothing of it at first either: then this test sees nothing"
    answer = machine.ask("examine", config=config(port=NODE))
    assert pad(answer)["outcome"] == "pass"
    assert (machine.transfers(), converter.received()) == (before, b"")


def test_opening_writes_nothing_drops_no_line_and_changes_no_setting(machine: Machine) -> None:
    converter = machine.plug()
    appeared(machine)
    machine.ask("run", argv=["/bin/busybox", "stty", "-F", NODE, "4800", "parenb", "-hupcl"])
    found = machine.ask("settings", path=NODE)["settings"]
    before = len(machine.transfers())
    for _ in range(2):
        answer = machine.ask("examine", config=config(port=NODE, protocol="open"))
        assert (pad(answer)["outcome"], pad(answer)["facts"]["opened"]) == ("pass", True)
    assert set(line_changes(machine, before)) == {BOTH_UP}
    assert machine.ask("settings", path=NODE)["settings"] == found
    assert converter.received() == b""


def test_the_lines_stay_up_behind_the_first_examination(machine: Machine) -> None:
    """The kernel raises DTR and RTS at an opening and, with HUPCL set as after every plugging in, lowers them at the closing."""
    careless = machine.plug()
    appeared(machine)
    before = len(machine.transfers())
    machine.ask("settings", path=NODE)
    assert line_changes(machine, before) == [BOTH_UP, BOTH_DOWN]
    machine.unplug(careless)
    vanished(machine)

    machine.plug()
    appeared(machine)
    before = len(machine.transfers())
    machine.ask("examine", config=config(port=NODE, protocol="open"))
    assert line_changes(machine, before) == [BOTH_UP]


def test_a_held_port_is_left_alone(machine: Machine) -> None:
    converter = machine.plug()
    appeared(machine)
    holder = machine.ask("hold", path=NODE)["pid"]
    before = machine.transfers()
    check = pad(machine.ask("examine", config=config(port=NODE, protocol="enq")))
    assert check["symptom"] == "port_busy"
    assert check["facts"]["holder"]["pid"] == holder
    assert (machine.transfers(), converter.received()) == (before, b"")


def test_a_held_port_is_left_alone_again_and_again(machine: Machine, timed: Timed) -> None:
    converter = machine.plug()
    appeared(machine)
    machine.ask("hold", path=NODE)
    before = machine.transfers()
    answer = timed(f"{TIMES} examinations of a held port", machine.ask("python", code=AGAIN_AND_AGAIN))
    assert json.loads(answer["stdout"]) == {"port_busy": TIMES}, answer["stderr"]
    assert (machine.transfers(), converter.received()) == (before, b"")


def test_an_ordinary_user_is_told_which_group_is_missing(machine: Machine) -> None:
    machine.plug()
    appeared(machine)
    machine.ask("run", argv=["/bin/busybox", "chown", "root:dialout", NODE])
    machine.ask("run", argv=["/bin/busybox", "chmod", "660", NODE])
    answer = machine.ask("examine", config=config(port=NODE, protocol="open", owner="agent"), user=NOBODY)
    assert (pad(answer)["symptom"], pad(answer)["facts"]["group"]) == ("port_permission", "dialout")
    assert "system.port_permission" in answer["causes"]


def test_the_device_answers(machine: Machine) -> None:
    converter = machine.plug()
    appeared(machine)
    machine.order("examine", config=config(port=NODE, protocol="enq"))
    converter.line.settimeout(60)
    assert converter.line.recv(1) == b"\x05"
    converter.line.sendall(b"\x06")
    assert pad(machine.answer())["outcome"] == "pass"


def test_the_device_is_silent(machine: Machine) -> None:
    machine.plug()
    appeared(machine)
    answer = machine.ask("examine", config=config(port=NODE, protocol="enq"))
    assert pad(answer)["symptom"] == "no_reply"
    assert "system.device_not_responding" in answer["causes"]


def test_unplugged_in_the_middle_of_the_exchange(machine: Machine) -> None:
    converter = machine.plug()
    appeared(machine)
    machine.order("examine", config=config(port=NODE, protocol="enq"))
    converter.line.settimeout(60)
    assert converter.line.recv(1) == b"\x05"
    machine.unplug(converter)
    answer = machine.answer()
    assert pad(answer)["symptom"] == "disconnected"
    assert "operator.device_unplugged" in answer["causes"]


def test_what_is_plugged_in_is_listed_where_nothing_is_configured(machine: Machine) -> None:
    machine.plug(serial="LISTED")
    appeared(machine)
    holder = machine.ask("hold", path=NODE)["pid"]
    present = machine.ask("examine", config=config())["checks"]["serial:present"]
    devices = {device["node"]: device for device in present["facts"]["devices"]}
    assert devices[NODE]["model"] == "QEMU USB SERIAL"
    assert devices[NODE]["holder"]["pid"] == holder
    assert devices["/dev/ttyS0"]["console"] is True


def test_reconnecting_again_and_again_is_seen_in_the_kernels_own_log(machine: Machine) -> None:
    """Last: the log keeps it for ten minutes. Only what happens at this port counts."""
    for _ in range(4):
        converter = machine.plug(port=OWN_PORT)
        appeared(machine)
        machine.unplug(converter)
        vanished(machine)
    machine.plug(port=OWN_PORT)
    appeared(machine)
    check = pad(machine.ask("examine", config=config(port=NODE)))
    assert (check["outcome"], check["symptom"]) == ("warn", "usb_unstable")
    assert check["facts"]["usb_upsets"] == 4
