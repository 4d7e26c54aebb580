"""A cellular uplink without data: no cable ends there, and what the modem tells of itself decides."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from agent.diagnosis.candidate import Candidate, either
from agent.diagnosis.causes import Cause
from agent.diagnosis.evidence import failed_there
from agent.diagnosis.snapshot import Snapshot, silent_all
from probes.model import Check, Facts, Outcome, Symptom
from probes.model.facts import AddressFacts, LinkFacts, SerialFacts

_SAYS_WHY = (
    Symptom.SIM_MISSING, Symptom.SIM_LOCKED, Symptom.RADIO_OFF, Symptom.REGISTRATION_DENIED, Symptom.NOT_ATTACHED, Symptom.NOT_REGISTERED
)  # fmt: skip
_REGISTERED = ("home", "roaming")
_NO_LINK = (Symptom.NO_CARRIER, Symptom.ADMIN_DOWN, Symptom.ABSENT)
_NO_ADDRESS = (Symptom.NO_ADDRESS, Symptom.LINK_LOCAL_ONLY)
_BY_REFUSAL = {"apn": Cause.APN_MISCONFIGURED, "plan": Cause.DATA_PLAN_STOPPED}


def cellular_rules(snapshot: Snapshot) -> Iterator[Candidate]:
    yield from _no_data(snapshot)
    modem = next(iter(_registered(snapshot)), None)
    troubled = without_data(snapshot) or without_link(snapshot)
    if not troubled or modem_says_why(snapshot):
        return
    if modem is None:
        # carrier or address are missing, and nobody asked the modem: what it is, only that could tell
        causes = (Cause.SIM_MISSING, Cause.DATA_PLAN_STOPPED, Cause.APN_MISCONFIGURED, Cause.NOT_REGISTERED)
        doubt = either(troubled[0].target, tuple(check.id for check in troubled), *causes)
        yield replace(doubt, notice=_unused(troubled, snapshot))
        return
    evidence = (modem.id, *(check.id for check in troubled))
    behind = tuple(other for check in troubled for other in snapshot.behind(check))
    code = _BY_REFUSAL.get(modem.facts.refused or "")
    if code is None and modem.facts.apn == "" and not modem.facts.data_context:
        code = Cause.APN_MISCONFIGURED  # nobody set any
    if code is not None:
        found = Candidate(code=code, subject=modem.target, evidence=evidence, strength=0.8, explains=behind, silence=True)
    else:
        found = either(modem.target, evidence, Cause.APN_MISCONFIGURED, Cause.DATA_PLAN_STOPPED, silence=True)
    yield replace(found, notice=_unused(troubled, snapshot))


def without_link(snapshot: Snapshot) -> list[Check[Facts]]:
    """A terminal without any interface to look at, and with a modem that a network has taken."""
    route = snapshot.default_route
    missing = route is not None and route.symptom is Symptom.NO_DEFAULT_ROUTE
    return [route] if route is not None and missing and not snapshot.links and _registered(snapshot) else []


def _unused(troubled: list[Check[Facts]], snapshot: Snapshot) -> bool:
    """Nothing says that this terminal uses the interface, and another one carries."""
    links = [link for check in troubled if (link := snapshot.named(LinkFacts, check.target)) is not None]
    known = any(link.facts.configured or link.facts.used for link in links)
    carried = bool(snapshot.accepted) or any(link.ok for link in snapshot.links if not cellular(link.target, snapshot))
    return bool(links) and not known and carried


def without_data(snapshot: Snapshot) -> list[Check[Facts]]:
    """Checks of cellular interfaces that have no carrier or no address, where the modem's word or its silence counts for more than theirs.

    One that is switched off, or not there, is only that where no modem is known that a network has taken and that has no data.
    """
    known = _registered(snapshot)
    no_context = any(check.facts.data_context is False or check.facts.refused for check in known)
    found: list[Check[Facts]] = []
    for check in snapshot.checks:
        if not check.failed:
            continue
        if isinstance(check.facts, LinkFacts) and cellular(check.target, snapshot):
            if check.symptom is Symptom.NO_CARRIER or (check.symptom in _NO_LINK and no_context):
                found.append(check)
        elif isinstance(check.facts, AddressFacts) and check.symptom in _NO_ADDRESS and cellular(check.target, snapshot):
            found.append(check)
    return found


def cellular(interface: str, snapshot: Snapshot) -> bool:
    """A PPP line beside a modem is the modem's."""
    link = snapshot.named(LinkFacts, interface)
    if link is not None and link.facts.interface_kind == "cellular":
        return True
    return interface.startswith("ppp") and bool(snapshot.modems)


def modem_says_why(snapshot: Snapshot) -> list[Check[SerialFacts]]:
    """Modems on a serial line that tell why there is no cellular link."""
    return [c for c in snapshot.modems if c.failed and c.symptom in _SAYS_WHY]


def without_carrier(snapshot: Snapshot) -> tuple[str, ...]:
    """Cellular links that have no carrier or no address: for whoever knows why."""
    return tuple(check.id for check in without_data(snapshot))


def _registered(snapshot: Snapshot) -> list[Check[SerialFacts]]:
    """Modems that a network has taken, and that are not known to lack its packet service."""
    return [c for c in snapshot.modems if c.ok and c.facts.registration in _REGISTERED and c.facts.attached is not False]


def _no_data(snapshot: Snapshot) -> Iterator[Candidate]:
    """The modem is registered and attached, and over its link nothing at all comes back."""
    interfaces = {check.target for check in snapshot.links if check.facts.interface_kind == "cellular"}
    modems = [c for c in snapshot.modems if c.ok and c.facts.attached]
    tried = [c for c in snapshot.hosts if c.facts.interface and c.outcome is not Outcome.SKIP]
    if not modems or snapshot.beyond or not silent_all(tried) or not {c.facts.interface for c in tried} <= interfaces:
        return
    evidence = (modems[0].id, *(c.id for c in tried))
    names = tuple(c.id for c in snapshot.resolvers if failed_there(c) and c.facts.interface in interfaces)
    yield Candidate(code=Cause.DATA_PLAN_STOPPED, subject=modems[0].target, evidence=evidence, strength=0.75, explains=names, silence=True)
