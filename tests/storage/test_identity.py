"""Who the terminal is, read from a root directory laid out as on the machine in question."""

from __future__ import annotations

import re
import socket
import stat
from pathlib import Path

import pytest

from agent.settings.model import TerminalSettings
from agent.storage.identity import Identity, identify

MACHINE = "0123456789abcdef0123456789abcdef"
PLAIN = TerminalSettings()


def machine(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def told(root: Path, state_dir: Path, terminal: TerminalSettings = PLAIN, *, keep: bool = True) -> Identity:
    return identify(terminal, state_dir, keep=keep, root=root)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"etc/machine-id": MACHINE + "\n"}, MACHINE),
        ({"etc/machine-id": "uninitialized\n", "var/lib/dbus/machine-id": MACHINE}, MACHINE),
        ({"etc/machine-id": "", "sys/class/dmi/id/product_serial": "SN-77\n"}, "SN-77"),
        ({"etc/machine-id": "0" * 32, "default.prop": "ro.a=1\nro.serialno=R58M1\n"}, "R58M1"),
        ({"proc/cmdline": "quiet androidboot.serialno=R58M2 rw"}, "R58M2"),
    ],
)
def test_machine_id(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert told(machine(tmp_path, **files), tmp_path / "state").machine_id == expected
    assert not (tmp_path / "state").exists()


def test_a_machine_without_any_keeps_a_random_one(tmp_path: Path) -> None:
    first = told(tmp_path, tmp_path / "state")
    assert re.fullmatch("[0-9a-f]{32}", first.machine_id)
    assert told(tmp_path, tmp_path / "state") == first
    assert told(tmp_path, tmp_path / "other").machine_id != first.machine_id
    assert stat.S_IMODE((tmp_path / "state" / "machine-id").stat().st_mode) == 0o644


def test_a_check_keeps_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, tmp_path / "state", keep=False).machine_id == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"sys/class/dmi/id/product_serial": "PF2ABC\n"}, "PF2ABC"),
        ({"sys/class/dmi/id/product_serial": "To Be Filled By O.E.M.\n"}, ""),
        ({"sys/class/dmi/id/product_serial": "Default string\n", "proc/device-tree/serial-number": "100000005f\0"}, "100000005f"),
        ({"sys/class/dmi/id/product_serial": "0\n"}, ""),
        ({"proc/device-tree/serial-number": "\x1b[2J77\0"}, "[2J77"),
        ({}, ""),
    ],
)
def test_serial_number(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert told(machine(tmp_path, **files), tmp_path).serial_number == expected
    configured = TerminalSettings(serial_number="S-9")
    assert told(tmp_path, tmp_path, configured).serial_number == "S-9"


def test_images_of_one_disk_are_told_apart_by_serial_number(tmp_path: Path) -> None:
    roots = [machine(tmp_path / sn, **{"etc/machine-id": MACHINE, "sys/class/dmi/id/product_serial": sn}) for sn in ("A1", "B2")]
    first, second = (told(root, tmp_path / "state") for root in roots)
    assert first.machine_id == second.machine_id
    assert first.serial_number != second.serial_number


def test_boot_id_and_name(tmp_path: Path) -> None:
    assert told(tmp_path, tmp_path).boot_id == ""
    machine(tmp_path, **{"proc/sys/kernel/random/boot_id": "6f1c\n"})
    assert told(tmp_path, tmp_path).boot_id == "6f1c"
    assert told(tmp_path, tmp_path).terminal_id == socket.gethostname()
    assert told(tmp_path, tmp_path, TerminalSettings(id="T-7")).terminal_id == "T-7"
