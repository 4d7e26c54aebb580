"""Names that could not be looked up: for want of an answer, or because this machine did not let us ask."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from probes.edge.dns import lookup, resolver
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import CannotTell, PeerFailed
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.world import World, netns, plan


def find(w: World, name: str, *servers: str) -> lookup.Found:
    return netns.call(w.terminal, lambda: lookup.find(name, Lookup(servers=servers), Deadline(1.5)))


class WithoutIPv6(socket.socket):
    """A kernel that has no IPv6 gives no socket of that family."""

    def __init__(self, family: int = -1, *more: Any, **others: Any) -> None:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        super().__init__(family, *more, **others)


@pytest.mark.root
def test_a_name_server_that_could_not_be_asked_is_not_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    with World() as w:
        monkeypatch.setattr(socket, "socket", WithoutIPv6)
        found = find(w, plan.GATEWAY_A.name, plan.ROUTER_6, plan.ROUTER)
        assert (found.addresses, found.resolver) == ((plan.GATEWAY_A.v4,), plan.ROUTER)
        with pytest.raises(CannotTell, match="EAFNOSUPPORT"):
            find(w, plan.GATEWAY_A.name, plan.ROUTER_6, "192.168.50.77")  # where nobody answers
        with pytest.raises(PeerFailed) as denied:
            find(w, "gw.nowhere.example", plan.ROUTER_6, plan.ROUTER)
        monkeypatch.undo()
    assert (denied.value.symptom, denied.value.seen.resolver) == (Symptom.NXDOMAIN, plan.ROUTER)


def test_a_scope_that_names_no_interface_is_no_way() -> None:
    with pytest.raises(PeerFailed) as failed:
        resolver.ask("fe80::1%none0", "www.one.example", 1, Deadline(1))
    assert failed.value.symptom is Symptom.NO_ROUTE


def test_without_a_name_server_none_is_blamed() -> None:
    with pytest.raises(PeerFailed) as failed:
        lookup.find("www.one.example", Lookup(servers=()), Deadline(1))
    assert failed.value.symptom is Symptom.NO_RESOLVER


def test_a_list_of_name_servers_that_is_missing_is_no_trouble(tmp_path: Path) -> None:
    assert resolver.configured(tmp_path, tmp_path) == resolver.ResolverConfig(source=str(tmp_path / "resolv.conf"))
