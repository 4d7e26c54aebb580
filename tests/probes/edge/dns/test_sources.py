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


@pytest.mark.parametrize(
    ("sources_line", "nobody"),
    [
        ("files", True),
        ("files mymachines myhostname", True),
        ("files mdns4_minimal [NOTFOUND=return]", True),
        ("files [NOTFOUND=return] dns", True),
        ("files [ !UNAVAIL = return ] dns", True),
        ("db compat", True),
        ("files dns", False),
        ("files mdns4_minimal [NOTFOUND=return] dns", False),
        ("mymachines resolve [!UNAVAIL=return] files myhostname dns", False),
        ("files [SUCCESS=return] dns", False),
        ("files [NOTFOUND=continue] dns", False),
        ("files sss", False),
        ("files # dns", True),
        ("", False),
    ],
)
def test_whether_a_name_server_is_asked_at_all(tmp_path: Path, sources_line: str, nobody: bool) -> None:
    (tmp_path / "nsswitch.conf").write_text(f"hosts: {sources_line}\n")
    (tmp_path / "resolv.conf").write_text("nameserver 192.0.2.1\n")
    assert sources.asks_nobody(tmp_path, tmp_path) is nobody
    found = resolver.configured(tmp_path, tmp_path)
    assert found.servers == (() if nobody else ("192.0.2.1",))
    assert found.source.endswith("nsswitch.conf" if nobody else "resolv.conf")


def test_a_system_of_musl_alone_reads_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "nsswitch.conf").write_text("hosts: files\n")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/ld-musl-armhf.so.1").touch()
    assert not sources.asks_nobody(tmp_path, tmp_path)
    (tmp_path / "lib/ld-linux-armhf.so.3").touch()
    assert sources.asks_nobody(tmp_path, tmp_path)
