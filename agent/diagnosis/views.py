"""Checks by what they are about, and what the different kinds have in common. Whoever chooses among checks does it by these. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeGuard, TypeVar

from probes.model import Check, Facts, Kind, Layer
from probes.model.facts import LossFacts, NtpFacts, Phase, RemoteFacts, ResolverFacts

F = TypeVar("F", bound=Facts)

OWN_INTERFACE = "lo"  # what leads to the terminal itself, at whichever of its addresses
REMOTE = (Layer.DNS, Layer.INTERNET, Layer.GATEWAY)  # what is asked beyond the terminal's own link and router


def knows(check: Check[Facts], shape: type[F]) -> TypeGuard[Check[F]]:
    """Whether its facts are of this shape, or of one that has all of it (`RemoteFacts`: of every connection)."""
    return isinstance(check.facts, shape)


def of_kind(checks: Iterable[Check[Facts]], shape: type[F]) -> list[Check[F]]:
    return [check for check in checks if knows(check, shape)]


def first_of(checks: Iterable[Check[Facts]], shape: type[F]) -> Check[F] | None:
    """The first of them, or the only one where there is only one such check (`system:clock`). None where there is none."""
    return next((check for check in checks if knows(check, shape)), None)


def own_way(checks: Iterable[Check[Facts]]) -> list[Check[Facts]]:
    """Without those that went over a backup uplink."""
    return [check for check in checks if check.kind is not Kind.BACKUP]


def phase_of(check: Check[Facts]) -> Phase | None:
    return check.facts.phase if isinstance(check.facts, RemoteFacts) else None


def interface_of(check: Check[Facts]) -> str:
    """Over which its packets went; empty where that is not known."""
    facts = check.facts
    return (facts.interface or "") if isinstance(facts, (RemoteFacts, ResolverFacts, LossFacts)) else ""


def router_of(check: Check[Facts]) -> str:
    """Through which its packets went; empty for a neighbour on the same link, and where that is not known."""
    facts = check.facts
    return (facts.via or "") if isinstance(facts, (RemoteFacts, LossFacts)) else ""


def errno_of(check: Check[Facts]) -> int | None:
    """The number of the system's own error; None where there was none, or it was not kept."""
    return check.facts.errno if isinstance(check.facts, (RemoteFacts, ResolverFacts)) else None


def round_trip_ms(check: Check[Facts]) -> float:
    """0 where none was measured."""
    facts = check.facts
    return (facts.rtt_ms or 0.0) if isinstance(facts, (RemoteFacts, ResolverFacts, LossFacts, NtpFacts)) else 0.0
