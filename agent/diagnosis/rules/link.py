"""Cable, radio, SIM: the terminal's own sockets."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import failed_there
from agent.diagnosis.rules.cellular import without_data, without_link
from agent.diagnosis.rules.tunnel import works_below
from agent.diagnosis.snapshot import Snapshot
from probes.model import Check, Layer, Outcome, Symptom
from probes.model.devices import EMERGENCY
from probes.model.facts import LinkFacts

_BY_SYMPTOM = {
    Symptom.NO_CARRIER: Cause.CABLE_UNPLUGGED,
    Symptom.ADMIN_DOWN: Cause.INTERFACE_DISABLED,
    Symptom.ABSENT: Cause.INTERFACE_DISABLED,
    Symptom.RADIO_OFF: Cause.RADIO_OFF,
    Symptom.NOT_ASSOCIATED: Cause.WIFI_NOT_JOINED,
    Symptom.WRONG_PASSWORD: Cause.WIFI_PASSWORD,
    Symptom.SIM_MISSING: Cause.SIM_MISSING,
    Symptom.SIM_LOCKED: Cause.SIM_LOCKED,
    Symptom.REGISTRATION_DENIED: Cause.DATA_PLAN_STOPPED,
    Symptom.NO_DATA: Cause.DATA_PLAN_STOPPED,
    Symptom.NOT_REGISTERED: Cause.NOT_REGISTERED,
}
_QUALITY = {
    Symptom.HALF_DUPLEX: Cause.LINK_ERRORS,
    Symptom.LINK_ERRORS: Cause.LINK_ERRORS,
    Symptom.WEAK_SIGNAL: Cause.WEAK_SIGNAL,
}

_ABOVE = (Layer.ROUTER, Layer.DNS, Layer.INTERNET, Layer.GATEWAY)


def link_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    route = snapshot.default_route
    if without_link(snapshot):
        return
    if not snapshot.links and route is not None and route.symptom is Symptom.NO_DEFAULT_ROUTE:
        yield either("network", (route.id,), Cause.INTERFACE_DISABLED, Cause.CABLE_UNPLUGGED)
        return
    broken = [check for check in snapshot.links if check.failed and check.symptom in _BY_SYMPTOM]
    of_cellular = without_data(snapshot)
    guessed = [check for check in broken if not _known(check) and check not in of_cellular]
    if not _works(snapshot) and len(guessed) > 1 and len(guessed) == len(snapshot.links):
        yield from _one_of(guessed)
        guessed_ids = {check.id for check in guessed}
        broken = [check for check in broken if check.id not in guessed_ids]
    for check in broken:
        if check in of_cellular:
            continue  # no cable ends there: the modem, or nobody, can tell why (`cellular.py`)
        if check.symptom is Symptom.NO_CARRIER and check.facts.tunnel:
            # no cable ends there either: the program behind a tunnel does not run
            if not works_below(snapshot, check.target):
                yield Candidate(code=Cause.INTERFACE_DISABLED, subject=check.target, evidence=(check.id,), strength=0.72)
            continue
        if check.facts.registration == EMERGENCY:
            # there is a network, and it takes this card for emergency calls alone: not the card's own network, or a plan that has ended
            doubt = either(check.target, (check.id,), Cause.DATA_PLAN_STOPPED, _cause(check))
            yield replace(doubt, notice=not _known(check) and _works(snapshot))
            continue
        yield Candidate(
            code=_cause(check),
            subject=check.target,
            evidence=(check.id,),
            strength=0.95 if _known(check) else 0.8,
            notice=not _known(check) and _works(snapshot),
        )
    for check in snapshot.links:
        if check.outcome is Outcome.WARN and check.symptom in _QUALITY:
            harmless = check.symptom is Symptom.WEAK_SIGNAL and not any(failed_there(c) for c in snapshot.checks if c.layer in _ABOVE)
            yield Candidate(code=_QUALITY[check.symptom], subject=check.target, evidence=(check.id,), strength=0.75, notice=harmless)


def _cause(check: Check[LinkFacts]) -> Cause:
    assert check.symptom is not None
    return _BY_SYMPTOM[check.symptom]


def _known(check: Check[LinkFacts]) -> bool:
    """Named by the configuration, or seen to carry the default route: not just a socket that happens to be there."""
    return bool(check.facts.configured or check.facts.used)


def _works(snapshot: Snapshot) -> bool:
    """Some other uplink carries."""
    return any(check.ok for check in snapshot.links) or bool(snapshot.accepted)


def _one_of(broken: list[Check[LinkFacts]]) -> Iterator[Candidate]:
    """Several sockets, none in use, and nothing says which one this terminal normally uses."""
    codes = tuple(dict.fromkeys(_cause(check) for check in broken))
    ids = tuple(check.id for check in broken)
    if len(codes) == 1:
        yield Candidate(code=codes[0], subject=broken[0].target, evidence=ids, strength=0.75)
    else:
        yield either(", ".join(check.target for check in broken), ids, *codes)
