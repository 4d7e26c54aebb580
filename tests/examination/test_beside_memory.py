"""What is remembered of a terminal beside this machine is of the one that is configured, and of no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from agent.examination.beside_memory import BesideMemory, keep, recall, trying
from probes.settings import Beside

LEARNT = BesideMemory(
    over_adb=True, on_lan=True, mac="02:00:00:00:00:01", searched_at=1.0, tried={"20007": 100.0}, said={"20007": "refused"}, uplink="wifi"
)
WAS = Beside(name="till-2", address="192.0.2.1", adb="usb:X1", ports=[20007])


@pytest.mark.parametrize(
    ("now", "on_lan", "over_adb"),
    [
        (WAS, True, True),
        (replace(WAS, ports=[9100]), True, True),
        (replace(WAS, address="192.0.2.2"), False, True),
        (replace(WAS, address="", adb="192.0.2.2:5555"), False, False),
        (replace(WAS, mac="02:00:00:00:00:02"), False, True),
        (replace(WAS, mac="02:00:00:00:00:01"), True, True),
        (replace(WAS, address=""), False, True),
        (replace(WAS, adb="usb:X2"), True, False),
    ],
    ids=["the same", "ports", "address", "adb alone", "another mac", "its mac", "none", "serial"],
)
def test_what_was_learnt_of_another_machine_is_not_held_against_a_corrected_one(
    tmp_path: Path, now: Beside, on_lan: bool, over_adb: bool
) -> None:
    """A wrong address was in the configuration: the machine there was taken for the terminal for ever, by its MAC address."""
    keep(tmp_path, LEARNT.meant_for(WAS))
    found = recall(tmp_path).meant_for(now)
    assert (found.on_lan, found.mac != "", found.said != {}, found.tried != {}) == (on_lan,) * 4
    assert (found.over_adb, found.uplink != "") == (over_adb, over_adb)
    assert (trying(tmp_path, now, 200.0).mac != "") is on_lan
    assert now.address in ("", WAS.address) or not found.known_of(LEARNT.meant_for(WAS)).said


def test_a_mac_address_stays_with_its_terminal_wherever_it_is() -> None:
    by_mac = replace(WAS, mac="02:00:00:00:00:01")
    assert LEARNT.meant_for(by_mac).meant_for(replace(by_mac, address="192.0.2.7")).on_lan
