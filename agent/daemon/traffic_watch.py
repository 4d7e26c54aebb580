"""The payment application's own packets tell of a fault before any of ours: a connection of it that nobody acknowledges is looked at at
once. No packet is sent for that, and nothing is read but two short tables of the kernel.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from contextlib import suppress

from probes.app import HANGS_S, Peer
from probes.edge.failures import CannotTell
from probes.edge.kernel.conversations import Conversation, conversations, of_processes

SOON_S = 0.1  # the least between two looks


class TrafficWatch:
    """A source of events about the way out: `look` is called again and again, and makes it readable where a connection has come to hang.

    Each tells once, as long as it hangs. Where the kernel tells nobody of connections, there is never anything. A connection hangs for
    HANGS_S before it counts. Looked at as often, and besides when `within_s` is over, it is seen at the latest when it has hung for that
    long and been sent again once: for the kernel a look is a walk through all the places that a connection could have, so there are few.
    """

    def __init__(self, peers: Sequence[Peer]) -> None:
        """Raises OSError where there is no descriptor left."""
        self._peers, self._ports = tuple(peers), {peer.port for peer in peers}
        self._told: set[tuple[str, int, int]] = set()
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._closed = False
        self.within_s = HANGS_S  # a connection that goes unanswered may come to hang after so long

    def look(self) -> None:
        """Never raises."""
        hanging = self._hanging()
        if hanging - self._told and not self._closed:
            with suppress(OSError):
                os.eventfd_write(self._event, 1)
        self._told = hanging

    def fileno(self) -> int:
        return self._event

    def read(self) -> bool:
        """Whether it tells of anything since it was last read."""
        try:
            return os.eventfd_read(self._event) > 0
        except BlockingIOError:
            return False

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self._event)

    def _hanging(self) -> set[tuple[str, int, int]]:
        """Connections to the hosts that go unanswered, but for our own."""
        self.within_s = HANGS_S
        try:
            found = [each for each in conversations(self._ports) if each.unanswered_s and any(peer.is_of(each) for peer in self._peers)]
            self.within_s = max(
                SOON_S, min((HANGS_S - each.unanswered_s for each in found if each.unanswered_s < HANGS_S), default=HANGS_S)
            )
            found = [each for each in found if each.unanswered_s >= HANGS_S]
            ours = {each.inode for each in of_processes(found, [os.getpid()])[0]} if found else set()
        except (OSError, ValueError, CannotTell):
            return set()
        return {(each.address, each.port, each.local_port) for each in found if each.inode not in ours}


def heard_s_ago(peers: Sequence[Peer]) -> float:
    """Seconds since another program here last heard from one of the hosts over a connection that is open: none where one waits for its
    answer, or nobody tells when; infinitely many where there is no connection."""
    try:
        found = [each for each in conversations({peer.port for peer in peers}) if any(peer.is_of(each) for peer in peers)]
        ours = {each.inode for each in of_processes(found, [os.getpid()])[0]} if found else set()
    except (OSError, ValueError, CannotTell):
        return 0.0
    return min((_heard_s_ago(each) for each in found if each.inode not in ours), default=math.inf)


def _heard_s_ago(each: Conversation) -> float:
    return 0.0 if each.unanswered_s or each.received_s_ago is None else each.received_s_ago
