"""What TLS sessions cost in memory: little, also where Python loses each one that is read."""

from __future__ import annotations

import gc
import ssl
import sys
from pathlib import Path

import certifi
import psutil
import pytest

from probes.edge.tls.session_cache import TlsSessionCache, readings
from probes.settings import GatewayProtocol
from tests.support.servers.local import Local
from tests.support.servers.session_host import Host
from tests.support.world import behaviours


def test_where_python_loses_each_session_that_is_read_few_are_and_serve_several_times(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.sessions = TlsSessionCache(may_read=2)
    with Local(host.serve) as server:
        ages = []
        for anew in (True, False, False, True, False):
            check = host.asked(server, anew=anew)
            assert check.ok, check
            ages.append(check.facts.certificate_age_s is not None)
        assert host.resumed == ages == [False, True, True, False, True], "the one session that was read has served three times"
        for days in (20, 10):
            host.context = host.authority.context(host.authority.leaf("localhost", days=days))
            host.asked(server, anew=True)
            host.asked(server)
    assert host.resumed[5:] == [False, True, False, False], "nothing is left to read another one, and none of an older certificate serves"


def test_of_many_gateways_a_few_have_sessions_and_the_others_lose_nothing(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.sessions = TlsSessionCache(may_read=5)
    with Local(host.serve) as server:
        for _ in range(3):
            for name in "abcdef":
                assert host.asked(server, name=name).ok
        assert host.resumed == [False] * 6 + [True, True, True, True, False, False] * 2
        host.context = host.authority.context(host.authority.leaf("localhost", days=10))
        assert [host.asked(server, name="a").ok for _ in range(2)] == [True, True]
    assert host.resumed[-2:] == [False, True], "the fifth that could be read was left for it"


def test_a_fault_at_the_application_uses_up_no_session_that_may_be_read(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.sessions = TlsSessionCache(may_read=1)
    answer = host.acquirer.answer
    with Local(host.serve) as server:
        host.acquirer.answer = lambda _, connection: connection.close()
        assert not any(host.asked(server).ok for _ in range(4))
        host.acquirer.answer = answer
        assert all(host.asked(server).ok for _ in range(2))
    assert host.resumed == [False] * 5 + [True]


def test_an_outage_of_http_costs_one_session_that_may_be_read(tmp_path: Path) -> None:
    host = Host(tmp_path, GatewayProtocol.HTTPS)
    host.sessions = TlsSessionCache(may_read=2)
    with Local(host.serve) as server:
        host.page = behaviours.http(500, b"no")
        assert not any(host.asked(server).ok for _ in range(5))
        host.page = behaviours.http(200, b"ok")
        assert all(host.asked(server).ok for _ in range(3))
    assert host.resumed == [False] * 7 + [True]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_host_without_sessions_takes_them_from_nobody_else(tmp_path: Path, version: ssl.TLSVersion) -> None:
    (tmp_path / "other").mkdir()
    host, other = Host(tmp_path), Host(tmp_path / "other")
    host.sessions = TlsSessionCache(may_read=8)
    host.context.maximum_version = version
    host.context.num_tickets = 0
    host.context.options |= ssl.OP_NO_TICKET
    other.sessions = host.sessions
    with Local(host.serve) as server, Local(other.serve) as second:
        assert all(host.asked(server).ok for _ in range(20))
        assert all(other.asked(second, name="b").ok for _ in range(3))
    assert other.resumed == [False, True, True]


@pytest.mark.parametrize(("python", "loses"), [((3, 11, 2), True), ((3, 12, 8), False), ((3, 13, 0), True), ((3, 13, 5), False)])
def test_which_pythons_lose_memory_with_each_session_that_is_read(python: tuple[int, ...], loses: bool) -> None:
    assert (readings(python) < float("inf")) is loses


def test_looks_without_end_do_not_grow(tmp_path: Path) -> None:
    """The session of each connection, 5 kB, is lost where Python loses it: none more than the few that may be."""
    host = Host(tmp_path)
    host.sessions = TlsSessionCache(may_read=min(4.0, readings(sys.version_info[:3])))
    with Local(host.serve) as server:
        sizes = []
        for _ in range(4):
            for number in range(60):
                assert host.asked(server, anew=number % 5 == 0).ok
            gc.collect()
            sizes.append(psutil.Process().memory_info().rss)
    assert sizes[3] - sizes[1] < 120 * 2000, sizes


@pytest.mark.parametrize("days", [30, -1], ids=["trusted", "expired"])
def test_the_authorities_leave_memory_with_the_connection(tmp_path: Path, days: float) -> None:
    """A store like the system's is 1 MB in memory: without the garbage collector's help there is never more than a few of them."""
    host = Host(tmp_path)
    host.context = host.authority.context(host.authority.leaf("localhost", days=days))
    with host.authority.root_file.open("a") as store:
        store.write(Path(certifi.where()).read_text())
    gc.collect()
    gc.disable()
    try:
        with Local(host.serve) as server:
            sizes = []
            for _ in range(2):
                for _ in range(15):
                    assert host.asked(server, anew=True).ok is (days > 0)
                sizes.append(psutil.Process().memory_info().rss)
    finally:
        gc.enable()
    assert sizes[1] - sizes[0] < 5_000_000, sizes
