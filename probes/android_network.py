"""The network of an Android terminal, as it tells of it itself: radio, SIM card, Wi-Fi, cable, its default network with addresses and
routers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from probes.assess.android import connectivity, links, properties, telephony, wifi
from probes.assess.android.connectivity import Connectivity, Network
from probes.assess.android.links import Way, Wired
from probes.assess.android.properties import Sim
from probes.assess.android.telephony import Slot
from probes.assess.android.wifi import Wifi
from probes.edge.adb.shell import Phone, whole
from probes.ground.deadline import Deadline
from probes.ground.text import escape
from probes.model import Check, Facts, Outcome, Symptom, check_of
from probes.model.devices import EMERGENCY
from probes.model.facts import AddressFacts, DefaultRoute, DefaultRouteFacts, HttpCheckFacts, LinkFacts

_WEAK_DBM = -80  # of Wi-Fi
_UNTOLD = "the device did not tell of its network: dumpsys connectivity came to no end, or is not there"
_ROUTE = "ip route get 192.0.2.1"  # of documentation (RFC 5737): nothing is sent there, the kernel says which way it would be
_DATA_SWITCHES = ("mobile_data", "mobile_data1", "mobile_data2")  # one for all cards, or one for each (Settings.Global)
_PORTAL = "Android"


class Radio(Struct, frozen=True, kw_only=True):
    """What is not known is None. `key_refused`: of a Wi-Fi network that was joined before; `data_off`: mobile data is switched off."""

    airplane: bool | None
    wifi: Wifi | None
    sim: Sim | None
    slots: tuple[Slot, ...]
    wired: Wired | None = None
    key_refused: bool = False
    data_off: bool = False

    @property
    def slot(self) -> Slot | None:
        """The one with a card: an empty one beside it shows POWER_OFF."""
        return next((each for each in self.slots if each.in_service), None) or next((each for each in self.slots if not each.off), None)


def network(phone: Phone, deadline: Deadline, used: str = "") -> list[Check[Facts]]:
    """`used`: the kind of its uplink when it last had one; empty where nobody knows. Raises NotReady, PeerFailed and CannotTell."""
    said = phone.ask("dumpsys connectivity", deadline, 5.0)
    told = connectivity.parse(said.stdout if connectivity.comes_to_its_end(said.stdout) else whole(said))
    if told is not None and told.default is not None:
        return list(_joined(told, told.default, phone, deadline))
    way = links.way_out(phone.ask(_ROUTE, deadline).stdout)
    if way is not None:
        return list(_by_itself(way))
    radio = _radio(phone, deadline)
    return list(_not_joined(told, radio, used))


def _radio(phone: Phone, deadline: Deadline) -> Radio:
    airplane = phone.ask("settings get global airplane_mode_on", deadline).stdout.strip()
    said = _wifi(phone, deadline)
    slots = telephony.parse(whole(phone.ask("dumpsys telephony.registry", deadline)))
    radio = Radio(
        airplane={"1": True, "0": False}.get(airplane),
        wifi=said,
        sim=properties.sim_of(properties.parse(whole(phone.ask("getprop", deadline)))),
        slots=slots,
        wired=links.wired(phone.ask("ip -o link", deadline).stdout),
        key_refused=said is not None and said.joined is False and wifi.key_refused(phone.ask("dumpsys wifi", deadline).stdout),
    )
    without = radio.slot is not None and radio.slot.in_service and radio.slot.connected is False
    return replace(radio, data_off=_data_off(phone, deadline)) if without else radio


def _data_off(phone: Phone, deadline: Deadline) -> bool:
    said = [phone.ask(f"settings get global {name}", deadline).stdout.strip() for name in _DATA_SWITCHES]
    return "0" in said and "1" not in said


def _wifi(phone: Phone, deadline: Deadline) -> Wifi | None:
    return wifi.parse(whole(phone.ask("cmd wifi status", deadline))) or wifi.parse(whole(phone.ask("dumpsys wifi", deadline)))


def _joined(told: Connectivity, default: Network, phone: Phone, deadline: Deadline) -> Iterator[Check[Facts]]:
    """A VPN lies on another network; where it says which, nobody needs to know."""
    beneath = next((each for each in told.networks if each.internet and not each.vpn), default) if default.vpn else default
    name = escape(beneath.interface or beneath.kind)
    said = _wifi(phone, deadline) if beneath.kind == "wifi" else None
    signal = said.signal_dbm if said is not None and said.joined else None
    weak = signal is not None and signal < _WEAK_DBM
    link = LinkFacts(interface_kind=beneath.kind, used=True, admin_up=True, carrier=True, signal_dbm=signal)
    yield check_of(link, Outcome.WARN if weak else Outcome.PASS, Symptom.WEAK_SIGNAL if weak else None, name=name)
    addresses = tuple(map(escape, default.addresses))
    facts = AddressFacts(addresses=addresses, routers=tuple(map(escape, default.routers)))
    yield check_of(facts, Outcome.PASS if addresses else Outcome.FAIL, None if addresses else Symptom.NO_ADDRESS, name=name)
    routers = tuple(DefaultRoute(router=escape(router), interface=name) for router in default.routers)
    yield check_of(DefaultRouteFacts(routers=routers, needed=True), Outcome.PASS, target="network")
    if beneath.portal and not beneath.validated:  # Android's own check was led to a page that wants something
        yield check_of(HttpCheckFacts(interface=name), Outcome.FAIL, Symptom.REDIRECTED, name=_PORTAL)


def _by_itself(way: Way) -> Iterator[Check[Facts]]:
    """A network that Android's service does not know, and which the kernel uses all the same."""
    name = escape(way.interface)
    yield check_of(LinkFacts(interface_kind=way.kind, used=True, admin_up=True, carrier=True), Outcome.PASS, name=name)
    yield check_of(AddressFacts(addresses=(way.address,) if way.address else (), routers=(way.router,)), Outcome.PASS, name=name)
    routers = (DefaultRoute(router=way.router, interface=name),) if way.router else ()
    yield check_of(DefaultRouteFacts(routers=routers, needed=True), Outcome.PASS, target="network")


