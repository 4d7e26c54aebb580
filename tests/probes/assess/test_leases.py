"""Lease files as dnsmasq 2.90, ISC dhcpd 4.4.3 and Kea 2.2.0 wrote them, and what may lie in their place."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from probes.assess.leases import Lease, of_mac
from probes.edge.net.lease_file import MOST, lease_lines

MAC, NOW = "02:00:00:00:50:02", 1795815300.0
DNSMASQ = """\
1795858438 02:00:00:00:50:02 192.168.50.115 * 01:02:00:00:00:50:02
1795858000 02:00:00:00:50:07 192.168.50.116 Kasse-3 *
0 02:00:00:00:50:08 192.168.50.117 printer 01:02:00:00:00:50:08
duid 00:01:00:01:32:9c:b3:ce:02:00:00:00:50:03
1795858438 5390402 fd00:50::115 till-2 00:01:00:01:02:00
"""
ISC = """\
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
server-duid "\\000\\001\\000\\0012\\234\\263\\316\\002\\000\\000\\000P\\003";

lease 192.168.50.99 {
  starts 4 2026/11/26 21:34:10;
  ends 4 2026/11/26 21:44:10;
  binding state free;
  hardware ethernet 02:00:00:00:50:02;
}
lease 192.168.50.100 {
  starts 5 2026/11/27 21:34:10;
  ends 5 2026/11/27 21:44:10;
  cltt 5 2026/11/27 21:34:10;
  binding state active;
  next binding state free;
  rewind binding state free;
  hardware ethernet 02:00:00:00:50:02;
  uid "\\001\\002\\000\\000\\000P\\002";
  set vendor-class-identifier = "udhcp 1.35.0";
}
lease 192.168.50.101 {
  starts epoch 1795815200; # Fri Nov 27 21:33:20 2026
  ends never;
  binding state active;
  hardware ethernet 02:00:00:00:50:07;
}
"""
KEA = """\
address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context
192.168.50.100,02:00:00:00:50:02,01:02:00:00:00:50:02,4000,1795819261,1,0,0,kasse-,0,
192.168.50.100,02:00:00:00:50:02,01:02:00:00:00:50:02,4000,1795819262,1,0,0,kasse-,0,
192.168.50.102,02:00:00:00:50:07,,0,1795819262,1,0,0,,0,
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DNSMASQ, Lease(address="192.168.50.115", mac=MAC, ends=1795858438.0)),
        (ISC, Lease(address="192.168.50.100", mac=MAC, given=1795815250.0, ends=1795815850.0)),
        (KEA, Lease(address="192.168.50.100", mac=MAC, given=1795815262.0, ends=1795819262.0)),
    ],
    ids=["dnsmasq", "isc", "kea"],
)
def test_what_counts_first(text: str, expected: Lease) -> None:
    found = of_mac(text.split("\n"), MAC.upper(), NOW)
    assert found[0] == expected and found[0].runs(NOW) and not any(each.runs(NOW) for each in found[1:])


def test_what_has_ended_and_what_never_does() -> None:
    (dnsmasq,) = of_mac(DNSMASQ.split("\n"), "02:00:00:00:50:08", NOW)
    (isc,) = of_mac(ISC.split("\n"), "02:00:00:00:50:07", NOW)
    (kea,) = of_mac(KEA.split("\n"), "02:00:00:00:50:07", NOW)
    assert dnsmasq.runs(NOW) and isc.runs(NOW) and isc.given == 1795815200.0 and not kea.runs(NOW)
    ended = of_mac(DNSMASQ.split("\n"), MAC, 1795858439.0)[0]
    assert not ended.runs(1795858439.0)
    assert [each.address for each in of_mac(ISC.split("\n"), MAC, NOW)] == ["192.168.50.100", "192.168.50.99"]


def test_an_address_that_went_to_another_machine_is_no_more_its_own() -> None:
    text = KEA + "192.168.50.100,02:00:00:00:50:09,,4000,1795819999,1,0,0,,0,\n"
    assert of_mac(text.split("\n"), MAC, NOW) == []


def test_of_a_long_file_the_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "leases"
    old = "1795858438 02:00:00:00:50:02 192.168.50.9 * *\n"
    path.write_text(old + "x" * (MOST + 10) + "\n" + DNSMASQ)
    assert [each.address for each in of_mac(lease_lines(str(path)), MAC, NOW)] == ["192.168.50.115"]


def test_whatever_else_lies_there_is_no_lease(tmp_path: Path) -> None:
    path = tmp_path / "leases"
    foreign = (
        b"\xff\xfe\x00" * 1000,
        b"1795858438 02:00:00:00:50:02 999.1.1.1 * *\n",
        b"1" * 5000 + b" 02:00:00:00:50:02 192.168.50.1 * *\n",
        b"lease 192.168.50.1 {\n  starts 9 9999/99/99 99:99:99;\n  hardware ethernet 02:00:00:00:50:02;\n",
        b"192.168.50.1,02:00:00:00:50:02,,x,y,1,0,0,,0,\n",
    )
    for content in foreign:
        path.write_bytes(content)
        assert of_mac(lease_lines(str(path)), MAC, NOW) == [], content[:60]
    shuffle = random.Random(1)
    whole = (DNSMASQ + ISC + KEA).encode()
    for _ in range(300):
        torn = bytearray(whole)
        for _ in range(shuffle.randrange(1, 40)):
            torn[shuffle.randrange(len(torn))] = shuffle.randrange(256)
        path.write_bytes(torn[shuffle.randrange(len(torn)) :])
        of_mac(lease_lines(str(path)), MAC, NOW)


@pytest.mark.parametrize("path", ["/dev/zero", "/proc", "/nowhere", "a\0b"])
def test_what_cannot_be_read(path: str) -> None:
    with pytest.raises((OSError, ValueError)):
        lease_lines(path)
