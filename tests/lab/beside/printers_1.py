"""Receipt printers on the network (`socket://…:9100`), first batch: what makers answer, and what two tills do to one."""

from __future__ import annotations

import socket
import time

from tests.lab.beside.entry import Contact, broken, well
from tests.lab.field import ways
from tests.support.servers.printer import Printer
from tests.support.world import World, behaviours, devices, netns, plan

PRINTER, PRINTER_MAC = "192.168.50.71", "02:00:00:00:50:71"
STAR = b"\x23\x86\x00\x00\x00\x00\x00\x00\x00"  # what a printer of the Star line sends to whoever connects: header, length, seven of state


def on_the_network(w: World, serve: behaviours.Behaviour) -> str:
    """Its namespace."""
    box = ways.machine_beside(w, "p", PRINTER_MAC, f"{PRINTER}/24")
    w.serve("printer", plan.Host(("x",), PRINTER, ""), 9100, serve, namespace=box)
    devices.configured(w, f"socket://{PRINTER}:9100", "escpos", name="printer", role="printer")
    return box


def of_another_make(connection: socket.socket) -> None:
    """It tells its state by itself, and takes ESC/POS for text."""
    connection.sendall(STAR)
    while connection.recv(256):
        pass


def status(*answers: bytes) -> behaviours.Behaviour:
    """These to `DLE EOT` 1 to 4."""

    def serve(connection: socket.socket) -> None:
        while came := connection.recv(256):
            for at in range(len(came) - 2):
                if came[at : at + 2] == b"\x10\x04" and 1 <= came[at + 2] <= len(answers):
                    connection.sendall(answers[came[at + 2] - 1])

    return serve


def late(device: Printer, seconds: float) -> behaviours.Behaviour:
    """Busy with a picture: each answer comes that much later."""

    def serve(connection: socket.socket) -> None:
        while came := connection.recv(256):
            time.sleep(seconds)
            connection.sendall(device(came))

    return serve


def taken_by_another_till(w: World) -> None:
    """It takes one connection and drops whoever knocks meanwhile, without a word."""
    box = on_the_network(w, status(b"\x12", b"\x12", b"\x12", b"\x12"))
    netns.nft(
        box, "table ip one {\n chain in { type filter hook input priority 0; tcp dport 9100 tcp flags & (syn | ack) == syn drop\n }\n}"
    )


CONTACTS: tuple[Contact, ...] = (
    broken(
        "a printer of the Star line where ESC/POS is configured",
        "geftactics/python-StarTSPImage#3",
        "operator.serial_misconfigured",
        lambda w: on_the_network(w, of_another_make) and None,
        "degraded",
        pays="yes",
    ),
    well(
        "the drawer is open, which is a bit of the answer",
        "lsongdev/node-escpos#288",
        lambda w: on_the_network(w, status(b"\x16", b"\x12", b"\x12", b"\x12")) and None,
    ),
    broken(
        "the paper is out, with no word of it among the reasons",
        "python-escpos/python-escpos#143",
        "operator.paper_out",
        lambda w: on_the_network(w, status(b"\x1a", b"\x12", b"\x12", b"\x72")) and None,
        "degraded",
        pays="yes",
    ),
    broken(
        "the cover is open, and each answer comes 1.2 s late",
        "fabienbellanger/escpos-rs#18",
        "operator.cover_open",
        lambda w: on_the_network(w, late(Printer(cover_open=True), 1.2)) and None,
        "degraded",
        pays="yes",
    ),
    broken(
        "another till has it, and who knocks meanwhile is dropped",
        "mike42/escpos-php#1182",
        "system.device_not_responding",
        taken_by_another_till,
        "degraded|ok",
        pays="yes",
        doubtful=True,
    ),
    well(
        "a status that comes by itself behind the answer",
        "anastaciocintra/escpos-coffee#67",
        lambda w: on_the_network(w, status(b"\x12", b"\x12", b"\x12", b"\x12\x14\x00\x00\x0f")) and None,
    ),
)
