"""Connections that nobody answers, as the kernel tells them: real ones, whose packets a router has begun to swallow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from probes.app import Peer, app
from probes.edge.kernel.conversations import Conversation, _by_table, conversations, of_processes
from probes.model import Outcome, Symptom
from probes.settings import App
from tests.support.mounts import in_namespace
from tests.support.patience import until
from tests.support.world import World, netns, plan
from tests.support.world.devices import Talking, application_of

PORT = 8583
HOST = plan.GATEWAY_A.v4
PEERS = (Peer(gateway="acquirer-a", address=HOST, port=PORT),)


def found(w: World) -> list[Conversation]:
    return netns.call(w.terminal, lambda: conversations({PORT}))


def in_the_table(w: World) -> list[Conversation]:
    return netns.call(w.terminal, lambda: list(_by_table({PORT}, Path("/proc/thread-self"))))


@pytest.mark.root
def test_a_connection_that_a_router_forgot() -> None:
    with World() as w:
        talking = Talking(w, HOST, PORT)
        [idle] = found(w)
        assert (idle.address, idle.port, idle.local_port, idle.established, idle.unanswered_s) == (HOST, PORT, talking.port, True, 0)
        assert in_the_table(w) == [idle] or in_the_table(w)[0].unanswered_s == 0
        talking.forgotten()
        talking.send()
        until(lambda: found(w)[0].unanswered_s > 1, lambda: str(found(w)))
        until(lambda: in_the_table(w)[0].unanswered_s > 1, lambda: str(in_the_table(w)))
        [hanging] = found(w)
        assert hanging.retransmits >= 2 and hanging.established
        mine, certain = of_processes([hanging], [talking.pid])
        assert (mine, certain) == ([hanging], True)
        assert of_processes([hanging], [os.getpid()])[0] == []


@pytest.mark.root
def test_the_application_waits_on_it_until_it_has_another() -> None:
    with World() as w:
        talking = Talking(w, HOST, PORT)
        settings = App(name="payapp", process=application_of(w))

        def seen(peers: tuple[Peer, ...] = PEERS) -> tuple[Outcome, Symptom | None, tuple[str, ...], int]:
            check = netns.call(w.terminal, lambda: app(settings, peers, hangs_s=0.5, lost_s=1.0))
            return check.outcome, check.symptom, check.facts.lost, len(check.facts.hanging)

        assert seen() == (Outcome.PASS, None, (), 0)
        talking.forgotten()
        talking.send()
        lost = (Outcome.WARN, Symptom.UNANSWERED, ("acquirer-a",), 1)
        until(lambda: seen() == lost, lambda: str(seen()))
        by_name = (Peer(gateway="acquirer-a", address="", port=PORT),)
        elsewhere = (Peer(gateway="acquirer-a", address="192.0.2.99", port=PORT),)
        assert (seen(by_name), seen(elsewhere)) == (lost, (Outcome.PASS, None, (), 0))
        Talking(w, HOST, PORT)
        assert seen() == (Outcome.PASS, None, (), 1)  # it has another one, which stands


ONE = (
    "one = Conversation(address='', port=1, local_port=1, established=True, unanswered_s=9, retransmits=4, received_s_ago=1, inode=7, "
    "uid={})"
)


def test_only_links_to_sockets_count(tmp_path: Path) -> None:
    one = Conversation(
        address=HOST, port=PORT, local_port=1, established=True, unanswered_s=9, retransmits=4, received_s_ago=None, inode=77, uid=0
    )
    (tmp_path / "4/fd").mkdir(parents=True)
    (tmp_path / "4/fd/3").symlink_to("socket:[77]")
    (tmp_path / "4/fd/4").symlink_to("socket:[nonsense")
    assert of_processes([one], [4], tmp_path) == ([one], True)
    assert of_processes([one], [5], tmp_path) == ([], True)


@pytest.mark.root
@pytest.mark.parametrize(("owner", "matched"), [(0, 1), (1000, 0)])
def test_where_descriptors_are_hidden_the_user_stands_for_the_process(owner: int, matched: int) -> None:
    """The first process is root's, and nobody may see what it has open."""
    imports = "from probes.edge.kernel.conversations import Conversation, of_processes\n" + ONE.format(owner)
    call = "dict(zip(('found', 'certain'), (lambda found, certain: (len(found), certain))(*of_processes([one], [1]))))"
    assert in_namespace("true", imports, call, ordinary_user=True) == {"found": matched, "certain": False}
