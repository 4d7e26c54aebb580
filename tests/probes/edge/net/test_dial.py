"""A name may have many addresses: the first that accepts is taken, as programs do."""

from __future__ import annotations

import pytest

from probes.edge.failures import PeerFailed
from probes.edge.net.dial import connect_any
from probes.ground.deadline import Deadline
from probes.model import Symptom
from tests.support.patience import PATIENCE_S
from tests.support.servers.local import Local
from tests.support.world import behaviours

REFUSING = tuple(f"127.0.0.{last}" for last in range(2, 7))


def test_the_last_of_six_addresses_is_reached() -> None:
    with Local(behaviours.accept) as server:
        dialled = connect_any((*REFUSING, server.address), server.port, Deadline(PATIENCE_S))
        dialled.connection.sock.close()
    assert (dialled.seen.address, dialled.seen.interface, dialled.seen.via) == (server.address, "lo", "")
    assert dialled.seen.rtt_ms is not None and dialled.seen.connect_ms is not None


def test_where_none_accepts_the_last_failure_is_told() -> None:
    with Local(behaviours.accept) as server, pytest.raises(PeerFailed) as failed:
        connect_any(REFUSING, server.port, Deadline(PATIENCE_S))
    assert failed.value.symptom is Symptom.REFUSED
    assert (failed.value.seen.address, failed.value.seen.interface) == (REFUSING[-1], "lo")


def test_a_name_without_addresses() -> None:
    with pytest.raises(PeerFailed) as failed:
        connect_any((), 8583, Deadline(PATIENCE_S))
    assert failed.value.symptom is Symptom.NO_USABLE_ANSWER
