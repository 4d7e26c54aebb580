"""Ways to lay out a world that the reports need and the fault lab did not: each takes a world."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from tests.lab.scenario import Make
from tests.support.world import World, behaviours, faults, machine, netns, plan, questions, shapes
from tests.support.world.names import Dnsmasq

NOBODY = "192.168.50.77"
SIX = {"ipv4": False, "ipv6": True}
BOTH = {"ipv6": True}


def file(w: World, name: str, text: str) -> None:
    """What the terminal has as `/etc/NAME`."""
    netns.etc(w.terminal).mkdir(parents=True, exist_ok=True)
    (netns.etc(w.terminal) / name).write_text(text)


def resolv_conf(text: str) -> Make:
    return lambda w: file(w, "resolv.conf", text)


def hosts(text: str) -> Make:
    return lambda w: file(w, "hosts", f"127.0.0.1 localhost\n{text}")


def resolver(w: World, *more: str, upstream: tuple[str, ...] = (plan.NAME_SERVER.v4,)) -> None:
    """The shop's name server, begun anew with these options of dnsmasq."""
    shapes._resolver(w, w.shop_dns.listen, upstream=upstream, more=more)


def everywhere(w: World, records: Mapping[str, tuple[str, ...]]) -> None:
    """These names have these addresses all over the Internet."""
    known = {name: (host.v4, host.v6) for host in plan.HOSTS for name in host.names} | dict(records)
    w.provider_dns.stop()
    w.provider_dns = Dnsmasq(w.net, w.provider_dns.listen, w.folder, records=known, nxdomain=True)
    w.cleanup.callback(w.provider_dns.stop)
    w.provider_dns.wait()


def gateway_moved(w: World, v4: str, v6: str = "") -> None:
    """The first gateway stands at this address instead, and its name says so everywhere."""
    netns.ip(w.net, *([f"address add {v4}/32 dev lo"] if v4 else []), *([f"address add {v6}/128 dev lo nodad"] if v6 else []))
    context = w.authority.context(w.authority.leaf(plan.GATEWAY_A.name))
    w.servers["gateway_a"].stop()
    w.serve("gateway_a", plan.Host(plan.GATEWAY_A.names, v4 or v6, v6 if v4 else ""), plan.GATEWAY_PORT, behaviours.tls(context))
    everywhere(w, {plan.GATEWAY_A.name: tuple(each for each in (v4, v6) if each)})


def answering(answer: questions.Answer, *addresses: str) -> Make:
    """The shop's name server answers so."""

    def make(w: World) -> None:
        w.shop_dns.stop()
        for address in addresses or (plan.ROUTER,):
            w.cleanup.callback(questions.Responder(w.router, address, answer).stop)

    return make


def forward(asked: bytes) -> bytes | None:
    return questions.forward(plan.NAME_SERVER.v4, 0)(asked)


def asked_name(asked: bytes) -> str:
    labels, at = [], 12
    while asked[at]:
        labels.append(asked[at + 1 : at + 1 + asked[at]].decode("latin-1"))
        at += asked[at] + 1
    return ".".join(labels).lower()


def asked_kind(asked: bytes) -> int:
    at = 12
    while asked[at]:
        at += asked[at] + 1
    return int.from_bytes(asked[at + 1 : at + 3], "big")


def without_records(asked: bytes) -> bytes:
    """No error, and no address."""
    return questions.code(0)(asked) or b""


def with_address(asked: bytes, *addresses: str) -> bytes:
    """These A records."""
    end = 12
    while asked[end]:
        end += asked[end] + 1
    records = b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(map(int, each.split("."))) for each in addresses)
    return asked[:2] + b"\x81\x80\0\1" + len(addresses).to_bytes(2, "big") + b"\0\0\0\0" + asked[12 : end + 5] + records


