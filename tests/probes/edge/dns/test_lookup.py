"""Names that could not be looked up: for want of an answer, or because this machine did not let us ask."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from probes.edge.dns import lookup, resolver, wire
from probes.edge.dns.lookup import Lookup
from probes.edge.failures import CannotTell, PeerFailed
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.world import World, faults, netns, plan, questions


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


@pytest.mark.root
def test_a_list_of_name_servers_that_is_missing_is_no_trouble(tmp_path: Path) -> None:
    with World() as w:
        assert (
            netns.call(w.terminal, lambda: resolver.configured(tmp_path, tmp_path))
            == resolver.configured(tmp_path, tmp_path)
            == resolver.ResolverConfig(source=str(tmp_path / "resolv.conf"))
        )


@pytest.mark.root
@pytest.mark.parametrize("text", [None, "", "# by hand\noptions timeout:2\n", "nameserver none\n"])
def test_where_no_name_server_is_named_the_machine_itself_is_asked(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "resolv.conf").write_text(text)
    with World() as w:
        assert netns.call(w.terminal, lambda: resolver.configured(tmp_path, tmp_path)).servers == ()
        answers = questions.Responder(w.terminal, "127.0.0.1", questions.forward(plan.ROUTER, 0))
        w.cleanup.callback(answers.stop)
        assert netns.call(w.terminal, lambda: resolver.configured(tmp_path, tmp_path)).servers == ("127.0.0.1",)


@pytest.mark.root
def test_a_silent_name_server_on_the_machine_itself_is_one_too(tmp_path: Path) -> None:
    with World() as w:
        w.cleanup.callback(questions.Responder(w.terminal, "127.0.0.1", lambda _: None).stop)
        assert netns.call(w.terminal, lambda: resolver.configured(tmp_path, tmp_path)).servers == ("127.0.0.1",)


@pytest.mark.root
def test_names_are_asked_for_by_tcp_where_the_system_says_so() -> None:
    by_tcp = Lookup(servers=(plan.ROUTER,), by_tcp=True)
    with World() as w:
        faults.rule(w.terminal, "leaving", "udp dport 53 drop")
        found = netns.call(w.terminal, lambda: lookup.find(plan.GATEWAY_A.name, by_tcp, Deadline(3)))
        assert (found.addresses, found.resolver) == ((plan.GATEWAY_A.v4,), plan.ROUTER)
        with pytest.raises(PeerFailed) as denied:
            netns.call(w.terminal, lambda: lookup.find("gw.nowhere.example", by_tcp, Deadline(3)))
        assert denied.value.symptom is Symptom.NXDOMAIN
        faults.rule(w.router, "arriving", "tcp dport 53 reject with tcp reset")
        with pytest.raises(PeerFailed) as refused:
            netns.call(w.terminal, lambda: lookup.find("gw.nowhere.example", by_tcp, Deadline(3)))
    assert (refused.value.symptom, refused.value.seen.resolver) == (Symptom.REFUSED, plan.ROUTER)


def test_names_with_fewer_dots_than_asked_for_are_tried_below_the_suffixes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(server: str, name: str, *_: object, **__: object) -> resolver.DnsReply:
        asked.append(name)
        answer = wire.DnsAnswer(rcode="NXDOMAIN") if len(asked) < 3 else wire.DnsAnswer(rcode="NOERROR", addresses=("192.0.2.1",))
        return resolver.DnsReply(answer=answer, rtt_ms=1.0)

    monkeypatch.setattr(resolver, "ask", ask)
    shop = Lookup(servers=("192.0.2.53",), search=("shop.example", "chain.example"), ndots=3)
    assert lookup.find("gw.pay.example", shop, Deadline(1)).addresses == ("192.0.2.1",)
    assert asked == ["gw.pay.example.shop.example", "gw.pay.example.chain.example", "gw.pay.example"]
    lookup.find("a.b.c.example", shop, Deadline(1))
    lookup.find("gw.example.", shop, Deadline(1))
    assert asked[3:] == ["a.b.c.example", "gw.example."]
