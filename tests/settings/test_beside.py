"""`[[beside]]`: what each needs, and a name that is none of a directory of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.settings_files import faults, loaded


@pytest.mark.parametrize("keys", ['address = "192.168.1.20"', 'mac = "02:00:00:00:00:01"', 'adb = "usb:X1"'], ids=str)
def test_one_way_to_it_is_enough(tmp_path: Path, keys: str) -> None:
    found = loaded(tmp_path, f'[[beside]]\nname = "till-2"\n{keys}\n')
    assert [each.name for each in found.settings.beside] == ["till-2"]


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ('name = "till-2"', "address"),
        ('name = "till-2"\npackage = "com.example.pay"', "address"),
        ('name = "."\nadb = "usb:X1"', "name"),
        ('name = ".."\nadb = "usb:X1"', "name"),
    ],
    ids=str,
)
def test_what_is_refused(tmp_path: Path, keys: str, key: str) -> None:
    assert list(faults(tmp_path, f"[[beside]]\n{keys}\n")) == [f"beside[0].{key}"]
