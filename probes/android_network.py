"""The network of an Android terminal, as it tells of it itself: radio, SIM card, Wi-Fi, its default network with addresses and routers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from probes.assess.android import connectivity, properties, telephony, wifi
from probes.assess.android.connectivity import Connectivity, Network
from probes.assess.android.properties import Sim
from probes.assess.android.telephony import Slot
from probes.assess.android.wifi import Wifi
from probes.edge.adb.shell import Phone, whole
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.facts import AddressFacts, DefaultRoute, DefaultRouteFacts, LinkFacts

_WEAK_DBM = -80  # of Wi-Fi
_UNTOLD = "the device did not tell of its network: dumpsys connectivity came to no end, or is not there"


class Radio(Struct, frozen=True, kw_only=True):
    """What is not known is None."""

    airplane: bool | None
    wifi: Wifi | None
    sim: Sim | None
    slots: tuple[Slot, ...]

    @property
    def slot(self) -> Slot | None:
        """The one with a card: an empty one beside it shows POWER_OFF."""
        return next((each for each in self.slots if each.in_service), None) or next((each for each in self.slots if not each.off), None)


def network(phone: Phone, deadline: Deadline, used: str = "") -> list[Check[Facts]]:
    """`used`: the kind of its uplink when it last had one; empty where nobody knows. Raises NotReady, PeerFailed and CannotTell."""
    told = connectivity.parse(whole(phone.ask("dumpsys connectivity", deadline, 5.0)))
    if told is not None and told.default is not None:
        return list(_joined(told, told.default))
    radio = _radio(phone, deadline)
    return list(_not_joined(told, radio, used))


def _radio(phone: Phone, deadline: Deadline) -> Radio:
    airplane = phone.ask("settings get global airplane_mode_on", deadline).stdout.strip()
    said = wifi.parse(whole(phone.ask("cmd wifi status", deadline))) or wifi.parse(whole(phone.ask("dumpsys wifi", deadline)))
    return Radio(
        airplane={"1": True, "0": False}.get(airplane),
        wifi=said,
        sim=properties.sim_of(properties.parse(whole(phone.ask("getprop", deadline)))),
        slots=telephony.parse(whole(phone.ask("dumpsys telephony.registry", deadline))),
    )


def _joined(told: Connectivity, default: Network) -> Iterator[Check[Facts]]:
    """A VPN lies on another network; where it says which, nobody needs to know."""
    beneath = next((each for each in told.networks if each.internet and not each.vpn), default) if default.vpn else default
    name = escape(beneath.interface or beneath.kind)
    yield check_of(LinkFacts(interface_kind=beneath.kind, used=True, admin_up=True, carrier=True), Outcome.PASS, name=name)
    addresses = tuple(map(escape, default.addresses))
    facts = AddressFacts(addresses=addresses, routers=tuple(map(escape, default.routers)))
    yield check_of(facts, Outcome.PASS if addresses else Outcome.FAIL, None if addresses else Symptom.NO_ADDRESS, name=name)
    routers = tuple(DefaultRoute(router=escape(router), interface=name) for router in default.routers)
    yield check_of(DefaultRouteFacts(routers=routers, needed=True), Outcome.PASS, target="network")


def _not_joined(told: Connectivity | None, radio: Radio, used: str) -> Iterator[Check[Facts]]:
    found = [_switched_off(radio, used)] if radio.airplane else [*_wireless(radio, used), *_mobile(radio, used)]
    yield from found
    if told is None:
        yield check_of(DefaultRouteFacts(), Outcome.UNKNOWN, Symptom.NOT_LOOKED, _UNTOLD, target="network")
    elif any(check.failed for check in found):
        because = next(check.id for check in found if check.failed)
        yield check_of(DefaultRouteFacts(needed=True), Outcome.SKIP, because=because, target="network")
    else:
        yield check_of(DefaultRouteFacts(needed=True), Outcome.FAIL, Symptom.NO_DEFAULT_ROUTE, target="network")


def _switched_off(radio: Radio, used: str) -> Check[Facts]:
    """Airplane mode: one switch, however many radios it takes."""
    kind = used or ("cellular" if radio.sim is not None and not radio.sim.absent else "wifi")
    return check_of(LinkFacts(interface_kind=kind, used=True, rfkill="soft"), Outcome.FAIL, Symptom.RADIO_OFF, name=kind)


def _wireless(radio: Radio, used: str) -> Iterator[Check[Facts]]:
    """Wi-Fi that somebody switched off on a terminal that goes by its SIM card is no fault."""
    said = radio.wifi
    if said is None or (said.enabled is False and used != "wifi" and radio.sim is not None):
        return
    facts = LinkFacts(interface_kind="wifi", used=True if used == "wifi" else None, admin_up=said.enabled)
    facts = facts.with_(signal_dbm=said.signal_dbm)
    if said.enabled is False:
        off = facts.with_(rfkill="soft")
        yield check_of(off, Outcome.FAIL, Symptom.RADIO_OFF, name="wifi")
    elif said.joined is False:
        yield check_of(facts, Outcome.FAIL, Symptom.NOT_ASSOCIATED, name="wifi")
    elif said.joined:
        weak = said.signal_dbm is not None and said.signal_dbm < _WEAK_DBM
        yield check_of(facts, Outcome.WARN if weak else Outcome.PASS, Symptom.WEAK_SIGNAL if weak else None, name="wifi")


def _mobile(radio: Radio, used: str) -> Iterator[Check[Facts]]:
    """From the card outwards: the first that is missing explains the rest."""
    sim, slot = radio.sim, radio.slot
    if sim is None and not radio.slots:
        return
    facts = LinkFacts(interface_kind="cellular", used=True if used == "cellular" else None)
    symptom: Symptom | None = None
    if sim is not None and sim.absent:
        symptom = Symptom.SIM_MISSING
    elif sim is not None and sim.locked:
        symptom = Symptom.SIM_LOCKED
    elif radio.slots and all(each.off for each in radio.slots):
        symptom = Symptom.RADIO_OFF
    elif slot is not None and slot.denied:
        symptom = Symptom.REGISTRATION_DENIED
    elif slot is not None and not slot.in_service:
        symptom = Symptom.NOT_REGISTERED
    elif slot is not None and slot.connected is False:
        symptom = Symptom.NO_DATA
    yield check_of(facts, Outcome.FAIL if symptom else Outcome.PASS, symptom, name="cellular")