def _not_joined(told: Connectivity | None, radio: Radio, used: str) -> Iterator[Check[Facts]]:
    found = [check for check in _found(radio, used) if told is not None or not isinstance(check.facts, AddressFacts)]
    yield from found
    if told is None:
        yield check_of(DefaultRouteFacts(), Outcome.UNKNOWN, Symptom.NOT_LOOKED, _UNTOLD, target="network")
    elif any(check.failed for check in found):
        because = next(check.id for check in found if check.failed)
        yield check_of(DefaultRouteFacts(needed=True), Outcome.SKIP, because=because, target="network")
    else:
        yield check_of(DefaultRouteFacts(needed=True), Outcome.FAIL, Symptom.NO_DEFAULT_ROUTE, target="network")


def _found(radio: Radio, used: str) -> list[Check[Facts]]:
    """Where it is known by which way it went, the others are none of its: an empty slot, a Wi-Fi that nobody set up, a socket without a
    cable."""
    ways = {"ethernet": list(_cable(radio, used)), "wifi": list(_wireless(radio, used)), "cellular": list(_mobile(radio, used))}
    if radio.airplane and used != "ethernet":
        by_wifi = ways["wifi"] if radio.wifi is not None and radio.wifi.enabled and used != "cellular" else []
        return by_wifi or [_switched_off(radio, used)]
    if used == "ethernet" or ways.get(used):
        return ways[used]
    return [check for checks in ways.values() for check in checks]


