"""A host that ends every handshake: for the name that it begins with, or whatever it begins with."""

from __future__ import annotations

import itertools
import socket
from pathlib import Path

import pytest

from probes import tls_spoken
from probes.ground.deadline import Deadline
from probes.settings import Gateway, GatewayProtocol
from tests.support.patience import PATIENCE_S
from tests.support.servers.local import Local
from tests.support.world import behaviours
from tests.support.world.behaviours import Behaviour
from tests.support.world.ca import Authority

HOST = "gw.pay.example"


def tried(behaviour: Behaviour) -> list[tuple[bool | None, bool | None]]:
    with Local(behaviour) as server:
        wanted = Gateway(name="a", host=HOST, port=server.port, protocol=GatewayProtocol.TLS)
        found = tls_spoken.without_name(wanted, server.address, Deadline(PATIENCE_S))
    return [(check.ok, check.facts.for_host) for check in found]


def filtered(then: Behaviour) -> Behaviour:
    def behaviour(connection: socket.socket) -> None:
        named = HOST.encode() in connection.recv(4096, socket.MSG_PEEK)
        (behaviours.reset if named else then)(connection)

    return behaviour


@pytest.mark.parametrize(("shown", "ours"), [(HOST, True), ("*.pay.example", True), ("*.example", False), ("other.example", False)])
def test_one_that_reads_the_name(tmp_path: Path, shown: str, ours: bool) -> None:
    authority = Authority(tmp_path)
    assert tried(filtered(behaviours.tls(authority.context(authority.leaf(shown))))) == [(True, ours)]


@pytest.mark.parametrize("behaviour", [behaviours.reset, behaviours.close], ids=["resets all", "closes all"])
def test_one_that_reads_nothing(behaviour: Behaviour) -> None:
    assert tried(behaviour) == []


def test_one_that_ends_some_of_them(tmp_path: Path) -> None:
    """The first handshake was ended, the one without a name was not, and the next one with a name is not either."""
    authority = Authority(tmp_path)
    assert tried(behaviours.tls(authority.context(authority.leaf(HOST)))) == []


def test_one_that_ends_all_once_it_has_begun(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    turns = itertools.chain([behaviours.tls(authority.context(authority.leaf(HOST)))], itertools.repeat(behaviours.close))
    assert tried(lambda connection: next(turns)(connection)) == [(True, True)], "as far as can be told"
