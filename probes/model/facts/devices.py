"""Facts of devices on serial lines, and of the payment application."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from probes.model.facts.base import Facts
from probes.model.kinds import Kind


class PortHolder(Struct, frozen=True, kw_only=True):
    """A process that has the port; both are None where a lock stands and nobody can tell whose. Never a command line."""

    name: str | None = None
    pid: int | None = None


class ExchangeFacts(Facts, frozen=True, kw_only=True):
    """What an exchange with a device told.

    status: of a printer, question → its status byte
    answer: of a PIN pad
    asked: how a modem was: at, modemmanager
    received_bytes: of what was no answer
    spoken: in which protocol that was
    dsr: the device raises it
    cts: the device raises it
    data_context: a modem has a context for data that is active
    data_address: the address that the network gave it there
    apn: of the context; empty where none is set
    refusal: the network's words when it last refused one
    refused: what they speak against: apn (its name, its login), plan (the subscription)
    line_errors: framing and parity errors while it was asked
    """

    opened: bool | None = None
    status: dict[str, str] = {}
    paper: str | None = None
    errors: tuple[str, ...] = ()
    online: bool | None = None
    answer: str | None = None
    asked: str | None = None
    state: str | None = None
    sim: str | None = None
    radio: str | None = None
    signal_dbm: int | None = None
    registration: str | None = None
    attached: bool | None = None
    operator: str | None = None
    data_context: bool | None = None
    data_address: str | None = None
    apn: str | None = None
    refusal: str | None = None
    refused: str | None = None
    received_bytes: int | None = None
    spoken: str | None = None
    dsr: bool | None = None
    cts: bool | None = None
    flow: str | None = None
    line_errors: int | None = None


class SerialFacts(ExchangeFacts, frozen=True, kw_only=True):
    """can_tell: no holder means that nobody has it
    candidates: nodes that may be it
    driver: which one has its interface though there is no port; usbfs: a program talks to the device itself
    neighbour_mac: of whoever has the address of a device on the network
    found_by: of a device without a port, how it is known to be this one: description, name, alone (the only one of its kind without a port)
    found_at: where the device is by now
    group: whose members may use the node
    fix: the command that gives the right
    usb_upsets: resets and disconnections in the last `window_s`
    """

    KIND: ClassVar[Kind] = Kind.SERIAL

    label: str | None = None
    role: str | None = None
    port: str | None = None
    node: str | None = None
    required: bool | None = None
    protocol: str | None = None
    app_configured: bool | None = None
    holder: PortHolder | None = None
    can_tell: bool | None = None
    usb: str | None = None
    usb_serial: str | None = None
    maker: str | None = None
    model: str | None = None
    found_at: str | None = None
    candidates: tuple[str, ...] = ()
    driver: str | None = None
    found_by: str | None = None
    neighbour_mac: str | None = None
    group: str | None = None
    fix: str | None = None
    note: str | None = None
    usb_upsets: int | None = None
    window_s: float | None = None


class PresentPort(Struct, frozen=True, kw_only=True):
    """A port that nobody configured."""

    node: str = ""
    usb: str = ""
    maker: str = ""
    model: str = ""
    console: bool = False
    holder: PortHolder | None = None


class SerialPresentFacts(Facts, frozen=True, kw_only=True):
    KIND: ClassVar[Kind] = Kind.SERIAL_PRESENT

    devices: tuple[PresentPort, ...] = ()


class Hanging(Struct, frozen=True, kw_only=True):
    """A connection of the application whose other end acknowledges nothing, or an attempt at one. Ages as the kernel tells them."""

    gateway: str = ""
    peer: str = ""
    established: bool = True
    unanswered_s: float = 0.0
    retransmits: int = 0
    received_s_ago: float | None = None


class AppFacts(Facts, frozen=True, kw_only=True):
    """names: of its processes, never their command lines
    connections: of the application to gateways, those that stand
    hanging: those of them, and of its attempts, that nobody has answered for some seconds
    lost: gateways whose every connection of the application has been unanswered for a minute
    descriptors: that it has open, where that is as many as it may have
    crashes: of an Android application, in what the system's log still holds
    hangs: likewise, when it was found not responding (ANR)
    """

    KIND: ClassVar[Kind] = Kind.APP

    required: bool | None = None
    pids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    connections: int | None = None
    hanging: tuple[Hanging, ...] = ()
    lost: tuple[str, ...] = ()
    descriptors: int | None = None
    crashes: int | None = None
    hangs: int | None = None
