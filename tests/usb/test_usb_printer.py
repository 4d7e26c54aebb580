"""A printer of USB's printer class at the real usblp: its node, the byte of status, ESC/POS, and the one program that may have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.usb.machine import Machine

NODE = "/dev/usb/lp0"
WELL = {"1": "16", "2": "12", "3": "12", "4": "12"}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def plugged(machine: Machine) -> Iterator[Machine]:
    yield machine
    machine.ask("release")
    machine.ask("unplug printer")
    machine.ask("await", path=NODE, present=False)


def plug(machine: Machine, byte: int = 0x18, says: dict[str, str] | None = None) -> None:
    machine.ask("plug printer", byte=byte, says=says or {})
    machine.ask("await", path=NODE, present=True)


def examine(machine: Machine, protocol: str, port: str = f'port = "{NODE}"') -> tuple[dict[str, Any], dict[str, str]]:
    text = '[network]\nexpect_internet = false\n[terminal]\nlanguage = "en"\n'
    text += f'[[serial]]\nname = "printer"\nrole = "printer"\nprotocol = "{protocol}"\n{port}\n'
    answer = machine.ask("examine", config=text)
    assert "checks" in answer, answer
    return answer["checks"]["serial:printer"], answer["causes"]


def test_it_is_found_by_its_node_and_by_what_it_is(plugged: Machine) -> None:
    plug(plugged)
    for port in (f'port = "{NODE}"', 'usb = "04b8:0202"', 'usb_serial = "A1"'):
        check, causes = examine(plugged, "presence", port)
        assert (check["outcome"], check["facts"]["node"], check["facts"]["model"]) == ("pass", NODE, "TM-T20"), check
        assert not [code for code in causes if "device" in code or "printer" in code]
    assert plugged.ask("printer")["received"] == ""


def test_the_byte_of_the_kernel_tells_of_paper(plugged: Machine) -> None:
    plug(plugged, 0x38)
    check, causes = examine(plugged, "open")
    assert (check["symptom"], check["facts"]["status"]) == ("paper_out", {"port": "38"})
    assert "operator.paper_out" in causes
    plugged.ask("printer", byte=0x18)
    check, causes = examine(plugged, "open")
    assert (check["outcome"], check["facts"]["status"]) == ("pass", {"port": "18"}) and "operator.paper_out" not in causes
    assert plugged.ask("printer")["received"] == ""


def test_what_it_answers_counts_first(plugged: Machine) -> None:
    plug(plugged, 0x18, {**WELL, "2": "16"})
    check, causes = examine(plugged, "escpos")
    assert check["symptom"] == "cover_open" and "operator.cover_open" in causes
    assert plugged.ask("printer")["received"].startswith("100401")


@pytest.mark.parametrize(("byte", "symptom"), [(0x18, None), (0x38, "paper_out"), (0x10, "printer_offline")])
def test_one_that_never_answers(plugged: Machine, byte: int, symptom: str | None) -> None:
    plug(plugged, byte)
    check, _ = examine(plugged, "escpos")
    assert (check["symptom"], check["facts"]["status"]) == (symptom, {"port": f"{byte:02x}"})


def test_it_is_left_alone_while_a_program_prints(plugged: Machine) -> None:
    plug(plugged, 0x38)
    plugged.ask("hold", path=NODE)
    check, causes = examine(plugged, "escpos")
    assert "opened" not in check["facts"] and not [code for code in causes if "paper" in code]
    assert plugged.ask("printer")["received"] == ""
    plugged.ask("release")
    check, _ = examine(plugged, "escpos")
    assert check["symptom"] == "paper_out"


def test_unplugged(plugged: Machine) -> None:
    plug(plugged)
    plugged.ask("unplug printer")
    plugged.ask("await", path=NODE, present=False)
    check, causes = examine(plugged, "escpos")
    assert check["symptom"] == "device_missing" and "operator.device_unplugged" in causes
    plug(plugged)
