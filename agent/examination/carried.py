"""What one examination leaves to the next in memory: whoever makes several owns one of these, and nothing of it belongs to the process."""

from __future__ import annotations

import threading

from msgspec import Struct, field

from agent.messages.limiter import Unwritten
from agent.record.said_dates import SaidDates
from probes.edge.dns.lookup import NameCache
from probes.edge.net.connection_pool import ConnectionPool
from probes.edge.tls.session_cache import TlsSessionCache
from probes.ground.bytes_spent import BytesSpent
from probes.ground.clock import Clock
from probes.temperature import Movement


class Carried(Struct, frozen=True, kw_only=True):
    """`clock`: by which all of it is dated, and each examination; `pool`: connections that stay open; `sessions` of TLS to go on from;
    `names` that were found, for as long as their answers allow; `hanging`: threads of probes that did not end, by task;
    `unwritten`: good answers of hosts that are not in the record yet; `spent`: bytes on the wire that no examination has told yet;
    `movement`: which temperature sensors were seen to move; `said`: what people said of dates;
    `gateways_from_s`: on the running clock, before which no gateway is looked at."""

    clock: Clock
    pool: ConnectionPool
    sessions: TlsSessionCache
    names: NameCache
    hanging: dict[str, threading.Thread] = field(default_factory=dict)
    unwritten: Unwritten = field(default_factory=dict)
    spent: BytesSpent = field(default_factory=BytesSpent)
    movement: Movement = field(default_factory=Movement)
    said: SaidDates = field(default_factory=SaidDates)
    gateways_from_s: float = float("-inf")

    @classmethod
    def of(cls, clock: Clock, gateways_from_s: float = float("-inf"), said: SaidDates | None = None) -> Carried:
        """Before the first examination."""
        pool, sessions, names = ConnectionPool(clock), TlsSessionCache(clock), NameCache(clock)
        return cls(clock=clock, pool=pool, sessions=sessions, names=names, gateways_from_s=gateways_from_s, said=said or SaidDates())

    def held_s(self) -> float:
        """Seconds until gateways may be looked at."""
        return max(0.0, self.gateways_from_s - self.clock.running())
