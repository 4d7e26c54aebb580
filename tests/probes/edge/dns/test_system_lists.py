"""Which resolvers and which fixed names the system has, where its lists are long, odd, or no files at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from probes.edge.dns.resolver import ask, configured, fixed, fixed_addresses
from probes.edge.failures import CannotTell, PeerFailed
from probes.ground.deadline import Deadline
from probes.model import Symptom


def test_a_name_far_down_a_long_list_is_found(tmp_path: Path) -> None:
    with (tmp_path / "hosts").open("w") as hosts:
        hosts.writelines(f"10.0.{(n >> 8) & 255}.{n & 255} host-{n}.example\tAlias-{n} # of shop {n}\r\n" for n in range(50_000))
    assert fixed("host-49999.example.", tmp_path) == ["10.0.195.79"]
    assert fixed("ALIAS-300", tmp_path) == ["10.0.1.44"]
    assert fixed("alias-30000x", tmp_path) == []
    assert fixed("shop", tmp_path) == []


def test_what_is_no_list_leaves_open_whether_a_name_has_a_fixed_address(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hosts")
    with pytest.raises(CannotTell, match="is no file"):
        fixed("host.example", tmp_path)
    assert fixed_addresses("host.example", tmp_path) == []
    (tmp_path / "hosts").unlink()
    with (tmp_path / "hosts").open("wb") as hosts:
        hosts.write(b"10.0.0.1 host.example\n")
        hosts.truncate(1 << 30)
    assert fixed("host.example", tmp_path) == ["10.0.0.1"]
    with pytest.raises(CannotTell, match="no end"):
        fixed("other.example", tmp_path)


def test_resolvers_are_the_first_three_of_however_many(tmp_path: Path) -> None:
    with (tmp_path / "resolv.conf").open("w") as resolvers:
        resolvers.writelines(f"nameserver 10.0.{(n >> 8) & 255}.{n & 255}\n" for n in range(50_000))
        resolvers.write("search " + " ".join(f"s{n}" for n in range(1000)))
    found = configured(tmp_path)
    assert found.servers == ("10.0.0.0", "10.0.0.1", "10.0.0.2") and len(found.search) <= 6 and found.search[0] == "s0"


def test_a_pipe_in_the_place_of_the_resolvers_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "resolv.conf")
    found = configured(tmp_path)
    assert not found.readable and found.not_looked is not None and "is no file" in found.not_looked.text


@pytest.mark.parametrize("zone", ["\u05d0", "a\x1b[2J", "x" * 5000, "a\0b"])
def test_a_zone_that_no_interface_has_is_no_way(zone: str) -> None:
    with pytest.raises(PeerFailed) as raised:
        ask(f"fe80::1%{zone}", "name.invalid", 1, Deadline(1))
    assert raised.value.symptom is Symptom.NO_ROUTE


@pytest.mark.parametrize(
    ("text", "by_tcp", "ndots"),
    [
        ("options use-vc ndots:5\n", True, 5),
        ("options ndots:99\noptions rotate\n", False, 15),
        ("options ndots: ndots:-1 ndots:x ndots:\u0665\n", False, 1),
        ("# options use-vc\n", False, 1),
    ],
)
def test_how_names_are_asked_for(tmp_path: Path, text: str, by_tcp: bool, ndots: int) -> None:
    (tmp_path / "resolv.conf").write_text(f"nameserver 10.0.0.1\n{text}")
    found = configured(tmp_path)
    assert (found.servers, found.by_tcp, found.ndots) == (("10.0.0.1",), by_tcp, ndots)
