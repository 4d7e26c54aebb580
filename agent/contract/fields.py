"""Fields that facts of several kinds share, each read in one way. None where a kind has no such field, or where it is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from probes.model import Facts
from probes.model.facts import (
    ClockFacts,
    ConflictFacts,
    ExchangeFacts,
    LinkFacts,
    LossFacts,
    NameCostFacts,
    NamesElsewhereFacts,
    NtpFacts,
    OverlapFacts,
    RemoteFacts,
    ResolverFacts,
    RouterFacts,
    TlsSpokenFacts,
    TunnelFacts,
)

F = TypeVar("F", bound=Facts)
V = TypeVar("V")


def of(shape: type[F], read: Callable[[F], V | None]) -> Callable[[Facts], V | None]:
    """A field of one kind of facts, asked of any."""
    return lambda facts: read(facts) if isinstance(facts, shape) else None


def interface(facts: Facts) -> str | None:
    return (
        facts.interface
        if isinstance(facts, RemoteFacts | RouterFacts | ResolverFacts | LossFacts | ConflictFacts | OverlapFacts | TunnelFacts)
        else None
    )


def address(facts: Facts) -> str | None:
    if isinstance(facts, OverlapFacts):
        return next(iter(facts.addresses), None)
    return facts.address if isinstance(facts, RemoteFacts | LossFacts | ConflictFacts) else None


def host(facts: Facts) -> str | None:
    return facts.host if isinstance(facts, RemoteFacts | NamesElsewhereFacts | NameCostFacts | TlsSpokenFacts) else None


def port(facts: Facts) -> int | None:
    return facts.port if isinstance(facts, RemoteFacts | TlsSpokenFacts) else None


def mac(facts: Facts) -> str | None:
    return facts.mac if isinstance(facts, LinkFacts | ConflictFacts) else None


def signal_dbm(facts: Facts) -> int | None:
    return facts.signal_dbm if isinstance(facts, LinkFacts | ExchangeFacts) else None


def rtt_ms(facts: Facts) -> float | None:
    return facts.rtt_ms if isinstance(facts, RouterFacts | RemoteFacts | ResolverFacts | LossFacts | NtpFacts) else None


def skew_s(facts: Facts) -> float | None:
    """Ours minus true, as a check found it whose subject that is."""
    return facts.skew_s if isinstance(facts, NtpFacts | ClockFacts) else None
