"""Who has an address on a link."""

from __future__ import annotations

import pytest

from probes.edge.net import on_link


@pytest.mark.root
def test_nobody_is_asked_by_arp_where_there_are_no_neighbours() -> None:
    """A port that a program of this machine serves has somebody at its address, though no ARP request is answered there."""
    end = on_link.own_end("lo")
    assert end is not None and on_link.claimed("127.0.0.1", end, 0.2) is None
