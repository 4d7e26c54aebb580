"""Healthy worlds: hosts, certificates, devices and machines that look suspicious."""

from __future__ import annotations

import socket
import ssl
from typing import Any

from probes.settings import Dialect, Framing
from tests.lab.scenario import Make, Scenario, as_user, healthy, together
from tests.support.servers.acquirer import Acquirer
from tests.support.servers.far_end import Answer as Answering
from tests.support.servers.iso import answers
from tests.support.servers.iso.answers import Answer, replies
from tests.support.servers.modem import Modem
from tests.support.servers.pinpad import PinPad
from tests.support.servers.printer import Printer
from tests.support.world import World, acquirers, behaviours, devices, host_faults, machine, netns, plan, shapes
from tests.support.world.ca import make

V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def iso(answer: Answer, dialect: Dialect = Dialect.UNIONPAY, framing: Framing = Framing.BYTES_2, **more: Any) -> Make:
    return lambda w: acquirers.speaks(w, Acquirer(dialect, framing, answer), **more)


def own_authority(w: World) -> None:
    """The acquirer signs its certificate itself, and the configuration names it."""
    pair = make(plan.GATEWAY_A.name, names=(plan.GATEWAY_A.name,))
    w.config["gateway"][0]["ca_file"] = str(pair.write(w.folder / "own.pem"))
    host_faults.gateway_does(w, behaviours.tls(w.authority.context(pair)))


def says(answer: Answering, protocol: str, **settings: Any) -> Make:
    return lambda w: devices.device(w, answer, protocol, **settings)


def once(noise: bytes, device: Answering) -> Answering:
    """What a line may give when it is opened, before its first answer."""
    left = [noise]
    return lambda came: (left.pop() if left else b"") + device(came)


def kept_by_a_cache(w: World) -> None:
    """A cache on the way answers the checks with what it kept a day ago, and says so."""
    host_faults.check_host_does(w, behaviours.http(204, skew_s=-86400, Age="86400"))


def busy(w: World) -> None:
    """Any load at all is above this threshold: a remark, and no more while examinations keep their time."""
    w.config["system"]["load_per_core"] = 0.001


def unused_socket(w: World) -> None:
    """A second socket without a cable, never used."""
    netns.ip(w.terminal, "link add name eth1 type veth peer name far1", "link set eth1 up")


def speaks_first(connection: socket.socket) -> None:
    connection.sendall(b"READY\r\n")
    behaviours.accept(connection)


