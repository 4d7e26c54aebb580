"""Is there a cable or a radio, and is it on?"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from probes.edge.failures import CannotTell
from probes.edge.kernel import nl80211, wifi_radio
from probes.edge.kernel.netlink import IFF_UP, Link
from probes.edge.kernel.network import Network, Part
from probes.edge.kernel.reading import line_of
from probes.edge.kernel.tunnels import TUNNELS
from probes.edge.kernel.uplink import UplinkTarget
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import LinkFacts
from probes.settings import UplinkKind

_MANY_ERRORS = 10  # growth between two looks below which receive errors are the noise of any line


def probe(
    uplink: UplinkTarget, network: Network, sys: Path = Path("/sys"), proc: Path = Path("/proc"), carries: tuple[str, ...] = ()
) -> Check[LinkFacts]:
    """One interface. Administrative state and carrier come from the kernel's flags, the radio from rfkill and `/proc/net/wireless`."""
    name = uplink.interface
    facts = LinkFacts(
        interface_kind=uplink.kind.value if uplink.kind else "other",
        role=uplink.role.value,
        configured=uplink.configured,
        used=uplink.used,
        carries=carries,
    )
    link = network.link(name)
    if link is None:
        return _not_found(facts, name, network)
    try:
        facts = facts.learnt(_kernel_facts(link, sys))
        return _look(facts, uplink, link, sys, proc)
    except CannotTell as trouble:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, trouble.text, name=name)


def _not_found(facts: LinkFacts, name: str, network: Network) -> Check[LinkFacts]:
    if network.not_looked:
        return check_of(facts, Outcome.UNKNOWN, Symptom.NOT_LOOKED, network.not_looked, name=name)
    if not network.may_read(Part.INTERFACES):
        return check_of(facts, Outcome.UNKNOWN, Symptom.DENIED, network.denied[0].text, name=name)
    return check_of(facts, Outcome.FAIL, Symptom.ABSENT, name=name)


def _look(facts: LinkFacts, uplink: UplinkTarget, link: Link, sys: Path, proc: Path) -> Check[LinkFacts]:
    """Raises CannotTell."""
    name, wireless = uplink.interface, uplink.kind is UplinkKind.WIFI
    switch = wifi_radio.switched_off(name, wireless, sys) if uplink.kind in (UplinkKind.WIFI, UplinkKind.CELLULAR) else ""
    if switch:
        return check_of(facts.with_(rfkill=switch), Outcome.FAIL, Symptom.RADIO_OFF, name=name)
    if not link.flags & IFF_UP:
        return check_of(facts, Outcome.FAIL, Symptom.ADMIN_DOWN, name=name)
    signal_dbm = wifi_radio.signal_dbm(name, proc) if wireless else None
    facts = facts.with_(signal_dbm=signal_dbm)
    if wireless:
        air = nl80211.joined(link.index)
        facts = facts.with_(network=air.network or None, access_point=air.access_point or None)
    if link.carrier is False:
        if not wireless:
            return check_of(facts, Outcome.FAIL, Symptom.NO_CARRIER, name=name)
        wrong = wifi_radio.password_refused(name)
        return check_of(facts, Outcome.FAIL, Symptom.WRONG_PASSWORD if wrong else Symptom.NOT_ASSOCIATED, name=name)
    if signal_dbm is not None and signal_dbm < wifi_radio.WEAK_DBM:
        return check_of(facts, Outcome.WARN, Symptom.WEAK_SIGNAL, name=name)
    return check_of(facts, Outcome.PASS, name=name)


def with_errors(check: Check[Facts], growth: int) -> Check[Facts]:
    """The same check once it is known by how much the receive errors grew: bad frames, or half duplex with bad frames."""
    if not isinstance(check.facts, LinkFacts):
        return check
    facts = check.facts.with_(receive_errors=growth)
    if check.outcome is Outcome.PASS and facts.interface_kind == UplinkKind.ETHERNET and growth >= _MANY_ERRORS:
        symptom = Symptom.HALF_DUPLEX if facts.duplex == "half" else Symptom.LINK_ERRORS
        return replace(check, outcome=Outcome.WARN, symptom=symptom, facts=facts)
    return replace(check, facts=facts)


def _kernel_facts(link: Link, sys: Path) -> LinkFacts:
    """Raises CannotTell. A link that is down has neither speed nor duplex."""
    folder = sys / "class/net" / link.name
    speed, duplex = line_of(folder / "speed"), line_of(folder / "duplex")
    return LinkFacts(
        tunnel=True if link.kind in TUNNELS or link.kind == "ppp" else None,
        admin_up=bool(link.flags & IFF_UP),
        carrier=link.carrier,
        operstate=link.operstate,
        mac=link.mac,
        mtu_bytes=link.mtu,
        speed_mbps=int(speed) if speed.isdigit() else None,
        duplex=duplex if duplex not in ("", "unknown") else None,
        carrier_changes=link.carrier_changes,
    )
