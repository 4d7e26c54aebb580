"""Loss as a host shows it that answers some connections and drops the others."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from probes.ground.deadline import Deadline
from probes.loss import by_tcp
from tests.support.patience import PATIENCE_S


@pytest.fixture
def one_of_many() -> Iterator[int]:
    """A port where one connection is accepted, and the kernel drops what comes after: its queue is full."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        yield listening.getsockname()[1]


def test_what_is_not_answered_in_time_is_lost(one_of_many: int) -> None:
    facts = by_tcp("lo", "127.0.0.1", one_of_many, 5, 0.0, Deadline(PATIENCE_S)).facts
    assert (facts.sent, facts.lost) == (5, 4)


def test_what_is_still_on_its_way_when_the_time_is_over_is_not_lost(one_of_many: int) -> None:
    facts = by_tcp("lo", "127.0.0.1", one_of_many, 5, 0.0, Deadline(0.9)).facts
    assert (facts.sent, facts.lost) == (1, 0)
