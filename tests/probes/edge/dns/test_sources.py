"""In which order the C library looks for an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.edge.dns import resolver, sources

FIRST, LAST = ("files", "dns"), ("dns", "files")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("hosts: files dns\n", FIRST),
        ("hosts:\tdns files # turned round\n", LAST),
        ("hosts: files mdns4_minimal [NOTFOUND=return] dns\n", FIRST),
        ("hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n", LAST),
        ("hosts: dns\n", ("dns",)),
        ("passwd: dns files\n# hosts: dns\n", FIRST),
        ("hosts: files\n", FIRST),
        ("hosts\n", FIRST),
        ("", FIRST),
    ],
)
def test_the_order_is_the_file_s(tmp_path: Path, text: str, order: tuple[str, ...]) -> None:
    (tmp_path / "nsswitch.conf").write_text(text)
    assert sources.order(tmp_path) == order


def test_without_a_file_it_is_the_usual_one(tmp_path: Path) -> None:
    assert sources.order(tmp_path) == FIRST


def test_a_fixed_entry_counts_at_once_only_where_it_is_looked_at_first(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("192.0.2.9 gw.example\n")
    assert resolver.fixed_addresses("gw.example", tmp_path) == ["192.0.2.9"]
    (tmp_path / "nsswitch.conf").write_text("hosts: dns files\n")
    assert resolver.fixed_addresses("gw.example", tmp_path) == []
    assert resolver.fixed("gw.example", tmp_path) == ["192.0.2.9"]


def test_the_options_of_the_file_are_read_with_its_servers(tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text("nameserver 192.0.2.1\noptions rotate timeout:2 # x\noptions edns0\n")
    found = resolver.configured(tmp_path, tmp_path)
    assert (found.listed, found.options) == (("192.0.2.1",), ("rotate", "timeout:2", "edns0"))


def test_programs_ask_the_stub_and_not_what_stands_behind_it(tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.53\n")
    (tmp_path / "systemd/resolve").mkdir(parents=True)
    (tmp_path / "systemd/resolve/resolv.conf").write_text("nameserver 192.0.2.1\n")
    found = resolver.configured(tmp_path, tmp_path)
    assert (found.servers, found.listed) == (("127.0.0.53", "192.0.2.1"), ("127.0.0.53",))