DIALECTS = ((Dialect.UNIONPAY, Framing.HEX_4), (Dialect.ISO87_ASCII, Framing.BCD_2), (Dialect.ISO87_ASCII, Framing.ASCII_4))
_design = healthy("a root file system that can never be written", machine.root_by_design_read_only)
SCENARIOS: tuple[Scenario, ...] = (
    healthy("a private authority, in the configuration", own_authority),
    healthy("the certificate ends in twenty days", lambda w: host_faults.certificate(w, days=20), fixed=True),
    healthy("the certificate began five minutes ago", lambda w: host_faults.certificate(w, begins=-1 / 288)),
    *(healthy(f"a client certificate that is good, {v.name}", acquirers.wants_certificate(lambda w: w.authority.leaf("T-1"), v), fixed=True)
      for v in (V12, V13)),
    healthy("the clock is two minutes fast", shift_s=120, fixed=True),
    healthy("the clock is four minutes slow", shift_s=-240),
    healthy("the checks come out of a cache, a day old", kept_by_a_cache),
    healthy("ISO 8583: approved", iso(replies("00")), fixed=True),
    *(healthy(f"ISO 8583: approved, {dialect.value}, {framing.value}", iso(replies("00"), dialect, framing))
      for dialect, framing in DIALECTS),
    healthy("ISO 8583: approved, over a plain connection", iso(replies("00"), tls=False)),
    healthy("ISO 8583: keep-alives first", iso(answers.after_keep_alives(3)), fixed=True),
    healthy("ISO 8583: byte by byte", iso(answers.byte_by_byte), fixed=True),
    healthy("ISO 8583: several replies in one segment", iso(answers.in_one_segment), fixed=True),
    healthy("ISO 8583: somebody else's reply first", iso(answers.stranger_first), fixed=True),
    healthy("ISO 8583: a request of the host's own first", iso(answers.asks_first)),
    healthy("ISO 8583: TPDU not swapped", iso(replies("00", swapped=False)), fixed=True),
    healthy("ISO 8583: a cardholder's decline", iso(replies("51")), fixed=True),
    healthy("ISO 8583: a download is wanted", iso(replies("00", requirement="6")), fixed=True),
    healthy("ISO 8583: 91 mapped to ok", iso(replies("91"), iso8583={"response_codes": {"91": "ok"}}), fixed=True),
    healthy("ISO 8583: no numbers configured", iso(replies("00"), iso8583={"terminal_id": ""})),
    healthy("ISO 8583: the reply drips", iso(answers.drips(0.01))),
    healthy("HTTP 200", acquirers.endpoint(200), fixed=True),
    healthy("HTTP 200 in plain", acquirers.endpoint(200, tls=False)),
    healthy("HTTP 429", acquirers.endpoint(429), fixed=True),
    healthy("HTTP 503 mapped to ok", acquirers.endpoint(503, codes={"503": "ok"}), fixed=True),
    healthy("HTTP 204 expected", together(acquirers.endpoint(204), shapes.gateway_table(http={"status": [204]}))),
    healthy("a plain TCP gateway", acquirers.does(behaviours.accept, protocol="tcp")),
    healthy("a gateway that speaks first", acquirers.does(speaks_first, protocol="tcp")),
    healthy("a printer that is well", says(Printer(), "escpos"), fixed=True),
    as_user(healthy("a printer that is well", says(Printer(), "escpos"))),
    healthy("a printer whose head is hot", says(Printer(head_hot=True), "escpos")),
    healthy("a printer whose feed key is held", says(Printer(feed_pressed=True), "escpos")),
    healthy("a PIN pad that is busy", says(PinPad(busy=True), "enq", required=True)),
    healthy("a PIN pad that wakes slowly", says(PinPad(asleep=1), "enq", required=True)),
    healthy("a PIN pad behind a byte of noise", says(once(b"\xff\x00", PinPad()), "enq", required=True)),
    healthy("a printer behind a byte of noise", says(once(b"\x00", Printer()), "escpos")),
    healthy("a modem that is well", says(Modem(), "at", role="modem")),
    healthy("a modem that roams", says(Modem(stats={"CREG": 5, "CEREG": 5}), "at", role="modem")),
    healthy("a modem that talks unasked", says(Modem(unasked="+CREG: 1"), "at", role="modem")),
    healthy("the application has the port", together(devices.application, devices.held_by_application)),
    healthy("somebody has the port, no application is configured", lambda w: devices.held(w, "none"), notices=("system.port_busy",)),
    _design,
    as_user(_design),
    healthy("a disk that is 90 % full", lambda w: machine.disk(w, filled_mb=7.2)),
    healthy("a tenth of the memory is available", lambda w: machine.memory(w, 10)),
    healthy("80 degrees", lambda w: machine.temperature(w, 80)),
    healthy("a sensor that reads nonsense", lambda w: machine.temperature(w, 255)),
    healthy("a sensor that is not connected reads 109 degrees",
            lambda w: machine.sensors(w, ("coretemp", "Package id 0", 41, True), ("nct6775", "AUXTIN1", 109, False)), fixed=True),
    healthy("the processor's input of the board is not connected",
            lambda w: machine.sensors(w, ("coretemp", "Core 0", 41, True), ("nct6775", "CPUTIN", 109, True))),
    healthy("the only sensor stands still at 99 degrees", lambda w: machine.temperature(w, 99, moves=False)),
    healthy("a hot disk", lambda w: machine.sensors(w, ("nvme", "Composite", 88, True), ("k10temp", "Tctl", 52, True))),
    healthy("an amplifier of the radio is hot", lambda w: machine.sensors(w, ("iwlwifi_1", "", 90, True))),
    healthy("battery low, and charging", lambda w: machine.battery(w, 5, status="Charging", charger=1), notices=("system.battery_low",)),
    healthy("battery full, no charger", lambda w: machine.battery(w, 95, status="Discharging")),
    healthy("a busy processor", busy, notices=("system.cpu_overloaded",)),
    healthy("a second socket that nobody uses", unused_socket),
    healthy("the application runs", devices.application, fixed=True),
    as_user(healthy("the application runs", devices.application)),
)  # fmt: skip
