"""What it costs to find a name as programs ask for it: each name server in its order, both families at once."""

from __future__ import annotations

from collections.abc import Sequence

from probes.assess import lookup_cost
from probes.assess.lookup_cost import Answers
from probes.edge.dns import together
from probes.edge.dns.together import KINDS, Told
from probes.edge.failures import CannotTell, not_looked
from probes.ground.deadline import Deadline
from probes.model import Check, Kind, Outcome, check_of
from probes.model.facts import NameCostFacts

_DENIED = "NXDOMAIN"
_ENDS = ("NOERROR", _DENIED)  # the library asks no further server


def probe(name: str, servers: Sequence[str], kinds: Sequence[int], options: Sequence[str], deadline: Deadline) -> Check[NameCostFacts]:
    """Passes with what it costs; `judge.py` knows how much is too much. Skipped where no server finds the name."""
    facts = NameCostFacts(host=name, asked=tuple(KINDS[kind] for kind in kinds), options=tuple(options))
    told: list[Told] = []
    try:
        for server in servers:
            told.append(together.ask(server, name, kinds, deadline))
            if _ended(told[-1]) and "rotate" not in options:
                break
    except CannotTell as trouble:
        return not_looked(facts, trouble, name=name)
    except ValueError:
        return check_of(facts, Outcome.SKIP, because="not a name", name=name)
    facts = facts.with_(servers={each.server: each.in_short for each in told})
    if any(each.lossy for each in told):
        return check_of(facts, Outcome.SKIP, because="answers were lost by chance", name=name)
    found = lookup_cost.cost([*map(_answers, told), *(Answers(server=rest) for rest in servers[len(told) :])], options)
    if found is None or not any(each.found for each in told):
        return check_of(facts, Outcome.SKIP, because=Kind.RESOLVER.id(told[0].server if told else ""), name=name)
    facts = facts.with_(costs_s=found.seconds, waits_for=found.waits_for, unanswered=found.question or None)
    return check_of(facts, Outcome.PASS, name=name)


def _ended(told: Told) -> bool:
    return any(code in _ENDS for code in told.codes.values())


def _answers(told: Told) -> Answers:
    """A server that answers with an error of its own makes nobody wait, whatever it says to the other question."""
    ended = _ended(told)
    missing = ", ".join(KINDS[kind] for kind in told.missing) if told.codes else ""
    at_once = told.failed is not None or (bool(told.codes) and not ended and not told.missing)
    return Answers(server=told.server, took_s=told.took_ms / 1000, ended=ended, missing=missing, alone=told.alone, at_once=at_once)