def _switched_off(radio: Radio, used: str) -> Check[Facts]:
    """Airplane mode: one switch, however many radios it takes; Wi-Fi may have been switched on again beside it."""
    kind = used or ("cellular" if radio.sim is not None and not radio.sim.absent else "wifi")
    return check_of(LinkFacts(interface_kind=kind, used=True, rfkill="soft"), Outcome.FAIL, Symptom.RADIO_OFF, name=kind)


def _cable(radio: Radio, used: str) -> Iterator[Check[Facts]]:
    """A socket without a cable is a fault where it goes by cable, or where it can go by nothing else."""
    socket = radio.wired
    without_others = (radio.wifi is None or radio.wifi.enabled is False) and (radio.sim is None or radio.sim.absent)
    if socket is None or not (used == "ethernet" or (not used and without_others)):
        return
    name = escape(socket.interface)
    facts = LinkFacts(interface_kind="ethernet", used=True if used else None, admin_up=socket.up, carrier=socket.carrier)
    symptom = Symptom.ADMIN_DOWN if not socket.up else None if socket.carrier else Symptom.NO_CARRIER
    yield check_of(facts, Outcome.FAIL if symptom else Outcome.PASS, symptom, name=name)
    if symptom is None:
        yield check_of(AddressFacts(), Outcome.FAIL, Symptom.NO_ADDRESS, name=name)


def _wireless(radio: Radio, used: str) -> Iterator[Check[Facts]]:
    """Wi-Fi that somebody switched off on a terminal that goes by its SIM card, or has a socket for a cable, is no fault."""
    said = radio.wifi
    if said is None or (said.enabled is False and used != "wifi" and (radio.sim is not None or radio.wired is not None)):
        return
    facts = LinkFacts(interface_kind="wifi", used=True if used == "wifi" else None, admin_up=said.enabled)
    facts = facts.with_(signal_dbm=said.signal_dbm)
    if said.enabled is False:
        off = facts.with_(rfkill="soft")
        yield check_of(off, Outcome.FAIL, Symptom.RADIO_OFF, name="wifi")
    elif said.joined is False:
        yield check_of(facts, Outcome.FAIL, Symptom.WRONG_PASSWORD if radio.key_refused else Symptom.NOT_ASSOCIATED, name="wifi")
    elif said.joined:
        weak = said.signal_dbm is not None and said.signal_dbm < _WEAK_DBM
        yield check_of(facts, Outcome.WARN if weak else Outcome.PASS, Symptom.WEAK_SIGNAL if weak else None, name="wifi")
        if used == "wifi" or radio.sim is None:  # and Android has no network of it: nobody gave it an address
            yield check_of(AddressFacts(), Outcome.FAIL, Symptom.NO_ADDRESS, name="wifi")


def _mobile(radio: Radio, used: str) -> Iterator[Check[Facts]]:
    """From the card outwards: the first that is missing explains the rest."""
    sim, slot = radio.sim, radio.slot
    if sim is None and not radio.slots:
        return
    facts = LinkFacts(interface_kind="cellular", used=True if used == "cellular" else None)
    symptom: Symptom | None = None
    if sim is not None and (sim.unreadable or (sim.absent and not (slot is not None and slot.in_service))):
        symptom = Symptom.SIM_MISSING
    elif sim is not None and sim.locked:
        symptom = Symptom.SIM_LOCKED
    elif radio.slots and all(each.off for each in radio.slots):
        symptom = Symptom.RADIO_OFF
    elif slot is not None and slot.denied:
        symptom = Symptom.REGISTRATION_DENIED
    elif slot is not None and not slot.in_service:
        symptom, facts = Symptom.NOT_REGISTERED, facts.with_(registration=EMERGENCY if slot.emergency else None)
    elif radio.data_off:
        symptom, facts = Symptom.RADIO_OFF, facts.with_(rfkill="soft")
    elif slot is not None and slot.connected is False:
        symptom = Symptom.NO_DATA
    yield check_of(facts, Outcome.FAIL if symptom else Outcome.PASS, symptom, name="cellular")