def machine_beside(w: World, letter: str, mac: str, address: str = "") -> str:
    """Another machine on the shop's network; its namespace."""
    other = w.namespace(w.terminal[:-1] + letter)
    netns.ip(
        w.router,
        f"link add name port{letter} type veth peer name eth0 address {mac} netns {other}",
        f"link set port{letter} master lan0",
        f"link set port{letter} up",
    )
    netns.ip(other, "link set lo up", "link set eth0 up", *([f"address add {address} dev eth0"] if address else []))
    return other


def own_network(w: World, device: str, address: str, letter: str = "c") -> str:
    """A network of the terminal's own behind this device, with one machine in it that stands there; its namespace."""
    inside = w.namespace(w.terminal[:-1] + letter)
    netns.ip(
        w.terminal,
        f"link add name {device} type veth peer name eth0 netns {inside}",
        f"link set {device} up",
        f"address add {address} dev {device}",
    )
    netns.ip(inside, "link set lo up", "link set eth0 up")
    return inside


def bridge_of_containers(w: World, device: str, address: str) -> str:
    """As Docker lays it out: a bridge with an address of its own and a container on it; the container's namespace."""
    inside = w.namespace(w.terminal[:-1] + "k")
    netns.ip(
        w.terminal,
        f"link add name {device} type bridge",
        f"link add name veth1a2b type veth peer name eth0 netns {inside}",
        f"link set veth1a2b master {device}",
        "link set veth1a2b up",
        f"link set {device} up",
        f"address add {address} dev {device}",
    )
    netns.ip(inside, "link set lo up", "link set eth0 up")
    return inside


def second_socket(w: World, device: str, address: str, mac: str, letter: str = "2") -> None:
    """One more network card of the terminal in the shop's network."""
    netns.ip(
        w.router,
        f"link add name twin{letter} type veth peer name {device} address {mac} netns {w.terminal}",
        f"link set twin{letter} master lan0",
        f"link set twin{letter} up",
    )
    netns.ip(w.terminal, f"link set {device} up", f"address add {address} dev {device}")


def router_rule(chain: str, text: str) -> Make:
    return lambda w: faults.rule(w.router, chain, text)


def usb_without_port(w: World, usb: str, number: str = "") -> None:
    """A USB device that the bus lists, and no port of any kind for it."""
    vendor, product = usb.split(":")
    folder = w.folder / "bus"
    unit = folder / "usb" / "devices" / "1-1"
    for path, text in {"idVendor": vendor, "idProduct": product, "serial": number, "product": "USB Serial", "bDeviceClass": "ff"}.items():
        unit.mkdir(parents=True, exist_ok=True)
        (unit / path).write_text(text + "\n")
    part = folder / "usb" / "devices" / "1-1:1.0"
    part.mkdir()
    (part / "bInterfaceClass").write_text("ff\n")
    w.machine.append(f"mount -t overlay -o lowerdir={folder}:/sys/bus overlay /sys/bus")


def with_address_6(asked: bytes, address: str) -> bytes:
    """This AAAA record."""
    record = b"\xc0\x0c\0\x1c\0\1\0\0\0\x3c\0\x10" + socket.inet_pton(socket.AF_INET6, address)
    return asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + asked[12:] + record


def for_name(host: plan.Host, kind: int, answer: questions.Answer) -> questions.Answer:
    """Answers so for this name and kind of question, and as the Internet does for all others."""
    return lambda asked: answer(asked) if asked_name(asked) == host.name and asked_kind(asked) == kind else forward(asked)


def sensors(w: World, chips: Mapping[str, Mapping[str, int]]) -> None:
    """Chips of the kernel's hardware monitors: name → file → its number."""
    entries = {}
    for number, (name, files) in enumerate(chips.items()):
        entries[f"hwmon{number}/name"] = name
        entries |= {f"hwmon{number}/{file}": str(value) for file, value in files.items()}
    machine._class(w, "hwmon", entries)
    w.config["system"].pop("temperature_c", None)


def names_hijacked(w: World) -> None:
    """The router answers every question to port 53 itself, whomever it is for."""
    for protocol in ("udp", "tcp"):
        faults.rule(w.router, "diverted", f'iifname "lan0" meta nfproto ipv4 {protocol} dport 53 dnat ip to {plan.ROUTER}')
