"""Looks a fact up in the checks that a cause rests on, the nearest check first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from agent.contract import fields
from agent.contract.fields import of
from agent.diagnosis.model import Finding
from probes.model import Check, Facts, Kind, Layer
from probes.model.facts import ConflictFacts, OverlapFacts

V = TypeVar("V")
ASKED_ITSELF = "device"  # the target where a terminal beside this machine was asked for names, as its programs ask: no address is known


class Observed(Struct, frozen=True):
    """`near`: the evidence, then what else concerns the subject. `every`: all checks, in the order of the path."""

    near: tuple[Check[Facts], ...]
    every: tuple[Check[Facts], ...]

    def fact(
        self, *reads: Callable[[Facts], V | None], of: Callable[[Check[Facts]], bool] = lambda check: True, anywhere: bool = False
    ) -> V | None:
        """The first of these that is known and not empty. `of`: which checks are asked. `anywhere`: also those that are no evidence."""
        for check in filter(of, (*self.near, *self.every) if anywhere else self.near):
            for value in (read(check.facts) for read in reads):
                if value is not None and value not in ("", (), {}):
                    return value
        return None

    def target(self, wanted: Callable[[Check[Facts]], bool], *, anywhere: bool = True) -> str:
        """The target of the first check that is wanted, or an empty text."""
        return next((check.target for check in ((*self.near, *self.every) if anywhere else self.near) if wanted(check)), "")


def at(layer: Layer) -> Callable[[Check[Facts]], bool]:
    return lambda check: check.layer is layer


def host_of(seen: Observed) -> str | None:
    """An acquirer's: a host of the Internet checks stands for none of them."""
    of_gateway, named = at(Layer.GATEWAY), lambda check: check.kind is not Kind.HTTP_CHECK
    near = seen.fact(fields.host, of=of_gateway) or seen.fact(fields.host, of=named)
    return near or seen.fact(fields.host, of=of_gateway, anywhere=True) or seen.fact(fields.host)


def address_of(seen: Observed) -> str | None:
    """Of the host that is spoken of, or of what the cause itself is about: never of another host that was asked besides."""
    host = host_of(seen)
    own = seen.fact(of(ConflictFacts, fields.address), of(OverlapFacts, fields.address))
    return own or (seen.fact(fields.address, of=lambda check: fields.host(check.facts) == host, anywhere=True) if host else None)


def resolver_of(seen: Observed) -> str:
    return seen.target(lambda check: check.kind is Kind.RESOLVER)


def observed(finding: Finding, checks: Sequence[Check[Facts]]) -> Observed:
    """Checks of the subject itself go first, then failed ones, then those of the layer that the cause belongs to; plug-ins tell nothing."""
    ids = set(finding.evidence)
    checks = [check for check in checks if check.kind is not Kind.PLUGIN]
    evidence = [check for check in checks if check.id in ids]
    evidence.sort(key=lambda check: (check.target != finding.subject, not check.failed, check.layer is not finding.code.layer))
    beside = [check for check in checks if check.id not in ids and finding.subject and check.target == finding.subject]
    return Observed((*evidence, *beside), tuple(checks))
