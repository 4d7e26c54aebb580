"""Connections that trust the same files have one context, and nothing else together."""

from __future__ import annotations

import gc
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from socket import socket
from threading import Barrier, Event

import pytest

from probes.edge.failures import PeerFailed
from probes.edge.net import tcp
from probes.edge.tls import tls_client
from probes.edge.tls.client_certificate import Watched
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.servers.certificates import asking
from tests.support.servers.local import Local
from tests.support.world import behaviours
from tests.support.world.ca import Authority


def shake_hands(server: Local, context: ssl.SSLContext) -> ssl.SSLSocket:
    connection = tcp.connect(server.address, server.port, Deadline(5))
    return tls_client.handshake(connection, "gw.example", context, Deadline(5))


def test_who_trusts_and_shows_the_same_files_has_the_same_context(tmp_path: Path) -> None:
    root = Authority(tmp_path).root_file
    own = Authority(tmp_path, "Shop").leaf("T-1001").write(tmp_path / "own.pem")
    first = tls_client.context(str(root))
    assert tls_client.context(str(root)) is first
    assert tls_client.context(str(root), str(own)) is not first
    assert tls_client.context() is not first
    bare = tls_client.context(verify=False)
    assert bare is not tls_client.context(verify=False) and bare.verify_mode is ssl.CERT_NONE
    assert first.verify_mode is ssl.CERT_REQUIRED and first.check_hostname


def test_nobody_keeps_a_context_that_no_connection_needs(tmp_path: Path) -> None:
    root = str(Authority(tmp_path).root_file)
    kept = tls_client.context(root)
    assert len([context for key, context in tls_client._shared.items() if root in key]) == 1
    del kept
    gc.collect()
    assert [key for key in tls_client._shared if root in key] == []


@pytest.mark.parametrize("how", ["replaced", "written over"])
def test_a_file_that_changes_counts_from_the_next_connection_on(tmp_path: Path, how: str) -> None:
    ours, other = Authority(tmp_path, "Ours"), Authority(tmp_path, "Other")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(ours.root_file.read_bytes())
    with Local(behaviours.tls(ours.context(ours.leaf("gw.example")))) as server:
        before = tls_client.context(str(trusted))
        shake_hands(server, before).close()
        if how == "replaced":
            other.root_file.rename(trusted)
        else:
            trusted.write_bytes(other.root_file.read_bytes())
        after = tls_client.context(str(trusted))
        assert after is not before
        with pytest.raises(PeerFailed) as failed:
            shake_hands(server, after)
    assert failed.value.symptom is Symptom.CERT_UNTRUSTED


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_one_host_asks_for_is_not_taken_for_another_s_wish(tmp_path: Path, version: ssl.TLSVersion) -> None:
    """Both handshakes at the same time, in the same context."""
    authority = Authority(tmp_path)
    own = authority.leaf("T-1001").write(tmp_path / "own.pem")
    curious = asking(authority.context(authority.leaf("gw.example")), authority.root_file, version)
    plain = authority.context(authority.leaf("gw.example"))
    context = tls_client.context(str(authority.root_file), str(own))
    together = Barrier(2)

    def noted(server: Local) -> tuple[bool, bool]:
        together.wait(10)
        with shake_hands(server, context) as wrapped:
            assert isinstance(wrapped, Watched) and wrapped.watched and wrapped.context is context
            return wrapped.asked, wrapped.sent

    with Local(behaviours.tls(curious)) as asks, Local(behaviours.tls(plain)) as does_not, ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            assert list(pool.map(noted, (asks, does_not))) == [(True, True), (False, False)]


def test_a_handshake_that_fails_leaves_no_connection_open(tmp_path: Path) -> None:
    left = Event()

    def speaks_plainly(connection: socket) -> None:
        connection.recv(4096)
        connection.sendall(b"220 ready\r\n")
        with suppress(ConnectionError):
            while connection.recv(4096):
                pass
        left.set()

    with Local(speaks_plainly) as server:
        with pytest.raises(PeerFailed) as failed:
            shake_hands(server, tls_client.context(str(Authority(tmp_path).root_file)))
        assert left.wait(10)
    assert failed.value.symptom is Symptom.PLAIN_TEXT
