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


@pytest.mark.parametrize("host", ["a..b", ".a", "-a.b", "x" * 64 + ".b", "1.2.3", "1.2.3.999", "ü.example", "a:b", "a/b", "$(id)"])
@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ('address = "{host}"', "address"),
        ('adb = "{host}:5555"', "adb"),
        ('adb = "usb:X1"\nadb_server = "{host}:5037"', "adb_server"),
    ],
    ids=["address", "adb", "adb_server"],
)
def test_a_host_that_can_be_none(tmp_path: Path, keys: str, key: str, host: str) -> None:
    """One with an empty label ended the look at it with an exception of Python's codec for names."""
    assert list(faults(tmp_path, f'[[beside]]\nname = "till-2"\n{keys.format(host=host)}\n')) == [f"beside[0].{key}"]


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ('adb = "192.168.1.20:0"', "adb"),
        ('adb = "192.168.1.20:65536"', "adb"),
        ('adb = "fe80::1:5555"', "adb"),
        (f'adb = "usb:X1"\nadb_server = "localfilesystem:/{"x" * 107}"', "adb_server"),
    ],
    ids=str,
)
def test_a_place_that_can_be_none(tmp_path: Path, keys: str, key: str) -> None:
    assert list(faults(tmp_path, f'[[beside]]\nname = "till-2"\n{keys}\n')) == [f"beside[0].{key}"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "::ffff:127.0.0.1",
        "localhost",
        "LOCALHOST.",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.1",
        "ff02::1%eth0",
        "239.255.255.250",
        "255.255.255.255",
    ],
)
def test_an_address_that_is_this_machine_or_none(tmp_path: Path, address: str) -> None:
    """This machine answered there, and was taken for the terminal."""
    found = faults(tmp_path, f'[[beside]]\nname = "till-2"\naddress = "{address}"\n')
    assert list(found) == ["beside[0].address"] and "the terminal's own address" in str(found["beside[0].address"])


def test_places_that_there_can_be(tmp_path: Path) -> None:
    ways = ('address = "fe80::1%eth0"', 'adb = "[fe80::1]:5555"', 'adb = "till-3.lan:5555"', 'adb = "usb:X1"\nadb_server = "[::1]:5037"')
    text = "".join(f'[[beside]]\nname = "till-{number}"\n{way}\n' for number, way in enumerate(ways))
    assert len(loaded(tmp_path, text).settings.beside) == len(ways)


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [
        ('adb = "usb:X1"', 'adb = "usb:X1"', "adb"),
        ('adb = "till.lan:5555"', 'adb = "TILL.lan:5555"', "adb"),
        ('address = "192.168.1.20"', 'address = "192.168.1.20"\nadb = "usb:X1"', "address"),
        ('mac = "02:00:00:00:00:0a"', 'mac = "02:00:00:00:00:0A"', "mac"),
    ],
    ids=str,
)
def test_two_that_would_be_one_terminal(tmp_path: Path, one: str, other: str, key: str) -> None:
    found = faults(tmp_path, f'[[beside]]\nname = "till-2"\n{one}\n[[beside]]\nname = "till-3"\n{other}\n')
    assert list(found) == [f"beside[1].{key}"] and "as beside number 1 has" in found[f"beside[1].{key}"][1]


def test_a_serial_number_is_of_one_server(tmp_path: Path) -> None:
    """Cheap devices of two makers have the same."""
    each = '[[beside]]\nname = "till-{}"\nadb = "usb:0123456789ABCDEF"\nadb_server = "{}"\n'
    text = each.format(2, "127.0.0.1:5037") + each.format(3, "192.168.1.9:5037")
    assert len(loaded(tmp_path, text).settings.beside) == 2


def test_one_adb_server_of_our_own_has_one_key(tmp_path: Path) -> None:
    each = '[[beside]]\nname = "till-{0}"\nadb = "usb:X{0}"\nadb_start = true\nadb_key_file = "{1}"\n'
    assert loaded(tmp_path, each.format(2, "/k") + each.format(3, "/k"))
    assert list(faults(tmp_path, each.format(2, "/k") + each.format(3, "/l"))) == ["beside[1].adb_key_file"]
