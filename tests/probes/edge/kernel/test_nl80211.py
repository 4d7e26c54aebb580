"""The network and the access point of a radio: the kernel's real directory of families, and answers as cfg80211 writes them."""

from __future__ import annotations

import struct

import pytest

from probes.edge.kernel.nl80211 import Joined, access_point_of, family_id, joined, network_of


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def message(*attributes: bytes) -> bytes:
    """Behind the header of generic netlink: command, version, reserved."""
    return struct.pack("=BBH", 7, 1, 0) + b"".join(attributes)


IFINDEX, IFNAME = attribute(3, struct.pack("=I", 3)), attribute(4, b"wlan0\0")


def test_the_kernel_tells_the_number_of_a_family() -> None:
    assert family_id("nlctrl") == 16


def test_one_that_is_not_there_is_an_error_of_the_kernel_s() -> None:
    with pytest.raises(FileNotFoundError):
        family_id("no-such-family")


def test_an_interface_that_is_no_radio_is_in_no_network() -> None:
    assert joined(1) == Joined()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [(b"shop", "shop"), ("店里的网".encode(), "店里的网"), (b"\x1b[2J\xff", "\\x1b[2J\\xff"), (b"", ""), (b"x" * 32, "x" * 32)],
)
def test_the_name_of_a_network_is_any_bytes(raw: bytes, shown: str) -> None:
    assert network_of(message(IFINDEX, IFNAME, attribute(52, raw))) == shown


def test_the_access_point() -> None:
    assert access_point_of(message(IFINDEX, attribute(6, bytes.fromhex("02005e1000ff")))) == "02:00:5e:10:00:ff"
    assert access_point_of(message(IFINDEX)) == ""
    assert access_point_of(message(attribute(6, b"\x02"))) == ""


@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_an_answer_that_is_cut_short_tells_nothing_wrong(cut: int) -> None:
    whole = message(IFINDEX, attribute(52, b"shop"), attribute(6, bytes.fromhex("02005e1000ff")))
    assert network_of(whole[:cut]) in ("", "s", "sh", "sho", "shop")
    assert access_point_of(whole[:cut]) in ("", "02:00:5e:10:00:ff")
