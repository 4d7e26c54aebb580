"""What there is to change, as an examination shows it: each thing with a value in a few words. Pure.

A thing that was not looked at, or could not be, is left out: it stays what it was. What only follows from something else that
changed (the address of a link without a carrier) is left out too, so that one event is one change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from probes.ground.text import escape
from probes.model import Check, Facts, Outcome, Symptom
from probes.model.devices import UNREADABLE
from probes.model.facts import (
    AddressFacts,
    AppFacts,
    BatteryFacts,
    DiskFacts,
    GatewayFacts,
    LinkFacts,
    NoResolverFacts,
    ResolverFacts,
    RouterFacts,
    SerialFacts,
    SerialPresentFacts,
)

Thing = tuple[str, str]  # what, subject
NONE = ""  # there is none: no address, no device
LONGEST = 120  # characters of a value
MOST = 256  # things
LISTED: Thing = ("device", "*")  # every port was listed: one that was not there before has come
UP = "up"
_OFF_LINK = (Symptom.ABSENT, Symptom.RADIO_OFF, Symptom.ADMIN_DOWN, Symptom.NO_CARRIER, Symptom.NOT_ASSOCIATED, Symptom.WRONG_PASSWORD)
_OFF_CARD = (Symptom.SIM_MISSING, Symptom.SIM_LOCKED)
ASKED = "device"  # who looked, where a terminal told it of itself to a machine beside it
_SILENT = "unknown"  # a printer that does not say what paper it has


def things_in(checks: Sequence[Check[Facts]], uplink: str, known: Mapping[Thing, object]) -> dict[Thing, str]:
    """`uplink`: the interface that carries the default route. `known`: what there was, which tells what is there no more."""
    up = {check.name for check in checks if isinstance(check.facts, LinkFacts) and check.ok}
    found: dict[Thing, str] = {}
    for check in checks:
        facts = check.facts
        if isinstance(facts, AddressFacts | RouterFacts) and (facts.interface if isinstance(facts, RouterFacts) else check.name) not in up:
            continue
        for what, subject, value in _of(check, facts):
            found[what, escape(subject, LONGEST)] = escape(value, LONGEST)
        if isinstance(facts, SerialPresentFacts) and check.ok:
            found[LISTED] = "listed"
            found |= {thing: NONE for thing in known if thing[0] == "device" and thing not in found}
    resolvers = [check.name for check in checks if isinstance(check.facts, ResolverFacts)]
    if resolvers:
        found["resolvers", ""] = escape(" ".join(resolvers), LONGEST)
    if uplink:
        found["uplink", ""] = escape(uplink, LONGEST)
    return dict(list(found.items())[:MOST])


def carrier_changes(checks: Sequence[Check[Facts]]) -> dict[str, int]:
    """How often the kernel has seen each carrier come or go."""
    links = {check.name: check.facts for check in checks if isinstance(check.facts, LinkFacts)}
    return {name: facts.carrier_changes for name, facts in links.items() if facts.carrier_changes is not None}


def _of(check: Check[Facts], facts: Facts) -> Iterator[tuple[str, str, str]]:
    teller = _TELLERS.get(type(facts))
    if teller is not None and check.made:
        yield from teller(check, facts)


def _link(check: Check[Facts], facts: LinkFacts) -> Iterator[tuple[str, str, str]]:
    if facts.interface_kind == "cellular" and facts.vantage == ASKED:  # else its modem tells of the card
        yield "sim", "", check.symptom.value if check.symptom in _OFF_CARD else "ready"
    if check.failed and check.symptom not in _OFF_LINK:
        return
    if check.failed and check.symptom is not None:
        yield "link", check.name, check.symptom.value
        return
    wired = facts.interface_kind == "ethernet" and facts.speed_mbps and facts.duplex
    yield "link", check.name, f"{UP} {facts.speed_mbps}/{facts.duplex}" if wired else UP
    if facts.network or facts.access_point:
        yield "wifi", check.name, " ".join(filter(None, (facts.network, facts.access_point)))


def _address(check: Check[Facts], facts: AddressFacts) -> Iterator[tuple[str, str, str]]:
    """Of IPv6 only the network: what stands behind it is meant to change."""
    own = sorted({_lasting(each) for each in facts.addresses} - {""})
    yield "address", check.name, " ".join(own)
    if own:
        yield "router", check.name, " ".join(sorted(set(facts.routers)))


def _lasting(address: str) -> str:
    if ":" not in address:
        return address
    if address.lower().startswith("fe80"):
        return ""
    head = address.partition("/")[0].partition("::")[0].split(":")
    return ":".join(head[:4]) + "::/64"


def _router(check: Check[Facts], facts: RouterFacts) -> Iterator[tuple[str, str, str]]:
    if facts.mac and check.ok:
        yield "router", check.name, facts.mac


def _no_resolver(check: Check[Facts], facts: NoResolverFacts) -> Iterator[tuple[str, str, str]]:
    if check.failed:
        yield "resolvers", "", NONE


def _gateway(check: Check[Facts], facts: GatewayFacts) -> Iterator[tuple[str, str, str]]:
    if facts.address:
        yield "gateway_address", check.name, facts.address
    if facts.certificate and facts.certificate.subject:
        yield "gateway_certificate", check.name, f"{facts.certificate.subject}, until {facts.certificate.not_after[:10]}"


def _serial(check: Check[Facts], facts: SerialFacts) -> Iterator[tuple[str, str, str]]:
    if check.symptom is Symptom.DEVICE_MISSING:
        yield "device", check.name, NONE
        return
    node = facts.found_at or facts.node
    if node and node.startswith("/"):
        yield "device", check.name, node
    if check.symptom is Symptom.COVER_OPEN:
        yield "printer", check.name, "cover_open"
    elif facts.paper not in (None, _SILENT):
        yield "printer", check.name, f"paper_{facts.paper}"
    if facts.sim not in (None, UNREADABLE):  # that it does not say is no state of the card
        yield "sim", check.name, facts.sim


def _present(check: Check[Facts], facts: SerialPresentFacts) -> Iterator[tuple[str, str, str]]:
    by_name: dict[str, list[str]] = {}
    for port in facts.devices:
        if not port.console:
            by_name.setdefault(" ".join(filter(None, (port.usb, port.maker, port.model))) or port.node, []).append(port.node)
    for name, nodes in by_name.items():
        yield "device", name, " ".join(sorted(nodes))


def _app(check: Check[Facts], facts: AppFacts) -> Iterator[tuple[str, str, str]]:
    """A stopped or dead process is there, and does nothing: its symptom tells that."""
    running = " ".join((*facts.names[:2], *map(str, facts.pids[:8])))
    yield "app", check.name, running if check.ok else NONE


def _disk(check: Check[Facts], facts: DiskFacts) -> Iterator[tuple[str, str, str]]:
    yield "disk", check.name, "ok" if check.outcome is Outcome.PASS or check.symptom is None else check.symptom.value


def _power(check: Check[Facts], facts: BatteryFacts) -> Iterator[tuple[str, str, str]]:
    if facts.charging is not None:
        yield "power", "", "mains" if facts.charging else "battery"


_TELLERS: dict[type[Facts], Callable[..., Iterator[tuple[str, str, str]]]] = {
    LinkFacts: _link,
    AddressFacts: _address,
    RouterFacts: _router,
    NoResolverFacts: _no_resolver,
    GatewayFacts: _gateway,
    SerialFacts: _serial,
    SerialPresentFacts: _present,
    AppFacts: _app,
    DiskFacts: _disk,
    BatteryFacts: _power,
}
